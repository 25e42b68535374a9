"""Whether a series of checkpoints rises or falls, problem by problem."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sdtool.statistics.permutation import sign_flip
from sdtool.statistics.quantile import student_t_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True)
class Trend:
    """The slope per unit of step, paired by problem; `p_value` is two-sided."""

    estimate: float
    low: float
    high: float
    p_value: float


def trend(values: ArrayLike, steps: ArrayLike, *, level: float = 0.95) -> Trend:
    """The mean over problems of the least-squares slope of its values over the steps.

    `values` has the shape [checkpoints, problems] and holds per-problem means on the same problems; `steps`,
    of shape [checkpoints], in any unit and order. One slope a problem keeps the pairing, so a trend over all
    checkpoints is found far sooner than a difference of two of them. Interval: Student's t on the slopes;
    p-value: the sign-flip test of them. It is the contrast for a linear trend of repeated measures
    (Fitzmaurice, Laird and Ware, Applied Longitudinal Analysis, 2nd ed. 2011, ch. 5, summary measures).

    Raises:
        ValueError: the shapes do not fit, a value is not finite, or all steps are the same.
    """
    table, at = np.asarray(values, dtype=np.float64), np.asarray(steps, dtype=np.float64)
    if table.ndim != 2 or at.shape != table.shape[:1] or not table.size:  # noqa: PLR2004 - checkpoints by problems
        raise ValueError("a trend needs values of shape [checkpoints, problems] and one step a checkpoint")
    if not (np.isfinite(table).all() and np.isfinite(at).all()):
        raise ValueError("a trend needs finite values and steps")
    if np.ptp(at) == 0:
        raise ValueError("a trend needs at least two different steps")
    centred = at - at.mean()
    slopes = centred @ table / (centred @ centred)
    n = len(slopes)
    estimate = float(slopes.mean())
    if n == 1:
        return Trend(estimate, -math.inf, math.inf, 1.0)
    half = student_t_quantile((1 + level) / 2, n - 1) * math.sqrt(float(slopes.var(ddof=1)) / n)
    return Trend(estimate, estimate - half, estimate + half, sign_flip(slopes))
