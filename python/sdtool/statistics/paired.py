"""Two settings on the same problems: their difference, its interval and a test; Holm over a sweep."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from sdtool.statistics.permutation import sign_flip
from sdtool.statistics.power import detectable_difference
from sdtool.statistics.quantile import normal_quantile, student_t_quantile
from sdtool.statistics.score import Discordance, discordance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

POWER = 0.8
EQUAL = 1e-9  # weights that differ by less, relative to the largest, are equal


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """b minus a over the problems that both have.

    `p_value` is two-sided. `detectable` is the smallest true difference that this test on this many problems,
    with the spread seen here, finds with 80 % power at the level asked for. `n` is the number of problems, or
    of clusters where these are given.
    """

    estimate: float
    low: float
    high: float
    p_value: float
    detectable: float
    n: int
    standard_error: float
    counts: Discordance | None = field(default=None, repr=False)
    """What stands in for McNemar's table; None where the values are no proportions, or of one problem."""

    def interval(self, level: float) -> tuple[float, float]:
        """The interval of `low` and `high` at another level."""
        if self.n == 1:
            return -self.standard_error, self.standard_error
        if self.counts is None:
            half = student_t_quantile((1 + level) / 2, self.n - 1) * self.standard_error
            return self.estimate - half, self.estimate + half
        low, high = (float(end) for end in self.counts.interval(normal_quantile((1 + level) / 2)))
        return min(low, self.estimate), max(high, self.estimate)

    def decided_interval(self, alpha: float, *, significant: bool) -> tuple[float, float]:
        """The interval at the level 1 - `alpha`, holding 0 exactly where no difference is `significant`.

        Where the test is more careful than the interval this is widened as far as 0, where it is bolder it
        ends there. So whether 0 is within is decided at the test's error, and all else by the interval.
        """
        low, high = self.interval(1 - alpha)
        if not significant:
            return min(low, 0.0), max(high, 0.0)
        return (max(low, 0.0), high) if self.estimate > 0 else (low, min(high, 0.0))


def paired_difference(
    b: ArrayLike,
    a: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    clusters: ArrayLike | None = None,
    proportion: bool = True,
    level: float = 0.95,
    alpha: float = 0.05,
) -> PairedDifference:
    """The mean difference b - a of per-problem means, with interval, p-value and detectable difference.

    `a[i]` and `b[i]` are the two settings' means over the samples of problem i, in [0, 1] (any finite
    numbers where `proportion` is False). `weights[i]` is how many problems of the full set it stands for, in
    any unit; `clusters[i]` names what it shares with others (a stem, a contest), which then is the unit of
    sampling.

    Interval of proportions: Tango's score interval; with one sample a problem as published, with several, or
    with weights, at the effective counts of `score.discordance`. Of other means: Student's t.

    p-value: the sign-flip permutation test of the weighted differences, exact for means on a lattice; with
    one sample a problem it is McNemar's exact test, the binomial on the discordant pairs. If the settings can
    be exchanged it never rejects more often than it says. So with few discordant problems it can stay above
    0.05 where the interval, whose errors are 5 % on average, leaves 0 out: then the difference is not
    established.

    Detectable difference: of that test at the level `alpha`; for m comparisons under Holm's correction this
    is 0.05 / m, the level of its first step. With one sample a problem it is exact. With several, as
    Student's t has it, and never below what the fewest discordant problems that can be significant would make
    it.

    All ties give p = 1 and an interval around 0; one problem gives p = 1 and all of [-1, 1].

    Raises:
        ValueError: no problems, lengths differ, a value is not finite, a weight not above 0, or a proportion
            leaves [0, 1].
    """
    a_means, b_means = (np.asarray(means, dtype=np.float64) for means in (a, b))
    if a_means.ndim != 1 or a_means.shape != b_means.shape:
        raise ValueError(
            f"a comparison needs the same problems on both sides, not {b_means.size} and {a_means.size}"
        )
    if not a_means.size:
        raise ValueError("a paired comparison needs at least one problem")
    both = np.concatenate((a_means, b_means))
    if not np.isfinite(both).all():
        raise ValueError("a paired comparison needs finite means; leave out problems that lack one")
    if proportion and (both.min() < 0 or both.max() > 1):
        raise ValueError("a proportion needs means between 0 and 1; pass proportion=False for others")
    differences, shares = _units(b_means - a_means, weights, clusters)
    n = len(differences)
    estimate = float(differences.mean() if shares is None else differences @ shares)
    if n == 1:
        bound = 1.0 if proportion else math.inf
        return PairedDifference(estimate, -bound, bound, 1.0, bound, n, bound)
    p_value = sign_flip(differences if shares is None else differences * shares)
    if not proportion:
        squares = (differences - estimate) ** 2
        variance = squares.mean() / n if shares is None else squares @ shares**2
        error = math.sqrt(float(variance) * n / (n - 1))
        detectable = _by_student(error, n, alpha)
        return _with_interval(estimate, p_value, detectable, n, error, None, level)
    counts = discordance(differences, shares)
    error = math.sqrt(max(0.0, float(counts.variance)) / float(counts.problems))
    if shares is None and np.isin(differences, (-1.0, 0.0, 1.0)).all():
        detectable = detectable_difference(n, n * error**2, alpha=alpha, exact=True)
    else:
        fewest = float(counts.step) * detectable_difference(n, 0.0, alpha=alpha, exact=True)
        detectable = min(1.0, max(_by_student(error, n, alpha), fewest))
    return _with_interval(estimate, p_value, detectable, n, error, counts, level)


