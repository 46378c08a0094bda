import assert from 'node:assert/strict';
import { it } from 'node:test';
import { AdminClient } from '../support/admin-client.ts';
import type { TrafficMessage } from '../support/admin-client.ts';
import { iris, SluiceClient } from '../support/client.ts';
import { patiently } from '../support/patiently.ts';
import { Postgres } from '../support/postgres.ts';
import { freePort, Sluice } from '../support/sluice.ts';

const FLOWER = iris([5.1, 3.5, 1.4, 0.2]);

it('keeps the registry in PostgreSQL: changes outlive kill -9 of the admin process and a broken connection', async (context) => {
  const postgres = await Postgres.open();
  if (typeof postgres === 'string') {
    context.skip(postgres);
    return;
  }
  try {
    const url = await postgres.newDatabase();
    const args = ['--admin-address', `127.0.0.1:${String(await freePort())}`];
    await using server = await Sluice.start({ args, env: { DATABASE_URL: url } });
    using admin = new AdminClient(server.adminAddress);
    using client = new SluiceClient(server.predictAddress);
    const half = [
      { version: '1', weight: 5000 },
      { version: '2', weight: 5000 },
    ];
    assert.equal((await admin.setTraffic('iris', half, { waitMs: 20_000 })).applied, true);

    process.kill(server.childPid('admin'), 'SIGKILL');
    const kept = await patiently(() => admin.call<TrafficMessage>('Traffic', 'GetTraffic', { model: 'iris' }));
    assert.equal(kept.epoch.epoch, 2);

    const database = new URL(url).pathname.slice(1);
    await postgres.ask(
      'postgres',
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database}'`,
    );
    const arms = [{ version: '2', weight: 10_000 }];
    const order = { waitMs: 20_000, idempotencyKey: 'after the break' };
    assert.equal((await patiently(() => admin.setTraffic('iris', arms, order))).applied, true);
    assert.equal((await client.predict({ model: 'iris', inputs: [FLOWER] })).version, '2');
    assert.equal((await patiently(() => admin.call<{ intact: boolean }>('Audit', 'VerifyChain', {}))).intact, true);
    const secret = server.log.filter((line) => JSON.stringify(line).includes(url));
    assert.deepEqual(secret, [], 'the address of the database is in no line of the log');
  } finally {
    await postgres.close();
  }
});
