"""The score interval of a paired difference of proportions, also of several samples and with weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Values = NDArray[np.float64]

STEP_SHRINKAGE = 0.1  # problems of step 1 that the mean step is shrunk towards, chosen by simulation
HEAVY_SHARE = 0.1  # of the square of a heavy weight, added to the variance; chosen by simulation
HALVINGS = 50  # of an interval of length 2, which leaves less than 1e-14


@dataclass(frozen=True, slots=True)
class Discordance:
    """Paired differences as counts of equal steps: `plus` up and `minus` down among `problems`, `step` each.

    With one sample a problem and equal weights these are the discordant pairs of McNemar's table, and the
    step is 1. Otherwise they are effective numbers that have the mean and the variance of the differences.
    Every field has the shape of the leading axes of the differences.
    """

    plus: Values
    minus: Values
    problems: Values
    step: Values

    def interval(self, quantile: float) -> tuple[Values, Values]:
        """The score interval of the mean difference."""
        low, high = tango_interval(self.plus, self.minus, self.problems, quantile)
        return self.step * low, self.step * high

    @property
    def variance(self) -> Values:
        """The variance of one problem's difference, such that the mean's is this over `problems`."""
        rate = (self.plus + self.minus) / self.problems
        mean = (self.plus - self.minus) / self.problems
        return self.step**2 * (rate - mean**2)


def discordance(differences: ArrayLike, weights: ArrayLike | None = None) -> Discordance:
    """What stands in for McNemar's table, from differences in [-1, 1] of shape [..., problems].

    The step is the mean of the squares over the mean size, so that steps have the variance of the differences
    as they are; it is shrunk towards 1 by a tenth of a problem, without which a few discordant problems of
    many samples understate what the next may do. Weights, of shape [problems], turn the number of problems
    into the one whose simple mean has the variance of the weighted one, to which a tenth of the square of a
    heavy weight is added: a heavy problem that shows no difference says less than its variance of 0. Both
    vanish for one sample and equal weights. The idea of an effective size for a score interval is Korn and
    Graubard's (Survey Methodology 24 (1998) 193); both amounts were chosen by simulation
    (docs/statistics.md).
    """
    d = np.asarray(differences, dtype=np.float64)
    n = d.shape[-1]
    w = np.full(n, 1 / n) if weights is None else np.asarray(weights, dtype=np.float64)
    w = w / w.sum()
    sizes, squares, mean = np.abs(d) @ w, (d * d) @ w, d @ w
    problems = np.full(mean.shape, float(n))
    if weights is not None:
        variance = ((d - mean[..., None]) ** 2) @ w**2
        heavy = float((w**3).sum() / (w**2).sum())
        variance = variance + HEAVY_SHARE * max(0.0, heavy**2 - 1 / n**2)
        spread = squares - mean**2
        seen = (spread > 0) & (variance > 0)
        problems = np.where(seen, spread / np.where(seen, variance, 1.0), 1 / (w**2).sum())
        problems = np.minimum(problems, float(n))
    shrinkage = STEP_SHRINKAGE / problems
    step = (squares + shrinkage) / (sizes + shrinkage)
    ups, downs = np.maximum(d, 0) @ w, np.maximum(-d, 0) @ w
    return Discordance(problems * ups / step, problems * downs / step, problems, step)


def tango_interval(
    plus: ArrayLike, minus: ArrayLike, problems: ArrayLike, quantile: float
) -> tuple[Values, Values]:
    """Tango's score interval for (plus - minus) / problems, elementwise; the counts need not be whole.

    Source: Tango, Statist. Med. 17 (1998) 891: the differences at which the score statistic, its variance
    under that difference taken at its maximum likelihood, stays within the quantile. At a difference of 0 it
    is McNemar's statistic. Recommended by Newcombe, Statist. Med. 17 (1998) 2635, and by Fagerland, Lydersen
    and Laake, Statist. Med. 33 (2014) 2850. The bounds are found by halving, the statistic being monotone.
    """
    up, down, n = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (plus, minus, problems)))
    estimate = (up - down) / n

    def outside(difference: Values) -> NDArray[np.bool_]:
        linear = (2 * n - up + down) * difference - up - down
        constant = -down * difference * (1 - difference)
        root = np.sqrt(np.maximum(linear**2 - 8 * n * constant, 0))
        downs = (root - linear) / (4 * n)  # the share of downs, at its maximum likelihood
        variance = n * (2 * downs + difference * (1 - difference))
        # At the ends of [-1, 1] both sides are 0 but for rounding, and that is inside.
        return (up - down - n * difference) ** 2 > quantile**2 * variance + 1e-9  # type: ignore[no-any-return]

    bounds = []
    for end in (-1.0, 1.0):
        inner, outer = estimate.copy(), np.full_like(estimate, end)
        for _ in range(HALVINGS):
            middle = (inner + outer) / 2
            beyond = outside(middle)
            inner, outer = np.where(beyond, inner, middle), np.where(beyond, middle, outer)
        bounds.append(outer)
    return bounds[0], bounds[1]
