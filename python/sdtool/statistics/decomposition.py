"""A difference of two rates in two parts: how many there are to be right, and how many of these are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sdtool.statistics.mean import Estimate
from sdtool.statistics.quantile import student_t_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def kitagawa(
    right_b: ArrayLike,
    answered_b: ArrayLike,
    right_a: ArrayLike,
    answered_a: ArrayLike,
    *,
    level: float = 0.95,
) -> tuple[Estimate, Estimate]:
    """The difference in accuracy, b minus a, split into answering more often and answering better.

    Each argument holds per-problem means, of shape [problems], on the same problems: the share of right
    rollouts and of those with an answer. With R the rate of answers and Q the accuracy among them, accuracy
    is R Q, and R_b Q_b - R_a Q_a = (R_b - R_a) (Q_a + Q_b) / 2 + (Q_b - Q_a) (R_a + R_b) / 2: Kitagawa, J.
    Amer. Statist. Assoc. 50 (1955) 1168, a rate and a composition each at the mean of the other. The two
    parts are returned in this order and sum to the difference. Where one side never answers, all of it comes
    from that.

    The intervals are paired by problem: Student's t on the linearised parts (the delta method).

    Raises:
        ValueError: the lengths differ, there are no problems, or more is right than has an answer.
    """
    table = np.array([np.asarray(x, dtype=np.float64) for x in (right_a, answered_a, right_b, answered_b)])
    if table.ndim != 2 or not table.size or not np.isfinite(table).all():  # noqa: PLR2004 - one row an argument
        raise ValueError("a decomposition needs the same problems on both sides, and at least one")
    if (table[0::2] > table[1::2] + 1e-9).any():
        raise ValueError("a rollout without an answer cannot be right")
    rate_a, rate_b = table[1].mean(), table[3].mean()
    among_a = table[0].mean() / rate_a if rate_a else math.nan
    among_b = table[2].mean() / rate_b if rate_b else math.nan
    # A side that never answers is taken to be as accurate as the other.
    among_a, among_b = (
        (known if math.isnan(mine) else mine) for mine, known in ((among_a, among_b), (among_b, among_a))
    )
    if math.isnan(among_a):
        among_a = among_b = 0.0
    bends_a = (table[0] - among_a * table[1]) / (rate_a or 1)
    bends_b = (table[2] - among_b * table[3]) / (rate_b or 1)
    more, better = rate_b - rate_a, among_b - among_a
    often = (table[3] - table[1]) * (among_a + among_b) / 2 + more * (bends_a + bends_b) / 2
    well = (bends_b - bends_a) * (rate_a + rate_b) / 2 + better * (table[1] + table[3] - rate_a - rate_b) / 2
    return (
        _estimate(more * (among_a + among_b) / 2, often, level),
        _estimate(better * (rate_a + rate_b) / 2, well, level),
    )


def _estimate(value: float, linearised: NDArray[np.float64], level: float) -> Estimate:
    n = len(linearised)
    if n == 1:
        return Estimate(float(value), -1.0, 1.0, 1, 1, 1.0)
    error = float(linearised.std(ddof=1)) / math.sqrt(n)
    half = student_t_quantile((1 + level) / 2, n - 1) * error
    return Estimate(float(value), max(-1.0, value - half), min(1.0, value + half), n, n, error)
