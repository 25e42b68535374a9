"""The figures of a report: what was measured, its 95 % interval, and on how many problems.

The problem is the unit of sampling: a problem's samples are averaged first, and intervals are over problems,
by `statistics.clustered_mean`, which for one sample a problem is Wilson's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sdtool import statistics
from sdtool.metrics import METRICS
from sdtool.report.outcomes import OUTCOMES, outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from sdtool.report.rollouts import Rollouts
    from sdtool.statistics import Estimate

    Values = NDArray[np.float64]

WEIGHTED = "_weighted"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a report.

    Shares lie between 0 and 1; the others are in the unit of their metric. `budget` is `all`, or the size of
    a smaller one. `n` is the number of problems, the unit over which the interval is taken.
    """

    setting: str
    cap: int | None
    budget: str
    metric: str
    value: float
    low: float
    high: float
    n: int


def values(rollouts: Rollouts, metric: str) -> Values | None:
    """The metric of every rollout, of shape [n]; None where its column is missing."""
    measured = METRICS[metric]
    if measured.column not in rollouts:
        return None
    return np.asarray(measured.of(rollouts.columns), dtype=np.float64)


def by_problem(rollouts: Rollouts, samples: Values) -> tuple[list[str], Values]:
    """The problems, sorted, and the mean over each one's samples."""
    problems, index = np.unique(rollouts["problem_id"].astype(str), return_inverse=True)
    return problems.tolist(), np.bincount(index, weights=samples) / np.bincount(index)


def estimate(rollouts: Rollouts, samples: Values, *, rate: bool = True) -> Estimate:
    """The mean of `samples`, one a rollout, over problems; a length is never below 0."""
    found = statistics.clustered_mean(samples, rollouts["problem_id"].astype(str), proportion=rate)
    return found if rate else replace(found, low=max(0.0, found.low))


def figures(
    rollouts: Rollouts, *, cap: int | None = None, budget: str = "all", metrics: Iterable[str] = METRICS
) -> list[Figure]:
    """Every metric of every setting that the columns allow, over all problems of `rollouts`.

    Where these are a part of a stratified problem set, each metric is followed by `…_weighted`, which
    estimates the figure of the full set.
    """
    rows = []
    for setting in rollouts.settings:
        chosen = rollouts.of(setting)
        for metric in metrics:
            samples = values(chosen, metric)
            if samples is None or not len(samples):
                continue
            found = {metric: estimate(chosen, samples, rate=METRICS[metric].unit.is_share)}
            if is_part(chosen):
                found[metric + WEIGHTED] = weighted(chosen, samples, rate=METRICS[metric].unit.is_share)
            rows += [
                Figure(setting, cap, budget, name, one.estimate, one.low, one.high, one.n)
                for name, one in found.items()
            ]
    return rows


def is_part(rollouts: Rollouts) -> bool:
    """Whether the problems are known to be a part of a larger, stratified set."""
    if "stratum" not in rollouts:
        return False
    strata = dict(zip(rollouts["stratum"].tolist(), rollouts["stratum_size"].tolist(), strict=True))
    return len(np.unique(rollouts["problem_id"].astype(str))) < sum(strata.values())


