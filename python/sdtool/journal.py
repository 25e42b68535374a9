"""What workers write while a run goes on: an append-only file of JSON lines each.

A line is `{"rollout": {column: value}, "rows": n}` for a finished, graded rollout, or `{"partial": [problem
id, setting, sample], "start": s, "tokens": [...], "rows": n}` for tokens s and on of one that is still
running; `rows` says how many are in flight. A killed writer may leave half a line at the end: readers stop
before it and the next writer cuts it off, so nothing is ever glued onto it.
"""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from sdtool.schema import Key

SYNC_SECONDS = 2.0


class Journal:
    """One worker's file, open for appending."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        repair(path)
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self._synced = time.monotonic()

    def rollout(self, row: Mapping[str, Any], rows: int) -> None:
        """Append a finished rollout."""
        self._append({"rollout": row, "rows": rows})

    def partial(self, key: Key, start: int, tokens: Sequence[int], rows: int) -> None:
        """Append tokens of a rollout that is still running."""
        self._append({"partial": key, "start": start, "tokens": tokens, "rows": rows})

    def close(self) -> None:
        """Make sure of what was written and close the file."""
        os.fsync(self._file)
        os.close(self._file)

    def _append(self, entry: Mapping[str, Any]) -> None:
        line = json.dumps(entry, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"
        while line:
            line = line[os.write(self._file, line) :]
        # A killed process loses nothing that was written; only a machine that goes down does.
        if time.monotonic() - self._synced > SYNC_SECONDS:
            os.fsync(self._file)
            self._synced = time.monotonic()


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

    A line that is not JSON, as a machine that went down may leave, is passed over: its rollout is not
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
            yield offset, entry
