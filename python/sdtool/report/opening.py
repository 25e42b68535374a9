"""Opening what a path holds: Parquet files as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds

from sdtool.errors import InputError
from sdtool.metrics import METRICS
from sdtool.parameters import PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sdtool.report.columns import Column
    from sdtool.report.rollouts import Rollouts

# What a report computes with, by the name under which a run stores it. The texts stay on disk.
COLUMNS = (
    *("problem_id", "source", "difficulty", "setting", "sample", "seed", "cap"),
    *PARAMETERS,
    "reason",
    *dict.fromkeys(metric.column for metric in METRICS.values()),
)
VERDICT_COLUMNS = ("verdict", "correct", "boxed")


@dataclass(frozen=True)
class Part:
    """What one path holds; `planned` says whether it is known what it should hold, and so what is missing."""

    rollouts: Rollouts
    model: str | None
    planned: bool = False


def open_parquet(path: Path) -> ds.Dataset:
    """The Parquet file at `path`, or all those in the folder.

    Raises:
        InputError: there is none, it cannot be read, or it has no rows.
    """
    found = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
    files = [
        str(file) for file in found if not any(part.startswith(".") for part in file.relative_to(path).parts)
    ]
    if not files:
        raise InputError(f"{path}: no Parquet files in it; {grade_first(path)}")
    if path.is_file() and path.suffix not in (".parquet", ".pq") and not _is_parquet(path):
        raise InputError(f"{path}: is not Parquet; {grade_first(path)}")
    try:
        dataset = ds.dataset(files, format="parquet")
        count = dataset.count_rows()
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path}: cannot be read as Parquet: {error}") from error
    if count == 0:
        raise InputError(f"{path}: holds no rollouts")
    return dataset


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def grade_first(path: Path) -> str:
    """What to do with rollouts that have no verdicts."""
    return f"grade it first: `python -m sdtool regrade {path} --out graded.parquet`"


def ordered_settings(columns: Mapping[str, Column], experiment: Mapping[str, Any]) -> tuple[str, ...]:
    """The experiment's own order; without one, by name of the preset and then by what was varied."""
    names, first = np.unique(columns["setting"].astype(str), return_index=True)
    asked = experiment.get("setting", [])
    varied = [name for name in PARAMETERS if name in columns]

    def key(item: tuple[str, int]) -> tuple[Any, ...]:
        name, row = item
        position = asked.index(name) if name in asked else len(asked)
        return (position, name.split(",")[0], *(columns[column][row] for column in varied), name)

    return tuple(name for name, _ in sorted(zip(names.tolist(), first.tolist(), strict=True), key=key))
