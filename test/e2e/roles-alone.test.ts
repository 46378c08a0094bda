import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { AdminClient } from '../support/admin-client.ts';
import { iris, SluiceClient } from '../support/client.ts';
import { freePort, FIXTURES, MODELS, Sluice } from '../support/sluice.ts';

const FLOWER = iris([5.1, 3.5, 1.4, 0.2]);

interface Instances {
  readonly instances: readonly { readonly instance: string; readonly connected: boolean; readonly settled: boolean }[];
}

describe('an admin and two serve processes with disks of their own', () => {
  let modelsDir: string;
  let admin: Sluice;
  let first: Sluice;
  let second: Sluice;
  let client: AdminClient;
  before(async () => {
    modelsDir = await mkdtemp(join(tmpdir(), 'sluice-models-'));
    await cp(join(MODELS, 'iris'), join(modelsDir, 'iris'), { recursive: true });
    await cp(join(FIXTURES, 'external'), join(modelsDir, 'external'), { recursive: true });
    const control = `--control-address=127.0.0.1:${String(await freePort())}`;
    const isOpen = (line: { event?: string; name?: unknown }): boolean =>
      line.event === 'listening' && line.name === 'admin';
    admin = await Sluice.start({ role: 'admin', modelsDir, args: [control], until: isOpen });
    [first, second] = await Promise.all([
      Sluice.start({ role: 'serve', args: [control] }),
      Sluice.start({ role: 'serve', args: [control] }),
    ]);
    client = new AdminClient(admin.adminAddress);
  });
  after(async () => {
    client.close();
    await Promise.all([first.stop(), second.stop()]);
    await admin.stop();
    await rm(modelsDir, { recursive: true });
  });

  it('brings the files of every version to each of them, external data included', async () => {
    for (const server of [first, second]) {
      using predict = new SluiceClient(server.predictAddress);
      assert.equal((await predict.predict({ model: 'iris', inputs: [FLOWER] })).epoch, 1);
      const { versions } = (await predict.call('sluice.v1.PredictService', 'ListVersions', { model: 'external' })) as {
        versions: readonly { readonly state: string }[];
      };
      assert.deepEqual(
        versions.map(({ state }) => state),
        ['VERSION_STATE_READY'],
      );
      assert.ok((await readdir(join(server.dataDir, 'serve/versions'))).length >= 3);
    }
  });

  it('puts a change in force on both before it says so, and gives a key the same version on both', async () => {
    const arms = [
      { version: '1', weight: 5000 },
      { version: '2', weight: 5000 },
    ];
    const { applied, instances } = await client.setTraffic('iris', arms, { waitMs: 20_000 });
    assert.deepEqual([applied, instances.map(({ epoch }) => epoch)], [true, [2, 2]]);
    using one = new SluiceClient(first.predictAddress);
    using other = new SluiceClient(second.predictAddress);
    for (let key = 0; key < 50; key += 1) {
      const request = { model: 'iris', inputs: [FLOWER], routingKey: `key-${String(key)}` };
      const [here, there] = [await one.predict(request), await other.predict(request)];
      assert.deepEqual([here.version, here.epoch], [there.version, there.epoch]);
    }
  });

  it('says where a change is not in force, and why', async () => {
    second.signal('SIGSTOP');
    try {
      const arms = [{ version: '2', weight: 10_000 }];
      const { applied, instances } = await client.setTraffic('iris', arms, { waitMs: 700 });
      assert.equal(applied, false);
      assert.deepEqual(instances.map(({ epoch }) => epoch).sort(), [2, 3]);
    } finally {
      second.signal('SIGCONT');
    }
    const { applied } = await client.setTraffic('iris', [{ version: '1', weight: 10_000 }], { waitMs: 20_000 });
    assert.equal(applied, true);
  });

  it('goes on with those that are left when one goes', async () => {
    await second.stop();
    const { applied } = await client.setTraffic('iris', [{ version: '2', weight: 10_000 }], { waitMs: 20_000 });
    assert.equal(applied, true);
    const { instances } = await client.call<Instances>('Monitor', 'ListInstances', {});
    assert.deepEqual(instances.map(({ connected }) => connected).sort(), [false, true]);
  });
});
