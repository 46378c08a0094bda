import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { awaitedLines, marginPlot, moreSamples } from '../../../src/cli/render/rollout-awaited.ts';
import type { Rollout__Output } from '../../../src/transport/gen/sluice/admin/v1/Rollout.ts';
import type { Verdict__Output } from '../../../src/transport/gen/sluice/admin/v1/Verdict.ts';

const PLAIN = { width: Infinity, colour: false, bars: false, now: 0 };

/** A Long, as far as it is looked at. */
function long(value: number) {
  return { toNumber: () => value, isZero: () => value === 0, toString: () => String(value) };
}

function verdict(patch: Record<string, unknown> = {}): Verdict__Output {
  return {
    metric: 'error_rate',
    verdict: 'insufficient',
    candidate: 0.01,
    stable: 0.01,
    limit: 0.02,
    bound: 0.04,
    threshold: 64,
    candidateSamples: long(100),
    stableSamples: long(900),
    ...patch,
  } as unknown as Verdict__Output;
}

function rollout(patch: Record<string, unknown>): Rollout__Output {
  return { phase: 'holding', startedBy: 'ann', endedAt: null, verdicts: [], ...patch } as unknown as Rollout__Output;
}

suite('what is seen, its bound and its limit', () => {
  test('are marks on one line, the limit at two thirds', () => {
    assert.equal(marginPlot(verdict({ candidate: 0.015, bound: 0.015 })), '━━━━●───────┤   ┃');
    assert.equal(marginPlot(verdict({ candidate: 0.01, bound: 0.025 })), '●───────────────┃───┤');
  });

  test('a bound far beyond the limit ends in an arrow', () => {
    assert.equal(marginPlot(verdict({ bound: 1 })), '●───────────────┃──────▸');
  });

  test('a guardrail has no bound, and that of the success rate is drawn as failures', () => {
    const guardrail = { threshold: 0, bound: 0 };
    assert.equal(
      marginPlot(verdict({ ...guardrail, metric: 'guardrail:request_p99', candidate: 50, limit: 100 })),
      '━━━━━━━━●       ┃',
    );
    assert.equal(
      marginPlot(verdict({ ...guardrail, metric: 'guardrail:success_rate', candidate: 0.975, limit: 0.95 })),
      '━━━━━━━━●       ┃',
    );
  });

  test('without a limit above 0 there is nothing to draw', () => {
    assert.equal(marginPlot(verdict({ metric: 'outcome:clicks', limit: 0 })), '');
    assert.equal(marginPlot(verdict({ metric: 'fuse', threshold: 0, limit: NaN })), '');
  });

  test('whatever the numbers, it is as wide as its place at most', () => {
    const any = fc.double({ min: 0, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(any, any, any, (candidate, bound, limit) => {
        assert(marginPlot(verdict({ candidate, stable: 0, bound, limit })).length <= 24);
      }),
    );
  });
});

suite('how many more calls a metric needs', () => {
  test('what the bound is wide shrinks as the root of the number', () => {
    // 0.02 above what was seen, 0.01 allowed: four times as many.
    assert.equal(moreSamples(verdict({ candidate: 0.01, stable: 0, bound: 0.03, limit: 0.02 })), 300);
  });

  test('where nothing failed it shrinks as the number', () => {
    assert.equal(moreSamples(verdict({ candidate: 0, stable: 0, bound: 0.06, limit: 0.02 })), 200);
  });

  test('of a latency the share is taken that an equal candidate would have', () => {
    assert.equal(moreSamples(verdict({ metric: 'compute_p99', limit: 0.02, bound: 0.03 })), 300);
  });

  test('who is over the limit does not pass by more of the same', () => {
    assert.equal(moreSamples(verdict({ candidate: 0.05, stable: 0.01, bound: 0.2 })), Infinity);
  });

  test('nothing is known before both versions have calls, or of outcomes', () => {
    assert.equal(moreSamples(verdict({ candidateSamples: long(0) })), undefined);
    assert.equal(moreSamples(verdict({ stableSamples: long(0) })), undefined);
    assert.equal(moreSamples(verdict({ metric: 'outcome:clicks' })), undefined);
  });
});

suite('what a rollout needs', () => {
  test('the number of calls for each metric that is insufficient, and nothing for the others', () => {
    const verdicts = [
      verdict({ candidate: 0.01, stable: 0, bound: 0.03 }),
      verdict({ metric: 'compute_p99', candidateSamples: long(0) }),
      verdict({ metric: 'disagreement', candidate: 0.5, stable: 0 }),
      verdict({ metric: 'request_p50', verdict: 'pass' }),
      verdict({ metric: 'guardrail:request_p99', threshold: 0 }),
    ];
    assert.deepEqual(awaitedLines(rollout({ verdicts }), PLAIN), [
      'needs  error_rate: some 300 more calls of the candidate, if they are like those so far',
      'needs  compute_p99: runs of both versions',
      'needs  disagreement: better answers; as they are, no number of pairs makes it pass',
    ]);
  });

  test('somebody, where it waits for people', () => {
    assert.deepEqual(awaitedLines(rollout({ phase: 'awaiting_approval' }), PLAIN), [
      'needs  an approval, not by ann: sluice rollout approve',
    ]);
    assert.match(awaitedLines(rollout({ phase: 'paused' }), PLAIN).join(), /resumes or aborts/);
    assert.match(awaitedLines(rollout({ phase: 'loading' }), PLAIN).join(), /ready on every serve process/);
  });

  test('nothing, once it has ended', () => {
    assert.deepEqual(awaitedLines(rollout({ endedAt: {}, phase: 'paused', verdicts: [verdict()] }), PLAIN), []);
  });
});
