"""The tables of `tests/cases`, through the binding."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from sdtool import compare

HERE = Path(__file__).parent
# `sentences.toml` and `apart.toml` have no verdict: `tests/conservation.rs` says what holds for them.
TABLES = sorted(
    path for path in (HERE.parent / "cases").glob("*.toml") if path.stem not in {"sentences", "apart"}
)


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.stem)
def test_every_row_of_a_table_holds(table):
    for case in tomllib.loads(table.read_text(encoding="utf-8"))["case"]:
        found = compare(case["gold"], case["answer"])
        assert found.verdict == case["verdict"], (case["name"], found)
