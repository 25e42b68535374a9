"""Which plots a report has: the figures handed to `sdtool.plots`, each under the name of its file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sdtool import plots
from sdtool.metrics import METRICS
from sdtool.plots import Point
from sdtool.report.settings import grids, lines
from sdtool.report.tables import SHOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sdtool.config import Setting
    from sdtool.report.comparisons import Comparison
    from sdtool.report.figures import Figure, Split
    from sdtool.report.rollouts import Rollouts
    from sdtool.report.study import Study

# A plot of curves stays readable with this many; further ones are in the tables.
MOST_CURVES = 5
SWEPT = {"temperature": "temperature", "min_p": "min-p", "presence_penalty": "presence penalty"}


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot as SVG; `alt` says in words what it shows."""

    name: str
    alt: str
    svg: str


def gallery(found: Study) -> list[Plot]:
    """Every plot that the figures allow, in the order of the page."""
    figures = [figure for figure in found.figures if figure.budget == "all"]
    drawn = [_settings(figures)]
    for metric in ("accuracy", "boxed", "length_stop"):
        drawn += _sweeps(metric, figures, found.settings)
    drawn += _grids(figures, found.settings)
    if len(found.by_cap) > 1:
        present = {figure.metric for figure in figures}
        drawn += [_over_cap(metric, found.by_cap) for metric in SHOWN if metric in present]
    drawn.append(_outcomes(found.splits))
    drawn += [
        _forest(found.comparisons[metric])
        for metric in ("accuracy", "length_stop")
        if found.comparisons.get(metric)
    ]
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
        METRICS[metric].label: [_point(figure) for figure in figures if figure.metric == metric]
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
    points = [
        Point(c.estimate, c.low, c.high, label=c.setting) for c in comparisons if c.estimate is not None
    ]
    metric = comparisons[0].metric
    title = f"{METRICS[metric].title} minus that of {comparisons[0].reference}, paired by problem"
    return Plot(
        f"differences-{metric.replace('_', '-')}",
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
    title = f"Accuracy by source{_cut(len(settings))}"
    return Plot("sources", title, plots.intervals(series, title=title, x_label="accuracy"))


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
    title = f"{METRICS[metric].title} over the cap, replayed{_cut(len(settings))}"
    rate = METRICS[metric].unit.is_share
    svg = plots.curves(
        series, title=title, x_label="cap, tokens", y_label=METRICS[metric].label, rate=rate, log=True
    )
    return Plot(f"cap-{metric.replace('_', '-')}", title, svg)


def _cut(count: int) -> str:
    return f" (the first {MOST_CURVES} of {count})" if count > MOST_CURVES else ""


def _point(figure: Figure, x: float = 0.0, label: str = "") -> Point:
    return Point(figure.value, figure.low, figure.high, x, label or figure.setting)


def _sweeps(metric: str, figures: Sequence[Figure], settings: Sequence[Setting]) -> Iterator[Plot]:
    found = {figure.setting: figure for figure in figures if figure.metric == metric}
    for swept, name in SWEPT.items():
        swept_lines = lines(settings, swept)
        series = {
            line.label or name: [_point(found[setting], x=x) for x, setting in line.settings.items()]
            for line in swept_lines[:MOST_CURVES]
            if all(setting in found for setting in line.settings.values())
        }
        if series:
            title = f"{METRICS[metric].title} over {name}{_cut(len(swept_lines))}"
            svg = plots.curves(series, title=title, x_label=name, y_label=METRICS[metric].label)
            yield Plot(f"sweep-{name.replace(' ', '-')}-{metric.replace('_', '-')}", title, svg)


def _grids(figures: Sequence[Figure], settings: Sequence[Setting]) -> Iterator[Plot]:
    accuracy = {figure.setting: figure.value for figure in figures if figure.metric == "accuracy"}
    for number, grid in enumerate(grids(settings), 1):
        cells = np.array(
            [
                [accuracy.get(grid.settings.get((t, m), ""), np.nan) for t in grid.temperatures]
                for m in grid.min_ps
            ]
        )
        title = f"Accuracy in percent, {grid.label}"
        svg = plots.heat_map(
            cells, title=title, xs=("temperature", grid.temperatures), ys=("min-p", grid.min_ps)
        )
        yield Plot(f"grid-{number}", title, svg)
