"""Reports: what is read, how outcomes are told apart, what the tables and files say, and bad input."""

from __future__ import annotations

import csv
import io
import json
import math

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from runs import NO_BOX, RIGHT, SCHEMA, THINKING, WRONG, many, rollout, write_run
from sdtool import report, statistics
from sdtool.cli import main
from sdtool.errors import InputError
from sdtool.metrics import METRICS
from sdtool.report.figures import figures, splits
from sdtool.report.outcomes import OUTCOMES, outcome


def study_of(path, **options):
    return report.study(report.read([path]), caps=(1024,), **options)


def value(found, setting, metric, subset="all"):
    return next(f for f in found.figures if (f.setting, f.metric, f.subset) == (setting, metric, subset))


# --- outcomes -----------------------------------------------------------------------------------------

CUT = {"finish_reason": "length"}
ENDINGS = [
    ("a right box", rollout(response=RIGHT), "correct"),
    ("another box", rollout(response=WRONG), "wrong"),
    ("a box that nobody can decide", rollout(response=WRONG, verdict="undecided"), "undecided"),
    ("thoughts closed, no box", rollout(response=NO_BOX), "closed without box"),
    ("the turn ended inside the thoughts", rollout(response=THINKING), "stopped without closing"),
    ("cut off inside the thoughts", rollout(response=THINKING, **CUT), "length-stop, no loop"),
    ("cut off in a loop", rollout(response=THINKING, looped=True, **CUT), "length-stop in a loop"),
    ("cut off after the thoughts", rollout(response=NO_BOX, **CUT), "length-stop, no loop"),
    ("answered, then cut off", rollout(response=RIGHT, **CUT), "correct"),
    ("answered wrongly, then looped to the cap", rollout(response=WRONG, looped=True, **CUT), "wrong"),
    ("looped without being cut off", rollout(response=THINKING, looped=True), "stopped without closing"),
]


@pytest.mark.parametrize(
    ("row", "expected"), [(row, expected) for _, row, expected in ENDINGS], ids=[name for name, *_ in ENDINGS]
)
def test_each_ending_has_one_outcome(tmp_path, row, expected):
    assert outcome(report.read([write_run(tmp_path / "run", [row])])).tolist() == [expected]


@given(st.lists(st.sampled_from([row for _, row, _ in ENDINGS]), min_size=1, max_size=12), st.randoms())
def test_the_split_sums_to_one_and_its_first_part_is_the_accuracy(tmp_path_factory, rows, random):
    samples = random.choice([k for k in (1, 2, 3) if len(rows) % k == 0])
    rows = [
        {**row, "problem_id": f"p{place // samples}", "sample": place % samples}
        for place, row in enumerate(rows)
    ]
    rollouts = report.read([write_run(tmp_path_factory.mktemp("split") / "run", rows)])
    (split,) = splits(rollouts)
    assert math.isclose(math.fsum(split.shares.values()), 1.0)
    assert set(split.shares) <= set(OUTCOMES)
    accuracy = next(figure.value for figure in figures(rollouts) if figure.metric == "accuracy")
    assert math.isclose(split.shares.get("correct", 0.0), accuracy)
    low, high = split.bounds
    assert low <= high <= 1 + 1e-12
    assert math.isclose(low, accuracy)


def test_bounds_of_the_accuracy_do_not_count_a_rollout_twice(tmp_path):
    rows = [
        rollout("a", RIGHT, **CUT),
        rollout("b", THINKING, **CUT),
        rollout("c", WRONG),
        rollout("d", RIGHT),
    ]
    (split,) = splits(report.read([write_run(tmp_path / "run", rows)]))
    for share in split.outcomes.values():
        assert share.low <= share.value <= share.high
        assert share.low < share.high
    assert split.bounds == (0.5, 0.75)
    assert (split.among_answered.value, split.among_answered.n) == (2 / 3, 3)


# --- figures ------------------------------------------------------------------------------------------


def test_one_sample_a_problem_has_wilson_intervals(tmp_path):
    found = study_of(write_run(tmp_path / "run", many(50, 31)))
    accuracy, wilson = value(found, "precise", "accuracy"), statistics.wilson(31, 50)
    assert (accuracy.value, accuracy.low, accuracy.high, accuracy.n) == pytest.approx(
        (0.62, wilson.low, wilson.high, 50)
    )


def test_samples_of_a_problem_are_averaged_first(tmp_path):
    rows = [rollout("a", RIGHT if s < 3 else WRONG, sample=s) for s in range(4)]
    rows += [rollout("b", WRONG, sample=s) for s in range(4)]
    accuracy = value(study_of(write_run(tmp_path / "run", rows)), "precise", "accuracy")
    assert (accuracy.value, accuracy.n) == (0.375, 2)


