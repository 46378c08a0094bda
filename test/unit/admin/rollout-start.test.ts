/** Starting a rollout: what is refused, what stays as it was, and what takes the place of what. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { deleteVersion } from '../../../src/admin/delete-version.ts';
import type { MatchRule } from '../../../src/domain/traffic.ts';
import { order } from '../../support/admin-scene.ts';
import { signature, tensorSpec } from '../../support/builders.ts';
import { FlakyStore } from '../../support/flaky-store.ts';
import { openRolloutScene, QUICK, step } from '../../support/rollout-scene.ts';
import type { RolloutScene } from '../../support/rollout-scene.ts';
import { policy, send, weights } from '../../support/traffic.ts';

const RULE: MatchRule = { name: 'beta', header: 'x-tenant', match: { kind: 'present', present: true }, version: '3' };

/** Nothing of what was refused is left. */
async function refused(scene: RolloutScene, start: Promise<number>, error: object): Promise<void> {
  const before = await scene.store.revision();
  await assert.rejects(start, error);
  assert.equal(await scene.store.revision(), before);
}

suite('a start is refused', () => {
  test('of what is not there, not qualified, or has all the traffic already', async () => {
    await using scene = await openRolloutScene();
    await scene.register('4', { state: 'rejected', reason: 'it is no model' });
    await scene.register('5', { state: 'qualifying' });
    await deleteVersion(scene.context, { model: 'iris', version: '3' }, order());
    await refused(scene, scene.start({ model: 'lily' }), { code: 'not_found', message: /no model "lily"/ });
    await refused(scene, scene.start({ candidate: '9' }), { code: 'not_found', message: /version "9"/ });
    await refused(scene, scene.start({ candidate: '3' }), { code: 'failed_precondition', message: /DELETED/ });
    await refused(scene, scene.start({ candidate: '4' }), {
      code: 'failed_precondition',
      message: /REJECTED \(it is no model\)/,
    });
    await refused(scene, scene.start({ candidate: '5' }), { code: 'failed_precondition', message: /QUALIFYING/ });
    await refused(scene, scene.start({ candidate: '1' }), {
      code: 'failed_precondition',
      message: 'version "1" of model "iris" has all the traffic already; there is nothing to roll out',
    });
  });

  test('where no version has all the traffic', async () => {
    await using scene = await openRolloutScene();
    await send(scene, policy({ '1': 9999, '3': 1 }));
    const error = { code: 'failed_precondition', message: /no version of model "iris" has all of its traffic/ };
    await refused(scene, scene.start(), error);
  });

  test('of a version that does not accept what stable accepts, unless forced', async () => {
    await using scene = await openRolloutScene();
    await scene.register('4', { signature: signature({ outputs: [tensorSpec('z', 'FP32', [1])] }) });
    const message = /version "4" cannot stand in for "1": it has no output "y"; send force/;
    await refused(scene, scene.start({ candidate: '4' }), { code: 'failed_precondition', message });
    const id = await scene.start({ candidate: '4', force: true });
    await scene.command('abort', { id });
    assert.equal((await scene.view(id)).record.state.phase, 'aborted');
  });

  test('where the same version is being rolled out already', async () => {
    await using scene = await openRolloutScene();
    const id = await scene.start();
    const message = `rollout ${id} of version "2" is open already (loading); watch it, or abort it`;
    await refused(scene, scene.start(), { code: 'already_exists', message });
  });
});

test('rules, other shadows, stickiness and the former fail-over outlast a rollout', async () => {
  await using scene = await openRolloutScene();
  const kept = { rules: [RULE], sticky: false, routingKeyHeader: 'x-user' };
  const shadows = [{ version: '3', share: 7 }];
  await send(scene, policy({ '1': 10_000 }, { ...kept, failOverTo: '3', shadows }));
  await scene.start();
  const during = await scene.policy();
  assert.deepEqual({ ...during, ...kept, shadows, failOverTo: '1' }, during);
  await scene.command('abort');
  const after = await scene.policy();
  assert.deepEqual({ ...after, ...kept, shadows, failOverTo: '3' }, after);
});

test('a candidate that others failed over to has nobody behind it once it is stable', async () => {
  await using scene = await openRolloutScene();
  await send(scene, policy({ '1': 10_000 }, { failOverTo: '2' }));
  await scene.start();
  await scene.command('promote', { full: true });
  await scene.command('promote');
  const { record } = await scene.view();
  const { failOverTo, arms } = await scene.policy();
  assert.deepEqual([record.state.phase, failOverTo, arms.length], ['promoted', '', 1]);
});

test('a strategy without fail-over leaves that as it is', async () => {
  await using scene = await openRolloutScene();
  await send(scene, policy({ '1': 10_000 }, { failOverTo: '3' }));
  await scene.start({ strategy: { ...QUICK, failOver: false } });
  assert.equal((await scene.policy()).failOverTo, '3');
});

test('a start that is sent again under its key begins one rollout', async () => {
  await using scene = await openRolloutScene();
  const by = { idempotencyKey: 'once' };
  const id = await scene.start({ by });
  assert.equal(await scene.start({ by }), id);
  await assert.rejects(scene.start({ by, candidate: '3' }), { code: 'invalid_argument', message: /key "once"/ });
  assert.deepEqual([(await scene.policy()).epoch, (await scene.events()).length], [2, 1]);
});

suite('a rollout of another candidate', () => {
  test('takes the place of the open one in the same transaction, from the same stable version', async () => {
    await using scene = await openRolloutScene();
    const first = await scene.start();
    const second = await scene.start({ candidate: '3', strategy: { ...QUICK, steps: [step(500)] } });
    const { record: former, entries } = await scene.view(first);
    const { record: open } = await scene.view(second);
    assert.deepEqual(entries.map(({ kind, weight, epoch, reason }) => ({ kind, weight, epoch, reason })).at(-1), {
      kind: 'superseded',
      weight: 0,
      epoch: 3,
      reason: 'a rollout of version "3" takes its place',
    });
    assert.deepEqual([former.state.phase, former.document.open, former.state.holdDownUntil], ['superseded', false, 0]);
    assert.deepEqual([open.state.stable, open.state.candidate, open.state.epoch], ['1', '3', 4]);
    const epochs = await scene.store.epochs('iris', { limit: 10 });
    assert.deepEqual(epochs.map(weights), [{ 1: 9500, 3: 500 }, { 1: 10_000 }, { 1: 9000, 2: 1000 }, { 1: 10_000 }]);
  });

  test('leaves the open one alone where it may not start', async () => {
    await using scene = await openRolloutScene();
    await scene.register('4', { signature: signature({ outputs: [tensorSpec('z', 'FP32', [1])] }) });
    const first = await scene.start();
    await refused(scene, scene.start({ candidate: '4' }), { code: 'failed_precondition' });
    assert.deepEqual([(await scene.view()).record.document.id, (await scene.policy()).epoch], [first, 2]);
  });

  test('is there as a whole or not at all', async () => {
    await using flaky = await FlakyStore.open();
    await using scene = await openRolloutScene({ store: flaky.store });
    const first = await scene.start();
    await scene.controller().close();
    flaky.endings.push('fails');
    await assert.rejects(scene.start({ candidate: '3' }), /the disk is full/);
    const { record, entries } = await scene.view();
    assert.deepEqual([record.document.id, record.state.phase, entries.length], [first, 'loading', 1]);
    assert.deepEqual([(await scene.policy()).epoch, (await scene.events()).length], [2, 1]);
  });
});
