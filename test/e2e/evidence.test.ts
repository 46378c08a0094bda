/** What serve processes count of arms, from their callers to the store. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { ArmTotals } from '../../src/monitor/arm-totals.ts';
import { armTotalsFrom } from '../../src/monitor/arm-codec.ts';
import type { JsonRecord } from '../../src/domain/registry.ts';
import { openSqliteStore } from '../../src/registry/sql/open-sqlite-store.ts';
import { AdminClient } from '../support/admin-client.ts';
import { iris, SluiceClient } from '../support/client.ts';
import { patiently } from '../support/patiently.ts';
import { freePort, Sluice } from '../support/sluice.ts';

const WAIT_MS = 30_000;
const INVALID_ARGUMENT = 3;
const AT_ONCE = 50;
const FLOWER = iris([5, 3, 1, 0]);

/** Calls that were answered well, by "EPOCH/ARM" as their replies say. */
type Counts = Readonly<Record<string, number>>;

class Callers {
  readonly #counts = new Map<string, number>();

  /** As many keyed as keyless calls, many at a time, and between them some that must not count. */
  async call(client: SluiceClient, count: number): Promise<void> {
    for (let done = 0; done < count; done += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => this.#one(client, done + index)));
      await client.predict({ model: 'iris', version: '2', inputs: [FLOWER] });
      const wrong = { name: 'X', shape: [1, 5], floats: [1, 2, 3, 4, 5] };
      await assert.rejects(client.predict({ model: 'iris', inputs: [wrong] }), { code: INVALID_ARGUMENT });
    }
  }

  get counts(): Counts {
    return Object.fromEntries([...this.#counts].toSorted());
  }

  async #one(client: SluiceClient, index: number): Promise<void> {
    const routingKey = index % 2 === 0 ? `user-${String(index % 64)}` : '';
    const { epoch, arm } = await client.predict({ model: 'iris', routingKey, inputs: [FLOWER] });
    const name = `${String(epoch)}/${arm}`;
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }
}

function split(first: number): { version: string; weight: number }[] {
  return [
    { version: '1', weight: first },
    { version: '2', weight: 10_000 - first },
  ];
}

/** The rows in the store: over all instances and boots, by name. */
async function storedArms(dataDir: string): Promise<Readonly<Record<string, readonly ArmTotals[]>>> {
  const store = await openSqliteStore({ path: join(dataDir, 'registry.db') });
  try {
    const rows = new Map<string, ArmTotals[]>();
    for (const { name, body } of await store.tallies('arm', 'iris')) {
      const totals = armTotalsFrom(JSON.parse(body) as JsonRecord);
      rows.set(name, [...(rows.get(name) ?? []), totals]);
    }
    return Object.fromEntries([...rows].toSorted());
  } finally {
    await store.close();
  }
}

/** The row of each life of the serve process has all of it, of one that is no longer there too. */
async function checkStored(dataDir: string, counts: Counts): Promise<void> {
  const arms = Object.entries(await storedArms(dataDir));
  const stored = arms.map(([name, rows]) => [name, rows.reduce((sum, { ok }) => sum + ok, 0)]);
  assert.deepEqual(Object.fromEntries(stored), counts);
  for (const [name, rows] of arms) {
    for (const { calls, ok, parts, request, runRequest, runCompute, ...others } of rows) {
      const sum = parts.reduce((total, count) => total + count, 0);
      const { pairRequest, pairCompute, drawnRequest, drawnCompute, ...faults } = others;
      assert.deepEqual([calls, sum, request.count], [ok, ok, ok], name);
      assert(request.sum >= runRequest.sum && runRequest.count === runCompute.count, name);
      assert(runCompute.count > 0 && runCompute.count <= ok, name);
      assert(pairRequest.count <= runCompute.count && drawnRequest.count <= pairRequest.count, name);
      assert.deepEqual([pairCompute.count, drawnCompute.count], [pairRequest.count, drawnRequest.count], name);
      assert(runCompute.min > 0 && runCompute.max < 60 && request.max < 60, name);
      assert.equal(
        Object.values(faults)
          .flat()
          .filter((figure) => figure !== 0).length,
        0,
        name,
      );
    }
  }
}

it('the store has of each arm exactly the calls that its callers saw, although the admin process is killed', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sluice-evidence-'));
  const adminAddress = `127.0.0.1:${String(await freePort())}`;
  const start = (): Promise<Sluice> => Sluice.start({ dataDir, args: ['--admin-address', adminAddress] });
  const callers = new Callers();
  try {
    {
      await using server = await start();
      using admin = new AdminClient(server.adminAddress);
      using client = new SluiceClient(server.predictAddress);
      await admin.setTraffic('iris', split(3_000), { waitMs: WAIT_MS });
      await callers.call(client, 400);
      assert.equal(Object.keys(callers.counts).length, 2, 'both arms were called');
      const calling = callers.call(client, 400);
      process.kill(server.childPid('admin'), 'SIGKILL');
      await calling;
      await patiently(() => admin.setTraffic('iris', split(5_000), { waitMs: WAIT_MS, idempotencyKey: 'again' }));
      await callers.call(client, 100);
      assert.equal(Object.keys(callers.counts).length, 4, 'under both policies');
    }
    await checkStored(dataDir, callers.counts);
    {
      await using server = await start();
      using client = new SluiceClient(server.predictAddress);
      await callers.call(client, 100);
    }
    await checkStored(dataDir, callers.counts);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});
