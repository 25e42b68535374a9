"""Statistics of repeated samples, power, the best of several, series, parts of a difference, bands."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sdtool import statistics

scipy_stats = pytest.importorskip("scipy.stats")

SHARED = Path(__file__).parents[2].parent / "shared"
RATES = st.lists(st.sampled_from([i / 8 for i in range(9)]), min_size=1, max_size=40)


def test_importing_the_command_line_does_not_load_numpy():
    code = "import sys, sdtool, sdtool.cli; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- Repeated samples ---------------------------------------------------------------------------------


@given(st.lists(st.booleans(), min_size=1, max_size=9), st.data())
def test_pass_at_k_is_the_mean_over_all_subsets(correct, data):
    k = data.draw(st.integers(1, len(correct)))
    expected = np.mean([any(subset) for subset in itertools.combinations(correct, k)])
    assert statistics.pass_at_k(len(correct), sum(correct), k) == pytest.approx(expected)


def majority(subset):
    votes = [("right" if right else answer) for answer, right in subset if answer is not None]
    if not votes:
        return 0.0
    most = max(map(votes.count, votes))
    leaders = {vote for vote in votes if votes.count(vote) == most}
    return ("right" in leaders) / len(leaders)


@given(st.lists(st.sampled_from([None, "3", "4", "5", "=7", "14/2"]), min_size=1, max_size=8), st.data())
def test_maj_at_k_is_the_mean_over_all_subsets(answers, data):
    correct = [answer in {"=7", "14/2"} for answer in answers]
    k = data.draw(st.integers(1, len(answers)))
    subsets = itertools.combinations(zip(answers, correct, strict=True), k)
    expected = np.mean([majority(subset) for subset in subsets])
    assert statistics.maj_at_k(answers, correct, k) == pytest.approx(expected)


def test_pass_and_maj_refuse_more_samples_than_there_are():
    with pytest.raises(ValueError, match="pass@4 needs at least 4"):
        statistics.pass_at_k(3, 1, 4)
    with pytest.raises(ValueError, match="maj@4 needs at least 4"):
        statistics.maj_at_k(["1"] * 3, [True] * 3, 4)
    with pytest.raises(ValueError, match="cannot be correct"):
        statistics.maj_at_k([None], [True], 1)


# --- Power --------------------------------------------------------------------------------------------


def test_problems_needed_published_values():
    assert statistics.problems_needed(0.03) == 969  # Miller's worked example
    assert 360 <= statistics.problems_needed(0.05, 0.115) <= statistics.problems_needed(0.05, 0.136) <= 430
    assert statistics.paired_variance(0.6) == pytest.approx(0.125, abs=0.001)


@given(st.floats(0.01, 0.5), st.floats(0.01, 1))
def test_detectable_difference_inverts_problems_needed(difference, variance):
    n = statistics.problems_needed(difference, variance)
    assert statistics.detectable_difference(n, variance) <= difference * (1 + 1e-9)
    if n > 2:
        assert statistics.detectable_difference(n - 1, variance) >= difference * (1 - 1e-9)


@pytest.mark.parametrize(
    ("n", "discordance", "difference"), [(50, 0.3, 0.2), (300, 0.13, 0.06), (90, 0.05, 0.05)]
)
@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_the_power_of_mcnemars_test_is_the_sum_over_all_tables(n, discordance, difference, alpha):
    up = (1 + difference / discordance) / 2
    expected = 0.0
    for m in range(1, n + 1):
        counts = np.arange(m + 1)
        p_values = np.minimum(1, 2 * scipy_stats.binom.cdf(np.minimum(counts, m - counts), m, 0.5))
        rejects = scipy_stats.binom.pmf(counts, m, up)[p_values <= alpha].sum()
        expected += scipy_stats.binom.pmf(m, n, discordance) * rejects
    assert statistics.mcnemar_power(n, discordance, difference, alpha=alpha) == pytest.approx(
        expected, abs=0.004
    )


def test_the_exact_test_needs_more_problems_than_the_formula():
    assert statistics.problems_needed(0.05, 0.125) == 393
    needed = statistics.problems_needed(0.05, 0.125, exact=True)
    assert 410 < needed < 440
    assert statistics.detectable_difference(needed, 0.125, exact=True) == pytest.approx(0.05, abs=2e-4)
    assert statistics.problems_needed(0.05, 0.125, alpha=0.05 / 21, exact=True) > 1.7 * needed


@pytest.mark.parametrize(("between", "correlation"), [(0.85, 0.87), (0.4, 0.95), (0.6, 0.5)])
def test_the_components_of_a_run_are_found_again(between, correlation):
    rng = np.random.default_rng(15)
    size = 1 / between - 1
    # Rates that share a draw with probability `correlation` have just this Pearson correlation.
    shared = rng.random(20_000) < correlation
    first, second = rng.beta(0.6 * size, 0.4 * size, (2, 20_000))
    rates = first, np.where(shared, first, second)
    a, b = (rng.binomial(3, rate) / 3 for rate in rates)
    found = statistics.components(b, a, 3)
    assert (found.accuracy, found.between, found.correlation) == pytest.approx(
        (0.6, between, correlation), abs=0.02
    )
    expected = statistics.paired_variance(0.6, samples=3, between=between, correlation=correlation)
    assert found.variance == pytest.approx(expected, rel=0.04)
    assert statistics.components(a > 0.5, b > 0.5, 1).correlation is None


@pytest.mark.parametrize("difference", [0.0, math.nan, math.inf])
def test_power_refuses_no_difference(difference):
    with pytest.raises(ValueError, match="other than 0"):
        statistics.problems_needed(difference)


# --- The best of several ------------------------------------------------------------------------------


def alike_settings(rng, settings, problems):
    """Verdicts of settings that are equally good on the same problems."""
    rates = rng.beta(0.6 * 0.18, 0.4 * 0.18, problems)
    return (rng.random((settings, problems)) < rates).astype(float)


def test_the_best_of_many_alike_is_not_overstated():
    rng = np.random.default_rng(16)
    found = [statistics.best_of(alike_settings(rng, 22, 300)) for _ in range(60)]
    naive, honest = (np.mean([getattr(one, name) for one in found]) - 0.6 for name in ("naive", "estimate"))
    assert naive > 0.012
    assert abs(honest) < 0.010  # three standard errors
    assert np.mean([one.low <= 0.6 <= one.high for one in found]) > 0.85


def test_a_setting_that_is_clearly_best_has_its_own_mean():
    values = np.array([[1, 1, 1, 1, 0, 1], [0, 0, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0]])
    best = statistics.best_of(values)
    assert (best.index, best.estimate, best.naive) == (0, pytest.approx(5 / 6), pytest.approx(5 / 6))
    assert statistics.best_of(-values, highest=False).index == 0
    assert statistics.best_of(values[:1]).estimate == pytest.approx(5 / 6)


@pytest.mark.parametrize("values", [[[1]], [[0], [1]], [[0, 1], [1, 0]], [[0.5] * 3] * 4])
def test_the_best_of_little_is_never_nan(values):
    best = statistics.best_of(values)
    assert best.low <= best.estimate <= best.high
    assert best == statistics.best_of(values)


@pytest.mark.parametrize("values", [[], [1, 0], [[math.nan]]])
def test_the_best_of_nothing_is_refused(values):
    with pytest.raises(ValueError, match="finite values of shape"):
        statistics.best_of(values)


# --- Series -------------------------------------------------------------------------------------------


def test_a_trend_is_the_mean_of_the_problems_slopes():
    rng = np.random.default_rng(17)
    values, steps = rng.random((5, 40)), np.array([0, 100, 200, 400, 1000])
    slopes = [np.polyfit(steps, problem, 1)[0] for problem in values.T]
    expected = scipy_stats.ttest_1samp(slopes, 0).confidence_interval()
    found = statistics.trend(values, steps)
    assert found.estimate == pytest.approx(np.mean(slopes))
    assert (found.low, found.high) == pytest.approx(tuple(expected), rel=1e-3)


@pytest.mark.parametrize("unit", [1e-12, 1, 1e12])
def test_a_trend_does_not_depend_on_the_unit_of_the_steps(unit):
    rng = np.random.default_rng(18)
    values = rng.random((4, 30)) < np.array([0.4, 0.5, 0.6, 0.7])[:, None]
    found, scaled = statistics.trend(values, [1, 2, 3, 4]), statistics.trend(values, unit * np.arange(1, 5))
    assert scaled.estimate * unit == pytest.approx(found.estimate)
    assert scaled.p_value == pytest.approx(found.p_value, abs=0.01)


def test_two_checkpoints_are_a_paired_difference():
    rng = np.random.default_rng(19)
    values = (rng.random((2, 60)) < 0.5).astype(float)
    found = statistics.trend(values, [0, 10])
    paired = statistics.paired_difference(values[1], values[0])
    assert found.estimate * 10 == pytest.approx(paired.estimate)
    assert found.p_value == pytest.approx(paired.p_value)


@pytest.mark.parametrize(
    ("values", "steps"),
    [([[1, 0]], [1]), ([[1], [0]], [1]), ([[1], [0]], [2, 2]), ([], []), ([[1], [math.inf]], [1, 2])],
)
def test_a_trend_says_what_is_wrong(values, steps):
    with pytest.raises(ValueError, match="a trend needs"):
        statistics.trend(values, steps)


# --- Why accuracies differ ----------------------------------------------------------------------------


@given(
    st.lists(
        st.tuples(*[st.sampled_from([(0, 0), (0, 1), (1, 1), (0.5, 0.5), (0, 0.5)])] * 2),
        min_size=1,
        max_size=30,
    )
)
def test_the_parts_of_a_difference_sum_to_it(pairs):
    right_a, answered_a = np.array([a for a, _ in pairs]).T
    right_b, answered_b = np.array([b for _, b in pairs]).T
    often, better = statistics.kitagawa(right_b, answered_b, right_a, answered_a)
    assert often.estimate + better.estimate == pytest.approx(right_b.mean() - right_a.mean())
    for part in (often, better):
        assert part.low <= part.estimate <= part.high


def test_answering_more_often_and_better_are_told_apart():
    never, always = np.zeros(40), np.ones(40)
    half = np.r_[np.ones(20), np.zeros(20)]
    often, better = statistics.kitagawa(always, always, half, half)
    assert (often.estimate, better.estimate) == (0.5, 0.0)
    often, better = statistics.kitagawa(half, always, never, always)
    assert (often.estimate, better.estimate) == (0.0, 0.5)
    often, better = statistics.kitagawa(half, always, never, never)
    assert (often.estimate, better.estimate) == (0.5, 0.0)


# --- Bands and quantiles ------------------------------------------------------------------------------


def test_a_band_holds_at_all_points_together():
    rng = np.random.default_rng(20)
    whole = pointwise = 0
    truth = np.array([0.2, 0.35, 0.5, 0.6, 0.65])
    for _ in range(200):
        values = (rng.random((1, 150)) < truth[:, None]).astype(float)
        band = statistics.mean_band(values)
        whole += all(one.low <= t <= one.high for one, t in zip(band, truth, strict=True))
        alone = [statistics.wilson(int(row.sum()), 150) for row in values]
        pointwise += all(one.low <= t <= one.high for one, t in zip(alone, truth, strict=True))
    assert whole / 200 > 0.9 > pointwise / 200


def test_one_point_and_equal_points_need_no_wider_band():
    values = np.array([[0, 1, 1, 0, 1]])
    assert statistics.simultaneous_level(values) == 0.95
    assert statistics.simultaneous_level(np.repeat(values, 4, axis=0)) == pytest.approx(0.95, abs=0.003)
    independent = np.random.default_rng(21).random((8, 4000))
    assert statistics.simultaneous_level(independent) == pytest.approx(0.95 ** (1 / 8), abs=0.003)


def test_a_band_of_differences_is_the_paired_interval_where_there_is_one_point():
    rng = np.random.default_rng(22)
    b, a = rng.integers(0, 4, 50) / 3, rng.integers(0, 4, 50) / 3
    paired = statistics.paired_difference(b, a)
    assert [float(bound[0]) for bound in statistics.difference_band([b - a])] == pytest.approx(
        [paired.estimate, paired.low, paired.high]
    )


def test_a_quantile_of_one_sample_a_problem_has_woodruffs_interval():
    rng = np.random.default_rng(23)
    lengths = rng.lognormal(5, 1, 400)
    found = statistics.quantile(lengths, range(400), 0.5)
    ordered = np.sort(lengths)
    assert found.estimate == ordered[199]
    below = statistics.wilson(200, 400)
    assert (found.low, found.high) == (
        ordered[math.ceil(400 * below.low) - 1],
        ordered[math.ceil(400 * below.high) - 1],
    )


def test_quantiles_cover_and_count_problems_and_not_rollouts():
    rng = np.random.default_rng(24)
    hits = 0
    for _ in range(300):
        centre = rng.normal(5, 1, 60)
        lengths = np.exp(np.repeat(centre, 8) + rng.normal(0, 0.2, 480))
        found = statistics.quantile(lengths, np.repeat(range(60), 8), 0.5)
        hits += found.low <= math.exp(5) <= found.high
    assert hits / 300 > 0.9
