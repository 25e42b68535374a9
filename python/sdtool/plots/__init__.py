"""Plots from labels and numbers. Nothing here knows what a rollout is; every figure is readable in grey.

What tells two series apart is never colour alone: markers, line styles, hatches and darkness do it too.
Good is the same green everywhere, bad the same red, and what is not decided is hollow.
"""

from sdtool.plots.axes import Kind, Point
from sdtool.plots.curves import curves, heat_map, panels
from sdtool.plots.rows import forest, intervals, lengths, side_by_side, stacked

__all__ = [
    "Kind",
    "Point",
    "curves",
    "forest",
    "heat_map",
    "intervals",
    "lengths",
    "panels",
    "side_by_side",
    "stacked",
]
