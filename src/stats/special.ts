/**
 * Special functions: gamma, beta, their regularized incomplete forms, and the normal, Student and chi-squared
 * distributions that follow from them.
 *
 * All are accurate to a relative error below 1e-12, in tails down to 1e-300 too (test/vectors/stats.json, from mpmath):
 * below 1e-11 where shapes reach 1e6, and quantiles that are near 0 to an absolute 1e-15.
 * Arguments without a meaning (NaN, a shape <= 0) are a fault of the caller and throw.
 */
import assert from 'node:assert/strict';
import { deviance, STIRLING_FROM, stirlingSeries } from './stirling.ts';

const HALF_LOG_TWO_PI = 0.918938533204672741780329736406;
const ONE_MINUS_EULER_GAMMA = 0.422784335098467139393487909918;
/** Stands for 0 in a denominator of a continued fraction (Lentz). */
const TINY = 1e-300;
/** A factor this near to 1 ends a continued fraction: rounding may keep it from coming nearer. */
const SETTLED = 4 * Number.EPSILON;
/** 1 + FAR² is FAR² to a double. */
const FAR = 1e8;
/** Degrees of freedom from which Student's distribution is the normal. */
const NORMAL_FROM = 1e17;

/** (-1)^k (ζ(k) - 1)/k for k = 2, 3, …: the Taylor coefficients of ln Γ(2 + z). */
const ZETA_TERMS = [
  0.64493406684822644, 0.20205690315959428, 0.082323233711138191, 0.036927755143369926, 0.017343061984449139,
  0.0083492773819228268, 0.0040773561979443394, 0.0020083928260822144, 0.00099457512781808534, 0.00049418860411946456,
  0.0002460865533080483, 0.00012271334757848915, 6.1248135058704829e-5, 3.0588236307020493e-5, 1.5282259408651872e-5,
  7.6371976378997623e-6, 3.8172932649998399e-6, 1.908212716553939e-6, 9.5396203387279612e-7, 4.7693298678780647e-7,
  2.3845050272773299e-7, 1.1921992596531107e-7, 5.960818905125948e-8, 2.980350351465228e-8, 1.4901554828365042e-8,
  7.4507117898354295e-9, 3.7253340247884571e-9,
].map((zetaMinusOne, at) => ((at % 2 === 0 ? 1 : -1) * zetaMinusOne) / (at + 2));

/** ln Γ(2 + z) for |z| <= ½, exact also near its zero. */
function logGammaNearTwo(z: number): number {
  return z * (ONE_MINUS_EULER_GAMMA + z * ZETA_TERMS.reduceRight((sum, term) => sum * z + term, 0));
}

