"""What scipy says of an experiment: reads units of two arms as JSON from standard input, writes results to standard output.

    {"alpha": 0.05, "metrics": {NAME: {"kind": ..., "control": [[y, d], ...], "treatment": [[y, d], ...]}},
     "calls": [n, n], "reported": [n, n]}

y and d are a unit's sums of values and of denominators (of its outcomes, where it is no ratio).
"""
import json
import math
import sys

import numpy as np
from scipy import stats


def moments(kind, units):
    """Count, mean and variance of a unit; of a ratio by the delta method."""
    y, d = np.array(units, dtype=float).T
    if kind != "ratio":
        means = y / d
        return len(means), means.mean(), means.var(ddof=1)
    ratio = y.sum() / d.sum()
    cov = np.cov(y, d, ddof=1)
    variance = cov[0, 0] / d.mean() ** 2 + ratio**2 * cov[1, 1] / d.mean() ** 2
    return len(y), ratio, variance - 2 * ratio * cov[0, 1] / d.mean() ** 2


def welch(control, treatment, alpha):
    (n1, m1, v1), (n2, m2, v2) = control, treatment
    test = stats.ttest_ind_from_stats(m2, math.sqrt(v2), n2, m1, math.sqrt(v1), n1, equal_var=False)
    error = math.sqrt(v1 / n1 + v2 / n2)
    half = stats.t.ppf(1 - alpha / 2, freedom(control, treatment)) * error
    return test.pvalue, m2 - m1 - half, m2 - m1 + half


def freedom(control, treatment):
    (n1, _, v1), (n2, _, v2) = control, treatment
    a, b = v1 / n1, v2 / n2
    return (a + b) ** 2 / (a**2 / (n1 - 1) + b**2 / (n2 - 1))


def proportions(control, treatment, alpha):
    """Of units with one outcome each: z, pooled for the test."""
    (n1, m1, _), (n2, m2, _) = control, treatment
    pooled = (n1 * m1 + n2 * m2) / (n1 + n2)
    z = (m2 - m1) / math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    half = stats.norm.ppf(1 - alpha / 2) * math.sqrt(m1 * (1 - m1) / n1 + m2 * (1 - m2) / n2)
    return 2 * stats.norm.sf(abs(z)), m2 - m1 - half, m2 - m1 + half


def lift(control, treatment, alpha):
    (n1, m1, v1), (n2, m2, v2) = control, treatment
    error = math.sqrt(v2 / n2 / m1**2 + v1 / n1 * m2**2 / m1**4)
    half = stats.t.ppf(1 - alpha / 2, freedom(control, treatment)) * error
    return (m2 - m1) / abs(m1), (m2 - m1) / abs(m1) - half, (m2 - m1) / abs(m1) + half


def anytime(control, treatment, alpha):
    """Waudby-Smith et al. (2103.06476), tightest at 5,000 units."""
    (n1, m1, v1), (n2, m2, v2) = control, treatment
    n, error, twice = n1 + n2, math.sqrt(v1 / n1 + v2 / n2), -2 * math.log(alpha)
    rho = math.sqrt((twice + math.log(twice + 1)) / 5000)
    spread = n * rho**2
    half = error * math.sqrt(n * 2 * (spread + 1) / (n * spread) * math.log(math.sqrt(spread + 1) / alpha))
    log_e = rho**2 * (m2 - m1) ** 2 * n / error**2 / (2 * (spread + 1)) - 0.5 * math.log(spread + 1)
    return min(1, math.exp(-log_e)), m2 - m1 - half, m2 - m1 + half


def results(metric, alpha):
    control, treatment = (moments(metric["kind"], metric[arm]) for arm in ("control", "treatment"))
    is_once = all(d == 1 for arm in ("control", "treatment") for _, d in metric[arm])
    fixed = proportions if metric["kind"] == "proportion" and is_once else welch
    return {
        "control": control,
        "treatment": treatment,
        "fixed": fixed(control, treatment, alpha),
        "lift": lift(control, treatment, alpha),
        "anytime": anytime(control, treatment, alpha),
    }


given = json.load(sys.stdin)
calls, reported = np.array(given["calls"]), np.array(given["reported"])
answer = {
    "metrics": {name: results(metric, given["alpha"]) for name, metric in given["metrics"].items()},
    "exposures": stats.chisquare(calls).pvalue,
    "reporting": 1.0,
}
if (reported < calls).any():
    answer["reporting"] = stats.chi2_contingency([reported, calls - reported], correction=False).pvalue
json.dump(answer, sys.stdout, default=float)
