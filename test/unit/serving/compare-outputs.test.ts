/** Comparing the outputs of two runs. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { OutputTotals, ShadowSettings } from '../../../src/domain/comparison.ts';
import type { Datatype } from '../../../src/domain/datatype.ts';
import type { Dimension } from '../../../src/domain/signature.ts';
import type { Tensor } from '../../../src/domain/tensor.ts';
import { compareOutputs } from '../../../src/serving/compare-outputs.ts';
import type { PairComparison } from '../../../src/serving/compare-outputs.ts';
import { signature, tensor, tensorSpec } from '../../support/builders.ts';

const EQUAL: OutputTotals = {
  kind: 'tolerance',
  pairs: 1,
  disagreed: 0,
  elements: 2,
  elementsBeyond: 0,
  maxAbsolute: 0,
  sumAbsolute: 0,
  maxRelative: 0,
  sumRelative: 0,
  rows: 0,
  argmaxAgreed: 0,
  topKOverlapSum: 0,
  topK: 0,
  equalElements: 2,
  shapeDifferences: 0,
  nanDifferences: 0,
  tolerance: { absolute: 1e-4, relative: 1e-3 },
};

interface Given {
  readonly datatype?: Datatype;
  /** As the signature has it. */
  readonly shape?: readonly Dimension[];
  readonly settings?: ShadowSettings;
}

/** Of output `y`: one column unless the test says otherwise. */
function compare(
  live: readonly number[] | Tensor,
  shadow: readonly number[] | Tensor | undefined,
  { datatype = 'FP64', shape = ['batch', 1], settings }: Given = {},
): PairComparison {
  const columns = shape.slice(1).map(Number);
  const made = (values: readonly number[]): Tensor => {
    const rows = values.length / columns.reduce((a, b) => a * b, 1);
    return tensor('y', datatype, [rows, ...columns], values);
  };
  const tensorOf = (given: readonly number[] | Tensor): Tensor => ('data' in given ? given : made(given));
  return compareOutputs({
    live: [tensorOf(live)],
    shadow: shadow === undefined ? [] : [tensorOf(shadow)],
    signature: signature({ outputs: [tensorSpec('y', datatype, shape)] }),
    settings,
  });
}

function ofY({ totals }: PairComparison): OutputTotals | undefined {
  return totals.outputs.y;
}

