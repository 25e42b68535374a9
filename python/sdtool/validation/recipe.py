"""What a problem set is made of, as TOML: sources, their columns, which rows to keep, how many."""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, TypeVar

from sdtool.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

T = TypeVar("T")
FIELDS = ("id", "problem", "gold", "unit", "difficulty", "date", "contamination")


@dataclass(frozen=True, slots=True)
class Keep:
    """A test that a row must pass to be kept: all the conditions that are given, on one column.

    `empty` is true of null, "", [] and {}. `at_least` and `at_most` read the cell as a number; a cell that
    is none does not pass. `matches` is a regular expression searched in the cell as text.
    """

    column: str
    equals: str | float | bool | None = None
    one_of: tuple[str | float | bool, ...] | None = None
    at_least: float | None = None
    at_most: float | None = None
    matches: str | None = None
    empty: bool | None = None

    def passes(self, cell: Any) -> bool:
        """Whether a row with this cell is kept."""
        return (
            (self.empty is None or self.empty == (cell is None or cell in ("", [], {})))
            and (self.equals is None or cell == self.equals)
            and (self.one_of is None or cell in self.one_of)
            and (self.matches is None or re.search(self.matches, str(cell)) is not None)
            and (self.at_least is None or _number(cell, -math.inf) >= self.at_least)
            and (self.at_most is None or _number(cell, math.inf) <= self.at_most)
        )


@dataclass(frozen=True, slots=True)
class Source:
    """Where problems come from: a data set on the Hugging Face hub, or a local file.

    `columns` maps the fields id, problem, gold, unit (of the gold), difficulty, date and contamination to the
    source's columns. `file` may be a folder or a pattern of files.
    `difficulty`, `date` and `contamination` hold for all rows that have none of their own.
    `difficulty_edges` are where one difficulty stratum ends and the next begins. `take` is the most problems
    to keep, drawn evenly over the difficulties; a `backfill` source only fills up to the recipe's size.
    """

    name: str
    hub: str | None = None
    config: str | None = None
    revision: str | None = None
    split: str = "train"
    file: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    keep: tuple[Keep, ...] = ()
    difficulty: str | None = None
    date: str | None = None
    contamination: str | None = None
    difficulty_edges: tuple[float, ...] | None = None
    take: int | None = None
    backfill: bool = False


@dataclass(frozen=True, slots=True)
class Recipe:
    """A problem set to build: its sources in order of preference, its size, the seed of every draw."""

    sources: tuple[Source, ...]
    size: int | None = None
    seed: int = 0


def load_recipe(path: Path) -> Recipe:
    """Read a recipe from TOML; `file` paths in it are relative to it.

    Raises:
        InputError: the file is missing or not TOML, a key is unknown, or a value makes no sense.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: is not TOML: {error}") from error
    raw_sources = table.pop("source", None)
    if not isinstance(raw_sources, list) or not raw_sources:
        raise InputError(f"{path}: names no source; add a [[source]] with `name` and `hub` or `file`")
    sources = tuple(_source(raw, path, number) for number, raw in enumerate(raw_sources, 1))
    names = [source.name for source in sources]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"{path}: two sources are named {name!r}; give each a name of its own")
    recipe = _filled(Recipe, {**table, "sources": sources}, str(path))
    if recipe.size is not None and recipe.size < 1:
        raise InputError(f"{path}: size must be at least 1, not {recipe.size}")
    if recipe.size is None and any(source.backfill for source in sources):
        raise InputError(f"{path}: a backfill source fills up to `size`, which is not given")
    return recipe


def _source(raw: Any, path: Path, number: int) -> Source:
    where = f"{path}, source {number}"
    if not isinstance(raw, dict) or not isinstance(raw.get("name"), str):
        raise InputError(f"{where}: needs a `name`")
    where = f"{path}, source {raw['name']!r}"
    raw = dict(raw)
    keep = raw.pop("keep", [])
    if not isinstance(keep, list):
        raise InputError(f"{where}: `keep` is a list of tests: [[source.keep]]")
    raw |= {key: str(raw[key]) for key in ("difficulty", "date", "contamination") if key in raw}
    source = _filled(
        Source, {**raw, "keep": tuple(_filled(Keep, test, f"{where}, keep") for test in keep)}, where
    )
    if (source.hub is None) == (source.file is None):
        raise InputError(f"{where}: needs either `hub` or `file`")
    for unknown in set(source.columns) - set(FIELDS):
        raise InputError(f"{where}: columns has no {unknown!r}; it maps {', '.join(FIELDS)}")
    if source.take is not None and source.take < 1:
        raise InputError(f"{where}: take must be at least 1, not {source.take}")
    for pattern in (test.matches for test in source.keep if test.matches is not None):
        try:
            re.compile(pattern)
        except re.error as error:
            raise InputError(f"{where}: {pattern!r} is no regular expression: {error}") from error
    return source


def _number(cell: Any, otherwise: float) -> float:
    try:
        return float(cell)
    except (TypeError, ValueError):
        return otherwise


def _filled(kind: type[T], values: Any, where: str) -> T:
    """The dataclass with these values, lists made tuples; unknown and missing keys are named."""
    if not isinstance(values, dict):
        raise InputError(f"{where}: must be a table")
    known = {item.name for item in fields(kind)}  # type: ignore[arg-type]
    for key in values:
        if key not in known:
            raise InputError(f"{where}: unknown key {key!r}; there are {', '.join(sorted(known))}")
    frozen = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
    try:
        return kind(**frozen)
    except TypeError as error:
        raise InputError(f"{where}: {error}") from error
