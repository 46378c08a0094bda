/** Slots after a change of weights: everything is owned once, and nobody moves who need not. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { TOTAL_WEIGHT } from '../../../src/domain/traffic.ts';
import type { Arm } from '../../../src/domain/traffic.ts';
import { assignSlots } from '../../../src/routing/slots.ts';

type Weights = Readonly<Record<string, number>>;

function assign(former: readonly Arm[], weights: Weights): readonly Arm[] {
  const wanted = Object.entries(weights).map(([version, weight]) => ({ version, arm: `arm-${version}`, weight }));
  return assignSlots(former, wanted);
}

/** The owner of each slot; fails where one has none or two. */
function owners(arms: readonly Arm[]): string[] {
  const all = new Array<string>(TOTAL_WEIGHT).fill('');
  let owned = 0;
  for (const { version, slots } of arms) {
    for (const [from, below] of slots) {
      assert(below > from, 'no range is empty');
      all.fill(version, from, below);
      owned += below - from;
    }
  }
  assert(!all.includes('') && owned === TOTAL_WEIGHT, 'every slot has an owner, and no slot has two');
  return all;
}

function weightsOf(arms: readonly Arm[]): Weights {
  const counts: Record<string, number> = {};
  for (const owner of owners(arms)) counts[owner] = (counts[owner] ?? 0) + 1;
  return counts;
}

/** Weights that sum to 10,000, of some of these versions. */
const weights = fc
  .tuple(fc.uniqueArray(fc.constantFrom('1', '2', '3', '10', '2.1'), { minLength: 1 }), fc.array(fc.nat(TOTAL_WEIGHT)))
  .map(([versions, cuts]): Weights => {
    const bounds = [0, ...cuts.slice(0, versions.length - 1).sort((a, b) => a - b)];
    return Object.fromEntries(
      versions.map((version, at) => [
        version,
        Math.max(0, (bounds[at + 1] ?? TOTAL_WEIGHT) - (bounds[at] ?? TOTAL_WEIGHT)),
      ]),
    );
  });

function afterHistory(check: (before: readonly Arm[], after: readonly Arm[], wanted: Weights) => void): void {
  fc.assert(
    fc.property(fc.array(weights, { minLength: 1, maxLength: 8 }), (history) => {
      let arms: readonly Arm[] = [];
      for (const wanted of history) {
        const next = assign(arms, wanted);
        check(arms, next, wanted);
        arms = next;
      }
    }),
    { seed: 7, numRuns: 100 },
  );
}

suite('assignSlots', () => {
  test('every slot has one owner, and every version as many as its weight says', () => {
    afterHistory((_, after, wanted) => {
      const expected = Object.fromEntries(Object.entries(wanted).filter(([, weight]) => weight > 0));
      assert.deepEqual(weightsOf(after), expected);
    });
  });

  test('no more slots change hands than the growing versions gain', () => {
    afterHistory((before, after, wanted) => {
      if (before.length === 0) return;
      const [from, to] = [owners(before), owners(after)];
      const former = weightsOf(before);
      const moved = to.filter((owner, slot) => owner !== from[slot]).length;
      const gains = Object.entries(wanted).map(([version, weight]) => Math.max(0, weight - (former[version] ?? 0)));
      assert.equal(
        moved,
        gains.reduce((sum, gain) => sum + gain, 0),
      );
    });
  });

  test('the first policy deals out ranges in the order of the versions, however they are written', () => {
    const arms = assign([], { '10': 1000, '2': 3000, '1': 6000, '3': 0 });
    assert.deepEqual(Object.fromEntries(arms.map(({ version, slots }) => [version, slots])), {
      '1': [[0, 6000]],
      '2': [[6000, 9000]],
      '10': [[9000, 10_000]],
      '3': [],
    });
    assert.deepEqual(assignSlots([], arms.toReversed()), arms.toReversed());
  });

  test('a canary that is raised keeps every slot that it had', () => {
    let arms = assign([], { stable: 9500, canary: 500 });
    for (const canary of [2500, 5000, 10_000]) {
      const next = assign(arms, { stable: TOTAL_WEIGHT - canary, canary });
      const [from, to] = [owners(arms), owners(next)];
      assert(from.every((owner, slot) => owner === 'stable' || to[slot] === 'canary'));
      arms = next;
    }
  });

  test('a weight that goes down and comes back leaves everybody where they were', () => {
    fc.assert(
      fc.property(weights, fc.nat(TOTAL_WEIGHT), (others, canary) => {
        const half = (total: number): Weights => {
          const shares = Object.entries(others).map(([version, weight]): [string, number] => [
            version,
            Math.floor((weight * (TOTAL_WEIGHT - total)) / TOTAL_WEIGHT),
          ]);
          const rest = TOTAL_WEIGHT - total - shares.reduce((sum, [, weight]) => sum + weight, 0);
          const [first = ['', 0], ...more] = shares;
          return Object.fromEntries([[first[0], first[1] + rest], ...more, ['canary', total]]);
        };
        const start = assign([], half(5000));
        const low = assign(start, half(Math.min(canary, 5000)));
        assert.deepEqual(owners(assign(low, half(5000))), owners(start));
      }),
      { seed: 7, numRuns: 100 },
    );
  });

  test('a version between two others does not move when they do', () => {
    const before = assign([], { '1': 3000, '2': 4000, '3': 3000 });
    const after = assign(before, { '1': 1000, '2': 4000, '3': 5000 });
    assert.deepEqual(after[1], before[1]);
    assert.deepEqual(after[2]?.slots, [
      [7000, 10_000],
      [1000, 3000],
    ]);
  });

  test('a version that is left out gives up everything, and its name may come back', () => {
    const both = assign([], { '1': 4000, '2': 6000 });
    const one = assign(both, { '1': 10_000 });
    assert.deepEqual(one, [{ version: '1', arm: 'arm-1', weight: 10_000, slots: [[0, 10_000]] }]);
    assert.deepEqual(owners(assign(one, { '1': 4000, '2': 6000 })), owners(both));
  });

  test('ranges stay few however often the weights change', () => {
    let arms = assign([], { '1': 5000, '2': 4000, '3': 1000 });
    for (let turn = 1; turn <= 1000; turn += 1) {
      const [low = 0, high = 0] = [(turn * 7919) % TOTAL_WEIGHT, (turn * 104_729) % TOTAL_WEIGHT].sort((a, b) => a - b);
      arms = assign(arms, { '1': low, '2': high - low, '3': TOTAL_WEIGHT - high });
      const ranges = arms.reduce((sum, { slots }) => sum + slots.length, 0);
      assert(ranges <= 200, `${String(ranges)} ranges after ${String(turn)} changes`);
    }
  });

  test('weights that do not sum to 10,000, are no whole numbers, or name an arm twice are refused', () => {
    assert.throws(() => assign([], { '1': 9999 }), /sum to 10,000/);
    assert.throws(() => assign([], {}), /sum to 10,000/);
    assert.throws(() => assign([], { '1': -1, '2': 10_001 }), /whole numbers/);
    assert.throws(() => assign([], { '1': 0.5, '2': 9999.5 }), /whole numbers/);
    const twice = { version: '1', arm: 'a', weight: 5000 };
    assert.throws(() => assignSlots([], [twice, twice]), /name of its own/);
  });
});
