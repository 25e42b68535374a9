"""What workers write while a run goes on: an append-only file of JSON lines each.

A line is `{"rollout": {column: value}, "rows": n}` for a finished, graded rollout, or `{"partial": [problem
id, setting, sample], "start": s, "tokens": [...], "rows": n}` for tokens s and on of one that is still
running; `rows` says how many are in flight. A killed writer may leave half a line at the end: readers stop
before it and the next writer cuts it off, so nothing is ever glued onto it.

Lines are written at once, so a killed process loses nothing. A thread brings them to disk, for the case that
the machine goes down, so that a slow disk holds up no decoding.
"""

from __future__ import annotations

import json
import os
import threading
from typing import TYPE_CHECKING, Any

from sdtool.errors import SdtoolError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from sdtool.schema import Key

SYNC_SECONDS = 2.0


class Journal:
    """One worker's file, open for appending.

    Raises:
        SdtoolError: the file cannot be opened or written, as on a full disk. So do all methods.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._failure: OSError | None = None
        self._dirty, self._closing = threading.Event(), threading.Event()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            repair(path)
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        except OSError as error:
            raise self._error(error) from error
        self._syncer = threading.Thread(target=self._keep_synced, daemon=True)
        self._syncer.start()

    def rollout(self, row: Mapping[str, Any], rows: int) -> None:
        """Append a finished rollout."""
        self._append({"rollout": row, "rows": rows})

    def partial(self, key: Key, start: int, tokens: Sequence[int], rows: int) -> None:
        """Append tokens of a rollout that is still running."""
        self._append({"partial": key, "start": start, "tokens": tokens, "rows": rows})

    def close(self) -> None:
        """Make sure of what was written and close the file."""
        self._closing.set()
        self._dirty.set()
        self._syncer.join()
        os.close(self._file)
        self._check()

    def _append(self, entry: Mapping[str, Any]) -> None:
        self._check()
        line = json.dumps(entry, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"
        try:
            while line:
                line = line[os.write(self._file, line) :]
        except OSError as error:
            raise self._error(error) from error
        self._dirty.set()

    def _keep_synced(self) -> None:
        """Bring to disk what was written, every few seconds and once more at the end."""
        try:
            while not self._closing.is_set():
                self._dirty.wait()
                self._dirty.clear()
                os.fsync(self._file)
                self._closing.wait(SYNC_SECONDS)
            os.fsync(self._file)
        except OSError as error:
            self._failure = error

    def _check(self) -> None:
        if self._failure is not None:
            raise self._error(self._failure) from self._failure

    def _error(self, error: OSError) -> SdtoolError:
        return SdtoolError(
            f"cannot write to {self._path}: {error.strerror}; "
            "what is there is kept, run the same command to go on"
        )


def repair(path: Path) -> None:
    """Cut off a torn last line."""
    try:
        with path.open("rb+") as file:
            size = whole = file.seek(0, os.SEEK_END)
            while whole:
                start = max(0, whole - 65536)
                file.seek(start)
                newline = file.read(whole - start).rfind(b"\n")
                whole = start if newline < 0 else start + newline + 1
                if newline >= 0:
                    break
            if whole < size:
                file.truncate(whole)
    except FileNotFoundError:
        pass


def entries(path: Path, offset: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the whole lines from a byte offset on, each with the offset behind it.

    A line that is no JSON object, as a machine that went down may leave, is passed over: its rollout is not
    finished then.
    """
    with path.open("rb") as file:
        file.seek(offset)
        for line in file:
            if not line.endswith(b"\n"):
                return
            offset += len(line)
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if isinstance(entry, dict) and isinstance(entry.get("rollout", {}), dict):
                yield offset, entry
