"""The examples of docs/regrade.md run as they stand there."""

from __future__ import annotations

import gc
import os
import re
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
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


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["ray", "pyspark", "daft"])
def test_example_for_many_machines(engine, tmp_path):
    pytest.importorskip(engine)
    (tmp_path / "rollouts").mkdir()
    for file in range(3):
        rows = {"id": [f"{file}-{row}" for row in range(10)], "gold": ["1/2", None] * 5}
        rows["response"] = ["\\boxed{0.5}", "\\boxed{4}"] * 5
        pq.write_table(pa.table(rows), tmp_path / "rollouts" / f"{file}.parquet")
    # A process of its own: these engines start others that outlive a function.
    code = EXAMPLES["grade_table"] + EXAMPLES[engine]
    environment = os.environ | {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True, timeout=300)
    graded = sorted(pq.read_table(tmp_path / "graded").to_pylist(), key=lambda row: row["id"])
    assert [(row["id"], row["correct"]) for row in graded] == [
        (f"{file}-{row}", True if row % 2 == 0 else None) for file in range(3) for row in range(10)
    ]
