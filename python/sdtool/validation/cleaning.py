"""Training files written again without the rows that hold a problem of a set."""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sdtool.errors import InputError
from sdtool.validation.rows import ARROW, COMPRESSIONS, LINES, format_of, opened, read_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from sdtool.validation.training import TrainingSet


def write_clean(
    sets: Sequence[TrainingSet], out: Path, problems: Collection[int]
) -> dict[Path, tuple[int, int]]:
    """Write the training sets without their rows that hold any of these problems of the index.

    One file goes to the file `out`, of the same format; several go to a folder `out`, by their names. Rows
    are as they were: lines byte for byte, Parquet and Arrow with their schema; what else a folder holds is
    copied. Returns for each file of rows the rows kept and left out.

    Raises:
        InputError: `out` is of another format, is one of the inputs, or would hold two files of one name.
    """
    rows: dict[Path, set[int]] = defaultdict(set)
    for training in sets:
        for shared in training.same:
            if shared.match.problem in problems:
                rows[shared.file].add(shared.row)
    targets: dict[Path, Path] = {}
    for training in sets:
        for file in training.files:
            single = len(sets) == 1 and training.files == [training.path]
            inside = file.relative_to(training.path) if training.path.is_dir() else file.name
            target = out if single else out / inside
            if target in targets.values():
                raise InputError(
                    f"--clean-out {out}: two training files would become {target}; clean them one by one"
                )
            if target.resolve() == file.resolve():
                raise InputError(
                    f"--clean-out {out}: would write over {file}, which it reads; give another name"
                )
            if _kind(target) != _kind(file):
                raise InputError(
                    f"--clean-out {out}: {file} is written in its own format; name it {file.suffix}"
                )
            targets[file] = target
    written = {target: _copy(file, target, rows[file]) for file, target in targets.items()}
    for training in sets:
        _copy_others(training, out)
    return written


def _kind(path: Path) -> tuple[str, str]:
    return format_of(path), path.suffix if path.suffix in COMPRESSIONS else ""


def _copy(source: Path, target: Path, without: Collection[int]) -> tuple[int, int]:
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{os.getpid()}.tmp.{target.name}")  # the suffix still says the compression
    kind = format_of(source)
    if kind == ".parquet":
        kept = _copy_parquet(source, aside, without)
    elif kind in ARROW:
        kept = _copy_arrow(source, aside, without)
    else:
        kept = _copy_text(source, aside, without, kind)
    aside.replace(target)
    return kept, len(without)


def _copy_others(training: TrainingSet, out: Path) -> None:
    """Copy what is no file of rows, such as what `datasets` has to know to load the folder."""
    for file in training.path.rglob("*") if training.path.is_dir() else ():
        if file.is_file() and file not in training.files:
            target = out / file.relative_to(training.path)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, target)


def _copy_parquet(source: Path, target: Path, without: Collection[int]) -> int:
    import pyarrow.parquet as pq

    kept = start = 0
    with (
        pq.ParquetFile(source) as file,
        pq.ParquetWriter(target, file.schema_arrow, compression="zstd") as writer,
    ):
        for batch in file.iter_batches():
            rest = _rest(batch, start, without)
            writer.write_batch(rest)
            kept, start = kept + rest.num_rows, start + batch.num_rows
    return kept


def _copy_arrow(source: Path, target: Path, without: Collection[int]) -> int:
    import pyarrow as pa

    with pa.memory_map(str(source)) as data:
        try:
            table, new = pa.ipc.open_stream(data).read_all(), pa.ipc.new_stream
        except pa.ArrowInvalid:
            table, new = pa.ipc.open_file(data).read_all(), pa.ipc.new_file
        rest = _rest(table, 0, without)
        with new(str(target), table.schema) as writer:
            writer.write_table(rest)
    return int(rest.num_rows)


def _rest(rows: Any, start: int, without: Collection[int]) -> Any:
    """The rows of a batch or table, of which the first is row `start`, that are not among these."""
    return rows.take([index for index in range(rows.num_rows) if start + index not in without])


def _copy_text(source: Path, target: Path, without: Collection[int], kind: str) -> int:
    import pyarrow as pa

    compression = "detect" if target.suffix in COMPRESSIONS else None
    with pa.output_stream(str(target), compression=compression) as file:
        if kind == ".json" and not _is_lines(source):
            rows = [row for number, row in enumerate(read_rows(source)) if number not in without]
            file.write((json.dumps(rows, ensure_ascii=False, indent=1) + "\n").encode())
            return len(rows)
        if kind in LINES or kind == ".json":
            return _copy_lines(source, file, without)
        return _copy_csv(source, file, without)


def _is_lines(path: Path) -> bool:
    with opened(path) as text:
        return not text.read(4096).lstrip().startswith("[")


def _copy_lines(source: Path, target: Any, without: Collection[int]) -> int:
    kept = number = 0
    with opened(source) as text:
        for line in text:
            if line.strip():
                if number not in without:
                    target.write(line.encode() if line.endswith("\n") else line.encode() + b"\n")
                    kept += 1
                number += 1
    return kept


def _copy_csv(source: Path, target: Any, without: Collection[int]) -> int:
    class Encoded:
        """What csv writes text to."""

        def write(self, text: str) -> None:
            target.write(text.encode())

    kept = 0
    with opened(source) as text:
        reader = csv.reader(text)
        writer = csv.writer(Encoded())
        writer.writerow(next(reader))
        rows = (row for row in reader if row)  # DictReader passes over empty lines too
        for number, row in enumerate(rows):
            if number not in without:
                writer.writerow(row)
                kept += 1
    return kept
