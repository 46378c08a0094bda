/** Runs of two versions as they follow each other in time, in blocks, with latencies that move together. */
import type { LatencyMetric } from '../../src/domain/strategy.ts';
import { BUCKETS_PER_OCTAVE } from '../../src/monitor/histogram.ts';
import { NO_VALUES } from '../../src/monitor/series.ts';
import type { HistogramTotals } from '../../src/monitor/series.ts';
import { addRuns, NO_LATENCY_EVIDENCE } from '../../src/rollout/latency-evidence.ts';
import type { LatencyEvidence } from '../../src/rollout/latency-evidence.ts';
import { quantileTestPValue } from '../../src/stats/sequential-quantile.ts';
import type { Prng } from '../support/prng.ts';

export interface RunStream {
  readonly blocks: number;
  /** The candidate's share of the runs of a block. */
  readonly shareAt: (block: number) => number;
  /** Of the logarithm of a run's time with that of the run before it. */
  readonly correlation: number;
  /** The probability that a burst begins with a run; in it everything is 2.7 times as slow, for 30 runs on average. */
  readonly bursts: number;
  /** From the first block to the last everything becomes slower by this factor. */
  readonly drift: number;
  /** How much slower the candidate is. */
  readonly factor: number;
  /** Calls that each run is counted for: 1 where the run is the unit. */
  readonly callsPerRun: number;
}

export const EVEN: RunStream = {
  blocks: 30,
  shareAt: () => 0.1,
  correlation: 0,
  bursts: 0,
  drift: 1,
  factor: 1,
  callsPerRun: 1,
};

export interface Block {
  readonly candidate: HistogramTotals;
  readonly stable: HistogramTotals;
}

const RUNS_PER_BLOCK = 24;
const SPREAD = 0.4;
/** 10 ms as a logarithm. */
const MIDDLE = Math.log(0.01);
const LOWEST_BUCKET = -96;
const BUCKETS = 96;

/** Blocks of 24 runs: what comes of a quarter of a second at 100 calls a second. */
export function* blocksOf(random: Prng, stream: RunStream): Generator<Block> {
  const { blocks, shareAt, correlation, bursts, drift, factor, callsPerRun } = stream;
  const fresh = Math.sqrt(1 - correlation ** 2);
  let noise = random.normal();
  let isBurst = false;
  for (let block = 0; block < blocks; block += 1) {
    const share = shareAt(block);
    const trend = MIDDLE + Math.log(drift) * (block / blocks);
    const candidate = new Array<number>(BUCKETS).fill(0);
    const stable = new Array<number>(BUCKETS).fill(0);
    for (let run = 0; run < RUNS_PER_BLOCK; run += 1) {
      noise = correlation * noise + fresh * random.normal();
      if (bursts > 0) isBurst = random.next() < (isBurst ? 29 / 30 : bursts);
      const time = trend + SPREAD * noise + (isBurst ? 1 : 0);
      const isCandidate = random.next() < share;
      record(isCandidate ? candidate : stable, time + (isCandidate ? Math.log(factor) : 0), callsPerRun);
    }
    yield { candidate: totals(candidate), stable: totals(stable) };
  }
}

/** @param time a logarithm of seconds. */
function record(counts: number[], time: number, calls: number): void {
  const bucket = Math.ceil((time / Math.LN2) * BUCKETS_PER_OCTAVE) - 1 - LOWEST_BUCKET;
  const inside = Math.min(Math.max(bucket, 0), BUCKETS - 1);
  counts[inside] = (counts[inside] ?? 0) + calls;
}

/** Neither sum nor extremes are looked at. */
function totals(counts: readonly number[]): HistogramTotals {
  const first = counts.findIndex((of) => of > 0);
  if (first < 0) return NO_VALUES;
  const used = counts.slice(first, counts.findLastIndex((of) => of > 0) + 1);
  const count = used.reduce((sum, of) => sum + of, 0);
  return { count, sum: 0, min: 0, max: 0, offset: LOWEST_BUCKET + first, counts: used };
}

/** As if all runs of a block were compared with each other, and chance had decided for all of them anew. */
export function addBlock(
  evidence: LatencyEvidence,
  block: Block,
  { metric, margin }: { readonly metric: LatencyMetric; readonly margin: number },
): LatencyEvidence {
  return addRuns(evidence, { metric, margin, runs: block, pairs: block, drawn: block });
}

const METRICS = ['compute_p50', 'compute_p95', 'compute_p99'] as const;

/** The largest ln e of the exceedances of stable's median, p95 and p99. */
export function largestLatencyEvidence(random: Prng, stream: RunStream): readonly number[] {
  let evidence: readonly LatencyEvidence[] = METRICS.map(() => NO_LATENCY_EVIDENCE);
  for (const block of blocksOf(random, stream)) {
    evidence = evidence.map((of, at) => addBlock(of, block, { metric: METRICS[at] ?? 'compute_p50', margin: 1 }));
  }
  return evidence.map(({ mostLog }) => mostLog);
}

/** The candidate's runs until the evidence reaches 1/α; Infinity where it does not in all blocks. */
export function runsToRollBack(
  random: Prng,
  stream: RunStream,
  { metric, alpha, margin }: { metric: (typeof METRICS)[number]; alpha: number; margin: number },
): number {
  let evidence = NO_LATENCY_EVIDENCE;
  for (const block of blocksOf(random, stream)) {
    evidence = addBlock(evidence, block, { metric, margin });
    if (evidence.mostLog >= -Math.log(alpha)) return evidence.runs.candidateRuns;
  }
  return Infinity;
}

/** The largest -ln p of the sequential quantile test over all that came so far, looked at every fifth block. */
export function largestQuantileEvidence(
  random: Prng,
  stream: RunStream,
  quantiles: readonly number[],
): readonly number[] {
  const a = new Array<number>(BUCKETS).fill(0);
  const b = new Array<number>(BUCKETS).fill(0);
  const most = quantiles.map(() => 0);
  let block = 0;
  for (const { candidate, stable } of blocksOf(random, stream)) {
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      a[bucket] = (a[bucket] ?? 0) + countIn(candidate, bucket);
      b[bucket] = (b[bucket] ?? 0) + countIn(stable, bucket);
    }
    block += 1;
    if (block % 5 !== 0) continue;
    for (const [at, quantile] of quantiles.entries()) {
      const p = quantileTestPValue({ quantile, a, b, optimalCount: 300 });
      most[at] = Math.max(most[at] ?? 0, -Math.log(p));
    }
  }
  return most;
}

function countIn({ offset, counts }: HistogramTotals, bucket: number): number {
  return counts[bucket + LOWEST_BUCKET - offset] ?? 0;
}
