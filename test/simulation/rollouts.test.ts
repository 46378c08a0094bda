/** Whole rollouts against simulated callers: how often a good candidate is taken back, and how much a bad one costs. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { WantedAnalysis } from '../../src/rollout/analysis-plan.ts';
import type { WantedStrategy } from '../../src/rollout/strategy.ts';
import { rollOut } from './rollout-world.ts';
import type { Ended, Scene, Version } from './rollout-world.ts';

const GOOD: Version = { faults: 0.005, ms: 5 };
const CANARY: WantedStrategy = {
  kind: 'canary',
  steps: [1000, 2500, 5000].map((weight) => ({
    weight,
    holdMs: 10_000,
    minRequests: 100,
    analysis: true,
    approval: false,
    deadlineMs: undefined,
  })),
  bakeMs: 5000,
};
/** Nothing but the budget acts. */
const SILENT: WantedAnalysis = {
  alpha: 0,
  metrics: [{ metric: 'error_rate', margin: 0, onFail: 'alert', direction: '' }],
  guardrails: [{ metric: 'success_rate', limit: 1e-9, minRequests: 0, windowMs: undefined, onFail: 'alert' }],
  fuse: 0,
  onInsufficient: '',
};
const BUDGET: WantedStrategy = {
  kind: 'budget',
  budget: { extraFaults: 20, alpha: 0, maxWeight: 0, holdMs: 10_000, deadlineMs: undefined },
  analysis: SILENT,
  bakeMs: 0,
};

function many(
  runs: number,
  scene: Pick<Scene, 'strategy' | 'candidate'> & { readonly lookMs?: number },
): readonly Ended[] {
  return Array.from({ length: runs }, (_, seed) =>
    rollOut({ stable: GOOD, callsPerSecond: 200, seed: seed + 1, ...scene }),
  );
}

function phases(ended: readonly Ended[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of ended) counts[state.phase] = (counts[state.phase] ?? 0) + 1;
  return counts;
}

/** Least, median, nine in ten, most. */
function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  return [0, 0.5, 0.9, 1].map((p) => sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))]).join(' / ');
}

suite('simulated rollouts', () => {
  test('of an equal candidate go back at most as often as alpha says, and else to its promotion', (t) => {
    const runs = 200;
    const ended = many(runs, { strategy: CANARY, candidate: GOOD, lookMs: 1000 });
    const { promoted = 0, aborted = 0, ...others } = phases(ended);
    t.diagnostic(`${aborted} of ${runs} went back; seconds ${spread(ended.map(({ ms }) => ms / 1000))}`);
    assert.deepEqual(others, {});
    assert.equal(promoted + aborted, runs);
    // 5 % and two standard deviations.
    assert(aborted <= 16, `${aborted} of ${runs} went back`);
  });

  test('of a candidate that fails a fifth of its calls are over within fifteen faults', (t) => {
    const ended = many(200, { strategy: CANARY, candidate: { ...GOOD, faults: 0.2 } });
    t.diagnostic(`faults ${spread(ended.map(({ candidateFaults }) => candidateFaults))}`);
    t.diagnostic(`calls ${spread(ended.map(({ candidateCalls }) => candidateCalls))}`);
    assert.deepEqual(phases(ended), { aborted: 200 });
    const late = ended.filter(({ candidateFaults }) => candidateFaults > 10).length;
    assert(late <= 10, `${late} of 200 took more than ten faults`);
    assert(Math.max(...ended.map(({ candidateFaults }) => candidateFaults)) <= 15);
  });

  test('of a candidate that is three times slower go back within seconds', (t) => {
    const ended = many(100, { strategy: CANARY, candidate: { ...GOOD, ms: 15 } });
    t.diagnostic(
      `seconds ${spread(ended.map(({ ms }) => ms / 1000))}; calls ${spread(ended.map((each) => each.candidateCalls))}`,
    );
    assert.deepEqual(phases(ended), { aborted: 100 });
    assert(Math.max(...ended.map(({ ms }) => ms)) <= 10_000);
  });

  test('of a candidate that is slower by less than the margin are not taken back for it', (t) => {
    const ended = many(20, { strategy: CANARY, candidate: { ...GOOD, ms: 5.5 }, lookMs: 1000 });
    const { promoted = 0, aborted = 0 } = phases(ended);
    t.diagnostic(`${aborted} of 20 went back`);
    assert.equal(promoted + aborted, 20);
    assert(aborted <= 2, `${aborted} of 20 went back`);
  });

  for (const faults of [0.03, 0.1, 0.5, 1]) {
    test(`of a candidate that fails ${faults * 100} % of its calls cost no more than their budget`, (t) => {
      const ended = many(25, { strategy: BUDGET, candidate: { ...GOOD, faults }, lookMs: 1000 });
      // What stable would have failed of the same calls is no harm.
      const extra = ended.map((each) => each.candidateFaults - each.candidateCalls * GOOD.faults);
      t.diagnostic(
        `extra faults ${spread(extra.map((each) => Math.round(each * 10) / 10))}; ${JSON.stringify(phases(ended))}`,
      );
      const { promoted = 0 } = phases(ended);
      assert.equal(promoted, 0);
      // Of 25 with one in a hundred over it, more than one is improbable.
      assert(extra.filter((each) => each > 20).length <= 1, extra.join(' '));
    });
  }

  test('of an equal candidate on a budget are promoted', (t) => {
    const ended = many(25, { strategy: BUDGET, candidate: GOOD, lookMs: 1000 });
    t.diagnostic(`seconds ${spread(ended.map(({ ms }) => ms / 1000))}`);
    assert.deepEqual(phases(ended), { promoted: 25 });
  });
});
