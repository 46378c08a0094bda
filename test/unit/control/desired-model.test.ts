/** What serve processes should have, worked out from a registry in memory. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { deleteVersion } from '../../../src/admin/delete-version.ts';
import { setAlias } from '../../../src/admin/set-alias.ts';
import { allDesiredModels, desiredModel } from '../../../src/control/desired-model.ts';
import type { Desired } from '../../../src/control/desired-model.ts';
import { REGISTRY_STATES } from '../../../src/domain/registry.ts';
import { TOTAL_WEIGHT } from '../../../src/domain/traffic.ts';
import type { TrafficPolicy } from '../../../src/domain/traffic.ts';
import { reportFromJson } from '../../../src/registry/report-codec.ts';
import type { StoreWriter } from '../../../src/registry/store.ts';
import { report, settings, trafficPolicy } from '../../support/builders.ts';
import { DAWN, openScene, order, registered } from '../../support/admin-scene.ts';
import type { Scene } from '../../support/admin-scene.ts';
import { policy, rollBack, send, switchTo } from '../../support/traffic.ts';

const HOLD_MS = 60_000;

async function sceneWith(...versions: readonly string[]): Promise<Scene> {
  const scene = await openScene({ holdFormerMs: HOLD_MS });
  for (const version of versions) await scene.register(version);
  return scene;
}

async function desiredOf({ context }: Scene, model = 'iris'): Promise<Desired> {
  const desired = await desiredModel(context, model);
  assert(desired, `the registry has ${model}`);
  return desired;
}

async function loadedOf(scene: Scene): Promise<string[]> {
  return (await desiredOf(scene)).wire.versions.map(({ version }) => version);
}

suite('which versions are to be loaded', () => {
  test('there is nothing to say about a model that the registry does not have', async () => {
    await using scene = await sceneWith('1');
    assert.equal(await desiredModel(scene.context, 'mnist'), undefined);
  });

  test('a model whose first version is not yet qualified has no policy and nothing to load', async () => {
    await using scene = await sceneWith();
    await scene.register('1', { state: 'uploaded' });
    const { wire, reviewAt } = await desiredOf(scene);
    assert.deepEqual(
      { ...wire, reviewAt },
      {
        model: 'iris',
        versions: [],
        policyJson: '',
        aliases: new Map(),
        others: new Map([['1', 'it waits to be qualified']]),
        rejected: [],
        reviewAt: Infinity,
      },
    );
  });

  test('a version travels with its files, its settings, its report, and what was said about it', async () => {
    await using scene = await sceneWith();
    const files = [
      { path: 'model.onnx', size: 7, sha256: 'aa' },
      { path: 'w.bin', size: 9, sha256: 'bb' },
    ];
    const metadata = { ...registered().metadata, description: 'flowers', tags: { team: 'a' }, extra: { seed: 7 } };
    await scene.register('1', { digest: 'dd', files, bytes: 16, metadata });
    const [version] = (await desiredOf(scene)).wire.versions;
    assert(version);
    const { settingsJson, reportJson, metadataJson, ...rest } = version;
    assert.deepEqual(rest, { version: '1', digest: 'dd', bytes: 16, files });
    assert.deepEqual(JSON.parse(settingsJson), settings());
    assert.deepEqual(reportFromJson(reportJson), report());
    assert.deepEqual(JSON.parse(metadataJson), { description: 'flowers', tags: { team: 'a' }, seed: 7 });
  });

  test('every arm is, also with weight 0; a version without a part is not, and the word says how it would be', async () => {
    await using scene = await sceneWith('1', '2', '3');
    await send(scene, policy({ 1: 10_000, 2: 0 }));
    const { wire } = await desiredOf(scene);
    assert.deepEqual(await loadedOf(scene), ['1', '2']);
    assert.deepEqual(
      wire.others,
      new Map([['3', 'it is not loaded; give it traffic, an alias, or an arm of weight 0']]),
    );
    const sent = JSON.parse(wire.policyJson) as TrafficPolicy;
    assert.deepEqual(
      sent.arms.map(({ version, weight }) => [version, weight]),
      [
        ['1', 10_000],
        ['2', 0],
      ],
    );
  });

  test('shadows, versions of rules, and who answers for others are', async () => {
    await using scene = await sceneWith('1', '2', '3', '4', '5');
    await send(
      scene,
      policy(
        { 1: 10_000 },
        {
          shadows: [{ version: '2', share: 100 }],
          rules: [{ name: 'beta', header: 'x-beta', match: { kind: 'present', present: true }, version: '3' }],
          failOverTo: '4',
        },
      ),
    );
    assert.deepEqual(await loadedOf(scene), ['1', '2', '3', '4']);
  });

  test('versions that an alias points at, and warm ones, are; in the order of their names as people count', async () => {
    await using scene = await sceneWith('10', '9', '1', '2');
    await scene.register('30', { warm: true });
    await setAlias(scene.context, { model: 'iris', alias: 'best', version: '2', expectedVersion: '' }, order());
    assert.deepEqual(await loadedOf(scene), ['2', '10', '30']);
    assert.deepEqual((await desiredOf(scene)).wire.aliases, new Map([['best', '2']]));
  });

  for (const [state, word] of [
    ['uploaded', 'it waits to be qualified'],
    ['qualifying', 'it is being qualified'],
    ['rejected', 'it was rejected: it hangs'],
  ] as const) {
    test(`a version that is ${state} is never loaded, even if warm; the word for it is "${word}"`, async () => {
      await using scene = await sceneWith('1');
      await scene.register('2', { state, warm: true, reason: state === 'rejected' ? 'it hangs' : '' });
      assert.deepEqual(await loadedOf(scene), ['1']);
      const { others, rejected } = (await desiredOf(scene)).wire;
      assert.deepEqual(others, new Map([['2', word]]));
      assert.deepEqual(rejected, state === 'rejected' ? ['2'] : []);
    });
  }

  test('a version that was deleted is neither loaded nor known', async () => {
    await using scene = await sceneWith('1', '2');
    await deleteVersion(scene.context, { model: 'iris', version: '2' }, order());
    assert.deepEqual(await loadedOf(scene), ['1']);
    assert.deepEqual((await desiredOf(scene)).wire.others, new Map());
  });
});

suite('versions that lost their traffic', () => {
  test('are held for the hold time and not a moment longer', async () => {
    await using scene = await sceneWith('1', '2');
    scene.pass(1000);
    await switchTo(scene, '2');
    scene.pass(HOLD_MS - 1);
    assert.deepEqual(await loadedOf(scene), ['1', '2']);
    assert.equal((await desiredOf(scene)).reviewAt, DAWN + 1000 + HOLD_MS);
    scene.pass(1);
    assert.deepEqual(await loadedOf(scene), ['2']);
    assert.equal((await desiredOf(scene)).reviewAt, Infinity);
  });

  test('the review is when the first of several may go', async () => {
    await using scene = await sceneWith('1', '2', '3');
    scene.pass(1000);
    await switchTo(scene, '2');
    scene.pass(1000);
    await switchTo(scene, '3');
    assert.deepEqual(await loadedOf(scene), ['1', '2', '3']);
    assert.equal((await desiredOf(scene)).reviewAt, DAWN + 1000 + HOLD_MS);
    scene.pass(HOLD_MS - 1000);
    assert.deepEqual(await loadedOf(scene), ['2', '3']);
    assert.equal((await desiredOf(scene)).reviewAt, DAWN + 2000 + HOLD_MS);
  });

  test('there is nothing to review where a former policy names the same versions', async () => {
    await using scene = await sceneWith('1', '2');
    await send(scene, policy({ 1: 9000, 2: 1000 }));
    scene.pass(1000);
    await send(scene, policy({ 1: 5000, 2: 5000 }));
    assert.equal((await desiredOf(scene)).reviewAt, Infinity);
  });

  test('a version that a rollback gave its traffic back holds the other one now', async () => {
    await using scene = await sceneWith('1', '2');
    scene.pass(1000);
    await switchTo(scene, '2');
    scene.pass(1000);
    await rollBack(scene);
    assert.deepEqual(await loadedOf(scene), ['1', '2']);
    assert.equal((await desiredOf(scene)).reviewAt, DAWN + 2000 + HOLD_MS);
  });

  test('are not held at all where the hold time is 0', async () => {
    await using scene = await openScene({ holdFormerMs: 0 });
    await scene.register('1');
    await scene.register('2');
    scene.pass(1000);
    await switchTo(scene, '2');
    assert.deepEqual(await loadedOf(scene), ['2']);
  });
});

const VERSIONS = ['1', '2', '3', '10'] as const;
const someVersion = fc.constantFrom(...VERSIONS);

/** A model with versions in any state, epochs that name any of them, and aliases. */
const anyModel = fc.record({
  versions: fc.uniqueArray(
    fc.record({ version: someVersion, state: fc.constantFrom(...REGISTRY_STATES), warm: fc.boolean() }),
    { selector: ({ version }) => version },
  ),
  epochs: fc.array(
    fc.record({ version: someVersion, idle: someVersion, shadow: someVersion, lasted: fc.nat(90_000) }),
    {
      maxLength: 4,
    },
  ),
  aliases: fc.uniqueArray(fc.record({ alias: fc.constantFrom('a', 'b', 'c'), version: someVersion }), {
    selector: ({ alias }) => alias,
  }),
});
type AnyModel = (typeof anyModel extends fc.Arbitrary<infer T> ? T : never) & object;

