/**
 * Loaded into the server's processes before their own code (`node --import`): moves their clock and cuts their
 * connection to the admin process, as a file says that the soak writes.
 */
import { subscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import process from 'node:process';
import { isMainThread } from 'node:worker_threads';
import type { Weather } from './weather.ts';

const LOOK_MS = 50;

const path = process.env.SOAK_WEATHER;
if (path !== undefined) follow(path);

function follow(file: string): void {
  let weather: Weather = { clockMs: 0, cut: false };
  const trueNow = Date.now.bind(Date);
  const now = (): number => trueNow() + weather.clockMs;
  Date.now = now;
  globalThis.Date = new Proxy(Date, {
    construct: (target, given, newTarget) =>
      Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget) as object,
  });
  const sockets = isMainThread ? clientSockets() : new Set<Socket>();
  const look = (): void => {
    weather = read(file) ?? weather;
    // What was opened by a path: the control stream. Everything else that the server dials has an address.
    if (!weather.cut) return;
    for (const socket of sockets) if (!socket.connecting && socket.remoteAddress === undefined) socket.destroy();
  };
  look();
  setInterval(look, LOOK_MS).unref();
}

function clientSockets(): Set<Socket> {
  const sockets = new Set<Socket>();
  subscribe('net.client.socket', (message) => {
    const { socket } = message as { readonly socket: Socket };
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

function read(file: string): Weather | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Weather;
  } catch {
    return undefined;
  }
}
