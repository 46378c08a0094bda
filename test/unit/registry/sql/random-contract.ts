/** Any transactions, those that are undone too, leave in a store what they leave in maps. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Alias, AuditEvent, Epoch, RegisteredModel, RegisteredVersion } from '../../../../src/domain/registry.ts';
import { compareVersions } from '../../../../src/domain/version.ts';
import { hashEvent } from '../../../../src/registry/event-hash.ts';
import type { Remembered, Store, StoreWriter } from '../../../../src/registry/store.ts';
import { draft, epoch, file, model, version } from './nouns.ts';

const MODELS = ['iris', 'zoo'] as const;
const VERSIONS = ['1', '2', '10', '2.1', 'a'] as const;
const NAMES = ['x', 'y'] as const;
const STATES = ['uploaded', 'qualified', 'rejected', 'deleted'] as const;
const SEED = 20_261_124;

const one = {
  model: fc.constantFrom(...MODELS),
  version: fc.constantFrom(...VERSIONS),
  name: fc.constantFrom(...NAMES),
  text: fc.constantFrom('', 'because', 'é"\\'),
  at: fc.nat(50),
};

const operation = fc.oneof(
  fc.record({ kind: fc.constant('model' as const), model: one.model, text: one.text }),
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('version' as const),
      ...{ model: one.model, version: one.version, text: one.text, at: one.at },
      state: fc.constantFrom(...STATES),
      warm: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('alias' as const),
      ...{ model: one.model, alias: one.name, version: one.version },
    }),
  },
  fc.record({ kind: fc.constant('no alias' as const), model: one.model, alias: one.name }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('epoch' as const), model: one.model, after: one.at }) },
  fc.record({ kind: fc.constant('event' as const), model: one.model, text: one.text, at: one.at }),
  fc.record({ kind: fc.constant('remember' as const), key: one.name, text: one.text, at: one.at }),
  fc.record({ kind: fc.constant('forget' as const), at: one.at }),
  fc.record({ kind: fc.constant('touch' as const) }),
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

const transaction = fc.record({
  operations: fc.array(operation, { minLength: 4, maxLength: 12 }),
  isUndone: fc.constantFrom(false, false, true),
});

/** The first of each run. */
const FIRST: readonly Operation[] = MODELS.map((name) => ({ kind: 'model', model: name, text: '' }));

/** A registry in maps. */
interface Maps {
  revision: number;
  readonly models: Map<string, RegisteredModel>;
  readonly versions: Map<string, RegisteredVersion>;
  readonly aliases: Map<string, Alias>;
  readonly epochs: Map<string, Epoch[]>;
  readonly events: AuditEvent[];
  readonly replies: Map<string, Remembered>;
}

function empty(): Maps {
  return {
    revision: 0,
    models: new Map(),
    versions: new Map(),
    aliases: new Map(),
    epochs: new Map(),
    events: [],
    replies: new Map(),
  };
}

/** Each run gets an empty store from `open`. */
export function randomTests(open: () => Promise<Store>): void {
  test('whatever is written, undone or not, reads as it does from maps', async () => {
    const seen = new Map<string, number>();
    const property = fc.asyncProperty(fc.array(transaction, { minLength: 2, maxLength: 6 }), async (transactions) => {
      const store = await open();
      let known = empty();
      for (const { operations, isUndone } of [{ operations: FIRST, isUndone: false }, ...transactions]) {
        const next = structuredClone(known);
        const done = store.transact(async (writer) => {
          for (const each of operations) if (await apply(each, next, writer)) count(seen, each.kind);
          // What a writer reads is what it wrote.
          await compare(writer, { ...next, revision: undefined });
          if (operations.some(({ kind }) => kind === 'touch')) next.revision += 1;
          if (isUndone) throw new Error('undone');
        });
        if (isUndone) await assert.rejects(done, /undone/);
        else {
          await done;
          known = next;
        }
        await compare(store, known);
      }
      await store.close();
    });
    await fc.assert(property, { numRuns: 8, seed: SEED, endOnFailure: true });
    // Operations that are never possible would test nothing.
    assert.equal(seen.size, 9, JSON.stringify([...seen]));
  });
}

function count(seen: Map<string, number>, kind: string): void {
  seen.set(kind, (seen.get(kind) ?? 0) + 1);
}

