import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTraffic } from '../../../src/admin/set-traffic.ts';
import type { WantedPolicy } from '../../../src/admin/apply-traffic-check.ts';
import type { MatchRule } from '../../../src/domain/traffic.ts';
import { signature, tensorSpec } from '../../support/builders.ts';
import { DAWN, openScene, order } from '../../support/admin-scene.ts';
import { policy, send, weights } from '../../support/traffic.ts';

const RULE: MatchRule = { name: 'beta', header: 'x-tenant', match: { kind: 'exact', value: 'acme' }, version: '2' };

suite('a policy that is set', () => {
  test('is the next epoch, with the slots that its arms had and what it says', async () => {
    await using scene = await openScene();
    await scene.register('1');
    await scene.register('2');
    scene.pass(1000);
    const wanted = policy({ '1': 9000, '2': 1000 }, { rules: [RULE], shadows: [{ version: '2', share: 5 }] });
    const { epoch } = await send(scene, wanted);
    assert.deepEqual(epoch, {
      model: 'iris',
      policy: {
        epoch: 2,
        arms: [
          { version: '1', arm: '1', weight: 9000, slots: [[0, 9000]] },
          { version: '2', arm: '2', weight: 1000, slots: [[9000, 10_000]] },
        ],
        rules: [RULE],
        shadows: [{ version: '2', share: 5 }],
        failOverTo: '',
        sticky: true,
        routingKeyHeader: '',
        salt: 'salt-1',
        hashVersion: 1,
      },
      digests: { '1': 'digest of iris/1', '2': 'digest of iris/2' },
      validFrom: DAWN + 1000,
      validTo: undefined,
      actor: 'ann',
      reason: 'because',
      cause: 'set',
    });
    assert.equal((await scene.store.epoch('iris', 1))?.validTo, DAWN + 1000);
    assert.deepEqual(scene.told, ['iris']);
  });

  test('is an event with the weights by version and digest before and after, and without slots', async () => {
    await using scene = await openScene();
    await scene.register('1');
    await scene.register('2');
    await send(scene, policy({ '1': 9000, '2': 1000 }), { reason: 'canary' });
    const [event] = await scene.store.events({}, { limit: 1 });
    const common = {
      rules: [],
      shadows: [],
      failOverTo: '',
      sticky: true,
      routingKeyHeader: '',
      salt: 'salt-1',
      hashVersion: 1,
    };
    const one = { version: '1', digest: 'digest of iris/1', arm: '1' };
    const two = { version: '2', digest: 'digest of iris/2', arm: '2' };
    assert.deepEqual(
      { ...event, hash: '' },
      {
        seq: 2,
        hash: '',
        at: DAWN + 1,
        kind: 'traffic.set',
        model: 'iris',
        subject: '',
        actor: 'ann',
        reason: 'canary',
        before: { epoch: 1, weights: [{ ...one, weight: 10_000 }], ...common },
        after: {
          epoch: 2,
          weights: [
            { ...one, weight: 9000 },
            { ...two, weight: 1000 },
          ],
          ...common,
        },
      },
    );
  });

  test('makes no new epoch where it is the one in force, whatever the order of its arms', async () => {
    await using scene = await openScene();
    await scene.register('1');
    await scene.register('2');
    await send(scene, policy({ '1': 9000, '2': 1000 }));
    const { epoch } = await send(scene, { ...policy({ '2': 1000, '1': 9000 }), salt: 'salt-1' });
    assert.equal(epoch.policy.epoch, 2);
    assert.equal((await scene.store.events({}, { limit: 10 })).length, 2);
  });

  test('begins later than the one before, though the clock stands still or was set back', async () => {
    await using scene = await openScene();
    await scene.register('1');
    await scene.register('2');
    await send(scene, policy({ '2': 10_000 }));
    scene.pass(-5000);
    const { epoch } = await send(scene, policy({ '1': 10_000 }));
    assert.equal(epoch.validFrom, DAWN + 2);
  });

  test('keeps its salt until told to deal all callers anew', async () => {
    await using scene = await openScene();
    await scene.register('1');
    await scene.register('2');
    const saltOf = async (over: { reshuffle?: boolean }): Promise<string> =>
      (await send(scene, policy({ '1': 5000, '2': 5000 }), over)).epoch.policy.salt;
    assert.equal(await saltOf({}), 'salt-1');
    assert.equal(await saltOf({ reshuffle: true }), 'salt-2');
    assert.equal((await scene.store.epoch('iris'))?.policy.epoch, 3);
  });

  test('is refused where the caller has seen another epoch', async () => {
    await using scene = await openScene();
    await scene.register('1');
    await scene.register('2');
    await assert.rejects(send(scene, policy({ '2': 10_000 }), { expectedEpoch: 7 }), {
      code: 'aborted',
      message: 'epoch 1 of model "iris" is in force, not 7 as expected; read it and decide again',
    });
    assert.equal((await send(scene, policy({ '2': 10_000 }), { expectedEpoch: 1 })).epoch.policy.epoch, 2);
  });

  test('said twice under one idempotency key is one epoch, and the second reply is the first', async () => {
    await using scene = await openScene();
    await scene.register('1');
    await scene.register('2');
    const first = await send(scene, policy({ '2': 10_000 }), { idempotencyKey: 'k' });
    await send(scene, policy({ '1': 10_000 }));
    const again = await send(scene, policy({ '2': 10_000 }), { idempotencyKey: 'k' });
    assert.equal(again.epoch.policy.epoch, first.epoch.policy.epoch);
    assert.equal((await scene.store.epoch('iris'))?.policy.epoch, 3);
    await assert.rejects(send(scene, policy({ '1': 10_000 }), { idempotencyKey: 'k' }), { code: 'invalid_argument' });
  });

  test('is waited for as long as the caller says, within limits', async () => {
    await using scene = await openScene();
    await scene.register('1');
    await scene.register('2');
    scene.fleet.inForce.set('serve-1', 1);
    const { applied, instances } = await send(scene, policy({ '2': 10_000 }), { waitMs: 600_000 });
    assert.deepEqual({ applied, instances }, { applied: false, instances: scene.fleet.epochs() });
    assert.deepEqual(scene.fleet.waits, [{ model: 'iris', epoch: 2, ms: 600_000 }]);
    await assert.rejects(send(scene, policy({ '1': 10_000 }), { waitMs: 600_001 }), { code: 'invalid_argument' });
    assert.equal((await scene.store.epoch('iris'))?.policy.epoch, 2);
  });
});

