import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Histogram, octaveEdges, QUANTILE_ERROR, ROWS, SECONDS } from '../../../src/monitor/histogram.ts';

/** Durations all over the range, with powers of two and bucket edges, where mistakes would be. */
const seconds = fc.oneof(
  fc.double({ min: Math.log(1e-6), max: Math.log(1000), noNaN: true }).map(Math.exp),
  fc.integer({ min: -19, max: 9 }).map((exponent) => 2 ** exponent),
  fc.integer({ min: 1, max: SECONDS.edges.length - 1 }).map((k) => SECONDS.edges[k] ?? 1),
);

const boundaries = octaveEdges(SECONDS, { from: -14.5, to: 3.5, perOctave: 2 });

function recorded(values: readonly number[], range = SECONDS): Histogram {
  const histogram = new Histogram(range);
  for (const value of values) histogram.record(value);
  return histogram;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

test('the bucket of every value has its edges around it', () => {
  fc.assert(
    fc.property(seconds, (value) => {
      const { scale, offset, bucketCounts } = recorded([value]).toExponential();
      assert.deepEqual(bucketCounts, [1]);
      assert.equal(scale, 3);
      const k = offset + 20 * 8;
      assert(value > (SECONDS.edges[k] ?? NaN) && value <= (SECONDS.edges[k + 1] ?? NaN), `${value} is not in ${k}`);
    }),
    { numRuns: 2_000 },
  );
});

test('a power of two is the upper end of its bucket, the next number the lower end of the next', () => {
  for (let exponent = -19; exponent < 10; exponent++) {
    assert.equal(recorded([2 ** exponent]).toExponential().offset, exponent * 8 - 1);
    assert.equal(recorded([2 ** exponent * (1 + Number.EPSILON)]).toExponential().offset, exponent * 8);
  }
});

test('merging is recording everything in one', () => {
  fc.assert(
    fc.property(fc.array(seconds), fc.array(seconds), (left, right) => {
      const merged = recorded(left);
      merged.merge(recorded(right));
      const whole = recorded([...left, ...right]);
      assert.deepEqual(merged.toExponential(), whole.toExponential());
      assert.deepEqual([merged.count, merged.min, merged.max], [whole.count, whole.min, whole.max]);
      assert(Math.abs(merged.sum - whole.sum) <= 1e-12 * whole.sum);
    }),
  );
});

test('a quantile is within the error of the value of its rank', () => {
  fc.assert(
    fc.property(fc.array(seconds, { minLength: 1 }), fc.double({ min: 0, max: 1, noNaN: true }), (values, p) => {
      const sorted = values.toSorted((a, b) => a - b);
      const exact = sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? NaN;
      const error = Math.abs(recorded(values).quantile(p) - exact) / exact;
      assert(error <= QUANTILE_ERROR + 1e-12, `off by ${error}`);
    }),
  );
});

test('a quantile lies between the least and the greatest value', () => {
  const histogram = recorded([0.01, 0.01]);
  assert.deepEqual(
    [0, 0.5, 1].map((p) => histogram.quantile(p)),
    [0.01, 0.01, 0.01],
  );
  assert.equal(new Histogram().quantile(0.5), NaN);
});

test('explicit buckets count exactly the values up to their boundary', () => {
  const anywhere = fc.oneof(seconds, fc.double({ min: 0, max: 2000, noNaN: true }));
  fc.assert(
    fc.property(fc.array(anywhere), (values) => {
      const counts = recorded(values).toExplicit(boundaries);
      const expected = [...boundaries, Infinity].map(
        (upper, i) => values.filter((value) => value > (boundaries[i - 1] ?? -1) && value <= upper).length,
      );
      assert.deepEqual(counts, expected);
    }),
  );
});

test('no value is lost: exponential and explicit buckets both add up to the count', () => {
  const anything = fc.double();
  fc.assert(
    fc.property(fc.array(anything), (values) => {
      const histogram = recorded(values);
      assert.equal(histogram.count, values.length);
      assert.equal(sumOf(histogram.toExponential().bucketCounts), values.length);
      assert.equal(sumOf(histogram.toExplicit(boundaries)), values.length);
      assert(histogram.sum >= 0 && Number.isFinite(histogram.sum));
    }),
  );
});

test('a value below the range counts in the first bucket, one above in the last, as its end', () => {
  const histogram = recorded([0, -1, NaN, 1e-9, Infinity]);
  const { offset, bucketCounts } = histogram.toExponential();
  assert.deepEqual([offset, bucketCounts.length, bucketCounts[0], bucketCounts.at(-1)], [-160, 240, 4, 1]);
  assert.deepEqual([histogram.min, histogram.max], [0, 1024]);
});

test('sizes of batches are exact at powers of two', () => {
  const rows = octaveEdges(ROWS, { from: 0, to: 3, perOctave: 1 });
  assert.deepEqual(rows, [1, 2, 4, 8]);
  assert.deepEqual(recorded([1, 1, 2, 3, 4, 8, 9], ROWS).toExplicit(rows), [2, 1, 2, 1, 1]);
});

test('boundaries that are no edges, and histograms of another range, are refused', () => {
  assert.throws(() => new Histogram().toExplicit([0.005]));
  assert.throws(() => new Histogram().toExplicit([2 ** -20]));
  assert.throws(() => new Histogram().toExplicit([2 ** 10]));
  assert.throws(() => {
    new Histogram().merge(new Histogram(ROWS));
  });
});