suite('compareOutputs of numbers', () => {
  test('what is equal agrees, NaN and infinities included', () => {
    const compared = compare([NaN, -Infinity], [NaN, -Infinity]);
    assert.deepEqual(compared, { totals: { pairs: 1, disagreed: 0, outputs: { y: EQUAL } }, score: 0, output: '' });
  });

  test('differences are measured, and within the tolerance they are no disagreement', () => {
    const compared = compare([100, 0], [100.05, 0.000_05]);
    const apart = { maxAbsolute: 100.05 - 100, maxRelative: 1, elements: 2, equalElements: 0 };
    const sums = { sumAbsolute: 100.05 - 100 + 0.000_05, sumRelative: 1 + (100.05 - 100) / 100.05 };
    assert.deepEqual(rounded(ofY(compared)), rounded({ ...EQUAL, ...apart, ...sums }));
    assert.equal(compared.totals.disagreed, 0);
    assert.deepEqual([Number(compared.score.toPrecision(9)), compared.output], [0.5, 'y']);
  });

  test('one element beyond the tolerance is a disagreement; the score says how many times', () => {
    const settings = { tolerances: { y: { absolute: 0.5, relative: 0 } }, private: false };
    const compared = compare([1, 2], [1, 4], { settings });
    const apart = { maxAbsolute: 2, sumAbsolute: 2, maxRelative: 0.5, sumRelative: 0.5, equalElements: 1 };
    assert.deepEqual(ofY(compared), {
      ...EQUAL,
      ...apart,
      disagreed: 1,
      elementsBeyond: 1,
      tolerance: { absolute: 0.5, relative: 0 },
    });
    assert.deepEqual([compared.score, compared.output, compared.totals.disagreed], [4, 'y', 1]);
  });

  test('without a tolerance any difference is infinitely far', () => {
    const settings = { tolerances: { y: { absolute: 0, relative: 0 } }, private: false };
    assert.deepEqual(
      [compare([1], [1], { settings }), compare([1], [1 + 1e-12], { settings })].map(({ score }) => score),
      [0, Infinity],
    );
  });

  test('NaN or an infinity against anything else is a difference without a size', () => {
    for (const [a, b] of [
      [NaN, 1],
      [1, NaN],
      [Infinity, 1],
      [Infinity, -Infinity],
      [NaN, Infinity],
    ] as const) {
      const compared = compare([a, 1], [b, 1]);
      const found = { ...EQUAL, disagreed: 1, elementsBeyond: 1, nanDifferences: 1, equalElements: 1 };
      assert.deepEqual([ofY(compared), compared.score], [found, Infinity]);
    }
  });

  test('another shape or type, or no such output, is a difference of shape', () => {
    const others = [tensor('y', 'FP64', [1, 2], [1, 2]), tensor('y', 'FP32', [2, 1], [1, 2]), undefined];
    for (const other of others) {
      const compared = compare([1, 2], other);
      const found = { ...EQUAL, disagreed: 1, shapeDifferences: 1, elements: 0, equalElements: 0 };
      assert.deepEqual([ofY(compared), compared.score], [found, Infinity]);
    }
  });

  test('the largest doubles do not overflow', () => {
    const compared = ofY(compare([1e308, -1.7e308, -1.7e308], [-1e308, 1.7e308, 1.7e308]));
    assert.deepEqual(
      [compared?.maxAbsolute, compared?.sumAbsolute, compared?.maxRelative, compared?.sumRelative],
      [Number.MAX_VALUE, Number.MAX_VALUE, 2, 6],
    );
  });

  test('FP16 and FP32 are read as what they are, also at odd addresses', () => {
    for (const datatype of ['FP16', 'FP32'] as const) {
      const aligned = tensor('y', datatype, [2, 1], [0.5, -2]);
      const odd = new Uint8Array(aligned.data.length + 1);
      odd.set(aligned.data as Uint8Array, 1);
      const compared = compare(aligned, { ...aligned, data: odd.subarray(1) }, { datatype });
      assert.deepEqual(ofY(compared), EQUAL);
      assert.equal(ofY(compare([0.5], [0.75], { datatype }))?.maxAbsolute, 0.25);
    }
  });

  test('a disagreement is symmetric but for the tolerance, which is relative to the live side', () => {
    const values = fc.array(fc.oneof(fc.double(), fc.integer({ min: -3, max: 3 })), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        const length = Math.min(a.length, b.length);
        const settings = { tolerances: { y: { absolute: 0.5, relative: 0 } }, private: false };
        const there = compare(a.slice(0, length), b.slice(0, length), { settings });
        const back = compare(b.slice(0, length), a.slice(0, length), { settings });
        assert.deepEqual(there, back);
      }),
    );
  });
});

suite('compareOutputs of labels', () => {
  test('strings and whole numbers agree where they are equal', () => {
    const strings = (data: readonly string[]): Tensor => ({ name: 'y', datatype: 'BYTES', shape: [2, 1], data });
    const same = { ...EQUAL, kind: 'labels', tolerance: { absolute: 0, relative: 0 } };
    const differ = { ...same, disagreed: 1, elementsBeyond: 1, equalElements: 1 };
    const compared = compare(strings(['cat', 'dog']), strings(['cat', 'cow']), { datatype: 'BYTES' });
    assert.deepEqual([ofY(compared), compared.score], [differ, 1]);
    for (const datatype of ['INT64', 'INT32', 'UINT8'] as const) {
      assert.deepEqual(ofY(compare([1, 2], [1, 3], { datatype })), differ);
      assert.deepEqual(ofY(compare([1, 2], [1, 2], { datatype })), same);
    }
  });

  test('truth values are exact', () => {
    assert.equal(ofY(compare([0, 1], [0, 1], { datatype: 'BOOL' }))?.kind, 'exact');
    assert.equal(ofY(compare([0, 1], [1, 1], { datatype: 'BOOL' }))?.disagreed, 1);
  });
});

