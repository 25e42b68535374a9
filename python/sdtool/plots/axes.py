"""What all plots share: colours and markers by meaning, figures, axes, whiskers, and SVG."""

from __future__ import annotations

import io
import textwrap
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

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
WIDTH = 7.5
FONT = 11
# Characters in a line of a title, above the whole and above one of three panels.
TITLE, PANEL_TITLE = 64, 24


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


def new_figure(title: str, height: float) -> tuple[Figure, Axes]:
    """A figure with one pair of axes, the title above them."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    axes = figure.subplots()
    # Names come from files: a dollar in them is no formula.
    axes.set_title(filled(title, TITLE), loc="left", fontsize=FONT + 1, parse_math=False)
    clear(axes)
    return figure, axes


def new_panels(
    title: str, size: tuple[float, float], rows: int, columns: int, count: int, *, one_scale: bool
) -> tuple[Figure, list[Axes]]:
    """A figure with a grid whose first `count` places are used, on one scale in x or each on its own."""
    figure = Figure(figsize=size, layout="constrained")
    figure.suptitle(filled(title, TITLE), x=0.01, ha="left", fontsize=FONT + 1, parse_math=False)
    grid = list(figure.subplots(rows, columns, squeeze=False, sharex=one_scale, sharey=True).flat)
    for axes in grid[count:]:
        axes.set_visible(False)
    for axes in grid[:count]:
        clear(axes)
    return figure, grid[:count]


def filled(text: str, width: int) -> str:
    """The text in lines of at most so many characters."""
    return textwrap.fill(text, width, break_on_hyphens=False)


def clear(axes: Axes) -> None:
    """A light grid and no frame."""
    axes.grid(visible=True, color="0.9", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=FONT - 1)
    axes.xaxis.label.set_fontsize(FONT)
    axes.yaxis.label.set_fontsize(FONT)


def whiskers(
    axes: Axes,
    points: Sequence[Point],
    places: Sequence[float],
    look: tuple[str, str, str],
    name: str | None,
    size: float = 6,
) -> None:
    """Points with horizontal error bars, dashed where there is no estimate; `look` is a value of `KINDS`."""
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
        markersize=size,
        capsize=size / 2,
        linewidth=1.3,
        label=name,
    )
    if not marker:  # what has no estimate
        bars[2][0].set_linestyle("--")


def fit_shares(axes: Axes, which: str) -> None:
    """Fit the axis to the data, but not beyond 0 and 100 %."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    low, high = axes.get_xlim() if which == "x" else axes.get_ylim()
    axis.set_major_formatter(PercentFormatter(1.0))
    axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    (axes.set_xlim if which == "x" else axes.set_ylim)(max(low, -0.02), min(high, 1.02))


def label_rows(axes: Axes, labels: Sequence[str]) -> None:
    """One row per label, the first on top."""
    axes.set_yticks(range(len(labels)), labels, parse_math=False)
    axes.set_ylim(len(labels) - 0.4, -0.6)


def add_legend(figure: Figure) -> None:
    """One legend for the figure, below it, where there is anything to name."""
    if not any(axes.get_legend_handles_labels()[0] for axes in figure.axes):
        return
    legend = figure.legend(loc="outside lower left", frameon=False, fontsize=FONT - 1, ncols=3)
    for text in legend.get_texts():
        text.set_parse_math(False)


def as_svg(figure: Figure) -> str:
    """The figure as SVG; the same figure gives the same bytes.

    Letters are shapes, but where our font lacks one they are text, which the reader's fonts show.
    """
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        svg = _saved(figure, letters="path")
        return (
            _saved(figure, letters="none")
            if any("missing from font" in str(w.message) for w in told)
            else svg
        )


def _saved(figure: Figure, letters: str) -> str:
    out = io.StringIO()
    with mpl.rc_context(
        {"svg.hashsalt": "sdtool", "axes.formatter.useoffset": False, "svg.fonttype": letters}
    ):
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": "sdtool"})
    return out.getvalue()
