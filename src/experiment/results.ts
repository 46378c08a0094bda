/** What an experiment has found: each arm, each metric, each arm against the control. */
import type { ExperimentMetric, UnitSums } from '../domain/experiment.ts';
import { anytimeHalfWidth, anytimePValue } from '../stats/mean-sequence.ts';
import { momentsOfSums } from '../stats/moments.ts';
import type { DifferenceTest, Moments, Undecided } from '../stats/moments.ts';
import { holm } from '../stats/multiple.ts';
import { proportionsTest } from '../stats/proportions.ts';
import { ratioMoments } from '../stats/ratio.ts';
import { liftTest, welchTest } from '../stats/welch.ts';
import type { ExperimentPlan } from './plan.ts';

export interface MetricArm extends Moments {
  readonly arm: string;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface Comparison {
  readonly arm: string;
  readonly difference: number;
  readonly lift: number;
  readonly liftLower: number;
  readonly liftUpper: number;
  readonly fixedPValue: number;
  readonly fixedLower: number;
  readonly fixedUpper: number;
  readonly anytimePValue: number;
  readonly anytimeLower: number;
  readonly anytimeUpper: number;
  readonly adjustedPValue: number;
  readonly verdict: 'better' | 'worse' | 'undecided';
}

export interface MetricResults {
  readonly metric: ExperimentMetric;
  readonly arms: readonly MetricArm[];
  readonly comparisons: readonly Comparison[];
}

/** Of one metric: sums by arm, and quantiles of the units' means. */
export interface MetricSums {
  readonly sums: readonly UnitSums[];
  readonly quantiles: ReadonlyMap<string, { readonly p50: number; readonly p95: number; readonly p99: number }>;
}

const NO_QUANTILES = { p50: 0, p95: 0, p99: 0 };
/** Where the asymptotic sequences are the tightest. */
const OPTIMAL_UNITS = 5000;
/** Fewer units make no normal distribution. */
const MIN_UNITS = 30;

export function metricResults(
  plan: ExperimentPlan,
  byMetric: ReadonlyMap<string, MetricSums>,
): readonly MetricResults[] {
  const rough = plan.metrics.map((metric) => roughly(plan, metric, byMetric.get(metric.name)));
  return rough.map((results) => adjusted(results, rough, plan.alpha));
}

function roughly(plan: ExperimentPlan, metric: ExperimentMetric, found: MetricSums | undefined): MetricResults {
  const arms = plan.arms.map(({ name }): MetricArm & { readonly sums: UnitSums | undefined } => {
    const sums = found?.sums.find(({ arm }) => arm === name);
    return { arm: name, sums, ...momentsOf(metric, sums), ...(found?.quantiles.get(name) ?? NO_QUANTILES) };
  });
  const [control, ...others] = arms;
  const comparisons =
    control === undefined ? [] : others.map((treatment) => compare({ control, treatment }, metric, plan.alpha));
  return { metric, arms: arms.map(({ sums: _, ...arm }) => arm), comparisons };
}

function momentsOf({ kind }: ExperimentMetric, sums: UnitSums | undefined): Moments {
  if (sums === undefined) return { count: 0, mean: 0, variance: 0 };
  if (kind !== 'ratio') return momentsOfSums({ count: sums.units, sum: sums.m, squares: sums.mm });
  const moments = ratioMoments(sums);
  if (moments.kind === 'undefined') return { count: sums.units, mean: 0, variance: 0 };
  const { count, mean, variance } = moments;
  return { count, mean, variance };
}

interface Pair {
  readonly control: MetricArm & { readonly sums: UnitSums | undefined };
  readonly treatment: MetricArm & { readonly sums: UnitSums | undefined };
}

function compare(pair: Pair, metric: ExperimentMetric, alpha: number): Comparison {
  const { control, treatment } = pair;
  const difference = treatment.mean - control.mean;
  const isSeen = Math.min(control.count, treatment.count) > 0;
  const standardError = isSeen ? Math.sqrt(control.variance / control.count + treatment.variance / treatment.count) : 0;
  const fixed = fixedTest(pair, metric, alpha);
  const lift = liftTest({ control, treatment, alpha });
  const isEnough = Math.min(control.count, treatment.count) >= MIN_UNITS && standardError > 0;
  const sequence = { standardError, count: control.count + treatment.count, alpha, optimalCount: OPTIMAL_UNITS };
  const half = isEnough ? anytimeHalfWidth(sequence) : Infinity;
  return {
    arm: treatment.arm,
    difference,
    lift: lift.kind === 'tested' ? lift.difference : 0,
    liftLower: lift.kind === 'tested' ? lift.lower : 0,
    liftUpper: lift.kind === 'tested' ? lift.upper : 0,
    fixedPValue: fixed.kind === 'tested' ? fixed.pValue : 1,
    fixedLower: fixed.kind === 'tested' ? fixed.lower : 0,
    fixedUpper: fixed.kind === 'tested' ? fixed.upper : 0,
    anytimePValue: isEnough ? anytimePValue({ ...sequence, difference }) : 1,
    anytimeLower: difference - half,
    anytimeUpper: difference + half,
    adjustedPValue: 1,
    verdict: 'undecided',
  };
}

/** Two proportions where each unit has one outcome of 0 or 1; Welch on the units' means otherwise. */
function fixedTest({ control, treatment }: Pair, metric: ExperimentMetric, alpha: number): DifferenceTest | Undecided {
  const isOnce = control.sums?.repeated === 0 && treatment.sums?.repeated === 0;
  if (metric.kind !== 'proportion' || !isOnce) return welchTest({ control, treatment, alpha });
  return proportionsTest({ control: trialsOf(control.sums), treatment: trialsOf(treatment.sums), alpha });
}

function trialsOf(sums: UnitSums | undefined): { readonly successes: number; readonly trials: number } {
  return { successes: Math.round(sums?.m ?? 0), trials: sums?.units ?? 0 };
}

/** Holm over all comparisons of the role: what is said of several is held to one alpha. */
function adjusted(results: MetricResults, all: readonly MetricResults[], alpha: number): MetricResults {
  const family = all.filter(({ metric }) => metric.role === results.metric.role).flatMap((of) => of.comparisons);
  const pValues = holm(family.map((comparison) => comparison.anytimePValue));
  const comparisons = results.comparisons.map((comparison): Comparison => {
    const adjustedPValue = pValues[family.indexOf(comparison)] ?? 1;
    const isBetter = comparison.difference > 0 === (results.metric.direction === 'increase');
    const verdict = adjustedPValue > alpha ? 'undecided' : isBetter ? 'better' : 'worse';
    return { ...comparison, adjustedPValue, verdict };
  });
  return { ...results, comparisons };
}
