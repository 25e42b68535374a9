"""Curves and quantiles: bands that hold at all points together, and quantiles with an interval."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from sdtool.statistics.mean import Estimate, clustered_mean, finite_values

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

DRAWS = 20_000
SEED = 20_070_101  # fixed, so that the same data always give the same band


def simultaneous_level(values: ArrayLike, level: float = 0.95) -> float:
    """The level of pointwise intervals that hold at all points of a curve together with `level`.

    `values` has the shape [points, problems] and holds what each problem adds to each point: a setting's
    per-problem means, or paired differences. The points of a curve go up and down together, so their band is
    narrower than Bonferroni's: the quantile is that of the largest of normals that are correlated as the
    points are (Montiel Olea and Plagborg-Moller, J. Appl. Econometrics 34 (2019) 1, the sup-t band). Give the
    result to `clustered_mean` or `paired_difference`. Points that do not vary add nothing.

    Raises:
        ValueError: the shape is another, or a value is not finite.
    """
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2 or not np.isfinite(table).all():  # noqa: PLR2004 - points by problems
        raise ValueError("a band needs finite values of shape [points, problems]")
    varying = table[table.std(axis=1) > 0]
    if len(varying) < 2:  # noqa: PLR2004 - one point needs no correction
        return level
    correlation = np.corrcoef(varying)
    scale, axes = np.linalg.eigh(correlation)
    draws = np.random.default_rng(SEED).standard_normal((DRAWS, len(varying)))
    largest = np.abs(draws @ (axes * np.sqrt(np.maximum(scale, 0))).T).max(axis=1)
    return 2 * NormalDist().cdf(float(np.quantile(largest, level))) - 1


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


def _at(ordered: NDArray[np.float64], reached: NDArray[np.float64], share: float) -> float:
    if share <= 0:
        return -math.inf
    if share >= 1:
        return math.inf
    return float(ordered[min(int(np.searchsorted(reached, share - 1e-12)), len(ordered) - 1)])
