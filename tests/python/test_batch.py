"""`grade_batch`: sequences and Arrow of every kind in, Arrow out, the same as row by row."""

from __future__ import annotations

import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sdtool import Policy, grade, grade_batch

GOLDS = ["1", "1", None, "2", "\\frac12", "x"]
RESPONSES = ["\\boxed{1}", None, "\\boxed{3}", "<think>\\boxed{2}", "</think>\\boxed{0.5}", "\\boxed{y}"]
COLUMNS = ["answer", "verdict", "reason", "correct", "think_closed", "boxed", "extractor"]


def expected(golds, responses):
    rows = []
    for gold, response in zip(golds, responses, strict=True):
        found = grade(gold or "", response or "")
        row = {name: getattr(found, name) for name in COLUMNS}
        rows.append(
            row if gold is not None else row | {"verdict": None, "reason": "no-gold", "correct": None}
        )
    return rows


def rows(graded):
    return pa.table(graded).to_pylist()


TYPES = [
    pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary(), pa.binary_view(),
    pa.dictionary(pa.int32(), pa.string()),
]  # fmt: skip


@pytest.mark.parametrize("data_type", TYPES, ids=str)
def test_every_arrow_type_of_text(data_type):
    golds = (
        pa.array(GOLDS).cast(data_type)
        if not pa.types.is_dictionary(data_type)
        else pa.array(GOLDS).dictionary_encode()
    )
    responses = pa.array(RESPONSES, pa.string())
    assert rows(grade_batch(golds, responses)) == expected(GOLDS, RESPONSES)
    assert rows(grade_batch(GOLDS, responses.cast(pa.large_string()))) == expected(GOLDS, RESPONSES)


def test_chunks_need_not_agree():
    golds = pa.chunked_array([GOLDS[:1], [], GOLDS[1:4], GOLDS[4:]])
    responses = pa.chunked_array([RESPONSES[:5], RESPONSES[5:]])
    assert rows(grade_batch(golds, responses)) == expected(GOLDS, RESPONSES)
    assert rows(grade_batch(golds.slice(1, 4), responses.slice(1, 4))) == expected(GOLDS[1:5], RESPONSES[1:5])


def test_sequences():
    assert rows(grade_batch(GOLDS, RESPONSES)) == expected(GOLDS, RESPONSES)
    assert rows(grade_batch(tuple(GOLDS), RESPONSES)) == expected(GOLDS, RESPONSES)
    assert rows(grade_batch([], [])) == []


def test_rows_may_be_numbers_alternatives_and_messages():
    golds = [2, 0.5, ["1", 3], (None,), [], None]
    messages = [{"role": "user", "content": "?"}, {"role": "assistant", "content": "\\boxed{2}"}]
    responses = [messages, "\\boxed{\\frac12}", "\\boxed{3}", "\\boxed{1}", "\\boxed{1}", None]
    graded = grade_batch(golds, responses)
    assert [grade.correct for grade in graded] == [True, True, True, None, None, None]
    assert [grade.reason for grade in graded][3:] == ["no-gold"] * 3


def test_a_batch_is_a_sequence_of_grades():
    graded = grade_batch(
        ["1"] * 5_000 + [None], ["\\boxed{1}", "\\boxed{2}"] * 2_500 + ["\\boxed{3}"], threads=3
    )
    assert len(graded) == 5_001
    assert graded[0] == graded[-5_001] == grade("1", "\\boxed{1}")
    assert graded[4_999] == grade("1", "\\boxed{2}")
    assert (graded[-1].correct, graded[-1].verdict, bool(graded[-1])) == (None, None, False)
    assert sum(map(bool, graded)) == 2_500
    assert list(graded) == [graded[row] for row in range(len(graded))]
    assert list(graded[4_095:4_098]) == [graded[row] for row in range(4_095, 4_098)]
    assert len(graded[5_000:9_000]) == 1
    assert len(graded[3:3]) == 0
    assert graded.to_pylist() == rows(graded)
    assert repr(graded) == "GradedBatch(5001 rows: 2500 equal, 2500 different, 1 without gold)"
    for row in (5_001, -5_002):
        with pytest.raises(IndexError):
            graded[row]
    with pytest.raises(TypeError):
        graded["answer"]


def test_a_batch_can_be_pickled():
    graded = pickle.loads(pickle.dumps(grade_batch(GOLDS, RESPONSES)))
    assert rows(graded) == graded.to_pylist() == expected(GOLDS, RESPONSES)


def test_long_responses_among_short_ones():
    responses = ["thinking " * length + "\\boxed{1}" for length in (0, 1, 27, 28, 29, 1_000)] + [None]
    assert rows(grade_batch(["1"] * 7, responses)) == expected(["1"] * 7, responses)


