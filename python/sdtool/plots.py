"""Plots from labels and numbers. Nothing here knows what a rollout is; every figure is readable in grey.

What tells two series apart is never colour alone: markers, line styles and hatches do it too.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, PercentFormatter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

# The colours of Okabe and Ito, reordered so that their greys differ; black first.
COLOURS = ("#000000", "#0072b2", "#e69f00", "#56b4e9", "#d55e00", "#cc79a7", "#009e73", "#f0e442")
MARKERS = "os^Dv<>P"
LINES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1, 1, 1)), (0, (1, 1)), (0, (8, 3)))
GREYS = ("#ffffff", "#d9d9d9", "#f5f5f5", "#bdbdbd", "#969696", "#737373", "#525252", "#a9a9a9", "#cfcfcf")
HATCHES = ("", "", "...", "//", "\\\\", "", "xx", "++", "oo")
WIDTH = 8.0
# The rate above which a cell of a heat map is too dark for black numbers.
DARK = 0.7


@dataclass(frozen=True, slots=True)
class Point:
    """A value with its interval, at place `x` of a curve or in the row `label` of a list."""

    value: float
    low: float
    high: float
    x: float = 0.0
    label: str = ""


def intervals(series: Mapping[str, Sequence[Point]], *, title: str, x_label: str) -> str:
    """Values with whiskers: one row a label, one marker a series, as SVG. Rates are shown as percentages."""
    labels = list(dict.fromkeys(point.label for points in series.values() for point in points))
    figure, axes = _figure(title, height=1.3 + (0.2 + 0.14 * len(series)) * len(labels))
    step = 0.7 / max(len(series), 1)
    for number, (name, points) in enumerate(series.items()):
        places = [labels.index(point.label) + step * (number - (len(series) - 1) / 2) for point in points]
        _whiskers(axes, points, places, name, number)
    _rows(axes, labels)
    _percent(axes, "x")
    axes.set_xlabel(x_label)
    if len(series) > 1:
        _legend(axes)
    return _svg(figure)


def forest(points: Sequence[Point], *, title: str, x_label: str) -> str:
    """Differences with whiskers around a line at zero, one row a label, as SVG."""
    labels = [point.label for point in points]
    figure, axes = _figure(title, height=1.3 + 0.3 * len(labels))
    axes.axvline(0, color="0.4", linewidth=1, linestyle="--")
    _whiskers(axes, points, list(range(len(points))), None, 0)
    _rows(axes, labels)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:+.0f}"))
    axes.set_xlabel(x_label)
    return _svg(figure)


def curves(
    series: Mapping[str, Sequence[Point]],
    *,
    title: str,
    x_label: str,
    y_label: str,
    rate: bool = True,
    log: bool = False,
) -> str:
    """Lines over x, each with its band, as SVG. `log` is for the x axis, which then counts tokens."""
    figure, axes = _figure(title, height=4.2)
    for number, (name, points) in enumerate(series.items()):
        xs = [point.x for point in points]
        colour = COLOURS[number % len(COLOURS)]
        axes.plot(
            xs,
            [point.value for point in points],
            color=colour,
            linestyle=LINES[number % len(LINES)],
            marker=MARKERS[number % len(MARKERS)],
            markersize=5,
            label=name,
        )
        axes.fill_between(
            xs,
            [point.low for point in points],
            [point.high for point in points],
            color=colour,
            alpha=0.12,
            linewidth=0,
        )
    if log:
        axes.set_xscale("log", base=2)
        ticks = sorted({point.x for points in series.values() for point in points})
        axes.set_xticks(
            ticks, [f"{tick / 1024:g}k" if tick % 1024 == 0 else f"{tick:,.0f}" for tick in ticks]
        )
        axes.xaxis.set_minor_formatter(NullFormatter())
    if rate:
        _percent(axes, "y")
    else:
        axes.set_ylim(bottom=0)
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    _legend(axes)
    return _svg(figure)


def heat_map(
    cells: NDArray[np.float64],
    *,
    title: str,
    xs: tuple[str, Sequence[float]],
    ys: tuple[str, Sequence[float]],
) -> str:
    """Rates of shape [len(ys), len(xs)] as greys with numbers written in, as SVG; NaN is an empty cell."""
    figure, axes = _figure(title, height=1.6 + 0.5 * len(ys[1]))
    axes.imshow(np.ma.masked_invalid(cells), cmap="Greys", vmin=0, vmax=1.25, aspect="auto", origin="lower")
    for (row, column), value in np.ndenumerate(cells):
        if np.isfinite(value):
            colour = "white" if value > DARK else "black"
            axes.text(column, row, f"{100 * value:.1f}", ha="center", va="center", color=colour)
    axes.set_xticks(range(len(xs[1])), [f"{x:g}" for x in xs[1]])
    axes.set_yticks(range(len(ys[1])), [f"{y:g}" for y in ys[1]])
    axes.set_xlabel(xs[0])
    axes.set_ylabel(ys[0])
    axes.grid(visible=False)
    return _svg(figure)


def stacked(rows: Mapping[str, Mapping[str, float]], *, title: str, x_label: str) -> str:
    """Shares that sum to one, a bar a row, as SVG."""
    labels = list(rows)
    parts = list(dict.fromkeys(part for row in rows.values() for part in row))
    figure, axes = _figure(title, height=1.9 + 0.34 * len(labels))
    left = np.zeros(len(labels))
    for number, part in enumerate(parts):
        widths = np.array([rows[label].get(part, 0.0) for label in labels])
        axes.barh(
            range(len(labels)),
            widths,
            left=left,
            label=part,
            height=0.72,
            edgecolor="black",
            linewidth=0.6,
            facecolor=GREYS[number % len(GREYS)],
            hatch=HATCHES[number % len(HATCHES)],
        )
        left += widths
    _rows(axes, labels)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_xlabel(x_label)
    _legend(axes)
    return _svg(figure)


def lengths(rows: Mapping[str, NDArray[np.float64]], *, title: str, x_label: str) -> str:
    """A histogram of lengths a row, all to one scale on a logarithmic axis, medians marked, as SVG."""
    labels = list(rows)
    figure, axes = _figure(title, height=1.4 + 0.45 * len(labels))
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
    axes.set_title(title, loc="left", fontsize=11, parse_math=False)
    axes.grid(visible=True, color="0.9", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _whiskers(
    axes: Axes, points: Sequence[Point], places: Sequence[float], name: str | None, number: int
) -> None:
    middle = np.array([point.value for point in points])
    below = np.maximum(middle - [point.low for point in points], 0)
    above = np.maximum([point.high for point in points] - middle, 0)
    axes.errorbar(
        middle,
        places,
        xerr=[below, above],
        fmt=MARKERS[number % len(MARKERS)],
        color=COLOURS[number % len(COLOURS)],
        markerfacecolor=COLOURS[number % len(COLOURS)] if number % 2 == 0 else "white",
        markersize=5,
        capsize=3,
        linewidth=1.2,
        label=name,
    )


def _rows(axes: Axes, labels: Sequence[str]) -> None:
    axes.set_yticks(range(len(labels)), labels, parse_math=False)
    axes.set_ylim(len(labels) - 0.4, -0.6)


def _percent(axes: Axes, which: str) -> None:
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_formatter(PercentFormatter(1.0))
    (axes.set_xlim if which == "x" else axes.set_ylim)(-0.02, 1.02)


def _legend(axes: Axes) -> None:
    legend = axes.figure.legend(loc="outside lower left", frameon=False, fontsize=8, ncols=3)
    for text in legend.get_texts():
        text.set_parse_math(False)


def _svg(figure: Figure) -> str:
    """The figure as SVG; the same figure gives the same bytes."""
    out = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "sdtool", "axes.formatter.useoffset": False}):
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": "sdtool"})
    return out.getvalue()
