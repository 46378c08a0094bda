import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Monitor } from '../../../src/monitor/monitor.ts';
import { StatisticsReporter } from '../../../src/monitor/statistics-reporter.ts';
import type { SeriesReport } from '../../../src/monitor/statistics-reporter.ts';

const HOUR_MS = 3_600_000;

type Collected = ReturnType<StatisticsReporter['collect']>;

/** "model/version/role: ok requests". */
function said(report: Collected): readonly string[] | undefined {
  return report?.series.map(
    ({ model, version, role, totals }: SeriesReport) =>
      `${model}/${version}/${role}: ${String(totals.requests.ok?.count ?? 0)}`,
  );
}

function collectAndAcknowledge(reporter: StatisticsReporter): readonly string[] | undefined {
  const report = reporter.collect();
  if (report !== undefined) reporter.acknowledge(report.seq);
  return said(report);
}

function request(monitor: Monitor, version: string, role: 'live' | 'shadow' = 'live'): void {
  monitor.open('iris', version, role).recordRequest('ok', 1);
}

test('a version that counted nothing is not reported', () => {
  const monitor = new Monitor();
  monitor.open('iris', '1');
  assert.equal(new StatisticsReporter(monitor).collect(), undefined);
});

test('only what changed since it was acknowledged is reported, as the whole since the start', () => {
  const monitor = new Monitor();
  const reporter = new StatisticsReporter(monitor);
  request(monitor, '1');
  request(monitor, '1', 'shadow');
  request(monitor, '2');
  assert.deepEqual(collectAndAcknowledge(reporter), ['iris/1/live: 1', 'iris/1/shadow: 1', 'iris/2/live: 1']);
  assert.equal(reporter.collect(), undefined);
  request(monitor, '2');
  assert.deepEqual(collectAndAcknowledge(reporter), ['iris/2/live: 2']);
});

test('each kind of record is news', () => {
  const monitor = new Monitor();
  const reporter = new StatisticsReporter(monitor);
  const stats = monitor.open('iris', '1');
  const records: readonly (() => void)[] = [
    () => {
      stats.recordRequest('internal', 1);
    },
    () => {
      stats.recordQueue(1);
    },
    () => {
      stats.recordBatch({ rows: 1, computeMs: 1, hopMs: 1, closed: 'idle' });
    },
    () => {
      stats.recordRefusal('draining');
    },
    () => {
      stats.recordExpired();
    },
    () => {
      stats.recordCancelled();
    },
    () => {
      stats.recordRerun();
    },
    () => {
      stats.recordDropped();
    },
  ];
  for (const record of records) {
    record();
    assert.notEqual(collectAndAcknowledge(reporter), undefined, String(record));
  }
  assert.equal(reporter.collect(), undefined);
});

test('what was not acknowledged is sent again, with what came since', () => {
  const monitor = new Monitor();
  const reporter = new StatisticsReporter(monitor);
  request(monitor, '1');
  assert.deepEqual(said(reporter.collect()), ['iris/1/live: 1']);
  request(monitor, '1');
  assert.deepEqual(said(reporter.collect()), ['iris/1/live: 2']);
});

test('an acknowledgement stands for what was in its report, not for what came later', () => {
  const monitor = new Monitor();
  const reporter = new StatisticsReporter(monitor);
  request(monitor, '1');
  const first = reporter.collect();
  request(monitor, '1');
  reporter.acknowledge(first?.seq ?? 0);
  assert.deepEqual(said(reporter.collect()), ['iris/1/live: 2']);
});

test('acknowledgements that come late or out of order take nothing back', () => {
  const monitor = new Monitor();
  const reporter = new StatisticsReporter(monitor);
  request(monitor, '1');
  const first = reporter.collect();
  request(monitor, '1');
  const second = reporter.collect();
  reporter.acknowledge(second?.seq ?? 0);
  reporter.acknowledge(first?.seq ?? 0);
  reporter.acknowledge(99);
  assert.equal(reporter.collect(), undefined);
});

