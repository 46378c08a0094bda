/** kill -9 of the admin process in the middle of rollouts: they go on where they were, and decide nothing twice. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
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
import type { ChildCommand, ChildNews } from '../support/rollout-child.ts';
import { checkReplay } from '../support/rollout-replay.ts';
import { FIXTURES, freePort, Sluice } from '../support/sluice.ts';
import { SteadyRate } from '../support/steady-rate.ts';

const CHILD = fileURLToPath(new URL('../support/rollout-child.ts', import.meta.url));
const KILLS = Number(process.env.ROLLOUT_KILLS ?? 100);
/** Each life is that long at most, from when it opens the store. */
const LIFE_MS = 300;
const COMMANDS = ['pause', 'resume', 'promote', 'abort'] as const;

/** Kills one child after the other, and gives commands to some rollouts until they are acknowledged. */
class Killer {
  readonly #path: string;
  readonly #random = new Prng(20261124);
  readonly commands = new Map<string, ChildCommand>();
  readonly acknowledged = new Map<string, 'done' | 'refused'>();
  readonly faults: string[] = [];
  /** Of rollouts without commands the evidence alone decides. */
  readonly #isLeftAlone = (rollout: number): boolean => rollout % 4 < 2;
  #open = 0;
  #unanswered: ChildCommand | undefined;
  #ended = Promise.withResolvers<undefined>();

  constructor(path: string) {
    this.#path = path;
  }

  async run(kills: number): Promise<void> {
    let coming = this.#spawn();
    for (let life = 0; life <= kills; life += 1) {
      const child = await coming;
      // The next one loads meanwhile.
      if (life < kills) coming = this.#spawn();
      const exit = once(child, 'exit');
      child.send({ path: this.#path, boot: `life ${life}` });
      if (life < kills) await this.#live(child);
      else await this.#finish(child);
      child.kill('SIGKILL');
      assert.deepEqual(await exit, [null, 'SIGKILL'], `life ${life} ended by itself; ${this.faults.join('; ')}`);
    }
  }

  async #spawn(): Promise<ChildProcess> {
    const child = fork(CHILD, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    child.on('message', (news: ChildNews) => {
      this.#hear(news);
    });
    const [loaded] = (await once(child, 'message')) as [ChildNews];
    assert.equal(loaded.kind, 'loaded');
    return child;
  }

  #hear(news: ChildNews): void {
    if (news.kind === 'open') {
      if (news.rollout !== this.#open) this.#ended.resolve(undefined);
      this.#open = news.rollout;
    }
    if (news.kind === 'fault') this.faults.push(news.what);
    if (news.kind !== 'done' && news.kind !== 'refused') return;
    this.acknowledged.set(news.key, news.kind);
    if (this.#unanswered?.key === news.key) this.#unanswered = undefined;
  }

  async #live(child: ChildProcess): Promise<void> {
    const ms = this.#random.next() * LIFE_MS;
    const at = this.#random.next() * ms;
    // What was not acknowledged is asked for again, under the same key.
    if (this.#unanswered !== undefined) child.send(this.#unanswered);
    await pause(at);
    this.#unanswered ??= this.#command();
    if (this.#unanswered !== undefined) child.send(this.#unanswered);
    await pause(ms - at);
  }

  #command(): ChildCommand | undefined {
    if (this.#open === 0 || this.#isLeftAlone(this.#open)) return undefined;
    const key = `command ${this.commands.size}`;
    const command = COMMANDS[Math.floor(this.#random.next() * COMMANDS.length)] ?? 'pause';
    const made = { key, rollout: this.#open, command, full: this.#random.next() < 0.3 };
    this.commands.set(key, made);
    return made;
  }

  /** Nobody disturbs it any more: the open rollout ends, unless somebody paused it. */
  async #finish(child: ChildProcess): Promise<void> {
    if (this.#unanswered !== undefined) child.send(this.#unanswered);
    if (this.#open === 0) return;
    this.#ended = Promise.withResolvers();
    child.send({ key: 'at last', rollout: this.#open, command: 'resume', full: false });
    await this.#ended.promise;
  }
}

async function prepare(path: string): Promise<void> {
  const store = await openSqliteStore({ path });
  const context = { now: Date.now, newSalt: () => 'salt' };
  await store.transact(async (writer) => {
    await writer.putModel({ model: 'iris', config: {}, importedTraffic: undefined, createdAt: 0 });
    for (const version of ['1', '2', '3']) {
      const row = registered({ version });
      await writer.putVersion(row);
      await beginFirstTraffic(writer, context, row);
    }
  });
  await store.close();
}

/** Each epoch that a rollout put in force is one entry of its journal's, and each weight was in force as the entry says. */
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

/** A call that was counted twice would make them more than the serve processes reported. */
async function checkEvidence(store: Store, id: number, { state }: RolloutRecord): Promise<void> {
  const evidence = evidenceFrom(await store.note('rollout', id));
  const own = new Set(evidence.epochs.map(({ epoch }) => `${epoch}/${state.candidate}`));
  const rows = (await store.tallies('arm', 'iris')).filter(({ name }) => own.has(name));
  const reported = rows.reduce((sum, { body }) => sum + (JSON.parse(body) as { calls: number }).calls, 0);
  assert(evidence.candidate.calls <= reported, `${evidence.candidate.calls} calls of ${reported}`);
}

test(`of its rollouts' process, at ${KILLS} random moments, leaves each where its journal says, decided as the reducer does`, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-rollout-kill-'));
  const path = join(directory, 'registry.db');
  await prepare(path);
  const killer = new Killer(path);
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
    await checkEvidence(store, document.id, record);
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
        assert.equal(phase, state.candidate === '2' ? 'promoted' : 'aborted', `rollout ${id}: ${state.reason}`);
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
