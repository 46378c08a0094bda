/** Notices that a machine with too much to do let this process, or another one, stand still: no fault of the server. */
import { readFileSync } from 'node:fs';
import type { WindowLine } from './lines.ts';

/** What its windows are called. */
export const STALL = 'stood still';
const LOOK_MS = 50;
const LEAST_MS = 700;
/** What waited meanwhile is done afterwards. */
const RECOVERY_MS = 2000;
const [DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNAVAILABLE] = [4, 8, 14];
const FORGIVES = [DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNAVAILABLE];

export class StallWatch {
  readonly #timer: NodeJS.Timeout;
  readonly #pids: () => readonly number[];
  readonly #write: (line: WindowLine) => void;
  /** Milliseconds that each process has waited for a core, at the last look. */
  readonly #waited = new Map<number, number>();
  #lookedAt = Date.now();
  #askedAt = Date.now();

  /** Beside this process it watches those that `pids` names. */
  constructor(write: (line: WindowLine) => void, pids: () => readonly number[] = () => []) {
    this.#write = write;
    this.#pids = pids;
    this.#timer = setInterval(() => {
      this.#look();
    }, LOOK_MS);
  }

  /** Whether this process has just stood still: for timers that fire before this one's does. */
  get late(): boolean {
    return Date.now() - this.#lookedAt > LEAST_MS;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = Date.now();
    if (this.late) this.#tell(this.#lookedAt, now, `process ${process.pid} was late by ${now - this.#lookedAt} ms`);
    this.#lookedAt = now;
    if (now - this.#askedAt < LEAST_MS) return;
    for (const pid of this.#pids()) {
      const waitedMs = waitedOf(pid);
      const more = waitedMs - (this.#waited.get(pid) ?? waitedMs);
      this.#waited.set(pid, waitedMs);
      if (more >= LEAST_MS) this.#tell(this.#askedAt, now, `process ${pid} waited ${more.toFixed(0)} ms for a core`);
    }
    this.#askedAt = now;
  }

  #tell(from: number, to: number, note: string): void {
    this.#write({
      kind: 'window',
      fault: STALL,
      from,
      to: to + RECOVERY_MS,
      forgives: FORGIVES,
      note,
      wrong: '',
    });
  }
}

/** Of its main thread; 0 where the kernel does not say. */
function waitedOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}
