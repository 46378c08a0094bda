import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { checkHealth, judge } from '../../../src/admin/check-health.ts';
import type { HealthQuery } from '../../../src/admin/check-health.ts';
import { Statistics } from '../../../src/admin/statistics.ts';
import { VersionStats } from '../../../src/monitor/version-stats.ts';
import { openScene } from '../../support/admin-scene.ts';

const THRESHOLDS = { maxLatencyMs: 100, minSuccessRate: 0.95, minRequests: 100 };

interface Seen {
  readonly total?: number;
  readonly ok?: number;
  readonly p99Ms?: number;
  readonly successRate?: number;
}

function judged({ total = 100, ok = total, p99Ms = 10, successRate = ok / total }: Seen): ReturnType<typeof judge> {
  const latency = { count: ok, avgMs: p99Ms, p50Ms: p99Ms, p95Ms: p99Ms, p99Ms, maxMs: p99Ms };
  return judge({ total, ok, successRate, latency }, THRESHOLDS);
}

suite('a verdict', () => {
  test('is healthy exactly at every threshold', () => {
    assert.deepEqual(judged({ total: 100, ok: 95, p99Ms: 100 }), { verdict: 'healthy', reasons: [] });
  });

  test('is insufficient one request below what is needed, however bad they were', () => {
    assert.deepEqual(judged({ total: 99, ok: 0, p99Ms: 5000 }), {
      verdict: 'insufficient',
      reasons: ['99 requests are fewer than the 100 that a verdict needs'],
    });
    assert.equal(judged({ total: 0, successRate: 1, p99Ms: 0 }).verdict, 'insufficient');
  });

  test('is unhealthy just beyond a threshold, and says which with the numbers', () => {
    assert.deepEqual(judged({ total: 100, ok: 94 }), {
      verdict: 'unhealthy',
      reasons: ['94 of 100 requests were answered well: success rate 0.94 is below 0.95'],
    });
    assert.deepEqual(judged({ p99Ms: 100.001 }), {
      verdict: 'unhealthy',
      reasons: ['p99 latency 100.001 ms is above 100 ms'],
    });
  });

  test('gives every reason that there is', () => {
    assert.equal(judged({ total: 1000, ok: 1, p99Ms: 900 }).reasons.length, 2);
  });

  test('is never healthy by what is not a number', () => {
    assert.equal(judged({ p99Ms: NaN }).verdict, 'unhealthy');
    assert.equal(judged({ successRate: NaN }).verdict, 'unhealthy');
    assert.equal(judged({ total: NaN, successRate: 1 }).verdict, 'insufficient');
  });
});

const UNSET: HealthQuery = {
  model: 'iris',
  version: '1',
  windowMs: undefined,
  maxLatencyMs: 0,
  minSuccessRate: 0,
  minRequests: 0,
};

/** Iris 1 has just answered so many requests well, in so many ms, and failed at others. */
async function check(seen: { ok: number; ms: number; failed: number }, over: Partial<HealthQuery> = {}) {
  await using scene = await openScene();
  await scene.register('1');
  const { store, now } = scene.context;
  const statistics = new Statistics({ store, now });
  const stats = new VersionStats({ model: 'iris', version: '1' });
  for (let i = 0; i < seen.ok; i++) stats.recordRequest('ok', seen.ms);
  for (let i = 0; i < seen.failed; i++) stats.recordRequest('internal', 1);
  const { totals } = { totals: stats.totals() };
  await statistics.ingest({ instance: 'one', boot: 'a' }, [{ model: 'iris', version: '1', role: 'live', totals }]);
  return await checkHealth({ store, statistics }, { ...UNSET, ...over });
}

suite('a health check', () => {
  test('asks for p99 up to 100 ms, 95 % success and 100 requests unless told otherwise', async () => {
    const verdicts = [
      await check({ ok: 95, ms: 100, failed: 5 }),
      await check({ ok: 95, ms: 101, failed: 5 }),
      await check({ ok: 94, ms: 100, failed: 6 }),
      await check({ ok: 99, ms: 1, failed: 0 }),
    ];
    assert.deepEqual(
      verdicts.map(({ verdict }) => verdict),
      ['healthy', 'unhealthy', 'unhealthy', 'insufficient'],
    );
  });

  test('goes by the thresholds that it is given', async () => {
    const seen = { ok: 9, ms: 20, failed: 1 };
    const given = { maxLatencyMs: 20, minSuccessRate: 0.9, minRequests: 10 };
    assert.equal((await check(seen, given)).verdict, 'healthy');
    assert.equal((await check(seen, { ...given, maxLatencyMs: 19 })).verdict, 'unhealthy');
    assert.equal((await check(seen, { ...given, minSuccessRate: 0.91 })).verdict, 'unhealthy');
    assert.equal((await check(seen, { ...given, minRequests: 11 })).verdict, 'insufficient');
  });

  test('shows the numbers that it went by', async () => {
    const { stats } = await check({ ok: 95, ms: 100, failed: 5 });
    assert.deepEqual([stats.total, stats.ok, stats.role, stats.to - stats.from], [100, 95, 'live', 300_000]);
  });

  test('refuses thresholds that cannot be', async () => {
    for (const over of [
      { maxLatencyMs: -1 },
      { maxLatencyMs: NaN },
      { maxLatencyMs: Infinity },
      { minSuccessRate: -0.1 },
      { minSuccessRate: 1.01 },
      { minSuccessRate: NaN },
      { minRequests: -1 },
      { minRequests: 0.5 },
    ]) {
      const refused = { code: 'invalid_argument' };
      await assert.rejects(check({ ok: 1, ms: 1, failed: 0 }, over), refused, JSON.stringify(over));
    }
    await assert.rejects(check({ ok: 1, ms: 1, failed: 0 }, { model: 'rose' }), { code: 'not_found' });
  });
});
