import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deleteAlias } from '../../../src/admin/delete-alias.ts';
import { resolveVersion } from '../../../src/admin/resolve-version.ts';
import { setAlias } from '../../../src/admin/set-alias.ts';
import type { Alias } from '../../../src/domain/registry.ts';
import { DAWN, openScene, order } from '../../support/admin-scene.ts';
import type { Scene } from '../../support/admin-scene.ts';

function point(scene: Scene, alias: string, version: string, expectedVersion = ''): Promise<Alias> {
  return setAlias(scene.context, { model: 'iris', alias, version, expectedVersion }, order());
}

test('an alias points where it was last put, with its history in the events', async () => {
  await using scene = await openScene();
  await scene.register('1');
  await scene.register('2');
  await point(scene, 'prod', '1');
  scene.pass(5);
  const expected = { model: 'iris', alias: 'prod', version: '2', since: DAWN + 5, actor: 'ann' };
  assert.deepEqual(await point(scene, 'prod', '2'), expected);
  assert.deepEqual(await scene.store.alias('iris', 'prod'), expected);
  await deleteAlias(scene.context, { model: 'iris', alias: 'prod' }, order());
  assert.equal(await scene.store.alias('iris', 'prod'), undefined);
  const events = await scene.store.events({}, { limit: 3 });
  assert.deepEqual(
    events.map(({ kind, subject, before, after }) => [kind, subject, before, after]),
    [
      ['alias.deleted', 'prod', { version: '2' }, {}],
      ['alias.set', 'prod', { version: '1' }, { version: '2', digest: 'digest of iris/2' }],
      ['alias.set', 'prod', {}, { version: '1', digest: 'digest of iris/1' }],
    ],
  );
});

test('an alias that points there already is left alone', async () => {
  await using scene = await openScene();
  await scene.register('1');
  const first = await point(scene, 'prod', '1');
  scene.pass(5);
  assert.deepEqual(await point(scene, 'prod', '1', '1'), first);
  assert.equal((await scene.store.events({ kind: 'alias.set' }, { limit: 5 })).length, 1);
});

test('an alias that is not where the caller saw it is not moved', async () => {
  await using scene = await openScene();
  await scene.register('1');
  await scene.register('2');
  await assert.rejects(point(scene, 'prod', '2', '1'), {
    code: 'aborted',
    message: 'alias "prod" points at none, not at 1 as expected; read it and decide again',
  });
  await point(scene, 'prod', '1', 'none');
  await assert.rejects(point(scene, 'prod', '2', 'none'), { code: 'aborted', message: /points at 1, not at none/ });
  await assert.rejects(point(scene, 'prod', '2', '2'), { code: 'aborted' });
  assert.equal((await point(scene, 'prod', '2', '1')).version, '2');
});

test('an alias takes qualified versions and good names only, 64 of them', async () => {
  await using scene = await openScene();
  await scene.register('1');
  await scene.register('2', { state: 'uploaded' });
  await assert.rejects(point(scene, 'prod', '2'), { code: 'failed_precondition', message: /"2" .* is UPLOADED/ });
  await assert.rejects(point(scene, 'prod', '3'), { code: 'not_found' });
  for (const alias of ['latest', '', 'a b', 'alias:x']) {
    await assert.rejects(point(scene, alias, '1'), { code: 'invalid_argument' });
  }
  for (let at = 0; at < 64; at += 1) await point(scene, `a${at}`, '1');
  await assert.rejects(point(scene, 'more', '1'), { code: 'resource_exhausted' });
  assert.equal((await point(scene, 'a0', '1')).alias, 'a0');
});

test('deleting an alias that is not there is an error', async () => {
  await using scene = await openScene();
  await scene.register('1');
  await assert.rejects(deleteAlias(scene.context, { model: 'iris', alias: 'prod' }, order()), {
    code: 'not_found',
    message: 'model "iris" has no alias "prod"; ListAliases has their names',
  });
});

test('a version is found by its name, by an alias, or as the newest qualified one', async () => {
  await using scene = await openScene();
  await scene.register('10');
  scene.pass(1);
  await scene.register('9');
  scene.pass(1);
  await scene.register('11', { state: 'rejected' });
  await point(scene, 'prod', '10');
  const find = async (version: string): Promise<string> => (await resolveVersion(scene.store, 'iris', version)).version;
  assert.deepEqual(await Promise.all(['', 'latest', 'alias:prod', '11'].map(find)), ['9', '9', '10', '11']);
});

test('what is not found is named', async () => {
  await using scene = await openScene();
  await scene.register('1', { state: 'rejected' });
  const find = (model: string, version: string) => () => resolveVersion(scene.store, model, version);
  const notFound = (message: RegExp) => ({ code: 'not_found', message });
  await assert.rejects(find('rose', ''), notFound(/^there is no model "rose"/));
  await assert.rejects(find('rose', '1'), notFound(/^there is no model "rose"/));
  await assert.rejects(find('rose', 'alias:prod'), notFound(/^there is no model "rose"/));
  await assert.rejects(find('iris', 'latest'), notFound(/^model "iris" has no qualified version/));
  await assert.rejects(find('iris', '2'), notFound(/^model "iris" has no version "2"/));
  await assert.rejects(find('iris', 'alias:prod'), notFound(/^model "iris" has no alias "prod"/));
});
