"""The commands by name. Each is a function in a module of its own; this file only registers them."""

from __future__ import annotations

from typing import Annotated

import typer

from sdtool.cli.compare import compare
from sdtool.cli.data import data
from sdtool.cli.diff import diff
from sdtool.cli.export import export
from sdtool.cli.generate import generate
from sdtool.cli.grade import grade
from sdtool.cli.integrations import integrations
from sdtool.cli.options import with_verbosity
from sdtool.cli.power import power
from sdtool.cli.presets import presets
from sdtool.cli.regrade import regrade
from sdtool.cli.report import report

HELP = {"help_option_names": ["-h", "--help"]}
app = typer.Typer(context_settings=HELP, pretty_exceptions_enable=False, rich_markup_mode="markdown")


def _version(*, asked: bool) -> None:
    if asked:
        import platform
        from importlib.metadata import version

        typer.echo(f"sdtool {version('sdtool')}, Python {platform.python_version()}")
        raise typer.Exit


@app.callback()
def sdtool(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            is_eager=True,
            callback=lambda asked: _version(asked=asked),
            help="Print the version.",
        ),
    ] = False,
) -> None:
    """Generate, grade and report rollouts of thinking models on competition math.

    Results go to stdout, everything else to stderr. Exit codes: 0 done, 1 failed, 2 bad usage or input.
    """


for command in (generate, report, compare, regrade, diff, export, power, presets, integrations):
    app.command(context_settings=HELP)(with_verbosity(command))
# An answer may begin with a minus sign: it is no option.
app.command(context_settings={"ignore_unknown_options": True, **HELP})(grade)
app.add_typer(data, name="data")
