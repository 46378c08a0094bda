/** What the admin process counts of what its rooms do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AdminWatch } from '../../../src/app/admin-watch.ts';
import { ServerError } from '../../../src/domain/errors.ts';
import { openSqliteStore } from '../../../src/registry/sql/open-sqlite-store.ts';
import { DAWN } from '../../support/admin-scene.ts';
import { recordedEvents } from '../../support/recorded-events.ts';

test('transactions count by how they end, and events only where they were committed', async () => {
  const watch = new AdminWatch();
  const store = await openSqliteStore({ path: ':memory:', watch });
  const event = { at: DAWN, kind: 'alias.set', model: 'iris', subject: 'best', actor: 'ann', reason: '' } as const;
  const append = (end: () => void): Promise<void> =>
    store.transact(async (writer) => {
      await writer.append({ ...event, before: {}, after: {} });
      end();
    });
  await append(() => undefined);
  await assert.rejects(
    append(() => {
      throw new ServerError('failed_precondition', 'not now');
    }),
  );
  await assert.rejects(
    append(() => {
      throw new Error('the disk is full');
    }),
  );
  await store.close();
  const { transactions, events, chainLength } = watch.counts;
  const counts = [...transactions].flatMap(([outcome, { count }]) => (count === 0 ? [] : [[outcome, count]]));
  assert.deepEqual(counts, [
    ['ok', 1],
    ['internal', 1],
    ['failed_precondition', 1],
  ]);
  assert.deepEqual([events.get('alias.set'), events.get('alias.deleted'), chainLength], [1, 0, 1]);
});

test('qualifications count by how they end; one that was called off has not ended', async () => {
  const watch = new AdminWatch();
  const { signal } = new AbortController();
  const ends = async (outcome: string, by = signal): Promise<void> => {
    const qualify = watch.qualify((spec: string) => {
      if (spec === 'rejected') return Promise.reject(new ServerError('invalid_argument', 'it does not load'));
      return spec === 'failed' ? Promise.reject(new Error('no memory')) : Promise.resolve(spec);
    });
    await qualify(outcome, by).catch(() => undefined);
  };
  await ends('qualified');
  await ends('rejected');
  await ends('failed');
  await ends('failed', AbortSignal.abort());
  const { qualified, rejected, failed } = watch.counts.qualifications;
  assert.deepEqual([qualified.count, rejected.count, failed.count], [1, 1, 1]);
});

test('outcomes count by their fate, calls and limits by kind, and faults are logged as before', async () => {
  const watch = new AdminWatch();
  const receipt = { accepted: 3, duplicate: 1, forged: 0, late: 0, unknown: 0, invalid: 2, notes: [] };
  const keep = watch.keepOutcomes(() => Promise.resolve(receipt));
  assert.equal(await keep([]), receipt);
  await keep([]);
  assert.deepEqual(watch.counts.outcomes, { accepted: 6, duplicate: 2, forged: 0, late: 0, unknown: 0, invalid: 4 });
  const failing = watch.keepOutcomes(() => Promise.reject(new Error('busy')));
  await assert.rejects(failing([]), { message: 'busy' });
  assert.equal(watch.counts.outcomes.accepted, 6);
  watch.recordRpc('sluice.admin.v1.Traffic/SetTraffic', 9, 2);
  const [rpc] = watch.monitor.rpcs();
  assert.deepEqual(
    rpc?.outcomes().map(([outcome]) => outcome),
    ['failed_precondition'],
  );
  const { events, recorded } = recordedEvents();
  watch.events(events).controlFault({ what: 'it failed', cause: undefined });
  assert.deepEqual([watch.counts.faults, recorded.length], [1, 1]);
});
