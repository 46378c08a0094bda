/** The callers of callers-child.ts, from outside. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { CallCounts, CallersOptions } from './callers.ts';

/** The longest deadline of a call, and some time to write it down. */
const STOP_LIMIT_MS = 30_000;

export class CallersProcess {
  readonly #child: ChildProcess;
  counts: CallCounts = { calls: 0, byOutcome: {} };

  constructor(options: CallersOptions) {
    this.#child = fork(join(import.meta.dirname, 'callers-child.ts'), [JSON.stringify(options)], { stdio: 'inherit' });
    this.#child.on('message', (counts: CallCounts) => {
      this.counts = counts;
    });
  }

  /** Lets the calls in flight end, and the log be whole. */
  async stop(): Promise<void> {
    const exit = once(this.#child, 'exit', { signal: AbortSignal.timeout(STOP_LIMIT_MS) });
    this.#child.send('stop');
    await exit;
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }
}
