"""From a recipe to a problem set: read, check the golds, drop duplicates, draw, keep account of it all."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sdtool.errors import InputError
from sdtool.validation.budgets import draw
from sdtool.validation.duplicates import find_duplicates
from sdtool.validation.files import read_rows, read_source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sdtool import Comparison
    from sdtool.validation.files import Row
    from sdtool.validation.recipe import Recipe, Source

GOLD_FAULTS = ("unparsable-gold", "no-gold", "over-limit", "over-budget", "undefined")
PROBE = "0"  # any answer does: a fault of the gold is told whatever it is compared with
REFERENCE_TEXT = ("problem", "question", "prompt", "text")
REFERENCE_GOLD = ("answer", "gold", "final_answer", "expected_answer")


@dataclass(frozen=True, slots=True)
class Drop:
    """One row that was not taken up, why, and what shows it (a gold, or the problem that it repeats)."""

    id: str
    source: str
    reason: str
    detail: str


@dataclass(slots=True)
class ProblemSet:
    """Problems in the order of their budgets, and the account of how they came to be from the recipe.

    `read` counts each source's rows; `left` counts by source and reason what was not kept; `drops` lists
    those that were dropped for what they are, not by a filter or a draw.
    """

    recipe: Recipe
    rows: list[Row] = field(default_factory=list)
    read: dict[str, int] = field(default_factory=dict)
    left: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    drops: list[Drop] = field(default_factory=list)


def build(
    recipe: Recipe,
    base: Path,
    *,
    against: Sequence[Path] = (),
    compare: Callable[[str, str], Comparison] | None = None,
) -> ProblemSet:
    """Build a problem set: `file` sources are relative to `base`, and `against` are training sets to avoid.

    Rows without a problem or a gold, and golds that the grader cannot read, are dropped and listed, and so
    is what repeats a problem of a training set, of an earlier source, or of the same one. `compare` is
    `sdtool.compare` unless given.

    Raises:
        InputError: a source cannot be read, lacks a column that the recipe names, or is left without rows.
    """
    if compare is None:
        import sdtool

        compare = sdtool.compare
    built = ProblemSet(recipe)
    problems = [row for source in recipe.sources for row in _problems(source, base, built, compare)]
    problems = _without_duplicates(problems, recipe, against, built, compare)
    if not problems:
        raise InputError("no problem is left: all of them repeat training data")
    edges = {s.name: s.difficulty_edges for s in recipe.sources if s.difficulty_edges is not None}
    chosen: list[Row] = []
    for source in recipe.sources:
        own = draw([row for row in problems if row["source"] == source.name], seed=recipe.seed, edges=edges)
        most = len(own) if source.take is None else source.take
        if source.backfill and recipe.size is not None:
            most = min(most, max(0, recipe.size - len(chosen)))
        built.left[source.name]["not drawn"] += max(0, len(own) - most)
        chosen += own[:most]
    ordered = draw(chosen, seed=recipe.seed, edges=edges)
    if recipe.size is not None and len(ordered) > recipe.size:
        for row in ordered[recipe.size :]:
            built.left[row["source"]]["not drawn"] += 1
        ordered = draw(ordered[: recipe.size], seed=recipe.seed, edges=edges)
    built.rows = ordered
    return built


def _problems(
    source: Source, base: Path, built: ProblemSet, compare: Callable[[str, str], Comparison]
) -> list[Row]:
    """The source's rows as problems, without those that a filter or a fault of their own excludes."""
    raw = read_source(source, base)
    built.read[source.name] = len(raw)
    left = built.left[source.name]
    if not raw:
        raise InputError(f"source {source.name!r}: has no rows")
    columns = {"problem": "problem", "gold": "answer", **source.columns}
    have = set().union(*(row.keys() for row in raw))
    for name, column in (*columns.items(), *(("keep", test.column) for test in source.keep)):
        if column not in have:
            raise InputError(
                f"source {source.name!r}: there is no column {column!r} for {name}; the columns are "
                f"{', '.join(sorted(have))}. Say which one it is under [source.columns]"
            )
    problems = []
    for number, row in enumerate(raw):
        if not all(test.passes(row.get(test.column)) for test in source.keep):
            left["filtered"] += 1
            continue
        cell = {name: _text(row.get(column)) for name, column in columns.items()}
        problem: Row = {
            "id": f"{source.name}/{cell.get('id') or number}",
            "problem": cell["problem"],
            "answer": cell["gold"],
            "source": source.name,
            "difficulty": cell.get("difficulty") or source.difficulty,
            "date": cell.get("date") or source.date,
            "contamination": cell.get("contamination") or source.contamination,
        }
        fault = _fault(problem, compare)
        if fault is None:
            problems.append(problem)
            continue
        left[fault] += 1
        built.drops.append(Drop(problem["id"], source.name, fault, problem["answer"] or ""))
    if not problems:
        reasons = ", ".join(f"{count} {reason}" for reason, count in left.items())
        raise InputError(
            f"source {source.name!r}: none of its {len(raw)} rows can be used ({reasons}); check the columns "
            f"problem = {columns['problem']!r} and gold = {columns['gold']!r}, and the filters"
        )
    ids = Counter(row["id"] for row in problems)
    if (twice := next((name for name, count in ids.items() if count > 1), None)) is not None:
        raise InputError(
            f"source {source.name!r}: two rows have the id {twice!r}; map `id` to another column, or leave "
            "it out to number the rows"
        )
    return problems


