/** Experiments and their results between their messages and the domain. */
import type { ExperimentRecord } from '../../../admin/experiment-body.ts';
import type { ExperimentResults } from '../../../admin/experiment-results.ts';
import type { WantedExperiment } from '../../../experiment/plan.ts';
import type { Comparison, MetricResults } from '../../../experiment/results.ts';
import type { SampleRatio } from '../../../experiment/sample-ratios.ts';
import type { Comparison as ComparisonOut } from '../../gen/sluice/admin/v1/Comparison.ts';
import type { CreateExperimentRequest__Output as CreateIn } from '../../gen/sluice/admin/v1/CreateExperimentRequest.ts';
import type { Experiment } from '../../gen/sluice/admin/v1/Experiment.ts';
import type { ExperimentResults as ResultsOut } from '../../gen/sluice/admin/v1/ExperimentResults.ts';
import type { MetricResults as MetricOut } from '../../gen/sluice/admin/v1/MetricResults.ts';
import type { SampleRatio as SampleRatioOut } from '../../gen/sluice/admin/v1/SampleRatio.ts';
import { formatTime, formatTimeOrNone } from './time-codec.ts';

export function parseExperiment(wire: CreateIn): WantedExperiment {
  const { name, model, hypothesis, arms, trafficShare, layer, metrics, alpha, power } = wire;
  return {
    name,
    model,
    hypothesis,
    arms: arms.map((arm) => ({ name: arm.name, version: arm.version, share: arm.share })),
    trafficShare,
    layer,
    metrics: metrics.map((metric) => ({
      name: metric.name,
      kind: metric.kind,
      direction: metric.direction,
      role: metric.role,
      minimumEffect: metric.minimumEffect,
      baseline: metric.baseline,
      standardDeviation: metric.standardDeviation,
    })),
    alpha,
    power,
  };
}

export function formatExperiment({ document, plan, ...record }: ExperimentRecord): Experiment {
  const { name, model, hypothesis, arms, trafficShare, layer, metrics, alpha, power, plannedUnits } = plan;
  const { phase, reason, generation, epoch, startedAt, endedAt, createdBy, promoted } = record;
  return {
    name,
    model,
    hypothesis,
    arms: arms.map((arm) => ({ ...arm })),
    trafficShare,
    layer,
    metrics: metrics.map((metric) => ({ ...metric })),
    alpha,
    power,
    phase,
    reason,
    generation,
    plannedUnitsPerArm: plannedUnits,
    epoch,
    createdAt: formatTime(document.createdAt),
    startedAt: formatTimeOrNone(startedAt),
    endedAt: formatTimeOrNone(endedAt),
    createdBy,
    promoted,
  };
}

export function formatResults(results: ExperimentResults): ResultsOut {
  const { record, at, arms, metrics, exposures, reporting, conclusion, refused } = results;
  return {
    experiment: formatExperiment(record),
    at: formatTime(at),
    arms: arms.map((arm) => ({ ...arm })),
    metrics: metrics.map(formatMetric),
    exposures: formatRatio(exposures),
    reporting: formatRatio(reporting),
    conclusion,
    refused: { ...refused },
  };
}

function formatMetric({ metric, arms, comparisons }: MetricResults): MetricOut {
  return {
    metric: metric.name,
    kind: metric.kind,
    role: metric.role,
    arms: arms.map(({ count, ...arm }) => ({ ...arm, units: count })),
    comparisons: comparisons.map(formatComparison),
  };
}

function formatComparison(comparison: Comparison): ComparisonOut {
  const { anytimePValue, fixedPValue, adjustedPValue, ...rest } = comparison;
  return { ...rest, anytimePValue, fixedPValue, adjustedPValue };
}

function formatRatio({ verdict, pValue, sequentialPValue, summary }: SampleRatio): SampleRatioOut {
  return { verdict, pValue, sequentialPValue, summary };
}
