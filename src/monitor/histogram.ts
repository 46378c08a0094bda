/**
 * A mergeable histogram with base-2 exponential buckets: what every duration and size is recorded in.
 *
 * Scale 3, that is eight buckets per octave, each 2^(1/8) = 1.0905 times as wide as the last: the usual growth of
 * Prometheus' native histograms, half of what other servers use (1.8), and 2 kB for durations from 1 µs to 17 minutes.
 * A quantile is the harmonic middle of its bucket, so it is off by at most QUANTILE_ERROR = (γ-1)/(γ+1) = 4.34 %,
 * however the values lie. Bucket edges are those of OTLP's exponential histogram, (lower, upper], exact to the last bit
 * at powers of two; a list of edges is therefore also an exact explicit histogram.
 */
import assert from 'node:assert/strict';

const SCALE = 3;
/** The powers of two are edges, and this many buckets lie between two of them. */
export const BUCKETS_PER_OCTAVE = 2 ** SCALE;
const GROWTH = 2 ** (1 / BUCKETS_PER_OCTAVE);

/** How far a quantile may be from the recorded value of that rank, relative to it. */
export const QUANTILE_ERROR = (GROWTH - 1) / (GROWTH + 1);

/** The values that a histogram tells apart: 2^lowExponent to 2^highExponent. What lies outside counts at the end. */
export interface BucketRange {
  readonly lowExponent: number;
  /** Bucket k holds (edges[k], edges[k + 1]]. */
  readonly edges: Float64Array;
}

function bucketRange({ lowExponent, highExponent }: { lowExponent: number; highExponent: number }): BucketRange {
  const edges = new Float64Array((highExponent - lowExponent) * BUCKETS_PER_OCTAVE + 1);
  for (let k = 0; k < edges.length; k++) edges[k] = bucketEdge(lowExponent * BUCKETS_PER_OCTAVE + k);
  return { lowExponent, edges };
}

/**
 * 2^(index/8), exact at powers of two: the lower edge of the bucket that OTLP numbers so, the upper of the one before.
 */
export function bucketEdge(index: number): number {
  const octave = Math.floor(index / BUCKETS_PER_OCTAVE);
  return 2 ** octave * 2 ** ((index - octave * BUCKETS_PER_OCTAVE) / BUCKETS_PER_OCTAVE);
}

/** Durations in seconds, 1 µs to 1,024 s. */
export const SECONDS = bucketRange({ lowExponent: -20, highExponent: 10 });

/** Counts of rows, 1 to 1,048,576. */
export const ROWS = bucketRange({ lowExponent: -1, highExponent: 20 });

/** OTLP's form: bucketCounts[i] counts (2^((offset+i)/8), 2^((offset+i+1)/8)]. */
export interface ExponentialBuckets {
  readonly scale: number;
  readonly offset: number;
  readonly bucketCounts: number[];
}

/** A value's bits; records happen one at a time, so all histograms share them. */
const scratch = new Float64Array(1);
const scratchWords = new Uint32Array(scratch.buffer);

export class Histogram {
  readonly range: BucketRange;
  readonly #counts: Float64Array;
  /** The exponent and first three mantissa bits of the lowest edge, as the high word of a double holds them. */
  readonly #origin: number;
  readonly #lowest: number;
  readonly #highest: number;
  #count = 0;
  #sum = 0;
  #min = Infinity;
  #max = 0;

  constructor(range: BucketRange = SECONDS) {
    this.range = range;
    this.#counts = new Float64Array(range.edges.length - 1);
    this.#origin = (range.lowExponent + 1023) * BUCKETS_PER_OCTAVE;
    this.#lowest = edge(range, 0);
    this.#highest = edge(range, range.edges.length - 1);
  }

  get count(): number {
    return this.#count;
  }

  get sum(): number {
    return this.#sum;
  }

  /** Infinity when nothing was recorded. */
  get min(): number {
    return this.#min;
  }

  get max(): number {
    return this.#max;
  }

