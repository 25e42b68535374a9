"""The examples of docs/regrade.md run as they stand there."""

from __future__ import annotations

import gc
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "regrade.md"
EXAMPLES = dict(
    re.findall(r"<!-- example: (\w+) -->\n```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
)


@pytest.mark.parametrize("library", ["pyarrow", "polars", "duckdb", "datasets", "pandas"])
def test_example(library, monkeypatch, tmp_path):
    pytest.importorskip(library)
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    names = {}
    exec(compile(EXAMPLES[library], f"{PAGE.name}, {library}", "exec"), names)
    # A connection that lives in a cycle until the interpreter ends makes DuckDB complain of leaks.
    if "connection" in names:
        names["connection"].close()
    names.clear()
    gc.collect()
