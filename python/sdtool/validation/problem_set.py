"""From a recipe to a problem set: read, check, find copies and training data, draw, keep account."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sdtool.errors import InputError
from sdtool.validation import training
from sdtool.validation.checks import CONFLICT, UNIT, gold_fault, gold_flags, text_flags
from sdtool.validation.duplicates import find_duplicates
from sdtool.validation.files import read_source
from sdtool.validation.index import ProblemIndex
from sdtool.validation.rows import whole
from sdtool.validation.subsets import draw

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sdtool import Comparison, GoldCheck
    from sdtool.validation.index import Match
    from sdtool.validation.recipe import Recipe, Source
    from sdtool.validation.rows import Row
    from sdtool.validation.training import TrainingSet

CONTAMINATED = "in training data"


@dataclass(frozen=True, slots=True)
class Drop:
    """One row that was not taken up, why, and what shows it (a gold, or the problem that it repeats)."""

    id: str
    source: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Flag:
    """What is the matter with a problem that was kept, as the column `flags` names it, and what shows it."""

    id: str
    flag: str
    detail: str


@dataclass(frozen=True, slots=True)
class Alike:
    """Two texts that are the same problem, or possibly are, side by side for a human eye.

    `other` is the id of a problem of the set, or the file and row (from 0) of training data.
    """

    id: str
    other: str
    kind: str
    containment: float
    difference: str
    gold: str
    other_gold: str
    problem: str
    other_problem: str


@dataclass(slots=True)
class ProblemSet:
    """Problems in the order of their subsets, and the account of how they came to be from the recipe.

    `read` counts each source's rows; `left` counts by source and reason what was not kept; `drops` lists
    those that were dropped for what they are, not by a filter or a draw. `flags` and `alike` are of the
    problems before the draw; `training` is what was read of each training set, and `searched` are the ids of
    the problems that were looked for in them, by the numbers of the matches.
    """

    recipe: Recipe
    rows: list[Row] = field(default_factory=list)
    read: dict[str, int] = field(default_factory=dict)
    left: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    drops: list[Drop] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    alike: list[Alike] = field(default_factory=list)
    training: list[TrainingSet] = field(default_factory=list)
    searched: list[str] = field(default_factory=list)

    @property
    def drawn(self) -> set[int]:
        """The numbers, in the training sets' matches, of the problems that are in the set."""
        ids = {row["id"] for row in self.rows}
        return {number for number, name in enumerate(self.searched) if name in ids}

    def drop(self, row: Row, reason: str, detail: str) -> None:
        """Keep account of a row that is left out."""
        self.left[row["source"]][reason] += 1
        self.drops.append(Drop(row["id"], row["source"], reason, detail))

    def flag(self, row: Row, flag: str, detail: str) -> None:
        """Flag a row that is kept, once for each flag, and keep account of what shows it."""
        if flag not in row["flags"]:
            row["flags"].append(flag)
        self.flags.append(Flag(row["id"], flag, detail))


@dataclass(frozen=True, slots=True)
class Grader:
    """What a problem set asks of the grader: `sdtool.compare` and `sdtool.check_gold` unless given."""

    compare: Callable[[str, str], Comparison]
    check: Callable[[str], GoldCheck]

    def same(self, gold: str | None, other: str | None) -> bool:
        """Whether two golds are equal, whichever of them is written the way that golds are."""
        if gold is None or other is None:
            return False
        return "equal" in (self.compare(gold, other).verdict, self.compare(other, gold).verdict)


def build(
    recipe: Recipe,
    base: Path,
    *,
    against: Sequence[Path] = (),
    against_column: str | None = None,
    drop_contaminated: bool = False,
    grader: Grader | None = None,
) -> ProblemSet:
    """Build a problem set: `file` sources are relative to `base`, and `against` are training sets.

    Rows without a problem or a gold, and golds that the grader cannot read, are dropped and listed, and so is
    what repeats a problem of an earlier source or of the same one. The same problem with another gold is
    kept, and both are flagged. A problem that is in training data is tagged in `contamination`, or dropped if
    `drop_contaminated`; `against_column` is where training sets have the problem, if that cannot be told.

    Raises:
        InputError: a source or training set cannot be read, lacks a column, or no rows are left.
    """
    if grader is None:
        import sdtool

        grader = Grader(sdtool.compare, sdtool.check_gold)
    built = ProblemSet(recipe)
    problems = [row for source in recipe.sources for row in _problems(source, base, built, grader)]
    problems = _without_repeats(problems, built, grader)
    problems = _against(problems, built, grader, against, against_column, drop=drop_contaminated)
    if not problems:
        raise InputError("no problem is left: all of them are in training data")
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


