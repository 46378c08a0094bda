/** What a rollout takes from the rows of serve processes. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { ArmRow } from '../../../src/rollout/arm-delta.ts';
import { noEvidence, openEpoch } from '../../../src/rollout/evidence.ts';
import type { RolloutEvidence } from '../../../src/rollout/evidence.ts';
import { addCounts, logEvidence, NO_COUNT_EVIDENCE } from '../../../src/stats/count-evidence.ts';
import { Arm, opened, taken } from './evidence-scene.ts';

const restored = (evidence: RolloutEvidence): RolloutEvidence =>
  JSON.parse(JSON.stringify(evidence)) as RolloutEvidence;

const sumsOf = ({ candidate, stable }: RolloutEvidence): readonly number[] => [
  candidate.calls,
  candidate.faults,
  candidate.comparedCalls,
  candidate.comparedFailures,
  candidate.comparedUnits,
  stable.calls,
  stable.faults,
  stable.comparedCalls,
  stable.comparedFailures,
  stable.comparedUnits,
];

suite('rows of serve processes', () => {
  test('count by what is new in them, however often they come', () => {
    const arm = new Arm('candidate').calls(10);
    const first = taken(opened(1000), [arm]);
    const again = taken(first, [arm]);
    assert.equal(again, first);
    const more = taken(restored(again), [arm.calls(5, { outcome: 'internal' })]);
    assert.deepEqual(sumsOf(more), [15, 5, 15, 5, 5, 0, 0, 0, 0, 0]);
  });

  test('that went backwards change nothing', () => {
    const before = new Arm('stable').calls(10);
    const evidence = taken(opened(1000), [before]);
    const mixed = { ...before.row(), totals: { ...before.row().totals, calls: 20, ok: 9 } };
    assert.equal(taken(evidence, [new Arm('stable').calls(9)]), evidence);
    assert.equal(taken(evidence, [mixed]), evidence);
  });

  test('of another serve process, or another life of it, are other rows', () => {
    const evidence = taken(opened(1000), [
      new Arm('stable').calls(10),
      new Arm('stable', { instance: 'c' }).calls(7),
      new Arm('stable', { boot: 'd' }).calls(3),
    ]);
    assert.equal(evidence.stable.calls, 20);
  });

  test('of epochs that the rollout did not put in force, and of other arms, are left out', () => {
    const evidence = opened(1000);
    assert.equal(taken(evidence, [new Arm('stable', { epoch: 2 }).calls(10)]), evidence);
    assert.equal(taken(evidence, [{ ...new Arm('stable').calls(1).row(), arm: 'other' }]), evidence);
  });

  test('say nothing any more once their epoch is forgotten, and it cannot be opened again', () => {
    const old = new Arm('stable').calls(10);
    let evidence = taken(opened(1000), [old]);
    for (let epoch = 2; epoch <= 21; epoch += 1) evidence = openEpoch(evidence, { epoch, weight: 1000 });
    evidence = openEpoch(evidence, { epoch: 1, weight: 1000 });
    assert.deepEqual(
      evidence.epochs.map(({ epoch }) => epoch),
      Array.from({ length: 20 }, (_, index) => index + 2),
    );
    assert.equal(taken(evidence, [old.calls(5)]).stable.calls, 10);
  });

  test('are remembered up to 256 of them: further processes do not count, and rows stay below a megabyte', () => {
    let evidence = opened(1000, 2000);
    const fleet = Array.from({ length: 300 }, (_, index) => `instance-${index}`);
    const rowsOf = (epoch: number): ArmRow[] =>
      fleet.flatMap((instance) =>
        (['candidate', 'stable'] as const).map((arm) => {
          const made = new Arm(arm, { instance, epoch });
          for (let ms = 1; ms < 1000; ms *= 1.1) made.calls(1, { ms });
          return made.row();
        }),
      );
    evidence = taken(evidence, rowsOf(1));
    evidence = taken(evidence, rowsOf(2));
    const again = taken(evidence, rowsOf(2));
    assert.equal(Object.keys(evidence.taken).length, 256);
    assert.deepEqual(
      evidence.epochs.map(({ epoch }) => epoch),
      [2],
    );
    assert.equal(again.stable.calls, evidence.stable.calls);
    assert(JSON.stringify(evidence).length < 1_000_000, `${JSON.stringify(evidence).length} characters`);
  });

  test('give the same sums in one piece as in many, and after a restart in between', () => {
    const part = fc.record({
      arm: fc.constantFrom('candidate' as const, 'stable' as const),
      count: fc.integer({ min: 1, max: 30 }),
      outcome: fc.constantFrom('ok' as const, 'internal' as const, 'resource_exhausted' as const),
      slot: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
      ms: fc.integer({ min: 1, max: 500 }),
    });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const arms = { candidate: new Arm('candidate'), stable: new Arm('stable') };
        let evidence = opened(3000);
        for (const { arm, count, outcome, slot, ms } of parts) {
          arms[arm].calls(count, {
            outcome,
            ms,
            ...(slot === undefined ? {} : { slot: arm === 'stable' ? slot + 5000 : slot }),
          });
          evidence = taken(restored(evidence), [arms.candidate, arms.stable]);
        }
        const whole = taken(opened(3000), [arms.candidate, arms.stable]);
        assert.deepEqual(sumsOf(evidence), sumsOf(whole));
        assert.deepEqual(evidence.faultSlots.toSorted(), whole.faultSlots.toSorted());
        assert.deepEqual(evidence.candidate.request.counts, whole.candidate.request.counts);
      }),
    );
  });
});

suite('errors', () => {
  const logOf = (...blocks: readonly Parameters<typeof addCounts>[1][]): number =>
    logEvidence(blocks.reduce(addCounts, NO_COUNT_EVIDENCE));

  test('are weighed by the weight of their epoch', () => {
    const evidence = taken(opened(500, 2000), [
      new Arm('candidate').calls(3, { outcome: 'internal' }),
      new Arm('stable').calls(90).calls(1, { outcome: 'internal' }),
      new Arm('candidate', { epoch: 2 }).calls(2, { outcome: 'unavailable' }),
    ]);
    const wanted = logOf(
      { candidate: 3, baseline: 1, share: 0.05, margin: 1 },
      { candidate: 2, baseline: 0, share: 0.2, margin: 1 },
    );
    assert.deepEqual([evidence.errors.mostLog, logEvidence(evidence.errors.logs)], [wanted, wanted]);
  });

  test('are evidence once per slot of a routing key, over epochs, processes and arms', () => {
    let evidence = taken(opened(500, 2000), [new Arm('stable').calls(50, { outcome: 'internal', slot: 700 })]);
    evidence = taken(evidence, [
      new Arm('candidate', { epoch: 2 })
        .calls(30, { outcome: 'internal', slot: 700 })
        .calls(4, { outcome: 'internal', slot: 701 }),
      new Arm('candidate', { epoch: 2, instance: 'c' }).calls(4, { outcome: 'internal', slot: 701 }),
    ]);
    const wanted = logOf(
      { candidate: 0, baseline: 1, share: 0.05, margin: 1 },
      { candidate: 1, baseline: 0, share: 0.2, margin: 1 },
    );
    assert.equal(logEvidence(evidence.errors.logs), wanted);
    assert.deepEqual(evidence.faultSlots, [700, 701]);
    assert.deepEqual(sumsOf(evidence), [38, 38, 38, 38, 1, 50, 50, 50, 50, 1]);
  });

  test('that are overloads are evidence while the candidate is not the larger arm', () => {
    const overloaded = (weight: number): RolloutEvidence =>
      taken(opened(weight), [
        new Arm('candidate')
          .calls(2, { outcome: 'resource_exhausted' })
          .calls(2, { outcome: 'deadline_exceeded', slot: 3 }),
      ]);
    const wanted = logOf({ candidate: 3, baseline: 0, share: 0.5, margin: 1 });
    assert.equal(logEvidence(overloaded(5000).errors.logs), wanted);
    assert.equal(overloaded(5001).errors.mostLog, 0);
    assert.deepEqual([overloaded(5001).candidate.overloads, overloaded(5001).candidate.comparedFailures], [4, 0]);
  });

  test('are no comparison while one arm has all the traffic', () => {
    for (const weight of [0, 10_000]) {
      const evidence = taken(opened(weight), [new Arm('candidate').calls(5, { outcome: 'internal' })]);
      assert.deepEqual([evidence.errors.mostLog, ...sumsOf(evidence).slice(0, 5)], [0, 5, 5, 0, 0, 0]);
    }
  });

  test('of callers are no errors', () => {
    const evidence = opened(1000);
    assert.equal(taken(evidence, [new Arm('candidate').calls(9, { outcome: 'invalid_argument' })]), evidence);
  });

  test('in a row are known by the longest row of one process', () => {
    const first = taken(opened(1000), [new Arm('candidate').calls(4, { outcome: 'internal' })]);
    const evidence = taken(first, [
      new Arm('candidate', { instance: 'c' }).calls(3, { outcome: 'internal' }),
      new Arm('stable').calls(9, { outcome: 'internal' }),
    ]);
    assert.equal(evidence.longestRow, 4);
  });
});

suite('latencies', () => {
  const p50 = ({ latencies }: RolloutEvidence, of: 'runs' | 'pairs' = 'pairs'): readonly number[] => {
    const { candidateRuns, candidateSlow, stableRuns, stableSlow } = latencies.compute_p50[of];
    return [candidateRuns, candidateSlow, stableRuns, stableSlow];
  };

  test('are compared with what was known of stable before', () => {
    const stable = new Arm('stable').calls(50, { ms: 10 });
    const candidate = new Arm('candidate').calls(10, { ms: 30 });
    const first = taken(opened(1000), [stable, candidate]);
    assert.deepEqual(p50(first), [0, 0, 0, 0]);
    const next = taken(first, [stable.calls(20, { ms: 10 }).calls(2, { ms: 30 }), candidate.calls(5, { ms: 30 })]);
    assert.deepEqual(p50(next), [5, 5, 22, 2]);
    const wanted = addCounts(NO_COUNT_EVIDENCE, { candidate: 5, baseline: 2, share: 5 / 27, margin: 1 });
    assert.deepEqual(next.latencies.compute_p50.logs, wanted);
  });

  test('of the candidate are slow beyond the margin, of stable beyond its own quantile', () => {
    const stable = new Arm('stable').calls(60, { ms: 10 });
    const first = taken(opened(1000), [stable]);
    const candidate = new Arm('candidate').calls(10, { ms: 11.5 }).calls(3, { ms: 14 });
    const next = taken(first, [stable.calls(10, { ms: 11.5 }), candidate]);
    assert.deepEqual(p50(next), [13, 3, 10, 10]);
  });

  test('are evidence of harm by what all runs of stable took, in pairs or not', () => {
    const stable = new Arm('stable').calls(50, { ms: 10, isAlone: true });
    const first = taken(opened(1000), [stable]);
    const next = taken(first, [stable.calls(2), new Arm('candidate').calls(2, { ms: 30 })]);
    assert.deepEqual(
      [p50(next, 'runs'), p50(next, 'pairs')],
      [
        [2, 2, 2, 0],
        [0, 0, 0, 0],
      ],
    );
    const wanted = addCounts(NO_COUNT_EVIDENCE, { candidate: 2, baseline: 0, share: 0.5, margin: 1 });
    assert.deepEqual(next.latencies.compute_p50.logs, wanted);
  });

  test('of pairs that are known say what is no harm, and are no evidence of it', () => {
    const stable = new Arm('stable').calls(60);
    const first = taken(opened(1000), [stable]);
    const candidate = new Arm('candidate').calls(30, { ms: 30, isKnown: true });
    const next = taken(first, [stable.calls(30, { isKnown: true }), candidate]);
    assert.deepEqual([p50(next), next.latencies.compute_p50.mostLog], [[30, 30, 30, 0], 0]);
    const drawn = taken(next, [stable.calls(3), candidate.calls(3, { ms: 30 })]);
    const wanted = addCounts(NO_COUNT_EVIDENCE, { candidate: 3, baseline: 0, share: 0.5, margin: 1 });
    assert.deepEqual(drawn.latencies.compute_p50.logs, wanted);
  });

  test('of a pair that is told of later than its calls are not lost', () => {
    const stable = new Arm('stable').calls(60);
    const candidate = new Arm('candidate').calls(3, { isAlone: true });
    const first = taken(opened(1000), [stable, candidate]);
    const next = taken(first, [stable.pairs(3), candidate.pairs(3, 30)]);
    assert.deepEqual([p50(next), next.candidate.calls], [[3, 3, 3, 0], 3]);
  });

  test('are not compared while the candidate has more than half of the traffic', () => {
    for (const [weight, runs] of [
      [5000, 40],
      [5001, 0],
      [10_000, 0],
      [0, 0],
    ] as const) {
      const stable = new Arm('stable').calls(60);
      const first = taken(opened(weight), [stable]);
      const next = taken(first, [stable.calls(20), new Arm('candidate').calls(40)]);
      assert.equal(next.latencies.compute_p50.pairs.candidateRuns, runs, `${weight}`);
    }
  });
});

test('there is nothing to know at first', () => {
  assert.deepEqual(sumsOf(noEvidence()), [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  assert.deepEqual(restored(noEvidence()), noEvidence());
});
