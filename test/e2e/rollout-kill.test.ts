/** kill -9 of the admin process in the middle of rollouts: they go on where they were, and decide nothing twice. */
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { beginFirstTraffic } from '../../src/admin/first-traffic.ts';
import { evidenceFrom, recordFrom } from '../../src/admin/rollout-codec.ts';
import type { RolloutEntry, RolloutRecord } from '../../src/admin/rollout-body.ts';
import { verifyChain } from '../../src/admin/verify-chain.ts';
import { openSqliteStore } from '../../src/registry/sql/open-sqlite-store.ts';
import type { Store } from '../../src/registry/store.ts';
import { AdminClient } from '../support/admin-client.ts';
import { registered } from '../support/admin-scene.ts';
import { flower } from '../support/canary-models.ts';
import { patiently } from '../support/patiently.ts';
import { Prng } from '../support/prng.ts';
import { RolloutKiller } from '../support/rollout-killer.ts';
import { BAD, GOOD, STABLE } from '../support/rollout-names.ts';
import { checkReplay } from '../support/rollout-replay.ts';
import { FIXTURES, freePort, Sluice } from '../support/sluice.ts';
import { SteadyRate } from '../support/steady-rate.ts';

const KILLS = Number(process.env.ROLLOUT_KILLS ?? 100);
async function prepare(path: string): Promise<void> {
  const store = await openSqliteStore({ path });
  const context = { now: Date.now, newSalt: () => 'salt' };
  await store.transact(async (writer) => {
    await writer.putModel({ model: 'iris', config: {}, importedTraffic: undefined, createdAt: 0 });
    for (const version of [STABLE, GOOD, BAD]) {
      const row = registered({ version });
      await writer.putVersion(row);
      await beginFirstTraffic(writer, context, row);
    }
  });
  await store.close();
}

/**
 * Each epoch that a rollout put in force is one entry of its journal's, and each weight was in force as the entry says.
 */
async function checkEpochs(
  store: Store,
  journals: ReadonlyMap<number, { record: RolloutRecord; entries: readonly RolloutEntry[] }>,
): Promise<void> {
  const told = [...journals].flatMap(([id, { record, entries }]) =>
    entries
      .filter(({ epoch }, index) => epoch !== entries[index - 1]?.epoch)
      .map(({ epoch, weight }) => ({ epoch, rollout: id, weight, candidate: record.state.candidate })),
  );
  const epochs = (await store.epochs('iris', { limit: 10_000 })).filter(({ cause }) => cause === 'rollout');
  const inForce = epochs.map(({ policy, reason }) => {
    const rollout = Number(/^rollout (\d+): /.exec(reason)?.[1]);
    const candidate = journals.get(rollout)?.record.state.candidate ?? '';
    const weight = policy.arms.find(({ version }) => version === candidate)?.weight ?? 0;
    return { epoch: policy.epoch, rollout, weight, candidate };
  });
  const byEpoch = (a: { epoch: number }, b: { epoch: number }): number => a.epoch - b.epoch;
  assert.deepEqual(inForce.toSorted(byEpoch), told.toSorted(byEpoch));
}

async function checkAudit(store: Store, entries: readonly RolloutEntry[]): Promise<void> {
  const verdict = await verifyChain({ store });
  assert.equal(verdict.intact, true);
  const events = (await store.eventsFrom(1, verdict.events)).filter(({ kind }) => kind.startsWith('rollout.'));
  const shown = ({ at, actor, reason }: { at: number; actor: string; reason: string }): string =>
    [at, actor, reason].join(' ');
  // That every serve process has a weight in force is no decision.
  const decided = entries.filter(({ kind }) => kind !== 'holding');
  assert.deepEqual(events.map(shown).toSorted(), decided.map(shown).toSorted());
}

/** A call that was counted twice would make them more than there were. */
async function checkEvidence(store: Store, killer: RolloutKiller, { document, state }: RolloutRecord): Promise<void> {
  const evidence = evidenceFrom(await store.note('rollout', document.id));
  const epochs = evidence.epochs.map(({ epoch }) => epoch);
  const made = killer.serve.callsOf(state.candidate, epochs);
  const { calls } = evidence.candidate;
  assert(calls <= made, `${calls} calls of ${made} in rollout ${document.id}`);
}

