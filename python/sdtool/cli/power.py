"""`power`: how many problems a difference needs, or what difference a number of problems shows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from sdtool.cli.options import Json  # noqa: TC001 - typer reads the annotations

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SAMPLES = (1, 3, 8)
PROBLEMS = (30, 100, 300, 1000, 3000)
LEVEL = 0.05
ACCURACY, BETWEEN, CORRELATION = 0.6, 0.85, 0.87  # what the published study implies


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
        float | None,
        typer.Option(min=0, max=1, metavar="SHARE", help="About what both settings reach; default 0.6."),
    ] = None,
    between: Annotated[
        float | None,
        typer.Option(
            min=0, max=1, metavar="SHARE", help="Of the variance, what lies between problems; default 0.85."
        ),
    ] = None,
    correlation: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            metavar="R",
            help="Pearson's, over problems, of the settings' true rates; default 0.87.",
        ),
    ] = None,
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
    from sdtool.errors import InputError

    if difference is not None and not 0 < abs(difference) <= 1:
        raise InputError(f"--difference is a share between 0 and 1 (0.05 is 5 points), not {difference:g}")
    assumed = _observed(from_run, samples, accuracy, between, correlation) if from_run else None
    if assumed is None:
        assumed = _Assumed(
            ACCURACY if accuracy is None else accuracy,
            BETWEEN if between is None else between,
            CORRELATION if correlation is None else correlation,
            (samples,) if samples else SAMPLES,
        )
    assumed.check(difference)
    level = (
        "5 % level" if comparisons == 1 else f"5 % level over {comparisons} comparisons (Holm's first step)"
    )
    told = [*assumed.told(), f"power 80 % at the {level}, two-sided."]
    alpha = LEVEL / comparisons
    if difference is None:
        rows = _detectable((problems,) if problems else PROBLEMS, assumed, alpha)
    else:
        rows = _needed(difference, assumed, alpha)
    if as_json:
        typer.echo(json.dumps({"assumed": told, "rows": rows}, ensure_ascii=False, indent=2))
        return
    typer.echo("\n".join(told) + "\n")
    if difference is None:
        _show_detectable(rows)
    else:
        _show_needed(rows, difference)


@dataclass(frozen=True, slots=True)
class _Assumed:
    """What is assumed of two settings.

    `known` is the variance of their difference at one sample per problem, where a run shows no more, and
    `seen` says where all this is from.
    """

    accuracy: float
    between: float
    correlation: float
    counts: tuple[int, ...]
    known: float | None = None
    seen: str = ""

    def check(self, difference: float | None) -> None:
        """Refuse what leaves no room for a difference."""
        from sdtool.errors import InputError

        if not 0 < self.accuracy < 1:
            raise InputError(
                f"an accuracy of {self.accuracy:g} leaves nothing to find: it must lie between 0 and 1"
            )
        half = abs(difference or 0.0) / 2
        if not half <= self.accuracy <= 1 - half:
            raise InputError(
                f"two settings at an accuracy of about {self.accuracy:g} cannot be {200 * half:g} points "
                "apart"
            )

    def told(self) -> list[str]:
        """In sentences."""
        if self.known is not None:
            said = f"variance of their paired difference {self.known:.3f};"
        else:
            said = (
                f"{self.between:.0%} of the variance between problems, true rates correlated "
                f"{self.correlation:.2f};"
            )
        return [*([self.seen] if self.seen else []), f"Two settings at accuracy {self.accuracy:.3g}, {said}"]

    def variance(self, count: int, *, paired: bool = True) -> float:
        """Of one problem's difference at so many samples."""
        from sdtool import statistics

        if self.known is not None:
            return self.known
        return statistics.paired_variance(
            self.accuracy,
            samples=count,
            between=self.between,
            correlation=self.correlation if paired else 0.0,
        )


def _observed(
    run: Path,
    samples: int | None,
    accuracy: float | None,
    between: float | None,
    correlation: float | None,
) -> _Assumed:
    from sdtool import report
    from sdtool.errors import InputError
    from sdtool.report.planning import observed

    if {accuracy, between, correlation} != {None}:
        raise InputError("--from takes --accuracy, --between and --correlation from the run: leave them out")
    seen, pairs, found = observed(report.read([run]))
    said = f"Observed in {run}, {pairs} paired with the first setting, samples per problem: {seen}."
    if found.between is not None and found.correlation is not None:
        counts = (samples,) if samples else SAMPLES
        return _Assumed(found.accuracy, found.between, found.correlation, counts, seen=said)
    if samples not in {None, 1}:
        raise InputError(f"--samples {samples}: {run} has one per problem, which tells of no more")
    return _Assumed(found.accuracy, 1.0, 1.0, (1,), found.variance, said)


def _detectable(sizes: Sequence[int], assumed: _Assumed, alpha: float) -> list[dict[str, float]]:
    return [
        {"problems": number, "samples": count, "detectable": _smallest(number, count, assumed, alpha)}
        for number in sizes
        for count in assumed.counts
    ]


def _smallest(problems: int, count: int, assumed: _Assumed, alpha: float) -> float:
    from sdtool.statistics import detectable_difference

    if 2.0 ** (1 - problems) > alpha:  # all problems one way would be no finding
        return 1.0
    variance = assumed.variance(count)
    return min(1.0, detectable_difference(problems, variance, alpha=alpha, exact=count == 1))


def _needed(difference: float, assumed: _Assumed, alpha: float) -> list[dict[str, float]]:
    from sdtool.statistics import problems_needed

    kinds = {"paired": True} if assumed.known is not None else {"paired": True, "unpaired": False}
    return [
        {
            "samples": count,
            **{
                name: problems_needed(
                    difference,
                    assumed.variance(count, paired=paired),
                    alpha=alpha,
                    exact=count == 1 and paired,
                )
                for name, paired in kinds.items()
            },
        }
        for count in assumed.counts
    ]


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
