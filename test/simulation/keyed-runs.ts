/** Runs of callers whose requests have a size of their own, and whose key decides for one version once and for all. */
import { addCounts, logEvidence, NO_COUNT_EVIDENCE } from '../../src/stats/count-evidence.ts';
import type { Prng } from '../support/prng.ts';

export interface KeyedRuns {
  readonly keys: number;
  /** Standard deviation over callers of the logarithm of a run's time. */
  readonly spread: number;
  readonly share: number;
  readonly quantile: number;
}

const BLOCKS = 120;
const RUNS_PER_BLOCK = 24;
const OWN_SPREAD = 0.2;
const MIN_RUNS = 50;

/** Callers have shares of the traffic by Zipf's law. The largest ln e where all runs count, and one of each caller. */
export function largestOfKeyedRuns(random: Prng, { keys, spread, share, quantile }: KeyedRuns): readonly number[] {
  const callers = Array.from({ length: keys }, () => ({
    level: spread * random.normal(),
    isCandidate: random.next() < share,
  }));
  let whole = 0;
  const upTo = callers.map((_, rank) => (whole += 1 / (rank + 1)));
  const seen = new Set<number>();
  const [all, once] = [new Exceedances(quantile), new Exceedances(quantile)];
  for (let block = 0; block < BLOCKS; block += 1) {
    for (let run = 0; run < RUNS_PER_BLOCK; run += 1) {
      const at = firstAbove(upTo, random.next() * whole);
      const { level = 0, isCandidate = false } = callers[at] ?? {};
      const time = level + OWN_SPREAD * random.normal();
      all.add(time, isCandidate);
      if (!seen.has(at)) once.add(time, isCandidate);
      seen.add(at);
    }
    all.close();
    once.close();
  }
  return [all.most, once.most];
}

/** What latency-evidence.ts does, on the values themselves. */
class Exceedances {
  readonly #quantile: number;
  /** Ascending: of the blocks before. */
  #stable: number[] = [];
  #block: { time: number; isCandidate: boolean }[] = [];
  #logs = NO_COUNT_EVIDENCE;
  most = 0;

  constructor(quantile: number) {
    this.#quantile = quantile;
  }

  add(time: number, isCandidate: boolean): void {
    this.#block.push({ time, isCandidate });
  }

  close(): void {
    const block = this.#block;
    this.#block = [];
    const candidates = block.filter(({ isCandidate }) => isCandidate);
    if (this.#stable.length >= MIN_RUNS) {
      const threshold = this.#stable[Math.ceil(this.#quantile * this.#stable.length) - 1] ?? Infinity;
      const isSlow = ({ time }: { time: number }): boolean => time > threshold;
      const slow = candidates.filter(isSlow).length;
      const baseline = block.filter(isSlow).length - slow;
      const share = block.length === 0 ? 0 : candidates.length / block.length;
      this.#logs = addCounts(this.#logs, { candidate: slow, baseline, share, margin: 1 });
      this.most = Math.max(this.most, logEvidence(this.#logs));
    }
    const fresh = block.filter(({ isCandidate }) => !isCandidate).map(({ time }) => time);
    if (fresh.length > 0) this.#stable = [...this.#stable, ...fresh].sort((a, b) => a - b);
  }
}

function firstAbove(ascending: readonly number[], value: number): number {
  let [low, high] = [0, ascending.length - 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((ascending[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
