"""How long rollouts are: quantiles with intervals, and whether the cap hides them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sdtool import statistics

if TYPE_CHECKING:
    from sdtool.report.rollouts import Rollouts

SHARES = (0.1, 0.5, 0.9, 0.99)
BEYOND = float(np.finfo(np.float64).max)  # the length of a length-stop


@dataclass(frozen=True, slots=True)
class LengthQuantile:
    """The length below which a share of a setting's rollouts lies, in tokens; problems weigh the same.

    Where it, or an end of its interval, lies among the length-stops it is infinite: without the cap these
    would be longer, and nobody knows by how much.
    """

    setting: str
    share: float
    value: float
    low: float
    high: float
    n: int


def length_quantiles(rollouts: Rollouts) -> list[LengthQuantile]:
    """The quantiles of each setting of which no rollout is missing; none without the column `n_tokens`."""
    if "n_tokens" not in rollouts:
        return []
    found = []
    for setting in rollouts.settings:
        chosen = rollouts.of(setting)
        if chosen.n_missing or not len(chosen):
            continue
        lengths = chosen["n_tokens"].astype(np.float64)
        if "finish_reason" in chosen:
            lengths = np.where(chosen["finish_reason"] == "length", BEYOND, lengths)
        problems = chosen.problems[1]
        for share in SHARES:
            one = statistics.quantile(lengths, problems, share)
            value, low, high = (_shown(end) for end in (one.estimate, one.low, one.high))
            found.append(LengthQuantile(setting, share, value, low, high, one.n))
    return found


def _shown(length: float) -> float:
    return np.inf if length == BEYOND else max(0.0, length)
