/** Experiments as people plan them, made complete and checked. */
import { checkDifferent, oneOf, probability, wrong } from '../domain/field-checks.ts';
import type { ExperimentArm, ExperimentMetric } from '../domain/experiment.ts';
import { TOTAL_WEIGHT } from '../domain/traffic.ts';
import { isName } from '../domain/version.ts';
import { unitsForMeans, unitsForProportions } from '../stats/power.ts';
import { apportion } from './shares.ts';

/** Fields of CreateExperimentRequest; 0 and '' as experiments.proto says. */
export interface WantedExperiment {
  readonly name: string;
  readonly model: string;
  readonly hypothesis: string;
  readonly arms: readonly ExperimentArm[];
  readonly trafficShare: number;
  readonly layer: string;
  readonly metrics: readonly {
    readonly name: string;
    readonly kind: string;
    readonly direction: string;
    readonly role: string;
    readonly minimumEffect: number;
    readonly baseline: number;
    readonly standardDeviation: number;
  }[];
  readonly alpha: number;
  readonly power: number;
}

export interface ExperimentPlan {
  readonly name: string;
  readonly model: string;
  readonly hypothesis: string;
  /** The first is the control. */
  readonly arms: readonly ExperimentArm[];
  readonly trafficShare: number;
  readonly layer: string;
  readonly metrics: readonly ExperimentMetric[];
  readonly alpha: number;
  readonly power: number;
  /** Units per arm; 0 = not known. */
  readonly plannedUnits: number;
}

const MAX_ARMS = 16;
const MAX_METRICS = 16;
const MAX_NAME = 63;
const MAX_HYPOTHESIS = 10_000;
const KINDS = ['mean', 'proportion', 'ratio'] as const;
const DIRECTIONS = ['increase', 'decrease'] as const;
const ROLES = ['primary', 'secondary', 'guardrail'] as const;

/** INVALID_ARGUMENT names the field, the value and what is allowed. */
export function planExperiment(wanted: WantedExperiment): ExperimentPlan {
  const { name, model, hypothesis } = wanted;
  checkName('name', name);
  if (hypothesis.length > MAX_HYPOTHESIS) {
    throw wrong(`hypothesis has ${hypothesis.length} characters; at most ${MAX_HYPOTHESIS} are kept`);
  }
  const arms = planArms(wanted.arms);
  const trafficShare = wanted.trafficShare === 0 ? TOTAL_WEIGHT : wanted.trafficShare;
  if (!Number.isSafeInteger(trafficShare) || trafficShare < arms.length || trafficShare > TOTAL_WEIGHT) {
    throw wrong(`traffic_share is ${trafficShare}; give ${arms.length} to ${TOTAL_WEIGHT}, in 1/10,000`);
  }
  const layer = wanted.layer === '' ? 'default' : wanted.layer;
  checkName('layer', layer);
  const metrics = planMetrics(wanted.metrics);
  const alpha = probability('alpha', wanted.alpha === 0 ? 0.05 : wanted.alpha);
  const power = wanted.power === 0 ? 0.8 : wanted.power;
  if (!(power > alpha && power < 1)) throw wrong(`power is ${power}; give a probability above alpha, below 1`);
  const plannedUnits = unitsOf(metrics, { alpha, power });
  return { name, model, hypothesis, arms, trafficShare, layer, metrics, alpha, power, plannedUnits };
}

function planArms(arms: readonly ExperimentArm[]): readonly ExperimentArm[] {
  if (arms.length < 2 || arms.length > MAX_ARMS) throw wrong(`there are ${arms.length} arms; give 2 to ${MAX_ARMS}`);
  for (const [index, { name, version }] of arms.entries()) {
    checkName(`arms[${index}].name`, name);
    // Traffic policies call it EXPERIMENT.ARM, and names of experiments may have dots.
    if (name.includes('.')) throw wrong(`arms[${index}].name is "${name}"; give a name without dots`);
    if (!isName(version)) throw wrong(`arms[${index}].version is "${version.slice(0, 128)}"; give a version's name`);
  }
  checkDifferent(
    'arms',
    arms.map(({ name }) => name),
  );
  const total = arms.reduce((sum, { share }) => sum + share, 0);
  if (total === 0) {
    const shares = apportion(
      TOTAL_WEIGHT,
      arms.map(() => 1),
    );
    return arms.map((arm, index) => ({ ...arm, share: shares[index] ?? 0 }));
  }
  const isWhole = arms.every(({ share }) => Number.isSafeInteger(share) && share > 0);
  if (total !== TOTAL_WEIGHT || !isWhole) {
    throw wrong(`the arms' shares sum to ${total}; give whole numbers above 0 that sum to ${TOTAL_WEIGHT}, or none`);
  }
  return arms;
}

function planMetrics(metrics: WantedExperiment['metrics']): readonly ExperimentMetric[] {
  if (metrics.length === 0 || metrics.length > MAX_METRICS) {
    throw wrong(`there are ${metrics.length} metrics; give 1 to ${MAX_METRICS}`);
  }
  checkDifferent(
    'metrics',
    metrics.map(({ name }) => name),
  );
  return metrics.map((metric, index) => {
    const where = `metrics[${index}]`;
    checkName(`${where}.name`, metric.name);
    const { name, minimumEffect, baseline, standardDeviation } = metric;
    const kind = oneOf(`${where}.kind`, metric.kind, KINDS);
    for (const [field, value] of Object.entries({
      minimum_effect: minimumEffect,
      standard_deviation: standardDeviation,
    })) {
      if (!(value >= 0 && Number.isFinite(value))) throw wrong(`${where}.${field} is ${value}; give 0 or more`);
    }
    const isShare = baseline >= 0 && baseline <= 1;
    if (!Number.isFinite(baseline) || (kind === 'proportion' && !isShare)) {
      throw wrong(`${where}.baseline is ${baseline}; give a ${kind === 'proportion' ? 'share from 0 to 1' : 'number'}`);
    }
    return {
      name,
      kind,
      direction: oneOf(`${where}.direction`, metric.direction || 'increase', DIRECTIONS),
      role: oneOf(`${where}.role`, metric.role || 'primary', ROLES),
      minimumEffect,
      baseline,
      standardDeviation,
    };
  });
}

/** Of the first primary metric that says what matters. */
function unitsOf(
  metrics: readonly ExperimentMetric[],
  goal: { readonly alpha: number; readonly power: number },
): number {
  const metric = metrics.find(({ role, minimumEffect }) => role === 'primary' && minimumEffect > 0);
  if (metric === undefined) return 0;
  const { kind, baseline, standardDeviation, direction, minimumEffect } = metric;
  const effect = direction === 'increase' ? minimumEffect : -minimumEffect;
  const units =
    kind === 'proportion' && baseline > 0
      ? unitsForProportions({ ...goal, ratio: 1, baseline, effect })
      : standardDeviation > 0
        ? unitsForMeans({ ...goal, ratio: 1, effect, standardDeviation })
        : undefined;
  return units === undefined || !Number.isFinite(units) ? 0 : Math.ceil(units);
}

function checkName(field: string, name: string): void {
  if (isName(name) && name.length <= MAX_NAME) return;
  const allowed = `letters, digits, ".", "_" and "-", ${MAX_NAME} at most, beginning with a letter or digit`;
  throw wrong(`${field} is "${name.slice(0, 128)}"; give ${allowed}`);
}
