/** Starts one of the two roles as a child process of `sluice up`. */
import { fork } from 'node:child_process';
import { resolve } from 'node:path';
import { describeError } from '../domain/errors.ts';
import type { ChildProcess } from './child.ts';

export interface SpawnOptions {
  readonly file: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * In it Node keeps the code as V8 has compiled it: the tree of the code may be read-only, and whoever can write to
   * the data directory decides what is served anyway. What is found there need not be stripped of its types, which
   * takes memory in each thread that does; where nothing can be written, nothing is kept.
   */
  readonly dataDir: string;
}

/**
 * V8 lets what is new grow to three times 16 MB per thread before it collects it, and keeps that. With 2 MB calls in
 * flight are taken for old ones, and the whole grows again: see benchmarks/memory.ts.
 */
const NODE_OPTIONS = '--max-semi-space-size=4';

/** What the environment itself says goes first. */
export function spawnRole({ file, argv, env, dataDir }: SpawnOptions): ChildProcess {
  const nodeOptions = env.NODE_OPTIONS === undefined ? NODE_OPTIONS : `${NODE_OPTIONS} ${env.NODE_OPTIONS}`;
  const child = fork(file, [...argv], {
    env: { NODE_COMPILE_CACHE: resolve(dataDir, 'cache/code'), ...env, NODE_OPTIONS: nodeOptions },
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
