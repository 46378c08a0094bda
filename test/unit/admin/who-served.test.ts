import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { PREDICTION_KEY, whoServed } from '../../../src/admin/who-served.ts';
import type { WhoServed, WhoServedInput } from '../../../src/admin/who-served.ts';
import { slotOf } from '../../../src/routing/pick.ts';
import { PredictionIds } from '../../../src/serving/prediction-id.ts';
import { DAWN, openScene } from '../../support/admin-scene.ts';
import type { Scene } from '../../support/admin-scene.ts';
import { policy, rollBack, send, switchTo } from '../../support/traffic.ts';

function ask(scene: Scene, over: Partial<WhoServedInput> = {}): Promise<WhoServed> {
  const input = { model: 'iris', at: undefined, routingKey: '', predictionId: '', ...over };
  return whoServed(scene.context, input);
}

/** A serve process says that it has put an epoch in force, now. */
async function apply(scene: Scene, instance: string, epoch: number): Promise<void> {
  const at = scene.context.now();
  await scene.store.transact((writer) => writer.recordApplication({ instance, model: 'iris', epoch, at }));
}

function epochsOf({ epochs }: WhoServed): (readonly [number, readonly string[]])[] {
  return epochs.map(({ epoch, instances }) => [epoch, instances]);
}

/** A key whose slot is, or is not, among the first `below`. */
function keyWithin(salt: string, below: number): string {
  for (let at = 0; ; at += 1) if (slotOf(salt, `user-${at}`) < below) return `user-${at}`;
}

suite('who served', () => {
  test('is the epoch in force, with its versions by weight and digest, and for a key the one that answers it', async () => {
    await using scene = await openScene();
    await scene.register('1');
    await scene.register('2');
    const rules = [{ name: 'beta', header: 'x', match: { kind: 'exact', value: 'y' }, version: '2' }] as const;
    scene.pass(1000);
    await send(scene, policy({ '1': 9000, '2': 1000 }, { rules }));
    const key = keyWithin('salt-1', 9000);
    const versions = [
      { version: '1', digest: 'digest of iris/1', weight: 9000, arm: '1' },
      { version: '2', digest: 'digest of iris/2', weight: 1000, arm: '2' },
      { version: '2', digest: 'digest of iris/2', weight: 0, arm: 'rule:beta' },
    ];
    const epoch = { epoch: 2, versions, validFrom: DAWN + 1000, validTo: undefined, instances: [] };
    const slot = slotOf('salt-1', key);
    assert.deepEqual(await ask(scene, { routingKey: key }), {
      model: 'iris',
      at: DAWN + 1000,
      epochs: [{ ...epoch, version: '1', digest: 'digest of iris/1', arm: '1', slot }],
    });
    assert.deepEqual((await ask(scene)).epochs, [{ ...epoch, version: '', digest: '', arm: '', slot: undefined }]);
  });

  test('is what the log says of the time that is asked for', async () => {
    await using scene = await openScene();
    await scene.register('1');
    await scene.register('2');
    scene.pass(1000);
    await switchTo(scene, '2');
    scene.pass(1000);
    await rollBack(scene);
    const version = async (at: number) => (await ask(scene, { at, routingKey: 'k' })).epochs[0]?.version;
    const times = [DAWN, DAWN + 999, DAWN + 1000, DAWN + 1999, DAWN + 2000];
    assert.deepEqual(await Promise.all(times.map(version)), ['1', '1', '2', '2', '1']);
    await assert.rejects(version(DAWN - 1), { code: 'not_found', message: /at 2025-12-31T23:59:59.999Z/ });
    await assert.rejects(version(DAWN + 2001), { code: 'invalid_argument', message: /is in the future/ });
    await assert.rejects(ask(scene, { model: 'rose' }), { code: 'not_found', message: /no model "rose"/ });
  });

  test('is nobody in particular for a key where keys do not count', async () => {
    await using scene = await openScene();
    await scene.register('1');
    await send(scene, policy({ '1': 10_000 }, { sticky: false }));
    scene.pass(1);
    const { epochs } = await ask(scene, { routingKey: 'k' });
    assert.deepEqual([epochs[0]?.version, epochs[0]?.slot], ['', undefined]);
  });

  test('names both epochs while a change is under way, each with its serve processes', async () => {
    await using scene = await openScene();
    await scene.register('1');
    await scene.register('2');
    for (const instance of ['a', 'b']) await apply(scene, instance, 1);
    scene.pass(1000);
    await switchTo(scene, '2');
    scene.pass(10);
    await apply(scene, 'a', 2);
    scene.pass(10);
    await apply(scene, 'b', 2);
    scene.pass(10);
    const during = async (ms: number) => epochsOf(await ask(scene, { at: DAWN + 1000 + ms }));
    assert.deepEqual(await during(-1), [[1, ['a', 'b']]]);
    assert.deepEqual(await during(5), [
      [2, []],
      [1, ['a', 'b']],
    ]);
    assert.deepEqual(await during(10), [
      [2, ['a']],
      [1, ['a', 'b']],
    ]);
    assert.deepEqual(await during(15), [
      [2, ['a']],
      [1, ['b']],
    ]);
    assert.deepEqual(await during(30), [[2, ['a', 'b']]]);
    const { epochs } = await ask(scene, { at: DAWN + 1015, routingKey: 'k' });
    assert.deepEqual(
      epochs.map(({ version }) => version),
      ['2', '1'],
    );
  });

  test('does not count a serve process that went and never came back for longer than ten minutes', async () => {
    await using scene = await openScene();
    await scene.register('1');
    await scene.register('2');
    await apply(scene, 'a', 1);
    scene.pass(3_600_000);
    await switchTo(scene, '2');
    const changed = scene.context.now();
    scene.pass(3_600_000);
    const both = [
      [2, []],
      [1, ['a']],
    ];
    assert.deepEqual(epochsOf(await ask(scene, { at: changed + 600_000 })), both);
    assert.deepEqual(epochsOf(await ask(scene)), [[2, []]]);
    scene.fleet.inForce.set('a', 1);
    assert.deepEqual(epochsOf(await ask(scene)), both, 'it is connected, and still has the former epoch');
  });
});

