"""Rows of any source, and the problem set's Parquet file."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

from sdtool.errors import InputError
from sdtool.store import write_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sdtool.validation.recipe import Source

TEXT_COLUMNS = ("id", "problem", "answer", "source", "difficulty", "date", "contamination", "stratum")
FORMATS = (".parquet", ".jsonl", ".json", ".csv")
BUDGET_COLUMNS = ("stratum", "stratum_size", "budget_rank", "weight")

Row = dict[str, Any]


def read_rows(path: Path) -> list[Row]:
    """All rows of a .parquet, .jsonl, .json (a list) or .csv file.

    Raises:
        InputError: the file is missing, of another kind, or cannot be read as what it is named.
    """
    kind = path.suffix.lower()
    if kind not in FORMATS:
        raise InputError(f"{path}: cannot tell its format; use {', '.join(FORMATS)}")
    try:
        if kind == ".parquet":
            import pyarrow.parquet as pq

            rows = pq.read_table(path).to_pylist()
        elif kind == ".csv":
            with path.open(encoding="utf-8", newline="") as lines:
                rows = list(csv.DictReader(lines))  # untyped: a gold of 025 must not become 25
        elif kind == ".jsonl":
            with path.open(encoding="utf-8") as lines:
                rows = [json.loads(line) for line in lines if line.strip()]
        else:
            rows = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file") from error
    except (OSError, ValueError) as error:  # ArrowInvalid and JSONDecodeError are ValueErrors
        raise InputError(f"{path}: cannot be read as {kind[1:]}: {error}") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputError(f"{path}: must hold a list of objects, one a row")
    return rows


def read_source(source: Source, base: Path) -> list[Row]:
    """All rows of a source, from its file (relative to `base`) or from the hub.

    Raises:
        InputError: the file or data set is not there, or cannot be read.
    """
    if source.file is not None:
        return read_rows(base / source.file)
    try:
        import datasets
    except ImportError as error:
        raise InputError(
            f"source {source.name!r} is on the hub; install sdtool[generate] for it, or download it "
            "and give `file` in place of `hub`"
        ) from error
    try:
        loaded = datasets.load_dataset(
            source.hub, source.config, split=source.split, revision=source.revision
        )
    except (OSError, ValueError, RuntimeError) as error:  # missing data set, split, network
        raise InputError(
            f"source {source.name!r}: {source.hub} cannot be loaded ({error}); check its name, config and "
            "split, and the network, or download it and give `file`"
        ) from error
    return [dict(row) for row in loaded]


def read_problem_set(path: Path) -> list[Row]:
    """The rows of a problem set, its budget columns checked where it has them.

    Raises:
        InputError: it has no rows, has budget columns only in part, or their weights do not fit.
    """
    rows = read_rows(path)
    if not rows:
        raise InputError(f"{path}: has no rows")
    missing = [name for name in BUDGET_COLUMNS if any(row.get(name) is None for row in rows)]
    if not missing:
        _check_budget(rows, path)
    elif any(name in row for row in rows for name in BUDGET_COLUMNS):
        raise InputError(
            f"{path}: has budget columns, but not in every row a value for {', '.join(missing)}; "
            "cut it again from the full set, or take the budget columns out"
        )
    return rows


def _check_budget(rows: Sequence[Row], path: Path) -> None:
    sums: dict[str, float] = {}
    sizes: dict[str, int] = {}
    for row in rows:
        stratum, size = row["stratum"], row["stratum_size"]
        if sizes.setdefault(stratum, size) != size:
            raise InputError(f"{path}: stratum {stratum!r} is given two sizes, {sizes[stratum]} and {size}")
        sums[stratum] = sums.get(stratum, 0.0) + row["weight"]
    for stratum, total in sums.items():
        if abs(total - sizes[stratum]) > 1e-6 * sizes[stratum]:
            raise InputError(
                f"{path}: the weights of stratum {stratum!r} sum to {total:g}, not to its size "
                f"{sizes[stratum]}: rows came or went since it was cut; cut it again from the full set"
            )
    if sorted(row["budget_rank"] for row in rows) != list(range(len(rows))):
        raise InputError(f"{path}: budget_rank must number the rows from 0; cut it again from the full set")


def write_problem_set(rows: Sequence[Row], path: Path) -> None:
    """Write the rows as Parquet (zstd), whole or not at all.

    Raises:
        InputError: a column holds values of several types.
    """
    import pyarrow as pa

    try:
        table = pa.Table.from_pylist(list(rows))
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise InputError(f"{path}: a column holds values of several types: {error}") from error
    for name in TEXT_COLUMNS:
        if name in table.column_names and pa.types.is_null(table.schema.field(name).type):
            table = table.set_column(table.column_names.index(name), name, table[name].cast(pa.string()))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_table(table, path)
