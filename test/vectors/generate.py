"""Writes stats.json beside it: what other libraries say, for the tests of src/stats.

    python3 -m venv VENV && VENV/bin/pip install numpy scipy statsmodels mpmath
    VENV/bin/python test/vectors/generate.py && npx prettier --write test/vectors/stats.json

Special functions are from mpmath at 50 digits or more, of exactly the doubles that are written down. Tests are from scipy
and statsmodels where those have them, else the formula written out in numpy.
"""
import json
import math
import pathlib
import platform

import mpmath
import numpy as np
import scipy
import statsmodels
from mpmath import mp, mpf
from scipy import stats
from scipy.spatial import distance
from statsmodels.stats import multitest, power, proportion

mp.dps = 50
LEAST = 1e-300


def kept(cases):
    """Without results below what a double holds in full."""
    return [case for case in cases if all(v == 0 or abs(v) >= LEAST for v in case if v is not None)]


def log_beta(a, b):
    return mpmath.loggamma(a) + mpmath.loggamma(b) - mpmath.loggamma(a + b)


def beta_lower(x, y, a, b):
    """Σ (a + b)_n / (a + 1)_n x^n, all terms positive, of the smaller one of x and y = 1 - x."""
    with mpmath.workdps(360):
        if x > 0.5:
            return 1 - beta_lower(y, x, b, a)
        term, total, n = mpf(1), mpf(1), 0
        while term > total * mpf(10) ** -350 or n < 3:
            term *= (a + b + n) / (a + 1 + n) * x
            total += term
            n += 1
        return mpmath.exp(a * mpmath.log(x) + b * mpmath.log(y) - log_beta(a, b)) / a * total


def gamma_tails(x, shape):
    """Lower and upper: the series has positive terms only, and digits enough for the difference from 1."""
    with mpmath.workdps(360):
        term, total, n = mpf(1), mpf(1), 0
        while term > total * mpf(10) ** -350:
            n += 1
            term *= x / (shape + n)
            total += term
        lower = mpmath.exp(shape * mpmath.log(x) - x - mpmath.loggamma(shape + 1)) * total
        return float(lower), float(1 - lower)


def normal_upper(z):
    return mpmath.erfc(z / mpmath.sqrt(2)) / 2


def student_tail(t, df):
    with mpmath.workdps(360):
        return beta_lower(df / (df + t * t), t * t / (df + t * t), df / 2, mpf(1) / 2)


def student_density(t, df):
    return mpmath.exp(-(df + 1) / 2 * mpmath.log1p(t * t / df) - log_beta(df / 2, mpf(1) / 2)) / mpmath.sqrt(df)


def solve(start, value, slope, target):
    """Newton on the logarithm of a tail that falls."""
    x = mpf(start)
    for _ in range(6):
        x += (mpmath.log(value(x)) - mpmath.log(target)) * value(x) / slope(x)
    return float(x)


