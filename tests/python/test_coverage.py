"""Whether intervals cover by simulation, and what published ones follow from."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import strategies as st
from sdtool import statistics

scipy_stats = pytest.importorskip("scipy.stats")

SHARED = Path(__file__).parents[2].parent / "shared"
RATES = st.lists(st.sampled_from([i / 8 for i in range(9)]), min_size=1, max_size=40)


# --- Coverage -----------------------------------------------------------------------------------------


def rate_of(uniform, mean, *, between=0.85):
    """The quantiles of the beta law of true rates, by interpolation: scipy's own take most of the time."""
    grid = np.linspace(0, 1, 4001)
    size = 1 / between - 1
    return np.interp(uniform, grid, scipy_stats.beta.ppf(grid, mean * size, (1 - mean) * size))


def paired_rates(rng, shape, means, *, correlation=0.87):
    """Two settings' true rates on the same problems: beta laws joined by a Gaussian copula."""
    first = rng.standard_normal(shape)
    second = correlation * first + math.sqrt(1 - correlation**2) * rng.standard_normal(shape)
    return [rate_of(scipy_stats.norm.cdf(z), mean) for z, mean in zip((first, second), means, strict=True)]


def coverage(problems, samples, repeats, means=(0.6, 0.65)):
    """How often the intervals hold the truth: clustered, pooled without clusters, paired."""
    rng = np.random.default_rng([problems, samples])
    names = np.repeat(np.arange(problems), samples)
    clustered = pooled = paired = 0
    rates = paired_rates(rng, (repeats, problems), means)
    for a_rates, b_rates in zip(*rates, strict=True):
        a, b = (rng.random((problems, samples)) < r[:, None] for r in (a_rates, b_rates))
        mean = statistics.clustered_mean(a.ravel(), names)
        naive = statistics.wilson(int(a.sum()), a.size)
        difference = statistics.paired_difference(b.mean(1), a.mean(1))
        clustered += mean.low <= means[0] <= mean.high
        pooled += naive.low <= means[0] <= naive.high
        paired += difference.low <= means[1] - means[0] <= difference.high
    return clustered / repeats, pooled / repeats, paired / repeats


@pytest.mark.parametrize("samples", [1, 3, 8])
@pytest.mark.parametrize("problems", [30, 300])
def test_intervals_cover(problems, samples):
    clustered, pooled, paired = coverage(problems, samples, 150)
    # Three standard errors of a simulation of 150 on top of 93 to 97 %.
    assert clustered > 0.88
    assert paired > 0.88
    if samples > 1:
        assert pooled < 0.85


@pytest.mark.slow
@pytest.mark.parametrize("samples", [1, 3, 8])
@pytest.mark.parametrize("problems", [30, 300, 1000])
def test_intervals_cover_93_to_97_and_a_half_percent(problems, samples):
    clustered, pooled, paired = coverage(problems, samples, 4000)
    # 93 to 97.5 %, and one standard error of the simulation, 0.35 points.
    assert 0.9265 < clustered < 0.9785
    assert 0.9265 < paired < 0.9785
    assert pooled < 0.85 or samples == 1


# --- Published intervals ------------------------------------------------------------------------------


def baselines():
    path = SHARED / "notes" / "baselines.csv"
    if not path.exists():
        pytest.skip("the published baselines are not beside this checkout")
    with path.open() as file:
        next(file)
        yield from csv.DictReader(file)


def published(row, column):
    return [float(row[f"{column}{end}"]) for end in ("", "_lo", "_hi")]


def percent(interval):
    return [round(100 * value, 1) for value in (interval.estimate, interval.low, interval.high)]


# The smaller subset has 299 rows, not 300: 154/299 alone gives the published 51.5 [45.9, 57.1].
@pytest.mark.parametrize(("column", "rows"), [("acc_1k", 1000), ("extracted_1k", 1000), ("acc_300", 299)])
def test_published_intervals_follow_from_their_counts(column, rows):
    single = [row for row in baselines() if row["samples_per_problem"] == "1"]
    assert len(single) == 10
    for row in single:
        k = round(float(row[column]) / 100 * rows)
        assert percent(statistics.wilson(k, rows)) == published(row, column), row["setting"]


@pytest.mark.parametrize(("column", "rows"), [("extracted_1k", 3000), ("acc_300", 897)])
def test_published_intervals_of_three_samples_were_pooled(column, rows):
    (row,) = [row for row in baselines() if row["samples_per_problem"] == "3"]
    k = round(float(row[column]) / 100 * rows)
    assert percent(statistics.wilson(k, rows)) == published(row, column)
    # 85 % of the variance lies between problems, so the honest interval is nearly that of rows / 3.
    rate = k / rows
    variance = rate * (1 - rate) * (0.85 + 0.15 / 3) / (rows / 3)
    assert 2 * 1.96 * variance**0.5 * 100 > 1.5 * (published(row, column)[2] - published(row, column)[1])
