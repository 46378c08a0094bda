/**
 * Evidence of latencies: exceedances within pairs of neighbours hold under bursts, drift, changing weights and callers
 * of their own kind; what else would not.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { LatencyMetric } from '../../src/domain/strategy.ts';
import { Prng } from '../support/prng.ts';
import { largestOfKeyedRuns } from './keyed-runs.ts';
import { allowedOf, assertHolds, crossingsOfEach, median } from './null-runs.ts';
import { EVEN, largestLatencyEvidence, largestQuantileEvidence, runsToRollBack } from './run-streams.ts';
import type { RunStream } from './run-streams.ts';
import { compareOnLane, largestOfOldestCalls } from './shared-lane.ts';
import type { Load } from './shared-lane.ts';

const ALPHA = 0.05;
/** What each of seven default metrics has. */
const SHARED_ALPHA = ALPHA / 7;

/** 2 %, 10 %, then 50 % of the runs, while everything becomes three times as slow. */
const RAMP_IN_DRIFT: RunStream = {
  ...EVEN,
  correlation: 0.7,
  bursts: 0.005,
  drift: 3,
  shareAt: (block) => (block < 10 ? 0.02 : block < 20 ? 0.1 : 0.5),
};

const STREAMS: readonly (readonly [string, number, RunStream])[] = [
  ['of independent runs', 3000, EVEN],
  ['of correlated runs with bursts', 10_000, { ...EVEN, correlation: 0.9, bursts: 0.005 }],
  ['on a ramp while latencies drift', 10_000, RAMP_IN_DRIFT],
];

suite('exceedances of stable’s median, p95 and p99, looked at after every block of an equal candidate', () => {
  for (const [index, [name, runs, stream]] of STREAMS.entries()) {
    test(`alarm in at most alpha of ${runs} rollouts ${name}`, () => {
      const nulls = { runs, seed: 3_000_000 + 100_000 * index, alpha: ALPHA };
      const crossed = crossingsOfEach(nulls, (random) => largestLatencyEvidence(random, stream));
      for (const [at, count] of crossed.entries()) {
        assertHolds({ runs, crossed: count, allowed: allowedOf(nulls) }, `metric ${at} ${name}`);
      }
      assert(crossed.some((count) => count > 0) || stream === RAMP_IN_DRIFT, 'an alarm is possible');
    });
  }
});

test('a quantile test over the whole time takes drift under changing weights for a slow candidate', () => {
  const nulls = { runs: 60, seed: 11, alpha: ALPHA };
  const [atMedian = 0] = crossingsOfEach(nulls, (random) => largestQuantileEvidence(random, RAMP_IN_DRIFT, [0.5]));
  const [even = 0] = crossingsOfEach(nulls, (random) => largestQuantileEvidence(random, EVEN, [0.5]));
  assert(atMedian > nulls.runs / 3, `${atMedian} of 60`);
  assert(even <= allowedOf(nulls), `${even} of 60 without drift`);
});

test('calls of one run share its time: counted one by one they raise false alarms', () => {
  const nulls = { runs: 300, seed: 13, alpha: ALPHA };
  const crossed = crossingsOfEach(nulls, (random) => largestLatencyEvidence(random, { ...EVEN, callsPerRun: 8 }));
  for (const count of crossed) assert(count > 2 * allowedOf(nulls), `${crossed.join()} of 300`);
});

suite('callers whose requests are large or small, a key of whom goes to one arm', () => {
  const keyed = { keys: 100, spread: 0.5, weights: [1000, 2500, 5000], blocks: 120, margin: 1 };

  test('are no slow candidate where a key counts once in each epoch that draws its arm anew', () => {
    const nulls = { runs: 60, seed: 19, alpha: ALPHA };
    const [all = 0, drawn = 0] = crossingsOfEach(nulls, (random) => largestOfKeyedRuns(random, keyed));
    assert(all > 2 * allowedOf(nulls), `${all} of 60 where all runs count`);
    assert(drawn <= allowedOf(nulls), `${drawn} of 60`);
  });

  test('nor where four serve processes count the first call that each of them gets', () => {
    const nulls = { runs: 60, seed: 23, alpha: ALPHA };
    const [, drawn = 0] = crossingsOfEach(nulls, (random) => largestOfKeyedRuns(random, { ...keyed, processes: 4 }));
    assert(drawn <= allowedOf(nulls), `${drawn} of 60`);
  });

  test('hide no candidate that is twice as slow, where they are many', () => {
    const slow = { ...keyed, keys: 5000, blocks: 240, margin: 1.19, factor: 2 };
    const nulls = { runs: 10, seed: 29, alpha: SHARED_ALPHA };
    const [, found = 0] = crossingsOfEach(nulls, (random) => largestOfKeyedRuns(random, slow));
    assert(found >= 8, `${found} of 10`);
  });
});

