/** Comparisons of shadows as sluice.admin.v1 shows them. */
import type { ComparisonView } from '../../../admin/get-comparison.ts';
import type { OutputTotals, PairTotals } from '../../../domain/comparison.ts';
import type { ComparisonExample } from '../../../monitor/comparison-examples.ts';
import type { OutputComparison } from '../../gen/sluice/admin/v1/OutputComparison.ts';
import type { ShadowComparison } from '../../gen/sluice/admin/v1/ShadowComparison.ts';
import type { ShadowExample } from '../../gen/sluice/admin/v1/ShadowExample.ts';
import { formatTime } from './time-codec.ts';

export function formatComparison({ totals, latency, ...view }: ComparisonView): ShadowComparison {
  const { pairs, disagreed, since, shadowErrors, skipped, noise } = totals;
  return {
    ...view,
    since: formatTime(since),
    pairs,
    disagreed,
    shadowErrors: { ...shadowErrors },
    skipped: Object.fromEntries(Object.entries(skipped).filter(([, count]) => count > 0)),
    outputs: formatOutputs(totals),
    noisePairs: noise.pairs,
    noiseDisagreed: noise.disagreed,
    noise: formatOutputs(noise),
    latency: latency ?? null,
  };
}

function formatOutputs({ outputs }: PairTotals): OutputComparison[] {
  return Object.entries(outputs).map(([output, totals]) => formatOutput(output, totals));
}

function formatOutput(output: string, totals: OutputTotals): OutputComparison {
  const { sumAbsolute, sumRelative, topKOverlapSum, tolerance, ...counts } = totals;
  return {
    ...counts,
    output,
    meanAbsolute: sumAbsolute / Math.max(1, totals.elements),
    meanRelative: sumRelative / Math.max(1, totals.elements),
    topKOverlap: topKOverlapSum / Math.max(1, totals.rows),
    absoluteTolerance: tolerance.absolute,
    relativeTolerance: tolerance.relative,
  };
}

export function formatExample({ at, inputs, live, shadow, ...example }: ComparisonExample): ShadowExample {
  return { ...example, at: formatTime(at), inputsJson: inputs, liveJson: live, shadowJson: shadow };
}
