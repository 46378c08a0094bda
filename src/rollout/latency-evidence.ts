/**
 * Whether more of the candidate's runs are slow than of the stable version's, at one quantile of one latency.
 *
 * Slow is a run of the stable version that takes longer than its quantile, as it was before the block, and one of the
 * candidate that takes longer than that times the margin. Evidence of harm are pairs of neighbours that chance decided
 * anew (see monitor/neighbours.ts): given how many of them there were in the block and how many of their runs were
 * slow, at most half of those fall on the candidate where it is slower by no more than the margin (hypergeometric,
 * which the binomial of the e-process dominates in convex order: Hoeffding 1963, Theorem 4). That there is no harm may
 * be seen in all runs, of which there are more, or in all pairs, which load cannot make unlike. Thresholds are edges of
 * buckets, so counting is exact.
 */
import type { LatencyMetric, QuantileName } from '../domain/strategy.ts';
import { BUCKETS_PER_OCTAVE, bucketEdge } from '../monitor/histogram.ts';
import { addHistograms, NO_VALUES } from '../monitor/series.ts';
import type { HistogramTotals } from '../monitor/series.ts';
import { addCounts, logEvidence, NO_COUNT_EVIDENCE } from '../stats/count-evidence.ts';
import type { CountEvidence } from '../stats/count-evidence.ts';

export interface LatencyEvidence {
  readonly logs: CountEvidence;
  readonly mostLog: number;
  readonly runs: RunTally;
  readonly pairs: RunTally;
}

/** Runs of both arms, and how many of them were slow. */
export interface RunTally {
  readonly stable: HistogramTotals;
  readonly candidate: HistogramTotals;
  /** Since there was a threshold: runs, and slow ones. */
  readonly candidateRuns: number;
  readonly candidateSlow: number;
  readonly stableRuns: number;
  readonly stableSlow: number;
  /** The last threshold of the candidate's runs, in seconds; 0 = none yet. */
  readonly threshold: number;
}

const NO_RUNS: RunTally = {
  stable: NO_VALUES,
  candidate: NO_VALUES,
  candidateRuns: 0,
  candidateSlow: 0,
  stableRuns: 0,
  stableSlow: 0,
  threshold: 0,
};

export const NO_LATENCY_EVIDENCE: LatencyEvidence = {
  logs: NO_COUNT_EVIDENCE,
  mostLog: 0,
  runs: NO_RUNS,
  pairs: NO_RUNS,
};

/** Runs of the stable version before there is a threshold. */
export const MIN_RUNS = 50;

const PROBABILITY: Readonly<Record<QuantileName, number>> = { p50: 0.5, p95: 0.95, p99: 0.99 };

export function probabilityOf(metric: LatencyMetric): number {
  switch (metric) {
    case 'compute_p50':
    case 'request_p50':
      return PROBABILITY.p50;
    case 'compute_p95':
    case 'request_p95':
      return PROBABILITY.p95;
    case 'compute_p99':
    case 'request_p99':
      return PROBABILITY.p99;
  }
}

/** Durations in seconds. */
export interface ArmRuns {
  readonly candidate: HistogramTotals;
  readonly stable: HistogramTotals;
}

interface Question {
  readonly metric: LatencyMetric;
  /** What is still no harm, a ratio from 1 on; rounded to whole buckets. */
  readonly margin: number;
}

export interface RunBlock extends Question {
  readonly runs: ArmRuns;
  readonly pairs: ArmRuns;
  /** Of the pairs those that chance decided anew. */
  readonly drawn: ArmRuns;
}

export function addRuns({ logs, mostLog, runs, pairs }: LatencyEvidence, block: RunBlock): LatencyEvidence {
  const { candidate, stable } = block.drawn;
  const slow = slowOf(block.drawn, runs.stable, block);
  const share = candidate.count / Math.max(1, candidate.count + stable.count);
  const next =
    slow === undefined ? logs : addCounts(logs, { candidate: slow.candidate, baseline: slow.stable, share, margin: 1 });
  return {
    logs: next,
    mostLog: next === logs ? mostLog : Math.max(mostLog, logEvidence(next)),
    runs: addTally(runs, block.runs, block),
    pairs: addTally(pairs, block.pairs, block),
  };
}

function addTally(tally: RunTally, { candidate, stable }: ArmRuns, question: Question): RunTally {
  if (candidate.count + stable.count === 0) return tally;
  const seen = {
    ...tally,
    stable: addHistograms(tally.stable, stable),
    candidate: addHistograms(tally.candidate, candidate),
  };
  const slow = slowOf({ candidate, stable }, tally.stable, question);
  if (slow === undefined) return seen;
  return {
    ...seen,
    candidateRuns: tally.candidateRuns + candidate.count,
    candidateSlow: tally.candidateSlow + slow.candidate,
    stableRuns: tally.stableRuns + stable.count,
    stableSlow: tally.stableSlow + slow.stable,
    threshold: slow.threshold,
  };
}

/** @returns undefined while too little is known of the stable version. */
function slowOf(
  { candidate, stable }: ArmRuns,
  before: HistogramTotals,
  { metric, margin }: Question,
): { readonly candidate: number; readonly stable: number; readonly threshold: number } | undefined {
  if (before.count < MIN_RUNS) return undefined;
  const edge = quantileEdge(before, probabilityOf(metric));
  const candidateEdge = edge + marginBuckets(margin);
  return {
    candidate: countAbove(candidate, candidateEdge),
    stable: countAbove(stable, edge),
    threshold: bucketEdge(candidateEdge),
  };
}

/** Buckets are 2^(1/8) wide: 1.19 is two of them. */
function marginBuckets(margin: number): number {
  return Math.max(0, Math.round(Math.log2(margin) * BUCKETS_PER_OCTAVE));
}

/** The upper edge of the bucket that holds the value of rank ceil(p × count). */
function quantileEdge({ count, offset, counts }: HistogramTotals, p: number): number {
  const rank = Math.max(1, Math.ceil(p * count));
  let below = 0;
  for (let bucket = 0; bucket < counts.length; bucket += 1) {
    below += counts[bucket] ?? 0;
    if (below >= rank) return offset + bucket + 1;
  }
  return offset + counts.length;
}

function countAbove({ offset, counts }: HistogramTotals, edge: number): number {
  return counts.reduce((sum, count, bucket) => (offset + bucket >= edge ? sum + count : sum), 0);
}
