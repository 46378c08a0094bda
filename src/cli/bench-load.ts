/**
 * Calls at a rate, whether or not earlier ones were answered, or so many at a time. A call of a rate counts from when
 * it was due, so that a server that is slow cannot hide it by slowing the load down.
 */
import type { BenchTally } from './bench-tally.ts';
import type { Answer } from './bench-tally.ts';

/** Whoever refuses at once is not to be asked again and again without a pause. */
const REFUSED_PAUSE_MS = 5;

export interface LoadPlan {
  /** Calls per second; undefined = as many as `inFlight` unanswered ones allow. */
  readonly rate: number | undefined;
  /** The most calls without an answer. At a rate, calls beyond wait, and their wait counts. */
  readonly inFlight: number;
  /** Not measured. */
  readonly warmUpMs: number;
  readonly measuredMs: number;
}

export interface LoadEffects {
  /** Resolves with how a call ended; never rejects. */
  readonly send: (index: number) => Promise<Omit<Answer, 'latencyMs'>>;
  /** Monotonic, in ms. */
  readonly now: () => number;
  /** Resolves some time later, and no later than it has to. */
  readonly wait: (ms: number) => Promise<void>;
  /** Aborted when the user has had enough. */
  readonly signal: AbortSignal;
}

export class Load {
  readonly tally: BenchTally;
  readonly #plan: LoadPlan;
  readonly #effects: LoadEffects;
  readonly #beginMs: number;
  #sent = 0;
  #inFlight = 0;
  #endMs: number;
  #onFree: (() => void) | undefined;

  constructor(plan: LoadPlan, tally: BenchTally, effects: LoadEffects) {
    this.#plan = plan;
    this.tally = tally;
    this.#effects = effects;
    this.#beginMs = effects.now();
    this.#endMs = this.#startMs + plan.measuredMs;
  }

  get #startMs(): number {
    return this.#beginMs + this.#plan.warmUpMs;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Measured so far. */
  get elapsedMs(): number {
    return Math.max(Math.min(this.#effects.now(), this.#endMs) - this.#startMs, 0);
  }

  /** Calls that fell due and never left, since too many were unanswered. */
  get unsent(): number {
    const { rate, warmUpMs } = this.#plan;
    if (rate === undefined) return 0;
    const due = Math.ceil(((this.#endMs - this.#beginMs) * rate) / 1000);
    return Math.max(due - Math.max(this.#sent, Math.ceil((warmUpMs * rate) / 1000)), 0);
  }

  /** Ends when its time is over or the user has had enough, and nothing is unanswered. */
  async run(): Promise<void> {
    const { rate, inFlight } = this.#plan;
    if (rate === undefined) await Promise.all(Array.from({ length: inFlight }, () => this.#oneAfterTheOther()));
    else await this.#atRate(rate);
    this.#endMs = Math.min(this.#endMs, this.#effects.now());
    while (this.#inFlight > 0 && !this.#effects.signal.aborted) await this.#free();
  }

  get #isOver(): boolean {
    return this.#effects.signal.aborted || this.#effects.now() >= this.#endMs;
  }

  async #oneAfterTheOther(): Promise<void> {
    while (!this.#isOver) {
      const isGood = await this.#call(this.#effects.now());
      if (!isGood) await this.#effects.wait(REFUSED_PAUSE_MS);
    }
  }

  async #atRate(rate: number): Promise<void> {
    const { inFlight } = this.#plan;
    const { now, wait } = this.#effects;
    const dueMs = (): number => this.#beginMs + (this.#sent * 1000) / rate;
    while (!this.#isOver) {
      const early = Math.min(dueMs(), this.#endMs) - now();
      if (early > 0) await wait(early);
      else if (this.#inFlight < inFlight) void this.#call(dueMs());
      else await this.#free();
    }
  }

  /** Whether it was answered well. */
  async #call(dueMs: number): Promise<boolean> {
    const { send, now, signal } = this.#effects;
    const index = this.#sent;
    this.#sent += 1;
    this.#inFlight += 1;
    const isMeasured = dueMs >= this.#startMs;
    if (isMeasured) this.tally.lag.record((now() - dueMs) / 1000);
    const answer = await send(index);
    this.#inFlight -= 1;
    this.#onFree?.();
    // What Ctrl-C cuts off is no failure of the server.
    if (isMeasured && !signal.aborted) this.tally.record({ ...answer, latencyMs: now() - dueMs });
    return answer.code === 'OK';
  }

  async #free(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#onFree = resolve;
    });
  }
}
