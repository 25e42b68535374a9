"""Training sets: the problem in each row whatever the file's shape, and the rows that hold one of a set."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sdtool.errors import InputError
from sdtool.validation.rows import NotRowsError, batches, data_files, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sdtool.validation.index import Match, ProblemIndex
    from sdtool.validation.rows import Row

# Where training files have the problem, the surest first; a row's first group with any text is what is read.
PROBLEM_COLUMNS = (
    ("problem",),
    ("question",),
    ("query", "original_question"),
    ("instruction", "input"),
    ("prompt",),
    ("input",),
    ("statement",),
    ("user",),
    ("human",),
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
ANSWERING = frozenset(
    ("assistant", "gpt", "model", "bot", "chatgpt", "ai", "function", "tool", "observation")
)


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
    `passed` are files of a folder that hold no rows, such as settings in JSON.
    """

    path: Path
    files: list[Path] = field(default_factory=list)
    passed: list[Path] = field(default_factory=list)
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
        columns = ", ".join(f"{name} in {count:,}" for name, count in self.read.most_common())
        hold = "row holds" if self.holding == 1 else "rows hold"
        files = f" in {len(self.files):,} files" if len(self.files) > 1 else ""
        without = f"; {self.without:,} rows have no problem text" if self.without else ""
        if self.passed:
            without += f"; passed over, as they hold no rows: {', '.join(file.name for file in self.passed)}"
        return (
            f"{self.path}: {self.rows:,} rows{files}, the problem read from {columns}{without}; "
            f"{self.holding:,} {hold} a problem of the set"
        )


def problem_of(row: Row, column: str | None = None) -> tuple[str, str]:
    """The column or columns that a training row's problem is in, and its text; both empty if there is none.

    Columns are known in small letters and capitals. Of a chat only what is not the assistant's is read.
    `column` may lead inside: `extra_info.question`.
    """
    if column is not None:
        text = text_of(_inside(row, column))
        return (column, text) if text else ("", "")
    named = {name.lower(): name for name in row}
    first = ("", "")
    for group in PROBLEM_COLUMNS:
        found = [
            (named[name], text) for name in group if name in named and (text := text_of(row[named[name]]))
        ]
        if found:
            text = "\n\n".join(text for _, text in found)
            first = first if first[1] else (" + ".join(name for name, _ in found), text)
            if len(text.split()) > 1:  # a `problem` may be a number beside the `question`
                return " + ".join(name for name, _ in found), text
    return first


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
    named = {name.lower(): name for name in row}
    for name in GOLD_COLUMNS:
        cell = row[named[name]] if name in named else None
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
    doubtful: dict[int, list[Shared]] = defaultdict(list)
    for file, start, rows, texts in _problems(found, column):

        def golds(text: int, problem: int, rows: list[Row] = rows) -> bool:
            gold = gold_of(rows[text])
            return gold is not None and same_gold(problem, gold)

        for number, matches in enumerate(index.search(texts, golds)):
            for match in matches:
                text, gold = whole(texts[number]), gold_of(rows[number])
                shared = Shared(match, file, start + number, text, gold and whole(gold))
                kept = found.shared if match.same else doubtful[match.problem]
                kept.append(shared)
                if not match.same and len(kept) > possible:
                    kept.remove(min(kept, key=lambda shared: shared.match.containment))
    found.shared += [shared for kept in doubtful.values() for shared in kept]
    return found


def _problems(found: TrainingSet, column: str | None) -> Iterator[tuple[Path, int, list[Row], list[str]]]:
    """The rows of a training set with the problem in each, by file and from which row on; counts them."""
    names = (
        {column.split(".")[0]}
        if column is not None
        else {name for group in PROBLEM_COLUMNS for name in group}
    )
    for file in data_files(found.path):
        before, start = found.read.total(), 0
        there: set[str] = set()
        try:
            for rows in batches(file, {*names, *GOLD_COLUMNS}):
                told = [problem_of(row, column) for row in rows]
                found.read.update(name for name, text in told if text)
                found.without += sum(not text for _, text in told)
                there.update(*rows[:1])
                yield file, start, rows, [text for _, text in told]
                start += len(rows)
        except NotRowsError:
            if file == found.path:
                raise
            found.passed.append(file)
            continue
        found.files.append(file)
        found.rows += start
        if found.read.total() == before:
            has = f"its columns are {', '.join(sorted(there))}" if there else "it has no rows"
            raise InputError(
                f"{file}: no row has a problem in {column or 'a column that usually holds it'}; {has}. "
                "Say which one holds the problem with --against-column"
            )


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
