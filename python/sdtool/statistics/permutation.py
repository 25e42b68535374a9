"""The sign-flip test of paired differences: how often random signs give a mean as far from 0."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sdtool.statistics.binomial import log_binomial

if TYPE_CHECKING:
    from numpy.typing import NDArray

FINEST_LATTICE = 64  # multiples of 1/K for K up to this are recognised
LONGEST = 2**24  # steps in all, up to which the distribution is computed whole
DIRECT = 20_000  # steps in all, above which it is computed by Fourier transforms
ROUNDING = 1e-9  # relative to the largest: what is closer together is the same
ENUMERATED = 14  # up to this many differences off any lattice, all sign patterns are gone through
LEAST = 1e-300  # a p-value is never 0, whatever is lost to rounding
MANY = 5_000  # off any lattice, so many that their sum is normal
FLIPS = 19_999  # random sign patterns above that; with the observed one they give p-values of 1/20,000
SEED = 20_070_101  # fixed, so that the same data always give the same p-value


def sign_flip(differences: NDArray[np.float64]) -> float:
    """The two-sided p-value of the sum of the differences, of shape [n], under random signs.

    Exact where the differences lie on a lattice of steps 1/K, as those of means over K samples do. Off a
    lattice up to 14 nonzero ones are enumerated; up to 5,000 are sampled with a fixed seed, the observed
    pattern being counted in (Phipson and Smyth, Stat. Appl. Genet. Mol. Biol. 9 (2010) 39); of more the sum
    is normal.
    """
    sizes = np.abs(differences)
    largest = float(sizes.max(initial=0.0))
    sizes = sizes[sizes > ROUNDING * largest]
    if not sizes.size:
        return 1.0
    observed = abs(float(differences.sum()))
    steps = _lattice(sizes)
    if steps is not None and int(steps.sum()) <= LONGEST:
        return _exact(steps, round(observed / float(sizes.sum()) * int(steps.sum())))
    threshold = observed * (1 - ROUNDING)
    if sizes.size <= ENUMERATED:
        patterns = (np.arange(2**sizes.size)[:, None] >> np.arange(sizes.size)) & 1
        return float(np.mean(np.abs((2 * patterns - 1) @ sizes) >= threshold))
    if sizes.size > MANY:
        return max(LEAST, math.erfc(observed / math.sqrt(2 * float(sizes @ sizes))))
    generator = np.random.default_rng(SEED)
    as_extreme = 0
    chunk = max(1, 10**7 // sizes.size)
    for start in range(0, FLIPS, chunk):
        signs = generator.integers(0, 2, size=(min(chunk, FLIPS - start), sizes.size), dtype=np.int8)
        as_extreme += int(np.count_nonzero(np.abs((2 * signs - 1) @ sizes) >= threshold))
    return (as_extreme + 1) / (FLIPS + 1)


def _lattice(sizes: NDArray[np.float64]) -> NDArray[np.int64] | None:
    """The sizes as whole numbers of steps 1/K, K as small as can be; None where no K up to 64 fits."""
    for k in range(1, FINEST_LATTICE + 1):
        scaled = sizes * k
        steps = np.rint(scaled)
        if np.all(np.abs(scaled - steps) < ROUNDING) and steps.all():
            return steps.astype(np.int64)
    return None


def _exact(steps: NDArray[np.int64], observed: int) -> float:
    """P(|sum of signed steps| >= observed): the steps of each size with a plus sign are binomial."""
    total = int(steps.sum())
    chances = np.ones(1)
    for size, count in zip(*np.unique(steps, return_counts=True), strict=True):
        spaced = np.zeros(int(size) * int(count) + 1)
        spaced[:: int(size)] = np.exp(log_binomial(int(count), np.arange(count + 1), 0.5))
        chances = spaced if len(chances) == 1 else _convolved(chances, spaced)
    signed = np.abs(2 * np.arange(total + 1) - total)  # of i steps up, the others being down
    return min(1.0, max(LEAST, float(chances[signed >= observed].sum())))


def _convolved(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    length = len(a) + len(b) - 1
    if length <= DIRECT:
        return np.convolve(a, b)
    size = 1 << (length - 1).bit_length()
    return np.maximum(np.fft.irfft(np.fft.rfft(a, size) * np.fft.rfft(b, size), size)[:length], 0.0)
