/** The echo servers that are compared: each a process of its own with one thread for calls, on loopback. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, frameMessage } from '../load/connection.ts';
import { STATUS } from '../load/grpc-status.ts';
import { freePort } from '../support/servers.ts';
import { RunningProcess } from '../support/processes.ts';
import { buildGrpcGo, buildTonic } from './build.ts';
import type { Built } from './build.ts';

/** In the order of the table. */
export const VARIANTS = ['grpc-js', 'node:http2', 'sluice h2', 'tonic', 'grpc-go'] as const;
export type Variant = (typeof VARIANTS)[number];

export interface EchoServer {
  readonly variant: Variant;
  readonly port: number;
  readonly process: RunningProcess;
  [Symbol.asyncDispose](): Promise<void>;
}

const START_TIMEOUT_MS = 20_000;
const POLL_MS = 20;
const STOP_GRACE_MS = 2000;

const FILES = {
  'grpc-js': 'grpc-js-server.ts',
  'node:http2': 'http2-server.ts',
  'sluice h2': 'h2-server.ts',
} as const;

const BUILDS = { tonic: buildTonic, 'grpc-go': buildGrpcGo } as const;

/** Resolves when it answers; undefined, with a word on the console, when it cannot be built here. */
export async function startEcho(variant: Variant): Promise<EchoServer | undefined> {
  const port = await freePort();
  let running: RunningProcess;
  if (variant === 'tonic' || variant === 'grpc-go') {
    const built: Built = await BUILDS[variant]();
    if ('missing' in built) {
      console.log(`${variant} is left out: ${built.missing}\n`);
      return undefined;
    }
    // Go's garbage collector shares the one thread; Rust's runtime has one by its making.
    running = RunningProcess.run(built.path, [String(port)], { GOMAXPROCS: '1' });
  } else {
    running = RunningProcess.start(join(import.meta.dirname, FILES[variant]), [String(port)]);
  }
  const server: EchoServer = {
    variant,
    port,
    process: running,
    [Symbol.asyncDispose]: async () => await running.stop(STOP_GRACE_MS),
  };
  await whenAnswering(server);
  return server;
}

async function whenAnswering(server: EchoServer): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!(await answers(server.port))) {
    if (!server.process.hasEnded && performance.now() < deadline) {
      await sleep(POLL_MS);
      continue;
    }
    await server[Symbol.asyncDispose]();
    throw new Error(`${server.variant} did not come up; the last that it said:\n${server.process.lastOutput}`);
  }
}

async function answers(port: number): Promise<boolean> {
  try {
    using connection = await Connection.open({ host: '127.0.0.1', port, method: '/bench.Echo/Echo' });
    const { promise, resolve } = Promise.withResolvers<number>();
    connection.call(frameMessage(new Uint8Array()), resolve);
    return (await promise) === STATUS.OK;
  } catch {
    // It does not listen yet.
    return false;
  }
}
