/** Totals of comparisons: that they add up, and come back from JSON. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { ComparisonTotals, OutputTotals, PairTotals } from '../../../src/domain/comparison.ts';
import type { JsonRecord } from '../../../src/domain/registry.ts';
import { comparisonFromJson, examplesFromJson, examplesToJson } from '../../../src/monitor/comparison-codec.ts';
import { isAmongWorst, worstOf } from '../../../src/monitor/comparison-examples.ts';
import type { ComparisonExample } from '../../../src/monitor/comparison-examples.ts';
import {
  emptyComparison,
  mergeComparisons,
  mergePairTotals,
  NO_PAIRS,
} from '../../../src/monitor/comparison-totals.ts';

const count = fc.nat({ max: 1000 });
const outputs: fc.Arbitrary<OutputTotals> = fc.record(
  {
    kind: fc.constant('scores' as const),
    pairs: count,
    disagreed: count,
    elements: count,
    elementsBeyond: count,
    maxAbsolute: count,
    sumAbsolute: count,
    maxRelative: count,
    sumRelative: count,
    rows: count,
    argmaxAgreed: count,
    topKOverlapSum: count,
    topK: fc.constant(3),
    equalElements: count,
    shapeDifferences: count,
    nanDifferences: count,
    tolerance: fc.constant({ absolute: 0.5, relative: 0 }),
  },
  { noNullPrototype: true },
);
const pairs: fc.Arbitrary<PairTotals> = fc.record(
  {
    pairs: count,
    disagreed: count,
    outputs: fc.dictionary(fc.constantFrom('a', 'b', 'constructor'), outputs, { noNullPrototype: true }),
  },
  { noNullPrototype: true },
);
const comparisons: fc.Arbitrary<ComparisonTotals> = fc
  .record(
    {
      since: count,
      shadowErrors: fc.dictionary(fc.constantFrom('internal', 'unavailable'), count, { noNullPrototype: true }),
      skipped: fc.record(
        { dropped: count, live_failed: count, too_large: count, over_budget: count },
        { noNullPrototype: true },
      ),
      noise: pairs,
      liveMs: count,
      shadowMs: count,
      differenceMs: fc.integer({ min: -1000, max: 1000 }),
      differenceMsSquared: count,
      shadowSlower: count,
      of: pairs,
    },
    { noNullPrototype: true },
  )
  .map(({ of, ...rest }) => ({ ...of, ...rest }));

suite('mergeComparisons', () => {
  test('the order and the grouping of the parts make no difference', () => {
    fc.assert(
      fc.property(comparisons, comparisons, comparisons, (a, b, c) => {
        const all = mergeComparisons([a, b, c]);
        assert.deepEqual(mergeComparisons([c, a, b]), all);
        assert.deepEqual(mergeComparisons([mergeComparisons([a, b]), c]), all);
      }),
    );
  });

  test('one alone is itself, none is zeros', () => {
    fc.assert(fc.property(comparisons, (a) => assert.deepEqual(mergeComparisons([a]), a)));
    assert.deepEqual(mergeComparisons([]), emptyComparison(0));
  });

  test('counts add up, extremes are the larger, the tolerance is the newer', () => {
    const output: OutputTotals = {
      kind: 'tolerance',
      pairs: 1,
      disagreed: 1,
      elements: 4,
      elementsBeyond: 2,
      maxAbsolute: 3,
      sumAbsolute: 1e308,
      maxRelative: 1,
      sumRelative: 2,
      rows: 1,
      argmaxAgreed: 1,
      topKOverlapSum: 0.5,
      topK: 2,
      equalElements: 1,
      shapeDifferences: 1,
      nanDifferences: 1,
      tolerance: { absolute: 1, relative: 0 },
    };
    const newer = { ...output, maxAbsolute: 2, maxRelative: 1.5, tolerance: { absolute: 2, relative: 0 } };
    const merged = mergePairTotals(
      { pairs: 1, disagreed: 1, outputs: { y: output } },
      { pairs: 2, disagreed: 0, outputs: { y: newer, z: output } },
    );
    const doubled = Object.fromEntries(
      Object.entries(output).map(([key, value]) => [key, typeof value === 'number' ? value * 2 : value]),
    );
    const y = { ...doubled, maxAbsolute: 3, maxRelative: 1.5, topK: 2, sumAbsolute: Number.MAX_VALUE };
    assert.deepEqual(merged, {
      pairs: 3,
      disagreed: 1,
      outputs: { y: { ...y, tolerance: { absolute: 2, relative: 0 } }, z: output },
    });
    assert.deepEqual(mergePairTotals(NO_PAIRS, merged), merged);
  });
});

suite('comparisons as JSON', () => {
  const reread = (value: object): JsonRecord => JSON.parse(JSON.stringify(value)) as JsonRecord;

  test('they come back', () => {
    fc.assert(fc.property(comparisons, (totals) => assert.deepEqual(comparisonFromJson(reread(totals)), totals)));
  });

  test('what is no comparison is refused', () => {
    const good = reread(emptyComparison(5));
    const bad = [
      {},
      { ...good, pairs: -1 },
      { ...good, pairs: null },
      { ...good, outputs: [] },
      { ...good, outputs: { y: { kind: 'guess' } } },
      { ...good, noise: undefined },
      { ...good, skipped: {} },
      { ...good, shadowErrors: { internal: 'many' } },
    ];
    assert.deepEqual(comparisonFromJson(good), emptyComparison(5));
    for (const body of bad) assert.throws(() => comparisonFromJson(body), { code: 'data_loss' });
  });

  const example = (at: number, score: number): ComparisonExample => ({
    at,
    score,
    output: 'y',
    inputs: '{}',
    live: '{}',
    shadow: '{}',
    summary: 'far apart',
  });

  test('examples come back, an infinite score too', () => {
    const examples = [example(1, Infinity), example(2, 3.5)];
    assert.deepEqual(examplesFromJson(reread(examplesToJson(examples))), examples);
    const bad = [{}, { examples: {} }, { examples: [1] }, { examples: [{ ...example(1, 1), at: 'now' }] }];
    for (const body of bad) assert.throws(() => examplesFromJson(body), { code: 'data_loss' });
    const eleven = { examples: Array.from({ length: 11 }, () => example(1, 1)) };
    assert.throws(() => examplesFromJson(eleven), { code: 'data_loss' });
  });

  test('the ten that differ most are kept, of equal ones the earlier', () => {
    const scores = [3, Infinity, 1, 3, Infinity, 2, 2, 2, 2, 2, 2];
    const kept = worstOf(scores.map((score, at) => example(at, score)));
    assert.deepEqual(
      kept.map(({ at }) => at),
      [1, 4, 0, 3, 5, 6, 7, 8, 9, 10],
    );
    assert.deepEqual(
      [2, 2.1, Infinity].map((score) => isAmongWorst(kept, score)),
      [false, true, true],
    );
    assert.equal(isAmongWorst(kept.slice(1), 0.1), true);
  });
});
