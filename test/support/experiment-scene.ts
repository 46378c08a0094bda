/** Experiments on the model iris in a registry in memory, and callers whom the policy in force divides. */
import { startExperiment } from '../../src/admin/change-experiment.ts';
import { createExperiment } from '../../src/admin/create-experiment.ts';
import { Outcomes } from '../../src/admin/outcomes.ts';
import { PREDICTION_KEY } from '../../src/admin/who-served.ts';
import type { ReportedOutcome } from '../../src/domain/experiment.ts';
import type { TrafficPolicy } from '../../src/domain/traffic.ts';
import type { WantedExperiment } from '../../src/experiment/plan.ts';
import { slotOf, unitOf } from '../../src/routing/pick.ts';
import { PredictionIds } from '../../src/serving/prediction-id.ts';
import { openScene, order } from './admin-scene.ts';
import type { Scene } from './admin-scene.ts';
import { FakeEvidence } from './fake-evidence.ts';
import { policy, send } from './traffic.ts';

/** What became of one call. */
export interface Answered {
  readonly key: string;
  readonly arm: string;
  readonly predictionId: string;
}

export interface ExperimentScene extends Scene {
  readonly evidence: FakeEvidence;
  readonly outcomes: Outcomes;
  create(over?: Partial<WantedExperiment>): Promise<void>;
  /** Creates it, and starts it. */
  run(over?: Partial<WantedExperiment>): Promise<void>;
  policy(): Promise<TrafficPolicy>;
  /** Weights by name of the arms in force. */
  arms(): Promise<Record<string, number>>;
  /** A call with this routing key, '' = none, to the policy in force. */
  call(key: string, slot?: number): Promise<Answered>;
}

export const CONVERSION = {
  name: 'conversion',
  kind: 'proportion',
  direction: '',
  role: '',
  minimumEffect: 0,
  baseline: 0,
  standardDeviation: 0,
};

/** "colours" on iris: version 1 is the control, version 2 the treatment. */
export function wanted(over: Partial<WantedExperiment> = {}): WantedExperiment {
  return {
    name: 'colours',
    model: 'iris',
    hypothesis: '',
    arms: [
      { name: 'control', version: '1', share: 0 },
      { name: 'treatment', version: '2', share: 0 },
    ],
    trafficShare: 0,
    layer: '',
    metrics: [
      CONVERSION,
      { ...CONVERSION, name: 'amount', kind: 'mean' },
      { ...CONVERSION, name: 'clicks', kind: 'ratio' },
    ],
    alpha: 0,
    power: 0,
    ...over,
  };
}

/** Versions 1, 2 and 3, and all traffic on version 1. */
export async function openExperiments(): Promise<ExperimentScene> {
  const scene = await openScene();
  for (const version of ['1', '2', '3']) await scene.register(version);
  await send(scene, policy({ '1': 10_000 }));
  const { store, context } = scene;
  const key = await store.secret(PREDICTION_KEY);
  const ids = new PredictionIds({ key, boot: new Uint8Array(8), now: context.now });
  const inForce = async (model: string): Promise<TrafficPolicy> => {
    const epoch = await store.epoch(model);
    if (epoch === undefined) throw new Error(`model ${model} has no traffic`);
    return epoch.policy;
  };
  const create = async (over?: Partial<WantedExperiment>): Promise<void> => {
    await createExperiment(context, wanted(over), order());
  };
  return {
    ...scene,
    evidence: new FakeEvidence(),
    outcomes: new Outcomes({ store, now: context.now, predictionKey: key }),
    create,
    run: async (over = {}) => {
      await create(over);
      await startExperiment(context, { name: over.name ?? 'colours', expectedGeneration: 0 }, order());
      // No two epochs begin in one millisecond, so that this one may have begun a little ahead.
      scene.pass(10);
    },
    policy: () => inForce('iris'),
    arms: async () => Object.fromEntries((await inForce('iris')).arms.map(({ arm, weight }) => [arm, weight])),
    call: async (routingKey, slot) => {
      const { salt, epoch, arms } = await inForce('iris');
      const at = slot ?? slotOf(salt, routingKey);
      const owner = arms.find(({ slots }) => slots.some(([from, below]) => from <= at && at < below));
      const { version = '', arm = '' } = owner ?? {};
      const facts = { model: 'iris', version, arm, epoch, slot: at, unit: unitOf(routingKey) };
      return { key: routingKey, arm, predictionId: ids.sign(facts) };
    },
  };
}

export function outcome(over: Partial<ReportedOutcome>): ReportedOutcome {
  return {
    predictionId: '',
    experiment: '',
    routingKey: '',
    metric: 'conversion',
    value: 1,
    denominator: 0,
    at: 0,
    id: '',
    ...over,
  };
}
