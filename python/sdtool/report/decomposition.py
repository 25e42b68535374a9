"""Why the accuracy of two settings differs: one ends more often with an answer, or it answers better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sdtool import statistics
from sdtool.report.missing import on_its_sources
from sdtool.report.outcomes import OUTCOMES, outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sdtool.report.rollouts import Rollouts
    from sdtool.statistics import Estimate

    Shares = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Decomposition:
    """The difference in accuracy of `setting` minus `reference`, in two parts that sum to it.

    `ending` is what comes from giving an answer more often, `answering` from being right more often where it
    is given (`statistics.kitagawa`). Of pairs of rollouts, one of each setting on the same problem,
    `transitions` holds the share that ends as (reference, setting), by the names of both outcomes; it sums to
    one. With several samples per problem it is the mean over all such pairs.
    """

    setting: str
    reference: str
    difference: float
    ending: Estimate
    answering: Estimate
    transitions: dict[tuple[str, str], float]
    n: int


def decompositions(rollouts: Rollouts, pairs: Sequence[tuple[str, str]]) -> list[Decomposition]:
    """Of every pair (setting, reference) of which no rollout is missing, over the problems that both have."""
    names = dict.fromkeys(name for pair in pairs for name in pair)
    parts = {
        name: _shares(part) for name in names if not (part := on_its_sources(rollouts.of(name))).n_missing
    }
    found = []
    for setting, reference in pairs:
        if setting not in parts or reference not in parts:
            continue
        problems, mine, theirs = np.intersect1d(
            parts[setting].problems, parts[reference].problems, assume_unique=True, return_indices=True
        )
        if len(problems):
            found.append(
                _decomposition(setting, reference, parts[setting].take(mine), parts[reference].take(theirs))
            )
    return found


@dataclass(frozen=True, slots=True)
class _Shares:
    """How the samples of each problem end.

    `outcomes` has the shape [problems, outcomes]; `correct` and `answered`, of shape [problems], are the
    shares of right ones and of those with an answer.
    """

    problems: NDArray[np.object_]
    outcomes: Shares
    correct: Shares
    answered: Shares

    def take(self, rows: NDArray[np.int64]) -> _Shares:
        return _Shares(self.problems[rows], self.outcomes[rows], self.correct[rows], self.answered[rows])


def _shares(rollouts: Rollouts) -> _Shares:
    problems, index = rollouts.problems
    samples = np.bincount(index)
    ended = outcome(rollouts)
    outcomes = np.stack([np.bincount(index, ended == name, len(problems)) for name in OUTCOMES], axis=1)
    answered = rollouts["boxed"] | rollouts["correct"]
    return _Shares(
        problems,
        outcomes / samples[:, None],
        np.bincount(index, rollouts["correct"]) / samples,
        np.bincount(index, answered) / samples,
    )


def _decomposition(setting: str, reference: str, b: _Shares, a: _Shares) -> Decomposition:
    ending, answering = statistics.kitagawa(b.correct, b.answered, a.correct, a.answered)
    joint = a.outcomes.T @ b.outcomes / len(a.problems)
    transitions = {
        (OUTCOMES[before], OUTCOMES[after]): float(joint[before, after])
        for before, after in zip(*np.nonzero(joint), strict=True)
    }
    difference = float((b.correct - a.correct).mean())
    return Decomposition(setting, reference, difference, ending, answering, transitions, len(a.problems))
