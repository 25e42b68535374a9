"""The binomial law by logarithms, so that tails of many trials need no scipy."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def log_binomial(n: int, k: NDArray[np.int64], p: float) -> NDArray[np.float64]:
    """The logarithms of the chances of k successes in n trials, each successful with probability p."""
    logs = _log_factorials(n.bit_length())
    with np.errstate(divide="ignore", invalid="ignore"):
        ways = logs[n] - logs[k] - logs[n - k]
        return np.asarray(
            ways + np.where(k > 0, k * np.log(p), 0.0) + np.where(n > k, (n - k) * np.log1p(-p), 0.0)
        )


@lru_cache(maxsize=32)
def _log_factorials(bits: int) -> NDArray[np.float64]:
    """Of all numbers below 2^bits."""
    return np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, 2**bits)))))
