"""The same problem twice within a set, whatever sources it came from."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sdtool.validation.index import ProblemIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sdtool.validation.index import Match


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Problem `index` is like the earlier problem `of`, as `match` says.

    `conflict`: they are the same, but not their golds, so that one of them is wrong.
    """

    index: int
    of: int
    match: Match
    conflict: bool

    @property
    def repeats(self) -> bool:
        """Whether the later one is the earlier again, with its gold."""
        return self.match.same and not self.conflict


def find_duplicates(
    texts: Sequence[str], same_gold: Callable[[int, int], bool], *, possible: int = 3
) -> list[Duplicate]:
    """All pairs of problems that are the same, in order, and for each problem some that possibly are.

    Two are the same where one text holds the other (`sdtool.validation.sameness`), so a collection may have
    added a prompt, a drawing or a hint. Golds, by `same_gold` of two numbers, lower the bar for pairs that
    are alike in part, and are compared for all that are the same. `possible` is how many of the other pairs
    are kept for each problem, the most alike: families of problems from one mould are large.
    """
    best: dict[tuple[int, int], Match] = {}
    for number, matches in enumerate(ProblemIndex(texts).search(texts, same_gold)):
        for match in matches:
            pair = (max(number, match.problem), min(number, match.problem))
            if pair[0] != pair[1] and (pair not in best or _rank(match) > _rank(best[pair])):
                best[pair] = match
    doubts: Counter[int] = Counter()
    found = []
    for (index, of), match in sorted(best.items(), key=lambda item: _rank(item[1]), reverse=True):
        doubts[index] += not match.same
        if match.same or doubts[index] <= possible:
            found.append(Duplicate(index, of, match, conflict=match.same and not same_gold(index, of)))
    return sorted(found, key=lambda pair: (pair.index, pair.of))


def _rank(match: Match) -> tuple[bool, float]:
    return match.same, match.containment
