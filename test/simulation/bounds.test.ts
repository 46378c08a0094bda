/** Anytime-valid bounds and ratio tests hold at every look at once, over 10,000 runs each. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { anytimeHalfWidth } from '../../src/stats/mean-sequence.ts';
import { betaBinomialWidth, logBetaBinomialMixture } from '../../src/stats/mixtures.ts';
import { sequentialRatioTest } from '../../src/stats/sequential-ratio.ts';
import type { Prng } from '../support/prng.ts';
import { assertHolds, crossings } from './null-runs.ts';

const ALPHA = 0.05;
const NULLS = { runs: 10_000, seed: 31, alpha: ALPHA };
/** What crossing is called where it is yes or no. */
const CROSSED = Infinity;

/** The largest ln e against the probability that is true: it is outside of the bounds where this reaches 1/α. */
function bernoulli(random: Prng, p: number): number {
  const bet = { p, rest: 1 - p, r: betaBinomialWidth({ trials: 300, alpha: ALPHA, variance: p * (1 - p) }) };
  let [successes, most] = [0, 0];
  for (let trials = 1; trials <= 600; trials += 1) {
    if (random.next() < p) successes += 1;
    else if (trials % 12 !== 0) continue;
    most = Math.max(most, logBetaBinomialMixture({ ...bet, successes, trials }));
  }
  return most;
}

/** Welford's sums. */
class Mean {
  count = 0;
  mean = 0;
  #squares = 0;

  add(value: number): void {
    this.count += 1;
    const before = value - this.mean;
    this.mean += before / this.count;
    this.#squares += before * (value - this.mean);
  }

  get squaredError(): number {
    return this.#squares / (this.count - 1) / this.count;
  }
}

/** Whether the difference of two equal means is ever declared, from so many units of each arm on. */
function difference(draw: () => number, { from, units }: { from: number; units: number }): number {
  const [a, b] = [new Mean(), new Mean()];
  for (let unit = 1; unit <= units; unit += 1) {
    a.add(draw());
    b.add(draw());
    if (unit < from || unit % 10 !== 0) continue;
    const standardError = Math.sqrt(a.squaredError + b.squaredError);
    const half = anytimeHalfWidth({ standardError, count: 2 * unit, alpha: ALPHA, optimalCount: 5000 });
    if (standardError > 0 && Math.abs(a.mean - b.mean) > half) return CROSSED;
  }
  return 0;
}

function ratio(random: Prng, [first, second, third]: readonly [number, number, number]): number {
  const weights = [first, second, third];
  const counts = [0, 0, 0];
  let most = 0;
  for (let unit = 1; unit <= 600; unit += 1) {
    const slot = random.next() * 10_000;
    const arm = slot < first ? 0 : slot < first + second ? 1 : 2;
    counts[arm] = (counts[arm] ?? 0) + 1;
    if (unit % 20 === 0) most = Math.max(most, sequentialRatioTest({ counts, weights }).logEvidence);
  }
  return most;
}

suite('looked at all the time, at most alpha of 10,000 runs', () => {
  test('leave out the true probability of 3 %, looked at after every success', () => {
    const seen = crossings(NULLS, (random) => bernoulli(random, 0.03));
    assertHolds(seen, 'bounds of a proportion');
    assert(seen.crossed > 0);
  });

  test('declare a difference of equal means of skewed values, from 50 units of each arm on', () => {
    const seen = crossings(NULLS, (random) => difference(() => -Math.log(1 - random.next()), { from: 50, units: 800 }));
    assertHolds(seen, 'exponential values');
    assert(seen.crossed > 0);
  });

  test('declare a difference of equal rates of 5 %, from 50 units of each arm on', () => {
    const seen = crossings(NULLS, (random) =>
      difference(() => (random.next() < 0.05 ? 1 : 0), { from: 50, units: 800 }),
    );
    assertHolds(seen, 'rates');
  });

  test('find that shares are not what they are', () => {
    const seen = crossings({ ...NULLS, runs: 10_000 }, (random) => ratio(random, [8500, 1000, 500]));
    assertHolds(seen, 'shares of 85, 10 and 5 %');
    assert(seen.crossed > 0);
  });
});
