"""Two settings on the same problems: their difference, its interval and a test; Holm over a sweep."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sdtool.statistics.power import detectable_difference
from sdtool.statistics.quantile import student_t_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

FINEST_LATTICE = 64  # per-problem means of up to this many samples are recognised as fractions
EXACT_OPERATIONS = 2 * 10**8  # below about a second of work the permutation distribution is computed whole
ROUNDING = 1e-9  # means that are closer together are the same
ENUMERATED = 14  # up to this many differences off any lattice, all sign patterns are gone through
FLIPS = 19_999  # random sign patterns above that; with the observed one they give p-values of 1/20,000
SEED = 20_070_101  # fixed, so that the same data always give the same p-value


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """b minus a over the problems that both have.

    `p_value` is two-sided. `detectable` is the smallest true difference that this many problems, with
    the spread seen here, show with 80 % power at the 5 % level. `n` is the number of problems.
    """

    estimate: float
    low: float
    high: float
    p_value: float
    detectable: float
    n: int
    standard_error: float


def paired_difference(
    b: ArrayLike, a: ArrayLike, *, proportion: bool = True, level: float = 0.95
) -> PairedDifference:
    """The mean difference b - a of per-problem means, with interval, p-value and detectable difference.

    `a[i]` and `b[i]` are the two settings' means over the samples of problem i, in [0, 1] (any finite
    numbers where `proportion` is False).

    Interval: Student's t on the differences (the paired standard error of Miller, arXiv 2411.00640,
    section 4.2), with a variance that cannot vanish: 1 / (4 sqrt(K)) is added to the sum of squares, K being
    the coarsest lattice 1/K that holds all the means (the number of samples, up to 64). At K = 1 that is a
    quarter of a discordant problem, after Agresti and Min, Statist. Med. 24 (2005) 729, who add a half to
    each cell for the normal interval; amount and power of K were chosen by simulation among 108 variants
    (docs/statistics.md has the coverage).

    p-value: the sign-flip permutation test, exact for means on a lattice; with one sample a problem it is
    McNemar's exact test, the binomial on the discordant pairs. Off a lattice up to 14 nonzero differences
    are enumerated, more are sampled with a fixed seed, the observed pattern counted in (Phipson and Smyth,
    Stat. Appl. Genet. Mol. Biol. 9 (2010) 39). If the settings can be exchanged the test never rejects more
    often than it says, so with few discordant problems p can stay above 0.05 where the interval excludes 0.

    All ties give p = 1 and an interval around 0; one problem gives p = 1 and all of [-1, 1].

    Raises:
        ValueError: no problems, lengths differ, a value is not finite, or a proportion leaves [0, 1].
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
    differences = b_means - a_means
    n = len(differences)
    estimate = float(differences.mean())
    lattice = _lattice(both)
    if n == 1:
        bound = 1.0 if proportion else math.inf
        return PairedDifference(estimate, -bound, bound, 1.0, bound, n, bound)
    squares = float(((differences - estimate) ** 2).sum())
    if proportion:
        squares += 0.25 / math.sqrt(lattice or FINEST_LATTICE)
    error = math.sqrt(squares * (1 if proportion else n / (n - 1))) / n
    half = student_t_quantile((1 + level) / 2, n - 1) * error
    low, high = estimate - half, estimate + half
    detectable = detectable_difference(n, n * error**2)
    if proportion:
        low, high, detectable = max(-1.0, low), min(1.0, high), min(1.0, detectable)
    return PairedDifference(estimate, low, high, _sign_flip(differences, lattice), detectable, n, error)


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


def _lattice(means: NDArray[np.float64]) -> int | None:
    """The smallest K up to FINEST_LATTICE for which all means are multiples of 1/K."""
    for k in range(1, FINEST_LATTICE + 1):
        scaled = means * k
        if np.all(np.abs(scaled - np.rint(scaled)) < ROUNDING):
            return k
    return None


def _sign_flip(differences: NDArray[np.float64], lattice: int | None) -> float:
    """The two-sided p-value of the mean under random signs of the differences."""
    sizes = np.abs(differences[np.abs(differences) > ROUNDING])
    observed = abs(float(differences.sum()))
    if not sizes.size:
        return 1.0
    if lattice is not None:
        steps = np.rint(sizes * lattice).astype(np.int64)
        if len(steps) * int(steps.sum()) <= EXACT_OPERATIONS:
            return _exact_on_lattice(steps, round(observed * lattice))
    threshold = observed * (1 - ROUNDING)
    if sizes.size <= ENUMERATED:
        patterns = (np.arange(2**sizes.size)[:, None] >> np.arange(sizes.size)) & 1
        return float(np.mean(np.abs((2 * patterns - 1) @ sizes) >= threshold))
    generator = np.random.default_rng(SEED)
    as_extreme = 0
    chunk = max(1, 10**7 // sizes.size)
    for start in range(0, FLIPS, chunk):
        signs = generator.integers(0, 2, size=(min(chunk, FLIPS - start), sizes.size), dtype=np.int8)
        as_extreme += int(np.count_nonzero(np.abs((2 * signs - 1) @ sizes) >= threshold))
    return (as_extreme + 1) / (FLIPS + 1)


def _exact_on_lattice(steps: NDArray[np.int64], observed: int) -> float:
    """P(|sum of signed steps| >= observed), the distribution being built one step at a time.

    `sums[i]` is the probability that the steps with a plus sign sum to i; the signed sum is 2 i - total.
    """
    total = int(steps.sum())
    sums = np.zeros(total + 1)
    sums[0] = 1.0
    reach = 0
    for step in steps:
        reach += int(step)
        sums[step : reach + 1] += sums[: reach - step + 1].copy()
        sums[: reach + 1] *= 0.5
    signed = np.abs(2 * np.arange(total + 1) - total)
    return min(1.0, float(sums[signed >= observed].sum()))
