/** Outcomes as clients report them: what counts, what does not, and why. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { stopExperiment } from '../../../src/admin/change-experiment.ts';
import { experimentResults } from '../../../src/admin/experiment-results.ts';
import { Outcomes } from '../../../src/admin/outcomes.ts';
import { startRollout } from '../../../src/admin/start-rollout.ts';
import { compileStrategy } from '../../../src/rollout/strategy.ts';
import type { OutcomeReceipt, ReportedOutcome } from '../../../src/domain/experiment.ts';
import type { Store } from '../../../src/registry/store.ts';
import { DAWN, order } from '../../support/admin-scene.ts';
import { openExperiments, outcome } from '../../support/experiment-scene.ts';
import type { ExperimentScene } from '../../support/experiment-scene.ts';
import { policy, send } from '../../support/traffic.ts';

const DAY_MS = 24 * 3_600_000;
const NONE = { accepted: 0, duplicate: 0, forged: 0, late: 0, unknown: 0, invalid: 0 };

async function keep(scene: ExperimentScene, ...outcomes: readonly Partial<ReportedOutcome>[]): Promise<OutcomeReceipt> {
  return await scene.outcomes.keep(outcomes.map(outcome));
}

/** What one outcome was counted as, and what was said of it. */
async function fate(scene: ExperimentScene, over: Partial<ReportedOutcome>): Promise<readonly [string, string]> {
  const { notes, ...counts } = await keep(scene, over);
  const found = Object.entries(counts).filter(([, count]) => count > 0);
  assert.deepEqual(
    found.map(([, count]) => count),
    [1],
  );
  return [found[0]?.[0] ?? '', notes[0] ?? ''];
}

async function kindOf(scene: ExperimentScene, over: Partial<ReportedOutcome>): Promise<string> {
  return (await fate(scene, over))[0];
}

const byKey = { experiment: 'colours', routingKey: 'user-1' };