/** Signs as the serve processes of this registry do. */
async function idsOf({ store, context }: Scene): Promise<PredictionIds> {
  return new PredictionIds({ key: await store.secret(PREDICTION_KEY), boot: Buffer.alloc(8), now: context.now });
}

suite('who served a prediction', () => {
  test('is exact, whatever was in force where', async () => {
    await using scene = await openScene();
    await scene.register('1');
    await scene.register('2');
    await apply(scene, 'a', 1);
    const ids = await idsOf(scene);
    const byPolicy = ids.sign({ model: 'iris', version: '1', arm: '1', epoch: 1, slot: 77, unit: '' });
    const byName = ids.sign({ model: 'iris', version: '2', arm: '', epoch: 1, slot: -1, unit: '' });
    scene.pass(1000);
    await switchTo(scene, '2');
    const answered = async (predictionId: string) => {
      const { at, epochs } = await ask(scene, { model: '', predictionId });
      return [
        at,
        ...epochs.map(({ epoch, version, digest, arm, slot, instances }) => [
          epoch,
          version,
          digest,
          arm,
          slot,
          instances,
        ]),
      ];
    };
    assert.deepEqual(await answered(byPolicy), [DAWN, [1, '1', 'digest of iris/1', '1', 77, ['a']]]);
    assert.deepEqual(await answered(byName), [DAWN, [1, '2', 'digest of iris/2', '', undefined, ['a']]]);
    await assert.rejects(ask(scene, { model: 'rose', predictionId: byName }), {
      code: 'invalid_argument',
      message: /"iris"/,
    });
  });

  test('is refused where this registry did not sign it, and where it knows no such epoch', async () => {
    await using scene = await openScene();
    await scene.register('1');
    const facts = { model: 'iris', version: '1', arm: '1', epoch: 1, slot: 77, unit: '' };
    await using stranger = await openScene();
    const foreign = (await idsOf(stranger)).sign(facts);
    for (const predictionId of [foreign, 'nonsense']) {
      await assert.rejects(ask(scene, { predictionId }), { code: 'invalid_argument', message: /was not signed/ });
    }
    const lost = (await idsOf(scene)).sign({ ...facts, epoch: 9 });
    await assert.rejects(ask(scene, { predictionId: lost }), { code: 'not_found', message: /no epoch 9/ });
  });
});
