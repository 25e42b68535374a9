"""What is averaged over problems and compared between settings: one value a problem, from its samples.

The problem is the unit of sampling. Where rollouts of a setting are missing, a problem has two values in
place of one: with the missing ones all at the least, and all at the most.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sdtool import statistics
from sdtool.metrics import METRICS, SHARE, Unit
from sdtool.report.by_problem import ByProblem
from sdtool.report.columns import encoded
from sdtool.report.outcomes import CORRECT, MISSING, OUTCOMES, outcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    from numpy.typing import NDArray

    from sdtool.report.rollouts import Rollouts

    Values = NDArray[np.float64]

ANSWERED = "accuracy_answered"


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that has one value a problem: a metric, or what only several rollouts together give.

    `compute` takes the rollouts of one setting, and returns None where these do not allow the measure.
    """

    name: str
    label: str
    unit: Unit
    better: Literal["higher", "lower"] | None
    compute: Callable[[Rollouts], ByProblem | None]

    def of(self, rollouts: Rollouts) -> ByProblem | None:
        """The values of one setting, computed once."""
        if self.name not in rollouts.measured:
            rollouts.measured[self.name] = self.compute(rollouts)
        return rollouts.measured[self.name]


def by_problem(rollouts: Rollouts, samples: Values, highest: float = 1.0) -> ByProblem:
    """The mean of `samples`, one a rollout, over each problem's; missing ones lie between 0 and `highest`."""
    here = len(samples)
    problems, index = rollouts.problems
    count = len(problems)
    there = np.bincount(index[:here], minlength=count)
    sums = np.bincount(index[:here], samples, count)
    if len(index) == here:
        means = sums / there
        return ByProblem(problems, means, means, means)
    lacking = np.bincount(index[here:], minlength=count)
    value = np.divide(sums, there, out=np.full(count, np.nan), where=there > 0)
    low = sums / (there + lacking)
    high = low.copy()
    high[lacking > 0] += highest * (lacking / (there + lacking))[lacking > 0]
    return ByProblem(problems, value, low, high, int(lacking.sum()))


def values(rollouts: Rollouts, metric: str) -> Values | None:
    """The metric of every rollout, of shape [n]; None where its column is missing."""
    measured = METRICS[metric]
    if measured.column not in rollouts:
        return None
    return np.asarray(measured.of(rollouts.columns), dtype=np.float64)


def measures(rollouts: Rollouts) -> dict[str, Measure]:
    """Every measure by its name; those of several samples a problem as far as there are as many."""
    endings = {*encoded(outcome(rollouts))[0].tolist(), ANSWERED} - {CORRECT}  # which is the accuracy
    outcomes = {name: measure for name, measure in outcome_measures().items() if name in endings}
    return {**metric_measures(), **outcomes, **repeat_measures(rollouts)}


def metric_measures() -> dict[str, Measure]:
    """Every metric as a measure, by its name."""
    return {
        metric.name: Measure(metric.name, metric.label, metric.unit, metric.better, _of_metric(metric.name))
        for metric in METRICS.values()
    }


def outcome_measures() -> dict[str, Measure]:
    """The share of each outcome, and the accuracy among the rollouts that answered."""
    shares = {
        name: Measure(name, name, SHARE, "higher" if name == CORRECT else "lower", _share_of(name))
        for name in OUTCOMES
        if name != MISSING
    }
    answered = Measure(ANSWERED, "accuracy among answered", SHARE, "higher", _among_answered)
    return {**shares, ANSWERED: answered}


def repeat_measures(rollouts: Rollouts) -> dict[str, Measure]:
    """pass@k for k = 2, 4, 8 … and for all samples, and maj@k for all, as far as some problem has k samples.

    maj@k needs the column `answer`.
    """
    settings, of_setting = encoded(rollouts["setting"])
    problems, of_problem = encoded(rollouts["problem_id"])
    sizes = np.bincount(of_setting * len(problems) + of_problem, minlength=len(settings) * len(problems))
    sizes = sizes.reshape(len(settings), len(problems)).max(axis=1)  # samples of each setting
    most = int(sizes.max())
    ks = sorted({2**power for power in range(1, most.bit_length())} | set(sizes.tolist()) - {1})
    found = [Measure(f"pass@{k}", f"pass@{k}", SHARE, "higher", _pass_at(k)) for k in ks if k <= most]
    if "answer" in rollouts:
        found += [
            Measure(f"maj@{k}", f"maj@{k}", SHARE, "higher", _maj_at(k))
            for k in sorted(set(sizes.tolist()) - {1})
        ]
    return {measure.name: measure for measure in found}


