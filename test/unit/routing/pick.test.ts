/** Choosing by slot: spread evenly, the same on every replica and for ever. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { pick, slotOf } from '../../../src/routing/pick.ts';
import { TOTAL_WEIGHT } from '../../../src/domain/traffic.ts';
import type { Arm, SlotRange } from '../../../src/domain/traffic.ts';
import { buildLadder } from '../../../src/routing/route-table.ts';
import type { Ladder } from '../../../src/routing/route-table.ts';

function armOf(version: string, ...slots: readonly SlotRange[]): Arm {
  return { version, arm: `arm-${version}`, weight: 0, slots };
}

function ladderOf(arms: readonly Arm[]): Ladder<string> {
  return buildLadder(arms, (version) => version);
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
  test('each arm has the slots that it owns, in however many ranges', () => {
    const ladder = ladderOf([
      armOf('1', [0, 100], [300, 8999]),
      armOf('2'),
      armOf('3', [8999, 10_000], [100, 200]),
      armOf('4', [200, 300]),
    ]);
    assert.deepEqual(
      [0, 99, 100, 199, 200, 299, 300, 8998, 8999, 9999].map((slot) => pick(ladder, slot).target),
      ['1', '1', '3', '3', '4', '4', '1', '1', '3', '3'],
    );
    assert.equal(pick(ladder, 150).arm, 'arm-3');
  });

  test('it is the owner of the slot, whatever the ranges', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: TOTAL_WEIGHT - 1 }), { maxLength: 300 }), (cuts) => {
        const bounds = [0, ...cuts.sort((a, b) => a - b), TOTAL_WEIGHT];
        const ranges = bounds.slice(1).map((below, at): SlotRange => [bounds[at] ?? 0, below]);
        const ladder = ladderOf(
          ['even', 'odd'].map((name, parity) => armOf(name, ...ranges.filter((_, at) => at % 2 === parity))),
        );
        for (const [at, [from, below]] of ranges.entries()) {
          const expected = at % 2 === 0 ? 'even' : 'odd';
          assert.deepEqual([pick(ladder, from).target, pick(ladder, below - 1).target], [expected, expected]);
        }
      }),
      { seed: 7, numRuns: 100 },
    );
  });

  test('slots that overlap or leave a gap make no ladder', () => {
    assert.throws(() => ladderOf([armOf('1', [0, 9999])]), /cover everything/);
    assert.throws(() => ladderOf([]), /cover everything/);
    assert.throws(() => ladderOf([armOf('1', [0, 5000]), armOf('2', [4999, 10_000])]), /side by side/);
    assert.throws(() => ladderOf([armOf('1', [0, 5000]), armOf('2', [5001, 10_000])]), /side by side/);
  });
});