suite('an outcome by prediction id', () => {
  test('counts for the arm that answered, and once', async () => {
    await using scene = await openExperiments();
    await scene.run();
    const { predictionId, arm } = await scene.call('user-1');
    assert.deepEqual(await keep(scene, { predictionId }, { predictionId }), {
      ...NONE,
      accepted: 1,
      duplicate: 1,
      notes: [`outcome "conversion" of prediction ${predictionId.slice(0, 24)}… was counted before`],
    });
    const sums = await scene.store.unitSums('experiment:colours', 'conversion');
    assert.deepEqual(
      sums.map((own) => [`colours.${own.arm}`, own.units, own.outcomes, own.y]),
      [[arm, 1, 1, 1]],
    );
  });

  test('counts again under another id or metric, as one unit', async () => {
    await using scene = await openExperiments();
    await scene.run();
    const [first, second] = [await scene.call('user-1'), await scene.call('user-1')];
    const receipt = await keep(
      scene,
      { predictionId: first.predictionId, metric: 'amount', value: 3 },
      { predictionId: first.predictionId, metric: 'amount', value: 5, id: 'b' },
      { predictionId: second.predictionId, metric: 'amount', value: 7 },
      { predictionId: second.predictionId, metric: 'clicks', value: 1, denominator: 4 },
    );
    assert.deepEqual(receipt, { ...NONE, accepted: 4, notes: [] });
    const [amount] = await scene.store.unitSums('experiment:colours', 'amount');
    assert.deepEqual([amount?.units, amount?.outcomes, amount?.y, amount?.d, amount?.m], [1, 3, 15, 3, 5]);
    const [clicks] = await scene.store.unitSums('experiment:colours', 'clicks');
    assert.deepEqual([clicks?.y, clicks?.d], [1, 4]);
  });

  test('of calls without a key: each prediction is a unit', async () => {
    await using scene = await openExperiments();
    await scene.run();
    for (const slot of [0, 1]) {
      const { predictionId } = await scene.call('', slot);
      await keep(scene, { predictionId }, { predictionId, id: 'again' });
    }
    const [sums] = await scene.store.unitSums('experiment:colours', 'conversion');
    assert.deepEqual([sums?.units, sums?.outcomes, sums?.repeated], [2, 4, 2]);
  });

  test('is forged where a character was changed', async () => {
    await using scene = await openExperiments();
    await scene.run();
    const { predictionId } = await scene.call('user-1');
    for (const at of [0, 20, predictionId.length - 1]) {
      const other = predictionId[at] === 'A' ? 'B' : 'A';
      const changed = predictionId.slice(0, at) + other + predictionId.slice(at + 1);
      assert.equal(await kindOf(scene, { predictionId: changed }), 'forged');
    }
    assert.equal(await kindOf(scene, { predictionId: 'nonsense' }), 'forged');
  });

  test('is late from 7 days after the prediction on, by when it happened or when it comes', async () => {
    await using scene = await openExperiments();
    await scene.run();
    const { predictionId } = await scene.call('user-1');
    scene.pass(7 * DAY_MS);
    assert.equal(await kindOf(scene, { predictionId }), 'accepted');
    scene.pass(1);
    assert.equal(await kindOf(scene, { predictionId, metric: 'amount' }), 'late');
    assert.equal(await kindOf(scene, { predictionId, metric: 'amount', at: DAWN }), 'late');
  });

  test('is unknown where the call was in no arm, or its experiment does not know the metric', async () => {
    await using scene = await openExperiments();
    const before = await scene.call('user-1');
    await scene.run({ trafficShare: 5000 });
    const { arms } = await scene.policy();
    const outside = await scene.call('', arms.find(({ arm }) => arm === '1')?.slots[0]?.[0]);
    const inside = await scene.call('', arms.find(({ arm }) => arm === 'colours.control')?.slots[0]?.[0]);
    for (const { predictionId } of [before, outside]) {
      const [kind, note] = await fate(scene, { predictionId });
      assert.equal(kind, 'unknown');
      assert.match(note, /arm "1" of epoch \d+ of model "iris" was in no experiment/);
    }
    const [kind, note] = await fate(scene, { predictionId: inside.predictionId, metric: 'mood' });
    assert.equal(kind, 'unknown');
    assert.match(note, /experiment "colours" has the metrics conversion, amount, clicks$/);
  });

  test('is unknown where somebody else made arms of these names', async () => {
    await using scene = await openExperiments();
    await scene.run();
    const { arms } = await scene.policy();
    await send(scene, policy({}, { arms: arms.map((arm, index) => ({ ...arm, weight: [1000, 9000][index] ?? 0 })) }));
    const { predictionId } = await scene.call('user-1');
    // Whoever asks for the experiment, or the keeper, finds that it was overridden.
    await experimentResults({ ...scene.context, evidence: scene.evidence }, 'colours');
    assert.equal(await kindOf(scene, { predictionId }), 'unknown');
  });

  test('is taken for 7 days after the end', async () => {
    await using scene = await openExperiments();
    await scene.run();
    const { predictionId } = await scene.call('user-1');
    await stopExperiment(scene.context, { name: 'colours', expectedGeneration: 0 }, order());
    scene.pass(7 * DAY_MS);
    assert.equal(await kindOf(scene, { predictionId }), 'accepted');
    assert.equal(await kindOf(scene, { ...byKey, metric: 'amount' }), 'accepted');
    scene.pass(60_000);
    const [kind, note] = await fate(scene, byKey);
    assert.equal(kind, 'late');
    assert.match(note, /experiment "colours" ended more than 7 days ago$/);
  });
});

suite('an outcome by routing key', () => {
  test('counts for the arm in which the key is, which is the one that answers it', async () => {
    await using scene = await openExperiments();
    await scene.run();
    const arms = new Map<string, number>();
    for (let user = 0; user < 40; user += 1) {
      const { arm, predictionId } = await scene.call(`user-${user}`);
      const routingKey = `user-${user}`;
      await keep(scene, { experiment: 'colours', routingKey }, { predictionId, id: 'by id' });
      arms.set(arm, (arms.get(arm) ?? 0) + 1);
    }
    const sums = await scene.store.unitSums('experiment:colours', 'conversion');
    // One unit each, whichever way they came.
    assert.deepEqual(
      sums.map(({ arm, units, outcomes }) => [`colours.${arm}`, units, outcomes]),
      [...arms].sort().map(([arm, count]) => [arm, count, 2 * count]),
    );
  });

  test('counts once per metric and id', async () => {
    await using scene = await openExperiments();
    await scene.run();
    const receipt = await keep(
      scene,
      byKey,
      byKey,
      { ...byKey, id: 'second' },
      { ...byKey, metric: 'amount', value: 2 },
    );
    assert.deepEqual([receipt.accepted, receipt.duplicate], [3, 1]);
  });

  test('is unknown before the experiment began, and where the key is in no arm', async () => {
    await using scene = await openExperiments();
    await scene.create({ trafficShare: 5000 });
    assert.equal(await kindOf(scene, byKey), 'unknown');
    await using other = await openExperiments();
    other.pass(1000);
    await other.run({ trafficShare: 2 });
    assert.equal(await kindOf(other, byKey), 'unknown');
    assert.equal(await kindOf(other, { ...byKey, at: DAWN }), 'unknown');
    assert.equal(await kindOf(other, { ...byKey, experiment: 'nobody' }), 'unknown');
  });

  test('is late where it happened more than 7 days ago', async () => {
    await using scene = await openExperiments();
    await scene.run();
    scene.pass(8 * DAY_MS);
    const longAgo = scene.context.now() - 7 * DAY_MS;
    assert.equal(await kindOf(scene, { ...byKey, at: longAgo - 1 }), 'late');
    assert.equal(await kindOf(scene, { ...byKey, at: longAgo }), 'accepted');
  });
});

