"""Figures of several samples a problem: pass@k and maj@k, without drawing subsets."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence


def pass_at_k(n: int, c: int, k: int) -> float:
    """The probability that k of a problem's n samples, c of them correct, hold a correct one.

    1 - C(n - c, k) / C(n, k), in exact integers: unbiased for pass@k at any n >= k. Source: Chen et al.,
    arXiv 2107.03374, equation 1. Average it over problems (`clustered_mean` of these values).

    Raises:
        ValueError: not 1 <= k <= n, or not 0 <= c <= n.
    """
    if not 1 <= k <= n:
        raise ValueError(f"pass@{k} needs at least {max(k, 1)} samples a problem and k >= 1; there are {n}")
    if not 0 <= c <= n:
        raise ValueError(f"of {n} samples between 0 and {n} are correct, not {c}")
    return 1 - math.comb(n - c, k) / math.comb(n, k)


def maj_at_k(answers: Sequence[Hashable | None], correct: Sequence[bool], k: int) -> float:
    """The probability that the majority answer of k of a problem's samples is correct.

    `answers[i]` is what sample i answered, equal values being one candidate, or None for no answer, which
    does not vote; all correct samples are one candidate however they are written. A tie for the most votes
    is broken by a fair draw; if nobody votes the problem is not solved. It is the exact mean over all
    C(n, k) subsets, so unbiased and without a seed. Source: self-consistency, Wang et al., arXiv
    2203.11171, averaged over subsets as pass@k is; the counting is the multivariate hypergeometric law.

    Raises:
        ValueError: the lengths differ, not 1 <= k <= n, or a correct sample has no answer.
    """
    n = len(answers)
    if len(correct) != n:
        raise ValueError(f"{n} answers and {len(correct)} verdicts: there must be one of each a sample")
    if not 1 <= k <= n:
        raise ValueError(f"maj@{k} needs at least {max(k, 1)} samples a problem and k >= 1; there are {n}")
    if any(right and answer is None for answer, right in zip(answers, correct, strict=True)):
        raise ValueError("a sample without an answer cannot be correct")
    right_votes = sum(map(bool, correct))
    silent = sum(answer is None for answer in answers)
    wrong = (
        answer for answer, right in zip(answers, correct, strict=True) if not right and answer is not None
    )
    rivals = list(Counter(wrong).values())
    if k == n:  # one subset
        most = max(right_votes, *rivals, 0)
        leaders = (right_votes == most) + sum(votes == most for votes in rivals)
        return (right_votes == most) / leaders if most else 0.0
    won = Fraction(0)
    for votes in range(1, min(right_votes, k) + 1):
        for ties, subsets in enumerate(_rival_subsets(rivals, silent, k - votes, votes)):
            won += Fraction(math.comb(right_votes, votes) * subsets, ties + 1)
    return float(won / math.comb(n, k))


def _rival_subsets(rivals: Sequence[int], silent: int, size: int, most: int) -> list[int]:
    """Of the subsets of `size` others in which no rival has over `most` votes, how many have t with `most`.

    Returns the counts by t, for t from 0 to the number of rivals.
    """
    ways = {(0, 0): 1}  # (drawn, rivals with `most`) -> number of subsets
    for count in rivals:
        extended: dict[tuple[int, int], int] = {}
        for (drawn, ties), number in ways.items():
            for votes in range(min(count, most, size - drawn) + 1):
                key = (drawn + votes, ties + (votes == most))
                extended[key] = extended.get(key, 0) + number * math.comb(count, votes)
        ways = extended
    counts = [0] * (len(rivals) + 1)
    for (drawn, ties), number in ways.items():
        counts[ties] += number * math.comb(silent, size - drawn)
    return counts
