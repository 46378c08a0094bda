/** How a version, or a model as a whole, does: counts and latencies over a sliding window. */
import { ServerError } from '../domain/errors.ts';
import type { ErrorCode } from '../domain/errors.ts';
import { OUTCOMES, quantileOf, ROLES } from '../monitor/series.ts';
import type { HistogramTotals, Role, SeriesTotals } from '../monitor/series.ts';
import type { AdminContext } from './context.ts';
import { findModel, findVersion } from './resolve-version.ts';
import type { Statistics } from './statistics.ts';

/** 0 while count is 0. */
export interface LatencyView {
  readonly count: number;
  readonly avgMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Message Stats of monitor.proto. */
export interface StatsView {
  readonly model: string;
  /** '' = all together. */
  readonly version: string;
  readonly role: Role;
  /** Epoch ms. */
  readonly from: number;
  readonly to: number;
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

export interface StatsContext extends Pick<AdminContext, 'store'> {
  readonly statistics: Pick<Statistics, 'query'>;
}

export interface StatsQuery {
  readonly model: string;
  /** '' = all versions of the model together. */
  readonly version: string;
  /** 10 s to 24 h; undefined = 5 minutes. */
  readonly windowMs: number | undefined;
  /** '' = live. */
  readonly role: string;
}

const DEFAULT_WINDOW_MS = 300_000;
/** A window may begin just before the slot of now: its rate is taken over no less than one slot. */
const LEAST_RATE_MS = 10_000;

/** NOT_FOUND: no such model or version. INVALID_ARGUMENT: no such role or window. */
export async function getStats(
  { store, statistics }: StatsContext,
  { model, version, windowMs = DEFAULT_WINDOW_MS, role: asked }: StatsQuery,
): Promise<StatsView> {
  const role = ROLES.find((candidate) => candidate === (asked === '' ? 'live' : asked));
  if (role === undefined) {
    throw new ServerError('invalid_argument', `there is no role "${asked}"; choose ${ROLES.join(' or ')}`);
  }
  if (version === '') await findModel(store, model);
  else await findVersion(store, model, version);
  const query = { model, role, windowMs, version: version === '' ? undefined : version };
  const { totals, from, to } = await statistics.query(query);
  return { model, version, role, from, to, ...numbersOf(totals, Math.max(LEAST_RATE_MS, to - from)) };
}

type StatsNumbers = Omit<StatsView, 'model' | 'version' | 'role' | 'from' | 'to'>;

function numbersOf(totals: SeriesTotals, ms: number): StatsNumbers {
  const { requests, queue, compute, batchRows, rows, dropped } = totals;
  const errors: Partial<Record<ErrorCode, number>> = {};
  const ok = requests.ok?.count ?? 0;
  let total = ok;
  for (const outcome of OUTCOMES) {
    const count = requests[outcome]?.count ?? 0;
    if (outcome === 'ok' || count === 0) continue;
    errors[outcome] = count;
    total += count;
  }
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

function latencyOf(seconds: HistogramTotals | undefined): LatencyView {
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
