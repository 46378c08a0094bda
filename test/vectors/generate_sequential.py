"""Writes sequential.json beside it: what other ways of reckoning say, for the tests of the anytime-valid statistics.

    python3 -m venv VENV && VENV/bin/pip install numpy scipy mpmath
    VENV/bin/python test/vectors/generate_sequential.py && npx prettier --write test/vectors/sequential.json

Mixtures are integrated or multiplied out anew where that can be done, so that a formula copied wrongly shows: the
beta-binomial one as an integral over its prior, evidence of counts as ratios of scipy's probabilities.
"""
import json
import math
import pathlib
import platform

import mpmath
import numpy as np
import scipy
from mpmath import mp, mpf
from scipy import stats

mp.dps = 40
RATIOS = [1.1, 1.2, 1.35, 1.5, 1.75, 2, 2.5, 3, 4, 5, 7, 10, 15, 25, 50, 100, 300, 1000]


def rho_of(v, alpha):
    twice = 2 * mpmath.log(1 / mpf(alpha))
    return mpf(v) / (twice + mpmath.log1p(twice))


def width(trials, alpha, p):
    variance = mpf(p) * (1 - mpf(p))
    return max(rho_of(trials * variance, alpha) - variance, variance / 1000)


def log_beta_binomial(successes, trials, p, r):
    """ln of ∫ θ^x (1-θ)^(n-x) Beta(θ; r/(1-p), r/p) dθ / (p^x (1-p)^(n-x)) in terms of logarithms of factorials."""
    p, r = mpf(p), mpf(r)
    a, b = r / (1 - p), r / p
    x, n = mpf(successes), mpf(trials)
    integral = mpmath.loggamma(a + x) + mpmath.loggamma(b + n - x) - mpmath.loggamma(a + b + n)
    prior = mpmath.loggamma(a) + mpmath.loggamma(b) - mpmath.loggamma(a + b)
    return integral - prior - x * mpmath.log(p) - (n - x) * mpmath.log(1 - p)


def integrated(successes, trials, p, r):
    """The same, by quadrature."""
    a, b = float(r) / (1 - p), float(r) / p
    ratio = lambda t: math.exp(
        successes * math.log(t / p) + (trials - successes) * math.log((1 - t) / (1 - p)) + stats.beta.logpdf(t, a, b)
    )
    middle = (a + successes) / (a + b + trials)
    return math.log(scipy.integrate.quad(ratio, 0, 1, points=[middle], limit=500, epsabs=0, epsrel=1e-12)[0])


def interval(successes, trials, alpha, optimal):
    threshold = mpmath.log(1 / mpf(alpha))
    out = lambda p: log_beta_binomial(successes, trials, p, width(optimal, alpha, p)) >= threshold

    def edge(inside, outside):
        for _ in range(120):
            middle = (inside + outside) / 2
            inside, outside = (inside, middle) if out(middle) else (middle, outside)
        return float(inside)

    mean = mpf(successes) / trials
    lower = 0.0 if successes == 0 else edge(mean, mpf(0))
    upper = 1.0 if successes == trials else edge(mean, mpf(1))
    return [lower, upper]


def bernoulli():
    cases = [(700, 1000, 0.05, 100), (15, 50, 0.05, 50), (5, 50, 0.05, 50), (0, 1, 0.05, 300), (2, 3, 0.05, 300)]
    cases += [(0, 100, 0.01, 300), (3, 1000, 0.01, 300), (999, 1000, 0.001, 300), (5, 10**6, 0.01, 300), (50, 100, 0.5, 10)]
    return [[*case, *interval(*case)] for case in cases]


def mixtures():
    normal = []
    for s, v, rho in [(10, 100, rho_of(100, 0.05)), (-3, 1, mpf(2)), (0, 50, mpf(7)), (200, 5000, mpf(40))]:
        rho = mpf(float(rho))
        density = lambda effect: mpmath.npdf(effect, 0, 1 / mpmath.sqrt(rho)) * mpmath.exp(effect * s - effect**2 * v / 2)
        middle = mpf(s) / (v + rho)
        spread = 12 / mpmath.sqrt(v + rho)
        log = mpmath.log(mpmath.quad(density, mpmath.linspace(middle - spread, middle + spread, 13)))
        normal.append([float(s), float(v), float(rho), float(log)])
    bounds = []
    for v, rho, alpha in [(100, float(rho_of(100, 0.05)), 0.05), (1, 3.5, 0.01), (10**6, 700.0, 0.001)]:
        exact = mpmath.sqrt((v + mpf(rho)) * (mpmath.log1p(v / mpf(rho)) + 2 * mpmath.log(1 / mpf(alpha))))
        bounds.append([v, rho, alpha, float(exact)])
    binomial = []
    for x, n, p, r in [(30, 125, 0.16, 3.0), (0, 40, 0.3, 1.5), (9, 10, 0.5, 0.2), (700, 1000, 0.65, 8.0)]:
        exact = float(log_beta_binomial(x, n, p, r))
        assert abs(integrated(x, n, p, r) - exact) < 1e-8, (x, n, p, r)
        binomial.append([x, n, p, r, exact])
    return {"normal": normal, "normalBound": bounds, "betaBinomial": binomial}


