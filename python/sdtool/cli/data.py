"""`data build` and `data budget`: problem sets and the budgets cut from them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

data = typer.Typer(
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Build problem sets, and cut nested, weighted budgets from them.",
)

Out = Annotated[Path, typer.Option(help="The Parquet file to write.")]


@data.command()
def build(
    config: Annotated[Path, typer.Argument(help="The recipe: sources, columns, filters, size (TOML).")],
    out: Out,
    against: Annotated[
        list[Path] | None,
        typer.Option(help="A training set whose problems must not be in; may be given several times."),
    ] = None,
) -> None:
    """Build a problem set from its sources, without duplicates, with checked golds and a card."""
    from sdtool import validation

    recipe = validation.load_recipe(config)
    built = validation.build(recipe, config.parent, against=against or [])
    validation.write_problem_set(built.rows, out)
    typer.echo(validation.write_card(built, out), nl=False)


@data.command()
def budget(
    file: Annotated[Path, typer.Argument(help="A problem set: Parquet, JSONL, JSON or CSV.")],
    size: Annotated[int, typer.Option(help="How many problems.")],
    out: Out,
    seed: Annotated[
        int | None, typer.Option(help="Draw another order; without it, budgets of one file nest.")
    ] = None,
    harder: Annotated[
        float | None,
        typer.Option(help="How many times as often to draw the hardest difficulty as the easiest."),
    ] = None,
) -> None:
    """Cut a budget, stratified by source and difficulty, whose weights put it on the full set's scale."""
    from sdtool import validation

    rows = validation.budget(validation.read_problem_set(file), size, seed=seed, harder=harder)
    validation.write_problem_set(rows, out)
    typer.echo(validation.budget_markdown(rows), nl=False)
