/** Tables and the picture of a run. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownTable } from '../support/markdown.ts';
import type { Cell as TableCell } from '../support/markdown.ts';
import { median } from '../support/statistics.ts';
import { drawBars } from './bars.ts';
import type { Bars } from './bars.ts';
import { CELLS } from './cells.ts';
import { REPORT_FILE, cellMedian } from './results.ts';
import type { PeerResult, Results, RoundResult } from './results.ts';
import { verdictRows } from './verdicts.ts';

const PICTURE = join(import.meta.dirname, '..', '..', 'docs', 'side-by-side.svg');
const MS_PER_S = 1000;
const FAILURE_CHARACTERS = 200;

/** Prints the report, and keeps it beside the results. */
export function writeReport(results: Results): void {
  const report = describe(results);
  console.log(report);
  writeFileSync(REPORT_FILE, `${report}\n`);
}

/** For README: of a run that was long enough to be shown to others. */
export function drawPicture(results: Results): void {
  const bars = picture(results);
  if (bars.panels.length === 0) throw new Error('the run has no cell that the picture shows; measure iris:32:1');
  writeFileSync(PICTURE, drawBars(bars));
}

function describe(results: Results): string {
  const { machine, startedAt, seconds, roundsDone, othersCores } = results;
  const measured = results.peers.filter(({ rounds }) => rounds.length > 0);
  const failures = results.peers.filter(({ failure }) => failure !== undefined);
  return [
    `## Side by side\n`,
    `${machine}; ${startedAt.slice(0, 10)}. Medians of ${roundsDone} rounds, ${seconds} s a cell, times in ms, MB of 10⁶ bytes.`,
    `CPU is that of the whole process tree, µs a request. Other programs used ${othersCores.toFixed(2)} cores meanwhile.\n`,
    `### At a glance: iris, 32 in flight on one connection\n`,
    measured.length === 0 ? 'Nobody was measured.' : markdownTable(measured.map((peer) => glanceRow(peer))),
    `\n### Bounds\n`,
    markdownTable(verdictRows(results)),
    ...CELLS.flatMap(({ name }) => cellTable(name, measured)),
    ...errorLines(measured),
    ...(failures.length === 0 ? [] : [`\n### Not measured, or not to the end\n`]),
    ...failures.map(({ title, failure = '' }) => `- ${title}: ${shortened(failure)}`),
  ].join('\n');
}

function errorLines(peers: readonly PeerResult[]): string[] {
  const lines = peers.flatMap(({ title, rounds }) =>
    rounds.flatMap(({ cells }, round) =>
      Object.entries(cells)
        .filter(([, { errors }]) => errors > 0)
        .map(([cell, { errorKinds }]) => {
          const kinds = Object.entries(errorKinds).map(([kind, count]) => `${count} ${kind}`);
          return `- ${title}, ${cell}, round ${round + 1}: ${kinds.join(', ')}`;
        }),
    ),
  );
  return lines.length === 0 ? [] : ['\n### What the errors were\n', ...lines];
}

/** The beginning says what happened, the end of what the server printed why. */
function shortened(failure: string): string {
  const line = failure.replaceAll(/\s+/g, ' ').trim();
  return line.length <= 2 * FAILURE_CHARACTERS
    ? line
    : `${line.slice(0, FAILURE_CHARACTERS)} … ${line.slice(-FAILURE_CHARACTERS)}`;
}

function glanceRow(peer: PeerResult): Record<string, TableCell> {
  const of = (pick: (round: RoundResult) => number): number => median(peer.rounds.map(pick));
  const figure = (name: 'reqPerSecond' | 'p50' | 'p99' | 'cpuUs'): number => cellMedian(peer, 'iris:32:1', name);
  return {
    server: peer.title,
    'req/s': figure('reqPerSecond'),
    p50: figure('p50'),
    p99: figure('p99'),
    'CPU µs/req': figure('cpuUs'),
    'p99 at half load': cellMedian(peer, 'iris:half', 'p99'),
    'RSS MB': of(({ memoryAfterLoad }) => memoryAfterLoad.residentMb),
    'PSS MB': of(({ memoryAfterLoad }) => memoryAfterLoad.proportionalMb),
    processes: of(({ memoryAfterLoad }) => memoryAfterLoad.processes),
    'idle cores': of(({ idleCores }) => idleCores),
    'first answer s': of(({ firstAnswerMs }) => firstAnswerMs / MS_PER_S),
    'all models s': of(({ allModelsMs }) => allModelsMs / MS_PER_S),
    errors: peer.rounds.flatMap(({ cells }) => Object.values(cells)).reduce((sum, { errors }) => sum + errors, 0),
  };
}

function cellTable(cell: string, peers: readonly PeerResult[]): string[] {
  const rows = peers
    .filter(({ rounds }) => rounds.some(({ cells }) => cell in cells))
    .map((peer) => ({
      server: peer.title,
      'req/s': cellMedian(peer, cell, 'reqPerSecond'),
      p50: cellMedian(peer, cell, 'p50'),
      p99: cellMedian(peer, cell, 'p99'),
      'CPU µs/req': cellMedian(peer, cell, 'cpuUs'),
      'sent late p99': cellMedian(peer, cell, 'sendDelayP99'),
      'client CPU µs/req': cellMedian(peer, cell, 'clientCpuUs'),
      errors: peer.rounds.reduce((sum, { cells }) => sum + (cells[cell]?.errors ?? 0), 0),
    }));
  return rows.length === 0 ? [] : [`\n### ${describeCell(cell)}\n`, markdownTable(rows)];
}

function describeCell(cell: string): string {
  const [model = '', inFlight = '', connections = ''] = cell.split(':');
  if (inFlight === 'half') return `${model}, at half of its own capacity, 4 connections`;
  return `${model}, ${inFlight} in flight, ${connections} connection${connections === '1' ? '' : 's'}`;
}

const PANELS = [
  { cell: 'iris:32:1', title: 'iris, 32 calls in flight' },
  { cell: 'mlp-22mb:32:1', title: '22 MB network, 32 calls in flight' },
  { cell: 'image:8:1', title: '600 kB tensor, 8 calls in flight' },
];

function picture(results: Results): Bars {
  const panels = PANELS.map(({ cell, title }) => {
    const rows = results.peers
      .map((peer) => ({
        label: peer.title,
        value: cellMedian(peer, cell, 'cpuUs'),
        isOurs: peer.name.startsWith('sluice'),
      }))
      .filter(({ value }) => !Number.isNaN(value))
      .sort((one, other) => one.value - other.value);
    return { title, rows };
  });
  return {
    title: 'Server CPU per request, µs (whole process tree; logarithmic; less is better)',
    subtitle: `${results.machine}, ${results.startedAt.slice(0, 10)}`,
    panels: panels.filter(({ rows }) => rows.length > 0),
  };
}