async function put(writer: StoreWriter, model: string, { versions, epochs, aliases }: AnyModel): Promise<void> {
  await writer.putModel({ model, config: {}, importedTraffic: undefined, createdAt: DAWN });
  for (const version of versions) {
    const deletedAt = version.state === 'deleted' ? DAWN : undefined;
    await writer.putVersion(registered({ model, ...version, deletedAt }));
  }
  let at = DAWN;
  for (const [index, { version, idle, shadow, lasted }] of epochs.entries()) {
    const arms =
      version === idle
        ? ([[version, TOTAL_WEIGHT]] as const)
        : ([
            [version, TOTAL_WEIGHT],
            [idle, 0],
          ] as const);
    await writer.beginEpoch({
      model,
      policy: trafficPolicy(arms, { epoch: index + 1, shadows: [{ version: shadow, share: 1 }] }),
      digests: Object.fromEntries([version, idle, shadow].map((name) => [name, `digest of ${name}`])),
      validFrom: at,
      validTo: undefined,
      actor: 'ann',
      reason: '',
      cause: 'set',
    });
    at += lasted;
  }
  const known = aliases.filter(({ version }) => versions.some((row) => row.version === version));
  for (const alias of known) await writer.putAlias({ model, ...alias, since: DAWN, actor: 'ann' });
}

