import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Monitor } from '../../../src/monitor/monitor.ts';
import { VersionStats } from '../../../src/monitor/version-stats.ts';

function statsAt(now: number): VersionStats {
  return new VersionStats({ model: 'iris', version: '2', now: () => now });
}

test('a version that served nothing has statistics of zeros', () => {
  const none = { count: 0, ns: 0 };
  assert.deepEqual(statsAt(5).snapshot(), {
    model: 'iris',
    version: '2',
    inferenceCount: 0,
    executionCount: 0,
    lastInferenceMs: 0,
    success: none,
    fail: none,
    queue: none,
    computeInput: none,
    computeInfer: none,
    computeOutput: none,
    batches: [],
  });
});

test('statistics count requests by outcome, rows by run, and runs by size', () => {
  const stats = statsAt(1_700_000_000_000);
  stats.recordRequest('ok', 2);
  stats.recordRequest('ok', 4);
  stats.recordRequest('internal', 8);
  stats.recordRequest('cancelled', 1);
  stats.recordQueue(0.5);
  stats.recordQueue(0.25);
  stats.recordBatch({ rows: 3, computeMs: 1, hopMs: 0.125, closed: 'idle' });
  stats.recordBatch({ rows: 1, computeMs: 2, hopMs: 0.25, closed: 'full' });
  stats.recordBatch({ rows: 3, computeMs: 4, hopMs: 0.125, closed: 'idle' });
  assert.deepEqual(stats.snapshot(), {
    model: 'iris',
    version: '2',
    inferenceCount: 7,
    executionCount: 3,
    lastInferenceMs: 1_700_000_000_000,
    success: { count: 2, ns: 6_000_000 },
    fail: { count: 2, ns: 9_000_000 },
    queue: { count: 2, ns: 750_000 },
    computeInput: { count: 3, ns: 500_000 },
    computeInfer: { count: 3, ns: 7_000_000 },
    computeOutput: { count: 3, ns: 0 },
    batches: [
      { batchSize: 1, infer: { count: 1, ns: 2_000_000 } },
      { batchSize: 3, infer: { count: 2, ns: 5_000_000 } },
    ],
  });
  assert.deepEqual(stats.closed, { full: 1, idle: 2, delay: 0, shape: 0 });
});

test('the list of batch sizes ends at 256; the totals go on', () => {
  const stats = statsAt(0);
  for (let rows = 1; rows <= 300; rows++) stats.recordBatch({ rows, computeMs: 1, hopMs: 0, closed: 'full' });
  const { batches, executionCount } = stats.snapshot();
  assert.deepEqual([batches.length, executionCount], [256, 300]);
});

test('a version opened again goes on, one dropped begins anew', () => {
  const monitor = new Monitor(() => 7);
  const first = monitor.open('iris', '1');
  assert.equal(monitor.open('iris', '1'), first);
  monitor.recordLoad({ model: 'iris', version: '1', outcome: 'ok', ms: 30 });
  monitor.drop('iris', '1');
  assert.deepEqual([monitor.all(), monitor.loads(), monitor.get('iris', '1')], [[], [], undefined]);
  assert.notEqual(monitor.open('iris', '1'), first);
});

test('each role of a version has counters of its own; what is said of the version is its live traffic', () => {
  const monitor = new Monitor(() => 7);
  const live = monitor.open('iris', '1');
  const shadow = monitor.open('iris', '1', 'shadow');
  shadow.recordRequest('ok', 1);
  shadow.recordDropped();
  assert.deepEqual([live.role, shadow.role], ['live', 'shadow']);
  assert.deepEqual([monitor.get('iris', '1'), monitor.all(), monitor.all('shadow')], [live, [live], [shadow]]);
  assert.deepEqual([live.activity, shadow.activity, shadow.totals().dropped], [0, 2, 1]);
});

test('loads of versions that never open are kept for the latest 1,000 only', () => {
  const monitor = new Monitor();
  for (let i = 0; i < 1_005; i++) monitor.recordLoad({ model: 'm', version: String(i), outcome: 'failed', ms: 1 });
  const kept = monitor.loads();
  assert.deepEqual([kept.length, kept[0]?.version, kept.at(-1)?.version], [1_000, '5', '1004']);
});
