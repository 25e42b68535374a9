"""What a run tells for planning the next one: accuracy and where the variance lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sdtool import statistics
from sdtool.errors import InputError
from sdtool.report.by_problem import common_values
from sdtool.report.comparisons import against
from sdtool.report.measures import metric_measures

if TYPE_CHECKING:
    from sdtool.report.rollouts import Rollouts
    from sdtool.statistics import Components


def observed(rollouts: Rollouts, reference: str | None = None) -> tuple[int, int, Components]:
    """The samples per problem, how many settings are paired with the reference, and their mean components.

    Raises:
        InputError: there are not two settings on the same problems, with as many samples each and none
        missing.
    """
    first = reference or rollouts.settings[0]
    measure = metric_measures()["accuracy"]
    parts = {name: rollouts.of(name) for name in rollouts.settings}
    base = measure.of(parts[first]) if first in parts else None
    found = []
    for setting, _ in against(first, rollouts):
        other = measure.of(parts[setting])
        if base is None or other is None or base.missing or other.missing:
            continue
        sides = ((parts[first], base), (parts[setting], other))
        samples = {len(part) / len(side.problems) for part, side in sides}
        values = common_values([base, other])
        if len(samples) == 1 and values.shape[1] > 1 and (count := samples.pop()).is_integer():
            found.append((int(count), statistics.components(values[1], values[0], int(count))))
    counts = {count for count, _ in found}
    if len(counts) != 1:
        raise InputError(
            f"--from needs {first} and other settings on the same problems, with as many samples each and "
            "none missing"
        )
    each = [one for _, one in found]
    mean = statistics.Components(
        accuracy=float(np.mean([one.accuracy for one in each])),
        between=_mean([one.between for one in each]),
        correlation=_mean([one.correlation for one in each]),
        variance=float(np.mean([one.variance for one in each])),
    )
    return counts.pop(), len(each), mean


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
