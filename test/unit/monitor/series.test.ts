import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Histogram, ROWS, SECONDS } from '../../../src/monitor/histogram.ts';
import {
  addTotals,
  emptyTotals,
  hasReached,
  histogramTotals,
  OUTCOMES,
  quantileOf,
  REFUSAL_REASONS,
  subtractTotals,
} from '../../../src/monitor/series.ts';
import type { HistogramTotals, SeriesTotals } from '../../../src/monitor/series.ts';
import { totalsFromJson, totalsToJson } from '../../../src/monitor/series-codec.ts';
import { VersionStats } from '../../../src/monitor/version-stats.ts';

/** From the lower edge of a bucket to its upper. */
const WIDTH = 2 ** (1 / 8) * (1 + 1e-12);
const LOWEST = SECONDS.edges[1] ?? NaN;

type Recording = (stats: VersionStats) => void;

/** Milliseconds all over the range, below and above it, with bucket edges. */
const ms = fc.oneof(
  fc.double({ min: 0, max: 2e6, noNaN: true }),
  fc.integer({ min: 0, max: SECONDS.edges.length - 1 }).map((k) => (SECONDS.edges[k] ?? 1) * 1000),
);

const recording: fc.Arbitrary<Recording> = fc.oneof(
  fc.tuple(fc.constantFrom(...OUTCOMES), ms).map(([outcome, total]): Recording => (stats) => {
    stats.recordRequest(outcome, total);
  }),
  ms.map((wait): Recording => (stats) => {
    stats.recordQueue(wait);
  }),
  fc.tuple(fc.integer({ min: 1, max: 3000 }), ms, ms).map(([rows, computeMs, hopMs]): Recording => (stats) => {
    stats.recordBatch({ rows, computeMs, hopMs, closed: 'idle' });
  }),
  fc.constantFrom(...REFUSAL_REASONS).map((reason): Recording => (stats) => {
    stats.recordRefusal(reason);
  }),
  fc.constantFrom<Recording>(
    (stats) => {
      stats.recordExpired();
    },
    (stats) => {
      stats.recordCancelled();
    },
    (stats) => {
      stats.recordRerun();
    },
    (stats) => {
      stats.recordDropped();
    },
  ),
);
const recordings = fc.array(recording, { maxLength: 60, size: 'max' });

function after(...parts: readonly (readonly Recording[])[]): SeriesTotals {
  const stats = new VersionStats({ model: 'iris', version: '1' });
  for (const record of parts.flat()) record(stats);
  return stats.totals();
}

function of(values: readonly number[], range = SECONDS): HistogramTotals {
  const histogram = new Histogram(range);
  for (const value of values) histogram.record(value);
  return histogramTotals(histogram);
}

/** All but the sums, which are as exact as floating point is, and if asked for all but the extremes. */
function counts(totals: SeriesTotals, extremes: 'and extremes' | 'only'): unknown {
  const hidden = extremes === 'only' ? ['sum', 'min', 'max'] : ['sum'];
  return JSON.parse(JSON.stringify(totals, (key, value: unknown) => (hidden.includes(key) ? undefined : value)));
}

function histogramsOf({ requests, queue, compute, hop, batchRows }: SeriesTotals): readonly HistogramTotals[] {
  return [...OUTCOMES.map((outcome) => requests[outcome] ?? of([])), queue, compute, hop, batchRows];
}

test('adding totals is recording everything in one', () => {
  fc.assert(
    fc.property(recordings, recordings, (left, right) => {
      const sum = addTotals(after(left), after(right));
      const whole = after(left, right);
      assert.deepEqual(counts(sum, 'and extremes'), counts(whole, 'and extremes'));
      histogramsOf(sum).forEach((histogram, i) => {
        const expected = histogramsOf(whole)[i]?.sum ?? NaN;
        assert(Math.abs(histogram.sum - expected) <= 1e-12 * expected);
      });
    }),
  );
});

test('a difference is what was recorded in between, with extremes no worse than their buckets', () => {
  fc.assert(
    fc.property(recordings, recordings, (before, between) => {
      const difference = subtractTotals(after(before, between), after(before));
      const expected = after(between);
      assert.deepEqual(counts(difference, 'only'), counts(expected, 'only'));
      histogramsOf(difference).forEach((histogram, i) => {
        const exact = histogramsOf(expected)[i] ?? of([]);
        assert(histogram.min <= exact.min && histogram.max >= exact.max);
        // The lowest bucket has no lower edge.
        assert(histogram.min >= exact.min / WIDTH - LOWEST && histogram.max <= exact.max * WIDTH + LOWEST);
        assert(Math.abs(histogram.sum - exact.sum) <= 1e-8 * (exact.sum + 1));
      });
    }),
  );
});

