/** Starts one of the two roles as a child process of `sluice up`. */
import { fork } from 'node:child_process';
import { describeError } from '../domain/errors.ts';
import type { ChildProcess } from './child.ts';

export interface SpawnOptions {
  readonly file: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function spawnRole({ file, argv, env }: SpawnOptions): ChildProcess {
  const child = fork(file, [...argv], {
    env: { ...env },
    // A signal from the terminal reaches the whole group; the supervisor alone decides what it means.
    detached: true,
  });
  const ends: ((how: string) => void)[] = [];
  const end = (how: string): void => {
    for (const listener of ends.splice(0)) listener(how);
  };
  child.once('exit', (code, signal) => {
    end(signal === null ? `ended with exit code ${String(code)}` : `was ended by ${signal}`);
  });
  child.once('error', (error) => {
    end(`could not be started: ${describeError(error)}`);
  });
  return {
    pid: child.pid,
    onMessage: (listener) => child.on('message', listener),
    onEnd: (listener) => ends.push(listener),
    send: (message) => {
      if (child.connected) child.send(message, () => undefined);
    },
    signal: (name) => child.kill(name),
  };
}
