"""The rows of a source, and the problem set's Parquet file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdtool.errors import InputError
from sdtool.schema import RENAMED
from sdtool.store import write_table
from sdtool.validation.rows import read_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sdtool.validation.recipe import Source
    from sdtool.validation.rows import Row

TEXT_COLUMNS = ("id", "problem", "answer", "source", "difficulty", "date", "contamination", "stratum")
SUBSET_COLUMNS = ("stratum", "stratum_size", "subset_rank", "weight")


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
    """The rows of a problem set, its subset columns checked where it has them.

    Raises:
        InputError: it has no rows, has subset columns only in part, or their weights do not fit.
    """
    rows = [{RENAMED.get(name, name): value for name, value in row.items()} for row in read_rows(path)]
    if not rows:
        raise InputError(f"{path}: has no rows")
    missing = [name for name in SUBSET_COLUMNS if any(row.get(name) is None for row in rows)]
    if not missing:
        _check_subset(rows, path)
    elif any(name in row for row in rows for name in SUBSET_COLUMNS):
        raise InputError(
            f"{path}: has subset columns, but not in every row a value for {', '.join(missing)}; "
            "cut it again from the full set, or take the subset columns out"
        )
    return rows


def _check_subset(rows: Sequence[Row], path: Path) -> None:
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
    if sorted(row["subset_rank"] for row in rows) != list(range(len(rows))):
        raise InputError(f"{path}: subset_rank must number the rows from 0; cut it again from the full set")


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
    if "flags" in table.column_names:  # none at all are a list too
        place = table.column_names.index("flags")
        table = table.set_column(place, "flags", table["flags"].cast(pa.list_(pa.string())))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_table(table, path)
