/** One sentence in plain words about where an experiment stands. */
import type { ExperimentPlan } from './plan.ts';
import type { Comparison, MetricResults } from './results.ts';
import type { SampleRatio } from './sample-ratios.ts';

export interface Findings {
  readonly plan: ExperimentPlan;
  readonly metrics: readonly MetricResults[];
  readonly exposures: SampleRatio;
  readonly reporting: SampleRatio;
}

export function conclude({ plan, metrics, exposures, reporting }: Findings): string {
  if (exposures.verdict === 'alarm') return `Do not trust the results: ${exposures.summary}.`;
  if (reporting.verdict === 'alarm') return `Do not trust the results: ${reporting.summary}.`;
  const harm = find(metrics, 'guardrail', 'worse');
  if (harm !== undefined) {
    return `Stop "${harm.comparison.arm}": ${said(harm)}, and ${harm.metric.metric.name} is a guardrail.`;
  }
  const better = find(metrics, 'primary', 'better');
  if (better !== undefined) {
    const control = plan.arms[0]?.name ?? '';
    return `"${better.comparison.arm}" beats "${control}": ${said(better)}; it may be promoted.`;
  }
  const worse = find(metrics, 'primary', 'worse');
  if (worse !== undefined) return `"${worse.comparison.arm}" is worse: ${said(worse)}; keep the control.`;
  const primary = metrics.find(({ metric }) => metric.role === 'primary') ?? metrics[0];
  const units = Math.min(...(primary?.arms ?? []).map(({ count }) => count));
  const planned = plan.plannedUnits > 0 ? ` of ${plan.plannedUnits.toLocaleString('en')} planned` : '';
  return `Undecided after ${Number.isFinite(units) ? units.toLocaleString('en') : 0} units per arm${planned}: go on, or settle for the control.`;
}

interface Found {
  readonly metric: MetricResults;
  readonly comparison: Comparison;
}

function find(
  metrics: readonly MetricResults[],
  role: MetricResults['metric']['role'],
  verdict: Comparison['verdict'],
): Found | undefined {
  for (const metric of metrics) {
    const comparison = metric.comparisons.find((candidate) => candidate.verdict === verdict);
    if (metric.metric.role === role && comparison !== undefined) return { metric, comparison };
  }
  return undefined;
}

function said({ metric, comparison }: Found): string {
  const { difference, lift, anytimeLower, anytimeUpper, adjustedPValue } = comparison;
  const sign = difference > 0 ? '+' : '';
  const range = `${figure(anytimeLower)} to ${figure(anytimeUpper)}`;
  return `${metric.metric.name} ${sign}${figure(difference)} (${sign}${(lift * 100).toFixed(1)} %; ${range} however often one looks, p = ${figure(adjustedPValue)} after all comparisons)`;
}

function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}
