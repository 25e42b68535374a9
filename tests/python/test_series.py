"""A training series: steps from a column or from the runs, the trend, and the first step that differs."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from runs import RIGHT, THINKING, WRONG, many, rollout, write_run
from sdtool import report
from sdtool.cli import main
from sdtool.errors import InputError

RISING = {100: 20, 200: 30, 300: 40, 400: 50}


def checkpoints(tmp_path, solved=RISING, **given):
    """One run a checkpoint, of which the first problems are solved."""
    return [
        write_run(tmp_path / f"step-{step}", many(60, right, **given), model=f"m{step}")
        for step, right in solved.items()
    ]


def series_of(paths, metric="accuracy", step="run"):
    rollouts = report.read(paths, apart=step == "run", columns=[step])
    found = report.study(rollouts, caps=(1024,) if rollouts.has_texts else (), series=step)
    return [one for one in found.series if one.metric == metric]


def test_the_runs_are_steps_by_the_number_in_their_names(tmp_path):
    (one,) = series_of(checkpoints(tmp_path))
    assert list(one.settings) == [100, 200, 300, 400]
    assert one.trend.estimate == pytest.approx(10 / 60 / 100)
    assert (one.verdict, one.n) == ("better", 60)
    assert [point.value for point in one.curve.points] == pytest.approx([r / 60 for r in RISING.values()])
    assert all(point.low < point.value < point.high for point in one.curve.points)


def test_runs_without_numbers_are_steps_in_the_order_given(tmp_path):
    runs = [
        write_run(tmp_path / name, many(20, right), model=name)
        for name, right in (("base", 5), ("early", 9), ("late", 18))
    ]
    (one,) = series_of(runs)
    assert list(one.settings) == [1, 2, 3]


def test_a_column_of_the_files_is_the_step(tmp_path):
    rows = [
        {**rollout(f"p{n}", RIGHT if n < right else WRONG), "step": step}
        for step, right in RISING.items()
        for n in range(60)
    ]
    kept = ("problem_id", "answer", "verdict", "reason", "correct", "boxed", "step", "n_tokens")
    path = tmp_path / "graded.parquet"
    pq.write_table(pa.Table.from_pylist([{name: row[name] for name in kept} for row in rows]), path)
    (one,) = series_of([path], step="step")
    assert list(one.settings) == [100, 200, 300, 400]
    assert one.settings[100] == "graded, step 100"
    assert one.verdict == "better"


def test_the_first_step_that_differs_is_found_after_correction(tmp_path):
    (one,) = series_of(checkpoints(tmp_path))
    assert one.first_different == 200
    assert [row.verdict for row in one.comparisons] == ["better"] * 3
    (flat,) = series_of(checkpoints(tmp_path / "flat", {1: 20, 2: 21, 3: 20}))
    assert (flat.first_different, flat.verdict) == (None, "undecided")


def test_how_rollouts_end_is_followed_too(tmp_path):
    def run(step, cut):
        rows = [rollout(f"p{n}", THINKING, finish_reason="length") for n in range(cut)]
        rows += [rollout(f"p{n}") for n in range(cut, 40)]
        return write_run(tmp_path / f"ckpt{step}", rows, model=f"m{step}")

    (one,) = series_of([run(10, 30), run(20, 15), run(30, 2)], "length_stop")
    assert one.trend.estimate < 0
    assert one.verdict == "better"


def test_a_checkpoint_that_is_incomplete_has_no_trend(tmp_path):
    runs = checkpoints(tmp_path, {100: 20, 200: 30})
    rows = many(50, 45)
    runs.append(write_run(tmp_path / "step-300", rows, problems=[f"p{n:04}" for n in range(60)], model="m"))
    (one,) = series_of(runs)
    assert (one.trend, one.p_holm, one.verdict, one.curve.complete) == (None, None, "undecided", False)


def test_the_command_shows_the_series(tmp_path, capsys):
    runs = [str(path) for path in checkpoints(tmp_path)]
    assert main(["report", *runs, "--series", "run", "--out", str(tmp_path / "out")]) == 0
    assert "step-400/precise" in capsys.readouterr().out
    assert "trend over the series" in (tmp_path / "out" / "summary.md").read_text()
    assert (tmp_path / "out" / "series-accuracy.svg").is_file()


def test_what_is_no_series_is_refused(tmp_path):
    run = write_run(tmp_path / "run", many(4, 2))
    with pytest.raises(InputError, match="no setting has more than one step"):
        series_of([run])
    with pytest.raises(InputError, match="not every file has a column 'epoch'"):
        series_of([run], step="epoch")