def _problems(source: Source, base: Path, built: ProblemSet, grader: Grader) -> list[Row]:
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
        problem = _as_problem({name: row.get(column) for name, column in columns.items()}, source, number)
        if (fault := _fault(problem, grader)) is None:
            problems.append(_in_unit(problem, row.get(columns.get("unit", "")), built, grader))
        else:
            built.drop(problem, *fault)
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


def _as_problem(cells: dict[str, Any], source: Source, number: int) -> Row:
    """Row `number` of a source as a problem of the set."""
    cell = {name: _text(value) for name, value in cells.items()}
    return {
        "id": f"{source.name}/{cell.get('id') or number}",
        "problem": cell["problem"],
        "answer": cell["gold"],
        "source": source.name,
        "difficulty": cell.get("difficulty") or source.difficulty,
        "date": cell.get("date") or source.date,
        "contamination": cell.get("contamination") or source.contamination,
        "flags": [],
    }


def _fault(problem: Row, grader: Grader) -> tuple[str, str] | None:
    if problem["problem"] is None:
        return "no problem text", problem["answer"] or ""
    if problem["answer"] is None:
        return "no gold", ""
    return gold_fault(problem["answer"], grader.check(problem["answer"]))


def _in_unit(problem: Row, unit: Any, built: ProblemSet, grader: Grader) -> Row:
    """The problem with its flags, and its gold in the unit that the source has in a column of its own."""
    unit, gold = _text(unit), problem["answer"]
    if unit is not None and unit not in gold:
        if grader.check(f"{gold} {unit}").ok:
            problem["answer"] = f"{gold} {unit}"
        else:
            built.flag(problem, UNIT, f"the unit {unit} of {gold} cannot be read, so the gold is without it")
    check = grader.check(problem["answer"])
    for flag, detail in (*text_flags(problem["problem"]), *gold_flags(problem["answer"], check)):
        built.flag(problem, flag, detail)
    return problem


def _text(cell: Any) -> str | None:
    """A cell as text, None if there is nothing in it; of a list, nested or not, the parts with commas."""
    if isinstance(cell, list | tuple):
        cell = ", ".join(part for item in cell if (part := _text(item)) is not None)
    if isinstance(cell, float):
        cell = None if math.isnan(cell) else int(cell) if cell.is_integer() else cell
    text = "" if cell is None else whole(str(cell)).strip()
    return text or None


def _without_repeats(problems: list[Row], built: ProblemSet, grader: Grader) -> list[Row]:
    """The problems without those that repeat one that is kept; conflicting golds are flagged on both."""

    def same_gold(index: int, of: int) -> bool:
        return grader.same(problems[index]["answer"], problems[of]["answer"])

    repeated: set[int] = set()
    for pair in find_duplicates([row["problem"] for row in problems], same_gold):
        if pair.of in repeated or pair.index in repeated:
            continue
        later, earlier = problems[pair.index], problems[pair.of]
        built.alike.append(_alike(later, earlier["id"], earlier["problem"], earlier["answer"], pair.match))
        if pair.repeats:
            repeated.add(pair.index)
            share = f"{earlier['id']} (containment {pair.match.containment:.2f})"
            built.drop(later, f"{pair.match.kind} duplicate", share)
        elif pair.conflict:
            for row, other in ((later, earlier), (earlier, later)):
                built.flag(row, CONFLICT, f"{other['id']} has {other['answer']}, this one {row['answer']}")
    return [row for index, row in enumerate(problems) if index not in repeated]


def _against(
    problems: list[Row],
    built: ProblemSet,
    grader: Grader,
    against: Sequence[Path],
    column: str | None,
    *,
    drop: bool,
) -> list[Row]:
    """The problems, those that are in a training set tagged with its name, or left out if `drop`."""
    if not against:
        return problems
    index = ProblemIndex([row["problem"] for row in problems])
    built.searched = [row["id"] for row in problems]
    places: dict[int, list[str]] = defaultdict(list)
    for path in against:
        read = training.search(
            path, index, lambda number, gold: grader.same(problems[number]["answer"], gold), column=column
        )
        built.training.append(read)
        for shared in read.shared:
            row, place = problems[shared.match.problem], f"{shared.file.name} row {shared.row}"
            built.alike.append(_alike(row, place, shared.text, shared.gold, shared.match))
            if shared.match.same:
                places[shared.match.problem].append(place)
        for number in {shared.match.problem for shared in read.same}:
            tags = [problems[number]["contamination"], f"in {path.name}"]
            problems[number]["contamination"] = "; ".join(filter(None, tags))
    if not drop:
        return problems
    for number, found in places.items():
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        built.drop(problems[number], CONTAMINATED, found[0] + more)
    return [row for number, row in enumerate(problems) if number not in places]


def _alike(row: Row, other: str, text: str, gold: str | None, match: Match) -> Alike:
    return Alike(
        row["id"],
        other,
        match.kind,
        round(match.containment, 3),
        match.difference or "",
        row["answer"],
        gold or "",
        row["problem"],
        text,
    )
