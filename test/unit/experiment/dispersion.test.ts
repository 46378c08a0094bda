/** Callers who call often make no mismatch of shares, and hide none. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { dispersionOfCalls, dispersionOfReports } from '../../../src/experiment/dispersion.ts';
import { exposureRatio, reportingRatio } from '../../../src/experiment/sample-ratios.ts';
import type { ArmCounts } from '../../../src/experiment/sample-ratios.ts';
import { SLOT_PARTS } from '../../../src/domain/traffic.ts';
import { Prng } from '../../support/prng.ts';

const SLOTS = 10_000;
const RUNS = 60;

interface World {
  readonly callers: number;
  /** Of one caller. */
  readonly calls: (random: Prng) => number;
  /** Probability that a call of the first or second arm has an outcome, given what the caller is like, in [0, 1). */
  readonly reports?: (caller: number, arm: number) => number;
  /** Share of the callers that the first arm gets, although half was meant. */
  readonly share?: number;
}

/** Two arms of half of the slots each, and callers that chance puts into them. */
function world(random: Prng, { callers, calls, reports = () => 0, share = 0.5 }: World): readonly ArmCounts[] {
  const arms = ['control', 'treatment'].map((arm, index) => ({
    arm,
    share: 5000,
    slots: Array.from({ length: SLOT_PARTS }, (_, part) => slotsOf(part, index)),
    calls: Array.from({ length: SLOT_PARTS }, () => 0),
    reported: Array.from({ length: SLOT_PARTS }, () => 0),
  }));
  for (let caller = 0; caller < callers; caller += 1) {
    const index = random.next() < share ? 0 : 1;
    const part = (index * (SLOTS / 2) + Math.floor((random.next() * SLOTS) / 2)) % SLOT_PARTS;
    const arm = arms[index];
    assert(arm);
    const own = calls(random);
    arm.calls[part] = (arm.calls[part] ?? 0) + own;
    arm.reported[part] = (arm.reported[part] ?? 0) + random.binomial(own, reports(random.next(), index));
  }
  return arms;
}

function slotsOf(part: number, arm: number): number {
  const from = arm * (SLOTS / 2);
  let count = 0;
  for (let slot = from; slot < from + SLOTS / 2; slot += 1) if (slot % SLOT_PARTS === part) count += 1;
  return count;
}

/** Few callers make most of the calls. */
const heavyTailed = (random: Prng): number => Math.ceil((1 - random.next()) ** -0.8);
const once = (): number => 1;

function verdicts(seed: number, made: World, ratio: typeof exposureRatio): Record<string, number> {
  const random = new Prng(seed);
  const counts: Record<string, number> = {};
  for (let run = 0; run < RUNS; run += 1) {
    const { verdict } = ratio(world(random, made));
    counts[verdict] = (counts[verdict] ?? 0) + 1;
  }
  return counts;
}

suite('dispersion', () => {
  test('is 1 where each caller calls once, and the mean square over the mean where they repeat', () => {
    const random = new Prng(1);
    assert.equal(dispersionOfCalls(world(random, { callers: 5000, calls: once })), 1);
    const nine = dispersionOfCalls(world(random, { callers: 5000, calls: () => 9 }));
    assert(Math.abs(nine - 9) < 1.5, `${nine}`);
    const mixed = dispersionOfCalls(world(random, { callers: 5000, calls: (of) => (of.next() < 0.5 ? 1 : 7) }));
    assert(Math.abs(mixed - 25 / 4) < 1.2, `${mixed}`);
  });

  test('of reports is 1 where calls have outcomes independently, however often callers call', () => {
    const random = new Prng(2);
    const arms = world(random, { callers: 3000, calls: () => 8, reports: () => 0.3 });
    assert.equal(dispersionOfReports(arms), 1);
    const allOrNone = world(random, { callers: 3000, calls: () => 8, reports: (caller) => (caller < 0.3 ? 1 : 0) });
    const found = dispersionOfReports(allOrNone);
    assert(Math.abs(found - 8) < 1.5, `${found}`);
  });

  test('cannot be told, and is 1, without calls or slots', () => {
    const none = { slots: [1, 1], calls: [0, 0], reported: [0, 0] };
    assert.deepEqual([dispersionOfCalls([none, none]), dispersionOfReports([none, none])], [1, 1]);
    assert.deepEqual([dispersionOfCalls([]), dispersionOfReports([])], [1, 1]);
    assert.equal(dispersionOfCalls([{ slots: [], calls: [] }]), 1);
  });
});

suite('sample ratios of callers who repeat', () => {
  test('do not alarm where chance alone divided them', () => {
    const made = { callers: 2000, calls: heavyTailed };
    const { ok = 0, alarm = 0, insufficient = 0 } = verdicts(3, made, exposureRatio);
    assert.deepEqual([alarm, ok + insufficient], [0, RUNS]);
    const reports = (caller: number): number => (caller < 0.5 ? 0.95 : 0.1);
    assert.equal(verdicts(4, { ...made, reports }, reportingRatio).alarm ?? 0, 0);
  });

  test('alarm where an arm does not get its share of the callers', () => {
    const made = { callers: 4000, calls: () => 5, share: 0.55 };
    assert.deepEqual(verdicts(5, made, exposureRatio), { alarm: RUNS });
  });

  test('alarm where 2 % of the outcomes of one arm are withheld', () => {
    const made = { callers: 1000, calls: () => 5, reports: (_: number, arm: number) => (arm === 0 ? 1 : 0.98) };
    assert.deepEqual(verdicts(6, made, reportingRatio), { alarm: RUNS });
    const fair = { ...made, reports: () => 0.99 };
    assert.equal(verdicts(7, fair, reportingRatio).alarm ?? 0, 0);
  });

  test('say that they counted calls together', () => {
    const { summary } = exposureRatio(world(new Prng(8), { callers: 2000, calls: () => 4 }));
    assert.match(summary, /, [34]\.\d calls counted as one since callers repeat\)/);
  });

  test('a single caller who calls a thousand times says nothing', () => {
    const { verdict } = exposureRatio(world(new Prng(9), { callers: 1, calls: () => 1000 }));
    assert.equal(verdict, 'insufficient');
  });
});
