"""`generate`: an experiment into a run directory, the table on stdout."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sdtool import signals, values
from sdtool.cli import console
from sdtool.cli.options import Json, with_parameters
from sdtool.parameters import PARAMETERS, PRESETS

if TYPE_CHECKING:
    from sdtool.config import Experiment
    from sdtool.run import Run

HOW = "How it is computed: none of these changes a rollout"
PROMPT = "Prompt"
COLUMNS = "Columns of the data"


def _presets(incomplete: str) -> list[str]:
    return [name for name in PRESETS if name.startswith(incomplete)]


@with_parameters
def generate(
    experiment_toml: Annotated[
        Path | None, typer.Argument(metavar="[EXPERIMENT.toml]", help="Any of the options below, as TOML.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(metavar="M", help="A folder, a model of the hub, or `embedded`.")
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(metavar="D", help="A JSONL, Parquet or CSV file, a dataset of the hub, or `embedded`."),
    ] = None,
    evaluation: Annotated[
        bool, typer.Option("--evaluation", help="With the keys of the TOML's table [evaluation].")
    ] = False,
    setting: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME,…",
            autocompletion=_presets,
            help="Presets (see `presets`), or settings that the TOML defines; by default all of them.",
        ),
    ] = None,
    samples: Annotated[
        int | None, typer.Option(metavar="K", help="Rollouts per problem and setting; default 1.")
    ] = None,
    max_new_tokens: Annotated[
        str | None,
        typer.Option(metavar="N", help="The cap of a rollout in tokens, such as 48k; default 32k."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(metavar="N", help="Only the first N problems; default all.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(metavar="S", help="The same seed gives the same rollouts; default 0.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The run directory; default runs/MODEL-HASH.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume/--no-resume", help="Whether to go on with a run that is there.")
    ] = True,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Check the data, print the plan and what fits into memory, and stop."),
    ] = False,
    revision: Annotated[
        str | None, typer.Option(metavar="R", help="Branch, tag or commit of a model of the hub.")
    ] = None,
    dtype: Annotated[
        str | None,
        typer.Option(
            metavar="D",
            help="auto (the checkpoint's), float32, bfloat16 or float16; default auto, float32 on a CPU.",
        ),
    ] = None,
    data_config: Annotated[
        str | None,
        typer.Option(metavar="C", help="Configuration of a dataset of the hub.", rich_help_panel=COLUMNS),
    ] = None,
    split: Annotated[
        str | None, typer.Option(help="Split of a dataset that has several.", rich_help_panel=COLUMNS)
    ] = None,
    problem_column: Annotated[
        str | None,
        typer.Option(
            metavar="C", help="The problem's text; default problem or question.", rich_help_panel=COLUMNS
        ),
    ] = None,
    gold_column: Annotated[
        str | None,
        typer.Option(metavar="C", help="The gold answer; default gold or answer.", rich_help_panel=COLUMNS),
    ] = None,
    id_column: Annotated[
        str | None,
        typer.Option(
            metavar="C", help="The id; default id or problem_id, else the row.", rich_help_panel=COLUMNS
        ),
    ] = None,
    prompt_template: Annotated[
        str | None,
        typer.Option(help="The user's message; {problem} stands for the text.", rich_help_panel=PROMPT),
    ] = None,
    system_prompt: Annotated[
        str | None, typer.Option(help="The system's message; default none.", rich_help_panel=PROMPT)
    ] = None,
    enable_thinking: Annotated[
        bool | None,
        typer.Option(help="What the chat template is told; default nothing.", rich_help_panel=PROMPT),
    ] = None,
    close_tag: Annotated[
        str | None,
        typer.Option(
            metavar="T",
            help="What ends a thought; default as the chat template says, else `</think>`.",
            rich_help_panel=PROMPT,
        ),
    ] = None,
    keep_tokens: Annotated[
        bool | None,
        typer.Option(
            "--keep-tokens/--no-keep-tokens",
            help="Store token ids beside the text; default no.",
            rich_help_panel=HOW,
        ),
    ] = None,
    batch_size: Annotated[
        int | None,
        typer.Option(metavar="B", help="Most rows in one forward pass; default 64.", rich_help_panel=HOW),
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(help="slots (default), or generate: plain model.generate.", rich_help_panel=HOW),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(help="Processes to start; default one for each visible GPU.", rich_help_panel=HOW),
    ] = None,
    as_json: Json = False,
    **decoding: list[str] | None,
) -> None:
    """Generate and grade rollouts into a run directory, and print the table.

    With nothing given this is the demonstration: a toy model that ships with sdtool answers toy problems.
    Flags win over the TOML.
    """
    from sdtool import config

    if experiment_toml and experiment_toml.suffix != ".toml" and not experiment_toml.exists():
        raise typer.BadParameter(
            f"{str(experiment_toml)!r} is not an experiment (a .toml file); "
            "several values of an option are written with commas between"
        )
    given: dict[str, Any] = {
        "model": model,
        "revision": revision,
        "dtype": dtype,
        "data": data,
        "data_config": data_config,
        "split": split,
        "setting": setting or None,
        "samples": samples,
        "max_new_tokens": max_new_tokens and values.tokens(max_new_tokens, "--max-new-tokens"),
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
        "close_tag": close_tag,
        "keep_tokens": keep_tokens,
        **{
            name: values.numbers(texts, f"--{name.replace('_', '-')}", whole=PARAMETERS[name].whole)
            for name, texts in decoding.items()
            if texts
        },
    }
    flags = {key: value for key, value in given.items() if value is not None}
    experiment = config.resolve(experiment_toml, flags, evaluation=evaluation)
    if workers is not None and workers < 1:
        raise typer.BadParameter(f"--workers must be at least 1, not {workers}")
    path = out or Path("runs") / f"{Path(experiment.model).name}-{experiment.hash}"
    if not experiment_toml and not {"model", "data"} & flags.keys():
        console.say("No model and no data are named: this is the demonstration.\n")
    console.log_to_stderr()
    if dry_run:
        _dry(experiment, path)
    elif _run(experiment, path, workers=workers, resume=resume):
        _show(experiment, path, as_json=as_json)


def _dry(experiment: Experiment, path: Path) -> None:
    from sdtool.cli.plan import notes, plan
    from sdtool.run import Run
    from sdtool.workers import memory_plan

    run = Run(experiment, path)  # loads the problems and checks them
    typer.echo(plan(experiment, len(run.plan.problems), path))
    for note in notes(experiment, run.plan.problems):
        console.note(note)
    typer.echo(f"\n{memory_plan(experiment)}")


def _say_finishing() -> None:
    """Say at once that Ctrl-C was seen: writing down what there is may take a step of the engine."""
    console.note("interrupted: writing down what there is; Ctrl-C again stops at once")


def _run(experiment: Experiment, path: Path, *, workers: int | None, resume: bool) -> bool:
    """Run it, and say whether this process is the one to show the result."""
    from sdtool.cli.plan import notes, plan
    from sdtool.cli.progress import Progress
    from sdtool.workers import execute

    def announce(run: Run) -> None:
        if os.environ.get("RANK", "0") == "0":
            console.say(plan(experiment, len(run.plan.problems), path))
            for note in notes(experiment, run.plan.problems):
                console.note(note)

    with Progress(str(path)) as progress, signals.interrupting(_say_finishing):
        return execute(experiment, path, workers=workers, resume=resume, watch=progress, announce=announce)


def _show(experiment: Experiment, path: Path, *, as_json: bool) -> None:
    from sdtool import report, sweep
    from sdtool.cli.terminal import fitted_to_screen
    from sdtool.report.facts import facts
    from sdtool.report.summary import summary

    if as_json:
        rollouts = report.read([path])
        found = report.study(rollouts, caps=(experiment.max_new_tokens,))
        typer.echo(json.dumps(summary(found, facts([path], rollouts)), ensure_ascii=False, indent=2))
    else:
        typer.echo(fitted_to_screen(report.table(path)))
    for note in (note for setting in experiment.settings for note in sweep.notes(setting)):
        console.note(note)
    console.say(f"\nThe rollouts are in {path}. Next: python -m sdtool report {path}")
