"""The figures as text: for the terminal, for Markdown, for CSV. A table is a header and rows of strings."""

from __future__ import annotations

import csv
import io
from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING

from sdtool import sweep
from sdtool.metrics import MAIN, METRICS, SHARE, TOKENS, unit_of
from sdtool.parameters import PARAMETERS, values
from sdtool.report.figures import WEIGHTED, Figure
from sdtool.report.measures import ANSWERED
from sdtool.report.outcomes import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sdtool.config import Setting
    from sdtool.report.comparisons import Comparison
    from sdtool.report.decomposition import Decomposition
    from sdtool.report.figures import Split
    from sdtool.report.lengths import LengthQuantile
    from sdtool.report.series import Series
    from sdtool.statistics import Estimate

TEST_DECIDES = (
    "An undecided difference whose interval leaves out 0: the interval is of that comparison alone, and the "
    "exact test and its correction decide."
)
SHOWN = tuple(metric.name for metric in MAIN)
FURTHER = tuple(metric.name for metric in METRICS.values() if not metric.main)


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table; `note` says below it what a reader must know."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def text(self) -> str:
        """Aligned columns for a terminal: the first left, the others right."""
        cells = [self.header, *self.rows]
        widths = [max(len(row[column]) for row in cells) for column in range(len(self.header))]
        lines = []
        for row in cells:
            first, *others = [
                cell.ljust(width) if not place else cell.rjust(width)
                for place, (cell, width) in enumerate(zip(row, widths, strict=True))
            ]
            lines.append("  ".join([first, *others]).rstrip())
        return "\n".join([*lines, *([self.note] if self.note else [])])

    def markdown(self) -> str:
        """A GitHub table under a heading."""
        lines = [
            f"## {self.title}",
            "",
            _markdown_row(self.header),
            _markdown_row(["---", *["---:"] * (len(self.header) - 1)]),
            *(_markdown_row(row) for row in self.rows),
        ]
        return "\n".join([*lines, *(["", self.note] if self.note else []), ""])


def _markdown_row(cells: Sequence[str]) -> str:
    """Names come from files of others: they may not end a cell or open a tag."""
    escaped = (
        cell.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|").replace("\n", " ")
        for cell in cells
    )
    return f"| {' | '.join(escaped)} |"


def p_value(value: float) -> str:
    """Three decimals, and never a zero."""
    return "<0.001" if value < 0.001 else f"{value:.3f}"  # noqa: PLR2004 - the last value that three decimals show


def number(figure: Figure) -> str:
    """The value and its interval, in the unit of its metric; only the bounds where rollouts are missing."""
    unit = unit_of(figure.metric)
    if not figure.complete:
        return f"{unit.text(figure.low)} to {unit.text(figure.high)}"
    return unit.interval(figure.value, figure.low, figure.high)


def settings_table(
    figures: Iterable[Figure], metrics: Sequence[str] = SHOWN, *, title: str = "Settings"
) -> Table:
    """One row a setting: n, the problems, and each metric in percent (or tokens) with its 95 % interval."""
    return _pivot(
        title,
        ("setting",),
        [((figure.setting,), figure.metric, figure) for figure in figures if figure.subset == "all"],
        metrics,
    )


def parts_table(parts: Mapping[str, Iterable[Figure]]) -> Table:
    """One row a source or stratum and setting."""
    rows = [
        ((name, figure.setting), figure.metric, figure)
        for name, figures in parts.items()
        for figure in figures
    ]
    return _pivot("Sources and strata", ("part", "setting"), rows, SHOWN)


def subsets_table(figures: Iterable[Figure]) -> Table:
    """One row a subset and setting, raw and weighted to the full problem set; none without weights."""
    figures = list(figures)
    subsets = {figure.subset for figure in figures if figure.metric.endswith(WEIGHTED)}
    rows = [
        (
            (figure.subset, figure.setting, "weighted" if figure.metric.endswith(WEIGHTED) else "raw"),
            figure.metric.removesuffix(WEIGHTED),
            figure,
        )
        for figure in figures
        if subsets and figure.subset in (*subsets, "all")
    ]
    title = "Subsets, raw and weighted to the full problem set"
    return _pivot(title, ("subset", "setting", "figures"), rows, SHOWN)


