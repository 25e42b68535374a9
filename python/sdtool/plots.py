"""Plots from labels and numbers. Nothing here knows what a rollout is; every figure is readable in grey.

What tells two series apart is never colour alone: markers, line styles, hatches and darkness do it too.
Good is the same green everywhere, bad the same red, and what is not decided is hollow.
"""

from __future__ import annotations

import io
import math
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import matplotlib as mpl
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, PercentFormatter

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

GOOD, BAD, NEITHER, SOFT = "#0b6e4f", "#a63d1e", "#000000", "0.72"
Kind = Literal["better", "worse", "undecided", "bounds"]
# Marker, colour and fill of a difference by what the test says of it.
KINDS: dict[Kind, tuple[str, str, str]] = {
    "better": ("^", GOOD, GOOD),
    "worse": ("v", BAD, BAD),
    "undecided": ("o", NEITHER, "white"),
    "bounds": ("", "0.5", "white"),
}
# The colours of Okabe and Ito, reordered so that their greys differ; black first.
COLOURS = ("#000000", "#0072b2", "#e69f00", "#56b4e9", "#d55e00", "#cc79a7", "#009e73", "#f0e442")
MARKERS = "os^Dv<>P"
LINES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1, 1, 1)), (0, (1, 1)), (0, (8, 3)))
# Of the parts of a whole, in order: good, bad, undecided, and then greys with hatches.
PARTS = (
    ("#3f9c7b", ""),
    ("#cf7d5f", ""),
    ("#f3dfa2", "..."),
    ("#d9d9d9", "//"),
    ("#bdbdbd", "\\\\"),
    ("#f5f5f5", "xx"),
    ("#ffffff", "++"),
    ("#969696", ""),
    ("#e3e3e3", "oo"),
    ("#ffffff", "**"),
)
GREEN = LinearSegmentedColormap.from_list("green", ["#ffffff", GOOD])
WIDTH = 7.5
FONT = 11
# Characters in a line of a title, above the whole and above one of three panels.
TITLE, PANEL_TITLE = 64, 24
# The share of the range above which a cell of a heat map is too dark for black numbers.
DARK = 0.6
# A part of a bar that is narrower than this holds no number.
NARROW = 0.06


@dataclass(frozen=True, slots=True)
class Point:
    """A value with its interval, at place `x` of a curve or in the row `label` of a list.

    `kind` says what a test makes of it; of `bounds` there is no estimate, only a low and a high end. `alone`
    is the interval before a correction, drawn thicker within the one after it.
    """

    value: float
    low: float
    high: float
    x: float = 0.0
    label: str = ""
    kind: Kind = "undecided"
    alone: tuple[float, float] | None = None


def intervals(series: Mapping[str, Sequence[Point]], *, title: str, x_label: str) -> str:
    """Values with whiskers: one row per label, one marker per series, as SVG. Shares are shown in percent."""
    labels = list(dict.fromkeys(point.label for points in series.values() for point in points))
    figure, axes = _figure(title, height=1.4 + (0.2 + 0.16 * len(series)) * len(labels))
    step = 0.7 / max(len(series), 1)
    for number, (name, points) in enumerate(series.items()):
        places = [labels.index(point.label) + step * (number - (len(series) - 1) / 2) for point in points]
        colour = COLOURS[number % len(COLOURS)]
        fill = colour if number % 2 == 0 else "white"
        marker = MARKERS[number % len(MARKERS)]
        known = [point.kind != "bounds" for point in points]
        for estimated, look in ((True, (marker, colour, fill)), (False, KINDS["bounds"])):
            chosen = [number for number, known_ in enumerate(known) if known_ == estimated]
            if chosen:
                label = name if estimated else None
                _whiskers(axes, [points[at] for at in chosen], [places[at] for at in chosen], look, label)
    _rows(axes, labels)
    _shares(axes, "x")
    axes.set_xlabel(x_label)
    if len(series) > 1:
        _legend(figure)
    return _svg(figure)