def special():
    shapes = [0.5, 1.0, 2.5, 10.0, 37.0, 500.0, 1e4, 1e6]
    betas, gammas, students = [], [], []
    for a in shapes:
        for b in shapes:
            mean, sd = a / (a + b), math.sqrt(a * b / (a + b + 1)) / (a + b)
            for k in [-20, -3, -0.5, 0.5, 3]:
                x = mean + k * sd
                if 0 < x < 1:
                    betas.append([x, a, b, float(beta_lower(mpf(x), 1 - mpf(x), mpf(a), mpf(b)))])
        for k in [-20, -3, -0.5, 0, 0.5, 3, 20]:
            x = a + k * math.sqrt(a)
            if x > 0:
                gammas.append([x, a, *gamma_tails(mpf(x), mpf(a))])
    for df in [0.5, 1.0, 2.0, 3.5, 9.217, 30.0, 137.0, 1e4, 1e6, 1e9, 1e12]:
        for t in [1e-8, 0.3, 1.0, 2.5, 8.0, 30.0, 1e3, 1e40]:
            if df <= 1e4 or t < 1e3:
                students.append([t, df, float(student_tail(mpf(t), mpf(df)))])
    ps = [1e-300, 1e-100, 1e-16, 1e-5, 0.001, 0.025, 0.2, 0.49, 0.4999999]
    return {
        'logGamma': [[x, float(mpmath.loggamma(mpf(x)))] for x in [
            1e-300, 1e-10, 0.1, 0.3, 0.5, 0.7, 0.999999, 1.0, 1.0001, 1.2, 1.4616, 1.7, 1.99999, 2.0, 2.00001, 2.4, 2.6,
            3.0, 3.7, 5.5, 9.99, 10.0, 10.01, 25.0, 171.5, 1e3, 1e6, 1e12, 1e100]],
        'logBeta': [[a, b, float(log_beta(mpf(a), mpf(b)))] for a in shapes for b in shapes if a <= b],
        'logBetaOf': [[v, float(sum(mpmath.loggamma(mpf(x)) for x in v) - mpmath.loggamma(sum(mpf(x) for x in v)))]
                      for v in [[1.5], [1.0, 1.0, 1.0], [0.5, 20.0, 300.0], [1e4, 2e5, 3e6, 0.25]]],
        'betaRegularized': kept(betas),
        'gammaRegularized': kept(gammas),
        'erfc': [[x, float(mpmath.erfc(mpf(x)))] for x in [-6.0, -1.0, -1e-9, 0.0, 1e-9, 0.3, 0.9, 1.3, 3.0, 10.0, 26.0]],
        'normalUpper': [[z, float(normal_upper(mpf(z)))]
                        for z in [-40.0, -8.0, -1.0, -1e-9, 0.0, 1e-9, 0.1, 0.5, 1.0, 1.7, 1.75, 3.0, 8.0, 20.0, 37.0]],
        'normalQuantile': [[p, -solve(-stats.norm.ppf(p), normal_upper, lambda z: mpmath.npdf(z), mpf(p))] for p in ps],
        'studentTwoSided': kept(students),
        'studentQuantile': [
            [p, df, -solve(-stats.t.ppf(p, df), lambda t: student_tail(t, mpf(df)) / 2,
                           lambda t: student_density(t, mpf(df)), mpf(p))]
            for df in [1.0, 2.0, 3.5, 9.217, 30.0, 137.0, 1e4]
            for p in [1e-12, 1e-5, 0.001, 0.025, 0.2, 0.49]],
        'chiSquaredUpper': kept([[x, df, gamma_tails(mpf(x) / 2, mpf(df) / 2)[1]]
                                 for df in [1.0, 2.0, 5.0, 30.0, 1000.0]
                                 for x in [1e-6, 0.5, df, df + 10, 3 * df + 60, 1200.0]]),
    }


def moments(values):
    return {'count': len(values), 'mean': float(np.mean(values)), 'variance': float(np.var(values, ddof=1))}


def difference(d, se, statistic, df, p, interval):
    return {'difference': d, 'standardError': se, 'statistic': statistic, 'degreesOfFreedom': df, 'pValue': p,
            'lower': interval[0], 'upper': interval[1]}


def welch(rng):
    cases, lifts = [], []
    samples = [
        ([27.5, 21, 19, 23.6, 17, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19, 21.7, 21.4],
         [27.1, 22, 20.8, 23.4, 23.4, 23.5, 25.8, 22, 24.8, 20.2, 21.9, 22.1, 22.9, 30.5, 24.4]),
        ([38.7, 41.5, 43.8, 44.5, 45.5, 46, 47.7, 58], [39.2, 39.3, 39.7, 41.4, 41.8, 42.9, 43.3, 45.8]),
        ([20, 11, 17, 12], [19, 22, 16, 29, 24]),
        (rng.exponential(3, 40).tolist(), rng.exponential(9, 7).tolist()),
        ([1, 1, 1], [1, 2]),
        (rng.normal(-5, 0.1, 300).tolist(), rng.normal(-5.5, 20, 200).tolist()),
    ]
    for control, treatment in samples:
        for alpha in [0.05, 1e-6]:
            found = stats.ttest_ind(treatment, control, equal_var=False)
            c, t = moments(control), moments(treatment)
            d = t['mean'] - c['mean']
            se = math.sqrt(c['variance'] / c['count'] + t['variance'] / t['count'])
            half = stats.t.isf(alpha / 2, found.df) * se
            arms = {'control': c, 'treatment': t, 'alpha': alpha}
            cases.append([arms, difference(d, se, found.statistic, found.df, found.pvalue, (d - half, d + half))])
            lift = d / abs(c['mean'])
            se = math.sqrt(t['variance'] / t['count'] / c['mean'] ** 2
                           + c['variance'] / c['count'] * t['mean'] ** 2 / c['mean'] ** 4)
            half = stats.t.isf(alpha / 2, found.df) * se
            lifts.append([arms, difference(lift, se, lift / se, found.df, 2 * stats.t.sf(abs(lift / se), found.df),
                                           (lift - half, lift + half))])
    return {'welch': cases, 'lift': lifts}


