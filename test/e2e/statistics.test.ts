import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { AdminClient } from '../support/admin-client.ts';
import { SluiceClient } from '../support/client.ts';
import { patiently } from '../support/patiently.ts';
import { freePort, Sluice } from '../support/sluice.ts';
import { SteadyLoad } from '../support/steady-load.ts';

const INVALID_ARGUMENT = 3;
const SECONDS = Number(process.env.STATISTICS_TEST_SECONDS ?? 12);
const KILLS = 3;
const PATIENCE_MS = 30_000;

interface Stats {
  readonly total: number;
  readonly ok: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly latency: { readonly count: number; readonly p50Ms: number; readonly p99Ms: number };
}

it('counts exactly what its callers counted, although the admin process is killed again and again', async () => {
  const adminPort = await freePort();
  await using server = await Sluice.start({ args: ['--admin-address', `127.0.0.1:${String(adminPort)}`] });
  using admin = new AdminClient(server.adminAddress);
  using client = new SluiceClient(server.predictAddress);
  const load = new SteadyLoad({
    ...{ address: server.predictAddress, model: 'iris' },
    ...{ connections: 3, callersPerConnection: 8, keys: 20 },
  });
  const storm = new Storm(client);
  let bad = 0;
  try {
    for (let round = 0; round < KILLS; round += 1) {
      const weight = 2500 * (round + 1);
      const arms = [
        { version: '1', weight: 10_000 - weight },
        { version: '2', weight },
      ];
      await patiently(() => admin.setTraffic('iris', arms, { idempotencyKey: `round-${String(round)}` }));
      for (let call = 0; call < 20; call += 1) bad += await badCall(client);
      await pause((SECONDS * 1000) / KILLS);
      process.kill(server.childPid('admin'), 'SIGKILL');
    }
  } finally {
    await load.stop();
    await storm.stop();
  }
  assert.deepEqual(load.failed, []);
  for (const version of ['1', '2']) {
    const answered = load.answered.filter((reply) => reply.version === version).length;
    const errors = version === '1' ? bad : 0;
    const stats = await statsOnce(admin, version, answered + errors);
    assert.deepEqual(
      [stats.ok, stats.total, stats.errors.invalid_argument ?? 0, stats.latency.count],
      [answered, answered + errors, errors, answered],
      `version ${version}`,
    );
    assert.ok(stats.latency.p50Ms > 0 && stats.latency.p50Ms <= stats.latency.p99Ms);
  }
  const whole = await admin.call<Stats>('Monitor', 'GetStats', { model: 'digits', window: { seconds: 86_400 } });
  assert.ok(whole.ok >= storm.answered && whole.total <= storm.made, JSON.stringify({ whole, made: storm.made }));
});

/** The last report is on its way for up to a second, and the admin process may be starting. */
async function statsOnce(admin: AdminClient, version: string, total: number): Promise<Stats> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const request = { model: 'iris', version, window: { seconds: 86_400 } };
    const stats = await patiently(() => admin.call<Stats>('Monitor', 'GetStats', request));
    if (stats.total >= total || Date.now() > deadline) return stats;
    await pause(100);
  }
}

async function badCall(client: SluiceClient): Promise<number> {
  const inputs = [{ name: 'X', shape: [1, 5], floats: [1, 2, 3, 4, 5] }];
  await assert.rejects(client.predict({ model: 'iris', version: '1', inputs }), { code: INVALID_ARGUMENT });
  return 1;
}

/** Cancelled and late calls, whose outcome the two sides may see differently, on a model of their own. */
class Storm {
  made = 0;
  answered = 0;
  #stopping = false;
  readonly #caller: Promise<void>;

  constructor(client: SluiceClient) {
    this.#caller = this.#run(client);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#caller;
  }

  async #run(client: SluiceClient): Promise<void> {
    const pixels = { name: 'pixels', shape: [1, 64], floats: Array.from({ length: 64 }, () => 0.5) };
    while (!this.#stopping) {
      this.made += 1;
      const late = this.made % 2 === 0;
      try {
        const options = late ? { deadline: Date.now() + 2 } : { deadline: Date.now() + 10_000 };
        await client.predict(
          { model: 'digits', inputs: [pixels] },
          options,
          undefined,
          late ? undefined : this.made % 4,
        );
        this.answered += 1;
      } catch {
        // Cancelled or late: that is what it is for.
      }
    }
  }
}
