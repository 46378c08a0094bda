/** For which slots an epoch decides by chance. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { Arm } from '../../../src/domain/traffic.ts';
import { nextDraw, unknownDraw } from '../../../src/routing/draw.ts';
import { buildLadder } from '../../../src/routing/route-table.ts';
import type { Draw, Ladder } from '../../../src/routing/route-table.ts';
import { assignSlots } from '../../../src/routing/slots.ts';

/** Epochs in which version 2 has these weights and 1 the others. */
function ladders(...weights: readonly number[]): readonly Ladder<string>[] {
  let arms: readonly Arm[] = [];
  return weights.map((weight) => {
    const wanted = [
      { version: '1', arm: '1', weight: 10_000 - weight },
      { version: '2', arm: '2', weight },
    ];
    arms = assignSlots(arms, wanted);
    return buildLadder(arms, (version) => version);
  });
}

/** After each epoch the slots that it decided for. */
function opened(...weights: readonly number[]): readonly number[] {
  let draw: Draw | undefined;
  return ladders(...weights).map((ladder) => {
    draw = nextDraw(draw, ladder);
    return openOf(draw);
  });
}

function openOf({ open }: Draw): number {
  return open.reduce((sum, bit) => sum + bit, 0);
}

suite('an epoch decides', () => {
  test('in the beginning for all slots, then for those of the arm that gives some away', () => {
    assert.deepEqual(opened(1000, 2500, 5000), [10_000, 9000, 7500]);
  });

  test('for no slot while all of them go to one arm, or stay where they are', () => {
    assert.deepEqual(opened(0, 0, 1000, 1000, 10_000), [0, 0, 10_000, 0, 0]);
  });

  test('for those that go back, and no more when they come again', () => {
    assert.deepEqual(opened(1000, 500, 1000, 1500), [10_000, 1000, 0, 9000]);
  });

  test('for none that an epoch before it parted, in whatever order weights change', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 6 }), (weights) => {
        // Slots by all arms that they had: an epoch decides where those that were alike before it are no longer.
        let names = new Array<string>(10_000).fill('');
        let draw: Draw | undefined;
        for (const { belows, rungs } of ladders(...weights)) {
          const ladder = { belows, rungs };
          draw = nextDraw(draw, ladder);
          const before = names;
          names = before.map((name, slot) => `${name}${rungs[belows.findIndex((below) => slot < below)]?.arm ?? ''}`);
          const after = Map.groupBy(names.keys(), (slot) => before[slot] ?? '');
          for (const slots of after.values()) {
            const isSplit = new Set(slots.map((slot) => names[slot])).size > 1;
            assert(slots.every((slot) => draw?.open[slot] === Number(isSplit)));
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  test('for none where it was under way when it was first seen; the next one decides for what it parts', () => {
    const [first, second] = ladders(1000, 2500);
    assert(first !== undefined && second !== undefined);
    const unknown = unknownDraw(first);
    assert.deepEqual([openOf(unknown), openOf(nextDraw(unknown, second))], [0, 9000]);
  });
});