suite('compareOutputs of scores', () => {
  const classes = { shape: ['batch', 3] };

  test('a fixed last axis of 2 to 10,000 floats holds class scores, whatever the values', () => {
    const kinds = [
      ['batch', 2],
      ['batch', 10_000],
      [2],
      ['batch', 1],
      ['batch', 10_001],
      ['batch', 'n'],
      ['batch'],
    ].map((shape) => {
      const spec = signature({ outputs: [tensorSpec('y', 'FP32', shape)] });
      const live = [tensor('y', 'FP32', [1, 2], [1, 2])];
      return compareOutputs({ live, shadow: live, signature: spec, settings: undefined }).totals.outputs.y?.kind;
    });
    const others = ['tolerance', 'tolerance', 'tolerance', 'tolerance'];
    assert.deepEqual(kinds, ['scores', 'scores', 'scores', ...others]);
  });

  test('another best class is a disagreement within any tolerance', () => {
    const settings = { tolerances: { y: { absolute: 1, relative: 0 } }, private: false };
    const compared = ofY(compare([0.5, 0.4, 0.1, 1, 0, 0], [0.4, 0.5, 0.1, 1, 0, 0], { ...classes, settings }));
    const { rows, argmaxAgreed, topK, topKOverlapSum, disagreed, elementsBeyond } = compared ?? EQUAL;
    assert.deepEqual(
      { rows, argmaxAgreed, topK, topKOverlapSum, disagreed, elementsBeyond },
      { rows: 2, argmaxAgreed: 1, topK: 3, topKOverlapSum: 2, disagreed: 1, elementsBeyond: 0 },
    );
  });

  test('of equal scores the first class is the best, and NaN never is', () => {
    const agreed = (a: readonly number[], b: readonly number[]): number | undefined =>
      ofY(compare(a, b, classes))?.argmaxAgreed;
    assert.deepEqual(
      [agreed([1, 1, 0], [1, 0, 1]), agreed([NaN, 1, 0], [0, 1, NaN]), agreed([0, 0, 1], [1, 0, 0])],
      [1, 1, 0],
    );
  });

  test('the overlap is of the best five', () => {
    const live = [9, 8, 7, 6, 5, 4, 3, 2];
    const shadow = [9, 8, 7, 1, 1, 6, 5, 2];
    assert.equal(ofY(compare(live, shadow, { shape: ['batch', 8] }))?.topKOverlapSum, 3 / 5);
    assert.equal(ofY(compare(live, live.toReversed(), { shape: ['batch', 8] }))?.topKOverlapSum, 2 / 5);
  });

  test('the best five are those of a sort', () => {
    const scores = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(scores, scores, (a, b) => {
        const five = (values: readonly number[]): number[] =>
          values
            .map((value, index) => ({ value, index }))
            .sort((x, y) => y.value - x.value || x.index - y.index)
            .slice(0, 5)
            .map(({ index }) => index);
        const overlap = five(a).filter((index) => five(b).includes(index)).length / 5;
        const compared = ofY(compare(a, b, { shape: ['batch', 6] }));
        assert.deepEqual(
          [compared?.topKOverlapSum, compared?.argmaxAgreed],
          [overlap, five(a)[0] === five(b)[0] ? 1 : 0],
        );
      }),
    );
  });
});

test('of several outputs the one that is furthest apart is named', () => {
  const outputs = ['a', 'b'].map((name) => tensorSpec(name, 'FP32', ['batch']));
  const side = (a: number, b: number): Tensor[] => [tensor('a', 'FP32', [1], [a]), tensor('b', 'FP32', [1], [b])];
  const given = { live: side(1, 1), shadow: side(2, 4), signature: signature({ outputs }), settings: undefined };
  const { output, totals } = compareOutputs(given);
  assert.deepEqual([output, totals.disagreed, Object.keys(totals.outputs)], ['b', 1, ['a', 'b']]);
});

/** Sums of doubles, to 12 digits. */
function rounded(totals: object | undefined): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(totals ?? {}).map(([key, value]: [string, unknown]) => [
      key,
      typeof value === 'number' ? Number(value.toPrecision(12)) : value,
    ]),
  );
}
