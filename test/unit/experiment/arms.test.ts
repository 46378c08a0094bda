/** An experiment takes its share of the traffic and gives it back, and moves nobody else. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { TOTAL_WEIGHT } from '../../../src/domain/traffic.ts';
import type { Arm } from '../../../src/domain/traffic.ts';
import { armsOf, isInForce, withExperiment, withoutExperiment } from '../../../src/experiment/arms.ts';
import type { PolicyArm } from '../../../src/experiment/arms.ts';
import { apportion } from '../../../src/experiment/shares.ts';
import { assignSlots } from '../../../src/routing/slots.ts';
import { plan } from './plans.ts';

const ALL: readonly PolicyArm[] = [{ version: '1', arm: 'stable', weight: TOTAL_WEIGHT }];
const nobody = (): boolean => false;

function ownersOf(arms: readonly Arm[]): readonly string[] {
  const owners = Array.from({ length: TOTAL_WEIGHT }, () => '');
  for (const { arm, slots } of arms) for (const [from, below] of slots) owners.fill(arm, from, below);
  return owners;
}

suite('apportion', () => {
  test('parts are whole, sum exactly, and are less than one away from their share', () => {
    const parts = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), parts, (total, given) => {
        const whole = apportion(total, given);
        const sum = given.reduce((all, part) => all + part, 0);
        assert.equal(
          whole.reduce((all, part) => all + part, 0),
          total,
        );
        for (const [at, part] of whole.entries()) {
          assert(Number.isInteger(part) && Math.abs(part - (total * (given[at] ?? 0)) / sum) < 1);
        }
      }),
    );
  });

  test('nothing to go by is divided equally', () => {
    assert.deepEqual(apportion(10, [0, 0, 0]), [4, 3, 3]);
  });
});

suite('the arms of an experiment', () => {
  test('take their share from what is in no experiment', () => {
    const arms = withExperiment(ALL, plan({ trafficShare: 2000 }), nobody);
    assert.deepEqual(arms, [
      { version: '1', arm: 'stable', weight: 8000 },
      { version: '1', arm: 'colours.control', weight: 1000 },
      { version: '2', arm: 'colours.treatment', weight: 1000 },
    ]);
  });

  test('are not begun where too little is free', () => {
    const first = plan({ name: 'first', trafficShare: 6000 });
    const arms = withExperiment(ALL, first, nobody);
    assert(arms);
    const isOfFirst = ({ arm }: PolicyArm): boolean => arm.startsWith('first.');
    assert.equal(withExperiment(arms, plan({ trafficShare: 4001 }), isOfFirst), undefined);
    assert(withExperiment(arms, plan({ trafficShare: 4000 }), isOfFirst));
  });

  test('two side by side: the second moves nobody of the first, and everybody is back after both', () => {
    const share = fc.integer({ min: 2, max: 5000 });
    fc.assert(
      fc.property(share, share, fc.boolean(), (one, two, isFirstFirst) => {
        const [first, second] = [
          plan({ name: 'first', trafficShare: one }),
          plan({ name: 'second', trafficShare: two }),
        ];
        const isOf =
          (name: string) =>
          ({ arm }: PolicyArm): boolean =>
            arm.startsWith(`${name}.`);
        const start = assignSlots([], ALL);
        const withFirst = assignSlots(start, withExperiment(ALL, first, nobody) ?? []);
        const withBoth = assignSlots(withFirst, withExperiment(withFirst, second, isOf('first')) ?? []);
        const before = ownersOf(withFirst);
        ownersOf(withBoth).forEach((owner, slot) => {
          if (before[slot]?.startsWith('first.') === true) assert.equal(owner, before[slot]);
        });
        const [leaves, stays] = isFirstFirst ? [first, second] : [second, first];
        const options = { before: ALL, isOfExperiment: isOf(stays.name) };
        const withOne = assignSlots(withBoth, withoutExperiment(withBoth, leaves, options));
        assert(isInForce(withOne, stays) && !isInForce(withOne, leaves));
        const end = assignSlots(withOne, withoutExperiment(withOne, stays, { before: ALL, isOfExperiment: nobody }));
        assert.deepEqual(ownersOf(end), ownersOf(start));
      }),
      { numRuns: 30 },
    );
  });

  test('with all the traffic they leave the stable arm idle, and give all of it back', () => {
    const all = plan({ trafficShare: TOTAL_WEIGHT });
    const arms = withExperiment(ALL, all, nobody);
    assert.deepEqual(arms?.[0], { version: '1', arm: 'stable', weight: 0 });
    assert.deepEqual(withoutExperiment(arms, all, { before: ALL, isOfExperiment: nobody }), ALL);
  });

  test('are in force only as they were planned', () => {
    const own = plan();
    const arms = armsOf(own);
    assert.equal(isInForce(arms, own), true);
    assert.equal(isInForce(arms.slice(1), own), false);
    assert.equal(
      isInForce(
        arms.map((arm) => ({ ...arm, weight: arm.weight - 1 })),
        own,
      ),
      false,
    );
  });
});
