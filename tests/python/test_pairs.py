"""Differences of two settings on the same problems, and several of them at once."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sdtool import statistics

scipy_stats = pytest.importorskip("scipy.stats")

SHARED = Path(__file__).parents[2].parent / "shared"
RATES = st.lists(st.sampled_from([i / 8 for i in range(9)]), min_size=1, max_size=40)


# --- Paired differences -------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=60))
def test_one_sample_a_problem_is_mcnemars_exact_test(pairs):
    b, a = zip(*pairs, strict=True)
    gained = sum(y and not x for y, x in pairs)
    lost = sum(x and not y for y, x in pairs)
    expected = scipy_stats.binomtest(gained, gained + lost).pvalue if gained + lost else 1.0
    result = statistics.paired_difference(b, a)
    assert result.p_value == pytest.approx(min(1.0, expected))
    assert -1 <= result.low < result.estimate < result.high <= 1 or abs(result.estimate) == 1


# Tango's own example (Statist. Med. 17 (1998) 891, section 6.1: 44 patients, one discordant pair, 90 %), that
# of Bentur et al. in Fagerland et al. (Statist. Med. 33 (2014) 2850: airway hyper-responsiveness),
# and the closed form without a discordant pair, z^2 / (n + z^2).
@pytest.mark.parametrize(
    ("n", "plus", "minus", "level", "low", "high"),
    [
        (44, 0, 1, 0.9, -0.096, None),
        (21, 1, 7, 0.95, -0.517, -0.026),
        (30, 0, 0, 0.95, -0.114, 0.114),
    ],
)
def test_one_sample_a_problem_has_tangos_interval(n, plus, minus, level, low, high):
    b = [1] * plus + [0] * (n - plus)
    a = [0] * plus + [1] * minus + [0] * (n - plus - minus)
    result = statistics.paired_difference(b, a, level=level)
    assert round(result.low, 3) == low
    assert high is None or round(result.high, 3) == high


@given(st.integers(0, 30), st.integers(0, 30), st.integers(1, 60))
def test_tangos_bounds_are_where_the_score_statistic_is_the_quantile(plus, minus, others):
    """The statistic, with its variance found by maximising the likelihood numerically."""
    n = plus + minus + others
    z = scipy_stats.norm.ppf(0.975)
    for bound in map(float, statistics.tango_interval(plus, minus, n, z)):
        least = max(0.0, -bound) + 1e-12
        grid = np.linspace(least, (1 - bound) / 2 - 1e-12, 20_001)
        likelihood = (
            plus * np.log(grid + bound)
            + minus * np.log(grid)
            + (n - plus - minus) * np.log(np.maximum(1 - 2 * grid - bound, 1e-300))
        )
        downs = grid[np.argmax(likelihood)]
        variance = n * (2 * downs + bound - bound**2)
        assert abs(plus - minus - n * bound) == pytest.approx(z * math.sqrt(variance), rel=2e-2, abs=2e-2)


def test_samples_that_agree_are_one_sample():
    rng = np.random.default_rng(11)
    a, b = rng.random(80) < 0.5, rng.random(80) < 0.6
    once = statistics.paired_difference(b, a)
    eight = statistics.paired_difference(np.repeat(b, 8).reshape(80, 8).mean(1), a)
    assert once == eight


def test_equal_weights_and_clusters_of_one_change_nothing():
    rng = np.random.default_rng(12)
    b, a = rng.integers(0, 4, 40) / 3, rng.integers(0, 4, 40) / 3
    plain = statistics.paired_difference(b, a)
    assert statistics.paired_difference(b, a, np.full(40, 7)) == plain
    assert statistics.paired_difference(b, a, clusters=range(40)) == plain


def test_weights_undo_a_subset_that_is_harder_on_purpose():
    # Nine in ten problems of the full set are easy and do not differ; half of the subset differs by 0.4.
    b, a = np.r_[np.ones(70), np.zeros(130)], np.r_[np.ones(30), np.zeros(170)]
    weights = np.r_[np.full(100, 1), np.full(100, 9)]
    assert statistics.paired_difference(b, a).estimate == pytest.approx(0.2)
    weighted = statistics.paired_difference(b, a, weights)
    assert weighted.estimate == pytest.approx(0.04)
    assert weighted.low < 0.04 < weighted.high


def test_problems_of_one_stem_are_not_independent():
    b, a = np.repeat([1, 1, 0, 1, 0, 1, 1, 0], 10), np.repeat([0, 0, 0, 1, 0, 0, 1, 1], 10)
    alone = statistics.paired_difference(b, a)
    together = statistics.paired_difference(b, a, clusters=np.repeat(range(8), 10))
    assert together.n == 8
    assert together.high - together.low > 2.5 * (alone.high - alone.low)
    assert together.p_value > 0.1 > alone.p_value


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"weights": [1]}, "one weight above 0 a problem"),
        ({"weights": [1, 0]}, "one weight above 0 a problem"),
        ({"clusters": ["x"]}, "one cluster a problem"),
    ],
)
def test_weights_and_clusters_are_one_a_problem(options, message):
    with pytest.raises(ValueError, match=message):
        statistics.paired_difference([1, 0], [0, 0], **options)


def test_many_problems_take_little_time_and_the_exact_test_stays_exact():
    rng = np.random.default_rng(13)
    b, a = rng.random(50_000) < 0.61, rng.random(50_000) < 0.6
    found = statistics.paired_difference(b, a)
    gained, lost = int((b & ~a).sum()), int((a & ~b).sum())
    assert found.p_value == pytest.approx(scipy_stats.binomtest(gained, gained + lost).pvalue, rel=1e-6)
    of_eight = statistics.paired_difference(rng.integers(0, 9, 20_000) / 8, rng.integers(0, 9, 20_000) / 8)
    error = of_eight.standard_error
    assert of_eight.p_value == pytest.approx(
        2 * scipy_stats.norm.sf(abs(of_eight.estimate) / error), abs=0.01
    )


@pytest.mark.parametrize("discordant", [0, 3, 40])
@pytest.mark.parametrize("alpha", [0.05, 0.05 / 21])
def test_the_detectable_difference_is_that_of_the_printed_test(discordant, alpha):
    n = 300
    b, a = np.zeros(n), np.zeros(n)
    b[: discordant // 2], a[discordant // 2 : discordant] = 1, 1
    detectable = statistics.paired_difference(b, a, alpha=alpha).detectable
    spread = min(1.0, discordant / n + detectable**2)
    spread = max(spread, detectable)
    rng = np.random.default_rng(14)
    up, down = (spread + detectable) / 2, (spread - detectable) / 2
    draws = rng.choice([1, -1, 0], p=[up, down, 1 - up - down], size=(1500, n))
    gained, lost = (draws > 0).sum(1), (draws < 0).sum(1)
    found = [
        scipy_stats.binomtest(x, x + y).pvalue <= alpha for x, y in zip(gained, lost, strict=True) if x + y
    ]
    assert 0.76 < np.mean(found) < 0.84


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=9))
def test_sign_flip_test_equals_going_through_all_signs(pairs):
    b, a = np.array(pairs).T / 3
    differences = b - a
    sums = [abs(np.dot(signs, differences)) for signs in itertools.product((1, -1), repeat=len(pairs))]
    expected = np.mean(np.array(sums) >= abs(differences.sum()) - 1e-9)
    assert statistics.paired_difference(b, a).p_value == pytest.approx(expected)


def test_sampled_signs_agree_with_scipy():
    rng = np.random.default_rng(5)
    b, a = rng.normal(0.2, 1, 60), rng.normal(0, 1, 60)
    expected = scipy_stats.permutation_test(
        (b - a,), np.mean, permutation_type="samples", n_resamples=20_000, rng=1
    ).pvalue
    ours = statistics.paired_difference(b, a, proportion=False).p_value
    assert ours == pytest.approx(expected, abs=0.01)
    assert ours == statistics.paired_difference(b, a, proportion=False).p_value


def test_few_problems_off_a_lattice_are_enumerated():
    result = statistics.paired_difference([10.2, 11.7, 13.1], [1.0, 2.9, 3.3], proportion=False)
    assert result.p_value == 0.25  # two of the eight sign patterns are as extreme


def test_other_differences_have_students_interval():
    rng = np.random.default_rng(6)
    b, a = rng.normal(0.2, 1, 40), rng.normal(0, 1, 40)
    expected = scipy_stats.ttest_rel(b, a).confidence_interval()
    ours = statistics.paired_difference(b, a, proportion=False)
    assert (ours.low, ours.high) == pytest.approx(tuple(expected), rel=1e-6)


def test_swapping_the_settings_mirrors_the_result():
    rng = np.random.default_rng(7)
    b, a = rng.integers(0, 4, 50) / 3, rng.integers(0, 4, 50) / 3
    ba, ab = statistics.paired_difference(b, a), statistics.paired_difference(a, b)
    assert (ba.estimate, ba.low, ba.high) == pytest.approx((-ab.estimate, -ab.high, -ab.low))
    assert ba.p_value == pytest.approx(ab.p_value)


@pytest.mark.parametrize(
    ("b", "a", "p_value"),
    [([1], [0], 1), ([1, 1], [1, 1], 1), ([0] * 50, [0] * 50, 1), ([1] * 10, [0] * 10, 2 / 1024)],
)
def test_degenerate_pairs_have_a_stated_result(b, a, p_value):
    result = statistics.paired_difference(b, a)
    assert result.p_value == pytest.approx(p_value)
    assert -1 <= result.low <= result.estimate <= result.high <= 1
    assert result.low < result.high
    assert 0 < result.detectable <= 1


@given(RATES, st.randoms(use_true_random=False))
def test_paired_difference_is_never_nan(a, random):
    b = [random.choice(a) for _ in a]
    result = statistics.paired_difference(b, a)
    assert -1 <= result.low <= result.estimate <= result.high <= 1
    assert 0 < result.p_value <= 1


@pytest.mark.parametrize(
    ("b", "a", "message"),
    [
        ([], [], "at least one problem"),
        ([1], [1, 0], "same problems"),
        ([math.nan], [1], "finite"),
        ([2], [1], "between 0 and 1"),
    ],
)
def test_paired_difference_says_what_is_wrong(b, a, message):
    with pytest.raises(ValueError, match=message):
        statistics.paired_difference(b, a)


@settings(max_examples=30)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_equals_statsmodels(p_values):
    multitest = pytest.importorskip("statsmodels.stats.multitest")
    expected = multitest.multipletests(p_values, method="holm")[1]
    assert statistics.holm(p_values) == pytest.approx(list(expected))


@given(st.lists(st.floats(1e-6, 1), min_size=1, max_size=12))
def test_each_is_decided_at_its_level_as_holm_decides(p_values):
    levels = statistics.holm_levels(p_values, 0.05)
    adjusted = statistics.holm(p_values)
    assert [p < level for p, level in zip(p_values, levels, strict=True)] == [p < 0.05 for p in adjusted]
    assert all(0.05 / len(p_values) <= level <= 0.05 for level in levels)


@pytest.mark.parametrize("samples", [1, 3])
@pytest.mark.parametrize("proportion", [True, False])
def test_an_interval_that_is_decided_holds_0_exactly_where_the_test_finds_nothing(samples, proportion):
    rng = np.random.default_rng(0)
    for _ in range(60):
        a, b = (rng.binomial(samples, rate, 25) / samples for rate in (0.4, 0.65))
        found = statistics.paired_difference(b, a, proportion=proportion)
        low, high = found.decided_interval(0.05, significant=found.p_value < 0.05)
        assert (low < 0 < high or 0 in (low, high)) or found.p_value < 0.05
        assert low >= 0 or high <= 0 or found.p_value >= 0.05
        assert low <= found.estimate <= high
    assert found.interval(0.95) == (found.low, found.high)
    assert found.interval(0.99)[0] < found.low


def test_the_settled_case_of_7_against_1():
    b, a = [1] * 7 + [0] + [1] * 13, [0] * 7 + [1] + [1] * 13
    found = statistics.paired_difference(b, a)
    assert (found.low > 0, round(found.p_value, 3)) == (True, 0.07)
    assert found.decided_interval(0.05, significant=False) == (0.0, found.high)


def test_holm_of_nothing_is_nothing_and_of_a_wrong_value_an_error():
    assert statistics.holm([]) == []
    with pytest.raises(ValueError, match="between 0 and 1"):
        statistics.holm([0.2, 1.2])
