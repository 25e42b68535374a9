"""Plots with one row per setting or source: intervals, differences, outcomes, lengths."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, PercentFormatter

from sdtool.plots.axes import (
    COLOURS,
    FONT,
    KINDS,
    MARKERS,
    PANEL_TITLE,
    WIDTH,
    add_legend,
    as_svg,
    filled,
    fit_shares,
    label_rows,
    new_figure,
    new_panels,
    whiskers,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sdtool.plots.axes import Point

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
# A part of a bar that is narrower than this holds no number.
NARROW = 0.06


def intervals(series: Mapping[str, Sequence[Point]], *, title: str, x_label: str) -> str:
    """Values with whiskers: one row per label, one marker per series, as SVG. Shares are shown in percent."""
    labels = list(dict.fromkeys(point.label for points in series.values() for point in points))
    figure, axes = new_figure(title, height=1.4 + (0.2 + 0.16 * len(series)) * len(labels))
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
                whiskers(axes, [points[at] for at in chosen], [places[at] for at in chosen], look, label)
    label_rows(axes, labels)
    fit_shares(axes, "x")
    axes.set_xlabel(x_label)
    if len(series) > 1:
        add_legend(figure)
    return as_svg(figure)


def forest(points: Sequence[Point], *, title: str, x_label: str, scale: int = 100) -> str:
    """Differences with whiskers around a line at zero, one row per label, marked by kind, as SVG."""
    labels = [point.label for point in points]
    figure, axes = new_figure(title, height=1.7 + 0.3 * len(labels))
    axes.axvline(0, color="0.4", linewidth=1, linestyle="--")
    for kind, look in KINDS.items():
        chosen = [(place, point) for place, point in enumerate(points) if point.kind == kind]
        if chosen:
            whiskers(axes, [point for _, point in chosen], [place for place, _ in chosen], look, kind)
    for place, point in enumerate(points):
        if point.alone is not None:
            _, colour, _ = KINDS[point.kind]
            axes.plot(point.alone, [place] * 2, color=colour, linewidth=3.2, solid_capstyle="butt", zorder=1)
    label_rows(axes, labels)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{scale * value:+,.0f}" if value else "0"))
    axes.set_xlabel(x_label)
    add_legend(figure)
    return as_svg(figure)


def stacked(
    rows: Mapping[str, Mapping[str, Point]], *, title: str, x_label: str, order: Sequence[str]
) -> str:
    """Shares that sum to one, a bar per row, as SVG; wide parts hold their number in percent.

    `order` is that of all parts there may be, so that each always looks the same; the first has its interval.
    """
    labels = list(rows)
    figure, axes = new_figure(title, height=2.1 + 0.36 * len(labels))
    left = np.zeros(len(labels))
    for number, part in enumerate(order):
        points = [rows[label].get(part) for label in labels]
        widths = np.array([0.0 if point is None else point.value for point in points])
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
        for place, (width, point) in enumerate(zip(widths, points, strict=True)):
            if point is not None and number == 0:
                ends = (point.low, point.high)
                axes.plot(ends, [place + 0.28] * 2, color="black", linewidth=1.6, solid_capstyle="butt")
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
    label_rows(axes, labels)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_xlabel(x_label)
    add_legend(figure)
    return as_svg(figure)


def side_by_side(parts: Mapping[str, Sequence[Point]], *, title: str, x_label: str) -> str:
    """Shares with whiskers, a small plot per part and one row per label in each, as SVG."""
    labels = list(dict.fromkeys(point.label for points in parts.values() for point in points))
    columns = min(4, len(parts))
    rows = math.ceil(len(parts) / columns)
    size = (WIDTH, 0.8 + rows * (0.7 + 0.2 * len(labels)))
    figure, grid = new_panels(title, size, rows, columns, len(parts), one_scale=False)
    for axes, (name, points) in zip(grid, parts.items(), strict=False):
        for kind in ("undecided", "bounds"):
            chosen = [point for point in points if (point.kind == "bounds") == (kind == "bounds")]
            if chosen:
                places = [labels.index(point.label) for point in chosen]
                whiskers(axes, chosen, places, KINDS[kind], None, size=4)
        title = filled(name, 3 * PANEL_TITLE // columns)
        axes.set_title(title, loc="left", fontsize=FONT - 2, parse_math=False)
        label_rows(axes, labels)
        fit_shares(axes, "x")
        axes.xaxis.set_major_locator(MaxNLocator(2))
    figure.supxlabel(x_label, fontsize=FONT)
    return as_svg(figure)


def lengths(rows: Mapping[str, NDArray[np.float64]], *, title: str, x_label: str) -> str:
    """A histogram of lengths per row, all to one scale on a logarithmic axis, medians marked, as SVG."""
    labels = list(rows)
    figure, axes = new_figure(title, height=1.5 + 0.46 * len(labels))
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
    label_rows(axes, labels)
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(10, subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel(x_label)
    return as_svg(figure)
