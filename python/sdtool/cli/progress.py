"""Progress of a run on stderr, and in progress.json beside it."""

from __future__ import annotations

import math
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from sdtool.cli import console
from sdtool.metrics import MAIN

if TYPE_CHECKING:
    from types import TracebackType

    from tqdm import tqdm

    from sdtool.tally import Tally

UPDATE_SECONDS = 0.5
WRITE_SECONDS = 5.0
LOG_SECONDS = 30.0
KILO = 1000


class Progress:
    """A bar of rollouts done, with tokens/s, time left, bounds of the main rates and rows in flight.

    On a terminal, a second line has the tokens/s and the rows in flight of each worker where there are
    several. What is not a terminal keeps every line, and gets one only now and then.

    Args:
        title: what stands before the bar: where the run is.
    """

    def __init__(self, title: str) -> None:
        self._title = title
        self._terminal = sys.stderr.isatty()
        self._hidden = console.verbosity == console.Verbosity.QUIET
        self._tally: Tally | None = None
        self._bar: tqdm[None] | None = None
        self._second: tqdm[None] | None = None
        self._updated = self._shown = self._written = float("-inf")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None and self._tally is not None:
            with suppress(OSError):  # a terminal that is gone
                self._show(self._tally)
        for bar in (self._second, self._bar):
            if bar is not None:  # a bar without a total has no truth value
                bar.close()

    def __call__(self, tally: Tally) -> None:
        """Show a tally, unless it was shown just now and is not the last."""
        self._tally = tally
        now = time.monotonic()
        if now - self._updated < UPDATE_SECONDS and tally.done < tally.planned:
            return
        self._updated = now
        tally.update()
        last = tally.done == tally.planned
        if not self._hidden and (
            last or now - self._shown >= (UPDATE_SECONDS if self._terminal else LOG_SECONDS)
        ):
            self._shown = now
            self._show(tally)
        if last or now - self._written >= WRITE_SECONDS:
            self._written = now
            tally.write()

    def _show(self, tally: Tally) -> None:
        from tqdm import tqdm

        if self._bar is None:
            layout = "{desc} {percentage:3.0f}% |{bar:20}| {n_fmt}/{total_fmt} {elapsed}{postfix}"
            self._bar = tqdm(
                total=tally.planned, desc=self._title, file=sys.stderr, bar_format=layout, mininterval=0
            )
        left = tally.seconds_left
        started = tally.rows or tally.done == tally.planned
        figures = [
            "" if started else "loading the model",
            f"{tally.tokens_per_second:,.0f} tokens/s" if started else "",
            f"{tqdm.format_interval(left)} left" if left is not None else "",
            *(
                f"{metric.label} {_percent(*tally.bounds(metric))}"
                for metric in MAIN
                if metric.unit.is_share and tally.done
            ),
            f"{sum(tally.rows.values())} in flight" if tally.rows else "",
        ]
        self._bar.n = tally.done
        self._bar.set_postfix_str(", ".join(filter(None, figures)))
        if self._terminal and len(tally.rows) > 1:
            if self._second is None:
                self._second = tqdm(bar_format="{desc}", file=sys.stderr, position=1, leave=False)
            self._second.set_description_str(by_worker(tally))


def _percent(low: float, high: float) -> str:
    """Bounds in whole percent, outwards: `12-85%`; one number once nothing is missing."""
    if low == high:
        return f"{100 * low:.0f}%"
    return f"{math.floor(100 * low)}-{math.ceil(100 * high)}%"


def by_worker(tally: Tally) -> str:
    """Say how fast each worker is and how many rows it has in flight; eight fit into 104 columns."""
    figures = []
    for name, rows in sorted(tally.rows.items(), key=lambda item: (len(item[0]), item)):
        speed = tally.speeds[name]
        short = f"{speed:.0f}" if speed < KILO else f"{speed / KILO:.1f}k"
        figures.append(f"{name.removeprefix('worker-')} {short}|{rows}")
    return "  ".join(["tokens/s|rows", *figures])
