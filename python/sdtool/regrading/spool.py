"""Rare formats, written as JSON lines before they are graded: CSV, bz2, xz, JSON with a wrapper, pipes."""

from __future__ import annotations

import bz2
import csv
import gzip
import json
import lzma
import shutil
import sys
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from sdtool.errors import InputError
from sdtool.regrading import wrappers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

STDIN = Path("-")
"""Standard input."""

BZ2, XZ, GZIP = b"BZh", b"\xfd7zXZ\x00", b"\x1f\x8b"

PEEKED = 1 << 12


def native(path: Path, folder: Callable[[], Path]) -> Path:
    """The file, or a copy in `folder` that the extension reads.

    Args:
        path: the input; `STDIN` is standard input.
        folder: makes, where that is needed, the folder of copies.

    Raises:
        InputError: the input cannot be read as what it seems to be.
    """
    shown = "standard input" if path == STDIN else str(path)
    try:
        if path == STDIN or not path.is_file():
            path = _copied(path, folder())
        start = peek(path, packed=True)
        if start.startswith((BZ2, XZ)):
            return native(_unpacked(path, folder(), bz2.open if start.startswith(BZ2) else lzma.open), folder)
        names = path.name.removesuffix(".gz")
        if names.endswith((".csv", ".tsv")):
            return _from_csv(path, folder(), "\t" if names.endswith(".tsv") else ",")
        if names.endswith(".json") and (found := wrapped(path)) is not None:
            return _lines(found, folder())
    except (OSError, EOFError, lzma.LZMAError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{shown}: {error}") from None
    return path


def peek(path: Path, *, packed: bool = False) -> bytes:
    """How a file begins; what gzip, bz2 or xz hold, unless it is asked for `packed`."""
    with path.open("rb") as file:
        start = file.read(PEEKED)
    openers: dict[bytes, Any] = {GZIP: gzip.open, BZ2: bz2.open, XZ: lzma.open}
    opener = next((opener for magic, opener in openers.items() if start.startswith(magic)), None)
    if packed or opener is None:
        return start
    try:
        with opener(path, "rb") as unpacked:
            return bytes(unpacked.read(PEEKED))
    except (OSError, EOFError, lzma.LZMAError):
        return start  # the reader says what is wrong with it


def wrapped(path: Path) -> list[dict[str, Any]] | None:
    """The rollouts of a file that is one JSON object around them, each with the model and the task."""
    start = peek(path).removeprefix(b"\xef\xbb\xbf").lstrip()
    named = any(f'"{name}"'.encode() in start for name in (*wrappers.WRAPPERS, "eval"))
    if not start.startswith(b"{") or not (named or b"\n{" not in start):
        return None
    try:
        opener: Any = gzip.open if path.name.endswith(".gz") else open
        with opener(path, "rt", encoding="utf-8-sig") as file:
            first = file.readline()
            whole = json.loads(first) if first.rstrip().endswith("}") else None
            if whole is None:
                whole = json.loads(first + file.read())
            elif file.read(1):
                return None  # one object a line, of which there may be many
    except (ValueError, OSError, EOFError, RecursionError):
        return None  # several objects, or a fault that the reader names
    return wrappers.rollouts(whole) if isinstance(whole, dict) else None


def _copied(path: Path, folder: Path) -> Path:
    """Standard input or a pipe as a file."""
    source: IO[bytes] = sys.stdin.buffer if path == STDIN else path.open("rb")
    with source, tempfile.NamedTemporaryFile(dir=folder, delete=False) as copy:
        shutil.copyfileobj(source, copy, 1 << 20)
    return Path(copy.name)


def _unpacked(path: Path, folder: Path, opener: Callable[..., Any]) -> Path:
    name = path.name.removesuffix(".bz2").removesuffix(".xz")
    with (
        opener(path, "rb") as source,
        tempfile.NamedTemporaryFile(dir=folder, suffix=f"-{name}", delete=False) as copy,
    ):
        shutil.copyfileobj(source, copy, 1 << 20)
    return Path(copy.name)


def _from_csv(path: Path, folder: Path, delimiter: str) -> Path:
    """The rows of a CSV file as objects of texts; an empty field is null."""
    csv.field_size_limit(sys.maxsize)
    opener: Any = gzip.open if path.name.endswith(".gz") else open
    with (
        opener(path, "rt", encoding="utf-8-sig", newline="") as source,
        tempfile.NamedTemporaryFile(
            "w", dir=folder, suffix=".jsonl", delete=False, encoding="utf-8"
        ) as lines,
    ):
        rows = csv.DictReader(source, delimiter=delimiter, strict=True)
        names = rows.fieldnames or ()
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise csv.Error(f"line 1: several columns are called {twice!r}; give each a name of its own")
        lines.write("\n")  # for the header, so that the numbers of the lines are those of the file
        for row in rows:
            if None in row or None in row.values():
                width = len(rows.fieldnames or ())
                raise csv.Error(
                    f"line {rows.line_num}: this row does not have {width} fields, as the header has"
                )
            lines.write(json.dumps({name: value or None for name, value in row.items()}) + "\n")
    return Path(lines.name)


def _lines(rows: list[dict[str, Any]] | list[Mapping[str, Any]], folder: Path) -> Path:
    with tempfile.NamedTemporaryFile("w", dir=folder, suffix=".jsonl", delete=False) as lines:
        lines.writelines(json.dumps(row) + "\n" for row in rows)
    return Path(lines.name)
