/** Mixture martingales against integrals over their bets, and against published values. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import {
  betaBinomialWidth,
  logBetaBinomialMixture,
  logNormalMixture,
  mixtureRho,
  normalMixtureBound,
} from '../../../src/stats/mixtures.ts';
import { anytimeVectors } from './anytime-vectors-codec.ts';
import { assertClose } from './vectors-codec.ts';

const { normal, normalBound, betaBinomial } = anytimeVectors.mixtures;

suite('mixture martingales', () => {
  test('are the integrals over their bets', () => {
    for (const [s, v, rho, log] of normal) assertClose(logNormalMixture({ s, v, rho }), log, `s ${s}`, 1e-12);
    for (const [v, rho, alpha, bound] of normalBound) {
      assertClose(normalMixtureBound({ v, rho, alpha }), bound, `v ${v}`, 1e-12);
    }
    for (const [successes, trials, p, r, log] of betaBinomial) {
      assertClose(logBetaBinomialMixture({ successes, trials, p, rest: 1 - p, r }), log, `${successes}`, 1e-11);
    }
  });

  test('give what confseq publishes', () => {
    const rho = mixtureRho({ v: 100, alpha: 0.05 });
    assertClose(rho, 12.60056098, 'ρ', 1e-9);
    assertClose(logNormalMixture({ s: 10, v: 100, rho }), -0.651005165, 'normal', 1e-8);
    assertClose(normalMixtureBound({ v: 100, rho, alpha: 0.05 }), 30.3520899, 'bound', 1e-8);
    // Observations between -0.2 and 0.8 that sum to 10 at an intrinsic time of 100: 135 of 625 trials.
    const r = rho - 0.16;
    const log = logBetaBinomialMixture({ successes: 135, trials: 625, p: 0.2, rest: 0.8, r });
    assertClose(log, -0.6941011719, 'beta-binomial', 1e-8);
  });

  test('give the mSPRT of Johari et al.', () => {
    const [variance, tauSquared, n] = [2, 0.0025, 2000];
    const at = (theta: number): number =>
      Math.exp(logNormalMixture({ s: (n * theta) / Math.sqrt(variance), v: n, rho: variance / tauSquared }));
    assertClose(at(0.05), 1.305355815, 'Λ of 0.05', 1e-9);
    assertClose(at(0.15), 1651.324218, 'Λ of 0.15', 1e-9);
    const bound = normalMixtureBound({ v: n, rho: variance / tauSquared, alpha: 0.05 });
    assertClose((Math.sqrt(variance) / n) * bound, 0.1007070927, 'half width', 1e-8);
  });

  test('are 1 before there is an observation, and the normal one reaches 1/α at its bound', () => {
    assert.equal(logNormalMixture({ s: 0, v: 0, rho: 3 }), 0);
    assert.equal(logBetaBinomialMixture({ successes: 0, trials: 0, p: 0.3, rest: 0.7, r: 2 }), 0);
    const positive = fc.double({ min: 0.01, max: 1e6, noNaN: true });
    const alphas = fc.double({ min: 1e-6, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(positive, positive, alphas, (v, rho, alpha) => {
        const s = normalMixtureBound({ v, rho, alpha });
        assertClose(logNormalMixture({ s, v, rho }), Math.log(1 / alpha), 'ln M at the bound', 1e-9);
      }),
    );
  });

  test('the beta-binomial one is a martingale: its mean over the next trial is what it is now', () => {
    const probability = fc.double({ min: 0.001, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(probability, fc.nat(50), fc.nat(200), (p, successes, failures) => {
        const rest = 1 - p;
        const r = betaBinomialWidth({ trials: 300, alpha: 0.05, variance: p * rest });
        const trials = successes + failures;
        const at = (more: number): number =>
          logBetaBinomialMixture({ successes: successes + more, trials: trials + 1, p, rest, r });
        const now = logBetaBinomialMixture({ successes, trials, p, rest, r });
        assertClose(p * Math.exp(at(1) - now) + rest * Math.exp(at(0) - now), 1, 'the mean', 1e-9);
      }),
    );
  });
});
