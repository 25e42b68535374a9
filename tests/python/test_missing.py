"""Rollouts that are missing: a run without its longest ones is not better, it is incomplete."""

from __future__ import annotations

import csv
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from runs import RIGHT, THINKING, WRONG, many, rollout, write_run
from sdtool import report
from sdtool.cli import main
from sdtool.report.comparisons import compare_runs
from sdtool.report.missing import of_others


def endings(count, setting="precise", **given):
    """Problems of which the later ones are longer and wrong."""
    return [
        rollout(f"p{n:03}", RIGHT if n < 0.6 * count else WRONG + " " * n, setting=setting, **given)
        for n in range(count)
    ]


def figure(found, setting="precise", metric="accuracy"):
    return next(f for f in found.figures if (f.setting, f.metric) == (setting, metric))


def graded(path, rows, *columns):
    """A regraded file of another tool: no plan, and only some columns."""
    kept = ("problem_id", "answer", "verdict", "reason", "correct", "boxed", *columns)
    pq.write_table(pa.Table.from_pylist([{name: row[name] for name in kept} for row in rows]), path)
    return path


def complete_and_cut(tmp_path, kind):
    """A setting, and the same one without its longest tenth."""
    whole, cut = endings(100), endings(100)[:90]
    if kind == "plan":
        names = [row["problem_id"] for row in whole]
        return write_run(tmp_path / "a", whole, problems=names), write_run(
            tmp_path / "b", cut, problems=names
        )
    if kind == "union":
        return write_run(tmp_path / "a", whole), write_run(tmp_path / "b", cut)
    return graded(tmp_path / "a.parquet", whole, "n_tokens"), graded(tmp_path / "b.parquet", cut, "n_tokens")


@pytest.mark.parametrize("kind", ["plan", "union", "regraded"])
def test_a_setting_without_its_longest_rollouts_does_not_beat_its_complete_copy(tmp_path, kind):
    whole, cut = complete_and_cut(tmp_path, kind)
    (row,) = compare_runs(whole, cut).by_metric["accuracy"]
    assert (row.p_value, row.p_holm, row.detectable, row.estimate) == (None, None, None, None)
    assert (row.verdict, row.missing, row.complete) == ("undecided", 10, False)
    assert row.low <= 0 <= row.high
    assert (row.low, row.high) == pytest.approx((0.0, 0.1))


@pytest.mark.parametrize("kind", ["plan", "union", "regraded"])
def test_its_rates_are_bounds_that_hold_the_truth(tmp_path, kind):
    whole, cut = complete_and_cut(tmp_path, kind)
    found = report.study(report.read([whole, cut]))
    truth, bounds = (figure(found, setting) for setting in found.rollouts.settings)
    assert (truth.complete, bounds.complete, bounds.missing, bounds.n) == (True, False, 10, 100)
    assert (bounds.low, bounds.high) == pytest.approx((0.6, 0.7))
    assert bounds.low <= truth.value <= bounds.high
    assert any("10 of 100 rollouts are missing" in note for note in found.notes)
    lengths = figure(found, bounds.setting, "mean_tokens")
    assert lengths.low <= figure(found, truth.setting, "mean_tokens").value <= lengths.high
    split = found.splits[1]
    assert split.shares["missing"] == pytest.approx(0.1)
    assert sum(split.shares.values()) == pytest.approx(1)
    assert split.among_answered is None


@pytest.mark.parametrize("kind", ["union", "regraded"])
def test_fewer_problems_on_purpose_are_said_to_be_complete(tmp_path, kind, capsys):
    whole, cut = complete_and_cut(tmp_path, kind)
    (note,) = report.read([whole, cut]).notes[-1:]
    assert "if it was run on fewer on purpose, say --complete" in note
    assert main(["compare", str(whole), str(cut), "--complete", "--json"]) == 0
    shown = capsys.readouterr()
    assert "10 rollouts fewer than the other settings' problems would give it; --complete says" in shown.err
    row = json.loads(shown.out)["comparisons"][0]
    assert (row["n"], row["complete"], row["difference"]) == (90, True, 0.0)
    found = report.study(report.read([whole, cut], complete=True))
    assert [f.n for f in found.figures if f.metric == "accuracy"] == [100, 90]


def test_what_a_plan_says_is_missing_stays_so(tmp_path):
    whole, cut = complete_and_cut(tmp_path, "plan")
    (row,) = compare_runs(whole, cut, complete=True).by_metric["accuracy"]
    assert (row.complete, row.missing) == (False, 10)


def test_without_a_cap_what_is_missing_may_be_right(tmp_path):
    rows = [rollout("a"), rollout("b", THINKING, finish_reason="length")]
    found = report.study(report.read([write_run(tmp_path / "run", rows, problems=["a", "b", "c", "d"])]))
    assert found.splits[0].bounds == pytest.approx((0.25, 1.0))


