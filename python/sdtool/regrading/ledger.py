"""What is finished of a call that writes a folder, so that the same call goes on where it stopped."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sdtool.grading import GRADER_VERSION

if TYPE_CHECKING:
    import os

    from sdtool.regrading.inputs import Input
    from sdtool.regrading.jobs import Summary


class Ledger:
    """What is finished of a call that writes a folder, kept there until all of it is.

    A file counts as finished if it is there, and its input and the options are those of then.
    """

    NAME = ".regrade.jsonl"

    def __init__(self, folder: Path | None, options: dict[str, Any]) -> None:
        self._path = folder / self.NAME if folder else None
        self._options = repr((sorted(options.items()), GRADER_VERSION))
        self._finished: dict[str, Summary] = {}
        self._lock = threading.Lock()
        if self._path and self._path.is_file():
            for line in self._path.read_text(encoding="utf-8").splitlines():
                try:
                    entry = json.loads(line)
                    self._finished[entry["key"]] = entry["summary"]
                except (ValueError, KeyError):
                    continue  # the line at which the last call was killed

    def _key(self, file: Input, place: Path) -> str:
        about = file.path.stat()
        given = (str(file.path.resolve()), about.st_size, about.st_mtime_ns, file.constants, str(place))
        return repr((given, self._options))

    def get(self, file: Input, place: Path) -> Summary | None:
        """What was said of the file when it was finished, or None."""
        if not self._finished or not place.is_file() or not file.path.is_file():
            return None
        return self._finished.get(self._key(file, place))

    def add(self, file: Input, place: Path, summary: Summary) -> None:
        """Take note of a finished file."""
        if self._path is None or not file.path.is_file():
            return
        with self._lock, self._path.open("a", encoding="utf-8") as ledger:
            ledger.write(json.dumps({"key": self._key(file, place), "summary": summary}) + "\n")

    def close(self) -> None:
        """Forget it all: the call is done."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)


def finished(output: str | os.PathLike[str]) -> int:
    """How many files of an interrupted call into this folder are finished; 0 of any other output."""
    ledger = Path(output) / Ledger.NAME
    return len(ledger.read_text(encoding="utf-8").splitlines()) if ledger.is_file() else 0
