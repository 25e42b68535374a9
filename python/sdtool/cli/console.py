"""What goes to stderr, and how much of it. Results are for stdout."""

from __future__ import annotations

import logging
import sys
import warnings
from enum import IntEnum


class Verbosity(IntEnum):
    """What is said beside results and errors."""

    QUIET = 0
    """Notes on how to read the results."""
    NORMAL = 1
    """And what is going on: the plan, progress, what to do next."""
    VERBOSE = 2
    """And what the libraries have to say."""


# What transformers says of every kernel that it lacks; those kernels are for GPUs.
SLOW_KERNEL = "is falling back to its reference PyTorch implementation"

verbosity = Verbosity.NORMAL


def set_verbosity(*, quiet: bool, verbose: bool) -> None:
    """Set it for this process."""
    global verbosity  # noqa: PLW0603 - it is the process's, as its stderr is
    verbosity = Verbosity.QUIET if quiet else Verbosity.VERBOSE if verbose else Verbosity.NORMAL


def say(text: str) -> None:
    """Say what is going on, unless quiet."""
    if verbosity > Verbosity.QUIET:
        _write(text)


def note(text: str) -> None:
    """Say what a reader of the results must know, also when quiet."""
    _write(f"note: {text}")


def log_to_stderr() -> None:
    """Show what sdtool and transformers log, and warnings: each message once, beside the progress bar."""
    from sdtool import logs

    levels = {
        Verbosity.QUIET: (logging.WARNING, logging.ERROR),
        Verbosity.NORMAL: (logging.INFO, logging.WARNING),
        Verbosity.VERBOSE: (logging.DEBUG, logging.INFO),
    }
    own, foreign = levels[verbosity]
    if verbosity < Verbosity.VERBOSE:
        warnings.simplefilter("ignore", FutureWarning)  # these are for the authors of libraries
    logs.handle(_Once(), {name: own if name == "sdtool" else foreign for name in logs.NAMES})


class _Once(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self._seen: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage().strip()
        if text in self._seen or (SLOW_KERNEL in text and not _on_gpu()):
            return
        self._seen.add(text)
        _write(text if record.name.startswith("sdtool") else f"{record.name.split('.')[0]}: {text}")


def _on_gpu() -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and bool(torch.cuda.is_available())


def _write(text: str) -> None:
    if "tqdm" in sys.modules:
        from tqdm import tqdm

        tqdm.write(text, file=sys.stderr)
    else:
        print(text, file=sys.stderr)  # noqa: T201 - the command line is what prints
