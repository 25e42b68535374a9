"""`presets`: the named settings and their values."""

from __future__ import annotations

import json

import typer

from sdtool.cli.options import Json  # noqa: TC001 - typer reads the annotations


def presets(*, as_json: Json = False) -> None:
    """Print the named settings, their decode parameters and where these come from."""
    from sdtool.parameters import PARAMETERS, PRESETS, PRESETS_SOURCE, values

    if as_json:
        typer.echo(json.dumps({name: values(setting) for name, setting in PRESETS.items()}, indent=2))
        return
    header = ["setting", *(parameter.title for parameter in PARAMETERS.values())]
    rows = [
        [name, *(f"{value:g}" for value in values(setting).values())] for name, setting in PRESETS.items()
    ]
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    for row in (header, *rows):
        first, *others = (
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        typer.echo("  ".join([first, *others]))
    typer.echo(f"\n{PRESETS_SOURCE}")
