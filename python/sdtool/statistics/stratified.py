"""A subset's figures on the scale of the full problem set that it was drawn from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sdtool.statistics.mean import Estimate, finite_values, score_interval
from sdtool.statistics.quantile import normal_quantile, student_t_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

COMPARABLE_GAP = 0.05  # below it, raw figures of two subsets are of about the same mix of problems


def stratified_mean(
    values: ArrayLike,
    stratum: ArrayLike,
    stratum_size: ArrayLike,
    *,
    proportion: bool = True,
    level: float = 0.95,
) -> Estimate:
    """What the full problem set's mean is, estimated from a subset drawn within strata.

    One entry a problem of the subset: its mean over samples, its stratum, and how many problems that
    stratum has in the full set. The estimate is the sum of W_h times the stratum's mean with
    W_h = N_h / N, which undoes any allocation, harder on purpose included; its variance is the sum of
    W_h^2 (1 - n_h / N_h) s_h^2 / n_h, so the interval is for the figure of this full set with the
    rollouts that it would get, and a subset that is the full set has no error left.
    Source: Cochran, Sampling Techniques (3rd ed. 1977), 5.4-5.6; equal to the Horvitz-Thompson
    (J. Amer. Statist. Assoc. 47 (1952) 663) and to the post-stratified estimator, as N is known.
    A stratum of which one problem was drawn takes the variance pooled over the others. Strata of which
    nothing is there are left out of N. The interval of a proportion is Wilson's at the effective size, as
    in `clustered_mean`; of another mean, the usual one; both with Student's t at Satterthwaite's degrees of
    freedom (Biometrics Bull. 2 (1946) 110; Cochran 5.4), few strata carrying most of the variance.

    Raises:
        ValueError: as `clustered_mean`; or a stratum's size differs between its rows or is below the
            number of its rows.
    """
    y = finite_values(values)
    index, counts, sizes = _strata(stratum, stratum_size)
    if len(y) != len(index):
        raise ValueError(
            f"{len(y)} values for the strata of {len(index)} problems: there must be one a problem"
        )
    if proportion and (y.min() < 0 or y.max() > 1):
        raise ValueError("a proportion needs values between 0 and 1; pass proportion=False for other means")
    means = np.bincount(index, y) / counts
    squares = np.bincount(index, (y - means[index]) ** 2)
    degrees = counts - 1
    if degrees.sum() > 0:
        pooled = squares.sum() / degrees.sum()
    else:
        pooled = y.var(ddof=1) if len(y) > 1 else (0.0 if proportion else math.inf)
    variances = np.where(degrees > 0, squares / np.maximum(degrees, 1), pooled)
    weights = sizes / sizes.sum()
    left_out = 1 - counts / sizes
    drawn_in_part = left_out > 0
    parts = (weights**2 * left_out)[drawn_in_part] * (variances / counts)[drawn_in_part]
    variance = float(parts.sum())
    mean = float(weights @ means)
    n = len(y)
    quantile = normal_quantile((1 + level) / 2)
    if 0 < variance < math.inf:
        effective_degrees = variance**2 / float((parts**2 / np.maximum(degrees[drawn_in_part], 1)).sum())
        quantile = student_t_quantile((1 + level) / 2, max(1, math.floor(effective_degrees)))
    error = math.sqrt(variance)
    if not drawn_in_part.any():
        return Estimate(mean, mean, mean, n, n, 0.0)
    if not proportion:
        return Estimate(mean, mean - quantile * error, mean + quantile * error, n, n, error)
    mean = min(max(mean, 0.0), 1.0)
    if variance > 0 and 0 < mean < 1:
        effective = mean * (1 - mean) / variance
    else:
        effective = n / (1 - n / float(sizes.sum()))
    low, high = score_interval(mean, effective, quantile)
    return Estimate(mean, low, high, n, n, error)


def composition_gap(stratum: ArrayLike, stratum_size: ArrayLike) -> float:
    """How far a subset's mix of strata is from the full set's: 0 the same, 1 nothing in common.

    Half the sum of |n_h / n - N_h / N|, the total variation distance. A raw rate's expectation differs from
    the full set's by at most this, so above COMPARABLE_GAP raw figures of different subsets must not be
    compared, only weighted ones.

    Raises:
        ValueError: as `stratified_mean`.
    """
    _, counts, sizes = _strata(stratum, stratum_size)
    return float(np.abs(counts / counts.sum() - sizes / sizes.sum()).sum() / 2)


def _strata(
    stratum: ArrayLike, stratum_size: ArrayLike
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Each problem's stratum as an index, and by stratum the problems here and in the full set."""
    stated = finite_values(stratum_size)
    labels, first, index, counts = np.unique(
        np.asarray(stratum), return_index=True, return_inverse=True, return_counts=True
    )
    if len(stated) != len(index):
        raise ValueError(f"{len(index)} strata and {len(stated)} stratum sizes: there must be one a problem")
    sizes = stated[first]
    for label, count, size in zip(labels, counts, sizes, strict=True):
        if count > size:
            raise ValueError(f"stratum {label} has {count} problems here, above its size {size:g}")
    if np.any(stated != sizes[index]):
        raise ValueError("the rows of one stratum must all state the same stratum size")
    return index, counts, sizes
