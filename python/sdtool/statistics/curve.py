"""Curves and quantiles: bands that hold at all points together, and quantiles with an interval."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from sdtool.statistics.mean import Estimate, clustered_mean, finite_values
from sdtool.statistics.quantile import normal_quantile, student_t_quantile
from sdtool.statistics.score import discordance

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Values = NDArray[np.float64]

DRAWS = 20_000
SEED = 20_070_101  # fixed, so that the same data always give the same band


def mean_band(values: ArrayLike, *, proportion: bool = True, level: float = 0.95) -> list[Estimate]:
    """The mean of each point of a curve, with intervals that hold at all points together.

    `values` has the shape [points, problems] and holds each problem's mean at each point. The intervals are
    those of `clustered_mean` at a wider level (`simultaneous_level`).

    Raises:
        ValueError: as `clustered_mean` and `simultaneous_level`.
    """
    table = _table(values)
    wider = simultaneous_level(table, level)
    problems = np.arange(table.shape[1])
    return [clustered_mean(row, problems, proportion=proportion, level=wider) for row in table]


def difference_band(
    differences: ArrayLike, *, proportion: bool = True, level: float = 0.95
) -> tuple[Values, Values, Values]:
    """The mean paired difference at each point of a curve, and bounds that hold at all points together.

    `differences` has the shape [points, problems]: at each point each problem's mean under one setting minus
    that under the other. The intervals are those of `paired_difference` at a wider level
    (`simultaneous_level`).

    Returns:
        The differences, the lower and the upper bounds, each of shape [points].

    Raises:
        ValueError: as `simultaneous_level`.
    """
    table = _table(differences)
    share = (1 + simultaneous_level(table, level)) / 2
    means = table.mean(axis=1)
    if proportion:
        low, high = discordance(table).interval(normal_quantile(share))
        return means, np.minimum(low, means), np.maximum(high, means)
    n = table.shape[1]
    if n == 1:
        return means, np.full_like(means, -math.inf), np.full_like(means, math.inf)
    half = student_t_quantile(share, n - 1) * table.std(axis=1, ddof=1) / math.sqrt(n)
    return means, means - half, means + half


def simultaneous_level(values: ArrayLike, level: float = 0.95) -> float:
    """The level of pointwise intervals that hold at all points of a curve together with `level`.

    `values` has the shape [points, problems] and holds what each problem adds to each point. The points of a
    curve go up and down together, so their band is narrower than Bonferroni's: the quantile is that of the
    largest of normals that are correlated as the points are (Montiel Olea and Plagborg-Moller, J. Appl.
    Econometrics 34 (2019) 1, the sup-t band). Points that do not vary add nothing.

    Raises:
        ValueError: the shape is another, or a value is not finite.
    """
    table = _table(values)
    varying = table[table.std(axis=1) > 0]
    if len(varying) < 2:  # noqa: PLR2004 - one point needs no correction
        return level
    scale, axes = np.linalg.eigh(np.corrcoef(varying))
    draws = np.random.default_rng(SEED).standard_normal((DRAWS, len(varying)))
    largest = np.abs(draws @ (axes * np.sqrt(np.maximum(scale, 0))).T).max(axis=1)
    return 2 * NormalDist().cdf(float(np.quantile(largest, level))) - 1


def _table(values: ArrayLike) -> Values:
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2 or not table.size or not np.isfinite(table).all():  # noqa: PLR2004 - points by problems
        raise ValueError("a band needs finite values of shape [points, problems]")
    return table


def quantile(values: ArrayLike, problem: ArrayLike, share: float, *, level: float = 0.95) -> Estimate:
    """The value below which a share of the rollouts lies, every problem weighing the same, with its interval.

    `values` has one entry a rollout and `problem` names its problem. The interval is Woodruff's (J. Amer.
    Statist. Assoc. 47 (1952) 635): that of the share of values up to the quantile, clustered by problem, read
    off at both ends. It is infinite where the end lies beyond the values.

    Raises:
        ValueError: as `clustered_mean`, or the share is not between 0 and 1.
    """
    if not 0 < share < 1:
        raise ValueError(f"a quantile is at a share between 0 and 1, not {share}")
    y = finite_values(values)
    _, index, counts = np.unique(np.asarray(problem), return_inverse=True, return_counts=True)
    if len(index) != len(y):
        raise ValueError(f"{len(y)} values for {len(index)} problem names: there must be one a rollout")
    order = np.argsort(y, kind="stable")
    reached = np.cumsum((1 / counts[index] / len(counts))[order])
    found = _at(y[order], reached, share)
    below = clustered_mean(y <= found, index, level=level)
    # The interval of the share is around the one that is there; the quantile's is around the one asked for.
    low = _at(y[order], reached, share - (below.estimate - below.low))
    high = _at(y[order], reached, share + (below.high - below.estimate))
    return Estimate(found, min(low, found), max(high, found), below.n, len(y), math.nan)


def _at(ordered: Values, reached: Values, share: float) -> float:
    if share <= 0:
        return -math.inf
    if share >= 1:
        return math.inf
    return float(ordered[min(int(np.searchsorted(reached, share - 1e-12)), len(ordered) - 1)])