suite('two equal versions on one lane under bursts that are shorter than a block', () => {
  const metrics: readonly LatencyMetric[] = [
    'request_p50',
    'request_p95',
    'request_p99',
    'compute_p50',
    'compute_p95',
    'compute_p99',
  ];
  const load: Load = {
    share: 0.05,
    seconds: 60,
    callsPerSecond: 100,
    burst: { callsPerSecond: 3000, seconds: 0.05, every: 0.5 },
    contention: 1.5,
    runSeconds: 0.002,
    rowSeconds: 0.00002,
  };
  const LOADS: readonly (readonly [string, Load])[] = [
    ['many bursts', load],
    ['few bursts', { ...load, rowSeconds: 0.0002, burst: { ...load.burst, every: 5 } }],
    ['a quarter of the calls', { ...load, share: 0.25, burst: { ...load.burst, every: 2 } }],
  ];
  for (const [name, of] of LOADS) {
    test(`are alike in neighbours of both arms, no run of them twice: ${name}`, () => {
      const nulls = { runs: 40, seed: 17, alpha: ALPHA };
      const crossed = crossingsOfEach(nulls, (random) =>
        compareOnLane(random, of, { metrics, margin: 1 }).largest(metrics),
      );
      for (const [at, count] of crossed.entries()) {
        assertHolds({ ...nulls, crossed: count, allowed: allowedOf(nulls) }, metrics[at] ?? '');
      }
    });
  }

  test('are alike at the alpha and the margin that each default metric has, with none of them left out', () => {
    const nulls = { runs: 100, seed: 37, alpha: SHARED_ALPHA };
    const crossed = crossingsOfEach(nulls, (random) =>
      compareOnLane(random, load, { metrics, margin: 1.19 }).largest(metrics),
    );
    assert.deepEqual(
      crossed,
      metrics.map(() => 0),
    );
  });

  test('are told apart by the oldest call of every run: the arm with few calls has more of its runs in bursts', () => {
    const nulls = { runs: 10, seed: 17, alpha: ALPHA };
    const [crossed = 0] = crossingsOfEach(nulls, (random) =>
      largestOfOldestCalls(random, load, { metrics, margin: 1 }),
    );
    assert(crossed >= 9, `${crossed} of 10`);
  });

  test('of which one is twice as slow are told apart by its runs in spite of the bursts', () => {
    const nulls = { runs: 10, seed: 41, alpha: SHARED_ALPHA };
    const [crossed = 0] = crossingsOfEach(nulls, (random) =>
      compareOnLane(random, { ...load, factor: 2 }, { metrics, margin: 1.19 }).largest(['compute_p50']),
    );
    assert(crossed >= 9, `${crossed} of 10`);
  });
});

suite('a slow candidate is rolled back', () => {
  const stream: RunStream = { ...EVEN, blocks: 2000, correlation: 0.7, bursts: 0.005 };
  const cases = [
    { metric: 'compute_p95', factor: 2, runs: 60 },
    { metric: 'compute_p95', factor: 3, runs: 30 },
    { metric: 'compute_p99', factor: 3, runs: 60 },
  ] as const;
  for (const { metric, factor, runs } of cases) {
    test(`after at most ${runs} of its runs in half of the rollouts at ${factor}× and 10 %, by ${metric}`, () => {
      const needed = Array.from({ length: 100 }, (_, run) =>
        runsToRollBack(new Prng(run), { ...stream, factor }, { metric, alpha: 0.01, margin: 1.19 }),
      );
      assert(median(needed) <= runs, `${median(needed)}`);
    });
  }
});