def test_the_columns_are_there_without_rows():
    table = pa.table(grade_batch(pa.array([], pa.string()), pa.array([], pa.string())))
    assert (table.column_names, table.num_rows) == (COLUMNS, 0)


def test_the_result_can_be_read_again():
    graded = grade_batch(["1"], ["\\boxed{1}"])
    assert len(graded) == 1
    assert rows(graded) == rows(graded)
    assert repr(graded) == "GradedBatch(1 rows: 1 equal)"


@pytest.mark.parametrize(
    ("golds", "responses", "error", "message"),
    [
        (["1"], [], ValueError, "1 golds for 0 responses"),
        (pa.array([1]), ["\\boxed{1}"], TypeError, "Int64"),
        ("1", ["\\boxed{1}"], TypeError, "golds: a sequence of rows or an Arrow array is needed, not str"),
        (None, ["\\boxed{1}"], TypeError, "golds: .* not NoneType"),
        (["1"], None, TypeError, "responses: .* not NoneType"),
        (["1", b"1"], ["", ""], TypeError, r"golds\[1\]: a str or a number is needed, not bytes"),
        (["1"], [1], TypeError, r"responses\[0\]: a str or a list of chat messages is needed, not int"),
        ([float("nan")], [""], ValueError, r"golds\[0\]: it is nan"),
    ],
)
def test_bad_arguments(golds, responses, error, message):
    with pytest.raises(error, match=message):
        grade_batch(golds, responses)


def test_threads_must_be_one_at_least():
    with pytest.raises(ValueError, match="at least 1"):
        grade_batch(["1"], ["1"], threads=0)


any_text = st.none() | st.text(st.characters(), max_size=20)  # surrogates included


@given(st.lists(st.tuples(any_text, any_text.map(lambda text: text and f"\\boxed{{{text}}}")), max_size=20))
def test_a_batch_is_its_rows(pairs):
    golds, responses = [gold for gold, _ in pairs], [response for _, response in pairs]

    def without_surrogates(row):
        # Arrow text is UTF-8: the bytes of a surrogate are shown as three replacement characters.
        answer = row["answer"]
        return row | {"answer": answer and answer.encode("utf-8", "surrogatepass").decode("utf-8", "replace")}

    assert rows(grade_batch(golds, responses)) == [
        without_surrogates(row) for row in expected(golds, responses)
    ]


def test_threads_give_the_same_in_the_same_order():
    golds = [str(row % 11) for row in range(20_000)]
    responses = [f"\\boxed{{{row % 7}}} {row}" for row in range(20_000)]
    one = pa.table(grade_batch(golds, responses, threads=1))
    assert pa.table(grade_batch(golds, responses, threads=7)).equals(one)
    with ThreadPoolExecutor(8) as pool:
        for table in pool.map(lambda _: pa.table(grade_batch(golds, responses)), range(8)):
            assert table.equals(one)


def test_policy_and_thinking_are_passed_on():
    assert rows(grade_batch(["50\\%"], ["\\boxed{50}"], policy=Policy.strict()))[0]["correct"] is False
    assert rows(grade_batch(["1"], ["\\boxed{1}"], thinking=True))[0]["boxed"] is False


def test_polars():
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame({"gold": GOLDS, "response": RESPONSES})
    assert pl.DataFrame(grade_batch(frame["gold"], frame["response"])).to_dicts() == expected(
        GOLDS, RESPONSES
    )


def test_duckdb_relation():
    duckdb = pytest.importorskip("duckdb")
    rollouts = pa.table({"gold": GOLDS, "response": RESPONSES})
    found = duckdb.sql("select gold, response from rollouts").to_arrow_table()
    graded = pa.table(grade_batch(found["gold"], found["response"]))
    assert duckdb.sql("select count(*) from graded where correct").fetchall() == [(2,)]
    assert rollouts.num_rows == graded.num_rows


def test_pandas():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"gold": ["1", "2"], "response": ["\\boxed{1}", "\\boxed{1}"]})
    graded = pa.table(grade_batch(frame["gold"].tolist(), frame["response"].tolist())).to_pandas()
    assert graded["correct"].tolist() == [True, False]


def test_nothing_heavy_is_imported():
    code = (
        "import sys, sdtool, sdtool.cli; sdtool.grade_batch(['1'], ['1']);"
        "print([name for name in ('numpy', 'pyarrow', 'torch', 'typer') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_importing_the_grader_loads_little():
    code = (
        "import sys; before = set(sys.modules); import sdtool; sdtool.grade('1', '1')\n"
        "print(sorted({name.partition('.')[0] for name in set(sys.modules) - before}))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(eval(run.stdout)) <= {"sdtool", "importlib", "numbers", "decimal", "_decimal", "warnings"}
