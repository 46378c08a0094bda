import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { deleteVersion } from '../../../src/admin/delete-version.ts';
import type { MatchRule, TrafficPolicy } from '../../../src/domain/traffic.ts';
import { signature, tensorSpec } from '../../support/builders.ts';
import { openScene, order } from '../../support/admin-scene.ts';
import type { Scene } from '../../support/admin-scene.ts';
import { policy, rollBack, send, switchTo, weights } from '../../support/traffic.ts';

const RULE: MatchRule = { name: 'beta', header: 'x-tenant', match: { kind: 'present', present: true }, version: '1' };

async function openWith(...versions: string[]): Promise<Scene> {
  const scene = await openScene();
  for (const version of versions) await scene.register(version);
  return scene;
}

/** All but its number. */
function rest({ epoch: _, ...others }: TrafficPolicy): Omit<TrafficPolicy, 'epoch'> {
  return others;
}

suite('a switch', () => {
  test('gives all traffic to one version and keeps rules, the other shadows, stickiness and the other fail-over', async () => {
    await using scene = await openWith('1', '2', '3');
    const shadows = [
      { version: '2', share: 7 },
      { version: '3', share: 8 },
    ];
    const over = { rules: [RULE], shadows, failOverTo: '1', sticky: false, routingKeyHeader: 'x-user' };
    await send(scene, policy({ '1': 9000, '2': 1000 }, over));
    const { epoch } = await switchTo(scene, '2');
    assert.deepEqual(
      { ...epoch.policy, cause: epoch.cause },
      {
        epoch: 3,
        arms: [{ version: '2', arm: '2', weight: 10_000, slots: epoch.policy.arms[0]?.slots }],
        ...over,
        shadows: [{ version: '3', share: 8 }],
        salt: 'salt-1',
        hashVersion: 1,
        cause: 'switch',
      },
    );
  });

  test('drops the fail-over to the version itself, and keeps the name of its arm', async () => {
    await using scene = await openWith('1', '2');
    const arms = [
      { version: '1', arm: 'blue', weight: 10_000 },
      { version: '2', arm: 'green', weight: 0 },
    ];
    await send(scene, { ...policy({}, { failOverTo: '2' }), arms });
    const { epoch } = await switchTo(scene, '2');
    assert.deepEqual([epoch.policy.failOverTo, epoch.policy.arms[0]?.arm], ['', 'green']);
  });

  test('is refused to a version that does not accept the calls, unless forced, and to a stale caller', async () => {
    await using scene = await openWith('1');
    await scene.register('2', { signature: signature({ outputs: [tensorSpec('z', 'FP32', [1])] }) });
    await assert.rejects(switchTo(scene, '2'), { code: 'failed_precondition', message: /it has no output "y"/ });
    await assert.rejects(switchTo(scene, '2', { force: true, expectedEpoch: 2 }), { code: 'aborted' });
    assert.deepEqual(weights((await switchTo(scene, '2', { force: true })).epoch), { '2': 10_000 });
  });

  test('to the version that has everything changes nothing', async () => {
    await using scene = await openWith('1');
    assert.equal((await switchTo(scene, '1')).epoch.policy.epoch, 1);
  });
});

suite('a rollback', () => {
  test('brings back the policy before, slot by slot, as a new epoch that says whose it is', async () => {
    await using scene = await openWith('1', '2', '3');
    await send(scene, policy({ '1': 9000, '2': 1000 }));
    const { epoch: before } = await send(scene, policy({ '1': 5000, '2': 3000, '3': 2000 }, { rules: [RULE] }));
    await send(scene, policy({ '3': 10_000 }), { reshuffle: true });
    const { epoch } = await rollBack(scene);
    assert.deepEqual(rest(epoch.policy), rest(before.policy));
    assert.deepEqual([epoch.policy.epoch, epoch.cause, epoch.digests], [5, 'rollback', before.digests]);
    const [event] = await scene.store.events({}, { limit: 1 });
    assert.deepEqual([event?.kind, event?.after.policyOf], ['traffic.rolled_back', 3]);
  });

  test('after a rollback is back where it began', async () => {
    await using scene = await openWith('1', '2');
    const { epoch: began } = await send(scene, policy({ '1': 7000, '2': 3000 }));
    await rollBack(scene);
    const { epoch } = await rollBack(scene);
    assert.deepEqual(rest(epoch.policy), rest(began.policy));
    assert.equal(epoch.policy.epoch, 4);
  });

  test('goes to the epoch that is named, and nowhere where that is in force already', async () => {
    await using scene = await openWith('1', '2');
    await send(scene, policy({ '1': 7000, '2': 3000 }));
    await send(scene, policy({ '2': 10_000 }));
    assert.deepEqual(weights((await rollBack(scene, 1)).epoch), { '1': 10_000 });
    assert.equal((await rollBack(scene, 1)).epoch.policy.epoch, 4);
    await assert.rejects(rollBack(scene, 9), {
      code: 'not_found',
      message: 'model "iris" has no epoch 9; ListEpochs has their numbers, up to 4',
    });
    await assert.rejects(rollBack(scene, 0, 3), { code: 'aborted' });
  });

  test('is refused where there is nothing to go back to', async () => {
    await using scene = await openWith('1');
    await assert.rejects(rollBack(scene), {
      code: 'failed_precondition',
      message: 'model "iris" has no epoch before 1, which is in force; there is nothing to go back to',
    });
  });

  test('is refused where a version that it names was deleted', async () => {
    await using scene = await openWith('1', '2');
    await switchTo(scene, '2');
    await deleteVersion(scene.context, { model: 'iris', version: '1' }, order());
    await assert.rejects(rollBack(scene), {
      code: 'failed_precondition',
      message: 'version "1" of model "iris" is DELETED; only QUALIFIED versions can answer',
    });
  });
});