test('all models at once are what each of them is alone', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyModel, { maxLength: 4 }), fc.nat(200_000), async (models, passed) => {
      await using scene = await openScene({ holdFormerMs: HOLD_MS });
      const names = models.map((_, index) => `m${index}`);
      await scene.store.transact(async (writer) => {
        for (const [index, model] of models.entries()) await put(writer, `m${index}`, model);
      });
      scene.pass(passed);
      const alone: (Desired | undefined)[] = [];
      for (const name of names) alone.push(await desiredModel(scene.context, name));
      assert.deepEqual(await allDesiredModels(scene.context), alone);
    }),
    { numRuns: 60 },
  );
});

test('more models than are read at a time are all there', async () => {
  await using scene = await openScene();
  const names = Array.from({ length: 1001 }, (_, index) => `m${String(index).padStart(4, '0')}`);
  await scene.store.transact(async (writer) => {
    for (const name of names) await put(writer, name, { versions: [], epochs: [], aliases: [] });
  });
  const found = (await allDesiredModels(scene.context)).map(({ wire }) => wire.model);
  assert.deepEqual(found, names);
});

test('a config that this build does not take is told with the name of its model', async () => {
  await using scene = await openScene();
  await scene.store.transact((writer) => put(writer, 'odd', { versions: [], epochs: [], aliases: [] }));
  const settingsOf = (): never => {
    throw new Error('unknown key "lanes"');
  };
  await assert.rejects(allDesiredModels({ ...scene.context, settingsOf }), /model "odd".*unknown key "lanes"/);
});
