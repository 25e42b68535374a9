"""What stands where on the page: the answer on top, then settings and rollouts, the rest folded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sdtool.report.sentences import sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sdtool.report.gallery import Plot
    from sdtool.report.sentences import Sentence
    from sdtool.report.study import Study
    from sdtool.report.tables import Table

# The folded sections: their ids, titles, and how the titles of tables and the names of plots in them begin.
SECTIONS = (
    ("series", "Series", ("Series", "series")),
    (
        "endings",
        "How rollouts end",
        (
            "Why",
            "Outcomes",
            "Accuracy without",
            "Further metrics",
            "Transitions",
            "Lengths",
            "outcomes",
            "lengths",
        ),
    ),
    ("comparisons", "Further comparisons", ("differences",)),
    ("repeats", "Several samples", ("Several samples",)),
    ("sweeps", "Sweeps", ("sweep", "grid")),
    ("caps", "Smaller caps", ("Replayed", "cap-")),
    ("parts", "Sources, strata and subsets", ("Sources", "Subsets", "sources")),
    ("parameters", "Decode parameters", ("Decode parameters",)),
)
LEAD_PLOT = "differences-accuracy"
OTHER = ("comparisons", "Further comparisons")


@dataclass(frozen=True, slots=True)
class Section:
    """A folded part of the page."""

    id: str
    title: str
    tables: list[Table]
    plots: list[Plot]


@dataclass(frozen=True, slots=True)
class Layout:
    """The page's content in its order, without the rollouts."""

    facts: Sequence[tuple[str, str]]
    notes: Sequence[str]
    sentences: Sequence[Sentence]
    lead_plots: Sequence[Plot]
    lead_tables: Sequence[Table]
    sections: Sequence[Section]


def layout(found: Study, plots: Sequence[Plot], facts: Sequence[tuple[str, str]]) -> Layout:
    """Lay out a study."""
    tables = found.tables()
    lead = found.lead_tables()
    first = [plot for plot in plots if plot.name == LEAD_PLOT] or list(plots[:1])
    sections = {id_: Section(id_, title, [], []) for id_, title, _ in SECTIONS}
    for table in tables:
        if table not in lead:
            sections[_section(table.title)].tables.append(table)
    for plot in plots:
        if plot not in first:
            sections[_section(plot.name)].plots.append(plot)
    return Layout(
        facts=facts,
        notes=found.notes,
        sentences=sentences(found),
        lead_plots=first,
        lead_tables=lead,
        sections=[section for section in sections.values() if section.tables or section.plots],
    )


def _section(name: str) -> str:
    return next((id_ for id_, _, begins in SECTIONS if name.startswith(begins)), OTHER[0])
