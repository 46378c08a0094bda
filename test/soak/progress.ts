/** How a soak goes, for whoever watches: one line that is written over in a terminal, else one every ten seconds. */
import process from 'node:process';
import type { CallCounts } from './callers.ts';

export interface Standing extends CallCounts {
  readonly startedAt: number;
  readonly rssMb: number;
  /** What was done last. */
  readonly last: string;
}

const EVERY_MS = process.stdout.isTTY ? 500 : 10_000;
const WIDTH = 160;

export class Progress {
  readonly #timer: NodeJS.Timeout;

  constructor(standing: () => Standing) {
    this.#timer = setInterval(() => {
      const line = lineOf(standing());
      process.stdout.write(process.stdout.isTTY ? `\r${line.slice(0, WIDTH).padEnd(WIDTH)}` : `${line}\n`);
    }, EVERY_MS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    if (process.stdout.isTTY) process.stdout.write('\n');
  }
}

function lineOf({ startedAt, calls, byOutcome, rssMb, last }: Standing): string {
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  const outcomes = Object.entries(byOutcome).map(([outcome, count]) => `${outcome}: ${count}`);
  return `${clock}  ${calls} calls (${outcomes.join(', ')})  ${rssMb.toFixed(0)} MB  ${last}`;
}
