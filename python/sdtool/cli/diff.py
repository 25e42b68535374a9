"""`diff`: the verdicts that changed between two gradings of the same rollouts."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer


def diff(
    graded_a: Annotated[
        Path, typer.Argument(help="A file that `regrade` made, a folder, or a run directory.")
    ],
    graded_b: Annotated[Path, typer.Argument(help="The other grading; may be the same file.")],
    column_a: Annotated[
        str | None,
        typer.Option(help="The column of verdicts in A: true and false, 1 and 0, words, lists of these."),
    ] = None,
    column_b: Annotated[str | None, typer.Option(help="The same of B.")] = None,
    fail_on_change: Annotated[
        bool, typer.Option("--fail-on-change", help="Exit with 1 if a verdict changed.")
    ] = False,
) -> int:
    """Count the verdicts that changed, by reason, with examples."""
    from sdtool.diffing import diff as find_changes

    found = find_changes(graded_a, graded_b, column_a=column_a, column_b=column_b)
    typer.echo(f"{found.rows:,} rollouts in both, {found.changed:,} verdicts changed")
    typer.echo("matched by " + (", ".join(found.keys) or "the order of the rows"))
    for count, first, side in (
        (found.only_a, found.unmatched_a, graded_a),
        (found.only_b, found.unmatched_b, graded_b),
    ):
        if count:
            typer.echo(f"{count:,} rollouts only in {side}, the first of them:")
            for row in first:
                typer.echo("    " + ", ".join(f"{name} {value!r}" for name, value in row.items()))
    if found.unjudged:
        typer.echo(f"{found.unjudged:,} rollouts without a verdict on one side")
    for change, count in found.changes.most_common():
        old_verdict, old_reason, new_verdict, new_reason = change
        typer.echo(f"\n{count:,} x {old_verdict} ({old_reason}) -> {new_verdict} ({new_reason})")
        for example in found.examples[change]:
            typer.echo("    " + ", ".join(f"{name} {value!r}" for name, value in example.items()))
    return 1 if fail_on_change and found.changed else 0
