"""Runs made by hand for the tests: a directory with exactly the columns that `generate` writes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("problem_id", "source", "setting")),
        ("sample", pa.int32()),
        *((name, pa.float64()) for name in ("temperature", "top_p")),
        ("top_k", pa.int32()),
        *((name, pa.float64()) for name in ("min_p", "presence_penalty")),
        ("seed", pa.int64()),
        ("cap", pa.int32()),
        *((name, pa.string()) for name in ("prompt", "response", "finish_reason")),
        ("n_tokens", pa.int32()),
        ("token_ends", pa.list_(pa.int32())),
        ("think_close_token", pa.int32()),
        *((name, pa.string()) for name in ("gold", "answer", "verdict", "reason")),
        *((name, pa.bool_()) for name in ("correct", "think_closed", "boxed", "looped")),
        ("grader_version", pa.string()),
        ("tokens", pa.list_(pa.int32())),
    ]
)
RIGHT = "One and one.\n</think>\n\n\\boxed{2}"
WRONG = "One and one.\n</think>\n\n\\boxed{3}"
NO_BOX = "One and one.\n</think>\n\nTwo."
THINKING = "One and one is, wait, one and one is"


def rollout(problem: str = "p0", response: str = RIGHT, **given: object) -> dict[str, object]:
    """One row, graded as its response deserves; a token is a byte. `given` overrides any column."""
    closed = "</think>" in response
    boxed = closed and "\\boxed{" in response
    answer = response.rpartition("\\boxed{")[2].partition("}")[0] if boxed else None
    ends = list(range(1, len(response.encode()) + 1))
    row: dict[str, object] = {
        "problem_id": problem,
        "source": "tiny",
        "setting": "precise",
        "sample": 0,
        "temperature": 0.6,
        "top_p": 0.95,
        "top_k": 20,
        "min_p": 0.0,
        "presence_penalty": 0.0,
        "seed": 0,
        "cap": 1024,
        "prompt": "What is 1 + 1?<think>\n",
        "response": response,
        "finish_reason": "stop",
        "token_ends": ends,
        "think_close_token": None,
        "gold": "2",
        "answer": answer,
        "verdict": "equal" if answer == "2" else "different",
        "reason": "same" if boxed else "no-answer",
        "correct": answer == "2",
        "think_closed": closed,
        "boxed": boxed,
        "looped": False,
        "grader_version": "0",
        **given,
    }
    return {"n_tokens": len(row["token_ends"]), **row}  # type: ignore[arg-type]


def write_run(
    path: Path, rows: list[dict[str, object]], *, problems: list[str] | None = None, **provenance: object
) -> Path:
    """A run directory of these rows; `problems` names all that it was to answer."""
    (path / "rollouts").mkdir(parents=True)
    pq.write_table(
        pa.Table.from_pylist(rows, SCHEMA), path / "rollouts" / "part-0.parquet", compression="zstd"
    )
    if problems is not None:
        pq.write_table(pa.table({"id": problems}), path / "problems.parquet")
    (path / "run.json").write_text(json.dumps(provenance))
    return path


def many(count: int, right: int, setting: str = "precise", **given: object) -> list[dict[str, object]]:
    """`count` problems of which the first `right` are solved."""
    return [
        rollout(f"p{number:04}", RIGHT if number < right else WRONG, setting=setting, **given)
        for number in range(count)
    ]
