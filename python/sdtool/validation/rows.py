"""Rows of any file or folder of files, a batch at a time."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sdtool.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

Row = dict[str, Any]


class NotRowsError(InputError):
    """A file can be read, but holds something else than rows."""


LINES = (".jsonl", ".ndjson")
ARROW = (".arrow", ".feather")
FORMATS = (".parquet", *LINES, ".json", ".csv", *ARROW)
COMPRESSIONS = (".gz", ".bz2", ".zst", ".lz4")
# What the datasets library writes beside its data, and what it caches of it.
NO_DATA = ("state.json", "dataset_info.json", "dataset_infos.json", "dataset_dict.json")
BATCH = 2_000  # rows


def format_of(path: Path) -> str:
    """The file's format, one of `FORMATS`, by its name without a suffix of compression.

    Raises:
        InputError: the name tells none.
    """
    name = path.with_suffix("") if path.suffix.lower() in COMPRESSIONS else path
    kind = name.suffix.lower()
    if kind not in FORMATS:
        raise InputError(f"{path}: cannot tell its format; use {', '.join(FORMATS)}")
    return kind


def data_files(path: Path) -> list[Path]:
    """The files that a path stands for: itself, or all files of rows in a folder, or those of a pattern.

    A folder may be one that `datasets` saved, or a clone of a data set of the hub.

    Raises:
        InputError: there is no such file, or no file of rows in the folder.
    """
    if path.is_file():
        return [path]
    if path.is_dir():
        inside = [file for file in path.rglob("*") if not _hidden(file.relative_to(path))]
    else:
        inside = list(Path(path.anchor).glob(str(path.relative_to(path.anchor))))
    found = sorted(file for file in inside if file.is_file() and _is_data(file))
    if not found:
        if path.is_dir():
            raise InputError(f"{path}: holds no file of rows ({', '.join(FORMATS)})")
        raise InputError(f"{path}: there is no such file")
    return found


def read_rows(path: Path) -> list[Row]:
    """All rows of a file, a folder or a pattern.

    Raises:
        InputError: as `data_files` and `batches`.
    """
    return [row for file in data_files(path) for batch in batches(file) for row in batch]


def batches(path: Path, columns: Collection[str] | None = None) -> Iterator[list[Row]]:
    """The rows of one file in order, some thousands at a time; blank lines are no rows.

    `columns` are the only ones that are wanted: others are not read where the format allows that.

    Raises:
        InputError: the file is missing, of another kind, or cannot be read as what it is named.
    """
    kind = format_of(path)
    try:
        if kind == ".parquet":
            yield from _parquet(path, columns)
        elif kind in ARROW:
            yield from _arrow(path, columns)
        else:
            yield from _chunked(_text_rows(path, kind), path)
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file") from error
    except RecursionError as error:
        raise InputError(f"{path}: cannot be read as {kind[1:]}: it is nested too deeply") from error
    except InputError:
        raise
    except (OSError, ValueError, csv.Error) as error:  # ArrowInvalid and JSONDecodeError are ValueErrors
        raise InputError(f"{path}: cannot be read as {kind[1:]}: {error}") from error


def whole(text: str) -> str:
    """The text with U+FFFD for each half of a surrogate pair, which JSON may hold and no file can."""
    return text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def opened(path: Path) -> io.TextIOWrapper:
    """The text of a file, decompressed, without a byte order mark; line ends as they are."""
    import pyarrow as pa

    return io.TextIOWrapper(
        pa.input_stream(str(path), compression="detect"), encoding="utf-8-sig", newline=""
    )


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _is_data(file: Path) -> bool:
    cached = file.name.startswith("cache-") and file.suffix == ".arrow"
    try:
        return bool(format_of(file)) and file.name not in NO_DATA and not cached
    except InputError:
        return False


def _parquet(path: Path, columns: Collection[str] | None) -> Iterator[list[Row]]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(BATCH, columns=_wanted(file.schema_arrow.names, columns)):
            yield batch.to_pylist()


def _arrow(path: Path, columns: Collection[str] | None) -> Iterator[list[Row]]:
    import pyarrow as pa

    with pa.memory_map(str(path)) as source:
        try:
            reader = pa.ipc.open_stream(source)
            parts = iter(reader)
        except pa.ArrowInvalid:
            file = pa.ipc.open_file(source)
            reader, parts = file, (file.get_batch(index) for index in range(file.num_record_batches))
        names = _wanted(reader.schema.names, columns)
        for part in parts:
            chosen = part.select(names)
            for start in range(0, chosen.num_rows, BATCH):
                yield chosen.slice(start, BATCH).to_pylist()


def _wanted(names: list[str], columns: Collection[str] | None) -> list[str]:
    """The columns to read: those that are wanted, or all where none of those is there, to name them."""
    if columns is None:
        return names
    return [name for name in names if name in columns or name.lower() in columns] or names


def _text_rows(path: Path, kind: str) -> Iterator[Any]:
    with opened(path) as text:
        if kind == ".csv":
            csv.field_size_limit(2**31 - 1)  # solutions are longer than the default of 128 KiB
            yield from csv.DictReader(text)  # untyped: a gold of 025 must not become 25
        elif kind == ".json" and (rows := _json_array(path)) is not None:
            yield from rows
        else:
            for number, line in enumerate(text, 1):
                if line.strip():
                    try:
                        yield json.loads(line)
                    except json.JSONDecodeError as error:
                        raise InputError(
                            f"{path}, line {number}: cannot be read as {kind[1:]}: {error}"
                        ) from error


def _json_array(path: Path) -> Any:
    """What a .json file holds as a whole; None if it holds lines of JSON, as many do."""
    with opened(path) as text:
        lines = (line for line in text if line.strip())
        first, second = next(lines, ""), next(lines, "")
        if second and _is_json(first):
            return None
        rows = json.loads("".join([first, second, *lines]))
    if not isinstance(rows, list):
        raise NotRowsError(f"{path}: must hold a list of objects, one a row")
    return rows


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _chunked(rows: Iterator[Any], path: Path) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        if not isinstance(row, dict):
            raise NotRowsError(f"{path}: must hold a list of objects, one a row")
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
