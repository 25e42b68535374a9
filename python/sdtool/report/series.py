"""A series of checkpoints: the same settings at several steps of a training, and whether they get better.

The step is a column of the files, or that of the run: the last number in its name, else its place in the
order given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sdtool import statistics
from sdtool.errors import InputError
from sdtool.metrics import METRICS
from sdtool.report.by_problem import common_values
from sdtool.report.comparisons import LEVEL, compare_all
from sdtool.report.curves import Curve, curves
from sdtool.report.measures import metric_measures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sdtool.report.comparisons import Comparison
    from sdtool.report.rollouts import Rollouts
    from sdtool.statistics import Trend

BY_RUN = "run"
SHOWN = ("accuracy", "think_close", "boxed", "length_stop", "looped", "mean_tokens")


@dataclass(frozen=True, slots=True)
class Series:
    """One setting in one metric over the steps.

    Attributes:
        name: the setting's own name.
        metric: name of the metric.
        settings: the names under which the report has it, by step, rising.
        curve: the values with a band that holds at all steps together.
        trend: the slope per step, paired by problem; None where rollouts are missing or no problem is at all
        steps. p_holm: the trend's p-value after Holm's correction over the settings of the series.
        comparisons: every later step minus the first, corrected over the steps. first_different: the first
        step of which the verdict is not `undecided`. n: the problems that are at all steps.
    """

    name: str
    metric: str
    settings: Mapping[float, str]
    curve: Curve
    trend: Trend | None
    p_holm: float | None
    comparisons: tuple[Comparison, ...]
    first_different: float | None
    n: int

    @property
    def verdict(self) -> str:
        """What the trend says: `better`, `worse` or `undecided`."""
        better = METRICS[self.metric].better
        if self.trend is None or self.p_holm is None or self.p_holm >= LEVEL or better is None:
            return "undecided"
        return "better" if (self.trend.estimate > 0) == (better == "higher") else "worse"


def by_step(rollouts: Rollouts, step: str) -> tuple[Rollouts, dict[str, dict[float, str]]]:
    """The rollouts with one setting a step, and of each setting that has several steps, the names by step.

    Args:
        rollouts: read with the column `step`, or with the runs apart where it is `run`.
        step: a column that holds numbers, or `run`.

    Raises:
        InputError: there is no such column, it does not hold numbers, or no setting has two steps.
    """
    rollouts, steps = _of_runs(rollouts) if step == BY_RUN else _of_column(rollouts, step)
    lines = {name: dict(sorted(found.items())) for name, found in steps.items() if len(found) > 1}
    if not lines:
        raise InputError(f"--series {step}: no setting has more than one step, so there is no series")
    order = [name for found in lines.values() for name in found.values()]
    others = [name for name in rollouts.settings if name not in order]
    return replace(rollouts, settings=(*order, *others)), lines


def series(rollouts: Rollouts, lines: Mapping[str, Mapping[float, str]]) -> list[Series]:
    """Every setting of `by_step` in every metric that matters for a training."""
    found = []
    measures = metric_measures()
    pairs = [
        (name, names[0]) for line in lines.values() for names in [list(line.values())] for name in names[1:]
    ]
    compared = {
        line: compare_all(rollouts, [pair for pair in pairs if pair[0] in names.values()], SHOWN)
        for line, names in lines.items()
    }
    for metric in SHOWN:
        rows = []
        for line, names in lines.items():
            parts = {step: rollouts.of(name) for step, name in names.items()}
            values = [measures[metric].of(part) for part in parts.values()]
            drawn = curves({step: {line: part} for step, part in parts.items()}, [], [metric])
            if not drawn or any(value is None for value in values):
                continue
            there = [value for value in values if value is not None]
            common = common_values(there)
            whole = common.shape[1] and not any(value.missing for value in there)
            slope = statistics.trend(common, list(names)) if whole else None
            steps = compared[line].get(metric, [])
            differs = {row.setting for row in steps if row.verdict != "undecided"}
            first = next((step for step, name in names.items() if name in differs), None)
            rows.append(
                Series(line, metric, names, drawn[0], slope, None, tuple(steps), first, common.shape[1])
            )
        tested = [row.trend.p_value for row in rows if row.trend]
        corrected = iter(statistics.holm(tested))
        found += [replace(row, p_holm=next(corrected)) if row.trend else row for row in rows]
    return found


def _of_runs(rollouts: Rollouts) -> tuple[Rollouts, dict[str, dict[float, str]]]:
    labels = list(rollouts.runs)
    numbers = [re.findall(r"\d+", label) for label in labels]
    last = [float(found[-1]) for found in numbers if found]
    at = last if len(set(last)) == len(labels) else [float(place + 1) for place in range(len(labels))]
    lines: dict[str, dict[float, str]] = {}
    for label, step in zip(labels, at, strict=True):
        for own, name in rollouts.runs[label].items():
            # A file whose only setting is named after it is a step of the one setting that there is.
            lines.setdefault("all runs" if own == label else own, {})[step] = name
    return rollouts, lines


def _of_column(rollouts: Rollouts, column: str) -> tuple[Rollouts, dict[str, dict[float, str]]]:
    if column not in rollouts:
        raise InputError(f"--series {column}: not every file has a column {column!r}; or write --series run")
    try:
        steps = rollouts[column].astype(np.float64)
    except ValueError:
        raise InputError(f"--series {column}: the column does not hold numbers") from None
    lines: dict[str, dict[float, str]] = {}
    settings = np.array(rollouts["setting"], dtype=object)
    for setting in rollouts.settings:
        mine = rollouts["setting"] == setting
        for step in np.unique(steps[mine]):
            name = f"{setting}, {column} {step:g}"
            settings[mine & (steps == step)] = name
            lines.setdefault(setting, {})[float(step)] = name
    columns = {**rollouts.columns, "setting": settings}
    names = tuple(name for line in lines.values() for name in line.values())
    return replace(rollouts, columns=columns, settings=names), lines
