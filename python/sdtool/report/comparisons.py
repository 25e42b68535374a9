"""Settings and runs compared problem by problem, on the problems that both have."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from sdtool import statistics
from sdtool.errors import InputError
from sdtool.metrics import MAIN
from sdtool.report.caps import replay
from sdtool.report.decomposition import decompositions
from sdtool.report.figures import WEIGHTED, is_part
from sdtool.report.measures import measures, with_answers
from sdtool.report.missing import on_its_sources
from sdtool.report.reading import read
from sdtool.report.twins import twins

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from sdtool.report.by_problem import ByProblem
    from sdtool.report.decomposition import Decomposition
    from sdtool.report.measures import Measure
    from sdtool.report.rollouts import Rollouts

    Verdict = Literal["better", "worse", "undecided"]

COMPARED = tuple(metric.name for metric in MAIN)
LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Comparison:
    """`setting` minus `reference` in one metric, over the `n` problems that both have.

    `left_out` counts the problems that only one of them has. `p_holm` is the p-value after Holm's correction
    over the comparisons made together, `verdict` what follows from it at the 5 % level. `low` and `high` are
    the 95 % interval of this comparison alone, `low_holm` and `high_holm` that at the level at which Holm's
    procedure decides on it: they leave 0 out exactly where `p_holm` is below 5 %. `detectable` is the
    smallest difference that the same test finds with 80 % power at the level of the correction's first step.
    Where rollouts of either are missing there is no estimate and no test, and `low` and `high` are bounds:
    with all `missing` ones at what is worst, and at what is best, for the setting.
    """

    setting: str
    reference: str
    metric: str
    estimate: float | None
    low: float
    high: float
    p_value: float | None = None
    p_holm: float | None = None
    low_holm: float | None = None
    high_holm: float | None = None
    detectable: float | None = None
    verdict: Verdict = "undecided"
    n: int = 0
    left_out: int = 0
    missing: int = 0

    @property
    def complete(self) -> bool:
        """Whether no rollout of either setting is missing."""
        return not self.missing

    @property
    def corrected(self) -> tuple[float, float]:
        """The interval after Holm's correction, or the bounds where there is none."""
        if self.low_holm is None or self.high_holm is None:
            return self.low, self.high
        return self.low_holm, self.high_holm


def against(reference: str, rollouts: Rollouts) -> list[tuple[str, str]]:
    """Every other setting paired with `reference`.

    Raises:
        InputError: there is no such setting.
    """
    if reference not in rollouts.settings:
        raise InputError(f"no setting {reference!r}; there are: {', '.join(rollouts.settings)}")
    return [(setting, reference) for setting in rollouts.settings if setting != reference]


def compare(
    rollouts: Rollouts, pairs: Sequence[tuple[str, str]], metric: str = "accuracy"
) -> list[Comparison]:
    """The first setting of each pair minus the second; Holm's correction is over all of them.

    Left out are pairs that share no problem, and all of them where the columns do not give the metric.
    """
    return compare_all(rollouts, pairs, [metric]).get(metric, [])


def compare_all(
    rollouts: Rollouts, pairs: Sequence[tuple[str, str]], metrics: Sequence[str], cluster: str | None = None
) -> dict[str, list[Comparison]]:
    """The comparisons by metric: any measure of `measures.measures` that the rollouts allow.

    With the column `cluster` its values are the unit of sampling, each the problems that share it.
    Where the problems are a part of a stratified set, each metric is followed by `…_weighted`, in which a
    problem weighs what it stands for in the full set. Settings whose rollouts are the same are counted once
    in the correction.
    """
    clusters = None
    if cluster is not None:
        clusters = dict(zip(rollouts["problem_id"], rollouts[cluster].astype(str), strict=True))
    known = measures(rollouts)
    names = dict.fromkeys(name for pair in pairs for name in pair)
    parts = {name: on_its_sources(rollouts.of(name)) for name in names}
    same = {twin.setting: twin.other for twin in twins(rollouts)}
    found = {}
    for metric in metrics:
        if metric not in known:
            continue
        by_problem = {name: known[metric].of(part) for name, part in parts.items()}
        matched = [
            match
            for setting, reference in pairs
            if (match := _matched(setting, reference, by_problem[setting], by_problem[reference]))
        ]
        found[metric] = _tested(matched, known[metric], metric, same, clusters=clusters)
        if is_part(rollouts):
            weights = _weights(rollouts)
            whole = [match for match in matched if not match.missing]
            found[metric + WEIGHTED] = _tested(
                whole, known[metric], metric + WEIGHTED, same, weights, clusters
            )
    return {metric: rows for metric, rows in found.items() if rows}


