/** Gathers what an experiment has found: exposures, outcomes, and the statistics over them. */
import { armName } from '../experiment/arms.ts';
import { conclude } from '../experiment/conclusion.ts';
import { metricResults } from '../experiment/results.ts';
import type { MetricResults, MetricSums } from '../experiment/results.ts';
import { exposureRatio, reportingRatio } from '../experiment/sample-ratios.ts';
import type { SampleRatio } from '../experiment/sample-ratios.ts';
import { armPlaceFrom, armTotalsFrom } from '../monitor/arm-codec.ts';
import type { StoreReader } from '../registry/store.ts';
import type { AdminContext } from './context.ts';
import type { EvidenceReader } from './evidence.ts';
import { settleExperiment } from './experiment-record.ts';
import type { ExperimentRecord } from './experiment-record.ts';
import { refusalsOf } from './outcome-refusals.ts';

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

/** Scope of the outcomes of an experiment. */
export function experimentScope(name: string): string {
  return `experiment:${name}`;
}

export async function experimentResults(context: ResultsContext, name: string): Promise<ExperimentResults> {
  const { store, evidence } = context;
  const record = await settleExperiment(context, name);
  const { plan } = record;
  const scope = experimentScope(name);
  const exposed = await exposuresOf(evidence, record);
  const counts = await store.outcomeCounts(scope);
  const arms = plan.arms.map(({ name: arm, version }): ArmResults => {
    const found = counts.find((count) => count.arm === arm);
    const { units = 0, outcomes = 0, predictions: reported = 0 } = found ?? {};
    return { arm, version, exposures: exposed.get(arm) ?? 0, units, outcomes, reported };
  });
  const byMetric = new Map<string, MetricSums>();
  for (const metric of plan.metrics) byMetric.set(metric.name, await sumsOf(store, { scope, metric: metric.name }));
  const metrics = metricResults(plan, byMetric);
  const armCounts = arms.map(({ arm, exposures, reported }) => {
    const share = plan.arms.find((own) => own.name === arm)?.share ?? 0;
    return { arm, share, exposures, reported };
  });
  const exposures = exposureRatio(armCounts);
  const reporting = reportingRatio(armCounts);
  const conclusion = conclude({ plan, metrics, exposures, reporting });
  const refused = await refusalsOf(store, name);
  return { record, at: context.now(), arms, metrics, exposures, reporting, conclusion, refused };
}

/** Calls that a slot sent to each arm, of all serve processes. Names of experiments, and so of their arms, are unique. */
async function exposuresOf(evidence: EvidenceReader, { plan }: ExperimentRecord): Promise<ReadonlyMap<string, number>> {
  const names = new Map(plan.arms.map(({ name }) => [armName(plan.name, name), name]));
  const exposures = new Map<string, number>();
  for (const { name, body } of await evidence.rows('arm', plan.model)) {
    const own = names.get(armPlaceFrom(name).arm);
    if (own !== undefined) exposures.set(own, (exposures.get(own) ?? 0) + armTotalsFrom(body).calls);
  }
  return exposures;
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
