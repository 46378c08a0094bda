/** How many units a comparison of fixed size needs, and what it can find with those that it has. */
import assert from 'node:assert/strict';
import { normalCdf, normalQuantile, normalUpper } from './special.ts';

interface Goal {
  /** Two-sided level of the test. */
  readonly alpha: number;
  /** Probability of finding the effect if there is one, above alpha. */
  readonly power: number;
  /** Units of the treatment for each one of the control. */
  readonly ratio: number;
}

/**
 * Units of the control, not rounded, by which a difference of means of size `effect` is found; the treatment needs
 * ratio times as many: σ²(1 + 1/ratio)(z(1 - α/2) + z(power))²/effect². Effect and standard deviation in the metric's
 * unit. Normal approximation: Student's t needs z(1 - α/2)²/4 units an arm more, one at 0.05. Infinity for an effect
 * of 0.
 */
export function unitsForMeans(plan: Goal & { effect: number; standardDeviation: number }): number {
  const { effect, standardDeviation, ratio } = plan;
  assert(standardDeviation >= 0, `a standard deviation is not ${standardDeviation}`);
  if (effect === 0) return Infinity;
  const { test, find } = quantiles(plan);
  return (1 + 1 / ratio) * ((standardDeviation * (test + find)) / effect) ** 2;
}

/**
 * The same for a proportion that moves from `baseline` by `effect`, both shares: (z(1 - α/2) √(p̄(1 - p̄)(1 +
 * 1/ratio)) + z(power) √(pC(1 - pC) + pT(1 - pT)/ratio))²/effect², p̄ of both arms together (Fleiss, without
 * continuity correction). Infinity for an effect of 0; undefined where baseline + effect is no share.
 */
export function unitsForProportions(plan: Goal & { baseline: number; effect: number }): number | undefined {
  const { baseline, effect, ratio } = plan;
  assert(baseline >= 0 && baseline <= 1, `a baseline share lies in 0..1, not at ${baseline}`);
  const moved = baseline + effect;
  if (moved < 0 || moved > 1) return undefined;
  if (effect === 0) return Infinity;
  const { test, find } = quantiles(plan);
  const pooled = (baseline + ratio * moved) / (1 + ratio);
  const underNull = test * Math.sqrt(pooled * (1 - pooled) * (1 + 1 / ratio));
  const underEffect = find * Math.sqrt(baseline * (1 - baseline) + (moved * (1 - moved)) / ratio);
  return ((underNull + underEffect) / effect) ** 2;
}

/**
 * Probability that a two-sided z test of level alpha finds an effect, given the standard error of its estimate in the
 * same unit: 1 - Φ(z - |δ|/se) + Φ(-z - |δ|/se). An error of 0 finds every effect but 0.
 */
export function powerOf(test: { effect: number; standardError: number; alpha: number }): number {
  const { standardError, alpha } = test;
  assert(standardError >= 0, `a standard error is not ${standardError}`);
  assertProbability(alpha);
  const effect = Math.abs(test.effect);
  if (effect === 0) return alpha;
  const z = -normalQuantile(alpha / 2);
  return normalUpper(z - effect / standardError) + normalCdf(-z - effect / standardError);
}

/**
 * The effect that is found with probability `power`: (z(1 - α/2) + z(power)) se. Misses of the wrong sign are
 * neglected.
 */
export function detectableEffect(test: { standardError: number; alpha: number; power: number }): number {
  assert(test.standardError >= 0, `a standard error is not ${test.standardError}`);
  const { test: level, find } = quantiles({ ...test, ratio: 1 });
  return (level + find) * test.standardError;
}

function quantiles({ alpha, power, ratio }: Goal): { test: number; find: number } {
  assertProbability(alpha);
  assertProbability(power);
  assert(power > alpha, `a power of ${power} is had by chance at alpha ${alpha}`);
  assert(ratio > 0 && ratio < Infinity, `a ratio of arms is positive, not ${ratio}`);
  return { test: -normalQuantile(alpha / 2), find: normalQuantile(power) };
}

function assertProbability(value: number): void {
  assert(value > 0 && value < 1, `a probability between 0 and 1, not ${value}`);
}
