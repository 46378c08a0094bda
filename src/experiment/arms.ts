/** An experiment's arms within the traffic policy of its model. */
import { TOTAL_WEIGHT } from '../domain/traffic.ts';
import type { ExperimentPlan } from './plan.ts';
import { apportion } from './shares.ts';

export interface PolicyArm {
  readonly version: string;
  readonly arm: string;
  readonly weight: number;
}

/** How the traffic policy, replies and prediction ids call an arm. */
export function armName(experiment: string, arm: string): string {
  return `${experiment}.${arm}`;
}

/** What the experiment's arms get of the model's traffic. */
export function armsOf({ name, arms, trafficShare }: ExperimentPlan): readonly PolicyArm[] {
  const weights = apportion(
    trafficShare,
    arms.map(({ share }) => share),
  );
  return arms.map((arm, index) => ({
    version: arm.version,
    arm: armName(name, arm.name),
    weight: weights[index] ?? 0,
  }));
}

/** The arms with those of the experiment: what it takes comes from those that belong to none; undefined = too much. */
export function withExperiment(
  arms: readonly PolicyArm[],
  plan: ExperimentPlan,
  isOfExperiment: (arm: PolicyArm) => boolean,
): readonly PolicyArm[] | undefined {
  const free = arms.filter((arm) => !isOfExperiment(arm));
  const rest = sumOf(free) - plan.trafficShare;
  if (rest < 0) return undefined;
  const weights = apportion(
    rest,
    free.map(({ weight }) => weight),
  );
  const shrunk = free.map((arm, index) => ({ ...arm, weight: weights[index] ?? 0 }));
  return [...shrunk, ...arms.filter(isOfExperiment), ...armsOf(plan)];
}

/** The arms without the experiment: what it had goes to those that belong to none, by what they had before. */
export function withoutExperiment(
  arms: readonly PolicyArm[],
  plan: ExperimentPlan,
  {
    before,
    isOfExperiment,
  }: { readonly before: readonly PolicyArm[]; readonly isOfExperiment: (arm: PolicyArm) => boolean },
): readonly PolicyArm[] {
  const own = new Set(armsOf(plan).map(({ arm }) => arm));
  const others = arms.filter(({ arm }) => !own.has(arm));
  const free = others.filter((arm) => !isOfExperiment(arm));
  const parts = free.map((arm) => before.find((known) => known.arm === arm.arm)?.weight ?? 0);
  const weights = apportion(TOTAL_WEIGHT - sumOf(others.filter(isOfExperiment)), parts);
  const grown = free.map((arm, index) => ({ ...arm, weight: weights[index] ?? 0 }));
  return [...grown, ...others.filter(isOfExperiment)];
}

/** Whether the experiment's arms are in force as they were planned. */
export function isInForce(arms: readonly PolicyArm[], plan: ExperimentPlan): boolean {
  return armsOf(plan).every((own) =>
    arms.some(({ version, arm, weight }) => arm === own.arm && version === own.version && weight === own.weight),
  );
}

function sumOf(arms: readonly PolicyArm[]): number {
  return arms.reduce((sum, { weight }) => sum + weight, 0);
}
