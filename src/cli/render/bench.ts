/** What a load showed, as people and scripts read it. */
import type { PreparedCalls } from '../bench-calls.ts';
import type { Load, LoadPlan } from '../bench-load.ts';
import { BUCKETS_PER_OCTAVE, bucketEdge } from '../../monitor/histogram.ts';
import type { Histogram } from '../../monitor/histogram.ts';
import { cut, paint, visible } from './ansi.ts';
import type { Look } from './ansi.ts';
import { bar, bytesText } from './bar.ts';
import { shareText } from './figures.ts';
import { fieldLines, tableLines } from './table.ts';
import { span } from './time.ts';

export interface BenchReport {
  readonly address: string;
  readonly model: string;
  readonly version: string;
  readonly calls: PreparedCalls;
  readonly plan: LoadPlan;
  readonly load: Load;
  readonly isInterrupted: boolean;
}

const QUANTILES = { p50: 0.5, p90: 0.9, p99: 0.99, 'p99.9': 0.999, max: 1 } as const;
const RIGHT = { align: 'right' } as const;
const BAR_CELLS = 30;
/** Rows of the histogram; where there are more, each takes twice as much. */
const MAX_ROWS = 20;

export function benchProgress({ tally, inFlight, elapsedMs }: Load, plan: LoadPlan, width: number): string {
  if (elapsedMs === 0) return cut('warming up', width - 1);
  const place = bar(Math.min(elapsedMs / plan.measuredMs, 1), 20);
  const failed = tally.answered - tally.latency.count;
  const quantiles =
    tally.latency.count === 0
      ? ''
      : `  p50 ${quantileText(tally.latency, 0.5)}  p99 ${quantileText(tally.latency, 0.99)}`;
  const text = `${place}  ${rateText(tally.answered, elapsedMs)}${quantiles}  ${failed} failed  ${inFlight} in flight`;
  return cut(text, width - 1);
}

export function benchLines(report: BenchReport, look: Look): string[] {
  const { load, plan, calls, address, model, version, isInterrupted } = report;
  const { tally, elapsedMs, unsent } = load;
  const target = `${visible(model)}${version === '' ? '' : `@${visible(version)}`} at ${address}`;
  const how = plan.rate === undefined ? `${plan.inFlight} at a time` : `${plan.rate} calls/s`;
  const rows = `${calls.rows} ${calls.rows === 1 ? 'row' : 'rows'} a call`;
  const head = `${target}: ${how}, ${rows}, ${bytesText(calls.bytes)}, from ${calls.source}`;
  return [
    paint(head, 'bold', look.colour),
    ...(isInterrupted ? [paint('interrupted: what there is so far', 'yellow', look.colour)] : []),
    '',
    ...fieldLines(
      [
        ['answered', `${tally.answered} in ${span(elapsedMs)}, ${rateText(tally.answered, elapsedMs)}`],
        ['good', `${tally.good}, ${rateText(tally.good, elapsedMs)}${shareOf(tally.good, tally.answered)}`],
        ['failed', failuresText(tally.failures)],
        ['never sent', unsent === 0 ? '' : { text: `${unsent}: too many calls were unanswered`, style: 'red' }],
        ['sent late', plan.rate === undefined ? '' : `p99 ${quantileText(tally.lag, 0.99)}`],
      ],
      look,
    ),
    ...(tally.latency.count === 0
      ? []
      : ['', ...versionTable(report, look), '', ...histogramLines(tally.latency, look)]),
  ];
}

function rateText(count: number, elapsedMs: number): string {
  return `${(elapsedMs === 0 ? 0 : (count / elapsedMs) * 1000).toFixed(1)}/s`;
}

function shareOf(part: number, whole: number): string {
  return whole === 0 ? '' : ` (${shareText(part / whole)} of the answers)`;
}

function failuresText(failures: ReadonlyMap<string, number>): string {
  if (failures.size === 0) return 'none';
  return [...failures].map(([code, count]) => `${code} ${count}`).join(', ');
}