test('a version that is opened again goes on from where it ended', () => {
  const monitor = new Monitor();
  const reporter = new StatisticsReporter(monitor);
  request(monitor, '1');
  monitor.drop('iris', '1');
  request(monitor, '1');
  assert.deepEqual(collectAndAcknowledge(reporter), ['iris/1/live: 2']);
  monitor.drop('iris', '1');
  assert.equal(reporter.collect(), undefined);
  monitor.open('iris', '1');
  assert.equal(reporter.collect(), undefined);
});

test('a request that ends after its version was dropped still counts, also when the version is open again', () => {
  const monitor = new Monitor();
  const reporter = new StatisticsReporter(monitor);
  const first = monitor.open('iris', '1');
  first.recordRequest('ok', 1);
  monitor.drop('iris', '1');
  const second = monitor.open('iris', '1');
  second.recordRequest('ok', 1);
  assert.deepEqual(collectAndAcknowledge(reporter), ['iris/1/live: 2']);
  first.recordRequest('ok', 1);
  assert.deepEqual(collectAndAcknowledge(reporter), ['iris/1/live: 3']);
  monitor.drop('iris', '1');
  second.recordRequest('ok', 1);
  first.recordRequest('ok', 1);
  assert.deepEqual(collectAndAcknowledge(reporter), ['iris/1/live: 5']);
  assert.equal(reporter.collect(), undefined);
});

test('a drop is of both roles', () => {
  const monitor = new Monitor();
  const stats = [monitor.open('iris', '1'), monitor.open('iris', '1', 'shadow')];
  monitor.drop('iris', '1');
  assert.deepEqual([monitor.all(), monitor.all('shadow')], [[], []]);
  assert.notEqual(monitor.open('iris', '1', 'shadow'), stats[1]);
});

test('a report holds 500 series at most; the others come first in the next', () => {
  const monitor = new Monitor();
  const reporter = new StatisticsReporter(monitor);
  for (let i = 0; i < 700; i++) request(monitor, String(i));
  const first = reporter.collect();
  request(monitor, '0');
  const second = reporter.collect();
  assert.deepEqual([first?.series.length, second?.series.length], [500, 500]);
  assert.deepEqual(
    said(second)?.slice(0, 200),
    said(second)?.filter((line) => Number(line.split('/')[1]) >= 500),
  );
  reporter.acknowledge(first?.seq ?? 0);
  reporter.acknowledge(second?.seq ?? 0);
  assert.equal(reporter.collect(), undefined);
});

test('what does not change is said again after an hour', () => {
  let now = 0;
  const monitor = new Monitor();
  const reporter = new StatisticsReporter(monitor, () => now);
  request(monitor, '1');
  collectAndAcknowledge(reporter);
  now += HOUR_MS - 1;
  assert.equal(reporter.collect(), undefined);
  now += 1;
  assert.deepEqual(collectAndAcknowledge(reporter), ['iris/1/live: 1']);
  assert.equal(reporter.collect(), undefined);
});

test('only the last 16 reports can be acknowledged; what was in others is sent again', () => {
  const monitor = new Monitor();
  const reporter = new StatisticsReporter(monitor);
  request(monitor, '1');
  const sent = Array.from({ length: 17 }, () => reporter.collect()?.seq ?? 0);
  reporter.acknowledge(sent[0] ?? 0);
  assert.notEqual(reporter.collect(), undefined);
  reporter.acknowledge(sent[2] ?? 0);
  assert.equal(reporter.collect(), undefined);
});

test('beyond 20,000 versions that are closed the first is forgotten, the others are not', () => {
  const monitor = new Monitor();
  for (let i = 0; i <= 20_000; i++) {
    monitor.open('iris', String(i));
    monitor.drop('iris', String(i));
  }
  const versions = monitor.series().map(({ version }) => version);
  assert.deepEqual([versions.length, versions[0], versions.at(-1)], [20_000, '1', '20000']);
});

test('a version that is open is not forgotten, however many close', () => {
  const monitor = new Monitor();
  monitor.open('iris', 'stays');
  monitor.drop('iris', 'stays');
  monitor.open('iris', 'stays');
  for (let i = 0; i <= 20_000; i++) {
    monitor.open('iris', String(i));
    monitor.drop('iris', String(i));
  }
  assert.equal(monitor.series()[0]?.version, 'stays');
});