def means():
    rows = []
    for difference, se, count, alpha, optimal in [
        (0.5038633517, 0.0338602148, 6461, 0.05, 5000),
        (0.05, 0.015, 900, 0.01, 5000),
        (-2.0, 0.4, 120, 0.05, 1000),
        (0.0, 1.0, 10**6, 0.001, 300),
    ]:
        rho = mpmath.sqrt((-2 * mpmath.log(mpf(alpha)) + mpmath.log(-2 * mpmath.log(mpf(alpha)) + 1)) / optimal)
        spread = count * rho**2
        inner = 2 * (spread + 1) / (count**2 * rho**2) * mpmath.log(mpmath.sqrt(spread + 1) / mpf(alpha))
        half = se * mpmath.sqrt(count) * mpmath.sqrt(inner)
        e = mpmath.exp(rho**2 * mpf(difference) ** 2 * count / mpf(se) ** 2 / (2 * (spread + 1))) / mpmath.sqrt(spread + 1)
        rows.append([difference, se, count, alpha, optimal, float(half), float(min(mpf(1), 1 / e))])
    return rows


def ratios():
    rows = []
    for counts, weights, k in [
        ([1000, 1200], [1, 1], 100),
        ([1000, 1200], [1, 1], 10000),
        ([12, 10], [95, 5], 1),
        ([12, 10], [95, 5], 10),
        ([12, 10], [95, 5], 100),
        ([12, 10], [95, 5], 10000),
        ([3, 0, 40], [1, 2, 3], 5),
        ([10**6, 10**6 + 4000], [1, 1], 10000),
    ]:
        shares = np.array(weights) / sum(weights)
        proposed = stats.dirichlet_multinomial.logpmf(counts, k * shares, sum(counts))
        rows.append([counts, weights, k, float(proposed - stats.multinomial.logpmf(counts, sum(counts), shares))])
    return rows


def counts():
    rows = []
    for blocks in [
        [[1, 0, 0.1, 1]],
        [[0, 3, 0.01, 1], [2, 1, 0.05, 1], [5, 2, 0.5, 1.25]],
        [[40, 12, 0.25, 2], [0, 30, 0.25, 1]],
        [[0, 400, 0.1, 1]],
    ]:
        logs = np.zeros(len(RATIOS))
        for x, y, share, margin in blocks:
            null = share * margin / (share * margin + 1 - share)
            for i, ratio in enumerate(RATIOS):
                q = null * ratio / (null * ratio + 1 - null)
                logs[i] += stats.binom.logpmf(x, x + y, q) - stats.binom.logpmf(x, x + y, null)
        rows.append([blocks, float(scipy.special.logsumexp(logs) - math.log(len(RATIOS)))])
    return rows


def quantile_test(q, a, b, optimal):
    def against(counts):
        size = sum(counts)
        r = float(width(optimal, 0.05, q))
        log = lambda s: float(log_beta_binomial(s + q * size, size, q, r))
        cumulated = np.concatenate([[0], np.cumsum(counts)]) - q * size
        best = []
        for low, high in zip(cumulated, cumulated[1:]):
            if low == high:
                best.append(log(low))
                continue
            found = scipy.optimize.minimize_scalar(log, bounds=(low, high), method="bounded", options={"xatol": 1e-10})
            best.append(min(log(low), log(high), found.fun))
        return np.array(best)

    return float(min(1, math.exp(-min(against(a) + against(b)))))


def quantiles():
    rng = np.random.default_rng(5)
    rows = []
    for q, shift, size in [(0.5, 0.5, 2000), (0.95, 0.8, 2000), (0.9, 0, 500), (0.99, 1.0, 3000)]:
        edges = np.concatenate([[-np.inf], np.arange(-2, 4, 0.25), [np.inf]])
        a = np.histogram(rng.normal(size=size), edges)[0].tolist()
        b = np.histogram(rng.normal(shift, size=size // 2), edges)[0].tolist()
        rows.append([q, a, b, 300, quantile_test(q, a, b, 300)])
    return rows


made = {
    "made by": f"python {platform.python_version()}, scipy {scipy.__version__}, mpmath {mpmath.__version__}, numpy {np.__version__}",
    "mixtures": mixtures(),
    "bernoulli": bernoulli(),
    "means": means(),
    "ratios": ratios(),
    "counts": counts(),
    "quantiles": quantiles(),
}
path = pathlib.Path(__file__).with_name("sequential.json")
path.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n")
