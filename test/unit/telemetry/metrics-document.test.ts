/** docs/metrics.md lists every metric as it is published, and no other. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Instrument } from '../../../src/telemetry/instrument.ts';
import { adminMetrics, nameInPrometheus, serveMetrics } from '../../support/all-metrics.ts';

const DOCUMENT = new URL('../../../docs/metrics.md', import.meta.url);

/** One row per metric: name, name in Prometheus, kind, labels, what it is. */
function rowsOf(instruments: readonly Instrument[]): string[][] {
  return instruments.map((instrument) => {
    const { name, kind, points, description } = instrument;
    const labels = [...new Set(points.flatMap(({ attributes }) => Object.keys(attributes)))];
    const shown = labels.map((label) => `\`${label}\``).join(', ');
    return [`\`${name}\``, `\`${nameInPrometheus(instrument)}\``, kind, shown, description];
  });
}

/** Of the table below this heading. */
function writtenBelow(heading: string): string[][] {
  const [, section = ''] = readFileSync(DOCUMENT, 'utf8').split(`\n## ${heading}\n`);
  return section
    .split('\n## ')[0]!
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

test('docs/metrics.md has every metric of a serve process', () => {
  assert.deepEqual(writtenBelow('Of a serve process'), rowsOf(serveMetrics()));
});

test('docs/metrics.md has every metric of the admin process but those that it has as a serve process does', () => {
  const shared = new Set(serveMetrics().map(({ name }) => name));
  const own = adminMetrics().filter(({ name }) => !shared.has(name));
  assert.deepEqual(writtenBelow('Of the admin process'), rowsOf(own));
});