def _pivot(
    title: str,
    keys: tuple[str, ...],
    cells: Sequence[tuple[tuple[str, ...], str, Figure]],
    metrics: Sequence[str],
) -> Table:
    found: dict[tuple[str, ...], dict[str, Figure]] = {}
    for key, metric, figure in cells:
        found.setdefault(key, {})[metric] = figure
    shown = [metric for metric in metrics if any(metric in row for row in found.values())]
    rows = tuple(
        (
            *key,
            f"{max(figure.n for figure in row.values()):,}",
            *(number(row[metric]) if metric in row else "-" for metric in shown),
        )
        for key, row in found.items()
    )
    return Table(title, (*keys, "n", *(METRICS[metric].heading for metric in shown)), rows)


def outcomes_table(splits: Sequence[Split]) -> Table:
    """One row a setting: the share of each outcome, which sum to one, with its 95 % interval."""
    shown = [name for name in OUTCOMES if any(name in split.outcomes for split in splits)]
    rows = tuple(
        (
            split.setting,
            *(number(split.outcomes[name]) if name in split.outcomes else SHARE.text(0) for name in shown),
        )
        for split in splits
    )
    return Table("Outcomes, % of rollouts", ("setting", *shown), rows)


def endings_table(splits: Sequence[Split]) -> Table:
    """One row a setting: between what the accuracy without a cap lies, and accuracy among answered."""
    rows = []
    for split in splits:
        bounds = "-" if split.bounds is None else " to ".join(map(SHARE.text, split.bounds))
        answered = (
            "-"
            if split.among_answered is None
            else f"{number(split.among_answered)} of {split.among_answered.n:,}"
        )
        rows.append((split.setting, bounds, answered))
    header = ("setting", "accuracy without a cap", "accuracy among answered")
    return Table("Accuracy without a cap and among answered, %", header, tuple(rows))


def comparisons_table(comparisons: Sequence[Comparison], title: str) -> Table:
    """One row a comparison: difference, its interval, p, p after Holm, what was detectable, and the verdict.

    With rollouts missing there is nothing but the bounds of the difference.
    """
    rows = []
    for comparison in comparisons:
        unit = unit_of(comparison.metric)
        ends = [unit.difference(comparison.low), unit.difference(comparison.high)]
        row = [comparison.setting, f"{comparison.n:,}"]
        if comparison.estimate is None:
            row += ["-", " to ".join(ends), "-", "-", "-"]
        else:
            row += [unit.difference(comparison.estimate), f"[{', '.join(ends)}]"]
            row += [p_value(p) if p is not None else "-" for p in (comparison.p_value, comparison.p_holm)]
            row += [unit.text(comparison.detectable) if comparison.detectable is not None else "-"]
        rows.append((*row, comparison.verdict if comparison.complete else "incomplete"))
    named = f" ({unit_of(comparisons[0].metric).difference_name})" if comparisons else ""
    header = ("setting", "n", f"difference{named}", "95 % interval", "p", "p (Holm)", "detectable", "verdict")
    apart = any(row.low_holm is not None and row.low_holm <= 0 < row.low for row in comparisons) or any(
        row.high_holm is not None and row.high < 0 <= row.high_holm for row in comparisons
    )
    return Table(title, header, tuple(rows), TEST_DECIDES if apart else "")


def title_of(metric: str) -> str:
    """The name of a metric, weighted or not, or of what is none (pass@k), at the begin of a line."""
    name = metric.removesuffix(WEIGHTED)
    others = {ANSWERED: "Accuracy among answered", **{ending: f"Share of {ending}" for ending in OUTCOMES}}
    title = METRICS[name].title if name in METRICS else others.get(name, name)
    return f"{title}, weighted to the full problem set," if metric.endswith(WEIGHTED) else title


def decompositions_table(decompositions: Sequence[Decomposition]) -> Table:
    """One row a comparison: the difference in accuracy, and its two parts with their intervals."""
    rows = tuple(
        (
            one.setting,
            f"{one.n:,}",
            SHARE.difference(one.difference),
            *(_difference(part) for part in (one.ending, one.answering)),
        )
        for one in decompositions
    )
    reference = decompositions[0].reference if decompositions else ""
    header = ("setting", "n", "difference (points)", "from answering more often", "from answering better")
    return Table(f"Why the accuracy differs from that of {reference}", header, rows)


