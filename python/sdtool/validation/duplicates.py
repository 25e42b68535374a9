"""The same problem twice: exact copies and near ones, within a set, across sources, against training data."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sdtool.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

GRAM = 3  # tokens
PERMUTATIONS = 128
# How the locality-sensitive hash weighs false candidates, which the exact check removes, against misses.
FALSE_CANDIDATES, MISSES = 0.05, 0.95
_LAYOUT = re.compile(r"\\(?:left|right|displaystyle|text(?:it|bf|rm)?|[dt]frac|q?quad|[,;:! ()\[\]])")
_TOKEN = re.compile(r"\\?[a-z]+|\d+|[^\s\w$.,;:!?'\"`{}\\-]")


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Problem `index` repeats problem `of` (of the set, or of the reference where `reference` is true)."""

    index: int
    of: int
    reference: bool
    kind: Literal["exact", "near"]
    similarity: float


def grams(text: str) -> frozenset[tuple[str, ...]]:
    """The runs of three tokens of a problem, without regard to case, punctuation and LaTeX layout.

    A token is a word, a LaTeX command, a number or an operator. A text of fewer than three is one run.
    """
    plain = _LAYOUT.sub(
        lambda match: r"\frac" if "frac" in match[0] else " ", unicodedata.normalize("NFKC", text)
    )
    tokens = _TOKEN.findall(plain.lower())
    return frozenset(tuple(tokens[i : i + GRAM]) for i in range(max(1, len(tokens) - GRAM + 1)))


def find_duplicates(
    texts: Sequence[str],
    same_gold: Callable[[int, int, bool], bool],
    *,
    reference: Sequence[str] = (),
    threshold: float = 0.8,
    threshold_same_gold: float = 0.4,
) -> list[Duplicate]:
    """Which problems repeat one of the reference or an earlier one that is itself kept, at most one each.

    Two texts are duplicates when the Jaccard similarity of their 3-grams reaches `threshold`, or
    `threshold_same_gold` if `same_gold(index, of, of_reference)`; of several, the most similar is named.
    MinHash with locality-sensitive hashing (datasketch; Broder 1997) proposes pairs, of which the exact
    similarity is then computed, so a pair can be missed but never made up. Overlap of n-grams is a flag, not
    a proof: problems that differ in one number are alike too, which is what the gold answers tell apart.

    Raises:
        InputError: datasketch is not installed.
    """
    try:
        from datasketch import MinHash, MinHashLSH
    except ImportError as error:
        raise InputError("finding duplicates needs datasketch: install sdtool[generate]") from error
    lower = min(threshold, threshold_same_gold)
    index = MinHashLSH(threshold=lower, num_perm=PERMUTATIONS, weights=(FALSE_CANDIDATES, MISSES))
    of_reference, of_set = [grams(text) for text in reference], [grams(text) for text in texts]

    def hashed(runs: frozenset[tuple[str, ...]]) -> MinHash:
        sketch = MinHash(num_perm=PERMUTATIONS, seed=1)
        sketch.update_batch([" ".join(run).encode() for run in runs])
        return sketch

    for number, runs in enumerate(of_reference):
        index.insert((True, number), hashed(runs))
    found = []
    for number, runs in enumerate(of_set):
        sketch = hashed(runs)
        best: Duplicate | None = None
        for in_reference, other in index.query(sketch):
            others = of_reference[other] if in_reference else of_set[other]
            similarity = len(runs & others) / len(runs | others)
            if similarity < lower or (best is not None and similarity <= best.similarity):
                continue
            if similarity >= threshold or same_gold(number, other, in_reference):
                kind: Literal["exact", "near"] = "exact" if runs == others else "near"
                best = Duplicate(number, other, in_reference, kind, similarity)
        if best is None:
            index.insert((False, number), sketch)
        else:
            found.append(best)
    return found
