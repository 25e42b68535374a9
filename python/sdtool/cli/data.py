"""`data build` and `data subset`: problem sets and the subsets cut from them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sdtool.errors import InputError

data = typer.Typer(
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Build problem sets, and cut nested, weighted subsets from them.",
)

Out = Annotated[Path, typer.Option(help="The Parquet file to write.")]


@data.command()
def build(
    config: Annotated[Path, typer.Argument(help="The recipe: sources, columns, filters, size (TOML).")],
    out: Out,
    against: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PATH",
            help="A training set, whose problems are tagged: a file, a folder or a pattern; repeatable.",
        ),
    ] = None,
    against_column: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Where training rows have the problem, such as extra_info.question."
        ),
    ] = None,
    drop_contaminated: Annotated[
        bool, typer.Option("--drop-contaminated", help="Leave out what is in a training set.")
    ] = False,
    clean_out: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="Write the training set without what it shares with this set."),
    ] = None,
) -> None:
    """Build a problem set from its sources, without duplicates, with checked golds and a card."""
    from sdtool import validation

    if clean_out is not None and not against:
        raise InputError("--clean-out writes a training set again: say which with --against")
    if clean_out is not None and drop_contaminated:
        raise InputError("--clean-out and --drop-contaminated both part the sets: use one of them")
    recipe = validation.load_recipe(config)
    built = validation.build(
        recipe,
        config.parent,
        against=against or [],
        against_column=against_column,
        drop_contaminated=drop_contaminated,
    )
    validation.write_problem_set(built.rows, out)
    typer.echo(validation.write_card(built, out), nl=False)
    if clean_out is not None:
        written = validation.write_clean(built.training, clean_out, built.drawn)
        for file, (kept, left) in written.items():
            typer.echo(f"{file}: {kept:,} training rows, {left:,} left out")


@data.command("budget", help="The old name of `subset`.")
@data.command()
def subset(
    file: Annotated[Path, typer.Argument(help="A problem set: Parquet, JSONL, JSON or CSV.")],
    size: Annotated[int, typer.Option(help="How many problems.")],
    out: Out,
    seed: Annotated[
        int | None, typer.Option(help="Draw another order; without it, subsets of one file nest.")
    ] = None,
    harder: Annotated[
        float | None,
        typer.Option(help="How many times as often to draw the hardest difficulty as the easiest."),
    ] = None,
) -> None:
    """Cut a subset, stratified by source and difficulty, whose weights put it on the full set's scale."""
    from sdtool import validation

    rows = validation.subset(validation.read_problem_set(file), size, seed=seed, harder=harder)
    validation.write_problem_set(rows, out)
    typer.echo(validation.subset_markdown(rows), nl=False)
