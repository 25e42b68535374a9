"""What a study found, in sentences. Each figure in them stands in a table too, written in the same way."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sdtool.metrics import MAIN, METRICS, SHARE
from sdtool.report.tables import number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sdtool.report.comparisons import Comparison
    from sdtool.report.study import Study
    from sdtool.statistics import Estimate

# Settings that a sentence names; the others are counted.
MOST_NAMED = 4
# Settings of which a sentence says what ending more often explains.
MOST_EXPLAINED = 2


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, and what kind of finding it is: `better`, `worse`, `undecided` or `plain`."""

    kind: str
    text: str


def sentences(found: Study) -> list[Sentence]:
    """The answer in words: accuracy first, then how rollouts end."""
    compared = found.comparisons.get("accuracy", [])
    if not compared:
        return [Sentence("plain", _alone(found))]
    return [
        Sentence("plain", _frame(found, compared)),
        *_groups(compared),
        *(Sentence("plain", text) for text in (_best(found), *_endings(found)) if text),
        *_ends_of(found.comparisons),
    ]


def differences(by_metric: Mapping[str, Sequence[Comparison]]) -> list[Sentence]:
    """What the comparisons of two runs found: accuracy first, then how rollouts end."""
    return [*_groups(by_metric.get("accuracy", [])), *_ends_of(by_metric)]


def _ends_of(by_metric: Mapping[str, Sequence[Comparison]]) -> list[Sentence]:
    shown = [metric.name for metric in MAIN if metric.better == "lower"]
    return [sentence for metric in shown for sentence in _ends(by_metric.get(metric, []))]


def _best(found: Study) -> str:
    """The best setting, with the figure that choosing it has not lifted beside the one in the table."""
    best = found.best
    if best is None:
        return ""
    honest = SHARE.interval(best.estimate, best.low, best.high)
    others = f" Not among them, being incomplete: {', '.join(best.left_out)}." if best.left_out else ""
    return (
        f"Best in accuracy of {best.settings} settings: {best.setting}, {SHARE.text(best.naive)} % as it "
        f"stands. Having been chosen lifts that; cross-fitted it is {honest} %.{others}"
    )


def _endings(found: Study) -> list[str]:
    """What answering more often explains, where it and answering better pull apart or decide."""
    told = []
    verdicts = {row.setting: row for row in found.comparisons.get("accuracy", [])}
    explained = [one for one in found.decompositions if one.setting in verdicts and _clear(one.ending)]
    for one in sorted(explained, key=lambda one: -abs(one.ending.estimate))[:MOST_EXPLAINED]:
        often = "more" if one.ending.estimate > 0 else "less"
        well = "better" if one.answering.estimate > 0 else "worse"
        ending, answering = (SHARE.difference(part.estimate) for part in (one.ending, one.answering))
        told.append(
            f"{one.setting} minus {one.reference}: of {SHARE.difference(one.difference)} points {ending} "
            f"come from answering {often} often, {answering} from answering {well}."
        )
    return told


def _clear(part: Estimate) -> bool:
    return part.low > 0 or part.high < 0


def _alone(found: Study) -> str:
    told = [_value(found, name, "accuracy") for name in found.rollouts.settings]
    why = (
        "One setting has nothing to compare with; `compare` takes two runs."
        if len(told) == 1
        else "They have no problem in common with the reference, so nothing is compared."
    )
    return f"Accuracy of {'; '.join(told)}. {why}"


def _frame(found: Study, compared: Sequence[Comparison]) -> str:
    reference = compared[0].reference
    same = {twin.setting: twin.other for twin in found.twins}
    tests = len({same.get(row.setting, row.setting) for row in compared if row.complete} - {reference})
    corrected = (
        f". Better and worse are after Holm's correction for {tests} different comparisons; brackets hold "
        "the 95 % interval of each alone"
        if tests > 1
        else ""
    )
    base = _value(found, reference, "accuracy")
    return f"{_count(len(compared), 'setting')} compared in accuracy with {base}, by problem{corrected}."


def _groups(compared: Sequence[Comparison]) -> list[Sentence]:
    told = []
    for kind in ("better", "worse"):
        group = [comparison for comparison in compared if comparison.complete and comparison.verdict == kind]
        if group:
            told.append(Sentence(kind, f"{kind.capitalize()} than {group[0].reference}: {_named(group)}."))
    group = [
        comparison for comparison in compared if comparison.complete and comparison.verdict == "undecided"
    ]
    if group:
        told.append(Sentence("undecided", f"Undecided: {_named(group)}. {_not_detected(group)}"))
    if group := [comparison for comparison in compared if not comparison.complete]:
        told.append(Sentence("undecided", f"Incomplete, so only bounds and no test: {_named(group)}."))
    return told


def _ends(compared: Sequence[Comparison]) -> list[Sentence]:
    """Settings that differ from the reference in how rollouts end, for a metric of which less is better."""
    told = []
    for kind, word in (("better", "Lower"), ("worse", "Higher")):
        group = [comparison for comparison in compared if comparison.complete and comparison.verdict == kind]
        if group:
            label = METRICS[group[0].metric].label
            told.append(Sentence(kind, f"{word} {label} than {group[0].reference}: {_named(group)}."))
    return told


def _named(group: Sequence[Comparison]) -> str:
    ordered = sorted(group, key=lambda comparison: -abs(comparison.estimate or 0))
    named = [_difference(comparison) for comparison in ordered[:MOST_NAMED]]
    more = len(ordered) - MOST_NAMED
    return "; ".join(named) + (f"; and {more} more" if more > 0 else "")


def _difference(comparison: Comparison) -> str:
    unit = METRICS[comparison.metric].unit
    low, high = unit.difference(comparison.low), unit.difference(comparison.high)
    if comparison.estimate is None:
        return f"{comparison.setting} between {low} and {high} {unit.difference_name}"
    by = unit.difference(comparison.estimate)
    return f"{comparison.setting} by {by} {unit.difference_name} [{low}, {high}]"


def _not_detected(group: Sequence[Comparison]) -> str:
    """What could not have been detected, and how many problems would decide the largest of these."""
    unit = METRICS[group[0].metric].unit
    known = [c.detectable for c in group if c.detectable is not None and math.isfinite(c.detectable)]
    if not known:
        return ""
    low, high = (unit.difference(bound(known)).lstrip("+") for bound in (min, max))
    span = low if low == high else f"{low} to {high}"
    text = (
        f"Undecided is not equal: with {_count(max(c.n for c in group), 'problem')} only differences of "
        f"about {span} {unit.difference_name} or more are detected in 80 % of repetitions."
    )
    largest = max(group, key=lambda comparison: abs(comparison.estimate or 0))
    if largest.estimate and largest.detectable and math.isfinite(largest.detectable):
        needed = math.ceil(largest.n * (largest.detectable / largest.estimate) ** 2)
        if needed > largest.n:
            text += (
                f" If {largest.setting} truly differs by {unit.difference(largest.estimate)} "
                f"{unit.difference_name}, it takes about {needed:,} problems to detect it."
            )
    return text


def _value(found: Study, setting: str, metric: str) -> str:
    figure = next(
        (f for f in found.figures if (f.setting, f.metric, f.subset) == (setting, metric, "all")), None
    )
    if figure is None:
        return setting
    return f"{setting} ({number(figure)} %)"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