def test_a_setting_that_was_not_begun_is_named(tmp_path):
    run = write_run(tmp_path / "run", many(3, 2), problems=[f"p{n:04}" for n in range(3)])
    (run / "experiment.toml").write_text('setting = ["precise", "general"]\n')
    found = report.read([run])
    assert found.settings == ("precise",)
    assert found.notes == ("general is not shown: all of its 3 rollouts are missing",)


def test_missing_rollouts_are_counted_by_setting_and_source(tmp_path):
    rows = [
        rollout(f"{source}{n}", setting=setting, source=source)
        for setting in ("x", "y")
        for source in ("easy", "hard")
        for n in range(5)
        if not (setting == "y" and (source, n) in {("easy", 0), ("hard", 1), ("hard", 2)})
    ]
    found = report.study(report.read([write_run(tmp_path / "run", rows)]))
    assert any(
        note.startswith("y is incomplete: 3 of 10") and "easy: 1, hard: 2" in note for note in found.notes
    )
    assert [f.missing for f in found.by_part["hard"] if f.metric == "accuracy"] == [0, 2]


@pytest.mark.parametrize(
    ("counts", "missing"),
    [
        ({"x": [3, 3, 3], "y": [1, 1, 1]}, {}),  # one sample where the other has three is on purpose
        ({"x": [3, 2, 3], "y": [1, 1, 1]}, {"x": 1}),
        ({"x": [3, 3, 3], "y": [1, 0, 1]}, {"y": 1}),
        ({"x": [2, 2, 0], "y": [2, 2, 2]}, {"x": 2}),
    ],
)
def test_the_samples_that_a_setting_lacks(tmp_path, counts, missing):
    rows = [
        rollout(f"p{problem}", setting=setting, sample=sample)
        for setting, each in counts.items()
        for problem, count in enumerate(each)
        for sample in range(count)
    ]
    rollouts = report.read([write_run(tmp_path / "run", rows)])
    lacking = of_others(rollouts, rollouts.settings)["setting"].tolist()
    assert {name: lacking.count(name) for name in lacking} == missing


def test_settings_on_other_problems_are_not_held_against_each_other(tmp_path):
    rows = [rollout(f"gsm{n}", setting="gsm8k") for n in range(4)]
    rows += [rollout(f"math{n}", setting="math") for n in range(7)]
    rollouts = report.read([write_run(tmp_path / "run", rows)])
    assert rollouts.n_missing == 0


def test_a_benchmark_that_was_not_run_is_left_out_of_a_comparison_and_named(tmp_path):
    rows = [
        rollout(f"{source}{n}", RIGHT if n < right else WRONG, setting=setting, source=source)
        for setting, source, right in (("x", "easy", 4), ("x", "hard", 1), ("y", "easy", 6))
        for n in range(8)
    ]
    found = report.study(report.read([write_run(tmp_path / "run", rows)]))
    assert not figure(found, "y").complete  # of all sixteen problems it has no accuracy
    (row,) = found.comparisons["accuracy"]
    assert (row.complete, row.n, row.left_out, row.estimate) == (True, 8, 8, 0.25)
    assert any("comparisons leave out the sources of which it has nothing" in note for note in found.notes)


def test_no_pass_at_k_over_the_problems_that_are_left(tmp_path):
    rows = [rollout(f"p{n}", sample=s) for n in range(4) for s in range(4) if (n, s) != (3, 3)]
    found = report.study(report.read([write_run(tmp_path / "run", rows)]))
    assert found.repeats == []


def test_a_weighted_figure_needs_all_rollouts(tmp_path):
    run = write_run(tmp_path / "run", many(5, 3))
    names = [f"p{n:04}" for n in range(6)]
    pq.write_table(
        pa.table(
            {
                "id": names,
                "stratum": ["s"] * 6,
                "stratum_size": np.full(6, 60),
                "subset_rank": np.arange(6),
            }
        ),
        run / "problems.parquet",
    )
    found = report.study(report.read([run]))
    assert {f.metric for f in found.figures if f.metric.endswith("_weighted")} == set()
    assert figure(found).missing == 1


def test_the_table_and_the_files_say_so(tmp_path, capsys):
    whole, cut = complete_and_cut(tmp_path, "plan")
    assert main(["report", str(whole), str(cut), "--out", str(tmp_path / "out")]) == 0
    shown = capsys.readouterr()
    assert "60.0 to 70.0" in shown.out
    assert "incomplete" in shown.out
    assert "b/precise is incomplete" in shown.err
    rows = list(csv.DictReader((tmp_path / "out" / "summary.csv").open()))
    accuracy = next(row for row in rows if (row["setting"], row["metric"]) == ("b/precise", "accuracy"))
    assert (accuracy["complete"], accuracy["missing"]) == ("False", "10")
    assert json.loads(accuracy["low"]) == pytest.approx(0.6)
