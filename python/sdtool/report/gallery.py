"""Which plots a report has: the figures handed to `sdtool.plots`, each under the name of its file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sdtool import plots
from sdtool.plots import Point
from sdtool.report.figures import RATES
from sdtool.report.tables import SHOWN, TITLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sdtool.report.comparisons import Comparison
    from sdtool.report.figures import Figure, Split
    from sdtool.report.rollouts import Rollouts
    from sdtool.report.study import Study

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


def gallery(found: Study) -> list[Plot]:
    """Every plot that the figures allow, in the order of the page."""
    figures = [figure for figure in found.figures if figure.budget == "all"]
    parameters = _parameters(found.rollouts)
    drawn = [_settings(figures)]
    for metric in ("accuracy", "boxed", "length_stop"):
        drawn += _sweeps(metric, figures, parameters)
    drawn += _grids(figures, parameters)
    if len(found.by_cap) > 1:
        present = {figure.metric for figure in figures}
        drawn += [_over_cap(metric, found.by_cap) for metric in SHOWN if metric in present]
    drawn.append(_outcomes(found.splits))
    if found.comparisons:
        drawn.append(_forest(found.comparisons))
    if "source" in found.rollouts:
        sources = {name: found.by_part[name] for name in np.unique(found.rollouts["source"].astype(str))}
        if len(sources) > 1:
            drawn.append(_sources(sources))
    if "n_tokens" in found.rollouts:
        drawn.append(_lengths(found.rollouts))
    return drawn


def _outcomes(splits: Sequence[Split]) -> Plot:
    shares = {split.setting: split.shares for split in splits}
    svg = plots.stacked(shares, title="Outcomes", x_label="share of rollouts")
    return Plot("outcomes", "Outcome shares by setting", svg)


def _lengths(rollouts: Rollouts) -> Plot:
    rows = {
        setting: rollouts["n_tokens"][rollouts["setting"] == setting].astype(float)
        for setting in rollouts.settings
    }
    svg = plots.lengths(rows, title="Lengths of rollouts (line: median)", x_label="tokens, logarithmic")
    return Plot("lengths", "Length distribution by setting", svg)


def _settings(figures: Sequence[Figure]) -> Plot:
    series = {
        TITLES[metric]: [_point(figure) for figure in figures if figure.metric == metric]
        for metric in ("accuracy", "boxed")
    }
    return Plot(
        "settings",
        "Accuracy and boxed-answer rate by setting",
        plots.intervals(
            series, title="Accuracy and boxed-answer rate, 95 % intervals", x_label="share of rollouts"
        ),
    )


def _forest(comparisons: Sequence[Comparison]) -> Plot:
    points = [Point(c.estimate, c.low, c.high, label=c.setting) for c in comparisons]
    title = f"Accuracy minus that of {comparisons[0].reference}, paired by problem"
    return Plot(
        "differences",
        title,
        plots.forest(points, title=title, x_label="percentage points, 95 % interval of each alone"),
    )


def _sources(by_source: Mapping[str, Sequence[Figure]]) -> Plot:
    settings = list(dict.fromkeys(figure.setting for figures in by_source.values() for figure in figures))
    series = {
        setting: [
            _point(figure, label=source)
            for source, figures in by_source.items()
            for figure in figures
            if (figure.setting, figure.metric) == (setting, "accuracy")
        ]
        for setting in settings[:MOST_CURVES]
    }
    svg = plots.intervals(series, title="Accuracy by source", x_label="accuracy")
    return Plot("sources", "Accuracy by source and setting", svg)


def _over_cap(metric: str, by_cap: Mapping[int, Sequence[Figure]]) -> Plot:
    shown = {
        cap: [figure for figure in figures if (figure.metric, figure.budget) == (metric, "all")]
        for cap, figures in sorted(by_cap.items())
    }
    settings = list(dict.fromkeys(figure.setting for figures in shown.values() for figure in figures))
    series = {
        setting: [
            _point(figure, x=cap)
            for cap, figures in shown.items()
            for figure in figures
            if figure.setting == setting
        ]
        for setting in settings[:MOST_CURVES]
    }
    title = f"{TITLES[metric].capitalize()} over the cap, replayed"
    rate = metric in RATES
    svg = plots.curves(
        series, title=title, x_label="cap, tokens", y_label=TITLES[metric], rate=rate, log=True
    )
    return Plot(f"cap-{metric.replace('_', '-')}", title, svg)


def _point(figure: Figure, x: float = 0.0, label: str = "") -> Point:
    return Point(figure.value, figure.low, figure.high, x, label or figure.setting)


def _parameters(rollouts: Rollouts) -> dict[str, dict[str, float]]:
    """Decode parameters of each setting, where the columns state them."""
    if not all(name in rollouts for name in PARAMETERS):
        return {}
    first = {setting: int(np.flatnonzero(rollouts["setting"] == setting)[0]) for setting in rollouts.settings}
    return {
        setting: {name: float(rollouts[name][row]) for name in PARAMETERS} for setting, row in first.items()
    }


def _lines(
    parameters: Mapping[str, Mapping[str, float]], swept: str
) -> Iterator[tuple[str, dict[float, str]]]:
    """Settings that differ in `swept` alone: what they share, and the setting at each of 3 values or more."""
    lines: dict[tuple[float, ...], dict[float, str]] = {}
    for setting, given in parameters.items():
        lines.setdefault(tuple(given[name] for name in PARAMETERS if name != swept), {}).setdefault(
            given[swept], setting
        )
    varying = [
        name
        for place, name in enumerate(name for name in PARAMETERS if name != swept)
        if len({shared[place] for shared in lines}) > 1
    ]
    for shared, line in lines.items():
        if len(line) > 2:  # noqa: PLR2004 - two points are no curve
            given = dict(zip((name for name in PARAMETERS if name != swept), shared, strict=True))
            yield ", ".join(f"{name} {given[name]:g}" for name in varying), dict(sorted(line.items()))


def _sweeps(
    metric: str, figures: Sequence[Figure], parameters: Mapping[str, Mapping[str, float]]
) -> Iterator[Plot]:
    found = {figure.setting: figure for figure in figures if figure.metric == metric}
    for swept, name in SWEPT.items():
        series = {
            label or name: [_point(found[setting], x=x) for x, setting in line.items()]
            for label, line in list(_lines(parameters, swept))[:MOST_CURVES]
            if all(setting in found for setting in line.values())
        }
        if series:
            title = f"{TITLES[metric].capitalize()} over {name}"
            yield Plot(
                f"sweep-{name.replace(' ', '-')}-{metric.replace('_', '-')}",
                title,
                plots.curves(series, title=title, x_label=name, y_label=TITLES[metric]),
            )


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
        yield Plot(
            f"grid-{number}",
            title,
            plots.heat_map(cells, title=title, xs=("temperature", temperatures), ys=("min-p", min_ps)),
        )
