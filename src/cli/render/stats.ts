/** Statistics and verdicts as people read them. */
import type { HealthReport__Output } from '../../transport/gen/sluice/admin/v1/HealthReport.ts';
import type { Latency__Output } from '../../transport/gen/sluice/admin/v1/Latency.ts';
import type { Stats__Output } from '../../transport/gen/sluice/admin/v1/Stats.ts';
import { optionalMs } from '../wire.ts';
import { paint, visible } from './ansi.ts';
import type { Look } from './ansi.ts';
import { stateCell } from './states.ts';
import { tableLines } from './table.ts';
import type { Cell } from './table.ts';
import { clock, instant } from './time.ts';

const RIGHT = { align: 'right' } as const;

/** The rows of one look at a model: all of it, or one version, or all and each. */
export function statsLines(all: readonly Stats__Output[], look: Look): string[] {
  const [first] = all;
  if (first === undefined) return [];
  const shadow = first.role === 'shadow';
  const kind = shadow ? ', shadow copies' : '';
  const head = `${visible(first.model)}${kind}, ${instant(optionalMs(first.from))} to ${clockOf(first)}, times in ms`;
  const columns = [
    { title: 'VERSION', atLeast: 10 },
    { title: 'REQUESTS', ...RIGHT },
    { title: 'PER S', ...RIGHT },
    { title: 'SUCCESS', ...RIGHT },
    { title: 'AVG', ...RIGHT, optional: true },
    ...['P50', 'P95', 'P99'].map((title) => ({ title, ...RIGHT })),
    { title: 'QUEUE P99', ...RIGHT, optional: true },
    { title: 'RUN P99', ...RIGHT, optional: true },
    { title: 'ROWS/RUN', ...RIGHT, optional: true },
    ...(shadow ? [{ title: 'DROPPED', ...RIGHT }] : []),
    { title: 'ERRORS', atLeast: 10 },
  ];
  const rows = all.map((stats) => statsRow(stats, shadow));
  return [paint(head, 'bold', look.colour), ...tableLines({ columns, rows }, look)];
}

function statsRow(stats: Stats__Output, shadow: boolean): Cell[] {
  const { version, total, requestsPerSecond, latency, queue, compute, runs, batchRowsAvg, dropped } = stats;
  const quantiles = [latency?.avgMs, latency?.p50Ms, latency?.p95Ms, latency?.p99Ms];
  return [
    version === '' ? 'all' : version,
    total.toString(),
    requestsPerSecond.toFixed(1),
    total.isZero() ? '-' : successText(stats.successRate),
    ...quantiles.map((ms) => latencyText(latency, ms)),
    latencyText(queue, queue?.p99Ms),
    latencyText(compute, compute?.p99Ms),
    runs.isZero() ? '-' : batchRowsAvg.toFixed(1),
    ...(shadow ? [dropped.toString()] : []),
    errorsText(stats),
  ];
}

/** Rounded down: what failed at all is not 100 %. */
function successText(rate: number): string {
  return rate === 1 ? '100%' : `${(Math.floor(rate * 10_000) / 100).toFixed(2)}%`;
}

/** "-" where nothing was measured. */
export function latencyText(latency: Latency__Output | null, ms: number | undefined): string {
  if (latency === null || ms === undefined || latency.count.isZero()) return '-';
  return ms >= 100 ? ms.toFixed(0) : ms.toFixed(ms >= 10 ? 1 : 2);
}

function errorsText({ errors }: Stats__Output): string {
  return Object.entries(errors)
    .filter(([, count]) => !count.isZero())
    .map(([code, count]) => `${code} ${count.toString()}`)
    .join(', ');
}

function clockOf({ to }: Stats__Output): string {
  const ms = optionalMs(to);
  return ms === undefined ? 'now' : clock(ms);
}

/** Several looks after another in a log. */
export function statsLogLines(all: readonly Stats__Output[], look: Look): string[] {
  return all.map((stats) => {
    const { version, model, total, requestsPerSecond, latency } = stats;
    const name = `${visible(model)} ${version === '' ? 'all' : visible(version)}`;
    const head = `${clock(look.now)}  ${name}  ${total.toString()} requests`;
    if (total.isZero()) return head;
    const rate = `${requestsPerSecond.toFixed(1)}/s, ${successText(stats.successRate)} ok`;
    const quantiles = `p50 ${latencyText(latency, latency?.p50Ms)} ms, p99 ${latencyText(latency, latency?.p99Ms)} ms`;
    const errors = errorsText(stats);
    return `${head}, ${rate}, ${quantiles}${errors === '' ? '' : `; ${visible(errors)}`}`;
  });
}

export function healthLines({ verdict, reasons, stats }: HealthReport__Output, look: Look): string[] {
  const { text, style } = stateCell(verdict);
  return [
    paint(visible(text), style, look.colour),
    ...reasons.map((reason) => `  ${visible(reason)}`),
    ...(stats === null ? [] : ['', ...statsLines([stats], look)]),
  ];
}
