"""What other tools call the columns of their rollouts: the table that regrading, the report and `diff` read.

It is kept in the extension, which needs it at reading speed (`rust/sdgrade-arrow/src/layouts/`).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sdtool._native import layouts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_TABLE: dict[str, Any] = layouts()

NAMES: dict[str, tuple[str, ...]] = {name: tuple(names) for name, names in _TABLE["names"].items()}
"""Common names of a column, by the name that sdtool gives it; the first that a file has is taken."""

LABELS = NAMES.pop("label")
"""Names of columns that hold the verdicts of another grader."""

GOLDS: tuple[str, ...] = tuple(name for names in _TABLE["golds"] for name in names)
"""Common names of a column of gold answers."""

PARAMETERS: tuple[str, ...] = tuple(_TABLE["parameters"])
"""Names of decode parameters, and of what else is asked of a model that makes it another setting."""

SAMPLING: tuple[str, ...] = tuple(_TABLE["sampling"])
"""Names of objects that hold decode parameters; `regrade` writes what they hold into `decoding`."""

_MEANINGS: dict[str, str] = {
    spelling: meaning for meaning, spellings in _TABLE["finish_reasons"].items() for spelling in spellings
}


def stored_as(name: str, columns: Collection[str]) -> str | None:
    """The column among `columns` that says what sdtool calls `name`, or None."""
    if name in columns and name != "source":
        return name
    return next((spelling for spelling in NAMES.get(name, (name,)) if spelling in columns), None)


def finish_reason(spelling: str | None) -> str | None:
    """What a finish reason means: `length`, `stop`, `abort`, `tool` or `filter`.

    One of unknown spelling stays as it is; one that is not there is None.
    """
    if spelling is None or not spelling.strip():
        return None
    if spelling.startswith("{"):
        try:
            stored = json.loads(spelling)
        except ValueError:
            return spelling
        inner = stored.get("type", stored.get("reason")) if isinstance(stored, dict) else None
        return finish_reason(inner if isinstance(inner, str) else None)
    return _MEANINGS.get(spelling.strip().lower(), spelling)


def known() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Tool, gold and responses of each layout; without a gold where that has a common name."""
    for layout in _TABLE["layouts"]:
        yield layout["tool"], layout["gold"], tuple(layout["responses"])


def is_known_finish_reason(spelling: str) -> bool:
    """Whether the spelling of a finish reason is in the table."""
    return spelling.strip().lower() in _MEANINGS
