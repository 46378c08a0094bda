import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { configureModel } from '../../../src/admin/configure-model.ts';
import { deleteVersion } from '../../../src/admin/delete-version.ts';
import { setAlias } from '../../../src/admin/set-alias.ts';
import { updateMetadata } from '../../../src/admin/update-metadata.ts';
import type { UpdateMetadataInput } from '../../../src/admin/update-metadata.ts';
import type { VersionView } from '../../../src/admin/version-view.ts';
import { DAWN, openScene, order, registered } from '../../support/admin-scene.ts';
import type { Scene } from '../../support/admin-scene.ts';
import { policy, send } from '../../support/traffic.ts';

const ONE = { model: 'iris', version: '1' };

function update(scene: Scene, over: Partial<UpdateMetadataInput>): Promise<VersionView> {
  return updateMetadata(scene.context, { ...ONE, description: undefined, tags: {}, ...over }, order());
}

suite('metadata', () => {
  test('of a version changes in description and tags alone', async () => {
    await using scene = await openScene();
    const said = { ...registered().metadata, description: 'old', tags: { kept: 'a', gone: 'b', new: 'c' } };
    const former = await scene.register('1', { metadata: { ...said, framework: 'scikit-learn' } });
    const { version } = await update(scene, { description: 'new', tags: { gone: '', new: 'd', more: 'e', none: '' } });
    const tags = { kept: 'a', new: 'd', more: 'e' };
    assert.deepEqual(version, { ...former, metadata: { ...former.metadata, description: 'new', tags } });
    const [event] = await scene.store.events({}, { limit: 1 });
    assert.deepEqual(
      [event?.kind, event?.subject, event?.before, event?.after],
      [
        'version.updated',
        '1',
        { description: 'old', tags: { kept: 'a', gone: 'b', new: 'c' } },
        { description: 'new', tags },
      ],
    );
  });

  test('that is as it was makes no event; an absent description stays, an empty one empties it', async () => {
    await using scene = await openScene();
    await scene.register('1', { metadata: { ...registered().metadata, description: 'old', tags: { a: 'b' } } });
    assert.equal((await update(scene, { tags: { a: 'b' } })).version.metadata.description, 'old');
    assert.deepEqual(await scene.store.events({ kind: 'version.updated' }, { limit: 5 }), []);
    assert.equal((await update(scene, { description: '' })).version.metadata.description, '');
  });

  test('has limits: 64 tags, 256 characters each, 10,000 of description', async () => {
    await using scene = await openScene();
    await scene.register('1');
    const full = Object.fromEntries(Array.from({ length: 64 }, (_, at) => [`t${at}`, 'x']));
    const taken = { ...full, t0: '', ['k'.repeat(256)]: 'v'.repeat(256) };
    const { version } = await update(scene, { description: 'x'.repeat(10_000), tags: taken });
    assert.equal(Object.keys(version.metadata.tags).length, 64);
    const refused: Partial<UpdateMetadataInput>[] = [
      { tags: { more: 'x' } },
      { tags: { ['k'.repeat(257)]: 'x' } },
      { tags: { t0: 'v'.repeat(257) } },
      { tags: { '': 'x' } },
      { description: 'x'.repeat(10_001) },
    ];
    for (const input of refused) await assert.rejects(update(scene, input), { code: 'invalid_argument' });
  });

  test('of a tag may have the name of something that every object has', async () => {
    await using scene = await openScene();
    await scene.register('1');
    const tags = Object.fromEntries([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
    assert.deepEqual(Object.entries((await update(scene, { tags })).version.metadata.tags), Object.entries(tags));
  });
});

suite('how a model is run', () => {
  test('changes as a whole, is an event, and is read back', async () => {
    await using scene = await openScene();
    await scene.register('1');
    await configureModel(scene.context, { model: 'iris', config: { maxBatchRows: 4, batching: true } }, order());
    const overview = await configureModel(scene.context, { model: 'iris', config: { maxBatchRows: 8 } }, order());
    const { epoch, ...rest } = overview;
    assert.deepEqual(rest, {
      model: 'iris',
      config: { maxBatchRows: 8 },
      importedTraffic: undefined,
      createdAt: DAWN,
      versions: 1,
      latest: '1',
    });
    assert.equal(epoch?.policy.epoch, 1);
    const [event] = await scene.store.events({}, { limit: 1 });
    assert.deepEqual(
      [event?.kind, event?.before, event?.after],
      ['model.configured', { maxBatchRows: 4, batching: true }, { maxBatchRows: 8 }],
    );
  });

  test('is refused where it is wrong, or about something else; the same again is no change', async () => {
    await using scene = await openScene();
    await scene.register('1');
    const configure = (config: Record<string, unknown>, model = 'iris') =>
      configureModel(scene.context, { model, config }, order());
    for (const config of [{ colour: 'red' }, { traffic: { '1': 10_000 } }, { versionPolicy: 'all' }]) {
      await assert.rejects(configure(config), { code: 'invalid_argument' });
    }
    await assert.rejects(configure({}, 'rose'), { code: 'not_found' });
    await configure({});
    assert.deepEqual(await scene.store.events({ kind: 'model.configured' }, { limit: 5 }), []);
  });
});

suite('a version that is deleted', () => {
  test('leaves a tombstone and an event', async () => {
    await using scene = await openScene();
    await scene.register('1');
    const former = await scene.register('2', { warm: true, stage: 'staging' });
    scene.pass(5);
    const { version } = await deleteVersion(scene.context, { model: 'iris', version: '2' }, order());
    assert.deepEqual(version, { ...former, state: 'deleted', warm: false, deletedAt: DAWN + 5 });
    const [event] = await scene.store.events({}, { limit: 1 });
    const common = { stage: 'staging', digest: 'digest of iris/2' };
    assert.deepEqual(
      [event?.kind, event?.subject, event?.before, event?.after],
      ['version.deleted', '2', { state: 'qualified', ...common }, { state: 'deleted', ...common }],
    );
    await assert.rejects(deleteVersion(scene.context, { model: 'iris', version: '2' }, order()), {
      code: 'failed_precondition',
      message: 'version "2" of model "iris" was deleted already, at 2026-01-01T00:00:00.005Z',
    });
    await assert.rejects(updateMetadata(scene.context, { ...ONE, version: '2', description: 'x', tags: {} }, order()), {
      code: 'failed_precondition',
    });
  });

  test('cannot be one that is in use or being qualified', async () => {
    await using scene = await openScene();
    for (const version of ['1', '2', '3', '4', '5']) await scene.register(version);
    await scene.register('6', { state: 'qualifying' });
    const rules = [{ name: 'r', header: 'x', match: { kind: 'present', present: true }, version: '3' }] as const;
    const over = { rules, shadows: [{ version: '4', share: 1 }], failOverTo: '5' };
    await send(scene, policy({ '1': 10_000, '2': 0 }, over));
    const remove = (version: string) => deleteVersion(scene.context, { model: 'iris', version }, order());
    for (const version of ['1', '2', '3', '4', '5']) {
      await assert.rejects(remove(version), { code: 'failed_precondition', message: /policy in force, epoch 2/ });
    }
    await assert.rejects(remove('6'), { code: 'failed_precondition', message: /is being qualified/ });
    await assert.rejects(remove('7'), { code: 'not_found' });
    await scene.register('8');
    await setAlias(scene.context, { model: 'iris', alias: 'old', version: '8', expectedVersion: '' }, order());
    await assert.rejects(remove('8'), { code: 'failed_precondition', message: /is what alias "old" points at/ });
  });

  test('may be one that only a former policy names', async () => {
    await using scene = await openScene();
    await scene.register('1');
    await scene.register('2');
    await send(scene, policy({ '2': 10_000 }));
    assert.equal((await deleteVersion(scene.context, ONE, order())).version.state, 'deleted');
  });
});
