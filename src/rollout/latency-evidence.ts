/**
 * Whether more of the candidate's runs are slow than of the stable version's, at one quantile of one latency.
 *
 * Slow is a run of the stable version that takes longer than its quantile, as it was before the block, and one of the
 * candidate that takes longer than that times the margin. Runs are compared in pairs of neighbours (see
 * monitor/neighbours.ts). Given how many pairs there were in the block, and how many of their runs were slow, at most
 * half of those fall on the candidate where it is slower by no more than the margin (hypergeometric, which the binomial
 * of the e-process dominates in convex order: Hoeffding 1963, Theorem 4). Of pairs that chance decided anew that is
 * evidence of harm; all pairs say what is probably no harm. Thresholds are edges of buckets, so counting is exact.
 */
import type { LatencyMetric, QuantileName } from '../domain/strategy.ts';
import { BUCKETS_PER_OCTAVE, bucketEdge } from '../monitor/histogram.ts';
import { addHistograms, NO_VALUES } from '../monitor/series.ts';
import type { HistogramTotals } from '../monitor/series.ts';
import { addCounts, logEvidence, NO_COUNT_EVIDENCE } from '../stats/count-evidence.ts';
import type { CountEvidence } from '../stats/count-evidence.ts';

export interface LatencyEvidence {
  /** Of pairs that chance decided anew. */
  readonly logs: CountEvidence;
  readonly mostLog: number;
  /** Runs of all pairs so far. */
  readonly stable: HistogramTotals;
  readonly candidate: HistogramTotals;
  /** Of all pairs since there was a threshold: runs, and slow ones. */
  readonly candidateRuns: number;
  readonly candidateSlow: number;
  readonly stableRuns: number;
  readonly stableSlow: number;
  /** The last threshold of the candidate's runs, in seconds; 0 = none yet. */
  readonly threshold: number;
}

export const NO_LATENCY_EVIDENCE: LatencyEvidence = {
  logs: NO_COUNT_EVIDENCE,
  mostLog: 0,
  stable: NO_VALUES,
  candidate: NO_VALUES,
  candidateRuns: 0,
  candidateSlow: 0,
  stableRuns: 0,
  stableSlow: 0,
  threshold: 0,
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

export interface RunBlock {
  readonly metric: LatencyMetric;
  /** What is still no harm, a ratio from 1 on; rounded to whole buckets. */
  readonly margin: number;
  readonly pairs: ArmRuns;
  /** Of them those that chance decided anew. */
  readonly drawn: ArmRuns;
  /** What the stable version took before the block, in pairs or not: thresholds are of these while pairs are few. */
  readonly before: HistogramTotals;
}

export function addRuns(evidence: LatencyEvidence, block: RunBlock): LatencyEvidence {
  const { metric, margin, pairs, drawn, before } = block;
  const seen = {
    ...evidence,
    stable: addHistograms(evidence.stable, pairs.stable),
    candidate: addHistograms(evidence.candidate, pairs.candidate),
  };
  const known = evidence.stable.count < MIN_RUNS ? before : evidence.stable;
  if (known.count < MIN_RUNS) return seen;
  const edge = quantileEdge(known, probabilityOf(metric));
  const candidateEdge = edge + marginBuckets(margin);
  const slowOf = ({ candidate, stable }: ArmRuns): { candidate: number; stable: number } => ({
    candidate: countAbove(candidate, candidateEdge),
    stable: countAbove(stable, edge),
  });
  const [slow, drawnSlow] = [slowOf(pairs), slowOf(drawn)];
  const runs = drawn.candidate.count + drawn.stable.count;
  const share = runs === 0 ? 0 : drawn.candidate.count / runs;
  const logs = addCounts(evidence.logs, {
    candidate: drawnSlow.candidate,
    baseline: drawnSlow.stable,
    share,
    margin: 1,
  });
  return {
    ...seen,
    logs,
    mostLog: Math.max(evidence.mostLog, logEvidence(logs)),
    candidateRuns: evidence.candidateRuns + pairs.candidate.count,
    candidateSlow: evidence.candidateSlow + slow.candidate,
    stableRuns: evidence.stableRuns + pairs.stable.count,
    stableSlow: evidence.stableSlow + slow.stable,
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