@dataclass(frozen=True, slots=True)
class _Match:
    """The values of two settings on the problems that both have."""

    setting: str
    reference: str
    problems: NDArray[np.object_]
    other: ByProblem
    base: ByProblem
    left_out: int

    @property
    def missing(self) -> int:
        return self.other.missing + self.base.missing


def _matched(setting: str, reference: str, other: ByProblem | None, base: ByProblem | None) -> _Match | None:
    if other is None or base is None:
        return None
    if np.array_equal(other.problems, base.problems):
        return _Match(setting, reference, base.problems, other, base, 0)
    common, of_other, of_base = np.intersect1d(
        other.problems, base.problems, assume_unique=True, return_indices=True
    )
    if not len(common):
        return None
    left_out = len(other.problems) + len(base.problems) - 2 * len(common)
    return _Match(setting, reference, common, other.take(of_other), base.take(of_base), left_out)


def _tested(
    matched: Sequence[_Match],
    measure: Measure,
    metric: str,
    same: Mapping[str, str],
    weights: Mapping[str, tuple[str, float]] | None = None,
    clusters: Mapping[str, str] | None = None,
) -> list[Comparison]:
    """Every match as a comparison, with Holm's correction over those in which nothing is missing."""
    whole = {match.setting: match for match in matched if not match.missing}
    # Settings with the same rollouts are one hypothesis; with those of the reference, none.
    kind = {
        name: hypothesis
        for name, match in whole.items()
        if len(set(hypothesis := tuple(same.get(side, side) for side in (name, match.reference)))) > 1
    }
    tests = max(1, len(set(kind.values())))
    tested = {
        name: statistics.paired_difference(
            match.other.value,
            match.base.value,
            None if weights is None else _of_problems(match.problems, weights),
            clusters=None if clusters is None else [clusters[name] for name in match.problems],
            proportion=measure.unit.is_share,
            alpha=LEVEL / tests,
        )
        for name, match in whole.items()
    }
    p_values: dict[tuple[str, ...], float] = {}
    for name, group in kind.items():
        p_values[group] = max(p_values.get(group, 0.0), tested[name].p_value)
    tests_made = list(p_values.values())
    corrected = dict(zip(p_values, statistics.holm(tests_made), strict=True))
    levels = dict(zip(p_values, statistics.holm_levels(tests_made, LEVEL), strict=True))
    rows = []
    for match in matched:
        name = match.setting
        shared = partial(
            Comparison,
            setting=name,
            reference=match.reference,
            metric=metric,
            n=len(match.problems),
            left_out=match.left_out,
        )
        if name not in tested:
            low = float((match.other.low - match.base.high).mean())
            high = float((match.other.high - match.base.low).mean())
            rows.append(shared(estimate=None, low=low, high=high, missing=match.missing))
            continue
        found = tested[name]
        p_holm = corrected[kind[name]] if name in kind else found.p_value
        alpha = levels[kind[name]] if name in kind else LEVEL
        low_holm, high_holm = found.decided_interval(alpha, significant=p_holm < LEVEL)
        rows.append(
            shared(
                estimate=found.estimate,
                low=found.low,
                high=found.high,
                p_value=found.p_value,
                p_holm=p_holm,
                low_holm=low_holm,
                high_holm=high_holm,
                detectable=found.detectable,
                verdict=_verdict(found.estimate, p_holm, measure),
            )
        )
    return rows


def _verdict(estimate: float, p_holm: float, measure: Measure) -> Verdict:
    if p_holm >= LEVEL or estimate == 0 or measure.better is None:
        return "undecided"
    return "better" if (estimate > 0) == (measure.better == "higher") else "worse"


def _weights(rollouts: Rollouts) -> dict[str, tuple[str, float]]:
    """The stratum of each problem, and the size of that in the full set."""
    _, first = np.unique(rollouts["problem_id"].astype(str), return_index=True)
    problems, strata, sizes = (rollouts[name][first] for name in ("problem_id", "stratum", "stratum_size"))
    return dict(zip(problems.tolist(), zip(strata.tolist(), sizes.tolist(), strict=True), strict=True))


def _of_problems(
    problems: NDArray[np.object_], weights: Mapping[str, tuple[str, float]]
) -> NDArray[np.float64]:
    """How many problems of the full set each of these stands for."""
    strata, index = np.unique([weights[name][0] for name in problems], return_inverse=True)
    sizes = np.zeros(len(strata))
    sizes[index] = [weights[name][1] for name in problems]
    return (sizes / np.bincount(index))[index]


