"""Quantiles of the normal and of Student's t distribution, so that intervals need no scipy."""

from __future__ import annotations

import math
from statistics import NormalDist


def normal_quantile(probability: float) -> float:
    """The standard normal quantile; `probability` strictly between 0 and 1."""
    return NormalDist().inv_cdf(probability)


def student_t_quantile(probability: float, degrees: int) -> float:
    """The quantile of Student's t with a whole number of `degrees` of freedom, at least 1.

    Degrees 1 and 2 have closed forms. Above, the expansion in 1/degrees around the normal quantile:
    Abramowitz & Stegun, Handbook of Mathematical Functions, 26.7.5. At the 97.5 % point it is below the
    true value by 0.12 % at 3 degrees, 0.011 % at 5, and less than 0.0004 % from 10 on.
    """
    if degrees == 1:
        return math.tan(math.pi * (probability - 0.5))
    if degrees == 2:  # noqa: PLR2004 - the other closed form
        centred = 2 * probability - 1
        return centred * math.sqrt(2 / (1 - centred * centred))
    z = normal_quantile(probability)
    square = z * z
    terms = (
        z,
        z * (square + 1) / 4,
        z * ((5 * square + 16) * square + 3) / 96,
        z * (((3 * square + 19) * square + 17) * square - 15) / 384,
        z * ((((79 * square + 776) * square + 1482) * square - 1920) * square - 945) / 92160,
    )
    return math.fsum(term / degrees**power for power, term in enumerate(terms))
