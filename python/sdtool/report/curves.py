"""Curves over the cap, and over the steps of a series, with bands that hold at all points together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sdtool import statistics
from sdtool.metrics import METRICS
from sdtool.report.by_problem import common_values
from sdtool.report.measures import metric_measures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sdtool.report.by_problem import ByProblem
    from sdtool.report.rollouts import Rollouts


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The value at `x`, a cap or a step, and the band there."""

    x: float
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Curve:
    """A metric of a setting over `x`; with a reference, minus that of the reference, paired by problem.

    The band holds at all points together with 95 %. Where rollouts are missing it is not `complete`, and
    `low` and `high` are bounds.
    """

    setting: str
    reference: str | None
    metric: str
    points: tuple[CurvePoint, ...]
    complete: bool = True


def curves(
    at: Mapping[float, Mapping[str, Rollouts]],
    pairs: Sequence[tuple[str, str]],
    metrics: Iterable[str],
) -> list[Curve]:
    """The curves of every setting, and of every pair (setting, reference), in the given metrics.

    Args:
        at: the rollouts at each x, by setting.
        pairs: which differences to draw too; settings of which rollouts are missing have none.
        metrics: names of metrics; one that the columns do not allow is left out.
    """
    measures = metric_measures()
    found = []
    for metric in metrics:
        values: dict[str, dict[float, ByProblem]] = {}
        for x, settings in sorted(at.items()):
            for setting, rollouts in settings.items():
                if len(rollouts) and (measured := measures[metric].of(rollouts)):
                    values.setdefault(setting, {})[x] = measured
        found += [_alone(setting, metric, points) for setting, points in values.items()]
        found += [
            curve
            for setting, reference in pairs
            if setting in values and reference in values
            if (curve := _difference(setting, reference, metric, values[setting], values[reference]))
        ]
    return found


def _alone(setting: str, metric: str, points: Mapping[float, ByProblem]) -> Curve:
    table = common_values(list(points.values()))
    if any(point.missing for point in points.values()) or not table.size:
        bounds = tuple(
            CurvePoint(x, *(float(np.nanmean(part)) for part in (found.value, found.low, found.high)))
            for x, found in points.items()
        )
        return Curve(setting, None, metric, bounds, complete=False)
    unit = METRICS[metric].unit
    band = statistics.mean_band(table, proportion=unit.is_share)
    found = tuple(
        CurvePoint(x, mean.estimate, max(0.0, mean.low), mean.high)
        for x, mean in zip(points, band, strict=True)
    )
    return Curve(setting, None, metric, found)


def _difference(
    setting: str,
    reference: str,
    metric: str,
    mine: Mapping[float, ByProblem],
    theirs: Mapping[float, ByProblem],
) -> Curve | None:
    xs = [x for x in mine if x in theirs]
    both = [side[x] for side in (mine, theirs) for x in xs]
    table = common_values(both) if both else np.empty((0, 0))
    if not table.size or any(found.missing for found in both):
        return None
    differences = table[: len(xs)] - table[len(xs) :]
    band = statistics.difference_band(differences, proportion=METRICS[metric].unit.is_share)
    points = (CurvePoint(x, *map(float, point)) for x, *point in zip(xs, *band, strict=True))
    return Curve(setting, reference, metric, tuple(points))
