/** PSI and Jensen-Shannon distance, against scipy and published values. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { jensenShannon, psiTest } from '../../../src/stats/drift.ts';
import { assertClose, assertFields, vectors } from './vectors-codec.ts';

/** Counts so large that half a value more in each bin is nothing. */
function counts(shares: readonly number[]): number[] {
  return shares.map((share) => share * 1e14);
}

const histograms = fc
  .array(fc.tuple(fc.nat(500), fc.nat(500)), { minLength: 1, maxLength: 20 })
  .map((bins) => ({ reference: bins.map(([r]) => r), current: bins.map(([, c]) => c) }));

suite('Population stability index', () => {
  test('is its formula', () => {
    for (const [reference, current, psi] of vectors.psi) {
      assertFields(psiTest({ reference: counts(reference), current: counts(current) }), { psi }, 1e-9);
    }
  });

  test('has the published values', () => {
    const deciles = [0.05, 0.06, 0.08, 0.09, 0.1, 0.1, 0.11, 0.12, 0.14, 0.15];
    const found = psiTest({ reference: counts(new Array<number>(10).fill(0.1)), current: counts(deciles) });
    assertFields(found, { psi: 0.09893853797, bins: 10 }, 1e-8);
    const four = { reference: counts([0.25, 0.25, 0.25, 0.25]), current: counts([0.4, 0.3, 0.2999, 0.0001]) };
    assertFields(psiTest(four), { psi: 2.0437, bins: 4 }, 1e-3);
  });

  test('is finite where a bin is empty, and tells the drift', () => {
    const found = psiTest({ reference: [50, 50, 0], current: [40, 40, 20] });
    assert(found.kind === 'tested' && found.bins === 3);
    assert(found.psi > 0.5 && found.psi < 2 && found.pValue < 1e-6);
    assertClose(found.expected, 2 * (1 / 100 + 1 / 100), 'expected');
    assertClose(found.excess, found.psi - found.expected, 'excess');
  });

  test('has no excess where it is what chance makes of it', () => {
    const found = psiTest({ reference: [30, 30, 40], current: [31, 29, 40] });
    assert(found.kind === 'tested' && found.psi > 0);
    assert.equal(found.excess, 0);
    assert(found.pValue > 0.9);
  });

  test('pools neighbours that are too small to tell anything, the last with those before', () => {
    const found = psiTest({ reference: [1, 1, 1, 20, 1, 1], current: [1, 1, 1, 22, 0, 0] });
    assert.deepEqual(found, psiTest({ reference: [3, 22], current: [3, 22] }));
  });

  test('is undefined where a sample is empty, and where less than two bins are left', () => {
    assert.deepEqual(psiTest({ reference: [1, 2], current: [0, 0] }), {
      kind: 'undefined',
      reason: 'one of the samples is empty',
    });
    const alike = { kind: 'undefined', reason: 'too few values, or all of them in one bin' };
    assert.deepEqual(psiTest({ reference: [1, 2], current: [1, 1] }), alike);
    assert.deepEqual(psiTest({ reference: [0, 900], current: [0, 700] }), alike);
    assert.throws(() => psiTest({ reference: [1], current: [1, 1] }), { name: 'AssertionError' });
    assert.throws(() => psiTest({ reference: [-1, 2], current: [1, 1] }), { name: 'AssertionError' });
  });

  test('is the same when the samples change places, and never below 0', () => {
    fc.assert(
      fc.property(histograms, ({ reference, current }) => {
        const found = psiTest({ reference, current });
        fc.pre(found.kind === 'tested');
        const swapped = psiTest({ reference: current, current: reference });
        assert(found.psi >= 0 && found.pValue >= 0 && found.pValue <= 1);
        assertFields(swapped, { ...found }, 1e-9);
      }),
    );
  });
});

suite('Jensen-Shannon distance', () => {
  test('agrees with scipy', () => {
    for (const [of, expected] of vectors.jensenShannon) assertClose(jensenShannon(of), expected, 'distance', 1e-10);
  });

  test('has the published values', () => {
    const found = jensenShannon({ reference: [50, 50], current: [90, 10] });
    assertClose(found, 0.3189815435, 'distance', 1e-8);
  });

  test('is 0 without values, and the root of ln 2 where nothing is in common', () => {
    assert.equal(jensenShannon({ reference: [1, 2], current: [0, 0] }), 0);
    assertClose(jensenShannon({ reference: [5, 0], current: [0, 80] }), Math.sqrt(Math.LN2), 'distance');
  });

  test('is the same when the samples change places, and 0 to any multiple', () => {
    fc.assert(
      fc.property(histograms, fc.integer({ min: 1, max: 9 }), ({ reference, current }, times) => {
        const found = jensenShannon({ reference, current });
        assert(found >= 0 && found <= Math.sqrt(Math.LN2) + 1e-15);
        assert(Math.abs(jensenShannon({ reference: current, current: reference }) - found) < 1e-12);
        assert(jensenShannon({ reference, current: reference.map((count) => count * times) }) < 1e-7);
      }),
    );
  });
});
