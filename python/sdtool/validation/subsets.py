"""Nested subsets of a problem set: one order of its problems, of which every subset is a beginning.

Within a stratum (source x difficulty) the order is random; between strata the places are dealt out by the
divisor method of Sainte-Lague, which follows the wanted shares as closely as whole numbers can and never
takes a place back when the subset grows. So the first 300 are within the first 1,000, each subset is a
stratified sample in its own right, and the inclusion probability of a problem is n_h / N_h of its stratum.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from sdtool.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sdtool.validation.rows import Row

AT_LEAST = 2  # of every stratum, as the subset allows: the fewest that show a variance
PLAIN_LEVELS = 5  # so many different difficulties are strata as they are; more are cut into thirds


def strata(
    sources: Sequence[str],
    difficulties: Sequence[Any],
    edges: dict[str, tuple[float, ...]] | None = None,
) -> list[str]:
    """Each problem's stratum: its source, and there its difficulty.

    A source's numeric difficulties are cut at `edges[source]` where given; else each of up to five values is
    a stratum of its own, and more are cut into thirds. Difficulties that are words are taken as they are.
    """
    by_source: dict[str, list[Any]] = defaultdict(list)
    for source, difficulty in zip(sources, difficulties, strict=True):
        by_source[source].append(difficulty)
    names = {source: _level_names(values, (edges or {}).get(source)) for source, values in by_source.items()}
    return [
        f"{source} / {names[source][difficulty]}" if names[source] else source
        for source, difficulty in zip(sources, difficulties, strict=True)
    ]


def subset(
    rows: Sequence[Row], size: int, *, seed: int | None = None, harder: float | None = None
) -> list[Row]:
    """The subset of this size of a problem set, whether or not it has an order yet.

    A set that has one keeps it, so that subsets nest, unless a seed or `harder` asks for another.

    Raises:
        InputError: as `draw` and `cut`; or another order is asked of what is itself a subset.
    """
    ordered = "subset_rank" in rows[0]
    if ordered and seed is None and harder is None:
        return cut(rows, size)
    full = sum({row["stratum"]: row["stratum_size"] for row in rows}.values()) if ordered else len(rows)
    if full > len(rows):
        raise InputError(
            f"these are {len(rows)} of {full} problems: --seed and --harder draw anew, from the full set only"
        )
    return cut(draw(rows, seed=seed or 0, harder=1.0 if harder is None else harder), size)


def draw(
    rows: Sequence[Row],
    *,
    seed: int = 0,
    harder: float = 1.0,
    edges: dict[str, tuple[float, ...]] | None = None,
) -> list[Row]:
    """The rows in an order of which every beginning is a subset, with the columns that say so.

    Adds `stratum`, `stratum_size`, `subset_rank` and `weight` (1: this is the full set). `harder` is how many
    times as often the hardest difficulty of a source is drawn as its easiest; the levels between go up
    geometrically, and a source without numeric difficulties takes the middle. The weights of a cut undo it.
    Rows that have a stratum keep it. The order depends on the seed and the ids, not on that of the rows.

    Raises:
        InputError: ids are missing or not unique, or `harder` is asked of problems without difficulties.
    """
    ids = [row.get("id") for row in rows]
    if len(set(ids)) < len(ids) or None in ids:
        raise InputError("a subset needs an `id` in every row, and no id twice")
    if not harder > 0:
        raise InputError(f"harder must be above 0, not {harder}")
    sources = [str(row.get("source") or "all") for row in rows]
    if rows and "stratum" in rows[0]:
        names = [str(row["stratum"]) for row in rows]
    else:
        names = strata(sources, [_rating(row) for row in rows], edges)
    sizes = Counter(names)
    share = {name: float(size) for name, size in sizes.items()}
    if harder != 1:
        for name, hardness in _hardness(rows, sources, names).items():
            share[name] *= harder**hardness
    draws = {row["id"]: hashlib.sha256(f"{seed}\0{row['id']}".encode()).digest() for row in rows}
    members: dict[str, list[int]] = defaultdict(list)
    for index in sorted(range(len(rows)), key=lambda index: draws[ids[index]]):
        members[names[index]].append(index)
    places = []
    for name, indices in members.items():
        for place, index in enumerate(indices):
            priority = (place + 0.5) / share[name]
            places.append((min(place, AT_LEAST), priority, draws[ids[index]], index))
    places.sort()
    return [
        {
            **rows[index],
            "stratum": names[index],
            "stratum_size": sizes[names[index]],
            "subset_rank": rank,
            "weight": 1.0,
        }
        for rank, (*_, index) in enumerate(places)
    ]


def cut(rows: Iterable[Row], size: int) -> list[Row]:
    """The subset of this size: the first rows of the order, each weighing N_h / n_h.

    Raises:
        InputError: the subset is larger than the set, or too small to hold every stratum.
    """
    ordered = sorted(rows, key=lambda row: row["subset_rank"])
    if not 1 <= size <= len(ordered):
        raise InputError(f"a subset of {size} cannot be cut from {len(ordered)} problems")
    everything = {row["stratum"] for row in ordered}
    chosen = ordered[:size]
    counts = Counter(row["stratum"] for row in chosen)
    if len(counts) < len(everything):
        raise InputError(
            f"a subset of {size} leaves out {len(everything) - len(counts)} of {len(everything)} strata, and "
            f"no weights can make up for that; take at least {len(everything)} problems"
        )
    return [{**row, "weight": row["stratum_size"] / counts[row["stratum"]]} for row in chosen]


def _rating(row: Row) -> Any:
    """The row's difficulty; NaN, which is how some tools write null, is none."""
    difficulty = row.get("difficulty")
    return None if difficulty != difficulty else difficulty  # noqa: PLR0124 - true of NaN alone


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _level_names(values: Sequence[Any], edges: tuple[float, ...] | None) -> dict[Any, str]:
    """The name of each difficulty that occurs in one source; none if no problem has any."""
    given = [value for value in values if value is not None]
    if not given:
        return {}
    numbers = [number for value in given if (number := _number(value)) is not None]
    names: dict[Any, str] = {None: "unrated"}
    if len(numbers) < len(given) or (edges is None and len(set(numbers)) <= PLAIN_LEVELS):
        return names | {value: str(value) for value in given}
    if edges is None:
        ordered = sorted(numbers)
        edges = (ordered[len(ordered) // 3], ordered[2 * len(ordered) // 3])
    cuts = sorted(set(edges))
    for value in set(given):
        level = sum(float(value) >= edge for edge in cuts)
        low = f"{cuts[level - 1]:g}" if level else ""
        high = f"{cuts[level]:g}" if level < len(cuts) else ""
        names[value] = _range_name(low, high)
    return names


def _range_name(low: str, high: str) -> str:
    if low and high:
        return f"{low} to below {high}"
    return f"from {low}" if low else f"below {high}" if high else "any"


def _hardness(rows: Sequence[Row], sources: Sequence[str], names: Sequence[str]) -> dict[str, float]:
    """Each stratum's place among its source's, from 0 the easiest to 1 the hardest."""
    rated: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row, source, name in zip(rows, sources, names, strict=True):
        if (number := _number(_rating(row))) is not None:
            rated[source][name].append(number)
    hardness = dict.fromkeys(names, 0.5)
    for levels in rated.values():
        means = sorted((sum(numbers) / len(numbers), name) for name, numbers in levels.items())
        if len(means) > 1:
            hardness |= {name: place / (len(means) - 1) for place, (_, name) in enumerate(means)}
    if len(set(hardness.values())) == 1:
        raise InputError("a harder subset needs numeric difficulties of at least two levels in some source")
    return hardness
