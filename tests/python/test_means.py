"""Rates and means of one setting: closed forms, reference libraries, degenerate data."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sdtool import statistics
from sdtool.statistics.quantile import student_t_quantile

scipy_stats = pytest.importorskip("scipy.stats")

SHARED = Path(__file__).parents[2].parent / "shared"
RATES = st.lists(st.sampled_from([i / 8 for i in range(9)]), min_size=1, max_size=40)


# --- Wilson -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (154, 299, 0.4586, 0.5711),  # the published 300-row figure, which covers 299 rows
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (1, 1, 0.2065, 1.0),
        (81, 263, 0.2553, 0.3662),  # Newcombe, Statist. Med. 17 (1998) 857, table I
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_published_values(k, n, low, high):
    interval = statistics.wilson(k, n)
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)
    assert interval.estimate == k / n


@given(st.integers(1, 2000), st.floats(0, 1), st.sampled_from([0.8, 0.95, 0.99]))
def test_wilson_equals_statsmodels(n, share, level):
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    k = round(share * n)
    interval = statistics.wilson(k, n, level=level)
    low, high = proportion.proportion_confint(k, n, alpha=1 - level, method="wilson")
    assert interval.low == pytest.approx(low, abs=1e-9)
    assert interval.high == pytest.approx(high, abs=1e-9)
    assert 0 <= interval.low <= interval.estimate <= interval.high <= 1


@pytest.mark.parametrize(("k", "n"), [(0, 0), (-1, 5), (6, 5)])
def test_wilson_refuses_impossible_counts(k, n):
    with pytest.raises(ValueError, match="rate needs"):
        statistics.wilson(k, n)


@pytest.mark.parametrize("degrees", [1, 2, 3, 5, 10, 29, 999])
def test_student_t_quantile_is_close_to_scipy(degrees):
    tolerance = 0.002 if degrees < 5 else 0.0002
    expected = scipy_stats.t.ppf(0.975, degrees)
    assert student_t_quantile(0.975, degrees) == pytest.approx(expected, rel=tolerance)


# --- Clustered means ----------------------------------------------------------------------------------


def rollouts(rng, problems, samples, *, mean=0.6, between=0.85):
    """Verdicts (problems, samples); true rates are beta, with this share of variance between problems."""
    size = 1 / between - 1
    rates = rng.beta(mean * size, (1 - mean) * size, problems)
    return rng.random((problems, samples)) < rates[:, None]


def test_one_sample_a_problem_is_wilson():
    correct = rollouts(np.random.default_rng(0), 300, 1)[:, 0]
    clustered = statistics.clustered_mean(correct, np.arange(300))
    single = statistics.wilson(int(correct.sum()), 300)
    assert (clustered.low, clustered.high) == pytest.approx((single.low, single.high))


def test_standard_error_is_the_cluster_robust_one_of_statsmodels():
    api = pytest.importorskip("statsmodels.api")
    correct = rollouts(np.random.default_rng(1), 120, 3)
    problem = np.repeat(np.arange(120), 3)
    fit = api.OLS(correct.ravel().astype(float), np.ones(360)).fit(
        cov_type="cluster", cov_kwds={"groups": problem, "use_correction": False}
    )
    ours = statistics.clustered_mean(correct.ravel(), problem).standard_error
    assert ours == pytest.approx(fit.bse[0] * math.sqrt(120 / 119))


def test_problems_weigh_the_same_however_many_samples_they_have():
    mean = statistics.clustered_mean([1, 1, 1, 1, 0], ["a", "a", "a", "a", "b"])
    assert mean.estimate == 0.5
    assert (mean.n, mean.rollouts) == (2, 5)


def test_other_means_have_students_interval():
    lengths = np.array([100.0, 400, 250, 900, 120])
    mean = statistics.clustered_mean(lengths, range(5), proportion=False)
    expected = scipy_stats.t.interval(0.95, 4, loc=lengths.mean(), scale=scipy_stats.sem(lengths))
    assert (mean.low, mean.high) == pytest.approx(expected, abs=0.2)


@pytest.mark.parametrize("values", [[1], [0], [0.5], [1, 1, 1], [0, 0, 0], [0.5, 0.5], [True, False]])
def test_degenerate_rates_have_an_interval_with_width(values):
    mean = statistics.clustered_mean(values, range(len(values)))
    assert 0 <= mean.low <= mean.estimate <= mean.high <= 1
    assert mean.high - mean.low > 0.3


def test_pooling_eight_equal_samples_does_not_narrow_the_interval():
    once = statistics.clustered_mean([1, 0, 1, 1, 0] * 6, range(30))
    eight = statistics.clustered_mean(np.repeat([1, 0, 1, 1, 0] * 6, 8), np.repeat(range(30), 8))
    assert (eight.low, eight.high) == pytest.approx((once.low, once.high))


@given(RATES)
def test_clustered_mean_is_never_nan(values):
    mean = statistics.clustered_mean(values, range(len(values)))
    assert 0 <= mean.low <= mean.estimate <= mean.high <= 1
    assert mean.low < mean.high


@pytest.mark.parametrize(
    ("values", "problem", "message"),
    [
        ([], [], "at least one"),
        ([1, 0], ["a"], "one a rollout"),
        ([math.nan, 1], ["a", "b"], "finite"),
        ([3, 1], ["a", "b"], "between 0 and 1"),
    ],
)
def test_clustered_mean_says_what_is_wrong(values, problem, message):
    with pytest.raises(ValueError, match=message):
        statistics.clustered_mean(values, problem)


# --- Stratified means ---------------------------------------------------------------------------------


def test_stratified_mean_by_hand():
    # Strata of 80 and 20 problems, 4 drawn from each: 0.8 * 3/4 + 0.2 * 1/4.
    mean = statistics.stratified_mean([1, 1, 1, 0, 1, 0, 0, 0], list("aaaabbbb"), [80] * 4 + [20] * 4)
    assert mean.estimate == pytest.approx(0.65)
    variance = 0.64 * (1 - 4 / 80) * 0.25 / 4 + 0.04 * (1 - 4 / 20) * 0.25 / 4
    assert mean.standard_error == pytest.approx(math.sqrt(variance))
    assert mean.low < 0.65 < mean.high


def test_the_whole_set_has_no_error_left():
    mean = statistics.stratified_mean([1, 0, 1], list("aab"), [2, 2, 1])
    assert (mean.estimate, mean.low, mean.high) == pytest.approx((2 / 3, 2 / 3, 2 / 3))


@pytest.mark.parametrize("values", [[1], [0], [1, 1], [0, 1]])
def test_stratified_mean_of_lone_problems_has_an_interval(values):
    mean = statistics.stratified_mean(values, list("ab")[: len(values)], [50] * len(values))
    assert 0 <= mean.low <= mean.estimate <= mean.high <= 1
    assert mean.low < mean.high


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("values", [[1], [0], [0.5], [0, 1], [1, 1]])
@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize("proportion", [True, False])
def test_stratified_mean_is_never_nan(values, size, proportion):
    strata = list("ab")[: len(values)]
    mean = statistics.stratified_mean(values, strata, [size] * len(values), proportion=proportion)
    assert mean.low <= mean.estimate <= mean.high


@pytest.mark.parametrize(
    ("sizes", "message"), [([1, 1], "above its size"), ([5, 6], "same stratum size"), ([5], "one a problem")]
)
def test_stratified_mean_refuses_sizes_that_do_not_fit(sizes, message):
    with pytest.raises(ValueError, match=message):
        statistics.stratified_mean([1, 0], ["a", "a"], sizes)


def test_composition_gap_is_the_distance_of_the_mixes():
    assert statistics.composition_gap(list("aabb"), [500, 500, 500, 500]) == 0
    assert statistics.composition_gap(list("aaab"), [500, 500, 500, 500]) == pytest.approx(0.25)
