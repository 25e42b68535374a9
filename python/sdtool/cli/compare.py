"""`compare`: two runs, problem by problem."""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

from sdtool.cli import console
from sdtool.cli.options import Complete, Json  # noqa: TC001 - typer reads the annotations

SHOWN = ("accuracy", "accuracy_weighted", "length_stop")


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
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="What problems share (a stem, a contest): then the unit of sampling; default the problem.",
        ),
    ] = None,
    complete: Complete = False,
    full: Annotated[
        bool, typer.Option("--full", help="Print every metric; default accuracy and length-stops.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Compare B with A on the problems that both have: paired difference, 95 % interval, test."""
    from sdtool.cli.terminal import show
    from sdtool.report import tables
    from sdtool.report.comparisons import compare_runs
    from sdtool.report.sentences import differences
    from sdtool.report.summary import comparisons, decompositions

    found = compare_runs(run_a, run_b, setting_a, setting_b, cluster, complete=complete)
    for note in found.notes:
        console.note(note)
    if as_json:
        run = {"a": str(run_a), "b": str(run_b), "notes": list(found.notes)}
        content = {
            "run": run,
            "settings": [],
            "comparisons": comparisons(found.by_metric),
            "decompositions": decompositions(found.decompositions),
        }
        typer.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    shown = []
    for metric, rows in found.by_metric.items():
        if not full and metric not in SHOWN:
            continue
        title = f"{tables.title_of(metric)}: {run_b} minus {run_a}"
        if len(rows) == 1:
            title = f"{tables.title_of(metric)}: {rows[0].setting} minus {rows[0].reference}"
        shown.append(tables.comparisons_table(rows, title))
    if found.decompositions:
        shown.append(tables.decompositions_table(found.decompositions))
    if full and len(found.decompositions) == 1:
        shown.append(tables.transitions_table(found.decompositions[0]))
    show(shown, (sentence.text for sentence in differences(found.by_metric)))
