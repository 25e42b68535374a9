"""The tables of `tests/cases`, through the binding; and the shared data, where it is present."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from sdtool import compare, equivalent, explain

HERE = Path(__file__).parent
TABLES = sorted((HERE.parent / "cases").glob("*.toml"))
SHARED = HERE.parents[2] / "shared" / "cases"

# The practice rows that are graded otherwise than their suite expects: the law overrules them.
OVERRULED = {"math_verify#194": "a repetition in a list counts"}


def rows(name: str) -> list[dict[str, object]]:
    """The rows of a shared file; skips the test where the file is absent."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{path} is not here")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.stem)
def test_every_row_of_a_table_holds(table):
    for case in tomllib.loads(table.read_text(encoding="utf-8"))["case"]:
        found = compare(case["gold"], case["answer"])
        assert found.verdict == case["verdict"], (case["name"], found)


def test_the_law_holds():
    for row in rows("policy.jsonl"):
        assert equivalent(row["gold"], row["pred"]) == row["expected"], row


def test_the_practice_rows_hold_but_for_those_that_the_law_overrules():
    wrong = {
        row["id"]
        for row in rows("equivalence.jsonl")
        if equivalent(row["gold"], row["pred"]) != row["expected"]
    }
    assert wrong == set(OVERRULED)


def test_real_golds_equal_themselves_and_their_box_and_read_as_mathematics_but_for_the_listed():
    listed = tomllib.loads((HERE.parent / "cases" / "words.toml").read_text(encoding="utf-8"))
    golds = [row["gold"] for row in rows("gold_answers.jsonl")]
    words = set()
    for gold in golds:
        assert equivalent(gold, gold), gold
        assert equivalent(gold, f"\\boxed{{{gold}}}"), gold
        explained = explain(gold, gold)
        if "not read as mathematics" in explained or "means  the words" in explained:
            words.add(gold)
    assert words == {case["gold"] for case in listed["case"]}


def test_stored_pairs_agree_with_math_verify_but_for_the_listed():
    listed = tomllib.loads((HERE.parent / "cases" / "disagreements.toml").read_text(encoding="utf-8"))
    known = {(case["gold"], case["answer"]) for case in listed["case"]}
    found = {
        (row["gold"], row["pred"])
        for row in rows("rollout_pairs.jsonl")
        if equivalent(row["gold"], row["pred"]) != row["math_verify"]
    }
    assert found <= known, found - known
