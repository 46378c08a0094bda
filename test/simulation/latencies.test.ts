/**
 * Evidence of latencies: exceedances within blocks hold under bursts, drift and changing weights; what else would not.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { LatencyMetric } from '../../src/domain/strategy.ts';
import { Prng } from '../support/prng.ts';
import { largestOfKeyedRuns } from './keyed-runs.ts';
import { allowedOf, assertHolds, crossingsOfEach, median } from './null-runs.ts';
import { EVEN, largestLatencyEvidence, largestQuantileEvidence, runsToRollBack } from './run-streams.ts';
import type { RunStream } from './run-streams.ts';
import { largestLaneEvidence } from './shared-lane.ts';
import type { Load, Rule } from './shared-lane.ts';

const ALPHA = 0.05;

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

test('a caller whose requests are large is no slow candidate where of each caller one run counts', () => {
  const nulls = { runs: 100, seed: 19, alpha: ALPHA };
  const [all = 0, once = 0] = crossingsOfEach(nulls, (random) =>
    largestOfKeyedRuns(random, { keys: 100, spread: 0.5, share: 0.25, quantile: 0.5 }),
  );
  assert(all > 2 * allowedOf(nulls), `${all} of 100 where all runs count`);
  assert(once <= allowedOf(nulls), `${once} of 100 where one of each caller does`);
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
  const alarms = (of: Load, rule: Rule, runs: number): readonly number[] =>
    crossingsOfEach({ runs, seed: 17, alpha: ALPHA }, (random) =>
      largestLaneEvidence(random, of, { rule, metrics, margin: 1 }),
    );

  test('neighbours of both arms, one of each run, do not alarm', () => {
    const runs = 40;
    for (const [name, of] of LOADS) {
      for (const [at, crossed] of alarms(of, 'neighbours of both arms', runs).entries()) {
        assertHolds({ runs, crossed, allowed: allowedOf({ runs, alpha: ALPHA }) }, `${metrics[at] ?? ''}, ${name}`);
      }
    }
  });

  test('the oldest call of every run does: the arm with few calls has more of its runs in bursts', () => {
    const [requestMedian = 0] = alarms(load, 'oldest of each run', 10);
    assert(requestMedian >= 9, `${requestMedian} of 10`);
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
