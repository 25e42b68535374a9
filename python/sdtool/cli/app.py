"""The commands by name. Each is a function in a module of its own; this file only registers them."""

from __future__ import annotations

import typer

from sdtool.cli.compare import compare
from sdtool.cli.data import data
from sdtool.cli.diff import diff
from sdtool.cli.generate import generate
from sdtool.cli.grade import grade
from sdtool.cli.power import power
from sdtool.cli.regrade import regrade
from sdtool.cli.report import report

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def sdtool() -> None:
    """Generate, grade and report rollouts of thinking models on competition math."""


app.command()(generate)
app.command()(regrade)
app.command()(report)
app.command()(compare)
app.command()(diff)
# An answer may begin with a minus sign: it is no option.
app.command(context_settings={"ignore_unknown_options": True})(grade)
app.command()(power)
app.add_typer(data, name="data")
