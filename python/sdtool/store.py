"""A run on disk: one directory that other tools can read without sdtool.

    experiment.toml   what was asked for, resolved
    run.json          provenance: versions, seeds, hashes, devices, and how many rollouts are planned
    problems.parquet  the problems, with their tags and their place in the problem set's subsets
    progress.json     figures of a run that is going on
    rollouts/         Parquet (zstd), one row a graded rollout, columns `schema.COLUMNS`
    journal/          what the workers of an unfinished run have written; moved to rollouts/ when it ends

A file appears under its final name only when it is whole.
"""

from __future__ import annotations

import dataclasses
import json
import logging
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sdtool import journal
from sdtool.config import Experiment, experiment, read_toml, to_toml
from sdtool.errors import InputError, SdtoolError
from sdtool.schema import COLUMNS, RENAMED, Key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from sdtool.schema import Problem

ROW_GROUP = 256
CARRIED = "carried"
"""The journal of what an earlier attempt left unfinished; the others are named after their workers."""
log = logging.getLogger(__name__)

PROBLEM_COLUMNS = {"text": "problem", "gold": "answer"}  # of a problem set, where a Problem's words differ


def arrow_schema() -> pa.Schema:
    """Return the columns of a stored rollout as an Arrow schema."""
    import pyarrow as pa

    kinds = {"list<int32>": pa.list_(pa.int32()), "bool": pa.bool_()}
    return pa.schema([(name, kinds.get(kind) or getattr(pa, kind)()) for name, kind in COLUMNS.items()])


def read(path: Path) -> pa.Table:
    """Read the rollouts of a run that are in Parquet.

    Raises:
        InputError: there are none.
    """
    import pyarrow.dataset as ds

    parts = sorted((path / "rollouts").glob("*.parquet"))
    if not parts:
        raise InputError(f"{path} holds no rollouts")
    return ds.dataset([str(part) for part in parts], schema=arrow_schema()).to_table()


