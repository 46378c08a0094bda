/** docs/metrics.md lists every metric as it is published. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Histogram } from '../../../src/monitor/histogram.ts';
import { Monitor } from '../../../src/monitor/monitor.ts';
import type { Vitals } from '../../../src/monitor/process-vitals.ts';
import { prometheusName } from '../../../src/telemetry/instrument.ts';
import { readInstruments } from '../../../src/telemetry/instruments.ts';

const DOCUMENT = new URL('../../../docs/metrics.md', import.meta.url);

/** One of everything. */
function everything(): { monitor: Monitor; vitals: Vitals } {
  const monitor = new Monitor(() => 0);
  for (const role of ['live', 'shadow'] as const) monitor.open('iris', '2', role).recordRequest('ok', 1);
  monitor.rpc('sluice.v1.PredictService/Predict').record('ok', 1);
  monitor.recordLoad({ model: 'iris', version: '2', outcome: 'ok', ms: 1 });
  monitor.recordLimit('reset rate');
  const pauses = new Histogram();
  pauses.record(0.001);
  const vitals: Vitals = {
    cpuUserSeconds: 1,
    cpuSystemSeconds: 1,
    residentBytes: 1,
    loopUtilization: 0.5,
    loopDelay: { min: 0, max: 0, mean: 0, stddev: 0, p50: 0, p90: 0, p99: 0 },
    gcPauses: new Map([['minor', pauses]]),
  };
  return { monitor, vitals };
}

test('docs/metrics.md has one row per metric: name, name in Prometheus, kind, labels, what it is', () => {
  const { monitor, vitals } = everything();
  const rows = readInstruments(monitor, vitals).map((instrument) => {
    const { name, kind, points, description } = instrument;
    const labels = [...new Set(points.flatMap(({ attributes }) => Object.keys(attributes)))];
    const prometheus = `${prometheusName(instrument).name}${kind === 'counter' ? '_total' : ''}`;
    return [`\`${name}\``, `\`${prometheus}\``, kind, labels.map((label) => `\`${label}\``).join(', '), description];
  });
  const written = readFileSync(DOCUMENT, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
  assert.deepEqual(written, rows);
});
