/** The sequential two-sample test of a quantile. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { quantileTestPValue } from '../../../src/stats/sequential-quantile.ts';
import { anytimeVectors } from './anytime-vectors-codec.ts';
import { assertClose } from './vectors-codec.ts';

/** 1 to 1,000 against 1 + k to 1,000 + k, each value in a bucket of its own. */
function shifted(quantile: number, k: number): number {
  const values = Array.from({ length: 1000 + k }, (_, at) => at);
  const a = values.map((at) => (at < 1000 ? 1 : 0));
  const b = values.map((at) => (at >= k ? 1 : 0));
  return quantileTestPValue({ quantile, a, b, optimalCount: 100 });
}

const samples = fc.array(fc.tuple(fc.nat(60), fc.nat(60)), { minLength: 1, maxLength: 20 });
const quantiles = fc.double({ min: 0.01, max: 0.99, noNaN: true });

suite('the sequential test of a quantile', () => {
  test('gives the p-values of confseq where each value has a bucket', () => {
    assertClose(shifted(0.5, 70), 0.814704, 'shift of 70', 1e-6);
    assertClose(shifted(0.5, 85), 0.0838055, 'shift of 85', 1e-6);
    assertClose(shifted(0.5, 100), 0.0054947, 'shift of 100', 1e-6);
    assertClose(shifted(0.9, 55), 0.0340463, 'shift of 55 at 0.9', 1e-6);
  });

  test('takes the least evidence of each bucket, as scipy finds it', () => {
    for (const [quantile, a, b, optimalCount, p] of anytimeVectors.quantiles) {
      assertClose(quantileTestPValue({ quantile, a, b, optimalCount }), p, `${quantile}`, 1e-6);
    }
  });

  test('says 1 where a sample is empty, or all is in one bucket', () => {
    assert.equal(quantileTestPValue({ quantile: 0.9, a: [], b: [], optimalCount: 300 }), 1);
    assert.equal(quantileTestPValue({ quantile: 0.9, a: [0, 0], b: [900, 100], optimalCount: 300 }), 1);
    assert.equal(quantileTestPValue({ quantile: 0.9, a: [1e6], b: [1e6], optimalCount: 300 }), 1);
  });

  test('wider buckets never make the p-value smaller', () => {
    fc.assert(
      fc.property(samples, quantiles, (pairs, quantile) => {
        const [a, b] = [pairs.map(([count]) => count), pairs.map(([, count]) => count)];
        const halved = (counts: number[]): number[] =>
          counts.flatMap((count, at) => (at % 2 === 0 ? [count + (counts[at + 1] ?? 0)] : []));
        const fine = quantileTestPValue({ quantile, a, b, optimalCount: 300 });
        const coarse = quantileTestPValue({ quantile, a: halved(a), b: halved(b), optimalCount: 300 });
        assert(coarse >= fine * (1 - 1e-6), `${coarse} and ${fine}`);
      }),
    );
  });

  test('does not tell which sample is which', () => {
    fc.assert(
      fc.property(samples, quantiles, (pairs, quantile) => {
        const [a, b] = [pairs.map(([count]) => count), pairs.map(([, count]) => count)];
        const forth = quantileTestPValue({ quantile, a, b, optimalCount: 300 });
        assertClose(quantileTestPValue({ quantile, a: b, b: a, optimalCount: 300 }), forth, 'turned', 1e-9);
      }),
    );
  });

  test('refuses a quantile that is none, and buckets that differ', () => {
    assert.throws(() => quantileTestPValue({ quantile: 1, a: [1], b: [1], optimalCount: 300 }), /between 0 and 1/);
    assert.throws(() => quantileTestPValue({ quantile: 0.5, a: [1], b: [1, 2], optimalCount: 300 }), /same buckets/);
  });
});
