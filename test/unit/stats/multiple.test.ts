/** Corrections for several tests, against statsmodels and published values. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { benjaminiHochberg, holm } from '../../../src/stats/multiple.ts';
import { assertClose, vectors } from './vectors-codec.ts';

const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });

function assertAllClose(actual: readonly number[], expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  for (const [at, value] of expected.entries()) assertClose(actual[at] ?? NaN, value, `number ${at}`);
}

suite('Corrections for several tests', () => {
  test('agree with statsmodels', () => {
    for (const [raw, byHolm, byBenjamini] of vectors.multiple) {
      assertAllClose(holm(raw), byHolm);
      assertAllClose(benjaminiHochberg(raw), byBenjamini);
    }
  });

  test('give the published values in the given order', () => {
    assertAllClose(holm([0.01, 0.04, 0.03, 0.005, 0.55, 0.6]), [0.05, 0.12, 0.12, 0.03, 1, 1]);
    assertAllClose(
      benjaminiHochberg([0.898, 0.138, 0.007, 0.964, 0.538, 0.006, 0.138]),
      [0.964, 0.2415, 0.0245, 0.964, 0.7532, 0.0245, 0.2415],
    );
  });

  test('of no test are none, and leave a single one alone', () => {
    assert.deepEqual([holm([]), benjaminiHochberg([])], [[], []]);
    assert.deepEqual([holm([0.2]), benjaminiHochberg([0.2])], [[0.2], [0.2]]);
  });

  test('refuse what is no p-value', () => {
    for (const odd of [NaN, -0.1, 1.1]) {
      assert.throws(() => holm([0.5, odd]), { name: 'AssertionError' });
      assert.throws(() => benjaminiHochberg([odd]), { name: 'AssertionError' });
    }
  });

  test('never lower a p-value nor change their order, and Holm is between the other and Bonferroni', () => {
    fc.assert(
      fc.property(pValues, (raw) => {
        const strict = holm(raw);
        const mild = benjaminiHochberg(raw);
        for (const [at, p] of raw.entries()) {
          const [high = NaN, low = NaN] = [strict[at], mild[at]];
          assert(p <= low * (1 + 1e-15) && low <= high * (1 + 1e-15) && high <= Math.min(1, raw.length * p), `${p}`);
          for (const [other, q] of raw.entries()) {
            if (p < q) assert(high <= (strict[other] ?? NaN) && low <= (mild[other] ?? NaN));
          }
        }
      }),
    );
  });
});