class RunDirectory:
    """The files of one run.

    One process at a time may write to it, apart from the workers that this process has started.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rollouts = path / "rollouts"
        self.journals = path / "journal"

    def open(self, wanted: Experiment, *, resume: bool) -> None:
        """Make the directory for an experiment, or find it made for the same one.

        Raises:
            InputError: it holds another experiment, or rollouts although `resume` is False.
        """
        stored = self.path / "experiment.toml"
        if stored.exists():
            if experiment(read_toml(stored)).hash != wanted.hash:
                differing = ", ".join(_difference(experiment(read_toml(stored)), wanted))
                raise InputError(f"{self.path} holds another experiment ({differing}); give another --out")
            if not resume and (any(self.rollouts.glob("*.parquet")) or self.journal_files()):
                raise InputError(
                    f"{self.path} already holds rollouts; give another --out, or leave --no-resume out"
                )
        self.rollouts.mkdir(exist_ok=True)
        self.journals.mkdir(exist_ok=True)
        for leftover in self.rollouts.glob(".*.tmp"):
            leftover.unlink()
        write_whole(stored, to_toml(wanted))

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other processes out; the lock goes with the process, however it ends.

        A file system without locks gets a warning instead.

        Raises:
            InputError: another process writes to the run, or the directory is not a run or cannot be written.
        """
        from filelock import FileLock, Timeout

        lock = self.path / ".lock"
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            known = {lock, self.path / "experiment.toml"}
            if not known & set(self.path.iterdir()) and any(self.path.iterdir()):
                raise InputError(f"{self.path} exists and is not a run; give another --out")
            lock.touch()
        except OSError as error:
            raise InputError(f"cannot write to {self.path}: {error.strerror}") from error
        held = FileLock(lock, blocking=False)
        try:
            held.acquire()
        except Timeout as error:
            raise InputError(f"another process is writing to {self.path}; wait for it or stop it") from error
        except (OSError, NotImplementedError) as error:
            log.warning(
                "%s is on a file system without locks (%s): let no other process write to this run",
                self.path, getattr(error, "strerror", None) or error,
            )  # fmt: skip
        try:
            yield
        finally:
            held.release()

    def check_provenance(self, provenance: Mapping[str, Any]) -> None:
        """Compare with the stored provenance what must not change within a run, then store it.

        Raises:
            InputError: the model's or the problems' content is not what the run began with.
        """
        stored = self.provenance()
        for name in ("model_hash", "tokenizer_hash", "problems_hash"):
            if name in stored and stored[name] != provenance[name]:
                raise InputError(
                    f"{self.path} was made with another {name.removesuffix('_hash')} of the same name "
                    f"(its content has changed); give another --out"
                )
        write_whole(self.path / "run.json", json.dumps({**stored, **provenance}, indent=2) + "\n")

    def provenance(self) -> dict[str, Any]:
        """Return what run.json holds, or nothing if there is none yet."""
        try:
            found: dict[str, Any] = json.loads((self.path / "run.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return found

    def add_seconds(self, seconds: float) -> None:
        """Add to the time that the run has taken, over all attempts that ended by themselves."""
        stored = self.provenance()
        taken = round(stored.get("seconds", 0.0) + seconds, 1)
        write_whole(self.path / "run.json", json.dumps({**stored, "seconds": taken}, indent=2) + "\n")

    def journal_files(self) -> list[Path]:
        """Return the workers' files."""
        return sorted(self.journals.glob("*.jsonl"))

    def finished(self) -> set[Key]:
        """Return the keys of the rollouts that are in Parquet."""
        import pyarrow.parquet as pq

        keys: set[Key] = set()
        for part in self.rollouts.glob("*.parquet"):
            columns = pq.read_table(part, columns=["problem_id", "setting", "sample"]).to_pydict()
            keys.update(zip(*columns.values(), strict=True))
        return keys

    def partials(self) -> dict[Key, tuple[int, ...]]:
        """Return the tokens of unfinished rollouts, from the journals."""
        pieces: dict[Key, dict[int, list[int]]] = {}
        ended: set[Key] = set()
        for path in self.journal_files():
            for _, entry in journal.entries(path):
                if "partial" in entry:
                    problem, setting, sample = entry["partial"]
                    pieces.setdefault((problem, setting, sample), {})[entry["start"]] = entry["tokens"]
                else:
                    ended.add(_key(entry["rollout"]))
        return {key: _joined(found) for key, found in pieces.items() if key not in ended}

    def write_problems(self, problems: Sequence[Problem]) -> None:
        """Keep the problems, as a problem set that can be given to `--data` again."""
        import pyarrow as pa

        rows = [dataclasses.asdict(problem) for problem in problems]
        table = pa.table(
            {PROBLEM_COLUMNS.get(name, name): [row[name] for row in rows] for name in rows[0]},
        )
        known = [name for name in table.column_names if table[name].null_count < len(rows)]
        write_table(table.select(known), self.path / "problems.parquet")

    def read_problems(self) -> list[Problem]:
        """Return the problems that the run began with, in their order."""
        import pyarrow.parquet as pq

        from sdtool.schema import Problem

        words = {**RENAMED, **{column: word for word, column in PROBLEM_COLUMNS.items()}}
        rows = pq.read_table(self.path / "problems.parquet").to_pylist()
        return [Problem(**{words.get(name, name): value for name, value in row.items()}) for row in rows]

    def compact(self, order: Sequence[Key]) -> None:
        """Move what the journals hold to one new Parquet file, in the given order.

        May be killed at any point and done again: a rollout is moved once, and unfinished ones stay.

        Raises:
            InputError: a journal is of a version of sdtool that stores other columns; nothing is moved then.
        """
        files = self.journal_files()
        if not files:
            return
        for path in files:
            journal.repair(path)
        done = self.finished()
        places: dict[Key, tuple[Path, int]] = {}
        for path in files:
            start = 0
            for end, entry in journal.entries(path):
                if "rollout" in entry:
                    _check_columns(entry["rollout"], path)
                    places.setdefault(_key(entry["rollout"]), (path, start))
                start = end
        new = [places[key] for key in order if key in places and key not in done]
        partials = {key: tokens for key, tokens in self.partials().items() if key not in done}
        if new:
            self._write_part(new)
        carried = self.journals / f"{CARRIED}.jsonl"
        if partials:
            lines = [
                {"partial": key, "start": 0, "tokens": tokens, "rows": 0} for key, tokens in partials.items()
            ]
            write_whole(carried, "".join(json.dumps(line) + "\n" for line in lines))
        for path in files:
            if path != carried or not partials:
                path.unlink()

    def _write_part(self, places: Sequence[tuple[Path, int]]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        taken = [int(part.stem.removeprefix("part-")) for part in self.rollouts.glob("part-*.parquet")]
        final = self.rollouts / f"part-{max(taken, default=-1) + 1:05}.parquet"
        schema = arrow_schema()
        with (
            _whole(final, f".{final.name}.tmp") as aside,
            pq.ParquetWriter(aside, schema, compression="zstd") as writer,
        ):
            for first in range(0, len(places), ROW_GROUP):
                rows = [
                    next(journal.entries(*place))[1]["rollout"] for place in places[first : first + ROW_GROUP]
                ]
                writer.write_batch(pa.RecordBatch.from_pylist(rows, schema=schema))


def write_whole(path: Path, text: str, *, durable: bool = True) -> None:
    """Write a file so that it is there with all of the text or not at all.

    Args:
        path: its final name.
        text: its content.
        durable: whether to wait until it is on disk, so that it outlives a machine that goes down.

    Raises:
        SdtoolError: it cannot be written.
    """
    with _whole(path, f".{path.name}.{os.getpid()}.tmp", durable=durable) as aside:
        aside.write_text(text, encoding="utf-8")


def write_table(table: pa.Table, path: Path) -> None:
    """Write a Parquet file (zstd) so that it is there with all rows or not at all.

    Raises:
        SdtoolError: it cannot be written.
    """
    import pyarrow.parquet as pq

    with _whole(path, f".{path.name}.{os.getpid()}.tmp") as aside:
        pq.write_table(table, aside, compression="zstd")


@contextmanager
def _whole(final: Path, name: str, *, durable: bool = True) -> Iterator[Path]:
    """A file beside `final` to write to, which gets its final name once its content is on disk."""
    aside = final.with_name(name)
    try:
        yield aside
        if durable:
            _sync(aside)
        aside.replace(final)
        if durable:
            _sync(final.parent)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise SdtoolError(f"cannot write {final}: {error.strerror or error}") from error


def _sync(path: Path) -> None:
    if path.is_dir() and os.name != "posix":
        return  # Windows opens no folders, and keeps names in order by itself
    file = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _check_columns(row: Mapping[str, Any], path: Path) -> None:
    """Refuse what Arrow would fill with nulls, or leave out, without a word."""
    if row.keys() == COLUMNS.keys():
        return
    parts = [
        f"{said} {', '.join(sorted(names))}"
        for said, names in (("without", COLUMNS.keys() - row.keys()), ("with", row.keys() - COLUMNS.keys()))
        if names
    ]
    raise InputError(
        f"{path} is of another version of sdtool, {' and '.join(parts)}; finish the run with the version in "
        "its run.json, or give another --out"
    )


def _key(row: Mapping[str, Any]) -> Key:
    return row["problem_id"], row["setting"], row["sample"]


def _joined(pieces: Mapping[int, list[int]]) -> tuple[int, ...]:
    """Put pieces together by where they start; what follows a gap is lost."""
    tokens: list[int] = []
    for start, piece in sorted(pieces.items()):
        if start == len(tokens):
            tokens += piece
    return tuple(tokens)


def _difference(stored: Experiment, wanted: Experiment) -> list[str]:
    return [
        field.name
        for field in dataclasses.fields(Experiment)
        if getattr(stored, field.name) != getattr(wanted, field.name)
        and field.name not in {"engine", "batch_size", "keep_tokens"}
    ]
