/**
 * Verdicts on the metrics that are compared with the stable version. A metric fails when the evidence that the
 * candidate is worse reaches 1/alpha; it passes when an anytime-valid bound says that the candidate is not worse than
 * the margin.
 */
import type { UnitSums } from '../domain/experiment.ts';
import type { LatencyMetric, MetricPlan } from '../domain/strategy.ts';
import { quantileOf } from '../monitor/series.ts';
import { bernoulliInterval } from '../stats/bernoulli-bounds.ts';
import { anytimeHalfWidth } from '../stats/mean-sequence.ts';
import type { ArmSums, RolloutEvidence } from './evidence.ts';
import { MIN_RUNS, probabilityOf } from './latency-evidence.ts';
import type { LatencyEvidence, RunTally } from './latency-evidence.ts';
import type { Verdict, VerdictKind } from './state.ts';

/** Of compared pairs of outputs, and of the stable version compared with itself. */
export interface PairCounts {
  readonly pairs: number;
  readonly disagreed: number;
  readonly noisePairs: number;
  readonly noiseDisagreed: number;
}

/** Samples at which bounds are the tightest. */
const OPTIMAL_TRIALS = 300;
const OPTIMAL_UNITS = 5000;
const MIN_UNITS = 50;
/** JSON has no infinity. */
const MOST = 1e300;

export function errorVerdict(
  { candidate, stable, errors }: Pick<RolloutEvidence, 'candidate' | 'stable' | 'errors'>,
  plan: MetricPlan,
  alpha: number,
): Verdict {
  const [failed, calls] = [candidate.comparedFailures, candidate.comparedCalls];
  const [stableFailed, stableCalls] = [stable.comparedFailures, stable.comparedCalls];
  const upper = failureBounds(candidate, alpha).upper;
  const lower = failureBounds(stable, alpha).lower;
  const excess = Math.max(0, upper - lower);
  const verdict = verdictOf({ mostLog: errors.mostLog, alpha, isGood: excess <= plan.margin });
  const seen = `${count(failed, calls)} answers failed, of stable ${count(stableFailed, stableCalls)}`;
  return {
    ...shell(plan, { mostLog: errors.mostLog, alpha }),
    verdict,
    summary: `${seen}; at most ${percent(excess)} more than stable (limit ${percent(plan.margin)})`,
    candidate: ratio(failed, calls),
    stable: ratio(stableFailed, stableCalls),
    limit: plan.margin,
    bound: excess,
    candidateSamples: calls,
    stableSamples: stableCalls,
  };
}

export function latencyVerdict(
  { mostLog, runs, pairs }: LatencyEvidence,
  plan: MetricPlan & { readonly metric: LatencyMetric },
  alpha: number,
): Verdict {
  const tail = 1 - probabilityOf(plan.metric);
  const allowed = Math.min(2 * tail, tail + 0.1);
  const [ofRuns, ofPairs] = [boundOf(runs, { tail, allowed, alpha }), boundOf(pairs, { tail, allowed, alpha })];
  const isOfPairs = ofPairs.isGood && !ofRuns.isGood;
  const { candidateRuns, candidateSlow, stableRuns, stableSlow, threshold, candidate, stable } = isOfPairs
    ? pairs
    : runs;
  const { upper, isGood, isSeen } = isOfPairs ? ofPairs : ofRuns;
  const slower = `${count(candidateSlow, candidateRuns)} runs took over ${milliseconds(threshold)}`;
  const few = `${candidateRuns} runs of the candidate and ${stableRuns} of stable are compared; it takes ${MIN_RUNS} of each`;
  const times = `${figure(plan.margin)} times what ${count(stableSlow, stableRuns)} of stable took longer than`;
  const long = `${slower}, ${times}; at most ${percent(upper)} do (limit ${percent(allowed)})`;
  return {
    ...shell(plan, { mostLog, alpha }),
    verdict: verdictOf({ mostLog, alpha, isGood }),
    summary: isSeen || mostLog >= Math.log(1 / alpha) ? long : few,
    candidate: quantileMs(candidate, plan.metric),
    stable: quantileMs(stable, plan.metric),
    limit: allowed,
    bound: upper,
    candidateSamples: candidateRuns,
    stableSamples: stableRuns,
  };
}

/** How many of the candidate's runs are slow at most: of all runs, or of pairs, each at half of alpha. */
function boundOf(
  { candidateRuns, candidateSlow, stableRuns, stableSlow }: RunTally,
  { tail, allowed, alpha }: { readonly tail: number; readonly allowed: number; readonly alpha: number },
): { readonly upper: number; readonly isGood: boolean; readonly isSeen: boolean } {
  const upper = interval(candidateSlow, candidateRuns, alpha / 2).upper;
  const lower = interval(stableSlow, stableRuns, alpha / 2).lower;
  const isSeen = candidateRuns >= MIN_RUNS && stableRuns >= MIN_RUNS;
  // The second holds where load made both slower since the threshold was taken.
  const isGood = isSeen && (upper <= allowed || upper - lower <= allowed - tail);
  return { upper, isGood, isSeen };
}

