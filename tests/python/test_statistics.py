"""Statistics: closed forms, reference libraries, degenerate data, and coverage by simulation."""

from __future__ import annotations

import csv
import itertools
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sdtool import statistics
from sdtool.statistics.quantile import student_t_quantile

scipy_stats = pytest.importorskip("scipy.stats")

SHARED = Path(__file__).parents[2].parent / "shared"
RATES = st.lists(st.sampled_from([i / 8 for i in range(9)]), min_size=1, max_size=40)


def test_importing_the_command_line_does_not_load_numpy():
    code = "import sys, sdtool, sdtool.cli; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


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


def test_holm_of_nothing_is_nothing_and_of_a_wrong_value_an_error():
    assert statistics.holm([]) == []
    with pytest.raises(ValueError, match="between 0 and 1"):
        statistics.holm([0.2, 1.2])


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


def test_power_holds_in_simulation():
    rng = np.random.default_rng(8)
    n = statistics.problems_needed(0.08, 0.3)
    # Discordant pairs with variance 0.3 and mean 0.08: P(+1) + P(-1) = 0.3 + 0.08^2.
    up, down = (0.3064 + 0.08) / 2, (0.3064 - 0.08) / 2
    draws = rng.choice([1, -1, 0], p=[up, down, 1 - up - down], size=(400, n))
    found = [statistics.paired_difference(d > 0, d < 0).p_value < 0.05 for d in draws]
    assert 0.70 < np.mean(found) < 0.86


@pytest.mark.parametrize("difference", [0.0, math.nan, math.inf])
def test_power_refuses_no_difference(difference):
    with pytest.raises(ValueError, match="other than 0"):
        statistics.problems_needed(difference)


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
    clustered, pooled, paired = coverage(problems, samples, 400)
    # Three standard errors of a simulation of 400 on top of 93 to 97 %.
    assert 0.90 < clustered < 0.99
    assert 0.90 < paired < 0.99
    if samples > 1:
        assert pooled < 0.85


@pytest.mark.slow
@pytest.mark.parametrize("samples", [1, 3, 8])
@pytest.mark.parametrize("problems", [30, 300, 1000])
def test_intervals_cover_93_to_97_percent(problems, samples):
    clustered, pooled, paired = coverage(problems, samples, 4000)
    # One standard error of the simulation, 0.35 points, is allowed for.
    assert 0.9265 < clustered < 0.9735
    assert 0.9265 < paired < 0.9735
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


# The smaller budget has 299 rows, not 300: 154/299 alone gives the published 51.5 [45.9, 57.1].
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
