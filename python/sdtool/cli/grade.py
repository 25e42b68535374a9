"""`grade`: one pair, explained."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from sdtool.cli.options import Json  # noqa: TC001 - typer reads the annotations


def grade(
    gold: Annotated[str, typer.Argument(metavar="GOLD", help="The gold answer.")],
    response: Annotated[
        str, typer.Argument(metavar="RESPONSE", help="A response with a box, or the bare answer itself.")
    ],
    as_json: Json = False,
) -> int:
    """Grade one response, or compare one answer, and say why."""
    from sdtool import compare, explain, extract
    from sdtool import grade as grade_response

    boxed = "\\boxed" in response or "\\fbox" in response or "</think>" in response
    answer = extract(response).answer if boxed else response
    if as_json:
        judged = grade_response(gold, response).as_dict() if boxed else compare(gold, response).as_dict()
        typer.echo(json.dumps(judged, ensure_ascii=False, indent=2))
        return 0
    if boxed:
        found = grade_response(gold, response)
        typer.echo(f"think-close: {'yes' if found.think_closed else 'no'}")
        typer.echo(f"boxed: {'yes' if found.boxed else 'no'}")
        if answer is None:
            typer.echo(f"verdict: {found.verdict} ({found.reason})")
            return 0
    typer.echo(explain(gold, answer or ""), nl=False)
    return 0
