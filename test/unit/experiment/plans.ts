/** A plan of two equal arms and one metric, with what a test is about on top. */
import { planExperiment } from '../../../src/experiment/plan.ts';
import type { ExperimentPlan, WantedExperiment } from '../../../src/experiment/plan.ts';

export const METRIC = {
  name: 'conversion',
  kind: 'proportion',
  direction: '',
  role: '',
  minimumEffect: 0,
  baseline: 0,
  standardDeviation: 0,
};

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
    metrics: [METRIC],
    alpha: 0,
    power: 0,
    ...over,
  };
}

export function plan(over: Partial<WantedExperiment> = {}): ExperimentPlan {
  return planExperiment(wanted(over));
}