suite('an invalid outcome', () => {
  const bad: readonly (readonly [string, Partial<ReportedOutcome>, RegExp])[] = [
    ['names nothing', {}, /names neither a prediction_id nor an experiment and a routing_key/],
    ['names an experiment without a key', { experiment: 'colours' }, /names neither/],
    ['names no metric', { ...byKey, metric: '' }, /names no metric/],
    ['is no number', { ...byKey, metric: 'amount', value: NaN }, /value NaN over 0; give finite numbers/],
    ['has an endless denominator', { ...byKey, metric: 'clicks', denominator: Infinity }, /finite numbers/],
    ['has a negative denominator', { ...byKey, metric: 'clicks', denominator: -1 }, /not negative/],
    ['is half of a proportion', { ...byKey, value: 0.5 }, /value 0.5; a proportion takes 0 or 1/],
    ['is more than 5 minutes ahead', { ...byKey, at: DAWN + 310_000 }, /in the future/],
    ['has an endless id', { ...byKey, id: 'i'.repeat(257) }, /more than 256 characters/],
    ['has an endless key', { ...byKey, routingKey: 'k'.repeat(257) }, /more than 256 characters/],
    ['has an endless prediction id', { predictionId: 'p'.repeat(1025) }, /more than 1024 characters/],
  ];
  for (const [what, over, why] of bad) {
    test(what, async () => {
      await using scene = await openExperiments();
      await scene.run();
      const [kind, note] = await fate(scene, over);
      assert.equal(kind, 'invalid');
      assert.match(note, why);
    });
  }

  test('may be a little ahead of this clock', async () => {
    await using scene = await openExperiments();
    await scene.run();
    assert.equal(await kindOf(scene, { ...byKey, at: DAWN + 299_000 }), 'accepted');
  });

  test('may be at a fraction of a millisecond, but not at no time at all', async () => {
    await using scene = await openExperiments();
    await scene.run();
    assert.equal(await kindOf(scene, { ...byKey, at: DAWN + 1000.25 }), 'accepted');
    assert.equal(await kindOf(scene, { ...byKey, id: 'again', at: Number.NaN }), 'invalid');
  });
});

suite('a receipt', () => {
  test('adds up to what was sent, whatever that is', async () => {
    await using scene = await openExperiments();
    await scene.run();
    const { predictionId } = await scene.call('user-1');
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('', 'colours', 'conversion', 'amount', 'clicks', '__proto__', predictionId),
    );
    const any = fc.record({
      predictionId: fc.oneof(fc.constant(''), text),
      experiment: text,
      routingKey: text,
      metric: text,
      value: fc.oneof(fc.constantFrom(0, 1), fc.double()),
      denominator: fc.double(),
      at: fc.oneof(fc.constant(0), fc.integer(), fc.double()),
      id: text,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(any, { maxLength: 30 }), async (outcomes) => {
        const { notes, ...counts } = await scene.outcomes.keep(outcomes);
        assert.equal(
          Object.values(counts).reduce((sum, count) => sum + count, 0),
          outcomes.length,
        );
        assert.equal(notes.length, Math.min(10, outcomes.length - counts.accepted));
      }),
      { numRuns: 60 },
    );
  });

  test('is given for 1,000 outcomes at most', async () => {
    await using scene = await openExperiments();
    await scene.run();
    const many = Array.from({ length: 1001 }, (_, index) => outcome({ ...byKey, routingKey: `k${index}` }));
    await assert.rejects(scene.outcomes.keep(many), { code: 'invalid_argument', message: /1001 outcomes in one call/ });
    assert.equal((await scene.outcomes.keep(many.slice(1))).accepted, 1000);
  });

  test('counts what was refused under the experiment that it was about, for ever', async () => {
    await using scene = await openExperiments();
    await scene.run();
    const { predictionId } = await scene.call('user-1');
    const forged = predictionId.slice(0, -1) + (predictionId.endsWith('A') ? 'B' : 'A');
    await keep(scene, byKey, byKey, { ...byKey, value: 0.5 }, { ...byKey, metric: 'mood' }, { predictionId: forged });
    await keep(scene, byKey, { ...byKey, experiment: 'nobody' }, { predictionId: forged, experiment: 'colours' });
    scene.pass(400 * DAY_MS);
    await scene.store.transact((writer) => writer.deleteTalliesBefore(DAWN + 399 * DAY_MS));
    const { refused } = await experimentResults({ ...scene.context, evidence: scene.evidence }, 'colours');
    assert.deepEqual(refused, { duplicate: 2, invalid: 1, unknown: 1, forged: 1 });
  });
});

