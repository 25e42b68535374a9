"""Training sets: the problem in each row whatever the file's shape, and the rows that hold one of a set."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sdtool.errors import InputError
from sdtool.validation.rows import batches, data_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sdtool.validation.index import Match, ProblemIndex
    from sdtool.validation.rows import Row

# Where training files have the problem, the surest first; a row's first group with any text is what is read.
PROBLEM_COLUMNS = (
    ("problem",),
    ("question",),
    ("query",),
    ("instruction", "input"),
    ("prompt",),
    ("input",),
    ("messages",),
    ("conversations",),
    ("conversation",),
    ("chat",),
    ("dialogue",),
    ("chosen",),
    ("text",),
    ("content",),
)
GOLD_COLUMNS = (
    "answer",
    "gold",
    "final_answer",
    "expected_answer",
    "ground_truth",
    "reward_model",
    "solution",
)
ANSWERING = frozenset(("assistant", "gpt", "model", "bot", "chatgpt", "function", "tool", "observation"))


@dataclass(frozen=True, slots=True)
class Shared:
    """A row of a training file that holds a problem, or possibly does (`match`), with its text and gold."""

    match: Match
    file: Path
    row: int
    text: str
    gold: str | None


@dataclass(slots=True)
class TrainingSet:
    """What was read of a training set, and what of it is among the problems.

    `read` counts the rows by the column that their problem was read from, `without` those that had none.
    """

    path: Path
    files: int = 0
    rows: int = 0
    read: Counter[str] = field(default_factory=Counter)
    without: int = 0
    shared: list[Shared] = field(default_factory=list)

    @property
    def same(self) -> list[Shared]:
        """The rows that hold a problem, once for each problem."""
        return [shared for shared in self.shared if shared.match.same]

    @property
    def holding(self) -> int:
        """How many rows hold a problem."""
        return len({(shared.file, shared.row) for shared in self.same})

    @property
    def summary(self) -> str:
        """One sentence: how many rows, where the problem was read, how many hold one of the set."""
        columns = ", ".join(f"`{name}` in {count:,}" for name, count in self.read.most_common())
        files = f" in {self.files:,} files" if self.files > 1 else ""
        without = f"; {self.without:,} rows have no problem text" if self.without else ""
        return (
            f"{self.path}: {self.rows:,} rows{files}, the problem read from {columns}{without}; "
            f"{self.holding:,} rows hold a problem of the set"
        )


def problem_of(row: Row, column: str | None = None) -> tuple[str, str]:
    """The column or columns that a training row's problem is in, and its text; both empty if there is none.

    Of a chat only what is not the assistant's is read. `column` may lead inside: `extra_info.question`.
    """
    if column is not None:
        text = text_of(_inside(row, column))
        return (column, text) if text else ("", "")
    for group in PROBLEM_COLUMNS:
        found = [(name, text) for name in group if (text := text_of(row.get(name)))]
        if found:
            return " + ".join(name for name, _ in found), "\n\n".join(text for _, text in found)
    return "", ""


def text_of(cell: Any) -> str:
    """The text of a cell: its own, or the turns of a chat but for the assistant's, in any usual spelling."""
    if isinstance(cell, str):
        if cell.lstrip()[:2] in ("[{", '{"') and (parsed := _parsed(cell)) is not None:
            return text_of(parsed) or cell
        return cell.strip()
    if isinstance(cell, list | tuple):
        return "\n\n".join(text for part in cell if (text := text_of(part)))
    if not isinstance(cell, dict):
        return ""
    speaker = cell.get("role") or cell.get("from") or cell.get("speaker") or ""
    if str(speaker).lower() in ANSWERING:
        return ""
    said = (cell.get(name) for name in ("content", "value", "text", "messages"))
    return next((text for part in said if (text := text_of(part))), "")


def gold_of(row: Row) -> str | None:
    """The gold answer of a training row, or its solution, which the grader reads the answer from."""
    for name in GOLD_COLUMNS:
        cell = row.get(name)
        cell = cell.get("ground_truth") if isinstance(cell, dict) else cell
        if isinstance(cell, str | int | float) and str(cell).strip():
            return str(cell)
    return None


def search(
    path: Path,
    index: ProblemIndex,
    same_gold: Callable[[int, str], bool],
    *,
    column: str | None = None,
    possible: int = 3,
) -> TrainingSet:
    """Which rows of a training set hold which of the problems.

    `same_gold(problem, gold)` compares a row's gold with a problem's. Of rows that only possibly hold a
    problem, the `possible` most alike are kept for each.

    Raises:
        InputError: a file cannot be read, or no row of it has a problem.
    """
    found = TrainingSet(path)
    doubtful: dict[int, list[Shared]] = {}
    columns = None if column is None else {column.split(".")[0]}
    wanted = {*(columns or {name for group in PROBLEM_COLUMNS for name in group}), *GOLD_COLUMNS}
    for file in data_files(path):
        found.files += 1
        start = read = 0
        names: set[str] = set()
        for rows in batches(file, wanted):
            texts = [problem_of(row, column) for row in rows]
            found.read.update(name for name, text in texts if text)
            found.without += sum(not text for _, text in texts)
            read += sum(bool(text) for _, text in texts)
            names.update(*rows) if not read else None

            def golds(text: int, problem: int, rows: list[Row] = rows) -> bool:
                gold = gold_of(rows[text])
                return gold is not None and same_gold(problem, gold)

            for number, matches in enumerate(index.search([text for _, text in texts], golds)):
                for match in matches:
                    shared = Shared(match, file, start + number, texts[number][1], gold_of(rows[number]))
                    kept = found.shared if match.same else doubtful.setdefault(match.problem, [])
                    kept.append(shared)
                    if not match.same and len(kept) > possible:
                        kept.remove(min(kept, key=lambda shared: shared.match.containment))
            start += len(rows)
        found.rows += start
        if not read:
            there = f"its columns are {', '.join(sorted(names))}" if names else "it has no rows"
            raise InputError(
                f"{file}: no row has a problem in {column or 'a column that usually holds it'}; {there}. "
                "Say which one holds the problem with --against-column"
            )
    found.shared += [shared for kept in doubtful.values() for shared in kept]
    return found


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _inside(row: Any, column: str) -> Any:
    if isinstance(row, dict) and column in row:
        return row[column]
    head, _, rest = column.partition(".")
    return _inside(row.get(head), rest) if rest and isinstance(row, dict) else None
