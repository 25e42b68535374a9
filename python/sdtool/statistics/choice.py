"""The best of several settings, estimated without the bias of having chosen it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sdtool.statistics.quantile import student_t_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

FOLDS = 5
PARTITIONS = 6
SEED = 20_070_101  # fixed, so that the same data always give the same estimate
TIED = 1e-9  # totals that are closer together are the same


@dataclass(frozen=True, slots=True)
class Best:
    """The setting with the highest mean: `naive` as it stands, `estimate` as a new sample would show it."""

    index: int
    estimate: float
    low: float
    high: float
    naive: float


def best_of(values: ArrayLike, *, highest: bool = True, level: float = 0.95) -> Best:
    """The best setting by its mean, with an estimate that choosing it has not lifted.

    `values` has the shape [settings, problems] and holds per-problem means on the same problems. The mean of
    the one that happens to be highest is too high, the more so the more settings and the fewer problems. So
    the problems are parted in five; on each fifth stands the setting that is best on the other four (ties
    share), and the estimate is the mean of what it reaches there, averaged over six partitions. For settings
    that are alike it is unbiased; where they differ it is that of choosing on four fifths of the problems.
    `highest=False` chooses the lowest. Source: cross-validation of the selection, Stone, J. R. Statist. Soc.
    B 36 (1974) 111; the same idea as Varma and Simon's nested one, BMC Bioinformatics 7 (2006) 91.

    The interval is Student's t on the problems, with the variance of the chosen setting or of the
    cross-fitted values, whichever is larger (docs/statistics.md has its coverage). With one setting it is the
    plain mean; fewer problems than folds make as many folds as problems, and one problem has no bounds.

    Raises:
        ValueError: the shape is another, or a value is not finite.
    """
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2 or not table.size or not np.isfinite(table).all():  # noqa: PLR2004 - settings by problems
        raise ValueError("the best of settings needs finite values of shape [settings, problems]")
    towards = table if highest else -table
    totals = towards.sum(axis=1)
    index = int(np.argmax(totals))
    n = table.shape[1]
    naive = float(table[index].mean())
    if n == 1:
        return Best(index, naive, -math.inf, math.inf, naive)
    honest = _cross_fitted(table, towards, totals)
    variance = max(float(honest.var(ddof=1)), float(table[index].var(ddof=1)))
    half = student_t_quantile((1 + level) / 2, n - 1) * math.sqrt(variance / n)
    estimate = float(honest.mean())
    return Best(index, estimate, estimate - half, estimate + half, naive)


def _cross_fitted(
    table: NDArray[np.float64], towards: NDArray[np.float64], totals: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What the setting that was chosen without a problem reaches on it, of shape [problems]."""
    n = table.shape[1]
    generator = np.random.default_rng(SEED)
    honest = np.zeros(n)
    for _ in range(PARTITIONS):
        folds = generator.permutation(n) % min(FOLDS, n)
        for fold in range(min(FOLDS, n)):
            held_out = folds == fold
            elsewhere = totals - towards[:, held_out].sum(axis=1)
            chosen = elsewhere >= elsewhere.max() - TIED
            honest[held_out] += table[chosen][:, held_out].mean(axis=0)
    return honest / PARTITIONS
