"""`report`: the answer on stdout; CSV, Markdown, plots and a page in a folder."""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

from sdtool import values
from sdtool.cli import console
from sdtool.cli.options import Complete, Json  # noqa: TC001 - typer reads the annotations


def report(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN...", help="Run directories, or files that `regrade` made.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Where to write tables, plots and index.html; default `report` in the first run.",
        ),
    ] = None,
    cap: Annotated[
        list[str] | None,
        typer.Option(
            metavar="N,…",
            help="Smaller caps to replay, such as 16k,32k,48k (k is 1,024); default the eight of a curve.",
        ),
    ] = None,
    reference: Annotated[
        str | None,
        typer.Option(
            metavar="SETTING", help="The setting with which the others are compared; default the first."
        ),
    ] = None,
    series: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN|run",
            help="The settings are checkpoints: their steps are in this column, or in the names of the runs.",
        ),
    ] = None,
    check_cap: Annotated[
        str | None,
        typer.Option(metavar="N", help="Generate once more at a cap of N and compare with the replay."),
    ] = None,
    complete: Complete = False,
    full: Annotated[
        bool, typer.Option("--full", help="Print every table; default the answer and two tables.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Report accuracy, think-close, boxed-answer and length-stop rates with 95 % intervals, per setting."""
    from sdtool import report as reports
    from sdtool.cli.terminal import show
    from sdtool.report.facts import facts
    from sdtool.report.sentences import sentences
    from sdtool.report.summary import summary

    caps = values.token_list(cap or [], "--cap")
    check_at = values.tokens(check_cap, "--check-cap") if check_cap is not None else None
    if check_at is not None and len(runs) > 1:
        raise typer.BadParameter("--check-cap takes one run")
    if check_at is not None:
        from sdtool.report.check import experiment_at

        experiment_at(runs[0], check_at)  # whether it can be run is known before anything is computed
    rollouts = reports.read(
        runs, apart=series == "run", columns=[series] if series else [], complete=complete
    )
    found = reports.study(rollouts, caps=caps, reference=reference, series=series)
    for note in found.notes:
        console.note(note)
    folder = out or (runs[0] / "report" if runs[0].is_dir() else runs[0].with_suffix(".report"))
    if as_json:
        typer.echo(json.dumps(summary(found, facts(runs, rollouts)), ensure_ascii=False, indent=2))
    else:
        tables = found.tables() if full else found.lead_tables() + (found.cap_tables() if cap else [])
        show(tables, (sentence.text for sentence in sentences(found)))
    if check_at is not None:
        from sdtool.cli.progress import Progress
        from sdtool.report.check import check_cap as check

        console.log_to_stderr()
        genuine = folder / f"genuine-{check_at}"
        with Progress(str(genuine)) as progress:
            table = check(runs[0], check_at, genuine, progress)
        show([table])
    reports.write(found, folder, title=", ".join(run.name for run in runs), runs=runs)
    console.say(f"\n{folder / 'index.html'}: open it in a browser")
