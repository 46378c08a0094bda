/** Where models stand, kept without reading everything again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Standings } from '../../../src/admin/standings.ts';
import type { Store } from '../../../src/registry/store.ts';
import { openScene } from '../../support/admin-scene.ts';
import type { Scene } from '../../support/admin-scene.ts';
import { policy, send } from '../../support/traffic.ts';

const noFault = (what: string, cause: unknown): void => assert.fail(`${what}: ${String(cause)}`);

/** The scene's context, with the names of models whose epoch is read, or a fault in their place. */
function watched(scene: Scene, read: string[], fault?: () => Error | undefined) {
  const epoch: Store['epoch'] = (model, number) => {
    read.push(model);
    const error = fault?.();
    return error === undefined ? scene.store.epoch(model, number) : Promise.reject(error);
  };
  const store = new Proxy(scene.store, {
    get: (inner, name) => {
      const value: unknown = name === 'epoch' ? epoch : Reflect.get(inner, name, inner);
      return typeof value === 'function' ? (value.bind(inner) as unknown) : value;
    },
  });
  return { ...scene.context, store };
}

test('what changed is read again, and nothing else', async () => {
  await using scene = await openScene();
  await scene.register('1');
  await scene.register('2');
  await scene.register('1', { model: 'wine' });
  await scene.register('3', { state: 'rejected' });
  const read: string[] = [];
  const standings = new Standings({ context: watched(scene, read), onFault: noFault });
  const before = await standings.read();
  assert.deepEqual(read, ['iris', 'wine']);
  const iris = before.find(({ model }) => model === 'iris');
  assert.deepEqual(iris?.versions, { uploaded: 0, qualifying: 0, qualified: 2, rejected: 1, deleted: 0 });
  assert.deepEqual([iris.epoch?.policy.epoch, iris.rollout], [1, undefined]);
  await standings.read();
  assert.deepEqual(read, ['iris', 'wine'], 'nothing changed');
  await send(scene, policy({ '2': 10_000 }));
  const after = await standings.read();
  assert.deepEqual(read, ['iris', 'wine', 'iris']);
  assert.equal(after.find(({ model }) => model === 'iris')?.epoch?.policy.epoch, 2);
  standings.close();
});

test('what cannot be read is as it was, is told of, and is read the next time', async () => {
  await using scene = await openScene();
  await scene.register('1');
  await scene.register('2');
  const faults: string[] = [];
  const failing: { error: Error | undefined } = { error: undefined };
  const standings = new Standings({
    context: watched(scene, [], () => failing.error),
    onFault: (what) => faults.push(what),
  });
  await standings.read();
  await send(scene, policy({ '2': 10_000 }));
  failing.error = new Error('the disk is gone');
  const epochs = async (): Promise<unknown[]> => (await standings.read()).map(({ epoch }) => epoch?.policy.epoch);
  assert.deepEqual(await epochs(), [1]);
  assert.equal(faults.length, 1);
  failing.error = undefined;
  assert.deepEqual(await epochs(), [2]);
  standings.close();
});