def _fault(problem: Row, compare: Callable[[str, str], Comparison]) -> str | None:
    if problem["problem"] is None:
        return "no problem text"
    if problem["answer"] is None:
        return "no gold"
    reason = compare(problem["answer"], PROBE).reason
    return reason if reason in GOLD_FAULTS else None


def _text(cell: Any) -> str | None:
    """A cell as text, None if there is nothing in it; the parts of a list are joined by commas."""
    if isinstance(cell, list | tuple):
        cell = ", ".join(part for item in cell if (part := _text(item)) is not None)
    if isinstance(cell, float):
        cell = None if math.isnan(cell) else int(cell) if cell.is_integer() else cell
    text = "" if cell is None else str(cell).strip()
    return text or None


def _without_duplicates(
    problems: list[Row],
    recipe: Recipe,
    against: Sequence[Path],
    built: ProblemSet,
    compare: Callable[[str, str], Comparison],
) -> list[Row]:
    reference = [(path, number, row) for path in against for number, row in enumerate(read_rows(path))]
    texts, golds = [], []
    for path, number, row in reference:
        text = next((_text(row[name]) for name in REFERENCE_TEXT if name in row), None)
        if text is None:
            raise InputError(
                f"{path}, row {number}: has no problem; it is looked for in {', '.join(REFERENCE_TEXT)}"
            )
        texts.append(text)
        golds.append(next((_text(row[name]) for name in REFERENCE_GOLD if name in row), None))

    def same_gold(index: int, of: int, of_reference: bool) -> bool:
        other = golds[of] if of_reference else problems[of]["answer"]
        return other is not None and compare(other, problems[index]["answer"]).verdict == "equal"

    found = find_duplicates(
        [row["problem"] for row in problems],
        same_gold,
        reference=texts,
        threshold=recipe.duplicate_threshold,
        threshold_same_gold=recipe.duplicate_threshold_same_gold,
    )
    for duplicate in found:
        row = problems[duplicate.index]
        if duplicate.reference:
            path, number, _ = reference[duplicate.of]
            reason, twin = f"{duplicate.kind} duplicate of training data", f"{path.name} row {number}"
        else:
            reason, twin = f"{duplicate.kind} duplicate", problems[duplicate.of]["id"]
        built.left[row["source"]][reason] += 1
        built.drops.append(
            Drop(row["id"], row["source"], reason, f"{twin} (similarity {duplicate.similarity:.2f})")
        )
    repeated = {duplicate.index for duplicate in found}
    return [row for index, row in enumerate(problems) if index not in repeated]
