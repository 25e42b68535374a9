"""`sdtool.read`: rollouts, figures and comparisons from Python."""

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sdtool
from runs import many, rollout, write_run
from sdtool.errors import InputError


@pytest.fixture
def run(tmp_path):
    return write_run(tmp_path / "run", many(20, 12) + many(20, 5, "general", temperature=1.0))


def test_what_was_read(run):
    found = sdtool.read(run)
    assert isinstance(found, sdtool.Results)
    assert (len(found), found.settings, found.missing) == (40, ("general", "precise"), {})


def test_the_rollouts_are_arrow_with_their_texts(run):
    found = sdtool.read(run)
    assert found.rollouts.num_rows == 40
    assert {"response", "gold", "verdict", "setting"} <= set(found.rollouts.column_names)
    for frame in (pl.DataFrame(found), pd.DataFrame.from_arrow(found), pa.table(found)):
        assert frame.shape == (40, len(found.rollouts.column_names))


def test_settings_of_two_runs_are_named_by_run_also_in_the_rollouts(run, tmp_path):
    other = write_run(tmp_path / "other", many(20, 9))
    found = sdtool.read(run, other)
    assert set(found.rollouts["setting"].to_pylist()) == set(found.settings)
    assert "other/precise" in found.settings


def test_the_table_has_one_row_per_setting_and_metric(run):
    table = sdtool.read(run).table().to_pylist()
    (accuracy,) = [row for row in table if (row["setting"], row["metric"]) == ("precise", "accuracy")]
    assert accuracy["value"] == 0.6
    assert accuracy["low"] < 0.6 < accuracy["high"]
    assert (accuracy["n"], accuracy["complete"], accuracy["missing"]) == (20, True, 0)
    differences = sdtool.read(run).table(reference="precise").to_pylist()
    assert {row["setting"] for row in differences} == {"general"}


def test_a_comparison_is_the_second_minus_the_first(run):
    found = sdtool.read(run)
    rows = {row["metric"]: row for row in found.compare("precise", "general").to_pylist()}
    assert rows["accuracy"]["difference"] == pytest.approx(-0.35)
    assert rows["accuracy"]["verdict"] == "worse"
    assert rows["accuracy"]["low"] < -0.35 < rows["accuracy"]["high"]
    with pytest.raises(InputError, match="no setting 'presice'; there are: general, precise"):
        found.compare("presice", "general")


def test_what_is_incomplete_has_bounds_and_says_so(tmp_path):
    rows = many(10, 6) + many(7, 3, "general")
    run = write_run(tmp_path / "run", rows, problems=[row["problem_id"] for row in rows[:10]], planned=20)
    found = sdtool.read(run)
    assert found.missing == {"general": 3}
    assert any("missing" in note or "partial" in note for note in found.notes)
    table = {(row["setting"], row["metric"]): row for row in found.table().to_pylist()}
    incomplete = table["general", "accuracy"]
    assert (incomplete["value"], incomplete["complete"], incomplete["missing"]) == (None, False, 3)
    assert (incomplete["low"], incomplete["high"]) == pytest.approx((0.3, 0.6))


def test_the_report_is_that_of_the_command_line(run, tmp_path):
    page = sdtool.read(run).report(tmp_path / "out")
    assert page == tmp_path / "out" / "index.html"
    assert "<title>run</title>" in page.read_text()


def test_a_notebook_shows_a_table_and_names_stay_names(tmp_path):
    rows = many(3, 2, "<b>bold</b>") + many(3, 1)
    shown = sdtool.read(write_run(tmp_path / "run", rows))._repr_html_()
    assert "<b>bold" not in shown
    assert "&lt;b&gt;bold" in shown
    assert "66.7 [" in shown
    assert "66.7 [" in repr(sdtool.read(tmp_path / "run"))


def test_a_graded_file_of_another_tool(tmp_path):
    row = {name: [rollout()[name]] for name in ("gold", "answer", "verdict", "reason", "correct", "boxed")}
    pq.write_table(pa.table({**row, "doc_id": ["7"]}), tmp_path / "graded.parquet")
    found = sdtool.read(tmp_path / "graded.parquet")
    assert found.rollouts["setting"].to_pylist() == ["graded"]
    assert any("no column" in note for note in found.notes)


def test_a_path_that_is_nothing_is_named(tmp_path):
    with pytest.raises(InputError, match="nowhere: no such run directory or file"):
        sdtool.read(tmp_path / "nowhere")
