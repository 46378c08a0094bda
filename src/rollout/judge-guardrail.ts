/** Guardrails: plain limits on the candidate's own recent numbers. */
import type { GuardrailPlan } from '../domain/strategy.ts';
import { quantileOf } from '../monitor/series.ts';
import { probabilityOf } from './latency-evidence.ts';
import { recentTotals } from './recent.ts';
import type { RecentSlot } from './recent.ts';
import type { Verdict } from './state.ts';
import { describeMs } from './strategy.ts';

export function guardrailVerdict(recent: readonly RecentSlot[], plan: GuardrailPlan, now: number): Verdict {
  const { metric, limit, minRequests, windowMs, onFail } = plan;
  const { calls, ok, request, compute } = recentTotals(recent, { now, windowMs });
  const isRate = metric === 'success_rate';
  const histogram = metric.startsWith('compute_') ? compute : request;
  const samples = isRate ? calls : histogram.count;
  const value = isRate ? ratio(ok, calls) : samples === 0 ? 0 : quantileOf(histogram, probabilityOf(metric)) * 1000;
  const isEnough = samples >= minRequests;
  const isBroken = isRate ? value < limit : value > limit;
  const shown = isRate ? `${(value * 100).toFixed(2)} %` : `${value.toFixed(2)} ms`;
  const wanted = isRate ? `at least ${limit * 100} %` : `at most ${limit} ms`;
  const seen = `${metric} is ${shown} over ${samples} calls of the last ${describeMs(windowMs)} (${wanted})`;
  const few = `${samples} calls in the last ${describeMs(windowMs)}, of ${minRequests} that it takes to judge ${metric}`;
  return {
    metric: `guardrail:${metric}`,
    verdict: isEnough ? (isBroken ? 'fail' : 'pass') : 'insufficient',
    summary: isEnough ? seen : few,
    candidate: value,
    stable: 0,
    limit,
    bound: value,
    eValue: 0,
    threshold: 0,
    alpha: 0,
    alphaSpent: 0,
    candidateSamples: samples,
    stableSamples: 0,
    onFail,
  };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
