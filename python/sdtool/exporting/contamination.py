"""Which rollouts answer a problem that must not be trained on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

import sdtool
from sdtool import problems
from sdtool.validation import ProblemIndex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sdtool.exporting.inputs import Input
    from sdtool.exporting.pool import Pool
    from sdtool.validation import Match


@dataclass(frozen=True)
class Repeat:
    """A problem of the rollouts that holds one of a problem set, or possibly does.

    `rollouts` counts those that were read; `kind`, `containment` and `difference` are those of
    `validation.Match`, and a `possible` one is named but kept.
    """

    problem: str
    rollouts: int
    repeats: str
    kind: str
    containment: float
    difference: str | None


def repeats(
    inputs: Sequence[Input], pool: Pool, against: Sequence[str]
) -> tuple[NDArray[np.bool_], list[Repeat]]:
    """Search the rollouts' problems for those of the problem sets, by the rule of `data build --against`.

    Returns:
        Whether each rollout's problem repeats one of them, shape [n], and what was found.

    Raises:
        InputError: a problem set cannot be read.
    """
    avoided = [(name, problem) for name in against for problem in problems.load(name)]
    texts, golds = _statements(inputs, pool)

    def same_gold(text: int, problem: int) -> bool:
        gold = golds[text]
        return gold is not None and sdtool.equivalent(avoided[problem][1].gold, gold)

    rollouts = np.bincount(pool["problem_id"], minlength=len(texts))
    same = np.zeros(len(texts), dtype=bool)
    found = []
    for code, matches in enumerate(
        ProblemIndex([problem.text for _, problem in avoided]).search(texts, same_gold)
    ):
        same[code] = any(match.same for match in matches)
        if matches:
            name, problem = avoided[matches[0].problem]
            found.append(
                _repeat(
                    pool.names["problem_id"][code], int(rollouts[code]), f"{name} {problem.id}", matches[0]
                )
            )
    return same[pool["problem_id"]], found


def _repeat(problem: str, rollouts: int, of: str, match: Match) -> Repeat:
    return Repeat(problem, rollouts, of, match.kind, match.containment, match.difference)


def _statements(inputs: Sequence[Input], pool: Pool) -> tuple[list[str], list[str | None]]:
    """The text and, if it is known, the gold of each problem, in the order of the pool's codes."""
    texts = [""] * len(pool.names["problem_id"])
    golds: list[str | None] = [None] * len(texts)
    codes = iter(pool["problem_id"].tolist())
    seen: set[int] = set()
    for given in inputs:
        for batch in given.batches(given.statement_columns):
            for row in batch.to_pylist() or [{}] * batch.num_rows:
                code = next(codes)
                if code not in seen:
                    seen.add(code)
                    texts[code], golds[code] = given.statement(row)
    return texts, golds
