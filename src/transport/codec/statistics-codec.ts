/** A version's counts and times as Triton's ModelStatistics. */
import type { VersionStatistics } from '../../monitor/version-stats.ts';
import type { ModelStatistics } from '../gen/inference/ModelStatistics.ts';
import type { StatisticDuration } from '../gen/inference/StatisticDuration.ts';

const NONE: StatisticDuration = { count: 0, ns: 0 };

export function formatStatistics(statistics: VersionStatistics): ModelStatistics {
  const { model, version, lastInferenceMs, inferenceCount, executionCount, batches } = statistics;
  return {
    name: model,
    version,
    lastInference: Math.round(lastInferenceMs),
    inferenceCount,
    executionCount,
    inferenceStats: {
      success: duration(statistics.success),
      fail: duration(statistics.fail),
      queue: duration(statistics.queue),
      computeInput: duration(statistics.computeInput),
      computeInfer: duration(statistics.computeInfer),
      computeOutput: duration(statistics.computeOutput),
      cacheHit: NONE,
      cacheMiss: NONE,
    },
    batchStats: batches.map(({ batchSize, infer }) => ({
      batchSize,
      computeInput: NONE,
      computeInfer: duration(infer),
      computeOutput: NONE,
    })),
  };
}

function duration({ count, ns }: { readonly count: number; readonly ns: number }): StatisticDuration {
  return { count, ns: Math.round(ns) };
}
