/** Gathers what an experiment has found: exposures, outcomes, and the statistics over them. */
import { SLOT_PARTS } from '../domain/traffic.ts';
import type { TrafficPolicy } from '../domain/traffic.ts';
import { armName } from '../experiment/arms.ts';
import { conclude } from '../experiment/conclusion.ts';
import { callsOf } from '../experiment/exposures.ts';
import { metricResults } from '../experiment/results.ts';
import type { MetricResults, MetricSums } from '../experiment/results.ts';
import { exposureRatio, reportingRatio } from '../experiment/sample-ratios.ts';
import type { ArmCounts, SampleRatio } from '../experiment/sample-ratios.ts';
import type { StoreReader } from '../registry/store.ts';
import type { AdminContext } from './context.ts';
import type { EvidenceReader } from './evidence.ts';
import type { ExperimentRecord } from './experiment-body.ts';
import { currentExposures } from './experiment-exposures.ts';
import { experimentNote } from './experiment-note.ts';
import { settleExperiment } from './experiment-record.ts';

export interface ArmResults {
  readonly arm: string;
  readonly version: string;
  readonly exposures: number;
  readonly units: number;
  readonly outcomes: number;
  /** Predictions with at least one outcome. */
  readonly reported: number;
}

export interface ExperimentResults {
  readonly record: ExperimentRecord;
  readonly at: number;
  readonly arms: readonly ArmResults[];
  readonly metrics: readonly MetricResults[];
  readonly exposures: SampleRatio;
  readonly reporting: SampleRatio;
  readonly conclusion: string;
  readonly refused: Readonly<Record<string, number>>;
}

export interface ResultsContext extends Pick<AdminContext, 'store' | 'now' | 'newSalt'> {
  readonly evidence: EvidenceReader;
}

interface RatiosContext {
  readonly store: StoreReader;
  readonly evidence: EvidenceReader;
}

/** Scope of the outcomes of an experiment. */
export function experimentScope(name: string): string {
  return `experiment:${name}`;
}

export async function experimentResults(context: ResultsContext, name: string): Promise<ExperimentResults> {
  const { store } = context;
  const record = await settleExperiment(context, name);
  const { plan } = record;
  const scope = experimentScope(name);
  const { counted, exposures, reporting } = await sampleRatios(context, record);
  const outcomes = await store.outcomeCounts(scope);
  const arms = plan.arms.map(({ name: arm, version }, index): ArmResults => {
    const found = outcomes.find((count) => count.arm === arm);
    const { calls = [], reported = [] } = counted[index] ?? {};
    return {
      arm,
      version,
      exposures: sumOf(calls),
      units: found?.units ?? 0,
      outcomes: found?.outcomes ?? 0,
      reported: sumOf(reported),
    };
  });
  const byMetric = new Map<string, MetricSums>();
  for (const metric of plan.metrics) byMetric.set(metric.name, await sumsOf(store, { scope, metric: metric.name }));
  const metrics = metricResults(plan, byMetric);
  const conclusion = conclude({ plan, metrics, exposures, reporting });
  const { refused } = await experimentNote(store, record.document.id);
  return { record, at: context.now(), arms, metrics, exposures, reporting, conclusion, refused };
}

/** Whether the arms of an experiment got what they should, and the counts that say so. */
export async function sampleRatios(
  context: RatiosContext,
  record: ExperimentRecord,
): Promise<{
  readonly counted: readonly ArmCounts[];
  readonly exposures: SampleRatio;
  readonly reporting: SampleRatio;
}> {
  const counted = await countArms(context, record);
  return { counted, exposures: exposureRatio(counted), reporting: reportingRatio(counted) };
}

/** By part of the slots. An experiment's arms keep their slots as long as it runs. */
async function countArms(context: RatiosContext, record: ExperimentRecord): Promise<readonly ArmCounts[]> {
  const { store } = context;
  const { plan, epoch: first } = record;
  const exposures = await currentExposures(context, record);
  const reported = await store.reportedPredictions(experimentScope(plan.name));
  const policy = first === 0 ? undefined : (await store.epoch(plan.model, first))?.policy;
  return plan.arms.map(({ name: arm, share }) => {
    const own = reported.filter((row) => row.arm === arm);
    return {
      arm,
      share,
      slots: slotsByPart(policy, armName(plan.name, arm)),
      calls: callsOf(exposures, arm),
      reported: byPart(own.map(({ part, predictions }) => [part, predictions])),
    };
  });
}

function slotsByPart(policy: TrafficPolicy | undefined, arm: string): readonly number[] {
  const slots = policy?.arms.find((own) => own.arm === arm)?.slots ?? [];
  const counts: [part: number, count: number][] = [];
  for (const [from, below] of slots) for (let slot = from; slot < below; slot += 1) counts.push([slot % SLOT_PARTS, 1]);
  return byPart(counts);
}

function byPart(counts: readonly (readonly [part: number, count: number])[]): readonly number[] {
  const parts = Array.from({ length: SLOT_PARTS }, () => 0);
  for (const [part, count] of counts) parts[part] = (parts[part] ?? 0) + count;
  return parts;
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

async function sumsOf(
  store: StoreReader,
  { scope, metric }: { readonly scope: string; readonly metric: string },
): Promise<MetricSums> {
  const sums = await store.unitSums(scope, metric);
  const quantiles = new Map<string, { p50: number; p95: number; p99: number }>();
  for (const { arm, units } of sums) {
    const ranks = [0.5, 0.95, 0.99].map((p) => Math.max(0, Math.ceil(p * units) - 1));
    const [p50 = 0, p95 = 0, p99 = 0] = await store.unitMeansAt({ scope, metric, arm, ranks });
    quantiles.set(arm, { p50, p95, p99 });
  }
  return { sums, quantiles };
}
