/** The e-process of events that fall on the candidate more often than its share. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { addCounts, logEvidence, NO_COUNT_EVIDENCE } from '../../../src/stats/count-evidence.ts';
import type { CountEvidence } from '../../../src/stats/count-evidence.ts';
import { anytimeVectors } from './anytime-vectors-codec.ts';
import { assertClose } from './vectors-codec.ts';

/** ln E after one more event, of the candidate or of the baseline. */
function after(evidence: CountEvidence, on: 'candidate' | 'baseline', share: number, margin = 1): number {
  const block = { candidate: 0, baseline: 0, share, margin, [on]: 1 };
  return logEvidence(addCounts(evidence, block));
}

const shares = fc.double({ min: 0.0001, max: 0.9999, noNaN: true });
const blocks = fc.array(
  fc.record({ candidate: fc.nat(20), baseline: fc.nat(200), share: shares, margin: fc.constant(1) }),
  {
    maxLength: 8,
  },
);

suite('evidence of counts', () => {
  test('is the mean of the ratios of binomial probabilities', () => {
    for (const [given, log] of anytimeVectors.counts) {
      const evidence = given.reduce<CountEvidence>(
        (sum, [candidate, baseline, share, margin]) => addCounts(sum, { candidate, baseline, share, margin }),
        NO_COUNT_EVIDENCE,
      );
      assertClose(logEvidence(evidence), log, JSON.stringify(given), 1e-10);
    }
  });

  test('is none before there is an event, and where only one arm had exposure', () => {
    assert.equal(logEvidence(NO_COUNT_EVIDENCE), 0);
    assert.equal(addCounts(NO_COUNT_EVIDENCE, { candidate: 0, baseline: 0, share: 0.1, margin: 1 }), NO_COUNT_EVIDENCE);
    assert.equal(addCounts(NO_COUNT_EVIDENCE, { candidate: 9, baseline: 0, share: 1, margin: 1 }), NO_COUNT_EVIDENCE);
    assert.equal(addCounts(NO_COUNT_EVIDENCE, { candidate: 0, baseline: 9, share: 0, margin: 1 }), NO_COUNT_EVIDENCE);
  });

  test('is a martingale under equal rates: after the next event it is on average what it is now', () => {
    fc.assert(
      fc.property(blocks, shares, (past, share) => {
        const evidence = past.reduce<CountEvidence>(addCounts, NO_COUNT_EVIDENCE);
        const now = logEvidence(evidence);
        const mean =
          share * Math.exp(after(evidence, 'candidate', share) - now) +
          (1 - share) * Math.exp(after(evidence, 'baseline', share) - now);
        assertClose(mean, 1, 'the mean', 1e-9);
      }),
    );
  });

  test('shrinks on average under any risk ratio up to the margin, and grows beyond it', () => {
    const ratios = fc.double({ min: 0.1, max: 1.5, noNaN: true });
    fc.assert(
      fc.property(shares, ratios, (share, ratio) => {
        const onCandidate = (share * ratio) / (share * ratio + 1 - share);
        const mean = (margin: number): number =>
          onCandidate * Math.exp(after(NO_COUNT_EVIDENCE, 'candidate', share, margin)) +
          (1 - onCandidate) * Math.exp(after(NO_COUNT_EVIDENCE, 'baseline', share, margin));
        assert(mean(1.5) <= 1 + 1e-12, `${mean(1.5)} at margin 1.5`);
        assert(ratio <= 1 || mean(1) >= 1 - 1e-12, `${mean(1)} at margin 1`);
      }),
    );
  });

  test('does not depend on how events are cut into blocks of one share', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.nat(100), shares, (candidate, baseline, share) => {
        const whole = addCounts(NO_COUNT_EVIDENCE, { candidate, baseline, share, margin: 1 });
        const first = addCounts(NO_COUNT_EVIDENCE, { candidate, baseline: 0, share, margin: 1 });
        const both = addCounts(first, { candidate: 0, baseline, share, margin: 1 });
        assert(Math.abs(logEvidence(whole) - logEvidence(both)) < 1e-9 * (1 + Math.abs(logEvidence(whole))));
      }),
    );
  });

  test('survives JSON, shares near 0 and 1, and a million events', () => {
    const extreme = addCounts(NO_COUNT_EVIDENCE, { candidate: 1_000_000, baseline: 3, share: 1e-4, margin: 1 });
    const other = addCounts(extreme, { candidate: 2, baseline: 5_000_000, share: 0.9999, margin: 1 });
    assert(other.every(Number.isFinite));
    assert(Number.isFinite(logEvidence(other)));
    assert.deepEqual(JSON.parse(JSON.stringify(other)), other);
  });

  test('refuses shares, margins and counts that are none', () => {
    const block = { candidate: 1, baseline: 1, share: 0.1, margin: 1 };
    assert.throws(() => addCounts(NO_COUNT_EVIDENCE, { ...block, share: 1.1 }), /share/);
    assert.throws(() => addCounts(NO_COUNT_EVIDENCE, { ...block, margin: 0.5 }), /margin/);
    assert.throws(() => addCounts(NO_COUNT_EVIDENCE, { ...block, baseline: -1 }), /counted/);
    assert.throws(() => addCounts([0], block), /grid/);
  });
});
