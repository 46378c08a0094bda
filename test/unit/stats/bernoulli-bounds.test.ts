/** Anytime-valid bounds of a proportion. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { bernoulliInterval } from '../../../src/stats/bernoulli-bounds.ts';
import { anytimeVectors } from './anytime-vectors-codec.ts';
import { assertClose } from './vectors-codec.ts';

suite('anytime-valid bounds of a proportion', () => {
  test('are those that mpmath finds', () => {
    for (const [successes, trials, alpha, optimalTrials, lower, upper] of anytimeVectors.bernoulli) {
      const found = bernoulliInterval({ successes, trials, alpha, optimalTrials });
      assertClose(found.lower, lower, `lower of ${successes} of ${trials}`, 1e-10);
      assertClose(found.upper, upper, `upper of ${successes} of ${trials}`, 1e-10);
    }
  });

  test('are those that confseq publishes', () => {
    const rounded = (successes: number, trials: number, optimalTrials: number): string[] => {
      const { lower, upper } = bernoulliInterval({ successes, trials, alpha: 0.05, optimalTrials });
      return [lower.toFixed(5), upper.toFixed(5)];
    };
    assert.deepEqual(rounded(700, 1000, 100), ['0.65163', '0.74595']);
    assert.deepEqual(rounded(15, 50, 50), ['0.12956', '0.51190']);
    assert.deepEqual(rounded(5, 50, 50), ['0.01302', '0.26926']);
  });

  test('are 0 and 1 without a trial, and after a single one', () => {
    const all = { lower: 0, upper: 1 };
    assert.deepEqual(bernoulliInterval({ successes: 0, trials: 0, alpha: 0.05, optimalTrials: 300 }), all);
    assert.deepEqual(bernoulliInterval({ successes: 0, trials: 1, alpha: 0.05, optimalTrials: 300 }), all);
    assert.deepEqual(bernoulliInterval({ successes: 1, trials: 1, alpha: 0.05, optimalTrials: 300 }), all);
  });

  test('end at 0 without a success and at 1 without a failure', () => {
    const none = bernoulliInterval({ successes: 0, trials: 1000, alpha: 0.01, optimalTrials: 300 });
    const every = bernoulliInterval({ successes: 1000, trials: 1000, alpha: 0.01, optimalTrials: 300 });
    assert.equal(none.lower, 0);
    assert.equal(every.upper, 1);
    assert(none.upper < 0.011 && none.upper > 0.004, `${none.upper}`);
  });

  test('more successes than trials, and an alpha that is none, are refused', () => {
    assert.throws(() => bernoulliInterval({ successes: 2, trials: 1, alpha: 0.05, optimalTrials: 300 }), /2 of 1/);
    assert.throws(() => bernoulliInterval({ successes: 0, trials: 1, alpha: 0, optimalTrials: 300 }), /alpha/);
  });

  const cases = fc.record({
    failures: fc.nat(5000),
    successes: fc.nat(5000),
    alpha: fc.double({ min: 1e-6, max: 0.5, noNaN: true }),
  });

  test('hold the share that was seen, and turn over with what is called a success', () => {
    fc.assert(
      fc.property(cases, ({ successes, failures, alpha }) => {
        const trials = successes + failures;
        const own = bernoulliInterval({ successes, trials, alpha, optimalTrials: 300 });
        const turned = bernoulliInterval({ successes: failures, trials, alpha, optimalTrials: 300 });
        const seen = trials === 0 ? 0.5 : successes / trials;
        assert(own.lower <= seen && seen <= own.upper, `${seen} in ${own.lower} to ${own.upper}`);
        assert(own.lower >= 0 && own.upper <= 1);
        assert(Math.abs(own.lower - (1 - turned.upper)) < 1e-9);
        assert(Math.abs(own.upper - (1 - turned.lower)) < 1e-9);
      }),
    );
  });

  test('are wider for a smaller alpha', () => {
    fc.assert(
      fc.property(cases, ({ successes, failures, alpha }) => {
        const trials = successes + failures;
        const wide = bernoulliInterval({ successes, trials, alpha: alpha / 10, optimalTrials: 300 });
        const narrow = bernoulliInterval({ successes, trials, alpha, optimalTrials: 300 });
        assert(wide.upper >= narrow.upper - 1e-9 || trials < 50, `${wide.upper} and ${narrow.upper}`);
      }),
    );
  });
});
