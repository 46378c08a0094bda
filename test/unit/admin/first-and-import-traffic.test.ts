import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { importTraffic } from '../../../src/admin/import-traffic.ts';
import { openScene, order } from '../../support/admin-scene.ts';
import type { Scene } from '../../support/admin-scene.ts';
import { policy, send, weights } from '../../support/traffic.ts';

suite('the first traffic of a model', () => {
  test('goes to its first qualified version, and later ones get none', async () => {
    await using scene = await openScene();
    await scene.register('0', { state: 'rejected' });
    await scene.register('1');
    await scene.register('2');
    const epochs = await scene.store.epochs('iris', { limit: 10 });
    assert.deepEqual(
      epochs.map((epoch) => [epoch.policy.epoch, epoch.cause, epoch.actor, weights(epoch)]),
      [[1, 'first', 'ann', { '1': 10_000 }]],
    );
    const [event] = await scene.store.events({ kind: 'traffic.first' }, { limit: 10 });
    assert.deepEqual([event?.subject, event?.before], ['1', {}]);
  });

  test('has a salt of its own for each model', async () => {
    await using scene = await openScene();
    await scene.register('1');
    await scene.register('1', { model: 'rose' });
    const salts = (await scene.store.epochsInForce()).map((epoch) => epoch.policy.salt);
    assert.equal(new Set(salts).size, 2);
  });
});

function bring(scene: Scene, weightsByVersion: Record<string, number>): Promise<{ epoch: number; applied: boolean }> {
  const weightsOf = new Map(Object.entries(weightsByVersion));
  return importTraffic(scene.context, { model: 'iris', weights: weightsOf }, order({ actor: 'models-directory' }));
}

suite('the weights of the models directory', () => {
  test('are applied once, so that what an operator sets later stays', async () => {
    await using scene = await openScene();
    await scene.register('1');
    await scene.register('2');
    assert.deepEqual(await bring(scene, { '1': 9000, '2': 1000 }), { epoch: 2, applied: true });
    await send(scene, policy({ '2': 10_000 }));
    assert.deepEqual(await bring(scene, { '2': 1000, '1': 9000 }), { epoch: 3, applied: false });
    assert.deepEqual(await bring(scene, { '1': 5000, '2': 5000 }), { epoch: 4, applied: true });
    assert.equal((await scene.store.epoch('iris'))?.cause, 'config');
  });

  test('leave rules, shadows and the names of arms as they are', async () => {
    await using scene = await openScene();
    await scene.register('1');
    await scene.register('2');
    const arms = [{ version: '1', arm: 'stable', weight: 10_000 }];
    const over = { shadows: [{ version: '2', share: 5 }], failOverTo: '2', routingKeyHeader: 'x-user', sticky: false };
    await send(scene, { ...policy({}, over), arms });
    await bring(scene, { '1': 9000, '2': 1000 });
    const { policy: inForce } = (await scene.store.epoch('iris'))!;
    assert.deepEqual(
      inForce.arms.map(({ arm }) => arm),
      ['stable', '2'],
    );
    const { shadows, failOverTo, routingKeyHeader, sticky } = inForce;
    assert.deepEqual({ shadows, failOverTo, routingKeyHeader, sticky }, over);
  });

  test('are tried again after they could not be applied', async () => {
    await using scene = await openScene();
    await scene.register('1');
    await scene.register('2', { state: 'qualifying' });
    await assert.rejects(bring(scene, { '1': 9000, '2': 1000 }), { code: 'failed_precondition' });
    await scene.register('2');
    assert.deepEqual(await bring(scene, { '1': 9000, '2': 1000 }), { epoch: 2, applied: true });
  });
});
