"""Rows into JSON lines or Parquet, whole or not at all."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sdtool.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

    Columns = dict[str, pa.DataType]
    Write = Callable[[Sequence[dict[str, Any]]], None]

SUFFIXES = (".jsonl", ".parquet")


def check_target(path: Path) -> None:
    """Say that a file cannot be written before work is put into it.

    Raises:
        InputError: its name says no format.
    """
    if path.suffix not in SUFFIXES:
        raise InputError(f"{path}: name a file that ends in {' or '.join(SUFFIXES)}")


@contextmanager
def writer(path: Path, columns: Columns) -> Iterator[Write]:
    """A function that appends rows to a file, which appears under its name when all are there.

    Raises:
        InputError: the file cannot be written.
    """
    open_ = _jsonl if path.suffix == ".jsonl" else _parquet
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open_(aside, columns) as write:
                yield write
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}") from error


@contextmanager
def _jsonl(path: Path, columns: Columns) -> Iterator[Write]:
    with path.open("w", encoding="utf-8", newline="\n") as file:

        def write(rows: Sequence[dict[str, Any]]) -> None:
            lines = ({name: row[name] for name in columns} for row in rows)
            file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)

        yield write


@contextmanager
def _parquet(path: Path, columns: Columns) -> Iterator[Write]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema(list(columns.items()))
    with pq.ParquetWriter(path, schema, compression="zstd") as file:
        yield lambda rows: file.write_batch(pa.RecordBatch.from_pylist(list(rows), schema=schema))
