"""`regrade`: stored rollouts in, the same rollouts with grades out."""

from __future__ import annotations

import json
import sys
from enum import Enum
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sdtool.regrading import Regraded


class Thinking(Enum):
    """Whether the prompts opened `<think>`."""

    YES = "yes"
    NO = "no"
    AUTO = "auto"


class OnError(Enum):
    """What a file that cannot be regraded does."""

    FAIL = "fail"
    SKIP = "skip"


def regrade(
    inputs: Annotated[list[str], typer.Argument(help="Files, folders, run directories or patterns.")],
    out: Annotated[
        Path, typer.Option(help="NAME.parquet for one file, else a folder with one file an input.")
    ],
    gold_column: Annotated[
        str | None, typer.Option(help="Where the gold answers are; dots lead into nested columns.")
    ] = None,
    response_column: Annotated[str | None, typer.Option(help="Where the responses are, likewise.")] = None,
    thinking: Annotated[
        Thinking,
        typer.Option(
            help="yes: the prompts opened <think>; no: plain responses; auto: go by the tags in each."
        ),
    ] = Thinking.AUTO,
    keep_text: Annotated[
        bool, typer.Option(help="Keep all columns; else leave out responses, prompts and nested columns.")
    ] = True,
    threads: Annotated[
        int | None, typer.Option(min=1, help="At most so many threads; default: one a core.")
    ] = None,
    on_error: Annotated[
        OnError, typer.Option(help="A file that cannot be regraded: end with it, or skip and list it.")
    ] = OnError.FAIL,
    strict: Annotated[bool, typer.Option("--strict", help="Grade without any leniency.")] = False,
    ray: Annotated[bool, typer.Option("--ray", help="One task a file on a Ray cluster.")] = False,
) -> int:
    """Grade rollouts that are already stored: Parquet, JSON lines, Arrow or inspect_ai logs in, Parquet out.

    The summary is printed as JSON. The exit code is 1 if files were skipped.
    """
    from sdtool.grading import Policy
    from sdtool.regrading import regrade as regrade_files

    done = regrade_files(
        inputs,
        out,
        gold_column=gold_column,
        response_column=response_column,
        thinking={Thinking.YES: True, Thinking.NO: False, Thinking.AUTO: None}[thinking],
        keep_text=keep_text,
        threads=threads,
        policy=Policy.strict() if strict else None,
        on_error="skip" if on_error is OnError.SKIP else "fail",
        ray=ray,
        progress=_show,
    )
    typer.echo(("\r\x1b[K" if sys.stderr.isatty() else "") + _line(done), err=True)
    for skipped in done.skipped:
        typer.echo(f"sdtool: skipped {skipped.error}", err=True)
    typer.echo(json.dumps(done.as_dict(), ensure_ascii=False, indent=2))
    return 1 if done.skipped else 0


def _show(state: Regraded) -> None:
    """Show progress on a terminal, as one line that is overwritten."""
    if sys.stderr.isatty():
        left = state.seconds_left()
        typer.echo(
            f"\r\x1b[K{_line(state)}" + ("" if left is None else f" · {left:.0f} s left"), err=True, nl=False
        )


def _line(state: Regraded) -> str:
    seconds = max(state.seconds, 1e-9)
    parts = [
        f"{state.files_done}/{state.files} files",
        f"{state.rows:,} rows",
        f"{state.rows / seconds:,.0f} rows/s",
        f"{state.text_bytes / seconds / 1e9:.2f} GB/s of text",
        *(f"{name.replace('_', ' ')} {rate:.1%}" for name, rate in state.rates().items()),
    ]
    return " · ".join(parts)
