"""Options that several commands share. typer reads a function's signature, so sharing means extending it."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sdtool.cli import console
from sdtool.parameters import PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Callable

    Command = Callable[..., Any]

PANEL = "Decode parameters: they vary each chosen setting; several values make a grid"
Complete = Annotated[
    bool,
    typer.Option(
        "--complete",
        help="Of files without a plan: a setting with fewer problems than another has fewer on purpose; by "
        "default it is incomplete.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")]


def with_verbosity(command: Command) -> Command:
    """The command with -q and -v."""

    @functools.wraps(command)
    def run(*arguments: Any, quiet: bool, verbose: bool, **options: Any) -> Any:
        if quiet and verbose:
            raise typer.BadParameter("--quiet and --verbose exclude each other")
        console.set_verbosity(quiet=quiet, verbose=verbose)
        return command(*arguments, **options)

    return _extended(
        run,
        quiet=(
            bool,
            typer.Option("--quiet", "-q", help="Say no more than results, notes and errors."),
            False,
        ),
        verbose=(bool, typer.Option("--verbose", "-v", help="Say also what the libraries log."), False),
    )


def with_parameters(command: Command) -> Command:
    """The command with an option for each decode parameter: texts by the parameter's name, or None."""
    options = {
        parameter.name: (
            list[str] | None,
            typer.Option(
                metavar="K,…" if parameter.whole else "X,…",
                help=f"{parameter.meaning} {parameter.rule[0].upper()}{parameter.rule[1:]}.",
                rich_help_panel=PANEL,
            ),
            None,
        )
        for parameter in PARAMETERS.values()
    }
    return _extended(command, **options)


def _extended(command: Command, **options: tuple[Any, Any, Any]) -> Command:
    signature = inspect.signature(command, eval_str=True)
    own = [
        given for given in signature.parameters.values() if given.kind is not inspect.Parameter.VAR_KEYWORD
    ]
    added = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, told]
        )
        for name, (kind, told, default) in options.items()
    ]
    parameters = [*own, *added]
    command.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {given.name: given.annotation for given in parameters}
    return command
