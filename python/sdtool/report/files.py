"""The files of a report: tables as CSV and Markdown, plots as SVG, and the page."""

from __future__ import annotations

from dataclasses import astuple, fields
from typing import TYPE_CHECKING

from sdtool.errors import InputError
from sdtool.report.comparisons import Comparison
from sdtool.report.facts import facts
from sdtool.report.figures import Figure
from sdtool.report.gallery import gallery
from sdtool.report.layout import layout
from sdtool.report.page import page
from sdtool.report.tables import csv_of, summary_csv

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sdtool.report.study import Study
    from sdtool.report.tables import Table


def write(found: Study, out: Path, title: str, runs: Sequence[Path] = ()) -> list[Path]:
    """Write `summary.csv`, `summary.md`, the tables as CSV, the plots as SVG and `index.html` to `out`."""
    plots = gallery(found)
    tables = found.tables()
    files = {
        "summary.csv": summary_csv(found.all_figures()),
        "parts.csv": csv_of(
            ["part", *(field.name for field in fields(Figure))],
            ((name, *astuple(figure)) for name, rows in found.by_part.items() for figure in rows),
        ),
        "outcomes.csv": csv_of(
            ["setting", "outcome", "share", "low", "high", "complete"],
            (
                (split.setting, name, share.value, share.low, share.high, share.complete)
                for split in found.splits
                for name, share in split.outcomes.items()
            ),
        ),
        "comparisons.csv": csv_of(
            [field.name for field in fields(Comparison)],
            (astuple(row) for rows in found.comparisons.values() for row in rows),
        ),
        "summary.md": _markdown(title, found.notes, tables, [(plot.name, plot.alt) for plot in plots]),
        **{f"{plot.name}.svg": plot.svg for plot in plots},
        "index.html": page(title, layout(found, plots, facts(runs, found.rollouts)), found.rollouts),
    }
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (out / name).write_text(content, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{out}: cannot be written: {error}") from error
    return [out / name for name in files]


def _markdown(
    title: str, notes: Sequence[str], tables: Sequence[Table], plots: Sequence[tuple[str, str]]
) -> str:
    return "\n".join(
        [
            f"# {title}",
            "",
            *(f"> {note}\n" for note in notes),
            *(table.markdown() for table in tables),
            *(f"![{alt}]({name}.svg)\n" for name, alt in plots),
        ]
    )
