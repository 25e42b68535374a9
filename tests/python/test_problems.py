"""Problem sets: files of three kinds, columns by name, and what is refused."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sdtool.errors import InputError
from sdtool.problems import load
from sdtool.schema import Problem

ROWS = [
    {"id": "a", "problem": "1 + 1?", "answer": "2", "source": "sums", "level": 1},
    {"id": "b", "problem": "2 + 2?", "answer": "025", "source": "sums", "level": 2},
]
EXPECTED = [
    Problem("a", "1 + 1?", "2", "sums", difficulty="1"),
    Problem("b", "2 + 2?", "025", "sums", difficulty="2"),
]


def jsonl(tmp_path, rows):
    path = tmp_path / "set.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def test_jsonl_parquet_and_csv_hold_the_same_problems(tmp_path):
    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "set.parquet")
    lines = [",".join(ROWS[0]), *(",".join(map(str, row.values())) for row in ROWS)]
    (tmp_path / "set.csv").write_text("\n".join(lines) + "\n")
    assert load(jsonl(tmp_path, ROWS)) == EXPECTED
    assert load(str(tmp_path / "set.parquet")) == EXPECTED
    assert load(str(tmp_path / "set.csv")) == EXPECTED


def test_columns_by_other_names(tmp_path):
    rows = [{"key": 7, "question": "?", "prompt": "1 + 1?", "final": 2, "gold": "3"}]
    found = load(jsonl(tmp_path, rows), problem_column="prompt", gold_column="final", id_column="key")
    assert found == [Problem("7", "1 + 1?", "2", "set")]
    assert load(jsonl(tmp_path, rows)) == [Problem("0", "?", "3", "set")]


def test_a_limit_keeps_the_first(tmp_path):
    assert load(jsonl(tmp_path, ROWS), limit=1) == EXPECTED[:1]
    assert len(load(limit=3)) == 3


def test_the_embedded_problems():
    found = load()
    assert len(found) >= 500
    assert len({problem.source for problem in found}) >= 3
    assert len({problem.difficulty for problem in found}) >= 4


@pytest.mark.parametrize(
    ("rows", "options", "message"),
    [
        ([], {}, "holds no problems|cannot load the data"),
        ([{"problem": "", "answer": "1"}], {}, "row 0: the problem has no text"),
        ([{"problem": " \n", "answer": "1"}], {}, "row 0: the problem has no text"),
        (
            [{"id": "x", "problem": "?", "answer": None}, ROWS[0]],
            {},
            "row 0 .id 'x'.: the problem has no gold",
        ),
        ([{"problem": "?", "answer": ["1"]}], {}, "row 0: column 'answer' must hold text or a number"),
        ([ROWS[0], ROWS[0]], {}, "several problems have the same id, 'a'"),
        ([{"text": "?", "answer": "1"}], {}, "no column problem or question, but text, answer"),
        ([{"problem": "?", "solution": "1"}], {}, "no column gold or answer.*--gold-column"),
        (ROWS, {"problem_column": "frage"}, "no column 'frage'; its columns are id, problem"),
        (ROWS, {"id_column": "key"}, "no column 'key'"),
    ],
)
def test_a_set_that_cannot_be_used_is_refused_with_the_row(tmp_path, rows, options, message):
    with pytest.raises(InputError, match=message):
        load(jsonl(tmp_path, rows), **options)


def test_missing_and_broken_files_are_named(tmp_path):
    with pytest.raises(InputError, match=r"there is no file .*nowhere.jsonl"):
        load(str(tmp_path / "nowhere.jsonl"))
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 not really")
    with pytest.raises(InputError, match="cannot load the data"):
        load(str(broken))


@pytest.mark.parametrize("name", ["golds.jsonl", "golds.json"])
def test_numbers_in_json_are_read_as_they_are_written(tmp_path, name):
    written = ["12345678901234567890", "0.10", "7", "1e400", "-0"]
    rows = [f'{{"problem": "p{row}", "answer": {number}}}' for row, number in enumerate(written)]
    text = f"[{', '.join(rows)}]" if name.endswith(".json") else "\n".join(rows)
    (tmp_path / name).write_text(text)
    assert [problem.gold for problem in load(str(tmp_path / name))] == written
