"""The same problem twice within a set, whatever sources it came from."""

from __future__ import annotations

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


def find_duplicates(texts: Sequence[str], same_gold: Callable[[int, int], bool]) -> list[Duplicate]:
    """All pairs of problems that are the same, or possibly are, in order; `same_gold` takes their numbers.

    Two are the same where one text holds the other (`sdtool.validation.sameness`), so a collection may have
    added a prompt, a drawing or a hint. Golds lower the bar for pairs that are alike in part, and are
    compared for all that are the same.
    """
    best: dict[tuple[int, int], Match] = {}
    for number, matches in enumerate(ProblemIndex(texts).search(texts, same_gold)):
        for match in matches:
            pair = (max(number, match.problem), min(number, match.problem))
            if pair[0] == pair[1]:
                continue
            if pair not in best or _rank(match) > _rank(best[pair]):
                best[pair] = match
    return [
        Duplicate(index, of, match, conflict=match.same and not same_gold(index, of))
        for (index, of), match in sorted(best.items())
    ]


def _rank(match: Match) -> tuple[bool, float]:
    return match.same, match.containment
