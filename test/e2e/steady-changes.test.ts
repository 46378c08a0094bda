import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { AdminClient } from '../support/admin-client.ts';
import type { TrafficMessage, VersionMessage } from '../support/admin-client.ts';
import { EpochLog } from '../support/epoch-log.ts';
import { MODELS, Sluice } from '../support/sluice.ts';
import { SteadyLoad } from '../support/steady-load.ts';

/** How long traffic is moved about, five times a second. */
const SECONDS = Number(process.env.STEADY_TEST_SECONDS ?? 60);
const CHANGES_PER_SECOND = 5;

it('fails and misroutes no call while versions are registered, moved about, rolled back and deleted', async () => {
  const modelsDir = await mkdtemp(join(tmpdir(), 'sluice-models-'));
  const dataDir = await mkdtemp(join(tmpdir(), 'sluice-data-'));
  await cp(join(MODELS, 'iris'), join(modelsDir, 'iris'), { recursive: true });
  let load: SteadyLoad | undefined;
  try {
    {
      await using server = await Sluice.start({ modelsDir, dataDir });
      using admin = new AdminClient(server.adminAddress);
      load = new SteadyLoad({
        ...{ address: server.predictAddress, model: 'iris' },
        ...{ connections: 3, callersPerConnection: 4, keys: 50 },
      });
      await shipVersions(admin);
      await moveTraffic(admin);
      await retireVersion(admin);
      await load.stop();
      assert.equal(await server.stop(), 0);
    }
    assert.deepEqual(load.failed, []);
    const log = await EpochLog.read(dataDir, 'iris');
    assert.ok(log.epochs.size > SECONDS, `only ${String(log.epochs.size)} epochs`);
    const wrong = load.answered.filter(({ key, epoch, version }) => log.versionFor(epoch, key) !== version);
    assert.deepEqual(wrong.slice(0, 5), []);
    const epochsSeen = new Set(load.answered.map(({ epoch }) => epoch));
    assert.ok(epochsSeen.size > SECONDS, `only ${String(epochsSeen.size)} epochs answered`);
  } finally {
    await load?.stop();
    await rm(modelsDir, { recursive: true });
    await rm(dataDir, { recursive: true });
  }
});

async function shipVersions(admin: AdminClient): Promise<void> {
  for (const [version, from] of [
    ['3', '2'],
    ['4', '1'],
  ] as const) {
    const model = await readFile(join(MODELS, 'iris', from, 'model.onnx'));
    await admin.register({ model: 'iris', version }, { 'model.onnx': model });
    await admin.qualified('iris', version);
  }
}

async function moveTraffic(admin: AdminClient): Promise<void> {
  const changes = SECONDS * CHANGES_PER_SECOND;
  for (let index = 0; index < changes; index += 1) {
    const began = performance.now();
    if (index % 17 === 16) await admin.call<TrafficMessage>('Traffic', 'RollbackTraffic', { model: 'iris' });
    else {
      const third = (index * 700) % 4000;
      const second = (index * 1100) % 3000;
      await admin.setTraffic('iris', [
        { version: '1', weight: 10_000 - second - third },
        { version: '2', weight: second },
        { version: '3', weight: third },
      ]);
    }
    await pause(Math.max(0, 1000 / CHANGES_PER_SECOND - (performance.now() - began)));
  }
}

/** Version 3 loses its traffic, is deleted while calls go on, and version 4 takes over for a while. */
async function retireVersion(admin: AdminClient): Promise<void> {
  const wait = { waitMs: 20_000 };
  const moved = await admin.setTraffic(
    'iris',
    [
      { version: '1', weight: 5000 },
      { version: '4', weight: 5000 },
    ],
    wait,
  );
  assert.equal(moved.applied, true, JSON.stringify(moved.instances));
  const gone = await admin.call<VersionMessage>('Registry', 'DeleteVersion', { model: 'iris', version: '3' });
  assert.equal(gone.state, 'DELETED');
  await admin.call('Traffic', 'SwitchTraffic', { model: 'iris', version: '1', ...wait });
}