def forest(points: Sequence[Point], *, title: str, x_label: str, scale: int = 100) -> str:
    """Differences with whiskers around a line at zero, one row per label, marked by kind, as SVG."""
    labels = [point.label for point in points]
    figure, axes = _figure(title, height=1.7 + 0.3 * len(labels))
    axes.axvline(0, color="0.4", linewidth=1, linestyle="--")
    for kind, look in KINDS.items():
        chosen = [(place, point) for place, point in enumerate(points) if point.kind == kind]
        if chosen:
            _whiskers(axes, [point for _, point in chosen], [place for place, _ in chosen], look, kind)
    for place, point in enumerate(points):
        if point.alone is not None:
            _, colour, _ = KINDS[point.kind]
            axes.plot(point.alone, [place] * 2, color=colour, linewidth=3.2, solid_capstyle="butt", zorder=1)
    _rows(axes, labels)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{scale * value:+,.0f}"))
    axes.set_xlabel(x_label)
    _legend(figure)
    return _svg(figure)


def curves(
    series: Mapping[str, Sequence[Point]],
    *,
    title: str,
    x_label: str,
    y_label: str,
    shown: Collection[str] | None = None,
    share: bool = True,
    log: bool = False,
    level: tuple[str, float] | None = None,
) -> str:
    """Lines over x, each with its band, as SVG.

    Args:
        series: points of each line, by x.
        title: above the plot.
        x_label: below it.
        y_label: left of it.
        shown: the lines that are told apart and have a band; the others are grey. By default all.
        share: whether y is a share, shown in percent.
        log: whether the x axis is logarithmic; it then counts tokens.
        level: name and height of a horizontal line to compare with.
    """
    figure, axes = _figure(title, height=4.6)
    shown = list(series if shown is None else shown)
    for name, points in series.items():
        if name not in shown:
            axes.plot([p.x for p in points], [p.value for p in points], color=SOFT, linewidth=0.8, zorder=1)
    others = len(series) - len(shown)
    if others:
        axes.plot([], [], color=SOFT, linewidth=0.8, label=f"{others} others")
    for number, name in enumerate(shown):
        _line(axes, series[name], number, name)
    _level(axes, level)
    _x_axis(axes, series, log=log)
    _y_axis(axes, share=share)
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    _legend(figure)
    return _svg(figure)


def panels(
    series: Mapping[str, Sequence[Point]],
    *,
    title: str,
    x_label: str,
    y_label: str,
    level: tuple[str, float] | None = None,
) -> str:
    """A small plot per line, all on the same axes with the other lines in grey, as SVG. y is a share."""
    columns = min(3, len(series))
    rows = math.ceil(len(series) / columns)
    figure = Figure(figsize=(WIDTH, 0.9 + 2.1 * rows), layout="constrained")
    figure.suptitle(_filled(title, TITLE), x=0.01, ha="left", fontsize=FONT + 1, parse_math=False)
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    for axes in grid.flat[len(series) :]:
        axes.set_visible(False)
    for axes, (name, points) in zip(grid.flat, series.items(), strict=False):
        _clear(axes)
        for other in series.values():
            axes.plot([p.x for p in other], [p.value for p in other], color=SOFT, linewidth=0.8, zorder=1)
        _line(axes, points, 0, name)
        _level(axes, level)
        axes.set_title(_filled(name, PANEL_TITLE), loc="left", fontsize=FONT - 2, parse_math=False)
        _x_axis(axes, series, log=False)
        _y_axis(axes, share=True)
    figure.supxlabel(x_label, fontsize=FONT)
    figure.supylabel(y_label, fontsize=FONT)
    return _svg(figure)