def proportions():
    tests, wilson = [], []
    for x1, n1, x2, n2 in [(12, 99, 5, 83), (985, 1000, 9990, 10000), (0, 50, 3, 60), (7, 7, 900, 1000), (1, 10, 1, 10),
                           (200000, 1000000, 201500, 1000000)]:
        for alpha in [0.05, 0.001]:
            z, p = proportion.proportions_ztest([x2, x1], [n2, n1])
            interval = proportion.confint_proportions_2indep(x2, n2, x1, n1, method='wald', compare='diff', alpha=alpha)
            p1, p2 = x1 / n1, x2 / n2
            se = math.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
            arms = {'control': {'successes': x1, 'trials': n1}, 'treatment': {'successes': x2, 'trials': n2}, 'alpha': alpha}
            tests.append([arms, difference(p2 - p1, se, z, None, p, interval)])
    for x, n in [(19, 20), (0, 20), (20, 20), (1, 1), (9500, 10000), (3, 1000000)]:
        for alpha in [0.05, 0.001]:
            lower, upper = proportion.proportion_confint(x, n, alpha, method='wilson')
            wilson.append([{'successes': x, 'trials': n, 'alpha': alpha}, {'lower': max(0, lower), 'upper': min(1, upper)}])
    return {'proportions': tests, 'wilson': wilson}


def ratio(rng):
    cases = []
    for n in [2, 25, 4000]:
        d = rng.integers(1, 9, n).astype(float)
        y = d * rng.gamma(2, 3, n) + rng.normal(0, 1, n)
        c = np.cov(y, d, ddof=1)
        m, k = y.mean(), d.mean()
        variance = c[0, 0] / k ** 2 + m ** 2 * c[1, 1] / k ** 4 - 2 * m * c[0, 1] / k ** 3
        sums = {'units': n, 'y': y.sum(), 'd': d.sum(), 'yy': (y * y).sum(), 'dd': (d * d).sum(), 'yd': (y * d).sum()}
        cases.append([sums, {'kind': 'moments', 'count': n, 'mean': m / k, 'variance': variance}])
    return {'ratio': cases}


def sizes():
    shares, means, powers = [], [], []
    for p1, effect, alpha, beta, k in [(0.2, 0.05, 0.05, 0.8, 1), (0.99, -0.01, 0.05, 0.8, 1), (0.999, -0.001, 0.05, 0.8, 1),
                                       (0.34, 0.003, 0.05, 0.85, 1), (0.1, 0.02, 0.01, 0.9, 0.25), (0, 0.01, 0.05, 0.8, 3)]:
        p2 = p1 + effect
        pooled = (p1 + k * p2) / (1 + k)
        n = power.normal_sample_size_one_tail(effect, beta, alpha / 2, math.sqrt(pooled * (1 - pooled) * (1 + 1 / k)),
                                              math.sqrt(p1 * (1 - p1) + p2 * (1 - p2) / k))
        shares.append([{'baseline': p1, 'effect': effect, 'alpha': alpha, 'power': beta, 'ratio': k}, n])
    for effect, sd, alpha, beta, k in [(0.3, 10, 0.05, 0.85, 1), (-2, 7, 0.001, 0.99, 1), (1, 1, 0.05, 0.8, 9)]:
        scale = sd * math.sqrt(1 + 1 / k)
        n = power.normal_sample_size_one_tail(effect, beta, alpha / 2, scale, scale)
        means.append([{'effect': effect, 'standardDeviation': sd, 'alpha': alpha, 'power': beta, 'ratio': k}, n])
    for effect, se, alpha in [(1, 1, 0.05), (-0.3, 0.1, 0.05), (0.001, 5, 0.01), (50, 1, 0.001)]:
        powers.append([{'effect': effect, 'standardError': se, 'alpha': alpha},
                       float(power.normal_power(abs(effect), 1, alpha, sigma=se))])
    return {'unitsForProportions': shares, 'unitsForMeans': means, 'power': powers}