test(`of its rollouts' process, at ${KILLS} random moments, leaves each where its journal says, decided as the reducer does`, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-rollout-kill-'));
  const path = join(directory, 'registry.db');
  await prepare(path);
  const killer = new RolloutKiller(directory);
  const startedAt = performance.now();
  await killer.run(KILLS);
  const store = await openSqliteStore({ path });
  const documents = await store.documents({ kind: 'rollout' }, { limit: 10_000 });
  const journals = new Map<number, { record: RolloutRecord; entries: readonly RolloutEntry[] }>();
  for (const document of documents) {
    const record = recordFrom(document);
    const isFull = (reason: string): boolean =>
      killer.commands.get(/command \d+$/.exec(reason)?.[0] ?? '')?.full === true;
    journals.set(document.id, { record, entries: await checkReplay(store, record, isFull) });
    await checkEvidence(store, killer, record);
  }
  const entries = [...journals.values()].flatMap((journal) => journal.entries);
  await checkEpochs(store, journals);
  await checkAudit(store, entries);
  for (const [key, { rollout }] of killer.commands) {
    const own = journals.get(rollout)?.entries.filter(({ reason }) => reason.endsWith(key)) ?? [];
    assert(own.length <= 1, `${key} happened ${own.length} times`);
    if (killer.acknowledged.get(key) === 'refused') assert.equal(own.length, 0, key);
  }
  const ends = [...journals].map(
    ([
      id,
      {
        record: { state },
        entries: own,
      },
    ]) => {
      const isAlone = own.slice(1).every(({ actor }) => actor === 'sluice');
      if (isAlone && !documents.some((document) => document.id === id && document.open)) {
        const { phase } = state;
        assert.equal(phase, state.candidate === GOOD ? 'promoted' : 'aborted', `rollout ${id}: ${state.reason}`);
      }
      return state.phase;
    },
  );
  assert.deepEqual(killer.faults, []);
  const summary = `${KILLS} kills, ${ends.length} rollouts (${ends.join(' ')}), ${entries.length} transitions`;
  console.log(`${summary}, ${killer.acknowledged.size} commands, ${Math.round(performance.now() - startedAt)} ms`);
  await store.close();
  await rm(directory, { recursive: true });
});

interface RolloutMessage {
  readonly phase: string;
  readonly reason: string;
  readonly generation: number;
  readonly transitions: readonly { readonly seq: number; readonly kind: string; readonly weight: number }[];
}

test('of the admin process of `sluice up` in the middle of a rollout fails no call, and the rollout goes on to its end', async () => {
  const modelsDir = await mkdtemp(join(tmpdir(), 'sluice-rollout-models-'));
  await cp(join(FIXTURES, 'canary'), join(modelsDir, 'canary'), { recursive: true });
  // The address has to outlive the process.
  const args = ['--admin-address', `127.0.0.1:${await freePort()}`];
  {
    await using server = await Sluice.start({ modelsDir, args });
    using admin = new AdminClient(server.adminAddress);
    const random = new Prng(7);
    const request = () => ({
      model: 'canary',
      inputs: [{ name: 'X', shape: [1, 4], floats: flower(() => random.next()) }],
    });
    await using load = new SteadyRate({ address: server.predictAddress, perSecond: 200, request });
    await admin.setTraffic('canary', [{ version: 'base', weight: 10_000 }], { waitMs: 30_000 });
    const steps = [1000, 5000].map((weight) => ({ weight, hold: { seconds: 1 }, minRequests: 50, analysis: false }));
    const strategy = { canary: { steps }, bake: { seconds: 1 } };
    const start = { model: 'canary', candidate: 'same', strategy, idempotencyKey: 'once' };
    await admin.call('Rollouts', 'Start', start);
    const follow = async (isSo: (rollout: RolloutMessage) => boolean): Promise<RolloutMessage> => {
      for (;;) {
        const rollout = await patiently(() => admin.call<RolloutMessage>('Rollouts', 'Get', { model: 'canary' }));
        if (isSo(rollout)) return rollout;
        await pause(50);
      }
    };
    for (const weight of [1000, 5000, 10_000]) {
      await follow(({ transitions }) => transitions.at(-1)?.weight === weight);
      process.kill(server.childPid('admin'), 'SIGKILL');
      // Whoever heard nothing asks again.
      await patiently(() => admin.call('Rollouts', 'Start', start));
    }
    const ended = await follow(({ phase }) => phase === 'promoted' || phase === 'aborted');
    await load.stop();
    assert.deepEqual(
      ended.transitions.map(({ kind, weight }) => `${kind} ${weight}`),
      ['started 1000', 'holding 1000', 'stage 5000', 'holding 5000', 'stage 10000', 'holding 10000', 'promoted 10000'],
      ended.reason,
    );
    assert.equal(ended.generation, 7);
    assert.deepEqual(
      load.calls.filter(({ error }) => error !== ''),
      [],
    );
    const verdict = await admin.call<{ intact: boolean }>('Audit', 'VerifyChain', {});
    assert.equal(verdict.intact, true);
  }
  await rm(modelsDir, { recursive: true });
});