  /**
   * Counts one value in the unit of the range. Allocates nothing. NaN and negative values (a clock's fault) count
   * as 0, values above the range as its end.
   */
  record(value: number): void {
    const clamped = value > 0 ? (value < this.#highest ? value : this.#highest) : 0;
    let bucket = 0;
    if (clamped > this.#lowest) {
      // The exponent and the first three bits of the mantissa number the buckets of a histogram with *linear* steps in
      // each octave. 8·log2(1 + j/8) lies in [j, j + 1) for j = 0..7, so the logarithmic bucket is that one or the
      // next; an exact power of two belongs to the one before.
      scratch[0] = clamped;
      bucket = ((scratchWords[1] ?? 0) >>> 17) - this.#origin;
      const { edges } = this.range;
      if (clamped > (edges[bucket + 1] ?? Infinity)) bucket += 1;
      else if (clamped <= (edges[bucket] ?? 0)) bucket -= 1;
    }
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count += 1;
    this.#sum += clamped;
    if (clamped < this.#min) this.#min = clamped;
    if (clamped > this.#max) this.#max = clamped;
  }

  /** Adds what the other holds, as if it had been recorded here. */
  merge(other: Histogram): void {
    assert(
      other.range.lowExponent === this.range.lowExponent && other.#counts.length === this.#counts.length,
      'only histograms of one range merge',
    );
    other.#counts.forEach((count, bucket) => {
      this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count;
    });
    this.#count += other.#count;
    this.#sum += other.#sum;
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
  }

  /**
   * The value of rank ceil(p × count), within QUANTILE_ERROR of it inside the range, exact at the ends (p = 0 gives
   * min, p = 1 gives max). NaN when nothing was recorded.
   */
  quantile(p: number): number {
    assert(p >= 0 && p <= 1, 'a quantile lies between 0 and 1');
    if (this.#count === 0) return NaN;
    if (p === 0) return this.#min;
    if (p === 1) return this.#max;
    const rank = Math.max(1, Math.ceil(p * this.#count));
    let below = 0;
    let bucket = 0;
    for (; bucket < this.#counts.length - 1; bucket++) {
      below += this.#counts[bucket] ?? 0;
      if (below >= rank) break;
    }
    const lower = edge(this.range, bucket);
    const upper = edge(this.range, bucket + 1);
    const middle = (2 * lower * upper) / (lower + upper);
    return Math.min(Math.max(middle, this.#min), this.#max);
  }

  /** The buckets from the first to the last that is not empty. The lowest also holds what lies below the range. */
  toExponential(): ExponentialBuckets {
    const first = this.#counts.findIndex((count) => count > 0);
    if (first === -1) return { scale: SCALE, offset: 0, bucketCounts: [] };
    const last = this.#counts.findLastIndex((count) => count > 0);
    return {
      scale: SCALE,
      offset: this.range.lowExponent * BUCKETS_PER_OCTAVE + first,
      bucketCounts: Array.from(this.#counts.subarray(first, last + 1)),
    };
  }

  /**
   * Counts per (previous boundary, boundary], then one for what is above the last. Exact, since the boundaries must be
   * inner edges of the range, ascending (see octaveEdges).
   */
  toExplicit(boundaries: readonly number[]): number[] {
    const { edges } = this.range;
    const counts: number[] = [];
    let bucket = 0;
    for (const boundary of boundaries) {
      let count = 0;
      while ((edges[bucket + 1] ?? Infinity) <= boundary) count += this.#counts[bucket++] ?? 0;
      assert(bucket > 0 && bucket < this.#counts.length && edges[bucket] === boundary, 'a boundary is an inner edge');
      counts.push(count);
    }
    counts.push(this.#counts.subarray(bucket).reduce((total, count) => total + count, 0));
    return counts;
  }
}

/** Edges of the range from 2^from to 2^to, `perOctave` (1, 2, 4 or 8) in each octave: boundaries for toExplicit. */
export function octaveEdges(
  range: BucketRange,
  { from, to, perOctave }: { from: number; to: number; perOctave: number },
): number[] {
  const step = BUCKETS_PER_OCTAVE / perOctave;
  const first = (from - range.lowExponent) * BUCKETS_PER_OCTAVE;
  const last = (to - range.lowExponent) * BUCKETS_PER_OCTAVE;
  assert(Number.isInteger(step) && first > 0 && last < range.edges.length - 1, 'the edges lie inside the range');
  const picked: number[] = [];
  for (let k = first; k <= last; k += step) picked.push(edge(range, k));
  return picked;
}

function edge(range: BucketRange, k: number): number {
  const value = range.edges[k];
  assert(value !== undefined, 'an edge of the range');
  return value;
}
