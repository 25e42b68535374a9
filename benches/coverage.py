"""How often the intervals hold the truth: the tables of docs/statistics.md.

Two settings on the same problems: their true rates are beta laws with a stated share of the variance between
problems, joined by a Gaussian copula. Needs scipy. Usage: python benches/coverage.py [repeats]
"""

from __future__ import annotations

import math
import sys
from functools import cache

import numpy as np
from scipy.stats import beta, norm
from sdtool import statistics

SCENARIOS = ((0.6, 0.6, 0.85, 0.87), (0.6, 0.65, 0.85, 0.87), (0.3, 0.4, 0.6, 0.9), (0.9, 0.93, 0.85, 0.87))
HEADER = (
    *("problems", "samples", "accuracies", "between", "correlation"),
    *("clustered", "pooled", "paired", "unpaired, pooled", "p < 0.05"),
)
GRID = np.linspace(0, 1, 20_001)


@cache
def quantiles(mean, between):
    size = 1 / between - 1
    return beta.ppf(GRID, mean * size, (1 - mean) * size)


def coverage(rng, problems, samples, scenario, repeats):
    """Shares of repeats that hold the truth, and that reject equality, as the columns of the table."""
    mean_a, mean_b, between, correlation = scenario
    truth = mean_b - mean_a
    hits = np.zeros(5)
    names = np.repeat(np.arange(problems), samples)
    for _ in range(repeats):
        first = rng.standard_normal(problems)
        second = correlation * first + math.sqrt(1 - correlation**2) * rng.standard_normal(problems)
        a, b = (
            rng.random((problems, samples)) < np.interp(norm.cdf(z), GRID, quantiles(mean, between))[:, None]
            for z, mean in ((first, mean_a), (second, mean_b))
        )
        clustered = statistics.clustered_mean(a.ravel(), names)
        pooled = statistics.wilson(int(a.sum()), a.size)
        paired = statistics.paired_difference(b.mean(1), a.mean(1))
        difference = b.mean() - a.mean()
        half = 1.96 * math.sqrt((a.var() + b.var()) / a.size)
        hits += (
            clustered.low <= mean_a <= clustered.high,
            pooled.low <= mean_a <= pooled.high,
            paired.low <= truth <= paired.high,
            abs(difference - truth) <= half,
            paired.p_value < 0.05,
        )
    return hits / repeats


def main(repeats=4000):
    print("| " + " | ".join(HEADER) + " |\n|" + "---|" * len(HEADER))
    for problems in (30, 300, 1000):
        for samples in (1, 3, 8):
            for scenario in SCENARIOS:
                rng = np.random.default_rng([problems, samples])
                shares = coverage(rng, problems, samples, scenario, repeats)
                a, b, between, correlation = scenario
                shown = [f"{100 * share:.1f}" for share in shares]
                cells = [f"{a:g}, {b:g}", f"{between:g}", f"{correlation:g}", *shown]
                print(f"| {problems} | {samples} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