def strata(rollouts: Rollouts) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Stratum, and size of that stratum in the full set, of each problem in the order of `by_problem`."""
    _, first = np.unique(rollouts["problem_id"].astype(str), return_index=True)
    return rollouts["stratum"][first], rollouts["stratum_size"][first]


def weighted(rollouts: Rollouts, samples: Values, *, rate: bool = True) -> Estimate:
    """What the mean of `samples` would be over the full problem set of which these problems are a part."""
    found = statistics.stratified_mean(by_problem(rollouts, samples)[1], *strata(rollouts), proportion=rate)
    return found if rate else replace(found, low=max(0.0, found.low))


@dataclass(frozen=True, slots=True)
class Split:
    """How the rollouts of one setting ended.

    `shares` sums to one, and its part `correct` is the accuracy. `bounds` says between which values the
    accuracy would lie without a cap: as it is, and with every length-stop that is not correct counted as
    correct. `among_answered` is the accuracy of the rollouts with a box, over the problems that have one.
    """

    setting: str
    shares: dict[str, float]
    bounds: tuple[float, float] | None
    among_answered: Estimate | None


def splits(rollouts: Rollouts) -> list[Split]:
    """The outcomes of each setting."""
    rows = []
    for setting in rollouts.settings:
        chosen = rollouts.of(setting)
        ended = outcome(chosen)
        shares = {
            name: float(by_problem(chosen, (ended == name).astype(float))[1].mean())
            for name in OUTCOMES
            if (ended == name).any()
        }
        bounds = None
        stops = values(chosen, "length_stop")
        if stops is not None:
            may_become = np.where(chosen["correct"], 0.0, stops)
            accuracy = shares.get("correct", 0.0)
            bounds = (accuracy, accuracy + float(by_problem(chosen, may_become)[1].mean()))
        rows.append(Split(setting, shares, bounds, _among_answered(chosen)))
    return rows


def _among_answered(rollouts: Rollouts) -> Estimate | None:
    answered = rollouts.where(rollouts["boxed"] | rollouts["correct"])
    return estimate(answered, answered["correct"].astype(float)) if len(answered) else None


@dataclass(frozen=True, slots=True)
class Repeat:
    """What several samples a problem give: pass@k, or the accuracy of the majority's answer."""

    setting: str
    metric: str
    value: float
    low: float
    high: float
    n: int


def repeats(rollouts: Rollouts, answers: NDArray[np.object_] | None) -> list[Repeat]:
    """pass@k for k = 2, 4, 8 … and maj@k for all samples, of each setting with several samples a problem.

    A problem with fewer than k samples is left out, and n says how many were not. `answers` are the extracted
    answers in row order, needed for maj@k only.
    """
    rows = []
    for setting in rollouts.settings:
        mask = rollouts["setting"] == setting
        correct = rollouts["correct"][mask]
        problems, index, sizes = np.unique(
            rollouts["problem_id"][mask].astype(str), return_inverse=True, return_counts=True
        )
        samples = int(sizes.max())
        if samples == 1:
            continue
        right = np.bincount(index, weights=correct).astype(int)
        for k in sorted(
            {*(2**power for power in range(1, samples.bit_length()) if 2**power <= samples), samples}
        ):
            enough = np.flatnonzero(sizes >= k)
            passed = [statistics.pass_at_k(int(sizes[p]), int(right[p]), k) for p in enough]
            rows.append(_repeat(setting, f"pass@{k}", passed, problems[enough]))
        if answers is not None:
            full = np.flatnonzero(sizes == samples)
            given = answers[mask]
            voted = [
                statistics.maj_at_k(
                    _candidates(given[index == p], correct[index == p]), correct[index == p].tolist(), samples
                )
                for p in full
            ]
            rows.append(_repeat(setting, f"maj@{samples}", voted, problems[full]))
    return rows


def _repeat(setting: str, metric: str, solved: Sequence[float], problems: NDArray[np.str_]) -> Repeat:
    found = statistics.clustered_mean(solved, problems)
    return Repeat(setting, metric, found.estimate, found.low, found.high, found.n)


def _candidates(answers: NDArray[np.object_], correct: NDArray[np.bool_]) -> list[str | None]:
    """One spelling for the wrong answers that the grader finds equal, so that they vote together."""
    from sdtool import equivalent

    spellings: list[str] = []
    candidates: list[str | None] = []
    for answer, right in zip(answers, correct, strict=True):
        if right or answer is None:
            candidates.append("" if right else None)
            continue
        known = next(
            (spelling for spelling in spellings if spelling == answer or equivalent(spelling, answer)), None
        )
        if known is None:
            spellings.append(answer)
        candidates.append(known or answer)
    return candidates
