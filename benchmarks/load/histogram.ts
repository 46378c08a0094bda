/** Latencies in milliseconds, kept to three digits from 1 µs to two minutes. */
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import type { Histogram } from 'hdr-histogram-js';

export interface Latencies {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

const MAX_US = 120_000_000;

export function newHistogram(): Histogram {
  return build({ highestTrackableValue: MAX_US, numberOfSignificantValueDigits: 3, useWebAssembly: false });
}

export function record(histogram: Histogram, ms: number): void {
  histogram.recordValue(Math.min(MAX_US, Math.max(1, Math.round(ms * 1000))));
}

export function summarize(histogram: Histogram): Latencies {
  const at = (percentile: number): number => histogram.getValueAtPercentile(percentile) / 1000;
  const count = histogram.totalCount;
  if (count === 0) return { count, mean: NaN, p50: NaN, p90: NaN, p99: NaN, p999: NaN, max: NaN };
  const { mean, maxValue } = histogram;
  return { count, mean: mean / 1000, p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max: maxValue / 1000 };
}

export const encodeHistogram = (histogram: Histogram): string => encodeIntoCompressedBase64(histogram);

export function mergeHistograms(encoded: readonly string[]): Histogram {
  const merged = newHistogram();
  for (const one of encoded) merged.add(decodeFromCompressedBase64(one, 64, false));
  return merged;
}