@dataclass(frozen=True, slots=True)
class RunComparison:
    """Run B minus run A, setting by setting, for every measure that both have; `notes` say what limits it."""

    by_metric: dict[str, list[Comparison]]
    decompositions: list[Decomposition]
    notes: tuple[str, ...]


def compare_runs(
    run_a: Path,
    run_b: Path,
    setting_a: str | None = None,
    setting_b: str | None = None,
    cluster: str | None = None,
    *,
    complete: bool = False,
) -> RunComparison:
    """Compare two runs, or two settings of one, on the problems that both have, at the smaller cap.

    Args:
        run_a: a run directory or a regraded file.
        run_b: the side from which A is subtracted; it may be the same one, with two settings named.
        setting_a: the one of A's settings to compare. With neither named, all that have the same name
            in both are compared, or else the only one of each.
        setting_b: the one of B's; with one of the two named, the other has the same name.
        cluster: a column that names what problems share, a stem or a contest: then the unit of sampling.
        complete: a file with fewer problems than the other has them on purpose; nothing is missing.

    Raises:
        InputError: a run cannot be read, a setting or the column is not there, or the two share no problem.
    """
    one = run_a.resolve() == run_b.resolve()
    setting_a, setting_b = setting_a or setting_b, setting_b or setting_a
    if one and setting_a == setting_b:
        raise InputError(f"{run_a} is given twice: name two of its settings by --setting-a and --setting-b")
    rollouts = read(
        [run_a] if one else [run_a, run_b],
        apart=True,
        columns=[] if cluster is None else [cluster],
        complete=complete,
    )
    if cluster is not None and cluster not in rollouts:
        raise InputError(f"--cluster {cluster}: not every file has a column {cluster!r}")
    labels = list(rollouts.runs)
    pairs = _pairs(rollouts, labels[0], labels[-1], setting_a, setting_b)
    notes = list(rollouts.notes)
    if cluster is not None:
        count = len(set(rollouts[cluster].tolist()))
        notes.append(f"intervals and tests are over the {count:,} values of {cluster}, not over problems")
    caps = sorted(set(rollouts["cap"].tolist())) if "cap" in rollouts else []
    if len(caps) > 1 and rollouts.has_texts:
        rollouts = replay(rollouts, caps[:1])[caps[0]]
        notes.append(
            f"the runs have caps of {caps[0]:,} and {caps[-1]:,} tokens: "
            f"both are compared at {caps[0]:,}, the larger replayed"
        )
    elif len(caps) > 1:
        notes.append(
            f"the runs have caps of {caps[0]:,} and {caps[-1]:,} tokens and lack the texts to replay one: "
            "the difference is partly that of the caps"
        )
    rollouts = with_answers(rollouts)
    by_metric = compare_all(rollouts, pairs, list(measures(rollouts)), cluster)
    if not by_metric:
        raise InputError(f"{run_a} and {run_b} have no problem in common, so they cannot be compared")
    notes += [
        f"{row.setting} and {row.reference} have {row.n:,} problems in common and are compared on those; "
        f"{row.left_out:,} are in one only"
        for row in by_metric["accuracy"]
        if row.left_out
    ]
    return RunComparison(by_metric, decompositions(rollouts, pairs), tuple(notes))


def _pairs(
    rollouts: Rollouts, label_a: str, label_b: str, setting_a: str | None, setting_b: str | None
) -> list[tuple[str, str]]:
    """The settings to compare, as (of B, of A) under the names that they have beside each other."""
    names_a, names_b = rollouts.runs[label_a], rollouts.runs[label_b]
    for name, names, label in ((setting_a, names_a, label_a), (setting_b, names_b, label_b)):
        if name is not None and name not in names:
            raise InputError(f"{label} has no setting {name!r}; it has: {', '.join(names)}")
    if setting_a is not None and setting_b is not None:
        return [(names_b[setting_b], names_a[setting_a])]
    if shared := [name for name in names_a if name in names_b]:
        return [(names_b[name], names_a[name]) for name in shared]
    if len(names_a) == len(names_b) == 1:
        return list(zip(names_b.values(), names_a.values(), strict=True))
    raise InputError(
        f"no setting of the same name: {label_a} has {', '.join(names_a)}; {label_b} has "
        f"{', '.join(names_b)}; choose one of each by --setting-a and --setting-b"
    )
