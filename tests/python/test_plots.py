"""Plots: which curves are told apart, and what is said of equal ones."""

import numpy as np
import pytest
from sdtool import plots
from sdtool.plots import Point, axes
from sdtool.report.gallery import merged


def line(*values):
    return [Point(value, value - 0.1, value + 0.1, x) for x, value in enumerate(values)]


def test_curves_with_the_same_values_are_one_that_names_both():
    found = merged({"a": line(0.1, 0.2), "b": line(0.1, 0.2), "c": line(0.3, 0.4)}, ["a", "b", "c"])
    assert list(found) == ["a = b", "c"]


def test_a_grey_curve_is_not_named_for_being_equal():
    assert list(merged({"a": line(0.1), "b": line(0.1), "c": line(0.3)}, ["a"])) == ["a", "b", "c"]


@pytest.mark.parametrize("draw", [plots.curves, plots.panels], ids=["curves", "panels"])
def test_names_are_no_formulas_and_the_same_figure_gives_the_same_bytes(draw):
    series = {"$x_|{": line(0.1, 0.9), "b": line(0.2, 0.3)}
    svgs = {draw(series, title="<b>$", x_label="x", y_label="y", level=("$level", 0.5)) for _ in range(2)}
    assert len(svgs) == 1


def test_a_difference_is_marked_by_its_verdict():
    points = [
        Point(0.1, 0.05, 0.15, label="up", kind="better"),
        Point(-0.1, -0.15, -0.05, label="down", kind="worse"),
        Point(0.0, -0.1, 0.1, label="open"),
        Point(-0.2, -0.2, 0.3, label="cut", kind="bounds"),
    ]
    svg = plots.forest(points, title="differences", x_label="points")
    assert axes.GOOD in svg
    assert axes.BAD in svg
    assert "stroke-dasharray" in svg


def test_an_axis_fits_its_data():
    figure, drawn = axes.new_figure("title", 3)
    drawn.plot([0, 1], [0.4, 0.6])
    axes.fit_shares(drawn, "y")
    assert drawn.get_ylim() == pytest.approx((0.39, 0.61))
    assert figure is not None


def test_cells_hold_their_share_and_error_also_where_all_are_the_same():
    cells = np.full((2, 2), 0.5)
    svg = plots.heat_map(cells, cells / 10, title="t", xs=("x", [0, 1]), ys=("y", [0, 1]))
    assert svg.count("± 5.0") == 4  # the SVG names each text beside its shapes
