"""`diff`: the verdicts that changed between two gradings of the same rollouts."""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sdtool.cli.options import Json  # noqa: TC001 - typer reads the annotations

if TYPE_CHECKING:
    from sdtool.diffing import Difference


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
    as_json: Json = False,
) -> int:
    """Count the verdicts that changed, by reason, with examples."""
    from sdtool.diffing import diff as find_changes

    found = find_changes(graded_a, graded_b, column_a=column_a, column_b=column_b)
    code = 1 if fail_on_change and found.changed else 0
    if as_json:
        typer.echo(json.dumps(_plain(found), ensure_ascii=False, indent=2, default=str))
        return code
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
    return code


def _plain(found: Difference) -> dict[str, Any]:
    words = ("verdict_a", "reason_a", "verdict_b", "reason_b")
    return {
        "rows": found.rows,
        "changed": found.changed,
        "matched_by": list(found.keys),
        "only_a": found.only_a,
        "only_b": found.only_b,
        "unjudged": found.unjudged,
        "changes": [
            {**dict(zip(words, change, strict=True)), "count": count, "examples": found.examples[change]}
            for change, count in found.changes.most_common()
        ],
    }
