"""Plots over one parameter or two: curves, small multiples, heat maps."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

from sdtool.plots.axes import (
    COLOURS,
    FONT,
    GOOD,
    MARKERS,
    PANEL_TITLE,
    SOFT,
    WIDTH,
    add_legend,
    as_svg,
    filled,
    fit_shares,
    new_figure,
    new_panels,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from sdtool.plots.axes import Point

LINES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1, 1, 1)), (0, (1, 1)), (0, (8, 3)))
GREEN = LinearSegmentedColormap.from_list("green", ["#ffffff", GOOD])
# The share of the range above which a cell of a heat map is too dark for black numbers.
DARK = 0.6


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
    figure, axes = new_figure(title, height=4.6)
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
    add_legend(figure)
    return as_svg(figure)


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
    size = (WIDTH, 0.9 + 2.1 * rows)
    figure, grid = new_panels(title, size, rows, columns, len(series), one_scale=True)
    for axes, (name, points) in zip(grid, series.items(), strict=False):
        for other in series.values():
            axes.plot([p.x for p in other], [p.value for p in other], color=SOFT, linewidth=0.8, zorder=1)
        _line(axes, points, 0, name)
        _level(axes, level)
        axes.set_title(filled(name, PANEL_TITLE), loc="left", fontsize=FONT - 2, parse_math=False)
        _x_axis(axes, series, log=False)
        _y_axis(axes, share=True)
    figure.supxlabel(x_label, fontsize=FONT)
    figure.supylabel(y_label, fontsize=FONT)
    return as_svg(figure)


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
    figure, axes = new_figure(title, height=1.7 + 0.62 * len(ys[1]))
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
    return as_svg(figure)


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
        fit_shares(axes, "y")
    else:
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
