"""`regrade`: stored rollouts in, the same rollouts with grades out."""

from __future__ import annotations

import json
import signal
import sys
from contextlib import contextmanager
from enum import Enum
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sdtool.cli import console
from sdtool.errors import SdtoolError

if TYPE_CHECKING:
    from collections.abc import Iterator

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


class Interrupted(SdtoolError):  # noqa: N818 - it is no error
    """Work was stopped from outside; `exit_code` is 128 and the number of the signal."""

    def __init__(self, message: str, number: int) -> None:
        super().__init__(message)
        self.exit_code = 128 + number


def regrade(
    inputs: Annotated[
        list[str],
        typer.Argument(help="Files, folders, run directories or patterns; - is standard input."),
    ],
    out: Annotated[
        Path, typer.Option(help="NAME.parquet for one file, else a folder with one file an input.")
    ],
    gold_column: Annotated[
        str | None,
        typer.Option(help="Where the gold answers are; dots lead into nested columns (choices.0.text)."),
    ] = None,
    response_column: Annotated[
        str | None,
        typer.Option(help="Where the responses are, likewise; several columns with commas between."),
    ] = None,
    thinking: Annotated[
        Thinking,
        typer.Option(
            help="yes: the prompts opened the thought; no: plain responses; auto: as the first responses say."
        ),
    ] = Thinking.AUTO,
    extractor: Annotated[
        str,
        typer.Option(
            help="How responses announce answers: boxed, hash (#### 18), minerva, answer-line (Answer: 18), "
            "answer-tag (<answer>18</answer>); several with commas between are tried in order."
        ),
    ] = "boxed",
    close_tag: Annotated[
        str | None, typer.Option(help="The tag that ends a thought; default: that of any known model.")
    ] = None,
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
    """Grade rollouts that are already stored, by sdtool or any other tool; Parquet out.

    Parquet, JSON in lines or lists, CSV, Arrow and inspect_ai logs, also compressed. The columns are found
    by the layouts of the tools, else by common names. The summary is printed as JSON. The exit code is 1 if
    files were skipped.
    """
    from sdtool.grading import Policy
    from sdtool.regrading import regrade as regrade_files

    with _interruptions(out):
        done = regrade_files(
            inputs,
            out,
            gold_column=gold_column,
            response_column=response_column,
            extractor=[name.strip() for name in extractor.split(",")],
            close_tag=close_tag,
            thinking={Thinking.YES: True, Thinking.NO: False, Thinking.AUTO: None}[thinking],
            keep_text=keep_text,
            threads=threads,
            policy=Policy.strict() if strict else None,
            on_error="skip" if on_error is OnError.SKIP else "fail",
            ray=ray,
            progress=_show,
        )
    console.say(("\r\x1b[K" if sys.stderr.isatty() else "") + _line(done))
    for line in _read(done):
        console.say(line)
    for skipped in done.skipped:
        console.note(f"skipped {skipped.error}")
    for warning in done.warnings:
        console.note(warning)
    typer.echo(json.dumps(done.as_dict(), ensure_ascii=False, indent=2))
    return 1 if done.skipped else 0


@contextmanager
def _interruptions(out: Path) -> Iterator[None]:
    """Let SIGTERM end the work as Ctrl-C does, and say what is kept."""
    stopped_by = signal.SIGINT

    def stop(number: int, _frame: Any) -> None:
        nonlocal stopped_by
        stopped_by = signal.Signals(number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        from sdtool.regrading import finished

        kept = finished(out)
        message = (
            f"interrupted; {kept:,} finished files are kept in {out}, run the same command to go on"
            if kept
            else "interrupted; nothing was written, since a file appears only when it is whole"
        )
        raise Interrupted(message, stopped_by) from None
    finally:
        signal.signal(signal.SIGTERM, before)


def _show(state: Regraded) -> None:
    """Show progress on a terminal, as one line that is overwritten."""
    if sys.stderr.isatty():
        left = state.seconds_left()
        typer.echo(
            f"\r\x1b[K{_line(state)}" + ("" if left is None else f" · {left:.0f} s left"), err=True, nl=False
        )


def _line(state: Regraded) -> str:
    seconds = max(state.seconds, 1e-9)
    samples = f"{state.rows_read:,} rows, " if state.rows_read != state.rows else ""
    parts = [
        f"{state.files_done}/{state.files} files",
        f"{samples}{state.rows:,} rollouts",
        f"{state.rows / seconds:,.0f} rollouts/s",
        f"{state.text_bytes / seconds / 1e9:.2f} GB/s of text",
        *(f"{name.replace('_', ' ')} {rate:.1%}" for name, rate in state.rates().items()),
    ]
    return " · ".join(parts)


def _read(done: Regraded) -> Iterator[str]:
    """How the files were read, and what was there before."""
    for read in done.read:
        columns = ", ".join(f"{name} from {path}" for name, path in read.columns.items())
        files = f" ({read.files:,} files)" if done.files > 1 else ""
        thought = f"; thoughts end with {read.close_tag}" if read.close_tag else ""
        yield f"read as {read.layout}{files}: {columns}{thought}"
    if done.kept:
        yield f"{done.kept:,} files were finished before and are kept"
