/** Two sketches of one feature on common bins: what the tests of drift are about. Pure. */
import type { FeatureSketch, LabelSketch, NumberSketch } from '../domain/sketch.ts';
import { countsOf, isCounted, labelCount } from '../monitor/sketch.ts';

/**
 * Counts of each bin, scaled to the units of their side: values of one call may be alike, so as many values as there
 * were calls are no more than that many observations.
 */
export interface Bins {
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

export interface Sides<Sketch = FeatureSketch> {
  /** What the bins are made by, so that they do not depend on what is held against it. */
  readonly reference: Sketch;
  readonly current: Sketch;
}

const MAX_BINS = 10;
/** Units of the smaller side in a bin, about. */
const BIN_UNITS = 10;
/** Of the smaller side, in the bin of a label. */
const LABEL_UNITS = 5;

/** undefined where one side counted numbers and the other labels. */
export function binFeature({ reference, current }: Sides): Bins | undefined {
  if (reference.kind === 'numeric' && current.kind === 'numeric') return binNumbers({ reference, current });
  if (reference.kind === 'label' && current.kind === 'label') return binLabels({ reference, current });
  return undefined;
}

/** About equal parts of the reference by its quantiles, the outer ones open; NaN has one of its own where it came. */
function binNumbers({ reference, current }: Sides<NumberSketch>): Bins {
  const units = Math.min(reference.units, current.units);
  const edges = edgesOf(countsOf(reference), Math.min(MAX_BINS, Math.max(2, Math.floor(units / BIN_UNITS))));
  const hasNan = reference.nan + current.nan > 0;
  const fill = (sketch: NumberSketch): readonly number[] => {
    const bins = new Array<number>(edges.length + 1).fill(0);
    for (const [key, count] of countsOf(sketch)) {
      const above = edges.findIndex((edge) => key <= edge);
      const bin = above === -1 ? edges.length : above;
      bins[bin] = (bins[bin] ?? 0) + count;
    }
    return scale(hasNan ? [...bins, sketch.nan] : bins, sketch.units);
  };
  return { reference: fill(reference), current: fill(current) };
}

/** The highest key of each bin but the last. A reference of one value has a bin below it, and one above. */
function edgesOf(counts: ReadonlyMap<number, number>, bins: number): readonly number[] {
  const keys = [...counts.keys()];
  const [only] = keys;
  if (keys.length === 1 && only !== undefined) return [only - 1, only];
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const share = total / bins;
  const edges: number[] = [];
  let left = total;
  let filled = 0;
  for (const [key, count] of counts) {
    filled += count;
    left -= count;
    if (filled < share || left < share / 2) continue;
    edges.push(key);
    filled = 0;
  }
  return edges;
}

/** The most frequent labels of the reference; the others are one bin, with those that not both sides counted. */
function binLabels({ reference, current }: Sides<LabelSketch>): Bins {
  const least = (LABEL_UNITS / Math.max(1, Math.min(reference.units, current.units))) * totalOf(reference);
  const named = Object.keys(reference.labels)
    .filter((label) => isCounted(current, label) && labelCount(reference, label) >= least)
    .sort((a, b) => labelCount(reference, b) - labelCount(reference, a) || (a < b ? -1 : 1))
    .slice(0, MAX_BINS - 1);
  const fill = (sketch: LabelSketch): readonly number[] => {
    const counts = named.map((label) => labelCount(sketch, label));
    return scale([...counts, totalOf(sketch) - counts.reduce((sum, count) => sum + count, 0)], sketch.units);
  };
  return { reference: fill(reference), current: fill(current) };
}

function totalOf(sketch: LabelSketch): number {
  return Object.keys(sketch.labels).reduce((sum, label) => sum + labelCount(sketch, label), sketch.other);
}

function scale(counts: readonly number[], units: number): readonly number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return total === 0 ? counts : counts.map((count) => (count * units) / total);
}

/** Of each bucket that either side has, in ascending order, its share on each side. */
export function bucketShares({ reference, current }: Sides<NumberSketch>): Bins {
  const sides = [countsOf(reference), countsOf(current)] as const;
  const keys = [...new Set(sides.flatMap((counts) => [...counts.keys()]))].sort((a, b) => a - b);
  const sharesOf = (counts: ReadonlyMap<number, number>): readonly number[] =>
    scale(
      keys.map((key) => counts.get(key) ?? 0),
      1,
    );
  return { reference: sharesOf(sides[0]), current: sharesOf(sides[1]) };
}
