import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, afterEach, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { AdminClient } from '../support/admin-client.ts';
import type { TrafficMessage, VersionMessage } from '../support/admin-client.ts';
import { iris, SluiceClient } from '../support/client.ts';
import { patiently } from '../support/patiently.ts';
import { freePort, MODELS, Sluice } from '../support/sluice.ts';
import type { SluiceOptions } from '../support/sluice.ts';
import { SteadyLoad } from '../support/steady-load.ts';

const FLOWER = iris([5.1, 3.5, 1.4, 0.2]);
const COMMANDS = Number(process.env.KILL_TEST_COMMANDS ?? 200);
/** After so many commands something is killed. */
const COMMANDS_PER_KILL = 12;
const WAIT_MS = 30_000;

describe('kill -9', () => {
  let modelsDir: string;
  let dataDir: string;
  let options: SluiceOptions;
  let model: Buffer;
  before(async () => {
    modelsDir = await mkdtemp(join(tmpdir(), 'sluice-models-'));
    await cp(join(MODELS, 'iris'), join(modelsDir, 'iris'), { recursive: true });
    model = await readFile(join(MODELS, 'iris/2/model.onnx'));
  });
  after(async () => {
    await rm(modelsDir, { recursive: true });
  });
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'sluice-data-'));
    const [predict, admin] = [await freePort(), await freePort()];
    const args = ['--predict-address', `127.0.0.1:${String(predict)}`, '--admin-address', `127.0.0.1:${String(admin)}`];
    options = { modelsDir, dataDir, args };
  });
  afterEach(async () => {
    await rm(dataDir, { recursive: true });
  });

  it('of the admin process under load fails no call, loses no acknowledged change, and the chain verifies', async () => {
    await using server = await Sluice.start(options);
    using admin = new AdminClient(server.adminAddress);
    const load = new SteadyLoad({
      ...{ address: server.predictAddress, model: 'iris' },
      ...{ connections: 3, callersPerConnection: 4, keys: 10 },
    });
    try {
      let epoch = 1;
      for (let round = 0; round < 3; round += 1) {
        const weight = 1000 * (round + 1);
        const arms = [
          { version: '1', weight: 10_000 - weight },
          { version: '2', weight },
        ];
        epoch = (await patiently(() => admin.setTraffic('iris', arms, { idempotencyKey: `round-${String(round)}` })))
          .epoch.epoch;
        process.kill(server.childPid('admin'), 'SIGKILL');
        const back = await patiently(() => admin.call<TrafficMessage>('Traffic', 'GetTraffic', { model: 'iris' }));
        assert.equal(back.epoch.epoch, epoch);
      }
      // It hears of the serve process again, and a change goes through to it.
      const more = { waitMs: WAIT_MS };
      const last = await patiently(() => admin.setTraffic('iris', [{ version: '2', weight: 10_000 }], more));
      assert.equal(last.applied, true, JSON.stringify(last.instances));
      const verdict = await admin.call<{ intact: boolean }>('Audit', 'VerifyChain', {});
      assert.equal(verdict.intact, true);
      const restarts = server.log.filter((line) => line.event === 'adminRestarting');
      assert.equal(restarts.length, 3);
    } finally {
      await load.stop();
    }
    assert.deepEqual(load.failed, []);
    assert.ok(load.answered.length > 1000);
  });

  it('of the serve process loses only calls in flight: it is back by itself, with the epoch that it had', async () => {
    await using server = await Sluice.start(options);
    using admin = new AdminClient(server.adminAddress);
    using client = new SluiceClient(server.predictAddress);
    const arms = [
      { version: '1', weight: 5000 },
      { version: '2', weight: 5000 },
    ];
    assert.equal((await admin.setTraffic('iris', arms, { waitMs: WAIT_MS })).applied, true);
    const load = new SteadyLoad({
      ...{ address: server.predictAddress, model: 'iris' },
      ...{ connections: 3, callersPerConnection: 4, keys: 10, retryUnavailable: true },
    });
    try {
      process.kill(server.childPid('serve'), 'SIGKILL');
      const reply = await patiently(() => client.predict({ model: 'iris', inputs: [FLOWER] }));
      assert.equal(reply.epoch, 2);
      const applied = await admin.setTraffic('iris', [{ version: '1', weight: 10_000 }], { waitMs: WAIT_MS });
      assert.equal(applied.applied, true, JSON.stringify(applied.instances));
    } finally {
      await load.stop();
    }
    assert.deepEqual(load.failed, []);
  });

  it('of the admin process does not keep a serve process from starting with what it knew', async () => {
    {
      await using server = await Sluice.start(options);
      using admin = new AdminClient(server.adminAddress);
      const arms = [{ version: '2', weight: 10_000 }];
      assert.equal((await admin.setTraffic('iris', arms, { waitMs: WAIT_MS })).applied, true);
    }
    await using alone = await Sluice.start({ ...options, role: 'serve' });
    using client = new SluiceClient(alone.predictAddress);
    const reply = await client.predict({ model: 'iris', inputs: [FLOWER] });
    assert.deepEqual([reply.version, reply.epoch], ['2', 2]);
    assert.ok(reply.predictionId !== '');
  });

  it(`of both, at random points of ${String(COMMANDS)} commands, leaves every acknowledged one there and none half done`, async () => {
    await using server = await Sluice.start(options);
    using admin = new AdminClient(server.adminAddress);
    const random = seeded(20261124);
    const expected = new Map<string, string>();
    let policy = '1=10000';
    const kills: Promise<void>[] = [];
    for (let index = 0; index < COMMANDS; index += 1) {
      if (index % COMMANDS_PER_KILL === COMMANDS_PER_KILL - 1) kills.push(killSoon(server, random));
      const key = `command-${String(index)}`;
      if (random() < 0.3) {
        const version = `v${String(index)}`;
        const { version: made } = await patiently(() =>
          admin.register({ model: 'iris', version, idempotencyKey: key }, { 'model.onnx': model }),
        );
        expected.set(version, made.digest);
      } else {
        const weight = 1 + Math.floor(random() * 9998);
        const arms = [
          { version: '1', weight: 10_000 - weight },
          { version: '2', weight },
        ];
        await patiently(() => admin.setTraffic('iris', arms, { idempotencyKey: key }));
        policy = arms.map((arm) => `${arm.version}=${String(arm.weight)}`).join();
      }
    }
    await Promise.all(kills);
    await everythingIsThere(admin, expected, policy);
  });

  async function everythingIsThere(
    admin: AdminClient,
    expected: ReadonlyMap<string, string>,
    policy: string,
  ): Promise<void> {
    const traffic = await patiently(() => admin.call<TrafficMessage>('Traffic', 'GetTraffic', { model: 'iris' }));
    assert.equal(traffic.epoch.policy.arms.map((arm) => `${arm.version}=${String(arm.weight)}`).join(), policy);
    for (const [version, digest] of expected) {
      const kept = await patiently(() => admin.qualified('iris', version));
      assert.equal(kept.digest, digest);
      const shown = await patiently(() =>
        admin.call<VersionMessage>('Registry', 'GetVersion', { model: 'iris', version }),
      );
      assert.equal(shown.state, 'QUALIFIED');
    }
    const verdict = await patiently(() => admin.call<{ intact: boolean; events: number }>('Audit', 'VerifyChain', {}));
    assert.equal(verdict.intact, true);
    // A serve process follows the policy in the end.
    const arms = [{ version: '2', weight: 10_000 }];
    const applied = await admin.setTraffic('iris', arms, { waitMs: WAIT_MS });
    assert.equal(applied.applied, true, JSON.stringify(applied.instances));
  }
});

/** At some moment of the next 100 ms: the admin process, the serve process, or both. */
async function killSoon(server: Sluice, random: () => number): Promise<void> {
  const dice = random();
  const roles = dice < 0.4 ? (['admin'] as const) : dice < 0.7 ? (['serve'] as const) : (['admin', 'serve'] as const);
  await pause(random() * 100);
  for (const role of roles) {
    const pid = server.findChild(role);
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }
}

function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