suite('what a policy names', () => {
  const PLACES: readonly (readonly [where: string, policy: WantedPolicy])[] = [
    ['an arm', policy({ '1': 9000, '2': 1000 })],
    ['an arm of weight 0', policy({ '1': 10_000, '2': 0 })],
    ['a rule', policy({ '1': 10_000 }, { rules: [RULE] })],
    ['a shadow', policy({ '1': 10_000 }, { shadows: [{ version: '2', share: 1 }] })],
    ['the fail-over', policy({ '1': 10_000 }, { failOverTo: '2' })],
  ];

  for (const [where, wanted] of PLACES) {
    test(`has to be there and qualified: ${where}`, async () => {
      await using scene = await openScene();
      await scene.register('1');
      await assert.rejects(send(scene, wanted), {
        code: 'not_found',
        message: 'model "iris" has no version "2"; ListVersions has their names',
      });
      await scene.register('2', { state: 'rejected', reason: 'it crashes' });
      await assert.rejects(send(scene, wanted), {
        code: 'failed_precondition',
        message: 'version "2" of model "iris" is REJECTED (it crashes); only QUALIFIED versions can answer',
      });
      await scene.register('2');
      assert.equal((await send(scene, wanted)).epoch.digests['2'], 'digest of iris/2');
    });

    test(`has to accept what the live version accepts, unless forced: ${where}`, async () => {
      await using scene = await openScene();
      await scene.register('1');
      await scene.register('2', { signature: signature({ inputs: [tensorSpec('z', 'FP32', ['batch', 2])] }) });
      const difference = 'version "2" cannot stand in for "1": it needs an input "z" that callers do not send';
      await assert.rejects(send(scene, wanted), {
        code: 'failed_precondition',
        message: `${difference}; callers of the live version would be refused. Send force to do it all the same`,
      });
      await send(scene, wanted, { force: true });
      const [event] = await scene.store.events({}, { limit: 1 });
      assert.deepEqual(event?.after.forced, [difference]);
    });
  }

  test('is compared with the version that most callers have now', async () => {
    await using scene = await openScene();
    const other = signature({ inputs: [tensorSpec('z', 'FP32', ['batch', 2])] });
    await scene.register('1');
    await scene.register('2', { signature: other });
    await scene.register('3', { signature: other });
    await send(scene, policy({ '1': 4000, '2': 6000 }), { force: true });
    assert.deepEqual(weights((await send(scene, policy({ '3': 10_000 }))).epoch), { '3': 10_000 });
  });

  test('is of a model that there is', async () => {
    await using scene = await openScene();
    const asked = { model: 'rose', policy: policy({ '1': 10_000 }), expectedEpoch: 0, reshuffle: false, force: false };
    await assert.rejects(setTraffic(scene.context, { ...asked, waitMs: 0 }, order()), {
      code: 'not_found',
      message: 'there is no model "rose"; ListModels has their names',
    });
  });
});

const all = policy({ '1': 10_000 });

function rule(over: Partial<MatchRule>): WantedPolicy {
  return { ...all, rules: [{ ...RULE, version: '1', ...over }] };
}

