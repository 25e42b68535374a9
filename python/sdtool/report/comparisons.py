"""Settings and runs compared problem by problem, on the problems that both have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sdtool import statistics
from sdtool.errors import InputError
from sdtool.metrics import MAIN, METRICS
from sdtool.report.caps import replay
from sdtool.report.figures import by_problem, values
from sdtool.report.rollouts import read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sdtool.report.rollouts import Rollouts

COMPARED = tuple(metric.name for metric in MAIN)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`setting` minus `reference` in one metric, over the `n` problems that both have.

    `left_out` counts the problems that only one of them has. `p_holm` is the p-value after Holm's
    correction over the comparisons made together. `detectable` is the smallest difference that
    as many problems show with 80 % power at the 5 % level.
    """

    setting: str
    reference: str
    metric: str
    estimate: float
    low: float
    high: float
    p_value: float
    p_holm: float
    detectable: float
    n: int
    left_out: int


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
    means = {name: _means(rollouts.of(name), metric) for pair in pairs for name in pair}
    found = []
    for setting, reference in pairs:
        other, base = means[setting], means[reference]
        common = sorted(base.keys() & other.keys())
        if not common:
            continue
        difference = statistics.paired_difference(
            [other[p] for p in common], [base[p] for p in common], proportion=METRICS[metric].unit.is_share
        )
        found.append((setting, reference, difference, len(common), len(base.keys() ^ other.keys())))
    corrected = statistics.holm([difference.p_value for _, _, difference, _, _ in found])
    return [
        Comparison(
            setting=setting,
            reference=reference,
            metric=metric,
            estimate=difference.estimate,
            low=difference.low,
            high=difference.high,
            p_value=difference.p_value,
            p_holm=holm,
            detectable=difference.detectable,
            n=n,
            left_out=left_out,
        )
        for (setting, reference, difference, n, left_out), holm in zip(found, corrected, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class RunComparison:
    """Run B minus run A, setting by setting, for every metric that both have; `notes` say what limits it."""

    by_metric: dict[str, list[Comparison]]
    notes: tuple[str, ...]


def compare_runs(
    run_a: Path, run_b: Path, setting_a: str | None = None, setting_b: str | None = None
) -> RunComparison:
    """Compare two runs, or two settings of one, on the problems that both have, at the smaller cap.

    Args:
        run_a: a run directory or a regraded file.
        run_b: the side from which A is subtracted; it may be the same one, with two settings named.
        setting_a: the one of A's settings to compare. With neither named, all that have the same name
            in both are compared, or else the only one of each.
        setting_b: the one of B's; with one of the two named, the other has the same name.

    Raises:
        InputError: a run cannot be read, a setting is not there, or the two share no problem.
    """
    one = run_a.resolve() == run_b.resolve()
    setting_a, setting_b = setting_a or setting_b, setting_b or setting_a
    if one and setting_a == setting_b:
        raise InputError(f"{run_a} is given twice: name two of its settings by --setting-a and --setting-b")
    rollouts = read([run_a] if one else [run_a, run_b], apart=True)
    labels = list(rollouts.runs)
    pairs = _pairs(rollouts, labels[0], labels[-1], setting_a, setting_b)
    notes = list(rollouts.notes)
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
    by_metric = {metric: rows for metric in COMPARED if (rows := compare(rollouts, pairs, metric))}
    if not by_metric:
        raise InputError(f"{run_a} and {run_b} have no problem in common, so they cannot be compared")
    notes += [
        f"{row.setting} and {row.reference} have {row.n:,} problems in common and are compared on those; "
        f"{row.left_out:,} are in one only"
        for row in by_metric["accuracy"]
        if row.left_out
    ]
    return RunComparison(by_metric, tuple(notes))


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


def _means(rollouts: Rollouts, metric: str) -> dict[str, float]:
    samples = values(rollouts, metric)
    if samples is None:
        return {}
    problems, means = by_problem(rollouts, samples)
    return dict(zip(problems, means.tolist(), strict=True))
