/**
 * Sketches of values: exponential buckets on both sides of zero for numbers, counts for labels. They add up exactly.
 *
 * Buckets have the growth of Histogram's, 2^(1/8) = 1.09, from 2^-16 to 2^32 and the same below zero. What is nearer to
 * zero than 2^-16 counts as zero, what is further away than 2^32, infinities included, in the outermost bucket.
 */
import type { FeatureSketch, LabelSketch, NumberSketch, SketchTotals } from '../domain/sketch.ts';
import { BUCKETS_PER_OCTAVE } from './histogram.ts';

const LOW_EXPONENT = -16;
const HIGH_EXPONENT = 32;
const LOWEST = 2 ** LOW_EXPONENT;
const BUCKETS = (HIGH_EXPONENT - LOW_EXPONENT) * BUCKETS_PER_OCTAVE;

/** Labels that are told apart. */
export const MAX_LABELS = 100;

/**
 * 0 for zero, k > 0 for values in (2^(-16 + (k-1)/8), 2^(-16 + k/8)], -k for their negatives: a larger key is a larger
 * value. NaN has none.
 */
export function bucketKey(value: number): number {
  const size = Math.abs(value);
  if (!(size > LOWEST)) return 0;
  const key = Math.ceil((Math.log2(size) - LOW_EXPONENT) * BUCKETS_PER_OCTAVE);
  const bounded = Math.min(Math.max(key, 1), BUCKETS);
  return value < 0 ? -bounded : bounded;
}

export function isBucketKey(key: number): boolean {
  return Number.isInteger(key) && Math.abs(key) <= BUCKETS;
}

/** As if all values had been recorded in one. What is a number in one and a label in another is that of the first. */
export function mergeSketches(all: readonly SketchTotals[]): SketchTotals {
  const merged = new Map<string, FeatureSketch>();
  for (const totals of all) {
    for (const [feature, sketch] of Object.entries(totals)) {
      const before = merged.get(feature);
      merged.set(feature, before === undefined ? sketch : addSketches(before, sketch));
    }
  }
  return Object.fromEntries(merged);
}

function addSketches(a: FeatureSketch, b: FeatureSketch): FeatureSketch {
  if (a.kind === 'numeric') return b.kind === 'numeric' ? addNumbers(a, b) : a;
  return b.kind === 'label' ? addLabels(a, b) : a;
}

function addNumbers(a: NumberSketch, b: NumberSketch): NumberSketch {
  const counts = countsOf(a);
  for (const [key, count] of countsOf(b)) counts.set(key, (counts.get(key) ?? 0) + count);
  return { kind: 'numeric', units: a.units + b.units, buckets: bucketsOf(counts), nan: a.nan + b.nan };
}

/** Counts by bucket key. */
export function countsOf({ buckets }: NumberSketch): Map<number, number> {
  const counts = new Map<number, number>();
  for (let at = 0; at + 1 < buckets.length; at += 2) counts.set(buckets[at] ?? 0, buckets[at + 1] ?? 0);
  return counts;
}

export function bucketsOf(counts: ReadonlyMap<number, number>): readonly number[] {
  return [...counts].sort(([a], [b]) => a - b).flat();
}

/** A label whose count in one of the two is not known, since that has others, becomes one of the others. */
function addLabels(a: LabelSketch, b: LabelSketch): LabelSketch {
  const labels = new Map<string, number>();
  let other = a.other + b.other;
  for (const label of new Set([...Object.keys(a.labels), ...Object.keys(b.labels)])) {
    const count = labelCount(a, label) + labelCount(b, label);
    if (isCounted(a, label) && isCounted(b, label)) labels.set(label, count);
    else other += count;
  }
  // Of too many those with the highest counts are kept; which of equal ones does not depend on the order of merging.
  const kept = [...labels].sort(([x, n], [y, m]) => m - n || (x < y ? -1 : 1));
  for (const [, count] of kept.slice(MAX_LABELS)) other += count;
  return { kind: 'label', units: a.units + b.units, labels: Object.fromEntries(kept.slice(0, MAX_LABELS)), other };
}

/** 0 where it is one of the others, or never came. */
export function labelCount({ labels }: LabelSketch, label: string): number {
  return Object.hasOwn(labels, label) ? (labels[label] ?? 0) : 0;
}

/** Whether the sketch knows how often the label came. */
export function isCounted({ labels, other }: LabelSketch, label: string): boolean {
  return other === 0 || Object.hasOwn(labels, label);
}
