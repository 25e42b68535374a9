"""The settings of a report as data: which lie on a sweep or a grid, and what their min-p does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sdtool import sweep
from sdtool.parameters import PARAMETERS, Setting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sdtool.report.rollouts import Rollouts
    from sdtool.report.twins import Twin


def parameters(rollouts: Rollouts) -> list[Setting]:
    """Every setting with its decode parameters, or nothing where the columns do not state them all."""
    if not all(name in rollouts for name in PARAMETERS):
        return []
    rows = [int(np.flatnonzero(rollouts["setting"] == name)[0]) for name in rollouts.settings]
    return [
        Setting(name, **{parameter: rollouts[parameter][row].item() for parameter in PARAMETERS})
        for name, row in zip(rollouts.settings, rows, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """Settings that differ in one parameter alone: its values, rising, and the setting's name at each."""

    label: str
    settings: dict[float, str]


def lines(settings: Sequence[Setting], swept: str) -> list[Line]:
    """The sweeps of one parameter with three values or more, labelled by what tells them from one another."""
    found: dict[Setting, dict[float, str]] = {}
    for setting in settings:
        shared = replace(setting, name="", **{swept: PARAMETERS[swept].off})  # type: ignore[arg-type]
        found.setdefault(shared, {}).setdefault(getattr(setting, swept), setting.name)
    found = {shared: line for shared, line in found.items() if len(line) > 2}  # noqa: PLR2004 - two points are no curve
    telling = [name for name in PARAMETERS if len({getattr(shared, name) for shared in found}) > 1]
    return [
        Line(
            ", ".join(f"{name.replace('_', '-')} {getattr(shared, name):g}" for name in telling),
            dict(sorted(line.items())),
        )
        for shared, line in found.items()
    ]


@dataclass(frozen=True, slots=True)
class Grid:
    """Settings that differ in temperature and min-p alone: the setting's name at each pair that was run."""

    label: str
    temperatures: list[float]
    min_ps: list[float]
    settings: dict[tuple[float, float], str]


def grids(settings: Sequence[Setting]) -> list[Grid]:
    """The grids of at least two temperatures by at least two min-p values."""
    planes: dict[Setting, dict[tuple[float, float], str]] = {}
    for setting in settings:
        shared = replace(setting, name="", temperature=0, min_p=0)
        planes.setdefault(shared, {}).setdefault((setting.temperature, setting.min_p), setting.name)
    found = []
    for shared, plane in planes.items():
        # A row or column with a single cell belongs to a sweep beside the grid.
        temperatures = sorted({t for t, _ in plane if sum(other == t for other, _ in plane) > 1})
        min_ps = sorted({m for _, m in plane if sum(other == m for _, other in plane) > 1})
        if len(temperatures) > 1 and len(min_ps) > 1:
            label = ", ".join(
                f"{parameter.title} {getattr(shared, name):g}"
                for name, parameter in PARAMETERS.items()
                if name not in {"temperature", "min_p"}
            )
            found.append(Grid(label, temperatures, min_ps, plane))
    return found


def idle_min_p(settings: Sequence[Setting], same: Sequence[Twin]) -> dict[str, str]:
    """Why a setting's min-p has no effect, by its name: from the cuts beside it, or seen in the rollouts."""
    remarks = {}
    for setting in settings:
        if setting.min_p and setting.temperature and setting.min_p <= sweep.idle_below(setting):
            remarks[setting.name] = "min-p has no effect beside top-k and top-p"
    known = {setting.name: setting for setting in settings}
    for twin in same:
        mine, other = known.get(twin.setting), known.get(twin.other)
        if mine and other and replace(mine, name="", min_p=0.0) == replace(other, name="", min_p=0.0):
            equal = (
                "every rollout equals" if twin.share == 1 else f"{100 * twin.share:.4g} % of rollouts equal"
            )
            remarks[twin.setting] = f"min-p had no effect: {equal} that of {twin.other}"
    return remarks
