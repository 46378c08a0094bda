/** Tells a caller how something stands, and again whenever that has changed: never in a hurry, never out of date. */
import { hash } from 'node:crypto';
import { setTimeout as pauseFor } from 'node:timers/promises';
import type { LongCall, Send } from '../../long-call.ts';

export interface Watched<Reply> {
  /** Calls back with the key of what may have changed. Returns the way to stop it. */
  readonly listen: (touch: (key: string) => void) => () => void;
  /** Keys of what is told of at the beginning. */
  readonly first: () => Promise<readonly string[]>;
  /** How it stands now; undefined = there is nothing to tell yet. */
  readonly read: (key: string) => Promise<Reply | undefined>;
  /** After which reply the watch ends by itself. */
  readonly isLast: (reply: Reply) => boolean;
}

/** Changes that come closer together are told as one: a key is told of at most once in this time. */
const PACE_MS = 50;

export type Pause = (ms: number, signal: AbortSignal) => Promise<unknown>;

const realPause: Pause = (ms, signal) => pauseFor(ms, undefined, { signal });

/** For what takes some work to tell: once a second at most. */
export const everySecond: Pause = (_ms, signal) => pauseFor(1000, undefined, { signal });

/** Resolves after the last reply; rejects when the caller has gone. */
export async function watch<Reply>(
  { listen, first, read, isLast }: Watched<Reply>,
  { signal }: Pick<LongCall, 'signal'>,
  send: Send<Reply>,
  pause: Pause = realPause,
): Promise<void> {
  const touched = new Touched(signal);
  const stop = listen((key) => {
    touched.add(key);
  });
  try {
    for (const key of await first()) touched.add(key);
    const told = new Map<string, string>();
    for (;;) {
      for (const key of await touched.take()) {
        const reply = await read(key);
        if (reply === undefined) continue;
        // Of what was told only a digest is kept: a watch may be of a thousand models.
        const digest = hash('sha256', JSON.stringify(reply), 'base64');
        if (told.get(key) === digest) continue;
        told.set(key, digest);
        await send(reply);
        if (isLast(reply)) return;
      }
      await pause(PACE_MS, signal);
    }
  } finally {
    stop();
  }
}

/** Keys that wait to be looked at, each once however often it was touched. */
class Touched {
  readonly #signal: AbortSignal;
  #keys = new Set<string>();
  #wake: () => void = () => undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', () => {
      this.#wake();
    });
  }

  add(key: string): void {
    this.#keys.add(key);
    this.#wake();
  }

  /** Waits until there is one. */
  async take(): Promise<ReadonlySet<string>> {
    this.#signal.throwIfAborted();
    if (this.#keys.size === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#signal.throwIfAborted();
    }
    const keys = this.#keys;
    this.#keys = new Set();
    return keys;
  }
}
