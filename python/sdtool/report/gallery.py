"""Which plots a report has: the figures handed to `sdtool.plots`, each under the name of its file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sdtool import plots
from sdtool.plots import Point
from sdtool.report.tables import TITLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sdtool.report.comparisons import Comparison
    from sdtool.report.figures import Figure, Split
    from sdtool.report.rollouts import Rollouts

# A plot of curves stays readable with this many; further ones are in the tables.
MOST_CURVES = 8
SWEPT = {"temperature": "temperature", "min_p": "min-p", "presence_penalty": "presence penalty"}
PARAMETERS = ("temperature", "top_p", "top_k", "min_p", "presence_penalty")


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot as SVG; `alt` says in words what it shows."""

    name: str
    alt: str
    svg: str


def gallery(
    rollouts: Rollouts,
    figures: Sequence[Figure],
    splits: Sequence[Split],
    comparisons: Sequence[Comparison],
    by_source: Mapping[str, Sequence[Figure]],
    by_cap: Mapping[int, Sequence[Figure]],
) -> list[Plot]:
    """Every plot that the figures allow, in the order of the page. `by_cap` holds the figures at each replayed cap."""
    drawn = [_settings(figures)]
    parameters = _parameters(rollouts)
    for metric in ("accuracy", "boxed", "length_stop"):
        drawn += _sweeps(metric, figures, parameters)
    drawn += _grids(figures, parameters)
    if len(by_cap) > 1:
        drawn += [_over_cap(metric, by_cap) for metric in ("accuracy", "think_close", "boxed", "length_stop")]
    drawn.append(
        Plot("outcomes", "Outcome shares by setting", plots.stacked({split.setting: split.shares for split in splits}, title="Outcomes", x_label="share of rollouts"))
    )
    if comparisons:
        drawn.append(_forest(comparisons))
    if len(by_source) > 1:
        drawn.append(_sources(by_source))
    if "n_tokens" in rollouts:
        rows = {setting: rollouts["n_tokens"][rollouts["setting"] == setting].astype(float) for setting in rollouts.settings}
        drawn.append(
            Plot("lengths", "Length distribution by setting", plots.lengths(rows, title="Lengths of rollouts (line: median)", x_label="tokens, logarithmic"))
        )
    return drawn


def _settings(figures: Sequence[Figure]) -> Plot:
    series = {TITLES[metric]: [_point(figure) for figure in figures if figure.metric == metric] for metric in ("accuracy", "boxed")}
    return Plot("settings", "Accuracy and boxed-answer rate by setting", plots.intervals(series, title="Accuracy and boxed-answer rate, 95 % intervals", x_label="share of rollouts"))


def _forest(comparisons: Sequence[Comparison]) -> Plot:
    points = [Point(c.estimate, c.low, c.high, label=c.setting) for c in comparisons]
    title = f"Accuracy minus that of {comparisons[0].reference}, paired by problem"
    return Plot("differences", title, plots.forest(points, title=title, x_label="percentage points, 95 % interval of each alone"))


def _sources(by_source: Mapping[str, Sequence[Figure]]) -> Plot:
    settings = list(dict.fromkeys(figure.setting for figures in by_source.values() for figure in figures))[:MOST_CURVES]
    series = {
        setting: [_point(figure, label=source) for source, figures in by_source.items() for figure in figures if (figure.setting, figure.metric) == (setting, "accuracy")]
        for setting in settings
    }
    return Plot("sources", "Accuracy by source and setting", plots.intervals(series, title="Accuracy by source", x_label="accuracy"))


def _over_cap(metric: str, by_cap: Mapping[int, Sequence[Figure]]) -> Plot:
    settings = list(dict.fromkeys(figure.setting for figures in by_cap.values() for figure in figures))[:MOST_CURVES]
    series = {
        setting: [_point(figure, x=cap) for cap, figures in sorted(by_cap.items()) for figure in figures if (figure.setting, figure.metric) == (setting, metric)]
        for setting in settings
    }
    title = f"{TITLES[metric].capitalize()} over the cap, replayed"
    svg = plots.curves(series, title=title, x_label="cap, tokens", y_label=TITLES[metric], log=True)
    return Plot(f"cap-{metric.replace('_', '-')}", title, svg)


