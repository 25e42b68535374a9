"""The figures of a report: what was measured, its 95 % interval, and on how many problems.

The problem is the unit of sampling: a problem's samples are averaged first, and intervals are over problems,
by `statistics.clustered_mean`, which for one sample a problem is Wilson's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sdtool import statistics
from sdtool.metrics import METRICS, unit_of
from sdtool.report.columns import encoded
from sdtool.report.measures import (
    ANSWERED,
    by_problem,
    metric_measures,
    outcome_measures,
    repeat_measures,
    values,
)
from sdtool.report.outcomes import CORRECT, MISSING, OUTCOMES, outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from sdtool.report.by_problem import ByProblem
    from sdtool.report.rollouts import Rollouts
    from sdtool.statistics import Estimate

WEIGHTED = "_weighted"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a report.

    Shares lie between 0 and 1; the others are in the unit of their metric. `subset` is `all`, or the size of
    a smaller one. `n` is the number of problems, the unit over which the interval is taken. Where rollouts
    are missing it is not `complete`: `value` is the mean of those that are there and no estimate, `low` and
    `high` are what it would be with all `missing` ones at the least and at the most.
    """

    setting: str
    cap: int | None
    subset: str
    metric: str
    value: float
    low: float
    high: float
    n: int
    complete: bool = True
    missing: int = 0


def figures(
    rollouts: Rollouts, *, cap: int | None = None, subset: str = "all", metrics: Iterable[str] = METRICS
) -> list[Figure]:
    """Every metric of every setting that the columns allow, over all problems of `rollouts`.

    Where these are a part of a stratified problem set, each metric is followed by `…_weighted`, which
    estimates the figure of the full set. Where rollouts of a setting are missing it has no weighted ones, and
    the others are bounds.
    """
    measures = metric_measures()
    rows = []
    for setting in rollouts.settings:
        chosen = rollouts.of(setting)
        if not len(chosen):
            continue
        of_part = is_part(chosen)
        for metric in metrics:
            found = measures[metric].of(chosen)
            if found is None:
                continue
            rows.append(figure(found, setting, metric, cap, subset))
            if of_part and not found.missing:
                one = weighted(chosen, found, rate=METRICS[metric].unit.is_share)
                rows.append(
                    Figure(setting, cap, subset, metric + WEIGHTED, one.estimate, one.low, one.high, one.n)
                )
    return rows


def figure(
    found: ByProblem, setting: str, metric: str, cap: int | None = None, subset: str = "all"
) -> Figure:
    """The mean over problems with its interval, or with its bounds where rollouts are missing."""
    n = len(found.problems)
    if found.missing:
        value, low, high = (float(np.nanmean(part)) for part in (found.value, found.low, found.high))
        return Figure(
            setting, cap, subset, metric, value, low, high, n, complete=False, missing=found.missing
        )
    mean = estimate(found, rate=unit_of(metric).is_share)
    return Figure(setting, cap, subset, metric, mean.estimate, mean.low, mean.high, n)


def estimate(found: ByProblem, *, rate: bool = True) -> Estimate:
    """The mean over problems with its interval; a length is never below 0."""
    mean = statistics.clustered_mean(found.value, np.arange(len(found.value)), proportion=rate)
    return mean if rate else replace(mean, low=max(0.0, mean.low))


def is_part(rollouts: Rollouts) -> bool:
    """Whether the problems are known to be a part of a larger, stratified set."""
    if "stratum" not in rollouts:
        return False
    strata = dict(zip(rollouts["stratum"].tolist(), rollouts["stratum_size"].tolist(), strict=True))
    return len(encoded(rollouts["problem_id"])[0]) < sum(strata.values())


def strata(rollouts: Rollouts) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Stratum, and size of that stratum in the full set, of each problem in the order of `by_problem`."""
    _, first = np.unique(rollouts["problem_id"].astype(str), return_index=True)
    return rollouts["stratum"][first], rollouts["stratum_size"][first]


def weighted(rollouts: Rollouts, found: ByProblem, *, rate: bool = True) -> Estimate:
    """What the mean would be over the full problem set of which these problems are a part."""
    mean = statistics.stratified_mean(found.value, *strata(rollouts), proportion=rate)
    return mean if rate else replace(mean, low=max(0.0, mean.low))


@dataclass(frozen=True, slots=True)
class Split:
    """How the rollouts of one setting ended.

    `outcomes` has the share of each with its interval; they sum to one, and `correct` is the accuracy. Where
    rollouts are missing, shares are of all that should be there, and `missing` is one of them. `bounds` says
    between which values the accuracy would lie without a cap: as it is, and with every length-stop that is
    not correct, and every rollout that is missing, counted as correct. `among_answered` is the accuracy of
    the rollouts with a box, over the problems that have one; None where rollouts are missing.
    """

    setting: str
    outcomes: dict[str, Figure]
    bounds: tuple[float, float] | None
    among_answered: Figure | None

    @property
    def shares(self) -> dict[str, float]:
        """The share of each outcome."""
        return {name: share.value for name, share in self.outcomes.items()}


def splits(rollouts: Rollouts) -> list[Split]:
    """The outcomes of each setting: all that any of them has."""
    measures = outcome_measures()
    parts = {name: part for name in rollouts.settings if len(part := rollouts.of(name))}
    seen = {name for part in parts.values() for name in encoded(outcome(part))[0].tolist()}
    rows = []
    for setting, chosen in parts.items():
        found = {name: measure.of(chosen) for name, measure in measures.items()}
        outcomes = {
            name: share(counted, setting, name)
            for name in OUTCOMES
            if name in seen and (counted := found.get(name))
        }
        correct = found[CORRECT]
        assert correct is not None
        if correct.missing:
            lacking = float((correct.high - correct.low).mean())
            outcomes[MISSING] = replace(
                figure(correct, setting, MISSING), value=lacking, low=lacking, high=lacking
            )
        stops = values(chosen, "length_stop")
        bounds = None
        if stops is not None:
            may_become = by_problem(chosen, np.where(chosen["correct"], 0.0, stops))
            accuracy = float(correct.low.mean())
            bounds = (accuracy, accuracy + float(may_become.high.mean()))
        answered = found[ANSWERED]
        rows.append(
            Split(setting, outcomes, bounds, figure(answered, setting, ANSWERED) if answered else None)
        )
    return rows


def share(found: ByProblem, setting: str, outcome: str) -> Figure:
    """The share of an outcome among all rollouts that should be there; missing ones may all have it."""
    one = figure(found, setting, outcome)
    return replace(one, value=one.low) if found.missing else one


def repeats(rollouts: Rollouts) -> list[Figure]:
    """pass@k for k = 2, 4, 8 … and maj@k for all samples, of each setting with several samples a problem.

    A problem with fewer than k samples is left out, and n says how many were not. A setting of which rollouts
    are missing has none.
    """
    measures = repeat_measures(rollouts)
    return [
        figure(found, setting, name)
        for setting in rollouts.settings
        for name, measure in measures.items()
        if (found := measure.of(rollouts.of(setting)))
    ]
