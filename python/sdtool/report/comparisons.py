"""Settings compared problem by problem, on the problems that both have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sdtool import statistics
from sdtool.errors import InputError
from sdtool.report.figures import RATES, by_problem, values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sdtool.report.rollouts import Rollouts


@dataclass(frozen=True, slots=True)
class Comparison:
    """`setting` minus `reference` in one metric, over the `n` problems that both have.

    `left_out` counts the problems that only one of them has. `p_holm` is the p-value after Holm's
    correction over the comparisons made together. `detectable` is the smallest difference that as many problems would show
    with 80 % power at the 5 % level.
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


def compare(rollouts: Rollouts, pairs: Sequence[tuple[str, str]], metric: str = "accuracy") -> list[Comparison]:
    """The first setting of each pair minus the second; Holm's correction is over all of them.

    Pairs whose columns do not give the metric are left out.

    Raises:
        InputError: the settings of a pair share no problem.
    """
    means = {name: _means(rollouts.of(name), metric) for pair in pairs for name in pair}
    found = []
    for setting, reference in pairs:
        other, base = means[setting], means[reference]
        if other is None or base is None:
            continue
        common = sorted(base.keys() & other.keys())
        if not common:
            raise InputError(f"{setting!r} and {reference!r} have no problem in common, so they cannot be compared")
        difference = statistics.paired_difference([other[p] for p in common], [base[p] for p in common], proportion=metric in RATES)
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


def _means(rollouts: Rollouts, metric: str) -> dict[str, float] | None:
    samples = values(rollouts, metric)
    if samples is None:
        return None
    problems, means = by_problem(rollouts, samples)
    return dict(zip(problems, means.tolist(), strict=True))