def test_seeds_in_separate_runs_are_samples_of_the_same_problem(tmp_path):
    runs = [write_run(tmp_path / f"seed{s}", many(10, 4 + s, seed=s), model="m") for s in range(3)]
    found = report.study(report.read(runs), caps=(1024,))
    accuracy = value(found, "precise", "accuracy")
    assert (round(accuracy.value, 6), accuracy.n, len(found.rollouts)) == (0.5, 10, 30)


def test_the_same_rollouts_of_two_runs_are_kept_apart_by_name(tmp_path):
    runs = [write_run(tmp_path / name, many(5, 3)) for name in ("one", "two")]
    assert report.read(runs).settings == ("one/precise", "two/precise")


def test_other_models_are_kept_apart_by_name(tmp_path):
    runs = [
        write_run(tmp_path / name, many(5, 3, seed=seed), model=name)
        for seed, name in enumerate(("one", "two"))
    ]
    assert report.read(runs).settings == ("one/precise", "two/precise")


def test_pass_at_k_and_the_majority(tmp_path):
    answers = {
        "two of three right": ["2", "2", "3"],
        "wrong ones agree": ["2", "0.5", "\\frac12"],
        "a tie of three": ["2", "3", "4"],
        "no answer has no vote": ["2", None, None],
    }
    rows = [
        rollout(
            name,
            THINKING if answer is None else f"</think>\\boxed{{{answer}}}",
            sample=sample,
            answer=answer,
            correct=answer == "2",
        )
        for name, given_ in answers.items()
        for sample, answer in enumerate(given_)
    ]
    rollouts = report.read([write_run(tmp_path / "run", rows)])
    found = {repeat.metric: repeat.value for repeat in report.study(rollouts).repeats}
    assert found["pass@3"] == 1.0
    assert found["pass@2"] == pytest.approx((1 + 2 / 3 * 3) / 4)
    assert found["maj@3"] == pytest.approx((1 + 0 + 1 / 3 + 1) / 4)


# --- files --------------------------------------------------------------------------------------------


def test_the_files_of_a_report(tmp_path, capsys):
    rows = many(20, 12) + many(20, 9, "general", temperature=1.0)
    run = write_run(tmp_path / "run", rows)
    assert main(["report", str(run), "--out", str(tmp_path / "out"), "--cap", "1k"]) == 0
    shown = capsys.readouterr().out
    assert shown.count("60.0 [") >= 1
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {
        "summary.csv",
        "summary.md",
        "index.html",
        "settings.svg",
        "outcomes.svg",
        "differences-accuracy.svg",
        "lengths.svg",
    } <= names
    found = list(csv.DictReader(io.StringIO((tmp_path / "out" / "summary.csv").read_text())))
    assert list(found[0]) == [
        *("setting", "cap", "budget", "metric", "value", "low", "high", "n", "complete", "missing"),
        "subset",
    ]
    assert {(row["complete"], row["missing"]) for row in found} == {("True", "0")}
    assert {row["metric"] for row in found} == set(METRICS)
    assert {row["subset"] for row in found} == {"all"}
    for row in found:
        assert float(row["low"]) <= float(row["value"]) <= float(row["high"])
    assert (
        json.loads(next(r["value"] for r in found if (r["setting"], r["metric"]) == ("precise", "accuracy")))
        == 0.6
    )


def test_a_report_is_the_same_at_every_call(tmp_path):
    run = write_run(tmp_path / "run", many(6, 4))
    for name in ("one", "two"):
        report.write(study_of(run), tmp_path / name, title="run")
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_sweeps_and_the_grid_are_drawn(tmp_path):
    rows = [
        row
        for temperature in (0.6, 1.0, 1.5)
        for min_p in (0.0, 0.05, 0.1)
        for row in many(8, 5, f"g,T={temperature:g},min_p={min_p:g}", temperature=temperature, min_p=min_p)
    ]
    report.write(study_of(write_run(tmp_path / "run", rows)), tmp_path / "out", title="run")
    names = {path.stem for path in (tmp_path / "out").glob("*.svg")}
    assert {
        "sweep-temperature-accuracy",
        "sweep-min-p-accuracy",
        "sweep-min-p-length-stop",
        "grid-1",
    } <= names


def test_a_name_with_markup_or_formulas_in_it_stays_a_name(tmp_path):
    name = "<b>$x_|{</b>"
    report.write(
        study_of(write_run(tmp_path / "run", many(3, 2, name) + many(3, 2))), tmp_path / "out", title=name
    )
    assert "<b>$x" not in (tmp_path / "out" / "index.html").read_text()
    assert "&lt;b>$x_\\|{&lt;/b>" in (tmp_path / "out" / "summary.md").read_text()