/** What stable differs from itself is no fault of the candidate. */
export function disagreementVerdict(pairs: PairCounts | undefined, plan: MetricPlan, alpha: number): Verdict {
  const { pairs: all, disagreed, noisePairs, noiseDisagreed } = pairs ?? NO_PAIRS;
  const own = interval(disagreed, all, alpha);
  const noise = interval(noiseDisagreed, noisePairs, alpha);
  const excess = Math.max(0, own.upper - noise.lower);
  const isBad = noisePairs > 0 && own.lower > noise.upper + plan.margin;
  const seen = `${count(disagreed, all)} pairs differ, of stable with itself ${count(noiseDisagreed, noisePairs)}`;
  return {
    ...shell(plan, { mostLog: 0, alpha }),
    verdict: isBad ? 'fail' : all > 0 && excess <= plan.margin ? 'pass' : 'insufficient',
    summary: `${seen}; at most ${percent(excess)} more (limit ${percent(plan.margin)})`,
    candidate: ratio(disagreed, all),
    stable: ratio(noiseDisagreed, noisePairs),
    limit: plan.margin,
    bound: excess,
    alphaSpent: isBad ? 1 : 0,
    candidateSamples: all,
    stableSamples: noisePairs,
  };
}

/** By the asymptotic confidence sequence of the difference of the units' means. */
export function outcomeVerdict(sums: readonly UnitSums[], plan: MetricPlan, alpha: number): Verdict {
  const candidate = momentsOf(sums.find(({ arm }) => arm === 'candidate'));
  const stable = momentsOf(sums.find(({ arm }) => arm === 'stable'));
  const sign = plan.direction === 'increase' ? 1 : -1;
  const better = sign * (candidate.mean - stable.mean);
  const isEnough = candidate.units >= MIN_UNITS && stable.units >= MIN_UNITS;
  const standardError = isEnough ? Math.sqrt(candidate.variance / candidate.units + stable.variance / stable.units) : 0;
  // Without any variance the bound does not hold: all values were the same so far.
  const isSeen = standardError > 0;
  const half = isSeen
    ? anytimeHalfWidth({
        standardError,
        count: candidate.units + stable.units,
        alpha: 2 * alpha,
        optimalCount: OPTIMAL_UNITS,
      })
    : 0;
  const worst = Math.max(0, half - better);
  const isBad = isSeen && better + half < -plan.margin;
  const name = plan.metric.slice('outcome:'.length);
  const few = `${candidate.units} units of the candidate and ${stable.units} of stable have outcomes; it takes ${MIN_UNITS} of each, and not all alike`;
  const seen = `${name} is ${figure(candidate.mean)}, of stable ${figure(stable.mean)}; at most ${figure(worst)} worse (limit ${figure(plan.margin)})`;
  return {
    ...shell(plan, { mostLog: 0, alpha }),
    verdict: isBad ? 'fail' : isSeen && worst <= plan.margin ? 'pass' : 'insufficient',
    summary: isSeen ? seen : few,
    candidate: candidate.mean,
    stable: stable.mean,
    limit: plan.margin,
    bound: worst,
    alphaSpent: isBad ? 1 : 0,
    candidateSamples: candidate.units,
    stableSamples: stable.units,
  };
}

const NO_PAIRS: PairCounts = { pairs: 0, disagreed: 0, noisePairs: 0, noiseDisagreed: 0 };

function momentsOf(sums: UnitSums | undefined): { units: number; mean: number; variance: number } {
  if (sums === undefined || sums.units < 2) return { units: sums?.units ?? 0, mean: sums?.m ?? 0, variance: 0 };
  const mean = sums.m / sums.units;
  return { units: sums.units, mean, variance: Math.max(0, (sums.mm - sums.m * mean) / (sums.units - 1)) };
}

function verdictOf(seen: { readonly mostLog: number; readonly alpha: number; readonly isGood: boolean }): VerdictKind {
  if (seen.mostLog >= Math.log(1 / seen.alpha)) return 'fail';
  return seen.isGood ? 'pass' : 'insufficient';
}

/** What every verdict of an e-process says. */
function shell(
  { metric, onFail }: MetricPlan,
  { mostLog, alpha }: { readonly mostLog: number; readonly alpha: number },
): Pick<Verdict, 'metric' | 'onFail' | 'eValue' | 'threshold' | 'alpha' | 'alphaSpent'> {
  return {
    metric,
    onFail,
    eValue: Math.min(MOST, Math.exp(mostLog)),
    threshold: 1 / alpha,
    alpha,
    alphaSpent: Math.min(1, alpha * Math.exp(mostLog)),
  };
}

/** A key that failed k times is one observation, not k: calls and failures are divided by the failures per unit. */
function failureBounds(
  { comparedFailures, comparedCalls, comparedUnits }: ArmSums,
  alpha: number,
): { lower: number; upper: number } {
  const perUnit = Math.max(1, comparedFailures / Math.max(1, comparedUnits));
  return interval(comparedFailures / perUnit, comparedCalls / perUnit, alpha);
}

/** Each arm has half of alpha: the bounds of both hold together. */
function interval(successes: number, trials: number, alpha: number): { lower: number; upper: number } {
  const optimalTrials = OPTIMAL_TRIALS;
  return bernoulliInterval({ successes: Math.min(successes, trials), trials, alpha: alpha / 2, optimalTrials });
}

function quantileMs(histogram: RunTally['stable'], metric: LatencyMetric): number {
  return histogram.count === 0 ? 0 : quantileOf(histogram, probabilityOf(metric)) * 1000;
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function count(part: number, whole: number): string {
  return `${part.toLocaleString('en')} of ${whole.toLocaleString('en')}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

function milliseconds(seconds: number): string {
  return `${(seconds * 1000).toPrecision(3)} ms`;
}

function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}