suite('calls that come together', () => {
  test('are stored in one transaction, and each gets its own receipt', async () => {
    await using scene = await openExperiments();
    await scene.run();
    let transactions = 0;
    const transact: Store['transact'] = (work) => {
      transactions += 1;
      return scene.store.transact(work);
    };
    const outcomes = new Outcomes({ store: { transact }, now: scene.context.now, predictionKey: new Uint8Array(32) });
    const calls = ['a', 'b', 'a'].map((routingKey) => outcomes.keep([outcome({ ...byKey, routingKey })]));
    const receipts = await Promise.all(calls);
    assert.deepEqual(
      receipts.map(({ accepted, duplicate }) => [accepted, duplicate]),
      [
        [1, 0],
        [1, 0],
        [0, 1],
      ],
    );
    assert.equal(transactions, 1);
  });

  test('all hear of it where they could not be stored, and may come again', async () => {
    await using scene = await openExperiments();
    await scene.run();
    let isFull = true;
    const transact: Store['transact'] = (work) =>
      scene.store.transact(async (writer) => {
        const done = await work(writer);
        if (isFull) throw new Error('the disk is full');
        return done;
      });
    const outcomes = new Outcomes({ store: { transact }, now: scene.context.now, predictionKey: new Uint8Array(32) });
    const send = () =>
      Promise.allSettled(['a', 'b'].map((routingKey) => outcomes.keep([outcome({ ...byKey, routingKey })])));
    assert.deepEqual(
      (await send()).map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    isFull = false;
    const receipts = await send();
    assert.deepEqual(
      receipts.map((receipt) => receipt.status === 'fulfilled' && receipt.value.accepted),
      [1, 1],
    );
  });
});

suite('outcomes of a rollout', () => {
  test('count by arm while it is open and asks for the metric', async () => {
    await using scene = await openExperiments();
    const metrics = [{ metric: 'outcome:conversion', margin: 0.01, onFail: 'rollback', direction: 'increase' }];
    const analysis = { alpha: 0, metrics, guardrails: [], fuse: undefined, onInsufficient: '' };
    const strategy = compileStrategy({ kind: 'canary', analysis });
    await startRollout(
      { ...scene.context, live: () => undefined },
      { model: 'iris', candidate: '2', strategy, force: false },
      order(),
    );
    for (const { arm, slots } of (await scene.policy()).arms) {
      const { predictionId } = await scene.call('', slots[0]?.[0]);
      const value = arm === '1' ? 0.25 : 0.75;
      assert.equal(await kindOf(scene, { predictionId, value }), 'accepted');
      assert.equal(await kindOf(scene, { predictionId, value }), 'duplicate');
      assert.equal(await kindOf(scene, { predictionId, metric: 'amount' }), 'unknown');
    }
    const sums = await scene.store.unitSums('rollout:1', 'conversion');
    assert.deepEqual(
      sums.map(({ arm, units, y }) => [arm, units, y]),
      [
        ['candidate', 1, 0.75],
        ['stable', 1, 0.25],
      ],
    );
    await send(scene, policy({ '3': 10_000 }));
    const after = await scene.call('user-1');
    assert.equal(await kindOf(scene, { predictionId: after.predictionId }), 'unknown');
  });
});
