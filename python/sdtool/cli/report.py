"""`report`: tables on stdout; CSV, Markdown, plots and a page in a folder."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

from sdtool import values
from sdtool.cli import console


def report(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN...", help="Run directories, or files that `regrade` made.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Where to write the tables, plots and index.html; by default `report` in the first run."
        ),
    ] = None,
    cap: Annotated[
        list[str] | None,
        typer.Option(
            metavar="N,…",
            help="Smaller caps to replay, such as 16k,32k,48k (k is 1,024); by default the eight of a curve.",
        ),
    ] = None,
    reference: Annotated[
        str | None,
        typer.Option(
            metavar="SETTING", help="The setting with which the others are compared; by default the first."
        ),
    ] = None,
    check_cap: Annotated[
        str | None,
        typer.Option(metavar="N", help="Generate once more at a cap of N and compare with the replay."),
    ] = None,
) -> None:
    """Report accuracy, think-close, boxed-answer and length-stop rates with 95 % intervals, per setting."""
    from sdtool import report as reports

    caps = values.token_list(cap or [], "--cap")
    check_at = values.tokens(check_cap, "--check-cap") if check_cap is not None else None
    if check_at is not None and len(runs) > 1:
        raise typer.BadParameter("--check-cap takes one run")
    rollouts = reports.read(runs)
    found = reports.study(rollouts, caps=caps, reference=reference)
    for note in found.notes:
        console.note(note)
    shown = found.main_tables() + (found.cap_tables() if cap else [])
    typer.echo("\n\n".join(f"{table.title}\n{table.text()}" for table in shown))
    folder = out or (runs[0] / "report" if runs[0].is_dir() else runs[0].with_suffix(".report"))
    if check_at is not None:
        from sdtool.cli.progress import Progress
        from sdtool.report.check import check_cap as check

        genuine = folder / f"genuine-{check_at}"
        with Progress(str(genuine)) as progress:
            table = check(runs[0], check_at, genuine, progress)
        typer.echo(f"\n{table.title}\n{table.text()}")
    reports.write(found, folder, title=", ".join(run.name for run in runs), runs=runs)
    console.say(f"\n{folder / 'index.html'}: open it in a browser")
