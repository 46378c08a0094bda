import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { deleteVersion } from '../../../src/admin/delete-version.ts';
import { getTraffic } from '../../../src/admin/get-traffic.ts';
import { listEpochs } from '../../../src/admin/list-epochs.ts';
import { listEvents } from '../../../src/admin/list-events.ts';
import type { EventQuery } from '../../../src/admin/list-events.ts';
import { listModels } from '../../../src/admin/list-models.ts';
import { listVersions } from '../../../src/admin/list-versions.ts';
import type { VersionQuery } from '../../../src/admin/list-versions.ts';
import { setAlias } from '../../../src/admin/set-alias.ts';
import { DAWN, openScene, order, registered } from '../../support/admin-scene.ts';
import type { Scene } from '../../support/admin-scene.ts';
import { policy, send } from '../../support/traffic.ts';

const WHOLE = { pageSize: 0, pageToken: '' };

function query(over: Partial<VersionQuery> = {}): VersionQuery {
  return { model: 'iris', stage: '', state: undefined, tag: '', ...WHOLE, ...over };
}

async function names(scene: Scene, over: Partial<VersionQuery> = {}): Promise<string[]> {
  return (await listVersions(scene.context, query(over))).versions.map(({ version }) => version.version);
}

suite('the list of versions', () => {
  test('has the newest first, as people number them, page by page', async () => {
    await using scene = await openScene();
    for (const version of ['2', '10', '9', '1']) await scene.register(version);
    assert.deepEqual(await names(scene), ['10', '9', '2', '1']);
    const { nextPageToken } = await listVersions(scene.context, query({ pageSize: 3 }));
    assert.deepEqual(await names(scene, { pageSize: 3, pageToken: nextPageToken }), ['1']);
    await assert.rejects(names(scene, { pageSize: 3, stage: 'staging', pageToken: nextPageToken }), {
      code: 'invalid_argument',
    });
  });

  test('can be narrowed to a stage, a state and a tag', async () => {
    await using scene = await openScene();
    const tagged = (tags: Record<string, string>) => ({ metadata: { ...registered().metadata, tags } });
    await scene.register('1', { stage: 'production', ...tagged({ team: 'a' }) });
    await scene.register('2', { state: 'rejected', ...tagged({ team: 'b=c' }) });
    await scene.register('3');
    await deleteVersion(scene.context, { model: 'iris', version: '3' }, order());
    assert.deepEqual(await names(scene), ['2', '1']);
    assert.deepEqual(await names(scene, { stage: 'production' }), ['1']);
    assert.deepEqual(await names(scene, { state: 'rejected' }), ['2']);
    assert.deepEqual(await names(scene, { state: 'deleted' }), ['3']);
    assert.deepEqual(await names(scene, { tag: 'team' }), ['2', '1']);
    assert.deepEqual(await names(scene, { tag: 'team=b=c' }), ['2']);
    assert.deepEqual(await names(scene, { tag: 'team=', stage: 'staging' }), []);
  });

  test('says of each which aliases and what traffic it has, and where it stands', async () => {
    await using scene = await openScene();
    await scene.register('1');
    await scene.register('2');
    await send(scene, policy({ '1': 9000, '2': 1000 }));
    for (const alias of ['prod', 'blue']) {
      await setAlias(scene.context, { model: 'iris', alias, version: '1', expectedVersion: '' }, order());
    }
    scene.fleet.stands.push({ instance: 'serve-1', state: 'ready', reason: '', since: DAWN });
    const { versions } = await listVersions(scene.context, query());
    assert.deepEqual(
      versions.map(({ version, aliases, weight, instances }) => [version.version, aliases, weight, instances]),
      [
        ['2', [], 1000, scene.fleet.stands],
        ['1', ['blue', 'prod'], 9000, scene.fleet.stands],
      ],
    );
  });

  test('of no model, and of a model that has none, is an error; of a filter that matches none, it is empty', async () => {
    await using scene = await openScene();
    await assert.rejects(names(scene), { code: 'not_found', message: /^there is no model "iris"/ });
    await scene.register('1', { state: 'uploaded' });
    assert.deepEqual(await names(scene, { stage: 'production' }), []);
    await deleteVersion(scene.context, { model: 'iris', version: '1' }, order());
    await assert.rejects(names(scene), { code: 'not_found', message: 'model "iris" has no version; register one' });
  });
});

