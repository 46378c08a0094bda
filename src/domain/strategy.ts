/** How a rollout goes about it: complete and checked, every default filled in. Durations in ms, weights in 1/10,000. */

export const QUANTILES = ['p50', 'p95', 'p99'] as const;
export type QuantileName = (typeof QUANTILES)[number];

export const LATENCY_METRICS = [
  'compute_p50',
  'compute_p95',
  'compute_p99',
  'request_p50',
  'request_p95',
  'request_p99',
] as const;
export type LatencyMetric = (typeof LATENCY_METRICS)[number];

export type OnFail = 'rollback' | 'pause' | 'alert';

/** One of the metrics that are compared with the stable version. */
export type MetricName = 'error_rate' | LatencyMetric | 'disagreement' | `outcome:${string}`;

export interface MetricPlan {
  readonly metric: MetricName;
  /** See Metric.margin in rollouts.proto. */
  readonly margin: number;
  readonly onFail: OnFail;
  /** Of outcomes: which way is better. */
  readonly direction: 'increase' | 'decrease';
}

export interface GuardrailPlan {
  readonly metric: 'success_rate' | LatencyMetric;
  /** A share of success_rate, ms of latencies. */
  readonly limit: number;
  readonly minRequests: number;
  readonly windowMs: number;
  readonly onFail: OnFail;
}

export interface AnalysisPlan {
  readonly alpha: number;
  readonly metrics: readonly MetricPlan[];
  readonly guardrails: readonly GuardrailPlan[];
  /** 0 = never. */
  readonly fuse: number;
  readonly onInsufficient: 'pause' | 'rollback';
}

/** What the rollout does one after the other; the last is always `bake`. */
export type Stage =
  | {
      readonly kind: 'shadow';
      readonly share: number;
      readonly minPairs: number;
      readonly holdMs: number;
      readonly deadlineMs: number;
    }
  | {
      readonly kind: 'weight';
      readonly weight: number;
      readonly holdMs: number;
      readonly minRequests: number;
      readonly analysis: boolean;
      readonly approval: boolean;
      readonly deadlineMs: number;
    }
  | {
      readonly kind: 'budget';
      readonly extraFaults: number;
      readonly alpha: number;
      readonly maxWeight: number;
      readonly holdMs: number;
      readonly deadlineMs: number;
    }
  /** All traffic is the candidate's, and the stable version is held loaded. */
  | { readonly kind: 'bake'; readonly holdMs: number; readonly approval: boolean };

export interface Strategy {
  /** As it was asked for: canary, linear, blue_green or budget. */
  readonly kind: 'canary' | 'linear' | 'blue_green' | 'budget';
  /** At least one. */
  readonly stages: readonly Stage[];
  readonly analysis: AnalysisPlan;
  readonly failOver: boolean;
  readonly deadlineMs: number;
}
