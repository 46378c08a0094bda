import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { getStats } from '../../../src/admin/get-stats.ts';
import type { StatsContext, StatsQuery } from '../../../src/admin/get-stats.ts';
import { Statistics } from '../../../src/admin/statistics.ts';
import type { Role } from '../../../src/monitor/series.ts';
import { VersionStats } from '../../../src/monitor/version-stats.ts';
import { openScene } from '../../support/admin-scene.ts';

interface Given {
  readonly version?: string;
  readonly role?: Role;
  readonly count: (stats: VersionStats) => void;
}

/** Iris 1 and 2 are registered; the reports came just now, the first slot began 5 s ago. */
async function ask(given: readonly Given[], over: Partial<StatsQuery> = {}): ReturnType<typeof getStats> {
  await using scene = await openScene();
  await scene.register('1');
  await scene.register('2');
  scene.pass(5000);
  const { store, now } = scene.context;
  const statistics = new Statistics({ store, now });
  for (const { version = '1', role = 'live', count } of given) {
    const stats = new VersionStats({ model: 'iris', version, role });
    count(stats);
    await statistics.ingest({ instance: 'one', boot: 'a' }, [{ model: 'iris', version, role, totals: stats.totals() }]);
  }
  const context: StatsContext = { store, statistics };
  return await getStats(context, { model: 'iris', version: '1', windowMs: undefined, role: '', ...over });
}

function busy(stats: VersionStats): void {
  for (let i = 0; i < 98; i++) stats.recordRequest('ok', 10);
  stats.recordRequest('ok', 50);
  stats.recordRequest('ok', 80);
  for (let i = 0; i < 3; i++) stats.recordRequest('resource_exhausted', 1000);
  stats.recordRequest('cancelled', 1000);
  for (let i = 0; i < 100; i++) stats.recordQueue(2);
  for (let i = 0; i < 25; i++) stats.recordBatch({ rows: 4, computeMs: 6, hopMs: 1, closed: 'idle' });
}

const NO_LATENCY = { count: 0, avgMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 };

function isNear(actual: number, expected: number): void {
  assert(Math.abs(actual / expected - 1) < 0.044, `${String(actual)} is not near ${String(expected)}`);
}

suite('the statistics of a version', () => {
  test('are zeros before it served anything', async () => {
    const { from, to, ...numbers } = await ask([]);
    assert.equal(to - from, 295_000);
    assert.deepEqual(numbers, {
      model: 'iris',
      version: '1',
      role: 'live',
      total: 0,
      ok: 0,
      successRate: 1,
      requestsPerSecond: 0,
      latency: NO_LATENCY,
      queue: NO_LATENCY,
      compute: NO_LATENCY,
      errors: {},
      rows: 0,
      runs: 0,
      batchRowsAvg: 0,
      batchRowsP50: 0,
      batchRowsP99: 0,
      dropped: 0,
      slots: [],
    });
  });

  test('tell of the window piece by piece where that is asked for, all versions that began together as one', async () => {
    const { slots } = await ask([{ count: busy }, { version: '2', count: busy }], { version: '', slots: true });
    assert.deepEqual(
      slots.map(({ seconds, total, ok, latency }) => [seconds, total, ok, latency.count]),
      [[10, 208, 200, 200]],
    );
    const buckets = slots[0]?.buckets ?? [];
    assert.equal(
      buckets.reduce((sum, { count }) => sum + count, 0),
      200,
    );
    const holding = buckets.find(({ toMs }) => toMs >= 10);
    assert(holding !== undefined && holding.toMs < 10 * Math.SQRT2, 'calls of 10 ms lie in a bucket of half an octave');
    assert.equal(holding.count, 196);
    assert.deepEqual((await ask([{ count: busy }])).slots, []);
  });

  test('count requests by outcome, and take the latency from those that were answered well', async () => {
    const stats = await ask([{ count: busy }]);
    assert.deepEqual(
      [stats.total, stats.ok, stats.errors, stats.successRate],
      [104, 100, { resource_exhausted: 3, cancelled: 1 }, 100 / 104],
    );
    assert.equal(stats.latency.count, 100);
    isNear(stats.latency.p50Ms, 10);
    isNear(stats.latency.p95Ms, 10);
    isNear(stats.latency.p99Ms, 50);
    assert.equal(stats.latency.maxMs, 80);
    isNear(stats.latency.avgMs, (98 * 10 + 50 + 80) / 100);
  });

  test('tell waiting and running apart, and how full the runs were', async () => {
    const { queue, compute, rows, runs, batchRowsAvg, batchRowsP50, batchRowsP99 } = await ask([{ count: busy }]);
    assert.deepEqual([queue.count, compute.count, rows, runs], [100, 25, 100, 25]);
    isNear(queue.p50Ms, 2);
    isNear(compute.p50Ms, 6);
    assert.deepEqual([batchRowsAvg, batchRowsP50, batchRowsP99], [4, 4, 4]);
  });

  test('give a rate over the window, and over 10 s where hardly any of it is over', async () => {
    const count = (stats: VersionStats): void => {
      for (let i = 0; i < 59; i++) stats.recordRequest('ok', 1);
    };
    assert.equal((await ask([{ count }])).requestsPerSecond, 59 / 295);
    assert.equal((await ask([{ count }], { windowMs: 10_000 })).requestsPerSecond, 5.9);
  });

  test('are those of its live traffic, and of copies if asked for them', async () => {
    const given: readonly Given[] = [
      { count: busy },
      {
        role: 'shadow',
        count: (stats) => {
          stats.recordRequest('ok', 5);
          stats.recordDropped();
          stats.recordDropped();
        },
      },
    ];
    const [live, also, shadow] = await Promise.all(['', 'live', 'shadow'].map((role) => ask(given, { role })));
    assert.deepEqual([live?.total, live?.role, live?.dropped], [104, 'live', 0]);
    assert.deepEqual(also, live);
    assert.deepEqual([shadow?.total, shadow?.role, shadow?.dropped], [1, 'shadow', 2]);
  });

  test('of a model are those of all its versions together', async () => {
    const { total, version } = await ask([{ count: busy }, { version: '2', count: busy }], { version: '' });
    assert.deepEqual([total, version], [208, '']);
  });

  test('are not there for what is not registered', async () => {
    await assert.rejects(ask([], { model: 'rose' }), { code: 'not_found', message: /"rose"/ });
    await assert.rejects(ask([], { model: 'rose', version: '' }), { code: 'not_found' });
    await assert.rejects(ask([], { version: '3' }), { code: 'not_found', message: /"iris" has no version "3"/ });
  });

  test('are refused for a role or a window that there is not', async () => {
    await assert.rejects(ask([], { role: 'canary' }), {
      code: 'invalid_argument',
      message: /"canary".*live or shadow/,
    });
    await assert.rejects(ask([], { windowMs: 9999 }), { code: 'invalid_argument', message: /9.999 s/ });
    await assert.rejects(ask([], { windowMs: 86_400_001 }), { code: 'invalid_argument' });
  });
});
