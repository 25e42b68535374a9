"""`grade`: one pair, explained."""

from __future__ import annotations

from typing import Annotated

import typer


def grade(
    gold: Annotated[str, typer.Argument(metavar="GOLD", help="The gold answer.")],
    response: Annotated[
        str, typer.Argument(metavar="RESPONSE", help="A response with a box, or the bare answer itself.")
    ],
) -> int:
    """Grade one response, or compare one answer, and say why."""
    from sdtool import explain, extract
    from sdtool import grade as grade_response

    boxed = "\\boxed" in response or "\\fbox" in response or "</think>" in response
    answer = extract(response).answer if boxed else response
    if boxed:
        found = grade_response(gold, response)
        typer.echo(f"think-close: {'yes' if found.think_closed else 'no'}")
        typer.echo(f"boxed: {'yes' if found.boxed else 'no'}")
        if answer is None:
            typer.echo(f"verdict: {found.verdict} ({found.reason})")
            return 0
    typer.echo(explain(gold, answer or ""), nl=False)
    return 0
