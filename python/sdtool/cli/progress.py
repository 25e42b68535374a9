"""Progress of a run on stderr, and in progress.json beside it."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

    from tqdm import tqdm

    from sdtool.tally import Tally

SHOW_SECONDS = 0.5
WRITE_SECONDS = 5.0
NAMES = {"correct": "accuracy", "think_closed": "think-close", "boxed": "boxed", "length_stop": "length-stop"}


class Progress:
    """A bar of rollouts done, with tokens/s, time left, the four rates so far and rows in flight.

    Args:
        title: what stands before the bar: where the run is.
    """

    def __init__(self, title: str) -> None:
        self._title = title
        self._bar: tqdm[None] | None = None
        self._shown = self._written = float("-inf")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def __call__(self, tally: Tally) -> None:
        """Show a tally, unless it was shown just now and is not the last."""
        now = time.monotonic()
        last = tally.done == tally.planned
        if now - self._shown < SHOW_SECONDS and not last:
            return
        self._shown = now
        tally.update()
        self._show(tally)
        if now - self._written >= WRITE_SECONDS or tally.done == tally.planned:
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
        figures = [
            f"{tally.tokens_per_second:,.0f} tokens/s",
            f"{tqdm.format_interval(left)} left" if left is not None else "",
            *(
                f"{name} {100 * rate:.0f}%"
                for key, name in NAMES.items()
                if (rate := tally.rate(key)) is not None
            ),
            f"{sum(tally.rows.values())} in flight" if tally.rows else "",
        ]
        self._bar.n = tally.done
        self._bar.set_postfix_str(", ".join(filter(None, figures)))