def _point(figure: Figure, x: float = 0.0, label: str = "") -> Point:
    return Point(figure.value, figure.low, figure.high, x, label or figure.setting)


def _parameters(rollouts: Rollouts) -> dict[str, dict[str, float]]:
    """Decode parameters of each setting, where the columns state them."""
    if not all(name in rollouts for name in PARAMETERS):
        return {}
    first = {setting: int(np.flatnonzero(rollouts["setting"] == setting)[0]) for setting in rollouts.settings}
    return {setting: {name: float(rollouts[name][row]) for name in PARAMETERS} for setting, row in first.items()}


def _lines(parameters: Mapping[str, Mapping[str, float]], swept: str) -> Iterator[tuple[str, dict[float, str]]]:
    """Settings that differ in `swept` alone: what they share, and the setting at each of at least three values."""
    lines: dict[tuple[float, ...], dict[float, str]] = {}
    for setting, given in parameters.items():
        lines.setdefault(tuple(given[name] for name in PARAMETERS if name != swept), {}).setdefault(given[swept], setting)
    varying = [name for place, name in enumerate(name for name in PARAMETERS if name != swept) if len({shared[place] for shared in lines}) > 1]
    for shared, line in lines.items():
        if len(line) > 2:  # noqa: PLR2004 - two points are no curve
            given = dict(zip((name for name in PARAMETERS if name != swept), shared, strict=True))
            yield ", ".join(f"{name} {given[name]:g}" for name in varying), dict(sorted(line.items()))


def _sweeps(metric: str, figures: Sequence[Figure], parameters: Mapping[str, Mapping[str, float]]) -> Iterator[Plot]:
    found = {figure.setting: figure for figure in figures if figure.metric == metric}
    for swept, name in SWEPT.items():
        series = {
            label or name: [_point(found[setting], x=x) for x, setting in line.items()]
            for label, line in list(_lines(parameters, swept))[:MOST_CURVES]
            if all(setting in found for setting in line.values())
        }
        if series:
            title = f"{TITLES[metric].capitalize()} over {name}"
            yield Plot(f"sweep-{name.replace(' ', '-')}-{metric.replace('_', '-')}", title, plots.curves(series, title=title, x_label=name, y_label=TITLES[metric]))


def _grids(figures: Sequence[Figure], parameters: Mapping[str, Mapping[str, float]]) -> Iterator[Plot]:
    """A heat map wherever two or more temperatures were run with two or more min-p values each."""
    accuracy = {figure.setting: figure.value for figure in figures if figure.metric == "accuracy"}
    planes: dict[tuple[float, ...], dict[tuple[float, float], float]] = {}
    for setting, given in parameters.items():
        others = (given["top_p"], given["top_k"], given["presence_penalty"])
        planes.setdefault(others, {}).setdefault((given["min_p"], given["temperature"]), accuracy[setting])
    number = 0
    for (top_p, top_k, penalty), plane in planes.items():
        # Rows and columns with a single cell belong to another sweep.
        min_ps = sorted({m for m, _ in plane if sum(other == m for other, _ in plane) > 1})
        temperatures = sorted({t for _, t in plane if sum(other == t for _, other in plane) > 1})
        if len(min_ps) < 2 or len(temperatures) < 2:  # noqa: PLR2004 - a grid has two sides
            continue
        number += 1
        cells = np.array([[plane.get((m, t), np.nan) for t in temperatures] for m in min_ps])
        title = f"Accuracy in percent, top-p {top_p:g}, top-k {top_k:g}, presence penalty {penalty:g}"
        yield Plot(f"grid-{number}", title, plots.heat_map(cells, title=title, xs=("temperature", temperatures), ys=("min-p", min_ps)))
