"""Made-up studies whose truth is known, for coverage.py and demonstrations.py.

True per-problem rates follow a beta law with a stated share of the variance between problems; two settings'
are joined by a Gaussian copula whose parameter is solved for, so that `correlation` is Pearson's of the true
rates, as it is in `sdtool.statistics.paired_variance` and `python -m sdtool power`.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from scipy.stats import beta, norm

GRID = np.linspace(0, 1, 20_001)


@cache
def quantiles(mean, between):
    size = 1 / between - 1
    return beta.ppf(GRID, mean * size, (1 - mean) * size)


def rates(normals, mean, between=0.85):
    return np.interp(norm.cdf(normals), GRID, quantiles(mean, between))


@cache
def copula(mean_a, mean_b, between=0.85, correlation=0.87):
    """The parameter of the copula at which the rates have this Pearson correlation."""
    rng = np.random.default_rng(0)
    first, noise = rng.standard_normal((2, 200_000))
    low, high = 0.0, 1.0
    for _ in range(20):
        middle = (low + high) / 2
        second = middle * first + math.sqrt(1 - middle**2) * noise
        seen = np.corrcoef(rates(first, mean_a, between), rates(second, mean_b, between))[0, 1]
        low, high = (middle, high) if seen < correlation else (low, middle)
    return middle


def pairs(rng, shape, mean_a, mean_b, *, between=0.85, correlation=0.87):
    """Two settings' true rates on the same problems, each of the given shape."""
    joint = copula(mean_a, mean_b, between, correlation)
    first = rng.standard_normal(shape)
    second = joint * first + math.sqrt(1 - joint**2) * rng.standard_normal(shape)
    return rates(first, mean_a, between), rates(second, mean_b, between)


def sampled(rng, true_rates, samples):
    """Per-problem means over `samples` rollouts."""
    return rng.binomial(samples, true_rates) / samples


LAWS = ("flip", "uniform", "noise", "rare")


def sparse(rng, repeats, problems, samples, expected, law, *, one_sided):
    """Differences of shape [repeats, problems], of which `expected` may differ, and the true mean difference.

    Of the problems that may differ one setting always solves `flip` and the other never; in `uniform` both
    true rates are uniform; in `noise` they are the same, or 0.2 apart; in `rare` they are small. One-sided
    means that the second setting is better, else neither is.
    """
    may_differ = rng.random((repeats, problems)) < expected / problems
    count = int(may_differ.sum())
    u, v = rng.random((2, count))
    if law == "flip":
        a, b = (np.zeros(count), np.ones(count)) if one_sided else ((u < 0.5) * 1.0, (u >= 0.5) * 1.0)
        effect = 1.0
    elif law == "uniform":
        a, b = (np.minimum(u, v), np.maximum(u, v)) if one_sided else (u, v)
        effect = 1 / 3
    elif law == "noise":
        a, b = u, np.minimum(u + 0.2, 1) if one_sided else u
        effect = 0.8 * 0.2 + 0.2 * 0.1
    else:
        a, b = rng.beta(0.3, 3, count), rng.beta(0.6 if one_sided else 0.3, 3, count)
        effect = 0.6 / 3.6 - 0.3 / 3.3
    differences = np.zeros((repeats, problems))
    differences[may_differ] = sampled(rng, b, samples) - sampled(rng, a, samples)
    return differences, effect * expected / problems if one_sided else 0.0
