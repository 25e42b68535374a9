"""How many problems a paired difference needs, and what a number of problems can show."""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from sdtool.statistics.binomial import log_binomial
from sdtool.statistics.quantile import normal_quantile

LARGE = 2000  # discordant problems above which McNemar's exact test has the power of the normal one
NUMBERS = 21  # numbers of discordant problems over which its power is averaged, evenly spaced over 4 sigma
HALVINGS = 14  # of an interval of at most 1: to a hundredth of a point


def problems_needed(
    difference: float,
    variance: float = 1 / 9,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    exact: bool = False,
) -> int:
    """The number of problems at which a two-sided paired test finds `difference` with this power.

    n = (z_{1-alpha/2} + z_power)^2 variance / difference^2, rounded up: Miller, arXiv 2411.00640,
    equation 9. `variance` is that of the per-problem differences (`paired_variance`, or measured); the
    default 1/9 is Miller's worked example, in which a difference of 0.03 needs 969 problems. For M
    comparisons under Holm's correction, `alpha` is the level over M, that of its first step.

    With one sample a problem the test is McNemar's exact one, which is less powerful than the formula says:
    `exact` asks for its own power (`mcnemar_power`).

    Raises:
        ValueError: the difference is 0 or not finite, the variance negative, or a probability outside (0, 1).
    """
    if not (math.isfinite(difference) and difference):
        raise ValueError(f"the difference must be a number other than 0, not {difference}")
    # The tolerance keeps a whole number that rounding lifted by one unit in the last place.
    formula = _quantiles(alpha, power) ** 2 * _valid(variance) / difference**2
    enough = max(2, math.ceil(formula * (1 - 1e-12)))
    if not exact:
        return enough
    discordance = min(1.0, variance + difference**2)
    low, high = 1, enough
    while mcnemar_power(high, discordance, difference, alpha=alpha) < power:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if mcnemar_power(middle, discordance, difference, alpha=alpha) < power:
            low = middle
        else:
            high = middle
    return high


def detectable_difference(
    problems: int,
    variance: float = 1 / 9,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    exact: bool = False,
) -> float:
    """The smallest difference that a two-sided paired test on this many problems finds with this power.

    The inverse of `problems_needed`: (z_{1-alpha/2} + z_power) sqrt(variance / problems), same source; with
    `exact`, that of McNemar's exact test at one sample a problem, at most 1.

    Raises:
        ValueError: fewer than one problem, a negative variance, or a probability outside (0, 1).
    """
    if problems < 1:
        raise ValueError(f"there must be at least one problem, not {problems}")
    formula = _quantiles(alpha, power) * math.sqrt(_valid(variance) / problems)
    return _detectable_by_mcnemar(problems, min(variance, 1.0), alpha, power) if exact else formula


@lru_cache(maxsize=4096)
def _detectable_by_mcnemar(problems: int, variance: float, alpha: float, power: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        discordance = min(1.0, variance + middle**2)
        if mcnemar_power(problems, discordance, middle, alpha=alpha) < power:
            low = middle
        else:
            high = middle
    return high


def mcnemar_power(problems: int, discordance: float, difference: float, *, alpha: float = 0.05) -> float:
    """The probability that McNemar's exact test, two-sided, finds a difference at this level.

    `discordance` is the share of problems that only one of the settings solves, at least |difference|. Given
    m discordant problems the test is binomial, and m itself is so: the power is the mean over m.

    Raises:
        ValueError: fewer than one problem, or a share outside [0, 1].
    """
    size = abs(difference)
    share = max(discordance, size)
    if problems < 1 or not 0 <= share <= 1:
        raise ValueError(
            f"power needs at least one problem and shares between 0 and 1, not {problems}, "
            f"{discordance} and {difference}"
        )
    mean = problems * share
    if mean > LARGE:
        error = math.sqrt((share - size**2) / problems)
        return _normal_power(size, error, alpha)
    spread = math.sqrt(mean * (1 - share))
    first, last = max(0, math.floor(mean - 4 * spread)), min(problems, math.ceil(mean + 4 * spread))
    numbers = np.arange(first, last + 1, max(1, (last - first) // NUMBERS))
    likely = np.exp(log_binomial(problems, numbers, share))
    found = np.array([_conditional_power(int(m), (1 + size / share) / 2, alpha) for m in numbers])
    return float(likely @ found / likely.sum())


def _conditional_power(m: int, up: float, alpha: float) -> float:
    """The power given m discordant problems, of which each is better with probability `up`."""
    rejected = _rejected(m, alpha)
    counts = np.arange(rejected)
    below, above = (np.exp(log_binomial(m, counts, p)).sum() for p in (up, 1 - up))
    return float(below + above)


@lru_cache(maxsize=65536)
def _rejected(m: int, alpha: float) -> int:
    """McNemar's exact test rejects where fewer than this many of m discordant problems go one way."""
    tail = np.cumsum(np.exp(log_binomial(m, np.arange(m // 2 + 1), 0.5)))  # P(at most this many)
    return int(np.searchsorted(2 * tail, alpha * (1 + 1e-9), side="right"))


def _normal_power(difference: float, error: float, alpha: float) -> float:
    if error == 0:
        return float(difference > 0)
    law = NormalDist()
    reach = normal_quantile(1 - alpha / 2)
    return law.cdf(difference / error - reach) + law.cdf(-difference / error - reach)


def _quantiles(alpha: float, power: float) -> float:
    if not (0 < alpha < 1 and 0 < power < 1):
        raise ValueError(f"alpha and power must lie strictly between 0 and 1, not {alpha} and {power}")
    return normal_quantile(1 - alpha / 2) + normal_quantile(power)


def _valid(variance: float) -> float:
    if not (math.isfinite(variance) and variance >= 0):
        raise ValueError(f"a variance is a number of at least 0, not {variance}")
    return variance
