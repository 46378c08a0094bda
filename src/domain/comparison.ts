/** How the outputs of two runs of the same inputs compare, as plain cumulative data that adds up. */

/** What counts as equal: |a - b| <= absolute + relative * |a|. */
export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
}

/** Of a model, for comparisons of its versions: key "shadow" of its config.json. */
export interface ShadowSettings {
  /** By output; others have the default of compare-outputs.ts. */
  readonly tolerances: Readonly<Record<string, Tolerance>>;
  /** true: no values of its tensors leave the process. */
  readonly private: boolean;
}

/** Of one output, over all pairs. */
export interface OutputTotals {
  readonly kind: 'exact' | 'tolerance' | 'labels' | 'scores';
  readonly pairs: number;
  readonly disagreed: number;
  readonly elements: number;
  readonly elementsBeyond: number;
  readonly maxAbsolute: number;
  readonly sumAbsolute: number;
  readonly maxRelative: number;
  readonly sumRelative: number;
  readonly rows: number;
  readonly argmaxAgreed: number;
  readonly topKOverlapSum: number;
  readonly topK: number;
  readonly equalElements: number;
  readonly shapeDifferences: number;
  readonly nanDifferences: number;
  readonly tolerance: Tolerance;
}

export interface PairTotals {
  readonly pairs: number;
  readonly disagreed: number;
  readonly outputs: Readonly<Record<string, OutputTotals>>;
}

/** Row "comparison" of the evidence book, named "LIVE/SHADOW". */
export interface ComparisonTotals extends PairTotals {
  /** Epoch ms of the first pair. */
  readonly since: number;
  readonly shadowErrors: Readonly<Record<string, number>>;
  readonly skipped: Readonly<Record<'dropped' | 'live_failed' | 'too_large' | 'over_budget', number>>;
  /** The live version against itself. */
  readonly noise: PairTotals;
  /** Run times of the pairs in ms: sums, and of shadow - live the sum and the sum of squares. */
  readonly liveMs: number;
  readonly shadowMs: number;
  readonly differenceMs: number;
  readonly differenceMsSquared: number;
  readonly shadowSlower: number;
}
