/** How far two tensors of the same shape and type are apart, element by element. */
import type { OutputTotals, Tolerance } from '../domain/comparison.ts';
import type { Elements } from '../domain/elements.ts';

/** Of one pair. */
export interface ElementDifferences extends Pick<
  OutputTotals,
  | 'elements'
  | 'elementsBeyond'
  | 'equalElements'
  | 'nanDifferences'
  | 'maxAbsolute'
  | 'sumAbsolute'
  | 'maxRelative'
  | 'sumRelative'
> {
  /** The largest |a - b| over its tolerance; see PairComparison. */
  readonly score: number;
}

/**
 * Numbers agree where |a - b| <= absolute + relative |a|, where a is the live version's. NaN agrees with NaN, and an
 * infinity with itself; against anything else they are a difference without a size, which counts as one of NaN and in
 * no sum. The relative difference is |a - b| over the larger magnitude, so it lies in [0, 2].
 */
export function measureElements(live: Float64Array, shadow: Float64Array, tolerance: Tolerance): ElementDifferences {
  const elements = live.length;
  let elementsBeyond = 0;
  let equalElements = 0;
  let nanDifferences = 0;
  let maxAbsolute = 0;
  let sumAbsolute = 0;
  let maxRelative = 0;
  let sumRelative = 0;
  let score = 0;
  for (let at = 0; at < elements; at += 1) {
    const a = live[at] ?? NaN;
    const b = shadow[at] ?? NaN;
    if (a === b) {
      equalElements += 1;
      continue;
    }
    const size = Math.abs(a);
    let absolute = Math.abs(a - b);
    let relative = absolute / Math.max(size, Math.abs(b));
    if (!(absolute < Infinity)) {
      if (Number.isNaN(a) && Number.isNaN(b)) {
        equalElements += 1;
        continue;
      }
      if (!Number.isFinite(a) || !Number.isFinite(b)) {
        elementsBeyond += 1;
        nanDifferences += 1;
        score = Infinity;
        continue;
      }
      // The difference of two doubles may be larger than the largest.
      absolute = Number.MAX_VALUE;
      relative = Math.abs(a / 2 - b / 2) / (Math.max(size, Math.abs(b)) / 2);
    }
    const allowed = tolerance.absolute + tolerance.relative * size;
    if (absolute > allowed) elementsBeyond += 1;
    if (absolute > score * allowed) score = absolute / allowed;
    if (absolute > maxAbsolute) maxAbsolute = absolute;
    if (relative > maxRelative) maxRelative = relative;
    sumAbsolute += absolute;
    sumRelative += relative;
  }
  return {
    elements,
    elementsBeyond,
    equalElements,
    nanDifferences,
    maxAbsolute,
    sumAbsolute: Math.min(sumAbsolute, Number.MAX_VALUE),
    maxRelative,
    sumRelative,
    score,
  };
}

/** Labels agree where they are equal; nothing else is said about them. */
export function equateElements(live: Elements, shadow: Elements): ElementDifferences {
  const elements = live.length;
  let equalElements = 0;
  for (let at = 0; at < elements; at += 1) if (live[at] === shadow[at]) equalElements += 1;
  const elementsBeyond = elements - equalElements;
  return { ...NO_SIZES, elements, elementsBeyond, equalElements, score: Math.min(1, elementsBeyond) };
}

const NO_SIZES = { nanDifferences: 0, maxAbsolute: 0, sumAbsolute: 0, maxRelative: 0, sumRelative: 0 };
