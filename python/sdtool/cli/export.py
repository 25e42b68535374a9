"""`export`: rollouts in, a file of training data and its card out."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

from sdtool.cli import console
from sdtool.values import tokens


def export(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN...", help="Run directories, or files that `regrade` made.")
    ],
    out: Annotated[Path, typer.Option(help="The file to write: NAME.jsonl or NAME.parquet.")],
    config: Annotated[
        Path | None,
        typer.Option(metavar="EXPERIMENT.toml", help="Any of the options below, in its table [export]."),
    ] = None,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="messages|prompt-completion|tokens",
            help="Chat messages (default), texts with the chat template applied, or sampled ids with labels.",
        ),
    ] = None,
    thoughts: Annotated[
        str | None, typer.Option(metavar="keep|cut", help="What becomes of the thought; default keep.")
    ] = None,
    tokenizer: Annotated[
        str | None, typer.Option(help="Whose tokenizer and chat template to use; by default the run's model.")
    ] = None,
    setting: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only rollouts of this setting; default all; repeatable."),
    ] = None,
    keep: Annotated[
        str | None,
        typer.Option(metavar="any|correct|wrong", help="Which verdicts; default any; undecided is neither."),
    ] = None,
    boxed: Annotated[bool, typer.Option("--boxed", help="Only with an answer in a box.")] = False,
    closed: Annotated[bool, typer.Option("--closed", help="Only with a closed thought.")] = False,
    no_looped: Annotated[bool, typer.Option("--no-looped", help="None that fell into a loop.")] = False,
    truncated: Annotated[
        str | None,
        typer.Option(metavar="drop|mark", help="Those that ran into the cap; default drop."),
    ] = None,
    no_stubs: Annotated[
        bool, typer.Option("--no-stubs", help="None of which fewer than two lines hold anything.")
    ] = False,
    min_tokens: Annotated[
        str | None, typer.Option(metavar="N", help="The fewest tokens of a rollout; 2k is 2,048.")
    ] = None,
    max_tokens: Annotated[
        str | None, typer.Option(metavar="N", help="The most tokens of a rollout; 32k is 32,768.")
    ] = None,
    drop_shortest: Annotated[
        float | None, typer.Option(metavar="SHARE", help="Leave out this share, the shortest.")
    ] = None,
    distinct: Annotated[
        bool, typer.Option("--distinct", help="Of equal responses to a problem only the first.")
    ] = False,
    max_per_problem: Annotated[int | None, typer.Option(metavar="K", help="At most K a problem.")] = None,
    pick: Annotated[
        str | None,
        typer.Option(
            metavar="first|random|shortest|longest", help="Which K, with --max-per-problem; default first."
        ),
    ] = None,
    against: Annotated[
        list[str] | None,
        typer.Option(metavar="PROBLEMS", help="A problem set none of whose problems may be in; repeatable."),
    ] = None,
    balance: Annotated[
        str | None, typer.Option(metavar="source|difficulty", help="As many of each source or difficulty.")
    ] = None,
    mix: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=SHARE", help="Mix the named settings by share; repeatable."),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same file; default 0.")] = None,
) -> None:
    """Write rollouts as training data. Filters, from --setting on, apply in this order, and each is counted.

    Beside FILE stand FILE.card.md and FILE.card.json: what went in, what each filter dropped, and what that
    did to accuracy, length, loops, truncation and the mix of settings, sources and difficulties.
    """
    from sdtool.config import read_toml
    from sdtool.exporting import export as write

    given = {
        "format": format_,
        "thoughts": thoughts,
        "tokenizer": tokenizer,
        "setting": setting or None,
        "keep": keep,
        "boxed": boxed,
        "closed": closed,
        "no_looped": no_looped,
        "truncated": truncated,
        "no_stubs": no_stubs,
        "min_tokens": tokens(min_tokens, "--min-tokens") if min_tokens else None,
        "max_tokens": tokens(max_tokens, "--max-tokens") if max_tokens else None,
        "drop_shortest": drop_shortest,
        "distinct": distinct,
        "max_per_problem": max_per_problem,
        "pick": pick,
        "against": against or None,
        "balance": balance,
        "mix": _shares(mix or ()) or None,
        "seed": seed,
    }
    stored = read_toml(config).get("export", {}) if config else {}
    flags = {name: value for name, value in given.items() if value is not None and value is not False}
    done = write(runs, out, **{**stored, **flags})
    for note in done.notes:
        console.note(note)
    typer.echo(done.table())
    console.say(f"\n{done.path}: {done.rows:,} rows; {out.with_suffix('.card.md')} says how they came about")


def _shares(given: tuple[str, ...] | list[str]) -> dict[str, float]:
    shares = {}
    for entry in given:
        name, _, share = entry.rpartition("=")
        try:
            shares[name] = float(share)
        except ValueError:
            raise typer.BadParameter(f"--mix takes NAME=SHARE, not {entry!r}") from None
    return shares