# --- weighted subsets ---------------------------------------------------------------------------------


def with_problem_set(run, places):
    """Add the problem set to a run: `places` is stratum, its size in the full set and rank, by problem."""
    columns = zip(*((problem, *place) for problem, place in places.items()), strict=True)
    pq.write_table(
        pa.table(dict(zip(("id", "stratum", "stratum_size", "subset_rank"), columns, strict=True))),
        run / "problems.parquet",
    )
    return run


def test_a_subset_that_is_harder_on_purpose_is_weighted_back(tmp_path):
    # The full set has 90 easy problems, all solved, and 10 hard ones, none solved; the subset has 5 of each.
    rows = [rollout(f"p{n}", RIGHT if n < 5 else WRONG) for n in range(10)]
    places = {f"p{n}": ("easy", 90, n) if n < 5 else ("hard", 10, n) for n in range(10)}
    found = study_of(with_problem_set(write_run(tmp_path / "run", rows), places))
    assert value(found, "precise", "accuracy").value == 0.5
    assert value(found, "precise", "accuracy_weighted").value == pytest.approx(0.9)
    assert any("must not be compared" in note for note in found.notes)
    assert any(table.title.startswith("Subsets") for table in found.tables())


def test_a_whole_set_has_no_weighted_figures(tmp_path):
    places = {f"p{n:04}": ("all of it", 6, n) for n in range(6)}
    found = study_of(with_problem_set(write_run(tmp_path / "run", many(6, 3)), places))
    assert not [figure for figure in found.figures if figure.metric.endswith("_weighted")]


def test_a_larger_run_is_reported_on_300_problems_too(tmp_path):
    places = {f"p{n:04}": ("s", 320, n) for n in range(320)}
    found = study_of(with_problem_set(write_run(tmp_path / "run", many(320, 100)), places))
    assert value(found, "precise", "accuracy", "300").value == pytest.approx(100 / 300)
    assert value(found, "precise", "accuracy").value == pytest.approx(100 / 320)


# --- foreign rollouts ---------------------------------------------------------------------------------

GRADED = {
    "answer": ["2", None],
    "verdict": ["equal", "different"],
    "reason": ["same", "no-answer"],
    "correct": [True, False],
    "boxed": [True, False],
}


def foreign(path, **columns):
    pq.write_table(pa.table({**GRADED, **columns}), path)
    return path


def test_a_foreign_file_gives_what_its_columns_allow_and_names_the_rest(tmp_path):
    path = foreign(tmp_path / "vllm.parquet", doc_id=[1, 2], think_closed=[True, False])
    found = report.study(report.read([path]))
    assert {figure.metric for figure in found.figures} == {"accuracy", "boxed", "think_close", "undecided"}
    assert found.rollouts.settings == ("vllm",)
    assert found.splits[0].shares == {"correct": 0.5, "not closed, end unknown": 0.5}
    assert found.splits[0].bounds is None
    notes = "\n".join(found.notes)
    assert "read from the column `doc_id`" in notes
    for left_out in ("length-stop", "mean tokens", "looped", "smaller caps"):
        assert f"so no {left_out}" in notes
    report.write(found, tmp_path / "out", title="vllm")


def test_a_foreign_problem_is_known_by_its_source_and_id(tmp_path):
    path = foreign(
        tmp_path / "f.parquet",
        problem_id=["0", "0"],
        dataset=["gsm8k", "math"],
        model=["m", "m"],
        finish_reason=["stop", "max_tokens"],
    )
    rollouts = report.read([path])
    assert rollouts["problem_id"].tolist() == ["gsm8k/0", "math/0"]
    assert rollouts["finish_reason"].tolist() == ["stop", "length"]
    assert rollouts.settings == ("m",)


def test_without_a_problem_every_row_is_one(tmp_path):
    found = report.study(report.read([foreign(tmp_path / "f.parquet")]))
    assert value(found, "f", "accuracy").n == 2
    assert any("nothing can be paired" in note for note in found.notes)


# --- bad input ----------------------------------------------------------------------------------------


def test_a_run_that_was_cut_is_partial(tmp_path):
    found = study_of(write_run(tmp_path / "run", many(7, 3), planned=10))
    assert any("3 of 10 rollouts are missing" in note for note in found.notes)