function many<Item>(count: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** Weights that sum to 10,000 over versions 1 to `count`. */
function spread(count: number): WantedPolicy {
  const arms = many(count, (at) => ({ version: String(at + 1), arm: '', weight: at === 0 ? 10_000 - count + 1 : 1 }));
  return { ...all, arms };
}

suite('the form of a policy', () => {
  const REFUSED: readonly (readonly [what: string, policy: WantedPolicy, message: RegExp])[] = [
    ['without arms', { ...all, arms: [] }, /no arms/],
    ['with weights that do not sum up', policy({ '1': 9999 }), /sum to 9999/],
    ['with more weight than there is', policy({ '1': 10_000, '2': 1 }), /sum to 10001/],
    ['with a broken weight', policy({ '1': 0.5, '2': 9999.5 }), /the weight of version "1" is 0.5/],
    ['with a negative weight', policy({ '1': 10_001, '2': -1 }), /whole number from 0 to 10000/],
    [
      'with a version twice under one name',
      { ...all, arms: [...all.arms, { version: '1', arm: '', weight: 0 }] },
      /"1" is there twice/,
    ],
    [
      'with an arm name twice',
      { ...all, arms: [...all.arms, { version: '2', arm: '1', weight: 0 }] },
      /names of arms: "1" is there twice/,
    ],
    ['with an arm name that is none', { ...all, arms: [{ version: '1', arm: 'rule:x', weight: 10_000 }] }, /"rule:x"/],
    ['with an alias for a version', policy({ 'alias:prod': 10_000 }), /"alias:prod" is no version's name/],
    ['with 33 arms', spread(33), /there are 33, and at most 32/],
    [
      'with 65 rules',
      { ...all, rules: many(65, (at) => ({ ...RULE, name: `r${at}` })) },
      /there are 65, and at most 64/,
    ],
    ['with a rule twice', { ...all, rules: [RULE, RULE] }, /"beta" is there twice/],
    ['with a rule without a name', rule({ name: '' }), /rule name ""/],
    ['with a rule without a version', rule({ version: '' }), /rule "beta": "" is no version's name/],
    ['with a header in upper case', rule({ header: 'X-Tenant' }), /"X-Tenant"/],
    ['with a header without a name', rule({ header: '' }), /metadata key/],
    ['with a binary header', rule({ header: 'x-bin' }), /"x-bin"/],
    ['with a header of gRPC itself', rule({ header: 'grpc-timeout' }), /"grpc-timeout"/],
    ['with a pseudo header', rule({ header: ':path' }), /":path"/],
    ['with a long header', rule({ header: 'x'.repeat(129) }), /128 at most/],
    ['with an empty prefix', rule({ match: { kind: 'prefix', value: '' } }), /prefix of rule "beta" is empty/],
    ['with no values', rule({ match: { kind: 'one_of', values: [] } }), /no values/],
    [
      'with 257 values',
      rule({ match: { kind: 'one_of', values: many(257, String) } }),
      /there are 257, and at most 256/,
    ],
    ['with a long value', rule({ match: { kind: 'exact', value: 'x'.repeat(1025) } }), /1024 characters/],
    [
      'with 9 shadows',
      { ...all, shadows: many(9, (at) => ({ version: `${at}`, share: 1 })) },
      /there are 9, and at most 8/,
    ],
    [
      'with a shadow twice',
      { ...all, shadows: many(2, () => ({ version: '2', share: 1 })) },
      /shadows: "2" is there twice/,
    ],
    ['with a shadow that gets nothing', { ...all, shadows: [{ version: '2', share: 0 }] }, /from 1 to 10000/],
    ['with a shadow that gets too much', { ...all, shadows: [{ version: '2', share: 10_001 }] }, /10001/],
    ['with a fail-over that is no name', { ...all, failOverTo: 'latest!' }, /fail_over_to/],
    ['with a routing key of gRPC itself', { ...all, routingKeyHeader: 'grpc-x' }, /routing_key_header/],
    ['with a salt of its own', { ...all, salt: 'mine' }, /the salt is not the one in force/],
  ];

  for (const [what, wanted, message] of REFUSED) {
    test(`${what} is refused`, async () => {
      await using scene = await openScene();
      await scene.register('1');
      await assert.rejects(send(scene, wanted), { code: 'invalid_argument', message });
      assert.equal((await scene.store.epoch('iris'))?.policy.epoch, 1);
    });
  }

  test('at its limits is taken', async () => {
    await using scene = await openScene();
    for (const { version } of spread(32).arms) await scene.register(version);
    const values = [...many(255, String), 'x'.repeat(1024)];
    const wanted: WantedPolicy = {
      ...spread(32),
      rules: many(64, (at) => ({ ...RULE, name: `r${at}`, match: { kind: 'one_of', values } })),
      shadows: many(8, (at) => ({ version: String(at + 1), share: 10_000 })),
      failOverTo: '32',
      routingKeyHeader: 'x-user_id.v1',
    };
    assert.equal((await send(scene, wanted)).epoch.policy.epoch, 2);
  });
});