def _with_interval(
    estimate: float,
    p_value: float,
    detectable: float,
    n: int,
    error: float,
    counts: Discordance | None,
    level: float,
) -> PairedDifference:
    found = PairedDifference(estimate, estimate, estimate, p_value, detectable, n, error, counts)
    low, high = found.interval(level)
    return replace(found, low=low, high=high)


def _units(
    differences: NDArray[np.float64], weights: ArrayLike | None, clusters: ArrayLike | None
) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """The differences of the units of sampling and their shares, None where all weigh the same."""
    shares = np.ones(len(differences)) if weights is None else np.asarray(weights, dtype=np.float64)
    if shares.shape != differences.shape or not np.isfinite(shares).all() or shares.min() <= 0:
        raise ValueError(f"a comparison needs one weight above 0 a problem, of {len(differences)}")
    shares = shares / shares.max()  # so that no sum of them is beyond what a float holds
    if clusters is not None:
        _, index = np.unique(np.asarray(clusters), return_inverse=True)
        if index.shape != differences.shape:
            raise ValueError(f"a comparison needs one cluster a problem, of {len(differences)}")
        sums, weight = np.bincount(index, differences * shares), np.bincount(index, shares)
        differences, shares = np.divide(sums, weight, dtype=np.float64), weight.astype(np.float64)
    return differences, None if np.ptp(shares) <= EQUAL * shares.max() else shares / shares.sum()


def _by_student(error: float, n: int, alpha: float) -> float:
    return (student_t_quantile(1 - alpha / 2, n - 1) + student_t_quantile(POWER, n - 1)) * error


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values adjusted for all of them being tested, in the order given.

    The step-down method of Holm, Scand. J. Statist. 6 (1979) 65: it keeps the probability of one false
    finding or more at the level, under any dependence.

    Raises:
        ValueError: a p-value is outside [0, 1].
    """
    for p in p_values:
        if not 0 <= p <= 1:
            raise ValueError(f"a p-value lies between 0 and 1, not {p}")
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = largest
    return adjusted


def holm_levels(p_values: Sequence[float], alpha: float = 0.05) -> list[float]:
    """The level at which Holm's procedure decides on each, in the order given.

    A difference that is found is tested at alpha over the number of those with no smaller p-value, and all
    that are not found at alpha over their number. An interval at this level shows what is decided.
    """
    adjusted = holm(p_values)
    open_ = sum(p >= alpha for p in adjusted)
    return [
        alpha / (open_ if after >= alpha else sum(other >= p for other in p_values))
        for p, after in zip(p_values, adjusted, strict=True)
    ]
