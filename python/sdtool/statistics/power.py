"""How many problems a paired difference needs, and what a number of problems can show."""

from __future__ import annotations

import math

from sdtool.statistics.quantile import normal_quantile


def paired_variance(
    accuracy: float, *, samples: int = 1, between: float = 0.85, correlation: float = 0.87
) -> float:
    """The variance over problems of the difference of two settings' per-problem means.

    With p the accuracy, `between` the share of p (1 - p) that lies between problems and `correlation`
    that of two settings' true per-problem rates, the variance is
    2 p (1 - p) [between (1 - correlation) + (1 - between) / samples]: the terms omega^2 and
    sigma_A^2 / K + sigma_B^2 / K of Miller, arXiv 2411.00640, equation 9, for two settings of like
    accuracy. The defaults are what the published study of Qwen3.5-4B on competition math implies (more
    than 85 % of the variance between problems; correlation of single rollouts about 0.74); at accuracy 0.6
    they give 0.125.

    Raises:
        ValueError: a share is outside [0, 1] or `samples` is below 1.
    """
    for name, share in (("accuracy", accuracy), ("between", between), ("correlation", correlation)):
        if not 0 <= share <= 1:
            raise ValueError(f"{name} must be between 0 and 1, not {share}")
    if samples < 1:
        raise ValueError(f"samples must be at least 1, not {samples}")
    return 2 * accuracy * (1 - accuracy) * (between * (1 - correlation) + (1 - between) / samples)


def problems_needed(
    difference: float, variance: float = 1 / 9, *, alpha: float = 0.05, power: float = 0.8
) -> int:
    """The number of problems at which a two-sided paired test finds `difference` with this power.

    n = (z_{1-alpha/2} + z_power)^2 variance / difference^2, rounded up: Miller, arXiv 2411.00640,
    equation 9. `variance` is that of the per-problem differences (`paired_variance`, or measured); the
    default 1/9 is Miller's worked example, in which a difference of 0.03 needs 969 problems.

    Raises:
        ValueError: the difference is 0 or not finite, the variance negative, or a probability outside (0, 1).
    """
    if not (math.isfinite(difference) and difference):
        raise ValueError(f"the difference must be a number other than 0, not {difference}")
    # The tolerance keeps a whole number that rounding lifted by one unit in the last place.
    exact = _quantiles(alpha, power) ** 2 * _valid(variance) / difference**2
    return max(2, math.ceil(exact * (1 - 1e-12)))


def detectable_difference(
    problems: int, variance: float = 1 / 9, *, alpha: float = 0.05, power: float = 0.8
) -> float:
    """The smallest difference that a two-sided paired test on this many problems finds with this power.

    The inverse of `problems_needed`: (z_{1-alpha/2} + z_power) sqrt(variance / problems), same source.

    Raises:
        ValueError: fewer than one problem, a negative variance, or a probability outside (0, 1).
    """
    if problems < 1:
        raise ValueError(f"there must be at least one problem, not {problems}")
    return _quantiles(alpha, power) * math.sqrt(_valid(variance) / problems)


def _quantiles(alpha: float, power: float) -> float:
    if not (0 < alpha < 1 and 0 < power < 1):
        raise ValueError(f"alpha and power must lie strictly between 0 and 1, not {alpha} and {power}")
    return normal_quantile(1 - alpha / 2) + normal_quantile(power)


def _valid(variance: float) -> float:
    if not (math.isfinite(variance) and variance >= 0):
        raise ValueError(f"a variance is a number of at least 0, not {variance}")
    return variance