def with_answers(rollouts: Rollouts) -> Rollouts:
    """With the extracted answers as a column, where the files hold them and there are samples to vote."""
    if len(rollouts) == len(np.unique(_numbered(rollouts))):
        return rollouts
    if not rollouts.parts or not all("answer" in part.schema.names for part in rollouts.parts):
        return rollouts
    found = [batch["answer"].to_numpy(zero_copy_only=False) for batch in rollouts.texts(("answer",))]
    return replace(rollouts, columns={**rollouts.columns, "answer": np.concatenate(found).astype(object)})


def _numbered(rollouts: Rollouts) -> NDArray[np.int64]:
    """A number for each rollout's setting and problem."""
    settings, setting = encoded(rollouts["setting"])
    return encoded(rollouts["problem_id"])[1] * len(settings) + setting


def _of_metric(name: str) -> Callable[[Rollouts], ByProblem | None]:
    def of(rollouts: Rollouts) -> ByProblem | None:
        samples = values(rollouts, name)
        if samples is None:
            return None
        unit = METRICS[name].unit
        # A rollout that is missing may have run to its cap.
        highest = unit.highest if unit.is_share else float(rollouts.cap or np.inf)
        return by_problem(rollouts, samples, highest)

    return of


def _share_of(name: str) -> Callable[[Rollouts], ByProblem | None]:
    def of(rollouts: Rollouts) -> ByProblem | None:
        return by_problem(rollouts, (outcome(rollouts) == name).astype(np.float64))

    return of


def _among_answered(rollouts: Rollouts) -> ByProblem | None:
    if rollouts.n_missing:
        return None
    answered = rollouts.where(rollouts["boxed"] | rollouts["correct"])
    return by_problem(answered, answered["correct"].astype(np.float64)) if len(answered) else None


def _pass_at(k: int) -> Callable[[Rollouts], ByProblem | None]:
    def of(rollouts: Rollouts) -> ByProblem | None:
        if rollouts.n_missing:
            return None
        problems, index = rollouts.problems
        samples = np.bincount(index)
        right = np.bincount(index, rollouts["correct"]).astype(np.int64)
        enough = np.flatnonzero(samples >= k)
        if not len(enough):
            return None
        pairs, kind = np.unique(np.stack((samples[enough], right[enough])), axis=1, return_inverse=True)
        passed = np.array([statistics.pass_at_k(n, c, k) for n, c in pairs.T.tolist()])[kind]
        return ByProblem(problems[enough], passed, passed, passed)

    return of


def _maj_at(k: int) -> Callable[[Rollouts], ByProblem | None]:
    def of(rollouts: Rollouts) -> ByProblem | None:
        if rollouts.n_missing:
            return None
        problems, index = rollouts.problems
        order = np.argsort(index, kind="stable")
        ends = np.cumsum(np.bincount(index)).tolist()
        answers, correct = rollouts["answer"][order].tolist(), rollouts["correct"][order].tolist()
        voted, kept = [], []
        for problem, (start, end) in enumerate(zip([0, *ends], ends, strict=False)):
            if end - start == k:
                candidates = _candidates(answers[start:end], correct[start:end])
                voted.append(statistics.maj_at_k(candidates, correct[start:end], k))
                kept.append(problem)
        shares = np.array(voted)
        return ByProblem(problems[kept], shares, shares, shares) if voted else None

    return of


def _candidates(answers: list[str | None], correct: list[bool]) -> list[str | None]:
    """One spelling for the wrong answers that the grader finds equal, so that they vote together."""
    from sdtool import equivalent

    spellings: dict[str, str] = {}
    candidates: list[str | None] = []
    for answer, right in zip(answers, correct, strict=True):
        if right or answer is None:
            candidates.append("" if right else None)
            continue
        if answer not in spellings:
            alike = (known for known in dict.fromkeys(spellings.values()) if equivalent(known, answer))
            spellings[answer] = next(alike, answer)
        candidates.append(spellings[answer])
    return candidates