test('what is added up again from differences is the whole, extremes included', () => {
  fc.assert(
    fc.property(recordings, recordings, (before, between) => {
      const whole = after(before, between);
      const rebuilt = addTotals(after(before), subtractTotals(whole, after(before)));
      assert.deepEqual(counts(rebuilt, 'and extremes'), counts(whole, 'and extremes'));
    }),
  );
});

test('later totals have reached earlier ones, and not the other way round', () => {
  fc.assert(
    fc.property(recordings, fc.array(recording, { minLength: 1 }), (before, between) => {
      assert(hasReached(after(before, between), after(before)));
      assert(!hasReached(after(before), after(before, between)));
      assert(hasReached(after(before), after(before)));
    }),
  );
});

test('totals with as many values but in other buckets have not reached', () => {
  const fast = { ...emptyTotals(), queue: of([0.001, 0.001]) };
  const slow = { ...emptyTotals(), queue: of([0.001, 4, 4]) };
  assert(!hasReached(slow, fast) && !hasReached(fast, slow));
});

test('a quantile of totals is the quantile of the histogram', () => {
  const seconds = fc.array(ms.map((value) => value / 1000));
  fc.assert(
    fc.property(seconds, fc.double({ min: 0, max: 1, noNaN: true }), (values, p) => {
      const histogram = new Histogram();
      for (const value of values) histogram.record(value);
      assert.equal(quantileOf(histogramTotals(histogram), p), histogram.quantile(p));
    }),
  );
});

test('a quantile of rows is the quantile of the histogram of rows', () => {
  const histogram = new Histogram(ROWS);
  for (const rows of [1, 2, 3, 8, 8, 100, 2 ** 20]) histogram.record(rows);
  for (const p of [0, 0.3, 0.5, 0.8, 1]) assert.equal(quantileOf(histogramTotals(histogram), p), histogram.quantile(p));
});

test('totals come back from their text as they were', () => {
  fc.assert(
    fc.property(recordings, (made) => {
      assert.deepEqual(totalsFromJson(totalsToJson(after(made))), after(made));
    }),
  );
});

test('a text that holds no totals is data loss, whatever it is', () => {
  const good = {
    ...emptyTotals(),
    requests: { ok: { count: 2, sum: 2, min: 1, max: 1, offset: -1, counts: [2] } },
  };
  assert.deepEqual(totalsFromJson(JSON.stringify(good)), good);
  const ok = (over: object): unknown => ({ ...good, requests: { ok: { ...good.requests.ok, ...over } } });
  const bad: Readonly<Record<string, unknown>> = {
    'not an object': [],
    'a part is missing': { ...good, queue: undefined },
    'requests are a list': { ...good, requests: [] },
    'an unknown outcome': { ...good, requests: { fine: good.requests.ok } },
    'a reason is missing': { ...good, refused: { queue_rows: 1 } },
    'a negative count': { ...good, rows: -1 },
    'half a row': { ...good, rows: 0.5 },
    'more than a safe integer': { ...good, expired: 2 ** 53 },
    'a number as text': { ...good, reruns: '1' },
    'a count that its buckets do not add up to': ok({ count: 3 }),
    'a negative bucket': ok({ counts: [3, -1] }),
    'no offset': ok({ offset: null }),
    'a bucket below all ranges': ok({ offset: -161 }),
    'a bucket above all ranges': ok({ offset: 160 }),
    'too many buckets': ok({ offset: -160, counts: [2, ...Array<number>(320).fill(0)] }),
    'a sum below 0': ok({ sum: -1 }),
    'no max': ok({ max: null }),
    'a min above the max': ok({ min: 2 }),
    'a text beyond the limit': { ...good, more: 'x'.repeat(2 ** 18) },
  };
  for (const [what, value] of Object.entries(bad)) {
    assert.throws(() => totalsFromJson(JSON.stringify(value)), { name: 'ServerError', code: 'data_loss' }, what);
  }
  assert.throws(() => totalsFromJson('{"requests":'), { code: 'data_loss' });
});
