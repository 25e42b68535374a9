"""What is measured of a rollout: each metric is one row of `METRICS`, which all that counts or shows reads.

A new metric is a new row here; its column must be one of `schema.COLUMNS`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Unit:
    """In what a metric is counted, and how its values are written.

    `name` stands behind a value and `difference_name` behind a difference. Values are stored unscaled and
    written times `scale`. No value lies above `highest` or below 0.
    """

    name: str
    difference_name: str
    scale: int
    decimals: int
    highest: float

    @property
    def is_share(self) -> bool:
        """Whether values are shares of rollouts, between 0 and 1."""
        return self.highest == 1

    def text(self, value: float) -> str:
        """A value, such as `61.5` (percent) or `12,345` (tokens)."""
        return f"{self.scale * value:,.{self.decimals}f}".replace("inf", "∞")

    def difference(self, value: float) -> str:
        """A difference with its sign, such as `+3.2` (points) or `-1,200` (tokens)."""
        return f"{self.scale * value:+,.{self.decimals}f}".replace("inf", "∞")

    def interval(self, value: float, low: float, high: float) -> str:
        """A value and its interval, such as `61.5 [58.4, 64.5]`."""
        return f"{self.text(value)} [{self.text(low)}, {self.text(high)}]"


SHARE = Unit(name="%", difference_name="points", scale=100, decimals=1, highest=1.0)
TOKENS = Unit(name="tokens", difference_name="tokens", scale=1, decimals=0, highest=math.inf)


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure of a rollout, averaged over a problem's samples and then over problems.

    Attributes:
        name: in files and in `--json`.
        label: in tables, plots and sentences.
        column: the column of a stored rollout from which it is computed.
        counted: the value of the column that counts as 1; without one, the column is the figure itself.
        unit: in what it is counted.
        better: which way is better, or None where neither is.
        main: whether it stands in the first table and is compared, drawn and shown while a run goes on.
    """

    name: str
    label: str
    column: str
    counted: str | None = None
    unit: Unit = SHARE
    better: Literal["higher", "lower"] | None = "higher"
    main: bool = False

    @property
    def title(self) -> str:
        """The label at the begin of a line."""
        return self.label.capitalize()

    @property
    def heading(self) -> str:
        """The label with its unit, unless that is part of it."""
        return self.label if self.unit.name in self.label else f"{self.label} ({self.unit.name})"

    def of(self, rollout: Mapping[str, Any]) -> Any:
        """The figure of a rollout, or of many where the columns are numpy arrays."""
        stored = rollout[self.column]
        return stored if self.counted is None else stored == self.counted


METRICS = {
    metric.name: metric
    for metric in (
        Metric("accuracy", "accuracy", "correct", main=True),
        Metric("think_close", "think-close", "think_closed", main=True),
        Metric("boxed", "boxed-answer", "boxed", main=True),
        Metric("length_stop", "length-stop", "finish_reason", "length", better="lower", main=True),
        Metric("undecided", "undecided", "verdict", "undecided", better="lower"),
        Metric("looped", "looped", "looped", better="lower"),
        Metric("mean_tokens", "mean tokens", "n_tokens", unit=TOKENS, better="lower", main=True),
    )
}
"""Every metric by its name, in the order in which they are shown."""

MAIN = tuple(metric for metric in METRICS.values() if metric.main)


def unit_of(name: str) -> Unit:
    """The unit of a metric, weighted or not; what is no metric (pass@k, shares of outcomes) is a share."""
    metric = METRICS.get(name.removesuffix("_weighted"))
    return metric.unit if metric else SHARE
