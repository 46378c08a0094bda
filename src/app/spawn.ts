/** Starts one of the two roles as a child process of `sluice up`. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describeError } from '../domain/errors.ts';
import type { ChildProcess } from './child.ts';

export interface SpawnOptions {
  readonly file: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Where Node keeps the code as V8 has compiled it, beside the code and as trusted as that. What is found there need not
 * be stripped of its types, which takes memory in each thread that does; where nothing can be written, nothing is kept.
 */
const COMPILED = fileURLToPath(new URL('../../node_modules/.cache/sluice', import.meta.url));

/**
 * V8 lets what is new grow to three times 16 MB per thread before it collects it, and keeps that. With 2 MB calls in
 * flight are taken for old ones, and the whole grows again: see benchmarks/memory.ts.
 */
const NODE_OPTIONS = '--max-semi-space-size=4';

/** What the environment itself says goes first. */
export function spawnRole({ file, argv, env }: SpawnOptions): ChildProcess {
  const nodeOptions = env.NODE_OPTIONS === undefined ? NODE_OPTIONS : `${NODE_OPTIONS} ${env.NODE_OPTIONS}`;
  const child = fork(file, [...argv], {
    env: { NODE_COMPILE_CACHE: COMPILED, ...env, NODE_OPTIONS: nodeOptions },
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