def counts():
    ratios, pairs = [], []
    for observed, weights in [([1000, 1200], [1, 1]), ([135, 115], [0.5, 0.5]), ([310, 98], [0.75, 0.25]),
                              ([500, 500, 600], [0.34, 0.33, 0.33]), ([0, 10, 10], [0.34, 0.33, 0.33]),
                              ([120000, 119000, 40000], [3, 3, 1])]:
        expected = np.array(weights) / sum(weights) * sum(observed)
        found = stats.chisquare(observed, expected)
        ratios.append([{'counts': observed, 'weights': weights}, found.statistic, found.pvalue, float(expected.min())])
    for a, b in [([10, 20, 30], [15, 15, 30]), ([4, 96], [9, 191]), ([1, 0, 5, 7], [3, 0, 2, 90]), ([500, 0], [480, 20])]:
        columns = [i for i in range(len(a)) if a[i] + b[i] > 0]
        found = stats.chi2_contingency([[a[i] for i in columns], [b[i] for i in columns]], correction=False)
        pairs.append([{'a': a, 'b': b}, found.statistic, found.dof, found.pvalue, float(found.expected_freq.min())])
    return {'sampleRatio': ratios, 'homogeneity': pairs}


def ranks(rng):
    rank_sums, gaps = [], []
    for a, b in [([19, 22, 16, 29, 24], [20, 11, 17, 12]), ([1], [2]), ([1, 3, 5], [2, 4, 6, 8, 10.5]),
                 ([38.7, 41.5, 43.8, 44.5, 45.5, 46, 47.7, 58], [39.2, 39.3, 39.7, 41.4, 41.8, 42.9, 43.3, 45.8]),
                 (rng.normal(0, 1, 18).round(6).tolist(), rng.normal(2, 1, 21).round(6).tolist()),
                 (rng.normal(0, 1, 30).round(6).tolist(), rng.normal(0.5, 1, 40).round(6).tolist()),
                 (rng.integers(0, 4, 25).tolist(), rng.integers(0, 6, 12).tolist()), ([5, 5, 5, 6], [5, 5])]:
        exact = len(set(a + b)) == len(a + b) and len(a) * len(b) <= 400
        found = stats.mannwhitneyu(a, b, method='exact' if exact else 'asymptotic', use_continuity=True)
        rank_sums.append([{'a': a, 'b': b}, found.statistic, found.pvalue, 'exact' if exact else 'normal'])
        values = sorted(set(a + b))
        histograms = {'reference': [a.count(v) for v in values], 'current': [b.count(v) for v in values]}
        found = stats.ks_2samp(a, b, method='exact')
        gaps.append([histograms, found.statistic, found.pvalue, 'exact'])
    for r, c in [([300, 400, 300], [280, 500, 220]), ([5000, 5000], [5000, 5005]), ([900, 100], [500, 500]),
                 ([600, 600, 600], [590, 601, 615])]:
        n, m = sum(r), sum(c)
        d = float(np.abs(np.cumsum(r) / n - np.cumsum(c) / m).max())
        gaps.append([{'reference': r, 'current': c}, d, float(stats.kstwobign.sf(d * math.sqrt(n * m / (n + m)))),
                     'asymptotic'])
    return {'rankSum': rank_sums, 'kolmogorovSmirnov': gaps}


def multiple():
    cases = []
    for p in [[0.01, 0.04, 0.03, 0.005, 0.55, 0.6], [0.898, 0.138, 0.007, 0.964, 0.538, 0.006, 0.138], [0.2], [0, 1, 0.5, 0]]:
        cases.append([p, multitest.multipletests(p, method='holm')[1].tolist(),
                      multitest.multipletests(p, method='fdr_bh')[1].tolist()])
    return {'multiple': cases}


def drift():
    psi, shannon = [], []
    deciles = [0.05, 0.06, 0.08, 0.09, 0.10, 0.10, 0.11, 0.12, 0.14, 0.15]
    for r, c in [([0.1] * 10, deciles), ([0.25] * 4, [0.4, 0.3, 0.3 - 1e-4, 1e-4])]:
        psi.append([r, c, sum((q - p) * math.log(q / p) for p, q in zip(r, c))])
    for r, c in [([0.1] * 10, deciles), ([0.5, 0.5], [0.9, 0.1]), ([1, 0], [0, 1]), ([3, 0, 5], [2, 2, 9])]:
        shannon.append([{'reference': r, 'current': c}, float(distance.jensenshannon(r, c))])
    return {'psi': psi, 'jensenShannon': shannon}


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value


def main():
    rng = np.random.default_rng(20240131)
    vectors = {
        'versions': {'python': platform.python_version(), 'numpy': np.__version__, 'scipy': scipy.__version__,
                     'statsmodels': statsmodels.__version__, 'mpmath': mpmath.__version__},
        'special': special(), **welch(rng), **proportions(), **ratio(rng), **sizes(), **counts(), **ranks(rng), **multiple(),
        **drift(),
    }
    path = pathlib.Path(__file__).parent / 'stats.json'
    path.write_text(json.dumps(plain(vectors), indent=2, allow_nan=False) + '\n')


main()
