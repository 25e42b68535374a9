"""Which problems a text holds: an index of problems that any number of texts can be searched with."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from sdtool.validation.sameness import likeness
from sdtool.validation.wording import Statement, screening_key, statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]

GRAM = 16  # letters and digits, without what is between them: about three words
SHARE = 0.25  # of a problem's grams that a text must have to be looked at
BATCH = 2_000_000  # bytes that are hashed at once
COMMON = 0.05  # of the problems: a gram of more of them, and of more than FEW, tells nothing
FEW = 100
_BASE = 0x9E3779B97F4A7C15
_MIX = np.uint64(0xD6E8FEB86659FD93)
_TABLE_BITS = 22


@dataclass(frozen=True, slots=True)
class Match:
    """A problem that a text holds.

    `problem` is its number in the index; `kind` is `exact` (word for word), `near`, or `possible`: for a
    human eye, as `difference` says. `containment` is the share of the problem's content that the text has in
    order.
    """

    problem: int
    kind: Literal["exact", "near", "possible"]
    containment: float
    difference: str | None = None

    @property
    def same(self) -> bool:
        """Whether the text holds the problem, and not only one that is like it."""
        return self.kind != "possible"


class ProblemIndex:
    """Problems that texts can be searched for: training rows, rollouts' prompts, other problems.

    A text is searched by itself, so batches of texts may go to any number of processes or machines, each with
    a (pickled) copy of the index; its size depends on the problems alone, some 10 kB each.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self._statements = [statement(text) for text in problems]
        same: dict[str, list[int]] = defaultdict(list)
        for number, one in enumerate(self._statements):
            same[one.key].append(number)
        # Copies are indexed once, so that a gram is common only if it is in many different problems.
        self._copies = list(same.values())
        keys = [_key(self._statements[copies[0]].text) for copies in self._copies]
        self._tiny = [(key, index) for index, key in enumerate(keys) if 0 < len(key) < GRAM]
        hashes, owners = _hashed(keys)
        whole = _within(np.arange(len(hashes)), owners)
        hashes, owners = hashes[whole], owners[whole]
        pairs = np.unique(np.stack([hashes, owners.astype(np.uint64)]), axis=1)
        known, first, counts = np.unique(pairs[0], return_index=True, return_counts=True)
        telling = counts <= max(FEW, COMMON * len(keys))
        self._known: Hashes = known[telling]
        self._first, self._counts = first[telling], counts[telling]
        self._owners = pairs[1].astype(np.int64)
        every = np.repeat(telling, counts)
        sizes = np.bincount(self._owners[every], minlength=len(keys))
        self._least = np.maximum(1, np.ceil(SHARE * sizes)).astype(np.int64)
        self._table = np.zeros(1 << _TABLE_BITS, dtype=bool)
        self._table[_slot(self._known)] = True

    def __len__(self) -> int:
        return len(self._statements)

    def search(
        self, texts: Sequence[str], same_gold: Callable[[int, int], bool] = lambda _text, _problem: False
    ) -> list[list[Match]]:
        """For each text the problems that it holds, and those that it possibly holds, the most alike first.

        `same_gold(text, problem)`, by their numbers, says whether the golds are equal; it is asked only about
        pairs that are alike but not alike enough to be the same whatever their golds.
        """
        found: list[list[Match]] = [[] for _ in texts]
        read: dict[int, Statement] = {}
        for number, index in self._candidates(texts):
            if number not in read:
                read = {number: statement(texts[number], coded=False)}
            for problem in self._copies[index]:
                like = likeness(self._statements[problem], read[number], partial(same_gold, number, problem))
                if like is not None:
                    kind: Literal["exact", "near", "possible"] = (
                        "exact" if like.exact else "near" if like.same else "possible"
                    )
                    found[number].append(Match(problem, kind, like.containment, like.difference))
        for matches in found:
            matches.sort(key=lambda match: (not match.same, -match.containment, match.problem))
        return found

    def holds(self, texts: Sequence[str]) -> list[bool]:
        """For each text whether it holds any of the problems."""
        return [bool(matches) and matches[0].same for matches in self.search(texts)]

    def _candidates(self, texts: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Pairs of a text and an (indexed) problem that share enough grams, the texts in order."""
        batch: list[bytes] = []
        size = start = 0
        for number, text in enumerate(texts):
            batch.append(_key(text))
            size += len(batch[-1])
            if size > BATCH or number + 1 == len(texts):
                yield from self._screened(batch, start)
                batch, size, start = [], 0, number + 1

    def _screened(self, keys: Sequence[bytes], start: int) -> Iterator[tuple[int, int]]:
        hashes, owners = _hashed(keys)
        likely = _within(np.flatnonzero(self._table[_slot(hashes)]), owners)
        hashes, owners = hashes[likely], owners[likely]
        place = np.searchsorted(self._known, hashes)
        place[place == len(self._known)] = 0
        hit = self._known[place] == hashes if len(self._known) else np.zeros(0, dtype=bool)
        place, owners = place[hit], owners[hit]
        # A gram that a text repeats counts once.
        seen = np.unique(owners * max(1, len(self._known)) + place)
        owners, place = np.divmod(seen, max(1, len(self._known)))
        counts = self._counts[place]
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        problems = self._owners[np.repeat(self._first[place], counts) + within]
        every = max(1, len(self._copies))
        pairs, shared = np.unique(np.repeat(owners, counts) * every + problems, return_counts=True)
        texts, problems = np.divmod(pairs, every)
        enough = shared >= self._least[problems]
        candidates = set(zip(texts[enough].tolist(), problems[enough].tolist(), strict=True))
        for tiny, index in self._tiny:
            candidates.update((number, index) for number, key in enumerate(keys) if tiny in key)
        for number, index in sorted(candidates):
            yield start + number, index


def _key(text: str) -> bytes:
    return screening_key(text).encode(errors="replace")  # JSON may hold half of a surrogate pair


def _hashed(keys: Sequence[bytes]) -> tuple[Hashes, NDArray[np.int64]]:
    """A hash of the `GRAM` bytes from each byte on, of all keys in a row, and the number of its key."""
    owners = np.repeat(np.arange(len(keys)), np.fromiter(map(len, keys), dtype=np.int64, count=len(keys)))
    data = np.frombuffer(b"".join(keys), dtype=np.uint8).astype(np.uint64) + np.uint64(1)
    width, power = 1, _BASE
    while width < GRAM:  # a polynomial over the bytes, of twice as many each time
        data = data[:-width] * np.uint64(power) + data[width:]
        width, power = 2 * width, power * power % 2**64
    data ^= data >> np.uint64(32)
    data *= _MIX
    return data, owners


def _within(places: NDArray[np.int64], owners: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of the places from where a whole gram is of one key."""
    whole: NDArray[np.int64] = places[owners[places] == owners[places + GRAM - 1]]
    return whole


def _slot(hashes: Hashes) -> NDArray[np.int64]:
    return (hashes >> np.uint64(64 - _TABLE_BITS)).astype(np.int64)
