"""Where the variance of a paired difference comes from, assumed or observed in rollouts that are there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True)
class Components:
    """What `paired_variance` takes, as two settings show it on the same problems.

    `accuracy` is their mean. `between` is the share of accuracy (1 - accuracy) that lies between problems,
    and `correlation` the Pearson correlation over problems of the true per-problem rates; both take several
    samples per problem to see, and are None with one. `variance` is that of the per-problem differences as
    they are.
    """

    accuracy: float
    between: float | None
    correlation: float | None
    variance: float


def paired_variance(
    accuracy: float, *, samples: int = 1, between: float = 0.85, correlation: float = 0.87
) -> float:
    """The variance over problems of the difference of two settings' per-problem means.

    With p the accuracy, `between` the share of p (1 - p) that lies between problems and `correlation` the
    Pearson correlation over problems of two settings' true per-problem rates, the variance is
    2 p (1 - p) [between (1 - correlation) + (1 - between) / samples]: the terms omega^2 and
    sigma_A^2 / K + sigma_B^2 / K of Miller, arXiv 2411.00640, equation 9, for two settings of like
    accuracy. The defaults are what the published study of Qwen3.5-4B on competition math implies (more
    than 85 % of the variance between problems; correlation of single rollouts about 0.74 = 0.85 * 0.87); at
    accuracy 0.6 they give 0.125.

    Raises:
        ValueError: a share is outside [0, 1] or `samples` is below 1.
    """
    for name, share in (("accuracy", accuracy), ("between", between), ("correlation", correlation)):
        if not 0 <= share <= 1:
            raise ValueError(f"{name} must be between 0 and 1, not {share}")
    if samples < 1:
        raise ValueError(f"samples must be at least 1, not {samples}")
    return 2 * accuracy * (1 - accuracy) * (between * (1 - correlation) + (1 - between) / samples)


def components(b: ArrayLike, a: ArrayLike, samples: int) -> Components:
    """The components that two settings' per-problem means show, each mean being over `samples` rollouts.

    The variance within a problem is estimated without bias from its samples, r (1 - r) K / (K - 1); what
    remains of p (1 - p) lies between problems, and the covariance of the means is that of the true rates, as
    sampling noise is independent. This is the method of moments (Miller, arXiv 2411.00640, section 3.2).
    Shares are kept to [0, 1].

    Raises:
        ValueError: the lengths differ, or there are fewer than two problems.
    """
    means = [np.asarray(side, dtype=np.float64) for side in (a, b)]
    if means[0].ndim != 1 or means[0].shape != means[1].shape or means[0].size < 2:  # noqa: PLR2004 - a variance
        raise ValueError("components need the same problems on both sides, and at least two")
    accuracy = float(np.mean(means))
    variance = float((means[1] - means[0]).var(ddof=1))
    if samples == 1:
        return Components(accuracy, None, None, variance)
    totals = [float(side.mean() * (1 - side.mean())) for side in means]
    within = [float((side * (1 - side)).mean()) * samples / (samples - 1) for side in means]
    between = [max(0.0, total - part) for total, part in zip(totals, within, strict=True)]
    share = sum(between) / sum(totals) if sum(totals) else 0.0
    scale = math.sqrt(between[0] * between[1])
    correlation = float(np.cov(np.stack(means))[0, 1]) / scale if scale else 0.0
    return Components(accuracy, min(1.0, share), min(1.0, max(0.0, correlation)), variance)
