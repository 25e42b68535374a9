"""`power`: how many problems a difference needs, or what difference a number of problems shows."""

from __future__ import annotations

from typing import Annotated

import typer

SAMPLES = (1, 3, 8)
PROBLEMS = (30, 100, 300, 1000, 3000)


def power(
    difference: Annotated[
        float | None, typer.Option(help="A difference in accuracy, as a share: 0.05 is 5 points.")
    ] = None,
    problems: Annotated[int | None, typer.Option(min=1, help="A number of problems.")] = None,
    samples: Annotated[int | None, typer.Option(min=1, help="Samples a problem.")] = None,
    *,
    accuracy: Annotated[float, typer.Option(min=0, max=1, help="About what both settings reach.")] = 0.6,
    between: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the variance that lies between problems.")
    ] = 0.85,
    correlation: Annotated[
        float, typer.Option(min=0, max=1, help="Of the two settings' true rates over problems.")
    ] = 0.87,
) -> None:
    """Plan a comparison, for 80 % power at the 5 % level.

    With --difference, prints how many problems it needs; without, the smallest detectable difference by
    number of problems and of samples.
    """
    from sdtool import statistics
    from sdtool.errors import InputError

    def variance(count: int, correlated: float) -> float:
        return statistics.paired_variance(accuracy, samples=count, between=between, correlation=correlated)

    counts = (samples,) if samples else SAMPLES
    if difference is not None and not 0 < abs(difference) <= 1:
        raise InputError(f"--difference is a share between 0 and 1 (0.05 is 5 points), not {difference:g}")
    typer.echo(
        f"Two settings at accuracy {accuracy:g}, {between:.0%} of the variance between problems, true rates "
        f"correlated {correlation:g}; power 80 % at the 5 % level, two-sided.\n"
    )
    if difference is None:
        typer.echo("Smallest detectable difference in points, paired:\n")
        typer.echo("problems" + "".join(f"{f'{count} samples':>12}" for count in counts))
        for number in (problems,) if problems else PROBLEMS:
            shown = [
                statistics.detectable_difference(number, variance(count, correlation)) for count in counts
            ]
            typer.echo(f"{number:8}" + "".join(f"{100 * points:12.1f}" for points in shown))
        return
    typer.echo(f"Problems needed for a difference of {100 * difference:g} points:\n")
    typer.echo("samples      paired    unpaired")
    for count in counts:
        paired, unpaired = (
            statistics.problems_needed(difference, variance(count, c)) for c in (correlation, 0)
        )
        typer.echo(f"{count:7}{paired:12}{unpaired:12}")
