/** Evidence of errors: no false alarms however often one looks, and bad candidates are found after few faults. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Prng } from '../support/prng.ts';
import { faultsToRollBack, largestFaultEvidence, largestOfFailingKeys, nervousRamp, steady } from './fault-streams.ts';
import type { Policy } from './fault-streams.ts';
import { allowedOf, assertHolds, crossings, crossingsOfEach, median } from './null-runs.ts';

const ALPHA = 0.05;
const RUNS = 10_000;
const FAULTS = 120;

const POLICIES: readonly (readonly [string, () => Policy])[] = [
  ['at a weight of 1 %', () => steady(0.01)],
  ['at a weight of 10 %', () => steady(0.1)],
  ['at a weight of 50 %', () => steady(0.5)],
  ['on a ramp that reacts to the evidence', nervousRamp],
];

suite('evidence of errors over 10,000 rollouts of an equal candidate, looked at after every fault', () => {
  for (const [index, [name, policy]] of POLICIES.entries()) {
    test(`alarms in at most alpha of them ${name}`, () => {
      const nulls = { runs: RUNS, seed: 1_000_000 * (index + 1), alpha: ALPHA };
      const seen = crossings(nulls, (random) =>
        largestFaultEvidence(random, { faults: FAULTS, policy: policy(), ratio: 1, margin: 1 }),
      );
      assertHolds(seen, name);
      assert(seen.crossed > 0, 'an alarm is possible');
    });
  }

  test('alarms in at most alpha of them where the candidate uses up its margin', () => {
    const seen = crossings({ runs: 3000, seed: 5, alpha: ALPHA }, (random) =>
      largestFaultEvidence(random, { faults: FAULTS, policy: steady(0.1), ratio: 1.5, margin: 1.5 }),
    );
    assertHolds(seen, 'margin 1.5');
  });
});

test('faults of one caller are one event: counted one by one they raise false alarms', () => {
  const nulls = { runs: 2000, seed: 7, alpha: ALPHA };
  const [every = 0, first = 0] = crossingsOfEach(nulls, (random) =>
    largestOfFailingKeys(random, { keys: 100, callsPerKey: 10, share: 0.1 }),
  );
  assert(every > 4 * allowedOf(nulls), `${every} of 2,000 where every fault counts`);
  assert(first <= allowedOf(nulls), `${first} of 2,000 where the first of a slot does`);
});

suite('a bad candidate is rolled back at alpha 0.01', () => {
  // By error rate and weight: twice what the expected evidence needs in the best case is allowed.
  const atMost = [
    { ratio: 3, share: 0.1, faults: 36 },
    { ratio: 5, share: 0.1, faults: 22 },
    { ratio: 10, share: 0.05, faults: 14 },
    { ratio: 100, share: 0.05, faults: 10 },
    { ratio: 100, share: 0.5, faults: 32 },
  ];
  for (const { ratio, share, faults } of atMost) {
    test(`after at most ${faults} failed answers in half of the rollouts at ${ratio}× and ${share * 100} %`, () => {
      const needed = Array.from(
        { length: 400 },
        (_, run) => faultsToRollBack(new Prng(run), { ratio, share, alpha: 0.01, limit: 5000 }).candidate,
      );
      assert(median(needed) <= faults, `${median(needed)}`);
    });
  }
});