def _difference(part: Estimate) -> str:
    ends = f"{SHARE.difference(part.low)}, {SHARE.difference(part.high)}"
    return f"{SHARE.difference(part.estimate)} [{ends}]"


def transitions_table(one: Decomposition) -> Table:
    """The share of pairs of rollouts that end as row (reference) and column (setting)."""
    before = [name for name in OUTCOMES if any(pair[0] == name for pair in one.transitions)]
    after = [name for name in OUTCOMES if any(pair[1] == name for pair in one.transitions)]
    rows = tuple(
        (row, *(SHARE.text(one.transitions.get((row, column), 0.0)) for column in after)) for row in before
    )
    return Table(
        f"Transitions from {one.reference} to {one.setting}, % of pairs", (one.reference, *after), rows
    )


def lengths_table(lengths: Sequence[LengthQuantile]) -> Table:
    """One row a setting: quantiles of the length in tokens."""
    found: dict[str, dict[float, LengthQuantile]] = {}
    for one in lengths:
        found.setdefault(one.setting, {})[one.share] = one
    shares = list(dict.fromkeys(one.share for one in lengths))
    rows = tuple(
        (setting, *(TOKENS.interval(row[share].value, row[share].low, row[share].high) for share in shares))
        for setting, row in found.items()
    )
    header = ("setting", *(f"{100 * share:g} %" for share in shares))
    return Table("Lengths in tokens, quantiles", header, rows, "∞: beyond the cap.")


def series_table(found: Sequence[Series]) -> Table:
    """One row a setting and metric: first and last value, trend, its test, the first step that differs."""
    rows = []
    for one in found:
        unit = unit_of(one.metric)
        steps = list(one.settings)
        row = [one.name, METRICS[one.metric].label, f"{one.n:,}"]
        row += [f"{steps[0]:g} to {steps[-1]:g}"]
        row += [f"{unit.text(one.curve.points[0].value)} to {unit.text(one.curve.points[-1].value)}"]
        if one.trend is None or one.p_holm is None:
            row += ["-", "-", "-", "incomplete"]
        else:
            span = steps[-1] - steps[0]
            change, *ends = (
                unit.difference(span * slope) for slope in (one.trend.estimate, one.trend.low, one.trend.high)
            )
            row += [f"{change} [{', '.join(ends)}]", p_value(one.trend.p_value), p_value(one.p_holm)]
            row += [one.verdict]
        first = one.first_different
        rows.append((*row, "-" if first is None else f"{first:g}"))
    header = ("setting", "metric", "n", "steps", "first to last", "trend over the series", "p", "p (Holm)")
    return Table("Series", (*header, "verdict", "first step that differs"), tuple(rows))


def parameters_table(settings: Sequence[Setting], remarks: Mapping[str, str]) -> Table:
    """One row a setting: its decode parameters, min-p also as the ratio that it cuts before temperature."""
    rows = tuple(
        (
            setting.name,
            *(f"{value:g}" for value in values(setting).values()),
            f"{sweep.raw_cutoff(setting):.3g}" if setting.min_p else "-",
            remarks.get(setting.name, ""),
        )
        for setting in settings
    )
    titles = [parameter.title for parameter in PARAMETERS.values()]
    return Table("Decode parameters", ("setting", *titles, "min-p before T", "remark"), rows)


def repeats_table(repeats: Sequence[Figure]) -> Table:
    """pass@k and maj@k, one row a setting and k."""
    rows = tuple((repeat.setting, repeat.metric, f"{repeat.n:,}", number(repeat)) for repeat in repeats)
    return Table("Several samples a problem", ("setting", "metric", "n", "value"), rows)


def summary_csv(figures: Iterable[Figure]) -> str:
    """The figures unrounded: `setting, cap, budget, metric, value, low, high, n, complete, missing, subset`.

    `budget` is the name that `subset` had in version 0.1, kept for those who read it. Of an incomplete figure
    there is no value, and `low` and `high` are bounds.
    """
    names = [field.name for field in fields(Figure)]
    header = ["budget" if name == "subset" else name for name in names] + ["subset"]
    rows = (dict(zip(names, astuple(figure), strict=True)) for figure in figures)
    shown = (row if row["complete"] else {**row, "value": None} for row in rows)
    return csv_of(header, ((*row.values(), row["subset"]) for row in shown))


def csv_of(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """CSV with a header line; None is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()