/** ln Γ(x), x > 0. Stirling's series from 10 on, below it the Taylor series at 2 and Γ(x + 1) = x Γ(x). */
export function logGamma(x: number): number {
  assert(x > 0, `logGamma is defined here for x > 0, not for ${x}`);
  if (x >= STIRLING_FROM) return (x - 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI + stirlingSeries(x);
  if (x < 0.5) return logGammaNearTwo(x) - Math.log(x) - Math.log1p(x);
  if (x < 1.5) return logGammaNearTwo(x - 1) - Math.log1p(x - 1);
  let product = 1;
  let reduced = x;
  while (reduced > 2.5) product *= --reduced;
  return logGammaNearTwo(reduced - 2) + Math.log(product);
}

/** ln Γ(x) less Stirling's formula (x - ½) ln x - x + ½ ln 2π. */
function stirlingError(x: number): number {
  return x >= STIRLING_FROM ? stirlingSeries(x) : logGamma(x) - ((x - 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI);
}

/** ln B(a, b) = ln Γ(a) + ln Γ(b) - ln Γ(a + b), a, b > 0, without the cancellation of that sum. */
export function logBeta(a: number, b: number): number {
  const [small, large] = a < b ? [a, b] : [b, a];
  if (large < STIRLING_FROM) return logGamma(small) + logGamma(large) - logGamma(small + large);
  const total = small + large;
  const largePart = (large - 0.5) * Math.log1p(-small / total) + stirlingSeries(large) - stirlingSeries(total);
  if (small < STIRLING_FROM) return logGamma(small) + small - small * Math.log(total) + largePart;
  const smallPart = (small - 0.5) * Math.log(small / total) + stirlingSeries(small);
  return HALF_LOG_TWO_PI - 0.5 * Math.log(total) + smallPart + largePart;
}

/**
 * ln of the multivariate beta function, Σ ln Γ(v) - ln Γ(Σ v): the normalizer of a Dirichlet distribution. All v > 0.
 */
export function logBetaOf(values: readonly number[]): number {
  assert(values.length > 0, 'logBetaOf needs at least one value');
  let total = values[0] ?? 0;
  let sum = 0;
  for (const value of values.slice(1)) {
    sum += logBeta(total, value);
    total += value;
  }
  return sum;
}

/** I_x(a, b), the regularized incomplete beta function: P(X <= x) of a Beta(a, b). 0 <= x <= 1; a, b > 0. */
export function betaRegularized({ x, a, b }: { x: number; a: number; b: number }): number {
  assert(x >= 0 && x <= 1, `a share lies in 0..1, not at ${x}`);
  return betaTail({ x, complement: 1 - x, a, b });
}

/**
 * I_x(a, b) where 1 - x is known better than its difference. By the continued fraction on the side of the mean where
 * it converges in O(√max(a, b)) steps; the factor before it as Loader's saddle point.
 */
function betaTail({ x, complement: y, a, b }: { x: number; complement: number; a: number; b: number }): number {
  assert(a > 0 && b > 0 && a + b < Infinity, `shapes of a beta are positive and finite, not ${a} and ${b}`);
  assert(x >= 0 && y >= 0, `${x} and ${y} are no shares`);
  if (x === 0 || y === 0) return x === 0 ? 0 : 1;
  if (x * (a + b + 2) > a + 1) return 1 - betaTail({ x: y, complement: x, a: b, b: a });
  const total = a + b;
  const corrections = stirlingError(total) - stirlingError(a) - stirlingError(b);
  const distance = deviance({ x: a, mean: total * x }) + deviance({ x: b, mean: total * y });
  const density = Math.sqrt((a * b) / total) * Math.exp(corrections - distance - HALF_LOG_TWO_PI);
  return density / betaFraction({ x, complement: y, a, b });
}

/**
 * The fraction of Didonato & Morris (TOMS 708): that of DLMF 8.17.22, contracted, and free of cancellation near x = 1.
 */
function betaFraction({ x, complement: y, a, b }: { x: number; complement: number; a: number; b: number }): number {
  let value = (a * (a * y - b * x + 1)) / (a + 1);
  let c = value;
  let d = 0;
  for (let m = 1; ; m++) {
    const ratio = x / (a + 2 * m - 1);
    const numerator = (a + m - 1) * (a + b + m - 1) * m * (b - m) * ratio * ratio;
    const term = m + m * (b - m) * ratio + ((a + m) * (a * y - b * x + 1 + m * (1 + y))) / (a + 2 * m + 1);
    d = 1 / notZero(term + numerator * d);
    c = notZero(term + numerator / c);
    value *= d * c;
    if (Math.abs(d * c - 1) <= SETTLED) return value;
  }
}

function notZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/** P(shape, x) and Q(shape, x), the regularized incomplete gamma functions: both tails of a Gamma(shape, 1). x >= 0. */
export function gammaRegularized({ x, shape }: { x: number; shape: number }): { lower: number; upper: number } {
  assert(shape > 0 && shape < Infinity && x >= 0, `gammaRegularized is not defined for x ${x} and shape ${shape}`);
  if (x === 0) return { lower: 0, upper: 1 };
  if (x === Infinity) return { lower: 1, upper: 0 };
  const scale = Math.exp(-deviance({ x: shape, mean: x }) - stirlingError(shape) - HALF_LOG_TWO_PI);
  // x^shape e^-x / Γ(shape)
  const density = Math.sqrt(shape) * scale;
  if (x < shape + 1) {
    const lower = density * gammaSeries({ x, shape });
    return { lower, upper: 1 - lower };
  }
  const upper = density * gammaFraction({ x, shape });
  return { lower: 1 - upper, upper };
}

/** Σ x^n / (shape (shape + 1) … (shape + n)): DLMF 8.7.1. */
function gammaSeries({ x, shape }: { x: number; shape: number }): number {
  let term = 1 / shape;
  let sum = term;
  for (let n = 1; ; n++) {
    term *= x / (shape + n);
    if (sum + term === sum) return sum;
    sum += term;
  }
}

/** DLMF 8.9.2 in its contracted form, by Lentz. */
function gammaFraction({ x, shape }: { x: number; shape: number }): number {
  let b = x + 1 - shape;
  let c = 1 / TINY;
  let d = 1 / b;
  let value = d;
  for (let n = 1; ; n++) {
    const numerator = -n * (n - shape);
    b += 2;
    d = 1 / notZero(numerator * d + b);
    c = notZero(b + numerator / c);
    value *= d * c;
    if (Math.abs(d * c - 1) <= SETTLED) return value;
  }
}

/** 2/√π ∫ from x to ∞ of e^-t² dt. */
export function erfc(x: number): number {
  return 2 * normalUpper(x * Math.SQRT2);
}

/** P(Z <= z) of a standard normal Z. */
export function normalCdf(z: number): number {
  return normalUpper(-z);
}

/** P(Z > z) of a standard normal Z: Q(½, z²/2)/2 for z >= 0. */
export function normalUpper(z: number): number {
  const { lower, upper } = gammaRegularized({ x: (z * z) / 2, shape: 0.5 });
  return z >= 0 ? upper / 2 : 0.5 + lower / 2;
}

/** The z with P(Z <= z) = p, 0 <= p <= 1: a rational first guess (Abramowitz & Stegun 26.2.23), then Newton on ln P. */
export function normalQuantile(p: number): number {
  assert(p >= 0 && p <= 1, `a probability lies in 0..1, not at ${p}`);
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p === 0 || p === 0.5) return p === 0 ? -Infinity : 0;
  const t = Math.sqrt(-2 * Math.log(p));
  const bottom = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  let z = t - (2.515517 + t * (0.802853 + t * 0.010328)) / bottom;
  for (let round = 0; round < 4; round++) {
    const upper = normalUpper(z);
    z += (Math.log(upper / p) * upper) / Math.exp(-(z * z) / 2 - HALF_LOG_TWO_PI);
  }
  return -z;
}

/** P(|T| >= |t|) of a Student T with df > 0 degrees of freedom, whole or not; df = Infinity is the normal. */
export function studentTwoSided({ t, df }: { t: number; df: number }): number {
  assert(df > 0, `degrees of freedom are positive, not ${df}`);
  const size = Math.abs(t);
  if (size === Infinity) return 0;
  // Beyond it the two differ by less than the accuracy for |t| < 40, and the fraction would take long.
  if (df > NORMAL_FROM) return 2 * normalUpper(size);
  const ratio = size / Math.sqrt(df);
  if (ratio > FAR) return Math.exp(logFarTail({ ratio, df }));
  const square = ratio * ratio;
  return betaTail({ x: 1 / (1 + square), complement: square / (1 + square), a: df / 2, b: 0.5 });
}

/** ln P(|T| >= ratio √df), by the first term of the series: the square of a ratio may be more than a double holds. */
function logFarTail({ ratio, df }: { ratio: number; df: number }): number {
  return -df * Math.log(ratio) - Math.log(df / 2) - logBeta(df / 2, 0.5);
}

/** The t with P(T <= t) = p of a Student T, 0 <= p <= 1: Newton on ln P over ln t, from the normal's quantile. */
export function studentQuantile({ p, df }: { p: number; df: number }): number {
  assert(p >= 0 && p <= 1, `a probability lies in 0..1, not at ${p}`);
  assert(df > 0, `degrees of freedom are positive, not ${df}`);
  if (p > 0.5) return -studentQuantile({ p: 1 - p, df });
  const normal = normalQuantile(p);
  if (normal === 0 || normal === -Infinity || df > NORMAL_FROM) return normal;
  const logScale = 0.5 * Math.log(df) + logBeta(df / 2, 0.5);
  let t = -normal;
  let nearer = t;
  for (let round = 0; round < 100 && t < Infinity; round++) {
    const ratio = t / Math.sqrt(df);
    const logTail = ratio > FAR ? logFarTail({ ratio, df }) : Math.log(studentTwoSided({ t, df }));
    if (logTail === -Infinity) {
      // A step to where the tail is less than a double: halfway back.
      t = Math.sqrt(t * nearer);
      continue;
    }
    nearer = t;
    const logSum = ratio > FAR ? 2 * Math.log(ratio) : Math.log1p(ratio * ratio);
    const logDensity = -((df + 1) / 2) * logSum - logScale;
    const step = (logTail - Math.log(2 * p)) * Math.exp(logTail - Math.LN2 - Math.log(t) - logDensity);
    t *= Math.exp(step);
    if (Math.abs(step) < 1e-15) break;
  }
  return -t;
}

/** P(X > x) of a chi-squared X with df > 0 degrees of freedom; 1 for x <= 0. */
export function chiSquaredUpper({ x, df }: { x: number; df: number }): number {
  return gammaRegularized({ x: Math.max(0, x) / 2, shape: df / 2 }).upper;
}
