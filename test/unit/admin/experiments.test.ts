/** Experiments as an operator drives them, and what the traffic does meanwhile. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { concludeExperiment, startExperiment, stopExperiment } from '../../../src/admin/change-experiment.ts';
import { createExperiment } from '../../../src/admin/create-experiment.ts';
import { settleExperiment } from '../../../src/admin/experiment-record.ts';
import { listExperiments } from '../../../src/admin/list-experiments.ts';
import { startRollout } from '../../../src/admin/start-rollout.ts';
import { compileStrategy } from '../../../src/rollout/strategy.ts';
import { DAWN, order } from '../../support/admin-scene.ts';
import { openExperiments, wanted } from '../../support/experiment-scene.ts';
import type { ExperimentScene } from '../../support/experiment-scene.ts';
import { policy, rollBack, send, switchTo } from '../../support/traffic.ts';

const colours = { name: 'colours', expectedGeneration: 0 };

function start(scene: ExperimentScene, name = 'colours'): Promise<object> {
  return startExperiment(scene.context, { name, expectedGeneration: 0 }, order());
}

function stop(scene: ExperimentScene, name = 'colours'): Promise<object> {
  return stopExperiment(scene.context, { name, expectedGeneration: 0 }, order({ reason: 'enough' }));
}

function conclude(scene: ExperimentScene, promote: string, name = 'colours'): Promise<object> {
  return concludeExperiment(scene.context, { name, promote, expectedGeneration: 0 }, order());
}

async function phases(scene: ExperimentScene): Promise<Record<string, string>> {
  const page = { model: '', runningOnly: false, pageSize: 0, pageToken: '' };
  const { experiments } = await listExperiments(scene.context, page);
  return Object.fromEntries(experiments.map(({ plan, phase }) => [plan.name, phase]));
}

const taken = { trafficShare: 2000 };

suite('planning an experiment', () => {
  test('moves nothing', async () => {
    await using scene = await openExperiments();
    const before = await scene.policy();
    await scene.create();
    assert.deepEqual(await scene.policy(), before);
    const { document, plan: _, ...body } = await settleExperiment(scene.context, 'colours');
    assert.deepEqual(body, {
      phase: 'planned',
      reason: 'because',
      generation: 1,
      epoch: 0,
      endEpoch: 0,
      salt: '',
      before: [],
      createdBy: 'ann',
      promoted: '',
    });
    assert.deepEqual(
      [document.kind, document.name, document.model, document.open],
      ['experiment', 'colours', 'iris', false],
    );
  });

  test('is refused for a name that is taken, and for models and versions that are not there', async () => {
    await using scene = await openExperiments();
    await scene.create();
    await assert.rejects(scene.create(), { code: 'already_exists', message: /"colours" is there already/ });
    await assert.rejects(scene.create({ name: 'b', model: 'wine' }), { code: 'not_found', message: /wine/ });
    const [control] = wanted().arms;
    assert(control);
    const arms = [control, { name: 'treatment', version: '9', share: 0 }];
    await assert.rejects(scene.create({ name: 'b', arms }), { code: 'not_found', message: /version "9"/ });
  });

  test('happens once under one idempotency key', async () => {
    await using scene = await openExperiments();
    const once = order({ idempotencyKey: 'k' });
    const first = await createExperiment(scene.context, wanted(), once);
    assert.deepEqual(await createExperiment(scene.context, wanted(), once), first);
    await assert.rejects(createExperiment(scene.context, wanted({ name: 'other' }), once), {
      code: 'invalid_argument',
    });
  });
});

suite('a running experiment', () => {
  test('has its share of the traffic, which comes from what was there', async () => {
    await using scene = await openExperiments();
    await scene.run(taken);
    assert.deepEqual(await scene.arms(), { '1': 8000, 'colours.control': 1000, 'colours.treatment': 1000 });
    const { phase, epoch, startedAt, generation } = await settleExperiment(scene.context, 'colours');
    const policyNow = await scene.policy();
    assert.deepEqual(
      [phase, epoch, startedAt, generation],
      ['running', policyNow.epoch, DAWN + policyNow.epoch - 1, 2],
    );
    assert.equal(policyNow.sticky, true);
  });

  test('gives everybody back at its end', async () => {
    await using scene = await openExperiments();
    await send(scene, policy({ '1': 7000, '3': 3000 }));
    const before = await scene.policy();
    await scene.run({ trafficShare: 3333 });
    await stop(scene);
    const { epoch: _, ...after } = await scene.policy();
    assert.deepEqual({ ...after, epoch: before.epoch }, before);
    const { phase, reason, endEpoch } = await settleExperiment(scene.context, 'colours');
    assert.deepEqual([phase, reason, endEpoch], ['stopped', 'enough', before.epoch + 2]);
  });

  test('is told of by the audit log', async () => {
    await using scene = await openExperiments();
    await scene.run(taken);
    await stop(scene);
    await conclude(scene, 'treatment');
    const events = await scene.store.events({ model: 'iris' }, { limit: 100 });
    const own = events.filter(({ subject }) => subject === 'colours').map(({ kind, actor }) => [kind, actor]);
    assert.deepEqual(own.toReversed(), [
      ['experiment.created', 'ann'],
      ['traffic.experiment', 'ann'],
      ['experiment.started', 'ann'],
      ['traffic.experiment', 'ann'],
      ['experiment.stopped', 'ann'],
      ['traffic.experiment', 'ann'],
      ['experiment.concluded', 'ann'],
    ]);
  });

  test('concluded with an arm gives all traffic to its version', async () => {
    await using scene = await openExperiments();
    await scene.run(taken);
    await assert.rejects(conclude(scene, 'nobody'), {
      code: 'invalid_argument',
      message: /its arms are control, treatment/,
    });
    await conclude(scene, 'treatment');
    assert.deepEqual(await scene.arms(), { '2': 10_000 });
    const { phase, promoted, endEpoch } = await settleExperiment(scene.context, 'colours');
    assert.deepEqual([phase, promoted, endEpoch], ['concluded', 'treatment', (await scene.policy()).epoch]);
  });

  test('concluded without one leaves the traffic where it was', async () => {
    await using scene = await openExperiments();
    await scene.run(taken);
    await conclude(scene, '');
    assert.deepEqual(await scene.arms(), { '1': 10_000 });
    await assert.rejects(conclude(scene, ''), { code: 'failed_precondition', message: /it is concluded/ });
  });

  test('is not begun twice, stopped before it began, or changed where it is not what was expected', async () => {
    await using scene = await openExperiments();
    await scene.create();
    await assert.rejects(stop(scene), { code: 'failed_precondition', message: /it is planned/ });
    await start(scene);
    await assert.rejects(start(scene), { code: 'failed_precondition', message: /it is running/ });
    const stale = stopExperiment(scene.context, { ...colours, expectedGeneration: 1 }, order());
    await assert.rejects(stale, { code: 'aborted', message: /at generation 2, not 1/ });
    await assert.rejects(start(scene, 'nobody'), { code: 'not_found' });
  });

  test('has qualified versions only', async () => {
    await using scene = await openExperiments();
    await scene.register('4', { state: 'rejected', reason: 'it is broken' });
    const arms = wanted().arms.map((arm, index) => (index === 0 ? arm : { ...arm, version: '4' }));
    await scene.create({ arms });
    await assert.rejects(start(scene), { code: 'failed_precondition', message: /REJECTED \(it is broken\)/ });
    assert.deepEqual(await phases(scene), { colours: 'planned' });
  });
});

suite('experiments side by side', () => {
  test('share a model within one layer, and move nobody of each other', async () => {
    await using scene = await openExperiments();
    await scene.run({ trafficShare: 6000 });
    const slotsOf = async () => (await scene.policy()).arms.filter(({ arm }) => arm.startsWith('colours.'));
    const before = await slotsOf();
    await scene.run({ name: 'second', trafficShare: 4000 });
    assert.deepEqual(await slotsOf(), before);
    await scene.create({ name: 'third', trafficShare: 2 });
    await assert.rejects(start(scene, 'third'), {
      code: 'failed_precondition',
      message: /it takes 2 .* and 0 are in no/,
    });
    await stop(scene, 'second');
    assert.deepEqual(await slotsOf(), before);
    await stop(scene);
    assert.deepEqual(await scene.arms(), { '1': 10_000 });
    assert.deepEqual(await phases(scene), { third: 'planned', second: 'stopped', colours: 'stopped' });
  });

  test('of two layers are refused on one model, and of one layer on two models', async () => {
    await using scene = await openExperiments();
    await scene.register('1', { model: 'wine' });
    await scene.register('2', { model: 'wine' });
    await scene.run({ ...taken, layer: 'page' });
    await scene.create({ name: 'b', ...taken, layer: 'price' });
    await assert.rejects(start(scene, 'b'), { code: 'failed_precondition', message: /of layer "page", not "price"/ });
    await scene.create({ name: 'c', ...taken, layer: 'page', model: 'wine' });
    await assert.rejects(start(scene, 'c'), { code: 'failed_precondition', message: /runs on model "iris"/ });
    await scene.run({ name: 'd', ...taken, layer: 'price', model: 'wine' });
  });

  test('one that stops while another runs gives nothing to that', async () => {
    await using scene = await openExperiments();
    await scene.run(taken);
    await scene.run({ name: 'second', trafficShare: 4000 });
    await stop(scene);
    assert.deepEqual(await scene.arms(), { '1': 6000, 'second.control': 2000, 'second.treatment': 2000 });
    await assert.rejects(conclude(scene, 'treatment'), {
      code: 'failed_precondition',
      message: /"second" runs on the same/,
    });
  });

  test('and rollouts exclude each other', async () => {
    await using scene = await openExperiments();
    const rollout = { model: 'iris', candidate: '3', strategy: compileStrategy({ kind: 'canary' }), force: false };
    await startRollout({ ...scene.context, live: () => undefined }, rollout, order());
    await scene.create();
    await assert.rejects(start(scene), { code: 'failed_precondition', message: /rollout 1 steers the traffic/ });
    await switchTo(scene, '1');
    await scene.context.store.transact(async (writer) => {
      const [open] = await writer.documents({ kind: 'rollout', open: true }, { limit: 1 });
      assert(open);
      await writer.putDocument({ ...open, open: false });
    });
    await start(scene);
    await assert.rejects(startRollout({ ...scene.context, live: () => undefined }, rollout, order()), {
      code: 'already_exists',
      message: /"colours" divides/,
    });
  });
});

suite('an experiment whose traffic was set by hand', () => {
  const byHand: readonly (readonly [string, (scene: ExperimentScene) => Promise<unknown>])[] = [
    ['switched away', (scene) => switchTo(scene, '3')],
    [
      'given other weights',
      async (scene) => {
        const { arms } = await scene.policy();
        const weights = [8000, 500, 1500];
        const other = arms.map(({ version, arm }, index) => ({ version, arm, weight: weights[index] ?? 0 }));
        await send(scene, policy({}, { arms: other }));
      },
    ],
    ['rolled back', (scene) => rollBack(scene)],
    [
      'shuffled',
      async (scene) => {
        await send(scene, policy({}, { arms: (await scene.policy()).arms }), { reshuffle: true });
      },
    ],
    [
      'no longer sticky',
      async (scene) => {
        await send(scene, policy({}, { arms: (await scene.policy()).arms, sticky: false }));
      },
    ],
  ];
  for (const [what, change] of byHand) {
    test(`${what}: is overridden, since then`, async () => {
      await using scene = await openExperiments();
      await scene.run(taken);
      const { epoch } = await scene.policy();
      scene.pass(1000);
      const changedAt = scene.context.now();
      await change(scene);
      const { arms } = await scene.policy();
      scene.pass(60_000);
      // What came later has no part in it.
      await send(scene, policy({ '2': 10_000 }));
      assert.deepEqual(await phases(scene), { colours: 'overridden' });
      const { endEpoch, endedAt, reason, document } = await settleExperiment(scene.context, 'colours');
      assert.deepEqual([endEpoch, endedAt, document.open], [epoch + 1, changedAt, false]);
      assert.match(reason, new RegExp(`^ann set the traffic by hand \\(epoch ${epoch + 1}\\)`));
      assert.notDeepEqual((await scene.policy()).arms, arms);
      await assert.rejects(stop(scene), { code: 'failed_precondition', message: /it is overridden/ });
    });
  }

  test('goes on where only rules and shadows changed', async () => {
    await using scene = await openExperiments();
    await scene.run(taken);
    const { arms } = await scene.policy();
    await send(scene, policy({}, { arms, shadows: [{ version: '3', share: 100 }] }));
    assert.deepEqual(await phases(scene), { colours: 'running' });
  });
});

suite('the list of experiments', () => {
  test('comes in pages, the newest first, of a model, and of those that run', async () => {
    await using scene = await openExperiments();
    for (const name of ['a', 'b', 'c']) await scene.create({ name, ...taken });
    await start(scene, 'b');
    const query = { model: 'iris', runningOnly: false, pageSize: 2, pageToken: '' };
    const names = async (over: Partial<typeof query>) => {
      const { experiments, nextPageToken } = await listExperiments(scene.context, { ...query, ...over });
      return { names: experiments.map(({ plan }) => plan.name), nextPageToken };
    };
    const first = await names({});
    assert.deepEqual(first.names, ['c', 'b']);
    assert.deepEqual(await names({ pageToken: first.nextPageToken }), { names: ['a'], nextPageToken: '' });
    assert.deepEqual(await names({ runningOnly: true }), { names: ['b'], nextPageToken: '' });
    await assert.rejects(names({ model: 'wine' }), { code: 'not_found' });
  });
});