def heat_map(
    cells: NDArray[np.float64],
    errors: NDArray[np.float64],
    *,
    title: str,
    xs: tuple[str, Sequence[float]],
    ys: tuple[str, Sequence[float]],
) -> str:
    """Shares of shape [len(ys), len(xs)], the greener the larger, as SVG; NaN is an empty cell.

    `errors`, of the same shape, is half of each interval, written below the share.
    """
    figure, axes = _figure(title, height=1.7 + 0.62 * len(ys[1]))
    low, high = float(np.nanmin(cells)), float(np.nanmax(cells))
    span = max(high - low, 1e-9)
    axes.imshow(np.ma.masked_invalid(cells), cmap=GREEN, vmin=low, vmax=high, aspect="auto", origin="lower")
    for (row, column), value in np.ndenumerate(cells):
        if np.isfinite(value):
            colour = "white" if (value - low) / span > DARK else "black"
            text = f"{100 * value:.1f}\n± {100 * errors[row, column]:.1f}"
            axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=FONT - 1)
    axes.set_xticks(range(len(xs[1])), [f"{x:g}" for x in xs[1]])
    axes.set_yticks(range(len(ys[1])), [f"{y:g}" for y in ys[1]])
    axes.set_xlabel(xs[0])
    axes.set_ylabel(ys[0])
    axes.grid(visible=False)
    return _svg(figure)


def stacked(
    rows: Mapping[str, Mapping[str, float]],
    *,
    title: str,
    x_label: str,
    order: Sequence[str],
    first: Mapping[str, tuple[float, float]],
) -> str:
    """Shares that sum to one, a bar per row, as SVG; wide parts hold their number in percent.

    `order` is that of all parts there may be, so that a part always looks the same. `first` is the interval
    of the first part, by row.
    """
    labels = list(rows)
    figure, axes = _figure(title, height=2.1 + 0.36 * len(labels))
    left = np.zeros(len(labels))
    for number, part in enumerate(order):
        widths = np.array([rows[label].get(part, 0.0) for label in labels])
        if not widths.any():
            continue
        colour, hatch = PARTS[number % len(PARTS)]
        axes.barh(
            range(len(labels)),
            widths,
            left=left,
            label=part,
            height=0.76,
            edgecolor="black",
            linewidth=0.5,
            facecolor=colour,
            hatch=hatch,
        )
        for place, width in enumerate(widths):
            if width > NARROW:
                axes.text(
                    left[place] + width / 2,
                    place,
                    f"{100 * width:.0f}",
                    ha="center",
                    va="center",
                    fontsize=FONT - 2,
                    bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.8},
                )
        left += widths
    for place, label in enumerate(labels):
        if label in first:
            axes.plot(first[label], [place + 0.28] * 2, color="black", linewidth=1.6, solid_capstyle="butt")
    _rows(axes, labels)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_xlabel(x_label)
    _legend(figure)
    return _svg(figure)


