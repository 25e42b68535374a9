"""One value a problem, and the problems that several have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ByProblem:
    """One value a problem.

    Attributes:
        problems: their names, sorted, of shape [n].
        value: mean over the samples that are there, NaN where none is, of shape [n].
        low: the same with every missing sample at the least that it can be; `value` where none is missing.
        high: with every missing sample at the most; infinite where nothing bounds it.
        missing: how many samples are missing, of all problems.
    """

    problems: NDArray[np.object_]
    value: Values
    low: Values
    high: Values
    missing: int = 0

    def take(self, rows: NDArray[np.int64]) -> ByProblem:
        """Those of some problems; what is missing still counts for all."""
        parts = (self.problems[rows], self.value[rows], self.low[rows], self.high[rows])
        return ByProblem(*parts, missing=self.missing)


def common_values(found: Sequence[ByProblem]) -> Values:
    """The values on the problems that all have, of shape [len(found), problems]."""
    common = found[0].problems
    for other in found[1:]:
        if not np.array_equal(common, other.problems):
            common = np.intersect1d(common, other.problems, assume_unique=True)
    return np.stack(
        [
            one.value if np.array_equal(one.problems, common) else one.value[np.isin(one.problems, common)]
            for one in found
        ]
    )
