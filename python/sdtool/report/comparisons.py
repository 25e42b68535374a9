"""Settings and runs compared problem by problem, on the problems that both have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sdtool import statistics
from sdtool.errors import InputError
from sdtool.report.caps import replay
from sdtool.report.figures import RATES, by_problem, values
from sdtool.report.rollouts import read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sdtool.report.rollouts import Rollouts

COMPARED = ("accuracy", "think_close", "boxed", "length_stop", "mean_tokens")


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
            [other[p] for p in common], [base[p] for p in common], proportion=metric in RATES
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


def compare_runs(run_a: Path, run_b: Path, wanted: Sequence[str] = ()) -> RunComparison:
    """Compare two runs on the problems that they share, at the smaller of their caps.

    Args:
        run_a: a run directory or a regraded file.
        run_b: the side from which A is subtracted.
        wanted: settings as `NAME`, or `NAME_A=NAME_B` where the two call theirs differently. None asks for
            all of the same name, or for the only one of each.

    Raises:
        InputError: a run cannot be read, a setting is not there, or the two share no problem.
    """
    rollouts = read([run_a, run_b], apart=True)
    label_a, label_b = rollouts.runs
    pairs = _pairs(rollouts, label_a, label_b, wanted)
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


def _pairs(rollouts: Rollouts, label_a: str, label_b: str, wanted: Sequence[str]) -> list[tuple[str, str]]:
    """The settings to compare, as (of B, of A) under the names that they have beside each other."""
    names_a, names_b = rollouts.runs[label_a], rollouts.runs[label_b]
    if wanted:
        asked = [
            name.split("=", 1) if "=" in name and name not in names_a else [name, name] for name in wanted
        ]
    elif shared := [name for name in names_a if name in names_b]:
        asked = [[name, name] for name in shared]
    elif len(names_a) == len(names_b) == 1:
        asked = [[*names_a, *names_b]]
    else:
        raise InputError(
            f"no setting of the same name: {label_a} has {', '.join(names_a)}; {label_b} has "
            f"{', '.join(names_b)}; choose one of each by --setting NAME_A=NAME_B"
        )
    for a, b in asked:
        for name, names, label in ((a, names_a, label_a), (b, names_b, label_b)):
            if name not in names:
                raise InputError(f"{label} has no setting {name!r}; it has: {', '.join(names)}")
    return [(names_b[b], names_a[a]) for a, b in asked]


def _means(rollouts: Rollouts, metric: str) -> dict[str, float]:
    samples = values(rollouts, metric)
    if samples is None:
        return {}
    problems, means = by_problem(rollouts, samples)
    return dict(zip(problems, means.tolist(), strict=True))
