"""`compare`: two runs, problem by problem."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer


def compare(
    run_a: Annotated[
        Path, typer.Argument(metavar="RUN_A", help="A run directory, or a file that `regrade` made.")
    ],
    run_b: Annotated[Path, typer.Argument(metavar="RUN_B", help="The same of the other side.")],
    setting_a: Annotated[
        str | None, typer.Option(metavar="NAME", help="The one setting of A to compare; by default all.")
    ] = None,
    setting_b: Annotated[
        str | None, typer.Option(metavar="NAME", help="The one of B; by default of the same name as A's.")
    ] = None,
) -> None:
    """Compare B with A on the problems that both have: paired difference, 95 % interval, test."""
    from sdtool.report import tables
    from sdtool.report.comparisons import compare_runs

    found = compare_runs(run_a, run_b, setting_a, setting_b)
    for note in found.notes:
        typer.echo(f"note: {note}", err=True)
    shown = []
    for metric, rows in found.by_metric.items():
        title = f"{tables.title_of(metric)}: {run_b} minus {run_a}"
        if len(rows) == 1:
            title = f"{tables.title_of(metric)}: {rows[0].setting} minus {rows[0].reference}"
        shown.append(tables.comparisons_table(rows, title))
    if found.decompositions:
        shown.append(tables.decompositions_table(found.decompositions))
    if len(found.decompositions) == 1:
        shown.append(tables.transitions_table(found.decompositions[0]))
    typer.echo("\n\n".join(f"{table.title}\n{table.text()}" for table in shown))
