/** The nouns of experiments and outcomes. Shares in 1/10,000, instants in epoch ms. */

export interface ExperimentArm {
  readonly name: string;
  readonly version: string;
  /** Of the experiment's traffic; they sum to 10,000. The first arm is the control. */
  readonly share: number;
}

export interface ExperimentMetric {
  readonly name: string;
  readonly kind: 'mean' | 'proportion' | 'ratio';
  readonly direction: 'increase' | 'decrease';
  readonly role: 'primary' | 'secondary' | 'guardrail';
  /** 0 = unknown, like the two below. */
  readonly minimumEffect: number;
  readonly baseline: number;
  readonly standardDeviation: number;
}

export const EXPERIMENT_PHASES = ['planned', 'running', 'stopped', 'concluded', 'overridden'] as const;
export type ExperimentPhase = (typeof EXPERIMENT_PHASES)[number];

/** An outcome as a client reports it. */
export interface ReportedOutcome {
  /** '' = by experiment and routing key. */
  readonly predictionId: string;
  readonly experiment: string;
  readonly routingKey: string;
  readonly metric: string;
  readonly value: number;
  /** Of a ratio; 0 = 1. */
  readonly denominator: number;
  /** 0 = now. */
  readonly at: number;
  readonly id: string;
}

/** What became of a batch of them; they add up to its size. */
export interface OutcomeReceipt {
  readonly accepted: number;
  readonly duplicate: number;
  readonly forged: number;
  readonly late: number;
  readonly unknown: number;
  readonly invalid: number;
  /** What was wrong with the first few. */
  readonly notes: readonly string[];
}

/** Sums over the units of one arm; y = a unit's sum of values, d = its sum of denominators, n = its outcomes. */
export interface UnitSums {
  readonly arm: string;
  readonly units: number;
  readonly outcomes: number;
  readonly y: number;
  readonly d: number;
  readonly yy: number;
  readonly dd: number;
  readonly yd: number;
  /** Of the units' means y/d: sum, and sum of squares. */
  readonly m: number;
  readonly mm: number;
  /** Units with more than one outcome. */
  readonly repeated: number;
}
