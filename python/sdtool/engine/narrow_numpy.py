"""`narrow.plain` on the CPU, for a small vocabulary in a quarter of its time.

The values of the likeliest tokens say where each row cuts. Only the tokens that are left then are looked up,
and get noise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from sdtool.engine.narrow import BROKEN, UNDECIDED
from sdtool.logits import KEY_STEPS, LANES, MULTIPLIERS, ROUNDS, WORD

if TYPE_CHECKING:
    from sdtool.engine.narrow import Rules

    Array = np.ndarray[Any, Any]

# One line a half of the generator's state.
FACTORS = np.array(MULTIPLIERS, np.uint64)[:, None]
STEPS = (np.arange(ROUNDS, dtype=np.uint32)[:, None] * np.array(KEY_STEPS, np.uint32))[:, :, None]


# A row whose largest logit is infinite or no number is BROKEN in the end, whatever its cuts are meanwhile.
@np.errstate(invalid="ignore")
def draw(logits: torch.Tensor, penalty: torch.Tensor | None, rules: Rules, width: int) -> torch.Tensor:
    """See `narrow.Draw`."""
    rows, vocabulary = logits.shape
    scores = logits.float().numpy()
    if penalty is not None:
        scores = scores - penalty.numpy()[:rows]
    numbers = rules.numbers.numpy()[:rows]
    line = np.arange(rows)
    # Ascending; what is no number comes last.
    likeliest = np.partition(scores, vocabulary - width, axis=-1)[:, vocabulary - width :]
    likeliest.sort(axis=-1)
    values = likeliest / numbers[:, :1]
    top_k = np.minimum(np.maximum(numbers[:, 1].astype(np.int64), 1), width)
    gone = values < values[line, width - top_k][:, None]
    crowded = ~gone[:, 0]
    np.copyto(values, -np.inf, where=gone)
    mass = torch.from_numpy(values).softmax(-1).numpy()
    # As torch sums it.
    gone |= np.add.accumulate(mass, -1, np.float64).astype(np.float32) <= numbers[:, 2:3]
    # The likeliest stays, and is what min-p measures the others by.
    gone |= values < values[:, -1:] + numbers[:, 3:4]
    gone[:, -1] = False
    first = gone.argmin(axis=-1)
    kept = scores >= likeliest[line, first][:, None]
    edge = values[line, first]
    for row in (edge == values[line, first - 1]).nonzero()[0]:
        # Of equal tokens at the edge those of the highest ids stay, as many as there is place for.
        each = scores[row] / numbers[row, 0]
        kept[row] = each > edge[row]
        kept[row, np.flatnonzero(each == edge[row])[-(values[row, first[row] :] == edge[row]).sum() :]] = True
    found = np.flatnonzero(kept)
    row = found // vocabulary
    token = found - row * vocabulary
    score = scores.take(found) / numbers[row, 0] + numbers[row, 5] * _noise(rules, row, token)
    best = np.full(rows, -np.inf, np.float32)
    np.maximum.at(best, row, score)
    # The last to be written is the lowest id, as argmax has it.
    chosen = np.flatnonzero(score == best[row])[::-1]
    drawn = np.zeros(rows, np.int64)
    drawn[row[chosen]] = token[chosen]
    if width < vocabulary:
        drawn[crowded] = UNDECIDED
    drawn[~np.isfinite(values[:, -1])] = BROKEN
    return torch.from_numpy(drawn)


def _noise(rules: Rules, row: Array, token: Array) -> Array:
    """`logits.gumbel_noise` of some tokens, each of some row, float32."""
    words = philox(rules.keys.numpy()[row], token // LANES, rules.steps.numpy()[row])
    uniform = (words[token % LANES, np.arange(len(token))] + 0.5) * 2.0**-32
    noise: Array = (-np.log(-np.log(uniform))).astype(np.float32)
    return noise


def philox(key: Array, first: Array, second: Array) -> Array:
    """`logits.philox` of the counter (first, second, 0, 0).

    Args:
        key: int64 `[n]`.
        first: int64 `[n]` of values below 2**32.
        second: likewise.

    Returns:
        uint32 `[4, n]`.
    """
    halves = np.empty((2, len(key)), np.uint32)
    halves[0], halves[1] = key & WORD, key >> 32
    even = np.zeros((2, len(key)), np.uint32)
    odd: Array = np.zeros((2, len(key)), np.uint32)
    even[0], odd[0] = first, second
    for keys in halves + STEPS:
        # The two halves change places in every round. Of a product the high word comes second.
        products = (even * FACTORS).astype("<u8", copy=False).view("<u4")[::-1]
        even = products[:, 1::2] ^ odd ^ keys
        odd = products[:, ::2]
    words = np.empty((4, len(key)), np.uint32)
    words[0::2], words[1::2] = even, odd
    return words
