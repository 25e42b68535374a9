"""Rates and means with intervals: one proportion, and a mean clustered by problem."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sdtool.statistics.quantile import normal_quantile, student_t_quantile
from sdtool.statistics.score import STEP_SHRINKAGE

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True)
class Estimate:
    """A rate or a mean with its interval.

    `n` is the number of problems (for `wilson`, of trials) and `rollouts` that of the values behind them.
    `standard_error` is the estimated one, 0 where all values agree; the interval does not shrink to
    nothing there. `low` and `high` are infinite where nothing bounds them (the mean length of one problem).
    """

    estimate: float
    low: float
    high: float
    n: int
    rollouts: int
    standard_error: float


def wilson(k: int, n: int, *, level: float = 0.95) -> Estimate:
    """The rate k/n of independent trials with Wilson's score interval.

    Source: Wilson, J. Amer. Statist. Assoc. 22 (1927) 209; recommended for all n by Brown, Cai and
    DasGupta, Statist. Sci. 16 (2001) 101. No continuity correction. Unlike the Wald interval it has a
    positive width at 0/n and n/n, and never leaves [0, 1].

    Raises:
        ValueError: n is not positive, or k is not between 0 and n.
    """
    if n < 1 or not 0 <= k <= n:
        raise ValueError(f"a rate needs 0 <= k <= n and n >= 1, not k={k}, n={n}")
    rate = k / n
    low, high = score_interval(rate, n, normal_quantile((1 + level) / 2))
    return Estimate(rate, low, high, n, n, math.sqrt(rate * (1 - rate) / n))


def clustered_mean(
    values: ArrayLike, problem: ArrayLike, *, proportion: bool = True, level: float = 0.95
) -> Estimate:
    """The mean over problems of each problem's mean over its samples, with an interval over problems.

    `values` has one entry a rollout (bool or a number in [0, 1]; any finite number where `proportion` is
    False) and `problem` names each rollout's problem. The standard error is that of the problem means,
    which for equal numbers of samples is the clustered one of Miller, arXiv 2411.00640, section 2.2, with
    the n - 1 correction. Pooling the rollouts instead would understate it up to sqrt(samples) times.

    The interval of a proportion is Wilson's at the effective number of problems rate (1 - rate) / SE^2
    (Korn and Graubard, Survey Methodology 24 (1998) 193; compared with others by Franco, Little, Louis
    and Slud, J. Surv. Stat. Methodol. 7 (2019) 334). One sample a problem gives exactly `wilson`. Where
    means are fractions, their variance is estimated, so Student's t with n - 1 degrees replaces the
    normal quantile, and the variance is a little widened where few problems carry it. Where all problem means
    agree, each problem counts as one trial; never does the effective number exceed the number of rollouts.
    The interval of any other mean is Student's t.

    Raises:
        ValueError: no values, lengths differ, a value is not finite, or a proportion leaves [0, 1].
    """
    means, rollouts = _problem_means(values, problem)
    if proportion and (means.min() < 0 or means.max() > 1):
        raise ValueError("a proportion needs values between 0 and 1; pass proportion=False for other means")
    n = len(means)
    mean = float(means.mean())
    if not proportion:
        return _student(mean, float(means.var(ddof=1) / n) if n > 1 else math.inf, n, rollouts, level)
    variance = float(means.var())
    if variance <= 0 or np.all((means == 0) | (means == 1)):
        effective, quantile = float(n), normal_quantile((1 + level) / 2)
    else:
        effective = min(n * mean * (1 - mean) / _widened(means), rollouts)
        quantile = student_t_quantile((1 + level) / 2, n - 1)
    low, high = score_interval(mean, effective, quantile)
    error = math.sqrt(variance / (n - 1)) if n > 1 else 0.0
    return Estimate(mean, low, high, n, rollouts, error)


def _widened(means: NDArray[np.float64]) -> float:
    """The variance of the means, the rarer side's mean step being shrunk towards 1 as in `score.discordance`.

    A few problems of many samples that are not all right, or not all wrong, understate what the next may be.
    With one sample, and for rates that are not extreme, it is the plain variance.
    """
    rarer = means if means.mean() <= 0.5 else 1 - means  # noqa: PLR2004 - the middle
    sizes, squares = float(rarer.sum()), float((rarer * rarer).sum())
    squares = sizes * (squares + STEP_SHRINKAGE) / (sizes + STEP_SHRINKAGE)
    return squares / len(means) - float(rarer.mean()) ** 2


def _problem_means(values: ArrayLike, problem: ArrayLike) -> tuple[NDArray[np.float64], int]:
    """Each problem's mean over its rollouts, and the number of rollouts."""
    y = finite_values(values)
    _, index, counts = np.unique(np.asarray(problem), return_inverse=True, return_counts=True)
    if len(index) != len(y):
        raise ValueError(f"{len(y)} values for {len(index)} problem names: there must be one a rollout")
    return np.bincount(index, y) / counts, len(y)


def finite_values(values: ArrayLike) -> NDArray[np.float64]:
    """The values as a float64 array of one dimension, checked to be there and finite."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or not array.size:
        raise ValueError("a mean needs a sequence of at least one value")
    if not np.isfinite(array).all():
        raise ValueError("a mean needs finite values; leave out the rows that have none")
    return array


def score_interval(rate: float, n: float, quantile: float) -> tuple[float, float]:
    """Wilson's interval of a rate at a number of trials that need not be whole; source: `wilson`."""
    square = quantile * quantile
    centre = (rate + square / (2 * n)) / (1 + square / n)
    half = quantile / (1 + square / n) * math.sqrt(rate * (1 - rate) / n + square / (4 * n * n))
    # At the ends the exact bound is the rate itself; rounding must not leave it outside.
    return min(max(0.0, centre - half), rate), max(min(1.0, centre + half), rate)


def _student(mean: float, variance: float, n: int, rollouts: int, level: float) -> Estimate:
    if n == 1:
        return Estimate(mean, -math.inf, math.inf, n, rollouts, math.inf)
    error = math.sqrt(variance)
    half = student_t_quantile((1 + level) / 2, n - 1) * error
    return Estimate(mean, mean - half, mean + half, n, rollouts, error)