/** Whether it could be done, in both. */
async function apply(operation: Operation, known: Maps, writer: StoreWriter): Promise<boolean> {
  switch (operation.kind) {
    case 'model': {
      const row = model(operation.model, { config: { text: operation.text } });
      known.models.set(operation.model, { ...row, createdAt: known.models.get(operation.model)?.createdAt ?? 1 });
      await writer.putModel(row);
      return true;
    }
    case 'version':
      if (!known.models.has(operation.model)) return false;
      await putVersion(operation, known, writer);
      return true;
    case 'alias': {
      const { kind: _, ...alias } = { ...operation, since: 3, actor: 'ada' };
      if (!known.versions.has(`${alias.model} ${alias.version}`)) return false;
      known.aliases.set(`${alias.model} ${alias.alias}`, alias);
      await writer.putAlias(alias);
      return true;
    }
    case 'no alias':
      known.aliases.delete(`${operation.model} ${operation.alias}`);
      await writer.deleteAlias(operation.model, operation.alias);
      return true;
    case 'epoch':
      if (!known.models.has(operation.model)) return false;
      await beginEpoch(operation, known, writer);
      return true;
    case 'event': {
      const { model: subject, text: reason, at } = operation;
      const event = { ...draft({ model: subject, reason, at }), seq: known.events.length + 1 };
      known.events.push({ ...event, hash: hashEvent(known.events.at(-1)?.hash ?? '', event) });
      assert.deepEqual(await writer.append(draft({ model: subject, reason, at })), known.events.at(-1));
      return true;
    }
    case 'remember': {
      const reply = { request: operation.text, reply: '{}', at: operation.at };
      known.replies.set(operation.key, reply);
      await writer.remember(operation.key, reply);
      return true;
    }
    case 'forget':
      for (const [key, { at }] of known.replies) if (at < operation.at) known.replies.delete(key);
      await writer.forgetBefore(operation.at);
      return true;
    case 'touch':
      assert.equal(await writer.touch(), known.revision + 1);
      return true;
  }
}

async function putVersion(operation: Operation & { kind: 'version' }, known: Maps, writer: StoreWriter): Promise<void> {
  const { model: name, version: label, text: reason, state, warm, at } = operation;
  const key = `${name} ${label}`;
  const files = [file('model.onnx', `${label}f`)];
  const changing = { state, reason, warm, deletedAt: state === 'deleted' ? at : undefined };
  const row = version({ model: name, version: label, digest: label, files, createdAt: at, ...changing });
  known.versions.set(key, { ...(known.versions.get(key) ?? row), ...changing });
  await writer.putVersion(row);
}

async function beginEpoch(
  { model: name, after }: Operation & { kind: 'epoch' },
  known: Maps,
  writer: StoreWriter,
): Promise<void> {
  const former = known.epochs.get(name) ?? [];
  const begun = { ...epoch(former.length + 1, (former.at(-1)?.validFrom ?? 0) + after + 1), model: name };
  const ended = former.map((each) => ({ ...each, validTo: each.validTo ?? begun.validFrom }));
  known.epochs.set(name, [...ended, begun]);
  await writer.beginEpoch(begun);
}

type Reader = Pick<
  Store,
  | 'revision'
  | 'model'
  | 'models'
  | 'version'
  | 'versions'
  | 'latestQualified'
  | 'aliases'
  | 'epoch'
  | 'epochs'
  | 'epochsInForce'
  | 'eventsFrom'
  | 'remembered'
  | 'blobsInUse'
>;

async function compare(reader: Reader, known: Omit<Maps, 'revision'> & { revision: number | undefined }) {
  if (known.revision !== undefined) assert.equal(await reader.revision(), known.revision);
  const rows = [...known.versions.values()];
  const living = rows.filter(({ state }) => state !== 'deleted');
  const inForce: Epoch[] = [];
  for (const name of MODELS) {
    assert.deepEqual(await reader.model(name), known.models.get(name));
    const own = living.filter((row) => row.model === name);
    const listed = own.toSorted((a, b) => compareVersions(b.version, a.version));
    assert.deepEqual(await reader.versions({ model: name }, { limit: 100 }), listed);
    const newest = own
      .filter(({ state }) => state === 'qualified')
      .toSorted((a, b) => b.createdAt - a.createdAt || compareVersions(b.version, a.version));
    assert.deepEqual(await reader.latestQualified(name), newest[0]);
    const epochs = known.epochs.get(name) ?? [];
    assert.deepEqual(await reader.epochs(name, { limit: 100 }), epochs.toReversed());
    assert.deepEqual(await reader.epoch(name), epochs.at(-1));
    inForce.push(...epochs.slice(-1));
  }
  for (const row of rows) assert.deepEqual(await reader.version(row.model, row.version), row);
  const overview = (await reader.models({ limit: 10 })).map(({ model: name, versions }) => [name, versions]);
  const counts = [...known.models.keys()]
    .sort()
    .map((name) => [name, living.filter((row) => row.model === name).length]);
  assert.deepEqual(overview, counts);
  const aliases = [...known.aliases].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, alias]) => alias);
  assert.deepEqual(await reader.aliases(), aliases);
  assert.deepEqual(await reader.epochsInForce(), inForce);
  assert.deepEqual(await reader.eventsFrom(1, 1000), known.events);
  for (const key of NAMES) assert.deepEqual(await reader.remembered(key), known.replies.get(key));
  assert.deepEqual(
    await reader.blobsInUse(),
    new Set(living.flatMap(({ files }) => files.map(({ sha256 }) => sha256))),
  );
}