function versionTable({ load }: BenchReport, look: Look): string[] {
  const { latency, versions } = load.tally;
  const all = versions.size > 1 ? [...versions, ['all', latency] as const] : [...versions];
  return tableLines(
    {
      columns: [
        { title: 'VERSION', atLeast: 8 },
        { title: 'CALLS', ...RIGHT },
        { title: 'SHARE', ...RIGHT },
        ...Object.keys(QUANTILES).map((title) => ({ title: title.toUpperCase(), ...RIGHT })),
      ],
      rows: all.map(([version, histogram]) => [
        version,
        String(histogram.count),
        shareText(histogram.count / latency.count),
        ...Object.values(QUANTILES).map((share) => quantileText(histogram, share)),
      ]),
    },
    look,
  );
}

function quantileText(histogram: Histogram, share: number): string {
  return histogram.count === 0 ? '-' : span(histogram.quantile(share) * 1000);
}

interface Row {
  /** Numbers of the bucket edges between which it lies. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Each row as much wider than the one above as all others are. */
function histogramRows(histogram: Histogram): Row[] {
  const { offset, bucketCounts } = histogram.toExponential();
  for (let step = 2; ; step *= 2) {
    const first = Math.floor(offset / step);
    const last = Math.floor((offset + bucketCounts.length - 1) / step);
    if (last - first >= MAX_ROWS && step < BUCKETS_PER_OCTAVE * 4) continue;
    return Array.from({ length: last - first + 1 }, (_, at) => {
      const from = (first + at) * step;
      const inside = bucketCounts.slice(Math.max(from - offset, 0), Math.max(from + step - offset, 0));
      return { from, to: from + step, count: inside.reduce((sum, count) => sum + count, 0) };
    });
  }
}

function histogramLines(histogram: Histogram, look: Look): string[] {
  const rows = histogramRows(histogram);
  const most = Math.max(...rows.map(({ count }) => count));
  return tableLines(
    {
      columns: [
        { title: 'LATENCY UP TO', ...RIGHT },
        { title: 'CALLS', ...RIGHT },
        { title: 'SHARE', ...RIGHT },
        { title: '' },
      ],
      rows: rows.map(({ to, count }) => [
        span(bucketEdge(to) * 1000),
        String(count),
        shareText(count / histogram.count),
        count === 0 ? '' : '█'.repeat(Math.max(Math.round((count / most) * BAR_CELLS), 1)),
      ]),
    },
    look,
  );
}

export function benchJson({ address, model, version, calls, plan, load, isInterrupted }: BenchReport): object {
  const { tally, elapsedMs, unsent } = load;
  const { offset, bucketCounts } = tally.latency.toExponential();
  return {
    address,
    model,
    version,
    rate: plan.rate,
    inFlight: plan.inFlight,
    rows: calls.rows,
    requestBytes: calls.bytes,
    inputs: calls.source,
    interrupted: isInterrupted,
    measuredMs: elapsedMs,
    answered: tally.answered,
    answeredPerSecond: perSecond(tally.answered, elapsedMs),
    good: tally.good,
    goodPerSecond: perSecond(tally.good, elapsedMs),
    failures: Object.fromEntries(tally.failures),
    unsent,
    sentLateMs: latencyJson(tally.lag),
    latencyMs: latencyJson(tally.latency),
    versions: [...tally.versions].map(([name, histogram]) => {
      return { version: name, calls: histogram.count, latencyMs: latencyJson(histogram) };
    }),
    histogram: bucketCounts.map((count, at) => ({ upToMs: bucketEdge(offset + at + 1) * 1000, count })),
  };
}

function perSecond(count: number, elapsedMs: number): number {
  return elapsedMs === 0 ? 0 : (count / elapsedMs) * 1000;
}

function latencyJson(histogram: Histogram): Readonly<Record<string, number>> {
  if (histogram.count === 0) return {};
  return Object.fromEntries(
    Object.entries(QUANTILES).map(([name, share]) => [name.replace('.', '_'), histogram.quantile(share) * 1000]),
  );
}
