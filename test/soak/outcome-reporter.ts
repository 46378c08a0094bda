/** Reports what became of predictions that an experiment took, and writes down what was acknowledged. */
import { SluiceClient } from '../support/client.ts';
import type { OutcomesLine } from './lines.ts';

interface Receipt {
  readonly accepted: number;
  readonly duplicate: number;
}

const EVERY_MS = 500;
const DEADLINE_MS = 10_000;
const MAX_AT_ONCE = 500;
/** Beyond this what came first is not reported: the registry is away for long. */
const MAX_WAITING = 20_000;
const MAX_TRIES_AT_THE_END = 20;

interface Waiting {
  readonly experiment: string;
  readonly predictionId: string;
}

export class OutcomeReporter {
  readonly #client: SluiceClient;
  readonly #write: (line: OutcomesLine) => void;
  readonly #timer: NodeJS.Timeout;
  #waiting: Waiting[] = [];
  #reporting: Promise<boolean> = Promise.resolve(true);
  #busy = false;

  constructor(address: string, write: (line: OutcomesLine) => void) {
    this.#client = new SluiceClient(address);
    this.#write = write;
    this.#timer = setInterval(() => {
      if (!this.#busy) this.#reporting = this.#report();
    }, EVERY_MS);
  }

  /** Arms of experiments are called "EXPERIMENT.ARM". */
  add(arm: string, predictionId: string): void {
    const [experiment, name] = arm.split('.');
    if (experiment === undefined || name === undefined || predictionId === '') return;
    if (this.#waiting.length < MAX_WAITING) this.#waiting.push({ experiment, predictionId });
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#reporting;
    for (let tries = 0; this.#waiting.length > 0 && tries < MAX_TRIES_AT_THE_END; tries += 1) await this.#report();
    this.#client.close();
  }

  /** Of one experiment at a time, so that the receipt is about it. False = they wait on. */
  async #report(): Promise<boolean> {
    const [first] = this.#waiting;
    if (first === undefined) return true;
    const mine = this.#waiting.filter(({ experiment }) => experiment === first.experiment).slice(0, MAX_AT_ONCE);
    const outcomes = mine.map(({ predictionId }) => ({
      ...{ predictionId, metric: 'conversion' },
      value: predictionId.charCodeAt(predictionId.length - 1) % 2,
    }));
    this.#busy = true;
    try {
      const options = { deadline: Date.now() + DEADLINE_MS };
      const reply = await this.#client.call('sluice.v1.OutcomeService', 'ReportOutcomes', { outcomes }, options);
      const { accepted, duplicate } = reply as Receipt;
      const taken = new Set(mine);
      this.#waiting = this.#waiting.filter((one) => !taken.has(one));
      this.#write({ kind: 'outcomes', experiment: first.experiment, sent: mine.length, counted: accepted + duplicate });
      return true;
    } catch {
      // Nothing was taken, or nobody knows: the same outcome may be sent again, and counts once.
      return false;
    } finally {
      this.#busy = false;
    }
  }
}
