/** Where serve processes stand, by what they said last. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InstanceEpoch, InstanceView } from '../../../src/admin/fleet.ts';
import { instanceStands } from '../../../src/admin/instance-stands.ts';
import { DAWN } from '../../support/admin-scene.ts';
import { standing } from '../../support/all-metrics.ts';

const MODELS = [standing({})];

function view(instance: string, over: Partial<InstanceView> = {}): InstanceView {
  const fixed = { address: '', serverVersion: '', readyVersions: 0, failedVersions: 0 };
  return { instance, connected: true, since: DAWN, settled: true, ...fixed, ...over };
}

function fleet(instances: readonly InstanceView[], epochs: Readonly<Record<string, number>>) {
  const stands = Object.entries(epochs).map(([instance, epoch]): InstanceEpoch => ({ instance, epoch, reason: '' }));
  return { instances: () => instances, epochs: () => stands };
}

test('an instance is behind from when the epoch began, or from when it connected', () => {
  const instances = [view('a'), view('b'), view('c', { since: DAWN + 2_000 })];
  assert.deepEqual(instanceStands(fleet(instances, { a: 1, b: 0, c: 0 }), MODELS, DAWN + 5_000), [
    { instance: 'a', state: 'ready', behindMs: 0 },
    { instance: 'b', state: 'behind', behindMs: 5_000 },
    { instance: 'c', state: 'behind', behindMs: 3_000 },
  ]);
});

test('an instance that has not got everything for the first time is starting, and yet lacks an epoch', () => {
  const stands = instanceStands(fleet([view('a', { settled: false })], { a: 0 }), MODELS, DAWN + 1_000);
  assert.deepEqual(stands, [{ instance: 'a', state: 'starting', behindMs: 1_000 }]);
});

test('an instance is lost only without a successor of its name', () => {
  const gone = { connected: false, since: DAWN + 1_000 };
  const instances = [view('a', gone), view('b', gone), view('b', { since: DAWN + 2_000 })];
  const stands = instanceStands(fleet(instances, { b: 1 }), MODELS, DAWN + 5_000);
  assert.deepEqual(
    stands.map(({ instance, state }) => [instance, state]),
    [
      ['a', 'lost'],
      ['b', 'ready'],
    ],
  );
});
