"""A clean stop at Ctrl-C, at SIGTERM (batch systems, before they take a machine away) and at SIGHUP."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# A launcher passes a Ctrl-C on to ranks that the terminal has told already: that is still the first one.
REPEAT_SECONDS = 1.0


def _nothing() -> None:
    """Say nothing."""


_announce: Callable[[], None] = _nothing
"""Tells the user that a signal was seen; set by the innermost `interrupting`."""


_interrupted = False
"""Whether the innermost `interrupting` has raised: what it met may have swallowed that, as importing does."""


@contextmanager
def interrupting(announce: Callable[[], None] = _nothing) -> Iterator[None]:
    """While inside, every stopping signal raises KeyboardInterrupt, as Ctrl-C does; SIGTERM and SIGHUP once.

    Args:
        announce: called at the first one, also where `stopping` handles it.

    Raises:
        KeyboardInterrupt: a signal came; also where the code that it met made another exception of it.
    """
    global _announce, _interrupted

    def handle(number: int, _frame: Any) -> None:
        global _interrupted  # noqa: PLW0603
        if not _interrupted:
            _interrupted = True
            _say()
            raise KeyboardInterrupt
        if number == signal.SIGINT:
            raise KeyboardInterrupt

    before = _announce, _interrupted
    _announce, _interrupted = announce, False
    try:
        with _handled(handle):
            yield
    except Exception as error:
        if _interrupted:
            raise KeyboardInterrupt from error
        raise
    finally:
        _announce, _interrupted = before


@contextmanager
def stopping(stop: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    """While inside, the first signal calls `stop`, which is to bring the work inside to its end.

    A second Ctrl-C does not wait for that. The value tells whether a signal has come.

    Raises:
        KeyboardInterrupt: on leaving, where a signal came; at once at a second Ctrl-C, and where one came to
            `interrupting` around it.
    """
    if _interrupted:
        raise KeyboardInterrupt
    first: float | None = None

    def handle(number: int, _frame: Any) -> None:
        nonlocal first
        if first is None:
            first = time.monotonic()
            stop()
            _say()
        elif number == signal.SIGINT and time.monotonic() - first > REPEAT_SECONDS:
            raise KeyboardInterrupt

    with _handled(handle):
        yield lambda: first is not None
    if first is not None:
        raise KeyboardInterrupt


def _say() -> None:
    with suppress(OSError, RuntimeError):  # a terminal that is gone, or that is being written to right now
        _announce()


@contextmanager
def _handled(handle: Callable[[int, Any], None]) -> Iterator[None]:
    """Install a handler, except for signals that are ignored on purpose, as under nohup."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may install handlers, and only it gets signals
        return
    before = {
        number: signal.signal(number, handle)
        for number in STOPPING
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
