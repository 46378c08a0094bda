/** Calls outlast the rows that told of them, and none counts twice. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { callsOf, NO_EXPOSURES, takeExposures } from '../../../src/experiment/exposures.ts';
import type { ExposureRow, Exposures } from '../../../src/experiment/exposures.ts';

function row(key: string, parts: readonly number[], arm = 'a'): ExposureRow {
  return { key, arm, parts };
}

suite('exposures', () => {
  test('are none before the first row', () => {
    assert.deepEqual(callsOf(NO_EXPOSURES, 'a'), []);
  });

  test('of a row are what it says last, and of one that is gone what it said last', () => {
    let exposures = takeExposures(NO_EXPOSURES, [row('x', [1, 2]), row('y', [10], 'b')]);
    exposures = takeExposures(exposures, [row('x', [3, 4]), row('y', [10], 'b')]);
    exposures = takeExposures(exposures, [row('z', [100, 0, 5])]);
    assert.deepEqual(callsOf(exposures, 'a'), [103, 4, 5]);
    assert.deepEqual(callsOf(exposures, 'b'), [10]);
    assert.deepEqual(exposures, { past: { a: [3, 4], b: [10] }, rows: [row('z', [100, 0, 5])] });
  });

  test('add up to the last word of each row, whenever they are looked at', () => {
    const life = fc.record({ from: fc.nat(9), length: fc.nat(9), step: fc.integer({ min: 1, max: 5 }) });
    fc.assert(
      fc.property(
        fc.array(life, { maxLength: 8 }),
        fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }),
        (lives, looks) => {
          let exposures: Exposures = NO_EXPOSURES;
          let seen = lives.map(() => 0);
          for (const [at, isLook] of looks.entries()) {
            if (!isLook) continue;
            const rows = lives.flatMap(({ from, length, step }, index) =>
              at >= from && at <= from + length ? [row(String(index), [step * (at - from)])] : [],
            );
            exposures = takeExposures(exposures, rows);
            seen = seen.map((before, index) => rows.find(({ key }) => key === String(index))?.parts[0] ?? before);
          }
          const [total = 0] = callsOf(exposures, 'a');
          assert.equal(
            total,
            seen.reduce((sum, count) => sum + count, 0),
          );
        },
      ),
    );
  });
});
