/** Choosing by slot: spread evenly, the same on every replica and for ever, and calm when weights move. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { pick, slotOf } from '../../../src/routing/pick.ts';
import { buildLadder, TOTAL_WEIGHT } from '../../../src/routing/route-table.ts';
import type { Rung } from '../../../src/routing/route-table.ts';

function ladderOf(weights: Readonly<Record<string, number>>): Rung<string>[] {
  return buildLadder(new Map(Object.entries(weights)), (version) => version);
}

/** How far the counts are from equal, in standard deviations of the chi-squared distribution. */
function unevenness(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const chi = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return (chi - (counts.length - 1)) / Math.sqrt(2 * (counts.length - 1));
}

function slotCounts(keyOf: (index: number) => string, salt: string): number[] {
  const counts = new Array<number>(TOTAL_WEIGHT).fill(0);
  for (let index = 0; index < 200_000; index += 1) {
    const slot = slotOf(salt, keyOf(index));
    counts[slot] = (counts[slot] ?? 0) + 1;
  }
  return counts;
}

suite('slotOf', () => {
  test('keys as people make them are spread evenly over the 10,000 slots', () => {
    const makes = {
      'user-n': (index: number) => `user-${String(index)}`,
      numbers: String,
      padded: (index: number) => String(index).padStart(12, '0'),
      mails: (index: number) => `${index.toString(36)}@example.com`,
      'beyond latin': (index: number) => `水門${String(index)}`,
    };
    for (const [name, keyOf] of Object.entries(makes)) {
      const far = unevenness(slotCounts(keyOf, 'iris'));
      assert(Math.abs(far) < 4, `${name}: ${far.toFixed(1)} standard deviations from even`);
    }
  });

  test('two salts share no order: who is early under one is anywhere under the other', () => {
    const counts = new Array<number>(100).fill(0);
    for (let index = 0; index < 100_000; index += 1) {
      const key = String(index);
      const cell = Math.floor(slotOf('a', key) / 1000) * 10 + Math.floor(slotOf('b', key) / 1000);
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
    assert(Math.abs(unevenness(counts)) < 4);
  });

  test('the slots of known keys never change: a caller keeps its version over an upgrade of the server', () => {
    const known: readonly (readonly [string, string, number])[] = [
      ['', '', 965],
      ['iris', 'user-1', 4255],
      ['iris', 'user-2', 3042],
      ['wine', 'user-1', 6910],
      ['iris', '水門', 2955],
      ['iris', '🚪', 6725],
      ['iris', 'a'.repeat(1000), 2230],
    ];
    assert.deepEqual(
      known.map(([salt, key]) => [salt, key, slotOf(salt, key)]),
      known,
    );
  });

  test('salt and key are kept apart', () => {
    assert.notEqual(slotOf('ab', 'c'), slotOf('a', 'bc'));
  });

  test('a slot is a whole number from 0 to 9,999, whatever the key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (salt, key) => {
        const slot = slotOf(salt, key);
        assert(Number.isInteger(slot) && slot >= 0 && slot < TOTAL_WEIGHT);
      }),
      { seed: 7, numRuns: 1000 },
    );
  });
});

suite('pick', () => {
  test('each version has as many slots as its weight says, in one piece', () => {
    const ladder = ladderOf({ '1': 8999, '2': 0, '3': 1001 });
    const counts = new Map<string, number>();
    for (let slot = 0; slot < TOTAL_WEIGHT; slot += 1) {
      const { version } = pick(ladder, slot);
      counts.set(version, (counts.get(version) ?? 0) + 1);
    }
    assert.deepEqual(Object.fromEntries(counts), { '1': 8999, '3': 1001 });
    assert.deepEqual(
      [0, 8998, 8999, 9999].map((slot) => pick(ladder, slot).target),
      ['1', '1', '3', '3'],
    );
  });

  test('raising a canary moves only the callers that it gains, and none back to stable', () => {
    const weight = fc.integer({ min: 0, max: TOTAL_WEIGHT });
    fc.assert(
      fc.property(weight, weight, (one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        const before = ladderOf({ stable: TOTAL_WEIGHT - low, canary: low });
        const after = ladderOf({ stable: TOTAL_WEIGHT - high, canary: high });
        let moved = 0;
        for (let slot = 0; slot < TOTAL_WEIGHT; slot += 1) {
          const [from, to] = [pick(before, slot).version, pick(after, slot).version];
          if (from === to) continue;
          assert.deepEqual([from, to], ['stable', 'canary']);
          moved += 1;
        }
        assert.equal(moved, high - low);
      }),
      { seed: 7, numRuns: 50 },
    );
  });

  test('weights that do not sum to 10,000 make no ladder', () => {
    assert.throws(() => ladderOf({ '1': 9999 }), /weights sum to 10,000/);
    assert.throws(() => ladderOf({}), /weights sum to 10,000/);
  });
});
