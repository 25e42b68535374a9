"""What sdtool and the libraries log, of all workers of a run, in one place: each message once.

Workers put their records into the key-value store that they share, and the process that started them, or rank
0 of a launcher's, logs them as if they were its own.
"""

from __future__ import annotations

import hashlib
import json
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch.distributed import Store  # type: ignore[attr-defined]

NAMES = ("sdtool", "transformers", "py.warnings")
"""The loggers whose records are shown."""


def handle(handler: logging.Handler, levels: Mapping[str, int]) -> None:
    """Give the records of `NAMES`, of at least these levels, to one handler and to no other."""
    from transformers.utils import logging as of_transformers

    of_transformers.disable_default_handler()  # else it writes beside ours
    logging.captureWarnings(capture=True)
    for name, level in levels.items():
        log = logging.getLogger(name)
        log.handlers, log.propagate = [handler], False
        log.setLevel(level)


def levels() -> dict[str, int]:
    """The levels from which this process shows records, for its workers."""
    return {name: logging.getLogger(name).getEffectiveLevel() for name in NAMES}


class Forward(logging.Handler):
    """In a worker: puts each message that no worker has put there yet into the store."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    def emit(self, record: logging.LogRecord) -> None:
        """Put it there."""
        text = record.getMessage()
        entry = json.dumps([record.name, record.levelno, text])
        digest = hashlib.blake2b(entry.encode(), digest_size=16).hexdigest()
        with suppress(RuntimeError):  # the process that would show it is gone
            if self._store.add(f"logged {digest}", 1) == 1:
                self._store.set(f"log {self._store.add('logs', 1)}", entry)


class Relay:
    """In the process that shows them: logs what workers have put into the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._count = 0
        self._open: list[int] = []
        """Numbers that are given out; a worker may die before it has written its message."""

    def log(self) -> None:
        """Log what is new."""
        count = self._store.add("logs", 0)
        numbers = [*self._open, *range(self._count + 1, count + 1)]
        self._count, self._open = count, []
        for number in numbers:
            if self._store.check([f"log {number}"]):
                name, level, text = json.loads(self._store.get(f"log {number}"))
                logging.getLogger(name).log(level, "%s", text)
            else:
                self._open.append(number)
