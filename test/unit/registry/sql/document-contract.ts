/** What every store has to do with documents, evidence and outcomes, whatever database it is on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import fc from 'fast-check';
import type { UnitSums } from '../../../../src/domain/experiment.ts';
import type { StoredDocument, Tally } from '../../../../src/registry/document-store.ts';
import type { OutcomeRow } from '../../../../src/registry/outcome-store.ts';
import type { Store } from '../../../../src/registry/store.ts';

type Fresh = (context: TestContext) => Promise<Store>;

function document(over: Partial<StoredDocument> = {}): Omit<StoredDocument, 'id'> {
  const { id: _, ...rest } = {
    id: 0,
    kind: 'rollout' as const,
    name: '',
    model: 'iris',
    open: true,
    body: '{"a":1}',
    createdAt: 1,
    updatedAt: 1,
    ...over,
  };
  return rest;
}

function tally(over: Partial<Tally> = {}): Tally {
  return { kind: 'arm', model: 'iris', name: '1/a', instance: 'i', boot: 'b', body: '{}', at: 1, ...over };
}

function outcome(over: Partial<OutcomeRow> = {}): OutcomeRow {
  return {
    scope: 'experiment:e',
    metric: 'm',
    key: 'k',
    arm: 'a',
    unit: 'u',
    prediction: '',
    part: 0,
    value: 1,
    denominator: 1,
    at: 1,
    ...over,
  };
}

export function documentTests(fresh: Fresh): void {
  test('documents are numbered per kind, replaced, and listed newest first', async (context) => {
    const store = await fresh(context);
    const { first, second, other } = await store.transact(async (writer) => ({
      first: await writer.addDocument(document()),
      second: await writer.addDocument(document({ model: 'digits', open: false })),
      other: await writer.addDocument(document({ kind: 'experiment', name: 'colours' })),
    }));
    assert.deepEqual([first.id, second.id, other.id], [1, 2, 1]);
    await store.transact((writer) => writer.putDocument({ ...first, open: false, body: '{"a":2}', updatedAt: 5 }));
    const changed = { ...first, open: false, body: '{"a":2}', updatedAt: 5 };
    assert.deepEqual(await store.document('rollout', 1), changed);
    assert.equal(await store.document('rollout', 3), undefined);
    assert.deepEqual(await store.documentNamed('experiment', 'colours'), other);
    assert.equal(await store.documentNamed('rollout', 'colours'), undefined);
    assert.deepEqual(await store.documents({ kind: 'rollout' }, { limit: 9 }), [second, changed]);
    assert.deepEqual(await store.documents({ kind: 'rollout' }, { after: 2, limit: 9 }), [changed]);
    assert.deepEqual(await store.documents({ kind: 'rollout', model: 'digits' }, { limit: 9 }), [second]);
    assert.deepEqual(await store.documents({ kind: 'rollout', open: true }, { limit: 9 }), []);
  });

  test('a name stands for one document of its kind', async (context) => {
    const store = await fresh(context);
    await store.transact((writer) => writer.addDocument(document({ name: 'x' })));
    await assert.rejects(store.transact((writer) => writer.addDocument(document({ name: 'x' }))));
    await store.transact((writer) => writer.addDocument(document({ kind: 'experiment', name: 'x' })));
  });

  test('a journal grows from 1 on, and its last entries come oldest first', async (context) => {
    const store = await fresh(context);
    await store.transact(async (writer) => {
      for (const body of ['a', 'b', 'c']) await writer.appendJournal('rollout', 1, { at: 7, body });
      await writer.appendJournal('rollout', 2, { at: 7, body: 'other' });
    });
    assert.deepEqual(await store.journal('rollout', 1, 2), [
      { seq: 2, at: 7, body: 'b' },
      { seq: 3, at: 7, body: 'c' },
    ]);
    assert.deepEqual(await store.journal('experiment', 1, 2), []);
  });

  test('notes and tallies are replaced, and old tallies go', async (context) => {
    const store = await fresh(context);
    assert.equal(await store.note('rollout', 1), undefined);
    await store.transact(async (writer) => {
      await writer.putNote('rollout', 1, 'a');
      await writer.putNote('rollout', 1, 'b');
      await writer.putTally(tally());
      await writer.putTally(tally({ body: '{"x":1}', at: 9 }));
      await writer.putTally(tally({ boot: 'older' }));
      await writer.putTally(tally({ model: 'digits' }));
    });
    assert.equal(await store.note('rollout', 1), 'b');
    const newest = tally({ body: '{"x":1}', at: 9 });
    assert.deepEqual(await store.tallies('arm', 'iris'), [newest, tally({ boot: 'older' })]);
    await store.transact((writer) => writer.deleteTalliesBefore(9, 'sketch'));
    assert.equal((await store.tallies('arm', 'iris')).length, 2);
    await store.transact((writer) => writer.deleteTalliesBefore(9));
    assert.deepEqual(await store.tallies('arm', 'iris'), [newest]);
    assert.deepEqual(await store.tallies('arm', 'digits'), []);
  });
}

export function outcomeTests(fresh: Fresh): void {
  test('an outcome counts once, and units add up', async (context) => {
    const store = await fresh(context);
    const rows = [
      outcome({ key: '1', unit: 'u1', value: 2, prediction: 'p1', part: 3 }),
      outcome({ key: '2', unit: 'u1', value: 4, prediction: 'p2', part: 3 }),
      outcome({ key: '3', unit: 'u2', value: 1, prediction: 'p3', part: 255 }),
      outcome({ key: '4', arm: 'b', unit: 'u3', value: 0.5, denominator: 0 }),
      outcome({ key: '1', metric: 'other', unit: 'u9', prediction: 'p1', part: 3 }),
      outcome({ key: '1', scope: 'rollout:1' }),
    ];
    const added = await store.transact(async (writer) => {
      const results: boolean[] = [];
      for (const row of [...rows, ...rows]) results.push(await writer.addOutcome(row));
      return results;
    });
    assert.deepEqual(added, [...rows.map(() => true), ...rows.map(() => false)]);
    assert.deepEqual(await store.unitSums('experiment:e', 'm'), [
      { arm: 'a', units: 2, outcomes: 3, y: 7, d: 3, yy: 37, dd: 5, yd: 13, m: 4, mm: 10, repeated: 1 },
      { arm: 'b', units: 1, outcomes: 1, y: 0.5, d: 0, yy: 0.25, dd: 0, yd: 0, m: 0, mm: 0, repeated: 0 },
    ]);
    assert.deepEqual(await store.outcomeCounts('experiment:e'), [
      { arm: 'a', units: 3, outcomes: 4 },
      { arm: 'b', units: 1, outcomes: 1 },
    ]);
    assert.deepEqual(await store.reportedPredictions('experiment:e'), [
      { arm: 'a', part: 3, predictions: 2 },
      { arm: 'a', part: 255, predictions: 1 },
    ]);
    const at = { scope: 'experiment:e', metric: 'm', arm: 'a', ranks: [0, 1, 2] };
    assert.deepEqual(await store.unitMeansAt(at), [1, 3]);
  });

  test('sums of units are those of the outcomes, whatever their order', async (context) => {
    const store = await fresh(context);
    let round = 0;
    const value = fc.integer({ min: -5, max: 5 });
    const row = fc.record({ unit: fc.constantFrom('u', 'v', 'w'), value, denominator: fc.integer({ min: 1, max: 3 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 12 }), async (given) => {
        const scope = `experiment:${++round}`;
        await store.transact(async (writer) => {
          for (const [index, one] of given.entries()) {
            await writer.addOutcome(outcome({ scope, key: `${index}`, ...one }));
          }
        });
        assert.deepEqual((await store.unitSums(scope, 'm')).map(rounded), [rounded(sumsOf(given))]);
      }),
      { numRuns: 30 },
    );
  });
}

/** Databases add up in an order of their own. */
function rounded({ m, mm, ...sums }: UnitSums): object {
  return { ...sums, m: m.toFixed(9), mm: mm.toFixed(9) };
}

function sumsOf(rows: readonly Pick<OutcomeRow, 'unit' | 'value' | 'denominator'>[]): UnitSums {
  const units = [...new Set(rows.map(({ unit }) => unit))].sort().map((unit) => {
    const own = rows.filter((row) => row.unit === unit);
    const y = own.reduce((sum, { value }) => sum + value, 0);
    const d = own.reduce((sum, { denominator }) => sum + denominator, 0);
    return { y, d, n: own.length };
  });
  const sum = (of: (unit: { y: number; d: number; n: number }) => number): number =>
    units.reduce((total, unit) => total + of(unit), 0);
  return {
    arm: 'a',
    units: units.length,
    outcomes: rows.length,
    y: sum(({ y }) => y),
    d: sum(({ d }) => d),
    yy: sum(({ y }) => y * y),
    dd: sum(({ d }) => d * d),
    yd: sum(({ y, d }) => y * d),
    m: sum(({ y, d }) => y / d),
    mm: sum(({ y, d }) => (y / d) ** 2),
    repeated: sum(({ n }) => (n > 1 ? 1 : 0)),
  };
}
