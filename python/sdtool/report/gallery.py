"""Which plots a report has: the figures handed to `sdtool.plots`, each under the name of its file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sdtool import plots
from sdtool.metrics import METRICS
from sdtool.parameters import PARAMETERS
from sdtool.plots import Point
from sdtool.report.comparisons import COMPARED
from sdtool.report.outcomes import CORRECT, MISSING, OUTCOMES
from sdtool.report.settings import grids, lines
from sdtool.report.tables import SHOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sdtool.report.comparisons import Comparison
    from sdtool.report.curves import Curve
    from sdtool.report.figures import Figure
    from sdtool.report.rollouts import Rollouts
    from sdtool.report.study import Study

# Of more curves than this only the reference, the best and the worst are told apart.
MOST_CURVES = 4
SWEPT = {name: name.replace("_", "-") for name in PARAMETERS}


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot as SVG; `alt` says in words what it shows."""

    name: str
    alt: str
    svg: str


def gallery(found: Study) -> list[Plot]:
    """Every plot that the figures allow, in the order of the page."""
    figures = [figure for figure in found.figures if figure.subset == "all"]
    drawn = [_forest(rows) for metric in COMPARED if (rows := found.comparisons.get(metric))]
    drawn.append(_settings(figures))
    for metric in ("accuracy", "length_stop"):
        drawn += _sweeps(metric, found, figures)
    drawn += _grids(found, figures)
    if len(found.by_cap) > 1:
        present = {figure.metric for figure in figures}
        drawn += [_over_cap(metric, found) for metric in SHOWN if metric in present]
        drawn += _differences_over_cap("accuracy", found)
    drawn += [_series(metric, found) for metric in dict.fromkeys(one.metric for one in found.series)]
    drawn += _outcomes(found)
    if "source" in found.rollouts:
        sources = {name: found.by_part[name] for name in np.unique(found.rollouts["source"].astype(str))}
        if len(sources) > 1:
            drawn.append(_sources(found, sources))
    if "n_tokens" in found.rollouts:
        drawn.append(_lengths(found.rollouts))
    return drawn


def _forest(comparisons: Sequence[Comparison]) -> Plot:
    metric = METRICS[comparisons[0].metric]
    points = [
        Point(c.low, c.low, c.high, label=c.setting, kind="bounds")
        if c.estimate is None
        else Point(c.estimate, *c.corrected, label=c.setting, kind=c.verdict, alone=(c.low, c.high))
        for c in comparisons
    ]
    title = f"{metric.title} minus that of {comparisons[0].reference}, paired by problem"
    svg = plots.forest(
        points,
        title=title,
        x_label=f"{metric.unit.difference_name}; thick: 95 % interval alone, thin: after Holm's correction",
        scale=metric.unit.scale,
    )
    return Plot(f"differences-{metric.name.replace('_', '-')}", title, svg)


def _settings(figures: Sequence[Figure]) -> Plot:
    series = {
        METRICS[metric].label: [_point(figure) for figure in figures if figure.metric == metric]
        for metric in ("accuracy", "boxed")
    }
    title = "Accuracy and boxed-answer rate, 95 % intervals"
    return Plot("settings", title, plots.intervals(series, title=title, x_label="share of rollouts"))


def _outcomes(found: Study) -> Iterator[Plot]:
    shares = {
        split.setting: {name: _point(share) for name, share in split.outcomes.items()}
        for split in found.splits
    }
    order = [CORRECT, *(name for name in OUTCOMES if name != CORRECT)]
    title = "Outcomes (black line: 95 % interval of the correct ones)"
    yield Plot(
        "outcomes", title, plots.stacked(shares, title=title, x_label="share of rollouts", order=order)
    )
    parts = {
        name: [points[name] for points in shares.values() if name in points]
        for name in order
        if name != MISSING and any(name in points for points in shares.values())
    }
    title = "Share of each outcome, 95 % intervals"
    svg = plots.side_by_side(parts, title=title, x_label="share of rollouts")
    yield Plot("outcomes-shares", title, svg)


def _lengths(rollouts: Rollouts) -> Plot:
    rows = {
        setting: rollouts["n_tokens"][rollouts["setting"] == setting].astype(float)
        for setting in rollouts.settings
    }
    svg = plots.lengths(rows, title="Lengths of rollouts (line: median)", x_label="tokens, logarithmic")
    return Plot("lengths", "Length distribution by setting", svg)


def _sources(found: Study, by_source: Mapping[str, Sequence[Figure]]) -> Plot:
    series = {
        setting: [
            _point(figure, label=source)
            for source, figures in by_source.items()
            for figure in figures
            if (figure.setting, figure.metric) == (setting, "accuracy")
        ]
        for setting in _told_apart(found)
    }
    title = f"Accuracy by source{_of_how_many(found)}"
    return Plot("sources", title, plots.intervals(series, title=title, x_label="accuracy"))


def _over_cap(metric: str, found: Study) -> Plot:
    series = {
        curve.setting: _points(curve)
        for curve in found.curves
        if (curve.metric, curve.reference) == (metric, None)
    }
    shown = [name for name in _told_apart(found) if name in series]
    title = f"{METRICS[metric].title} over the cap, replayed{_of_how_many(found)}; bands hold as a whole"
    svg = plots.curves(
        merged(series, shown),
        title=title,
        x_label="cap, tokens",
        y_label=METRICS[metric].label,
        shown=list(merged({name: series[name] for name in shown}, shown)),
        share=METRICS[metric].unit.is_share,
        log=True,
    )
    return Plot(f"cap-{metric.replace('_', '-')}", title, svg)