def lengths(rows: Mapping[str, NDArray[np.float64]], *, title: str, x_label: str) -> str:
    """A histogram of lengths per row, all to one scale on a logarithmic axis, medians marked, as SVG."""
    labels = list(rows)
    figure, axes = _figure(title, height=1.5 + 0.46 * len(labels))
    shortest = max(1.0, min(float(row.min()) for row in rows.values()))
    longest = max(shortest * 2, *(float(row.max()) for row in rows.values()))
    edges = np.geomspace(shortest, longest * 1.0001, 41)
    counts = {
        label: np.histogram(np.maximum(row, shortest), edges)[0] / len(row) for label, row in rows.items()
    }
    tallest = max(float(count.max()) for count in counts.values())
    for place, label in enumerate(labels):
        heights = 0.85 * counts[label] / tallest
        axes.stairs(
            place + 0.45 - heights,
            edges,
            baseline=place + 0.45,
            fill=True,
            facecolor="0.75",
            edgecolor="black",
            linewidth=0.6,
        )
        median = float(np.median(rows[label]))
        axes.plot([median, median], [place - 0.4, place + 0.45], color="black", linewidth=1.4)
    _rows(axes, labels)
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(10, subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel(x_label)
    return _svg(figure)


def _figure(title: str, height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    axes = figure.subplots()
    # Names come from files: a dollar in them is no formula.
    axes.set_title(_filled(title, TITLE), loc="left", fontsize=FONT + 1, parse_math=False)
    _clear(axes)
    return figure, axes


def _filled(text: str, width: int) -> str:
    return textwrap.fill(text, width, break_on_hyphens=False)


def _clear(axes: Axes) -> None:
    axes.grid(visible=True, color="0.9", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=FONT - 1)
    axes.xaxis.label.set_fontsize(FONT)
    axes.yaxis.label.set_fontsize(FONT)


def _whiskers(
    axes: Axes, points: Sequence[Point], places: Sequence[float], look: tuple[str, str, str], name: str | None
) -> None:
    marker, colour, fill = look
    middle = np.array([point.value for point in points])
    below = np.maximum(middle - [point.low for point in points], 0)
    above = np.maximum([point.high for point in points] - middle, 0)
    bars = axes.errorbar(
        middle,
        places,
        xerr=[below, above],
        fmt=marker,
        color=colour,
        markerfacecolor=fill,
        markersize=6,
        capsize=3,
        linewidth=1.3,
        label=name,
    )
    if not marker:  # what has no estimate
        bars[2][0].set_linestyle("--")


def _line(axes: Axes, points: Sequence[Point], number: int, name: str) -> None:
    colour = COLOURS[number % len(COLOURS)]
    xs = [point.x for point in points]
    axes.plot(
        xs,
        [point.value for point in points],
        color=colour,
        linestyle=LINES[number % len(LINES)],
        marker=MARKERS[number % len(MARKERS)],
        markersize=5,
        label=name,
        zorder=3,
    )
    low, high = [point.low for point in points], [point.high for point in points]
    axes.fill_between(xs, low, high, color=colour, alpha=0.14, linewidth=0, zorder=2)


def _level(axes: Axes, level: tuple[str, float] | None) -> None:
    if level is not None:
        axes.axhline(level[1], color="0.4", linewidth=1, linestyle="--", label=level[0], zorder=1)


def _x_axis(axes: Axes, series: Mapping[str, Sequence[Point]], *, log: bool) -> None:
    if not log:
        axes.xaxis.set_major_locator(MaxNLocator(6))
        return
    axes.set_xscale("log", base=2)
    ticks = sorted({point.x for points in series.values() for point in points})
    axes.set_xticks(ticks, [f"{tick / 1024:g}k" if tick % 1024 == 0 else f"{tick:,.0f}" for tick in ticks])
    axes.xaxis.set_minor_formatter(NullFormatter())


def _y_axis(axes: Axes, *, share: bool) -> None:
    if share:
        _shares(axes, "y")
    else:
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))


def _shares(axes: Axes, which: str) -> None:
    """Fit the axis to the data, but not beyond 0 and 100 %."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    low, high = axes.get_xlim() if which == "x" else axes.get_ylim()
    axis.set_major_formatter(PercentFormatter(1.0))
    axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    (axes.set_xlim if which == "x" else axes.set_ylim)(max(low, -0.02), min(high, 1.02))


def _rows(axes: Axes, labels: Sequence[str]) -> None:
    axes.set_yticks(range(len(labels)), labels, parse_math=False)
    axes.set_ylim(len(labels) - 0.4, -0.6)


def _legend(figure: Figure) -> None:
    if not any(axes.get_legend_handles_labels()[0] for axes in figure.axes):
        return
    legend = figure.legend(loc="outside lower left", frameon=False, fontsize=FONT - 1, ncols=3)
    for text in legend.get_texts():
        text.set_parse_math(False)


def _svg(figure: Figure) -> str:
    """The figure as SVG; the same figure gives the same bytes."""
    out = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "sdtool", "axes.formatter.useoffset": False}):
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": "sdtool"})
    return out.getvalue()
