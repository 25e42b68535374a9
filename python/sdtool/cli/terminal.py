"""Tables and sentences on stdout: as wide as the terminal, no word cut; unbroken into a file."""

from __future__ import annotations

import shutil
import sys
import textwrap
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sdtool.report.tables import Table

# Lines longer than this are hard to read, however wide the terminal is.
LONGEST = 110
GAP = 2


def fitted_to_screen(table: Table) -> str:
    """The table's text, in parts where it is wider than the terminal."""
    return fitted(table, _screen())


def show(tables: Iterable[Table], sentences: Iterable[str] = ()) -> None:
    """Print sentences and tables with an empty line between."""
    width = _screen()
    blocks = ["\n".join(wrapped(sentence, width) for sentence in sentences)]
    blocks += [f"{table.title}\n{fitted(table, width)}" for table in tables]
    typer.echo("\n\n".join(filter(None, blocks)))


def _screen() -> int | None:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def wrapped(text: str, width: int | None) -> str:
    """The text in lines of at most `width`, broken between words."""
    if width is None:
        return text
    return textwrap.fill(
        text, min(width, LONGEST), break_long_words=False, break_on_hyphens=False, subsequent_indent="  "
    )


def fitted(table: Table, width: int | None) -> str:
    """The table's text; one that is too wide comes in parts, each with the first column."""
    note = wrapped(table.note, width) if table.note else ""
    bare = replace(table, note="")
    if width is None or _width(bare) <= width:
        return "\n".join(filter(None, [bare.text(), note]))
    parts, columns = [], [0]
    for column in range(1, len(table.header)):
        if len(columns) > 1 and _width(_columns(bare, [*columns, column])) > width:
            parts.append(_columns(bare, columns))
            columns = [0]
        columns.append(column)
    parts.append(_columns(bare, columns))
    return "\n".join(filter(None, ["\n\n".join(part.text() for part in parts), note]))


def _columns(table: Table, chosen: list[int]) -> Table:
    return replace(
        table,
        header=tuple(table.header[column] for column in chosen),
        rows=tuple(tuple(row[column] for column in chosen) for row in table.rows),
    )


def _width(table: Table) -> int:
    cells = [table.header, *table.rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(table.header))]
    return sum(widths) + GAP * (len(widths) - 1)
