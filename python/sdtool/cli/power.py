"""`power`: how many problems a difference needs, or what difference a number of problems shows."""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from sdtool.cli.options import Json  # noqa: TC001 - typer reads the annotations

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

SAMPLES = (1, 3, 8)
PROBLEMS = (30, 100, 300, 1000, 3000)
LEVEL = 0.05


def power(
    difference: Annotated[
        float | None,
        typer.Option(metavar="SHARE", help="A difference in accuracy, as a share: 0.05 is 5 points."),
    ] = None,
    problems: Annotated[int | None, typer.Option(min=1, metavar="N", help="A number of problems.")] = None,
    samples: Annotated[int | None, typer.Option(min=1, metavar="K", help="Samples per problem.")] = None,
    *,
    comparisons: Annotated[
        int,
        typer.Option(min=1, metavar="M", help="How many settings are compared: the level is 5 % over M."),
    ] = 1,
    accuracy: Annotated[
        float, typer.Option(min=0, max=1, metavar="SHARE", help="About what both settings reach.")
    ] = 0.6,
    between: Annotated[
        float,
        typer.Option(min=0, max=1, metavar="SHARE", help="Of the variance, what lies between problems."),
    ] = 0.85,
    correlation: Annotated[
        float,
        typer.Option(
            min=0, max=1, metavar="R", help="Pearson's, over problems, of the settings' true rates."
        ),
    ] = 0.87,
    from_run: Annotated[
        Path | None,
        typer.Option("--from", metavar="RUN", help="Take the last three from what a run's settings show."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Plan a paired comparison, for 80 % power at the 5 % level.

    With --difference, prints how many problems it needs; without, the smallest detectable difference by
    number of problems and of samples. With one sample per problem both are those of McNemar's exact test.
    """
    from sdtool import statistics
    from sdtool.errors import InputError

    if difference is not None and not 0 < abs(difference) <= 1:
        raise InputError(f"--difference is a share between 0 and 1 (0.05 is 5 points), not {difference:g}")
    counts = (samples,) if samples else SAMPLES
    told: list[str] = []
    known: float | None = None  # the variance of one sample per problem, where that is all that a run shows
    if from_run is not None:
        from sdtool import report
        from sdtool.report.planning import observed

        seen, pairs, found = observed(report.read([from_run]))
        accuracy = found.accuracy
        if found.between is None or found.correlation is None:
            known, counts = found.variance, (1,)
        else:
            between, correlation = found.between, found.correlation
        told.append(
            f"Observed in {from_run}, {pairs} paired with the first setting, samples per problem: {seen}."
        )
    if known is None:
        told.append(
            f"Two settings at accuracy {accuracy:.3g}, {between:.0%} of the variance between problems, "
            f"true rates correlated {correlation:.2f};"
        )
    else:
        told.append(
            f"Two settings at accuracy {accuracy:.3g}, variance of their paired difference {known:.3f};"
        )
    level = (
        "5 % level" if comparisons == 1 else f"5 % level over {comparisons} comparisons (Holm's first step)"
    )
    told.append(f"power 80 % at the {level}, two-sided.")

    def variance(count: int, correlated: float) -> float:
        if known is not None:
            return known
        return statistics.paired_variance(accuracy, samples=count, between=between, correlation=correlated)

    alpha = LEVEL / comparisons
    if difference is None:
        sizes = (problems,) if problems else PROBLEMS
        rows = _detectable(sizes, counts, lambda count: variance(count, correlation), alpha)
    else:
        correlated = (
            {"paired": correlation} if known is not None else {"paired": correlation, "unpaired": 0.0}
        )
        rows = _needed(difference, counts, variance, correlated, alpha)
    if as_json:
        typer.echo(json.dumps({"assumed": told, "rows": rows}, ensure_ascii=False, indent=2))
        return
    typer.echo("\n".join(told) + "\n")
    if difference is None:
        _show_detectable(rows)
    else:
        _show_needed(rows, difference)


def _detectable(
    sizes: Sequence[int], counts: Sequence[int], variance: Callable[[int], float], alpha: float
) -> list[dict[str, float]]:
    from sdtool.statistics import detectable_difference

    return [
        {
            "problems": number,
            "samples": count,
            "detectable": detectable_difference(number, variance(count), alpha=alpha, exact=count == 1),
        }
        for number in sizes
        for count in counts
    ]


def _needed(
    difference: float,
    counts: Sequence[int],
    variance: Callable[[int, float], float],
    correlated: Mapping[str, float],
    alpha: float,
) -> list[dict[str, float]]:
    from sdtool.statistics import problems_needed

    def row(count: int) -> dict[str, float]:
        numbers = {
            name: problems_needed(
                difference, variance(count, c), alpha=alpha, exact=count == 1 and name == "paired"
            )
            for name, c in correlated.items()
        }
        return {"samples": count, **numbers}

    return [row(count) for count in counts]


def _show_detectable(rows: Sequence[Mapping[str, float]]) -> None:
    typer.echo("Smallest detectable difference in points, paired:\n")
    counts = dict.fromkeys(int(row["samples"]) for row in rows)
    typer.echo("problems" + "".join(f"{_samples(count):>12}" for count in counts))
    for number in dict.fromkeys(int(row["problems"]) for row in rows):
        shown = [row["detectable"] for row in rows if row["problems"] == number]
        typer.echo(f"{number:8}" + "".join(f"{100 * points:12.1f}" for points in shown))


def _show_needed(rows: Sequence[Mapping[str, float]], difference: float) -> None:
    typer.echo(f"Problems needed for a difference of {100 * difference:g} points:\n")
    names = [name for name in rows[0] if name != "samples"]
    typer.echo("samples" + "".join(f"{name:>12}" for name in names))
    for row in rows:
        typer.echo(f"{row['samples']:7}" + "".join(f"{row[name]:12}" for name in names))


def _samples(count: int) -> str:
    return f"{count} sample{'' if count == 1 else 's'}"
