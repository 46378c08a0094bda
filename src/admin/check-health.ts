/** A verdict about a version, or a model as a whole, by plain thresholds. */
import { ServerError } from '../domain/errors.ts';
import { getStats } from './get-stats.ts';
import type { StatsContext, StatsView } from './get-stats.ts';

/** `insufficient`: too few requests to say. */
export type Verdict = 'healthy' | 'unhealthy' | 'insufficient';

export interface HealthView {
  readonly verdict: Verdict;
  /** Why it is not healthy, one sentence each. */
  readonly reasons: readonly string[];
  readonly stats: StatsView;
}

export interface HealthQuery {
  readonly model: string;
  /** '' = all versions of the model together. */
  readonly version: string;
  /** undefined = 5 minutes. */
  readonly windowMs: number | undefined;
  /** The most that p99 may be; 0 = 100. */
  readonly maxLatencyMs: number;
  /** 0 = 0.95. */
  readonly minSuccessRate: number;
  /** Fewer are no evidence; 0 = 100. */
  readonly minRequests: number;
}

interface Thresholds {
  readonly maxLatencyMs: number;
  readonly minSuccessRate: number;
  readonly minRequests: number;
}

const DEFAULTS: Thresholds = { maxLatencyMs: 100, minSuccessRate: 0.95, minRequests: 100 };

/** Of live traffic. NOT_FOUND: no such model or version. INVALID_ARGUMENT: a threshold or window that cannot be. */
export async function checkHealth(context: StatsContext, query: HealthQuery): Promise<HealthView> {
  const thresholds = thresholdsOf(query);
  const { model, version, windowMs } = query;
  const stats = await getStats(context, { model, version, windowMs, role: 'live' });
  return { ...judge(stats, thresholds), stats };
}

/** What is exactly at a threshold is well. */
export function judge(
  { total, ok, successRate, latency }: Pick<StatsView, 'total' | 'ok' | 'successRate' | 'latency'>,
  { maxLatencyMs, minSuccessRate, minRequests }: Thresholds,
): Omit<HealthView, 'stats'> {
  if (!(total >= minRequests)) {
    const reason = `${String(total)} requests are fewer than the ${String(minRequests)} that a verdict needs`;
    return { verdict: 'insufficient', reasons: [reason] };
  }
  const reasons: string[] = [];
  // Negated, so that what is not a number is not healthy.
  if (!(successRate >= minSuccessRate)) {
    const counts = `${String(ok)} of ${String(total)} requests were answered well`;
    reasons.push(`${counts}: success rate ${shown(successRate)} is below ${String(minSuccessRate)}`);
  }
  if (!(latency.p99Ms <= maxLatencyMs)) {
    reasons.push(`p99 latency ${shown(latency.p99Ms)} ms is above ${String(maxLatencyMs)} ms`);
  }
  return { verdict: reasons.length === 0 ? 'healthy' : 'unhealthy', reasons };
}

function thresholdsOf({ maxLatencyMs, minSuccessRate, minRequests }: HealthQuery): Thresholds {
  if (!(maxLatencyMs >= 0 && maxLatencyMs < Infinity)) {
    throw new ServerError('invalid_argument', `max_latency_ms ${String(maxLatencyMs)} is no time; give ms from 0 on`);
  }
  if (!(minSuccessRate >= 0 && minSuccessRate <= 1)) {
    throw new ServerError('invalid_argument', `min_success_rate ${String(minSuccessRate)} does not lie in 0 to 1`);
  }
  if (!Number.isSafeInteger(minRequests) || minRequests < 0) {
    throw new ServerError('invalid_argument', `min_requests ${String(minRequests)} is no count; give 0 or more`);
  }
  return {
    maxLatencyMs: maxLatencyMs === 0 ? DEFAULTS.maxLatencyMs : maxLatencyMs,
    minSuccessRate: minSuccessRate === 0 ? DEFAULTS.minSuccessRate : minSuccessRate,
    minRequests: minRequests === 0 ? DEFAULTS.minRequests : minRequests,
  };
}

/** Enough digits to see on which side of a threshold it is. */
function shown(value: number): string {
  return String(Number(value.toPrecision(9)));
}
