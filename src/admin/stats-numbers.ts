/** What a window's totals say: counts, rates and quantiles. */
import type { ErrorCode } from '../domain/errors.ts';
import { OUTCOMES, quantileOf } from '../monitor/series.ts';
import type { HistogramTotals, SeriesTotals } from '../monitor/series.ts';

/** 0 while count is 0. */
export interface LatencyView {
  readonly count: number;
  readonly avgMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** The part of message Stats that is reckoned from totals. */
export interface StatsNumbers {
  readonly total: number;
  readonly ok: number;
  readonly successRate: number;
  readonly requestsPerSecond: number;
  readonly latency: LatencyView;
  readonly queue: LatencyView;
  readonly compute: LatencyView;
  /** Those that were; sorted as ERROR_CODES. */
  readonly errors: Readonly<Partial<Record<ErrorCode, number>>>;
  readonly rows: number;
  readonly runs: number;
  readonly batchRowsAvg: number;
  readonly batchRowsP50: number;
  readonly batchRowsP99: number;
  readonly dropped: number;
}

export function numbersOf(totals: SeriesTotals, ms: number): StatsNumbers {
  const { requests, queue, compute, batchRows, rows, dropped } = totals;
  const { total, ok, errors } = countsOf(totals);
  const runs = compute.count;
  return {
    total,
    ok,
    successRate: total === 0 ? 1 : ok / total,
    requestsPerSecond: total / (ms / 1000),
    latency: latencyOf(requests.ok),
    queue: latencyOf(queue),
    compute: latencyOf(compute),
    errors,
    rows,
    runs,
    batchRowsAvg: runs === 0 ? 0 : rows / runs,
    batchRowsP50: rowsQuantile(batchRows, 0.5),
    batchRowsP99: rowsQuantile(batchRows, 0.99),
    dropped,
  };
}

export function countsOf({ requests }: SeriesTotals): Pick<StatsNumbers, 'total' | 'ok' | 'errors'> {
  const errors: Partial<Record<ErrorCode, number>> = {};
  const ok = requests.ok?.count ?? 0;
  let total = ok;
  for (const outcome of OUTCOMES) {
    const count = requests[outcome]?.count ?? 0;
    if (outcome === 'ok' || count === 0) continue;
    errors[outcome] = count;
    total += count;
  }
  return { total, ok, errors };
}

export function latencyOf(seconds: HistogramTotals | undefined): LatencyView {
  if (seconds === undefined || seconds.count === 0) {
    return { count: 0, avgMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 };
  }
  const { count, sum, max } = seconds;
  return {
    count,
    avgMs: (sum / count) * 1000,
    p50Ms: quantileOf(seconds, 0.5) * 1000,
    p95Ms: quantileOf(seconds, 0.95) * 1000,
    p99Ms: quantileOf(seconds, 0.99) * 1000,
    maxMs: max * 1000,
  };
}

/** Rows are whole. */
function rowsQuantile(batchRows: HistogramTotals, p: number): number {
  return batchRows.count === 0 ? 0 : Math.round(quantileOf(batchRows, p));
}
