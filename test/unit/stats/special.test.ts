/** Special functions against mpmath, and against what they must be of one another. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import {
  betaRegularized,
  chiSquaredUpper,
  erfc,
  gammaRegularized,
  logBeta,
  logBetaOf,
  logGamma,
  normalCdf,
  normalQuantile,
  normalUpper,
  studentQuantile,
  studentTwoSided,
} from '../../../src/stats/special.ts';
import { assertClose, vectors } from './vectors-codec.ts';

const { special } = vectors;
const shape = fc.double({ min: 0.5, max: 1e5, noNaN: true });
const share = fc.double({ min: 0.001, max: 0.999, noNaN: true });

suite('special functions agree with mpmath to a relative 1e-12', () => {
  test('logGamma, its zeros included', () => {
    for (const [x, expected] of special.logGamma) assertClose(logGamma(x), expected, `logGamma(${x})`);
  });

  test('logBeta and logBetaOf, without the cancellation of large terms', () => {
    for (const [a, b, expected] of special.logBeta) {
      assertClose(logBeta(a, b), expected, `logBeta(${a}, ${b})`);
      assert.equal(logBeta(b, a), logBeta(a, b));
    }
    for (const [values, expected] of special.logBetaOf) {
      assertClose(logBetaOf(values), expected, `logBetaOf(${values.join()})`);
    }
  });

  test('betaRegularized, from shapes of 0.5 to 1e6 and down to 1e-300', () => {
    for (const [x, a, b, expected] of special.betaRegularized) {
      const tolerance = Math.max(a, b) > 1e4 ? 1e-11 : 1e-12;
      assertClose(betaRegularized({ x, a, b }), expected, `I_${x}(${a}, ${b})`, tolerance);
    }
  });

  test('gammaRegularized, each tail where it is the small one', () => {
    for (const [x, shape, lower, upper] of special.gammaRegularized) {
      const found = gammaRegularized({ x, shape });
      assertClose(found.lower, lower, `P(${shape}, ${x})`);
      assertClose(found.upper, upper, `Q(${shape}, ${x})`);
    }
  });

  test('erfc, normalUpper, normalCdf and normalQuantile', () => {
    for (const [x, expected] of special.erfc) assertClose(erfc(x), expected, `erfc(${x})`);
    for (const [z, expected] of special.normalUpper) {
      assertClose(normalUpper(z), expected, `normalUpper(${z})`);
      assertClose(normalCdf(-z), expected, `normalCdf(${-z})`);
    }
    for (const [p, expected] of special.normalQuantile) {
      assert(Math.abs(normalQuantile(p) - expected) < 1e-12 * Math.abs(expected) + 1e-15, `normalQuantile(${p})`);
    }
  });

  test('studentTwoSided and studentQuantile, from half a degree of freedom to 1e12', () => {
    for (const [t, df, expected] of special.studentTwoSided) {
      assertClose(studentTwoSided({ t, df }), expected, `P(|T| > ${t}), ${df} degrees`);
    }
    for (const [p, df, expected] of special.studentQuantile) {
      assertClose(studentQuantile({ p, df }), expected, `studentQuantile(${p}), ${df} degrees`);
    }
  });

  test('chiSquaredUpper', () => {
    for (const [x, df, expected] of special.chiSquaredUpper) {
      assertClose(chiSquaredUpper({ x, df }), expected, `P(X > ${x}), ${df} degrees`);
    }
  });
});

suite('special functions at their ends', () => {
  test('are exact there', () => {
    assert.deepEqual(
      [0, 0.5, 1].map((p) => normalQuantile(p)),
      [-Infinity, 0, Infinity],
    );
    assert.deepEqual(
      [0, 0.5, 1].map((p) => studentQuantile({ p, df: 3 })),
      [-Infinity, 0, Infinity],
    );
    assert.deepEqual(
      [-Infinity, 0, Infinity].map((z) => normalCdf(z)),
      [0, 0.5, 1],
    );
    assert.deepEqual(
      [0, 1].map((x) => betaRegularized({ x, a: 2, b: 0.5 })),
      [0, 1],
    );
    assert.deepEqual(gammaRegularized({ x: 0, shape: 2 }), { lower: 0, upper: 1 });
    assert.deepEqual(gammaRegularized({ x: Infinity, shape: 2 }), { lower: 1, upper: 0 });
    assert.deepEqual([studentTwoSided({ t: 0, df: 4 }), studentTwoSided({ t: -Infinity, df: 4 })], [1, 0]);
    assert.deepEqual([chiSquaredUpper({ x: 0, df: 1 }), chiSquaredUpper({ x: -1e-17, df: 1 })], [1, 1]);
  });

  test("Student's distribution of infinitely many degrees of freedom is the normal", () => {
    assert.equal(studentTwoSided({ t: 2, df: Infinity }), 2 * normalUpper(2));
    assert.equal(studentQuantile({ p: 0.9, df: Infinity }), normalQuantile(0.9));
  });

  test('refuse what has no meaning', () => {
    const calls = [
      () => logGamma(0),
      () => logGamma(NaN),
      () => logBetaOf([]),
      () => betaRegularized({ x: 1.1, a: 1, b: 1 }),
      () => betaRegularized({ x: 0.5, a: 0, b: 1 }),
      () => betaRegularized({ x: 0.5, a: 1, b: NaN }),
      () => gammaRegularized({ x: -1, shape: 1 }),
      () => gammaRegularized({ x: 1, shape: 0 }),
      () => normalUpper(NaN),
      () => normalQuantile(NaN),
      () => studentTwoSided({ t: NaN, df: 3 }),
      () => studentTwoSided({ t: 1, df: 0 }),
      () => studentQuantile({ p: 2, df: 3 }),
      () => studentQuantile({ p: 0.1, df: -1 }),
      () => chiSquaredUpper({ x: 1, df: 0 }),
    ];
    for (const call of calls) assert.throws(call, { name: 'AssertionError' }, call.toString());
  });
});

suite('special functions, whatever their arguments', () => {
  test('the tails of a beta mirror each other and add up to one', () => {
    fc.assert(
      fc.property(share, shape, shape, (x, a, b) => {
        const lower = betaRegularized({ x, a, b });
        const upper = betaRegularized({ x: 1 - x, a: b, b: a });
        assert(lower >= 0 && lower <= 1);
        assert(Math.abs(lower + upper - 1) < 1e-9, `${lower} + ${upper}`);
      }),
    );
  });

  test('quantiles undo the distributions', () => {
    const p = fc.double({ min: 1e-300, max: 0.5, noNaN: true });
    const df = fc.double({ min: 0.5, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(p, df, (p, df) => {
        assertClose(normalCdf(normalQuantile(p)), p, 'normal', 1e-11);
        const t = studentQuantile({ p, df });
        assert(t <= 0, `${t} for p ${p} and ${df} degrees`);
        // Where t is too large for a double, its tail is out of reach too.
        if (Number.isFinite(t)) assertClose(studentTwoSided({ t, df }) / 2, p, 'student', 1e-10);
      }),
    );
  });

  test('one degree of freedom is the Cauchy distribution, and two of chi-squared the exponential', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 600, noNaN: true }), (x) => {
        assertClose(studentTwoSided({ t: x, df: 1 }), (2 / Math.PI) * Math.atan(1 / x), 'Cauchy');
        assertClose(chiSquaredUpper({ x, df: 2 }), Math.exp(-x / 2), 'exponential');
      }),
    );
  });
});
