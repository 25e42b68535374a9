"""`generate`: an experiment into a run directory, the table on stdout."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated, Any

import typer


def generate(
    experiment_toml: Annotated[
        Path | None, typer.Argument(metavar="[EXPERIMENT.toml]", help="Any of the options below, as TOML.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="A folder or a model of the hub.")] = None,
    data: Annotated[
        str | None, typer.Option(help="A JSONL, Parquet or CSV file, or a dataset of the hub.")
    ] = None,
    split: Annotated[str | None, typer.Option(help="Split of a dataset that has several.")] = None,
    setting: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="precise, general, general-no-presence, or one that the TOML defines."
        ),
    ] = None,
    temperature: Annotated[
        str | None, typer.Option(metavar="0.6,1.0", help="Temperatures; several make a grid.")
    ] = None,
    min_p: Annotated[
        str | None, typer.Option(metavar="0.0,0.05", help="min-p values; several make a grid.")
    ] = None,
    samples: Annotated[int | None, typer.Option(help="Rollouts of each problem under each setting.")] = None,
    max_new_tokens: Annotated[int | None, typer.Option(help="The cap of a rollout.")] = None,
    limit: Annotated[int | None, typer.Option(help="Only the first so many problems.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same rollouts.")] = None,
    out: Annotated[Path | None, typer.Option(help="The run's directory; by default runs/MODEL-HASH.")] = None,
    batch_size: Annotated[int | None, typer.Option(help="Most rows in one forward pass.")] = None,
    engine: Annotated[str | None, typer.Option(help="slots, or generate (plain model.generate).")] = None,
    resume: Annotated[
        bool, typer.Option("--resume/--no-resume", help="Whether to go on with a run that is there.")
    ] = True,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say how many rollouts fit into memory, and stop.")
    ] = False,
    workers: Annotated[
        int | None, typer.Option(help="Processes to start; by default one for each visible GPU.")
    ] = None,
    problem_column: Annotated[str | None, typer.Option(help="Column of the problem's text.")] = None,
    gold_column: Annotated[str | None, typer.Option(help="Column of the gold answer.")] = None,
    id_column: Annotated[str | None, typer.Option(help="Column of the problem's id.")] = None,
    prompt_template: Annotated[
        str | None, typer.Option(help="The user's message; {problem} stands for the text.")
    ] = None,
    system_prompt: Annotated[str | None, typer.Option(help="The system's message.")] = None,
    enable_thinking: Annotated[
        bool | None, typer.Option(help="What the chat template is told; by default nothing.")
    ] = None,
) -> None:
    """Generate and grade rollouts. With nothing given, the embedded model answers the embedded problems."""
    from sdtool import config, report, sweep
    from sdtool.cli.progress import Progress

    given: dict[str, Any] = {
        "model": model,
        "data": data,
        "split": split,
        "setting": setting or None,
        "temperature": _numbers("--temperature", temperature),
        "min_p": _numbers("--min-p", min_p),
        "samples": samples,
        "max_new_tokens": max_new_tokens,
        "limit": limit,
        "seed": seed,
        "batch_size": batch_size,
        "engine": engine,
        "problem_column": problem_column,
        "gold_column": gold_column,
        "id_column": id_column,
        "prompt_template": prompt_template,
        "system_prompt": system_prompt,
        "enable_thinking": enable_thinking,
    }
    flags = {key: value for key, value in given.items() if value is not None}
    experiment = config.resolve(experiment_toml, flags)
    path = out or Path("runs") / f"{Path(experiment.model).name}-{experiment.hash}"
    if workers is not None and workers < 1:
        raise typer.BadParameter(f"--workers must be at least 1, not {workers}")

    # Only now what takes seconds to import.
    from sdtool.workers import execute, memory_plan

    if dry_run:
        typer.echo(memory_plan(experiment))
        return
    _log_to_stderr()
    with Progress(str(path)) as progress:
        shown = execute(experiment, path, workers=workers, resume=resume, watch=progress)
    if shown:
        typer.echo(report.table(path))
        for note in (note for setting in experiment.settings for note in sweep.notes(setting)):
            typer.echo(note, err=True)


def _log_to_stderr() -> None:
    """Show what the engine reports at start: attention backend, graphs, missing kernels."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    log = logging.getLogger("sdtool")
    log.addHandler(handler)
    log.setLevel(logging.INFO)


def _numbers(flag: str, text: str | None) -> list[float] | None:
    if text is None:
        return None
    try:
        return [float(number) for number in text.split(",")]
    except ValueError:
        raise typer.BadParameter(f"{flag} takes numbers with commas between, not {text!r}") from None
