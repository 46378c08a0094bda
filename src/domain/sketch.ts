/** How values are distributed, in little space, as plain cumulative data that adds up. */

/** Of numbers. */
export interface NumberSketch {
  readonly kind: 'numeric';
  /** Calls or rows that were looked at: what counts as independent. */
  readonly units: number;
  /** In pairs: a bucket's key, ascending, and the count of the values in it; see bucketKey in monitor/sketch.ts. */
  readonly buckets: readonly number[];
  readonly nan: number;
}

/** Of strings, truth values and whole numbers. */
export interface LabelSketch {
  readonly kind: 'label';
  readonly units: number;
  /** Exact counts; a label that came after the first hundred is in `other`. */
  readonly labels: Readonly<Record<string, number>>;
  readonly other: number;
}

export type FeatureSketch = NumberSketch | LabelSketch;

/** By feature: "input X[2]", "output label". */
export type SketchTotals = Readonly<Record<string, FeatureSketch>>;

/** Of a version's reference.json: its inputs, and the version's own answers to them. */
export interface ReferenceSketches {
  /** Of this description; others are not read. */
  readonly format: 1;
  readonly rows: number;
  readonly features: SketchTotals;
}
