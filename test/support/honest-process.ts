/** The honest client of honest-child.ts, from outside. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Fared, HonestOptions } from './honest-client.ts';

const ANSWER_TIMEOUT_MS = 30_000;

export class HonestProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(options: HonestOptions): Promise<HonestProcess> {
    const child = fork(join(import.meta.dirname, 'honest-child.ts'), [JSON.stringify(options)], { stdio: 'inherit' });
    await once(child, 'message', timeout());
    return new HonestProcess(child);
  }

  async fared(): Promise<Fared> {
    this.#child.send('report');
    const [fared] = (await once(this.#child, 'message', timeout())) as [Fared];
    return fared;
  }

  /** How it has fared once this is so, or once it was wronged. */
  async until(condition: (fared: Fared) => boolean): Promise<Fared> {
    const deadline = Date.now() + ANSWER_TIMEOUT_MS;
    for (;;) {
      const fared = await this.fared();
      if (condition(fared) || fared.offences.length > 0) return fared;
      if (Date.now() > deadline) throw new Error(`it did not come to that: ${JSON.stringify(fared)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async stop(): Promise<void> {
    this.#child.disconnect();
    await once(this.#child, 'exit', timeout());
  }
}

function timeout(): { signal: AbortSignal } {
  return { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) };
}