def _differences_over_cap(metric: str, found: Study) -> Iterator[Plot]:
    """The paired differences from the reference, of the settings that are told apart."""
    series = {
        curve.setting: _points(curve)
        for curve in found.curves
        if curve.metric == metric and curve.reference is not None and curve.setting in _told_apart(found)
    }
    if series:
        reference = _reference(found)
        title = (
            f"{METRICS[metric].title} minus that of {reference} over the cap; paired bands hold as a whole"
        )
        svg = plots.curves(
            series, title=title, x_label="cap, tokens", y_label="difference", log=True, level=(reference, 0.0)
        )
        yield Plot(f"cap-difference-{metric.replace('_', '-')}", title, svg)


def _series(metric: str, found: Study) -> Plot:
    series = {one.name: _points(one.curve) for one in found.series if one.metric == metric}
    title = f"{METRICS[metric].title} over the steps of the series; bands hold as a whole"
    share = METRICS[metric].unit.is_share
    svg = plots.curves(series, title=title, x_label="step", y_label=METRICS[metric].label, share=share)
    return Plot(f"series-{metric.replace('_', '-')}", title, svg)


def _points(curve: Curve) -> list[Point]:
    points = [Point(point.value, point.low, point.high, point.x, curve.setting) for point in curve.points]
    return points if curve.complete else [replace(point, kind="bounds") for point in points]


def merged(series: Mapping[str, Sequence[Point]], first: Sequence[str] = ()) -> dict[str, list[Point]]:
    """The series, those of `first` first; such as have the same values under one name that says so."""
    names: dict[tuple[tuple[float, float], ...], str] = {}
    found: dict[str, list[Point]] = {}
    for name in [*first, *(name for name in series if name not in first)]:
        points = list(series[name])
        values = tuple((point.x, point.value) for point in points)
        if values in names and name in first:
            known = names[values]
            names[values] = f"{known} = {name}"
            found = {names[values] if key == known else key: value for key, value in found.items()}
        elif values not in names or name not in first:
            names.setdefault(values, name)
            found[name] = points
    return found


def _told_apart(found: Study) -> list[str]:
    """All settings if they are few; else the reference and, by accuracy, the best and the worst."""
    settings = list(found.rollouts.settings)
    if len(settings) <= MOST_CURVES:
        return settings
    accuracy = {
        figure.setting: figure.value
        for figure in found.figures
        if (figure.metric, figure.subset) == ("accuracy", "all")
    }
    ranked = sorted(settings, key=lambda name: accuracy.get(name, 0.0))
    return list(dict.fromkeys([_reference(found), ranked[-1], ranked[0]]))


def _of_how_many(found: Study) -> str:
    count = len(found.rollouts.settings)
    return "" if count <= MOST_CURVES else f": reference, best and worst of {count}"


def _reference(found: Study) -> str:
    compared = found.comparisons.get("accuracy")
    return compared[0].reference if compared else found.rollouts.settings[0]


def _point(figure: Figure, x: float = 0.0, label: str = "") -> Point:
    kind: plots.Kind = "undecided" if figure.complete else "bounds"
    return Point(figure.value, figure.low, figure.high, x, label or figure.setting, kind)


def _sweeps(metric: str, found: Study, figures: Sequence[Figure]) -> Iterator[Plot]:
    """Each sweep with the band of the paired differences, put on the level of the reference.

    So a band that leaves the level out is a difference that passes the correction.
    """
    values = {figure.setting: figure for figure in figures if figure.metric == metric and figure.complete}
    reference = _reference(found)
    if reference not in values:
        return
    level = values[reference].value
    paired = {c.setting: c for c in found.comparisons.get(metric, []) if c.estimate is not None}
    for swept, name in SWEPT.items():
        series = {}
        for line in lines(found.settings, swept):
            points = [
                _paired_point(setting, x, level, paired, reference)
                for x, setting in line.settings.items()
                if setting in values
            ]
            if len(points) == len(line.settings):
                series[line.label or name] = points
        if not series:
            continue
        title = f"{METRICS[metric].title} over {name} (dashed: {reference}; band: paired difference, Holm)"
        series = merged(series, list(series))
        draw = plots.panels if len(series) > 1 else plots.curves
        svg = draw(series, title=title, x_label=name, y_label=METRICS[metric].label, level=(reference, level))
        yield Plot(f"sweep-{name.replace(' ', '-')}-{metric.replace('_', '-')}", title, svg)


def _paired_point(
    setting: str, x: float, level: float, paired: Mapping[str, Comparison], reference: str
) -> Point:
    if setting == reference or setting not in paired:
        return Point(level, level, level, x, setting)
    difference = paired[setting]
    low, high = difference.corrected
    return Point(level + (difference.estimate or 0.0), level + low, level + high, x, setting)


def _grids(found: Study, figures: Sequence[Figure]) -> Iterator[Plot]:
    accuracy = {f.setting: f for f in figures if f.metric == "accuracy" and f.complete}
    for number, grid in enumerate(grids(found.settings), 1):
        cells = [
            [accuracy.get(grid.settings.get((t, m), "")) for t in grid.temperatures] for m in grid.min_ps
        ]
        known = [figure for row in cells for figure in row if figure is not None]
        if not known:
            continue
        counts = sorted({figure.n for figure in known})
        n = f"{counts[0]:,}" if len(counts) == 1 else f"{counts[0]:,} to {counts[-1]:,}"
        title = f"Accuracy in percent ± half of its 95 % interval, n = {n}; {grid.label}"
        svg = plots.heat_map(
            np.array([[np.nan if f is None else f.value for f in row] for row in cells]),
            np.array([[np.nan if f is None else (f.high - f.low) / 2 for f in row] for row in cells]),
            title=title,
            xs=("temperature", grid.temperatures),
            ys=("min-p", grid.min_ps),
        )
        yield Plot(f"grid-{number}", title, svg)