def test_what_the_workers_of_a_cut_run_had_finished_counts(tmp_path):
    run = write_run(tmp_path / "run", many(2, 1), planned=9)
    (run / "journal").mkdir()
    doubled, fresh = rollout("p0001", WRONG), rollout("p0002", RIGHT)
    lines = [{"rollout": row, "rows": 1} for row in (doubled, fresh)]
    partial = {"partial": ["p0003", "precise", 0], "start": 0, "tokens": [1, 2], "rows": 1}
    torn = '{"rollout": {"problem_id"'
    journal = "\n".join([*map(json.dumps, [*lines, partial]), torn])
    (run / "journal" / "worker-0.jsonl").write_text(journal)
    found = study_of(run)
    assert any("6 of 9 rollouts are missing" in note for note in found.notes)
    assert found.rollouts["problem_id"].tolist() == ["p0000", "p0001", "p0002"]
    assert [
        answer for batch in found.rollouts.texts(["answer"]) for answer in batch["answer"].to_pylist()
    ] == ["2", "3", "2"]
    (run / "rollouts" / "part-0.parquet").unlink()
    assert len(report.read([run])) == 2


@pytest.mark.parametrize("right", [0, 1])
def test_one_problem_with_one_sample(tmp_path, right):
    run = write_run(tmp_path / "run", many(1, right) + many(1, 1, "general"))
    found = study_of(run)
    report.write(found, tmp_path / "out", title="run")
    text = (tmp_path / "out" / "summary.csv").read_text() + (tmp_path / "out" / "summary.md").read_text()
    assert "nan" not in text.lower()


@pytest.mark.parametrize("right", [0, 9])
def test_all_right_and_all_wrong_have_intervals_with_a_width(tmp_path, right):
    accuracy = value(study_of(write_run(tmp_path / "run", many(9, right))), "precise", "accuracy")
    assert accuracy.value == right / 9
    assert 0.2 < accuracy.high - accuracy.low < 0.4


def no_rollouts(path):
    (path / "rollouts").mkdir(parents=True)
    return path


def not_parquet(path):
    path.write_text("hello")
    return path


def empty_run(path):
    return write_run(path, [])


def ungraded(path):
    pq.write_table(pa.table({"problem_id": ["a"], "response": ["2"]}), path)
    return path


def another_schema(path):
    (path / "rollouts").mkdir(parents=True)
    pq.write_table(pa.table({"x": [1]}), path / "rollouts" / "a.parquet")
    return path


def torn(path):
    write_run(path, many(3, 1))
    part = path / "rollouts" / "part-0.parquet"
    part.write_bytes(part.read_bytes()[:-20])
    return path


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path, "no such run directory or file"),
        (no_rollouts, "holds no rollouts yet"),
        (not_parquet, "is not Parquet; grade it first"),
        (empty_run, "holds no rollouts"),
        (ungraded, "python -m sdtool regrade"),
        (another_schema, "lack the columns problem_id"),
        (torn, "cannot be read as Parquet"),
    ],
    ids=["missing", "no parts", "not Parquet", "no rows", "not graded", "another schema", "torn file"],
)
def test_bad_input_ends_in_one_message(tmp_path, capsys, make, message):
    assert main(["report", str(make(tmp_path / "input"))]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert "input" in error
    assert error.count("\n") == 1


def test_an_unknown_reference_names_the_settings(tmp_path):
    with pytest.raises(InputError, match="no setting 'presice'; there are: precise"):
        study_of(write_run(tmp_path / "run", many(3, 1)), reference="presice")


def test_the_schema_here_is_the_one_of_a_run():
    schema = pytest.importorskip("sdtool.schema")
    if hasattr(schema, "COLUMNS"):
        assert set(SCHEMA.names) <= set(schema.COLUMNS)


# --- settings -----------------------------------------------------------------------------------------


def test_min_p_that_does_nothing_is_pointed_out(tmp_path):
    # "same" wrote what it would have written without min-p, "other" did not; top-k 20 and top-p 0.95 leave
    # nothing below a ratio of 0.0028 anyway.
    rows = [
        row
        for name, min_p, right in (("none", 0.0, 3), ("same", 0.1, 3), ("other", 0.2, 2), ("idle", 0.001, 1))
        for row in many(4, right, name, min_p=min_p)
    ]
    found = study_of(write_run(tmp_path / "run", rows))
    assert found.remarks == {
        "same": "min-p had no effect: every rollout equals that of none",
        "idle": "min-p has no effect beside top-k and top-p",
    }
    table = next(table for table in found.tables() if table.title == "Decode parameters")
    place = table.header.index("min-p before T")
    assert {row[0]: row[place] for row in table.rows}["same"] == "0.251"  # 0.1 to the power 0.6
