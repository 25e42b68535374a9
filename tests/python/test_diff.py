"""`diff`: verdicts that changed between two gradings."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sdtool.cli import main
from sdtool.diffing import diff
from sdtool.errors import InputError


def grading(path, rows, **more):
    columns = ["problem_id", "sample", "gold", "answer", "verdict", "reason"]
    data = {name: [row[index] for row in rows] for index, name in enumerate(columns)}
    pq.write_table(pa.table(data | more), path)
    return path


OLD = [
    ("p1", 0, "1/2", "0.5", "equal", "exact"),
    ("p1", 1, "1/2", "0.6", "different", "different-value"),
    ("p2", 0, "5 cm", "5 m", "equal", "unit-ignored"),
    ("p3", 0, "x", "y", "undecided", "unproved"),
    ("p3", 0, "x", "x", "equal", "exact-string"),
]


@pytest.fixture
def old(tmp_path):
    return grading(tmp_path / "old.parquet", OLD)


def test_nothing_changed(old, tmp_path):
    shuffled = grading(tmp_path / "new.parquet", [OLD[2], OLD[0], OLD[3], OLD[1], OLD[4]])
    found = diff(old, shuffled)
    assert (found.rows, found.changed, found.only_a, found.only_b) == (5, 0, 0, 0)


def test_changes_are_counted_by_reason_with_examples(old, tmp_path):
    new = [
        *OLD[:2],
        ("p2", 0, "5 cm", "5 m", "different", "different-unit"),
        OLD[3],
        ("p3", 0, "x", "x", "different", "z"),
    ]
    found = diff(old, grading(tmp_path / "new.parquet", new))
    assert found.changes == {
        ("equal", "unit-ignored", "different", "different-unit"): 1,
        ("equal", "exact-string", "different", "z"): 1,
    }
    assert found.examples["equal", "unit-ignored", "different", "different-unit"] == [
        {"problem_id": "p2", "sample": "0", "gold": "5 cm", "answer": "5 m"}
    ]


def test_another_graders_column(old, tmp_path):
    other = grading(tmp_path / "other.parquet", OLD, math_verify=[True, True, None, False, True])
    found = diff(old, other, column_b="math_verify")
    assert found.changes == {
        ("different", "different-value", "equal", "math_verify"): 1,
        ("undecided", "unproved", "different", "math_verify"): 1,
    }
    assert found.unjudged == 1


@pytest.mark.parametrize(
    "labels",
    [
        [True, False, True, None, True],
        [1, 0, 1, None, 1],
        [1.0, 0.0, 1.0, None, 1.0],
        ["true", "False", "correct", "", "C"],
        ["1", "incorrect", "yes", None, "pass"],
        [[True], [False], [True], [None], [True]],
        ["[true]", "[false]", "[1]", "[null]", "[true]"],
    ],
)
def test_labels_of_any_kind(old, tmp_path, labels):
    found = diff(old, grading(tmp_path / "other.parquet", OLD, label=labels), column_b="label")
    assert (found.changes, found.unjudged) == ({}, 1)


def test_a_list_of_labels_has_one_for_each_sample(tmp_path):
    rows = [
        ("p1", number, "1", "1", verdict, "exact") for number, verdict in enumerate(["equal", "different"])
    ]
    graded = grading(tmp_path / "graded.parquet", rows)
    original = pa.table({"uuid": ["p1"], "correctness_math_verify": [[True, True]]})
    pq.write_table(original, tmp_path / "original.parquet")
    found = diff(graded, tmp_path / "original.parquet")
    assert (found.keys, found.rows) == (("problem_id", "sample"), 2)
    assert found.changes == {("different", "exact", "equal", "correctness_math_verify"): 1}


def test_rows_of_one_side_only(old, tmp_path, capfd):
    new = grading(tmp_path / "new.parquet", [*OLD[:4], ("p9", 0, "1", "1", "equal", "exact")])
    found = diff(old, new)
    assert (found.rows, found.only_a, found.only_b, found.changed) == (4, 1, 1, 0)
    assert found.unmatched_a == [{"problem_id": "p3", "sample": "0"}]
    assert found.unmatched_b == [{"problem_id": "p9", "sample": "0"}]
    main(["diff", str(old), str(new)])
    shown = capfd.readouterr().out
    assert "matched by problem_id, sample" in shown
    assert "problem_id 'p9'" in shown


@pytest.mark.parametrize(("flag", "code"), [([], 0), (["--fail-on-change"], 1)])
def test_the_command(old, tmp_path, capfd, flag, code):
    new = grading(tmp_path / "new.parquet", [*OLD[:4], ("p3", 0, "x", "x", "undecided", "unproved")])
    assert main(["diff", str(old), str(new), *flag]) == code
    shown = capfd.readouterr().out
    assert "5 rollouts in both, 1 verdicts changed" in shown
    assert "equal (exact-string) -> undecided (unproved)" in shown
    assert "problem_id 'p3'" in shown
    assert main(["diff", str(old), str(old), *flag]) == 0


def test_bad_input(old, tmp_path):
    with pytest.raises(InputError, match="no such file"):
        diff(old, tmp_path / "nowhere.parquet")
    with pytest.raises(InputError, match="there is no column 'label'"):
        diff(old, old, column_b="label")
    with pytest.raises(InputError, match="a verdict is true or false"):
        diff(old, grading(tmp_path / "odd.parquet", OLD, odd=[2.5] * 5), column_b="odd")
    (tmp_path / "raw.jsonl").write_text('{"gold": "4", "response": "4"}')
    with pytest.raises(InputError, match=r"raw.jsonl: is not Parquet; `python -m sdtool regrade"):
        diff(old, tmp_path / "raw.jsonl")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match="broken"):
        diff(old, tmp_path / "broken.parquet")
    for name, rows in {"a": 2, "b": 3}.items():
        pq.write_table(pa.table({"verdict": ["equal"] * rows}), tmp_path / f"{name}.parquet")
    with pytest.raises(InputError, match="cannot be matched"):
        diff(tmp_path / "a.parquet", tmp_path / "b.parquet")
