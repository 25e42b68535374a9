"""The best setting, with an estimate that having chosen it does not lift."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sdtool import statistics
from sdtool.metrics import METRICS
from sdtool.report.by_problem import common_values
from sdtool.report.measures import metric_measures

if TYPE_CHECKING:
    from collections.abc import Collection

    from sdtool.report.rollouts import Rollouts


@dataclass(frozen=True, slots=True)
class BestSetting:
    """The best of `settings` settings by a metric, on the `n` problems that all have.

    `naive` is its figure as it stands, which is too good for having been chosen; `estimate` is cross-fitted
    (`statistics.best_of`). `left_out` are the settings that were not candidates: rollouts of theirs are
    missing.
    """

    setting: str
    metric: str
    estimate: float
    low: float
    high: float
    naive: float
    settings: int
    n: int
    left_out: tuple[str, ...]


def best_setting(
    rollouts: Rollouts, metric: str = "accuracy", *, without: Collection[str] = ()
) -> BestSetting | None:
    """The best setting by a metric; None where there are not two, or no problem that all have.

    `without` names settings that are another one's rollouts again.
    """
    measure = metric_measures()[metric]
    found = {}
    left_out = []
    for setting in rollouts.settings:
        if setting in without:
            continue
        measured = measure.of(rollouts.of(setting))
        if measured is None or measured.missing:
            left_out.append(setting)
        else:
            found[setting] = measured
    if len(found) < 2:  # noqa: PLR2004 - nothing to choose from
        return None
    values = common_values(list(found.values()))
    if not values.size:
        return None
    best = statistics.best_of(values, highest=METRICS[metric].better != "lower")
    bound = METRICS[metric].unit.highest
    low, high = best.low, best.high
    if low == high and METRICS[metric].unit.is_share:  # all alike: as for any rate, that leaves the next open
        own = statistics.clustered_mean(values[best.index], np.arange(values.shape[1]))
        low, high = own.low, own.high
    return BestSetting(
        setting=list(found)[best.index],
        metric=metric,
        estimate=best.estimate,
        low=max(0.0, low),
        high=min(bound, high),
        naive=best.naive,
        settings=len(found),
        n=values.shape[1],
        left_out=tuple(left_out),
    )