test('models are listed by name, with what serves', async () => {
  await using scene = await openScene();
  await scene.register('1', { model: 'rose' });
  await scene.register('1', { state: 'uploaded' });
  const { models, nextPageToken } = await listModels(scene.context, { pageSize: 1, pageToken: '' });
  const rest = await listModels(scene.context, { pageSize: 1, pageToken: nextPageToken });
  assert.deepEqual(
    [...models, ...rest.models].map(({ model, versions, latest, epoch }) => [
      model,
      versions,
      latest,
      epoch?.policy.epoch,
    ]),
    [
      ['iris', 1, '', undefined],
      ['rose', 1, '1', 1],
    ],
  );
  assert.equal(rest.nextPageToken, '');
});

test('epochs are listed the newest first, page by page', async () => {
  await using scene = await openScene();
  await scene.register('1');
  await scene.register('2');
  await send(scene, policy({ '2': 10_000 }));
  await send(scene, policy({ '1': 10_000 }));
  const { epochs, nextPageToken } = await listEpochs(scene.context, { model: 'iris', pageSize: 2, pageToken: '' });
  const rest = await listEpochs(scene.context, { model: 'iris', pageSize: 2, pageToken: nextPageToken });
  assert.deepEqual(
    [...epochs, ...rest.epochs].map(({ policy: { epoch } }) => epoch),
    [3, 2, 1],
  );
  await assert.rejects(listEpochs(scene.context, { model: 'rose', ...WHOLE }), { code: 'not_found' });
});

test('the traffic of a model is its epoch in force; without one it says what is missing', async () => {
  await using scene = await openScene();
  await assert.rejects(getTraffic(scene.context, { model: 'iris' }), { code: 'not_found' });
  await scene.register('1', { state: 'uploaded' });
  await assert.rejects(getTraffic(scene.context, { model: 'iris' }), {
    code: 'failed_precondition',
    message: 'model "iris" has no qualified version yet; its first one takes all traffic',
  });
  await scene.register('2');
  scene.fleet.inForce.set('serve-1', 1);
  assert.deepEqual(await getTraffic(scene.context, { model: 'iris' }), {
    epoch: await scene.store.epoch('iris'),
    applied: true,
    instances: [{ instance: 'serve-1', epoch: 1, reason: '' }],
  });
});

test('events are listed the newest first, by model, kind and time, page by page', async () => {
  await using scene = await openScene();
  await scene.register('1');
  await scene.register('1', { model: 'rose' });
  await scene.register('2');
  scene.pass(1000);
  await send(scene, policy({ '2': 10_000 }));
  const all: EventQuery = { model: '', kind: '', from: undefined, to: undefined, ...WHOLE };
  const seqs = async (over: Partial<EventQuery>): Promise<number[]> =>
    (await listEvents(scene.context, { ...all, ...over })).events.map(({ seq }) => seq);
  assert.deepEqual(await seqs({}), [3, 2, 1]);
  assert.deepEqual(await seqs({ model: 'iris' }), [3, 1]);
  assert.deepEqual(await seqs({ kind: 'traffic.first' }), [2, 1]);
  assert.deepEqual(await seqs({ from: DAWN + 1000 }), [3]);
  assert.deepEqual(await seqs({ to: DAWN + 1000 }), [2, 1]);
  await assert.rejects(seqs({ kind: 'traffic.lost' }), { code: 'invalid_argument', message: /traffic\.switched/ });
  const { nextPageToken } = await listEvents(scene.context, { ...all, pageSize: 2 });
  assert.deepEqual(await seqs({ pageSize: 2, pageToken: nextPageToken }), [1]);
});
