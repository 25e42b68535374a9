"""The queue of a run: which rollout a worker takes next, and that no other worker takes it too."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from torch.distributed import Store  # type: ignore[attr-defined]


class Claims(Protocol):
    """Who does what."""

    def claim(self, id_: int) -> bool:
        """Take a rollout; False if it is another's."""
        ...


class SoleClaims:
    """The claims of a run with one worker: all of them its own."""

    def claim(self, id_: int) -> bool:  # noqa: ARG002 - the interface
        """Take a rollout."""
        return True


@dataclass(slots=True)
class SharedClaims:
    """Claims in a key-value store that all workers reach: one atomic operation each, no collective."""

    store: Store
    worker: int

    def claim(self, id_: int) -> bool:
        """Take a rollout; False if it is another's."""
        mine = str(self.worker)
        # Sets the key if it is not there; either way returns what it now holds.
        return bool(self.store.compare_set(f"claim/{id_}", "", mine) == mine.encode())

    def release(self, ids: Iterable[int]) -> None:
        """Give back what a dead worker had claimed; only the process that watches the workers does this."""
        mine = str(self.worker).encode()
        for id_ in ids:
            key = f"claim/{id_}"
            if self.store.check([key]) and self.store.get(key) == mine:
                self.store.delete_key(key)
        self.store.add("released", 1)


class Queue:
    """Ids still to generate, those of the longest expected rollouts first.

    A long rollout that starts last leaves every other slot idle while it finishes. A rollout is expected to
    be as long as the mean of those known of the same problem, or of all where none is; among equals the
    order is a shuffle, so that a data set sorted by difficulty does no harm.

    Args:
        problems: the ids that are wanted, by problem.
        claims: with the other workers.
    """

    def __init__(self, problems: Mapping[str, Iterable[int]], claims: Claims) -> None:
        self._claims = claims
        shuffled = sorted(problems, key=lambda name: hashlib.blake2b(name.encode()).digest())
        # Reversed, so that the first id is the last of its list and cheap to take.
        self._ids = {name: list(problems[name])[::-1] for name in shuffled if problems[name]}
        self._known: dict[str, list[int]] = {}
        self._all = [0, 0]
        self._order: list[str] = []
        """Problems that have ids left, the next one last; empty when something was learnt."""

    def learn(self, problem: str, length: int) -> None:
        """Count the length of a finished rollout, in tokens."""
        for sums in (self._known.setdefault(problem, [0, 0]), self._all):
            sums[0] += length
            sums[1] += 1
        self._order = []

    def __iter__(self) -> Iterator[int]:
        """Claim and yield ids until there are none left."""
        while self._ids:
            self._order = self._order or sorted(self._ids, key=self._expected, reverse=True)[::-1]
            problem = self._order[-1]
            id_ = self._ids[problem].pop()
            if not self._ids[problem]:
                del self._ids[self._order.pop()]
            if self._claims.claim(id_):
                yield id_

    def _expected(self, problem: str) -> float:
        total, count = self._known.get(problem, self._all)
        return total / count if count else 0.0
