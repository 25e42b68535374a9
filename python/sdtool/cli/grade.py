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
    extractor: Annotated[
        str | None,
        typer.Option(
            help="How a response says its answer: boxed, hash, minerva, answer-line, answer-tag, "
            "or several by comma."
        ),
    ] = None,
    as_json: Json = False,
) -> int:
    """Grade one response, or compare one answer, and say why."""
    from sdtool import compare, explain
    from sdtool import grade as grade_response
    from sdtool.errors import InputError

    boxed = extractor is not None or any(mark in response for mark in ("\\boxed", "\\fbox", "</think>"))
    try:
        found = grade_response(gold, response, extractor=(extractor or "boxed").replace(" ", "").split(","))
    except ValueError as error:
        raise InputError(str(error)) from error
    answer = found.answer if boxed else response
    if as_json:
        judged = found.as_dict() if boxed else compare(gold, response).as_dict()
        typer.echo(json.dumps(judged, ensure_ascii=False, indent=2))
        return 0
    if boxed:
        typer.echo(f"think-close: {'yes' if found.think_closed else 'no'}")
        typer.echo(f"boxed: {'yes' if found.boxed else 'no'}")
        if found.extractor not in {None, "boxed"}:
            typer.echo(f"found by: {found.extractor}")
        if answer is None:
            typer.echo(f"verdict: {found.verdict} ({found.reason})")
            return 0
    typer.echo(explain(gold, answer or ""), nl=False)
    return 0
