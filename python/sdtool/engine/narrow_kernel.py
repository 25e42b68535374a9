"""`narrow.plain` as two Triton kernels: one pass over the vocabulary, and one over what that found.

A score and its token make one whole number that sorts as `narrow.candidates` does: by score, and equal scores
by token. Nothing here is imported where there is no Triton, and `drawing.choose` tries it before it is used.
Triton reads annotations itself, so only its own constants have any.
"""

import torch
import triton
import triton.language as tl

from sdtool.engine.narrow import BROKEN, UNDECIDED, Rules, plain

# Tokens that one program looks at, and how many of them at once.
SHARE = 16_384
BLOCK = 1024
# More candidates than this are left to the specification.
MOST = 256

LOWEST = tl.constexpr(-(2**63))
SIGN = tl.constexpr(0x7FFFFFFF)
ROUNDS = tl.constexpr(10)
IS_UNDECIDED = tl.constexpr(UNDECIDED)
IS_BROKEN = tl.constexpr(BROKEN)


@triton.jit
def _find(
    logits, penalty, found, logits_row, penalty_row, vocabulary,
    share: tl.constexpr, block: tl.constexpr, padded: tl.constexpr, with_penalty: tl.constexpr,
):  # fmt: skip
    row = tl.program_id(1).to(tl.int64)
    best = tl.full((padded,), LOWEST, tl.int64)  # ascending
    for start in range(0, share, block):
        token = tl.program_id(0) * share + start + tl.arange(0, block)
        inside = token < vocabulary
        score = tl.load(logits + row * logits_row + token, mask=inside, other=0.0).to(tl.float32)
        if with_penalty:
            score -= tl.load(penalty + row * penalty_row + token, mask=inside, other=0.0)
        # Zeros of both signs are equal. The bits of floats sort as whole numbers, negative ones the wrong way
        # round; what is no number comes last.
        score = tl.where(score == 0.0, 0.0, score)
        bits = score.to(tl.int32, bitcast=True)
        rank = tl.where(score == score, bits ^ ((bits >> 31) & SIGN), SIGN)  # noqa: PLR0124 - is it a number?
        key = tl.where(inside, (rank.to(tl.int64) << 32) | token.to(tl.int64), LOWEST)
        if tl.max(key, axis=0) > tl.min(best, axis=0):
            # Of two sorted lists, one read backwards, the larger of each pair are the largest of all.
            best = tl.sort(tl.maximum(best, tl.topk(key, padded)))
    where = (row * tl.num_programs(0) + tl.program_id(0)) * padded + tl.arange(0, padded)
    tl.store(found + where, best)


@triton.jit
def _choose(
    found, numbers, keys, steps, drawn, shares, vocabulary, width,
    total: tl.constexpr, padded: tl.constexpr,
):  # fmt: skip
    row = tl.program_id(0).to(tl.int64)
    along = tl.arange(0, total)
    given = tl.load(found + row * shares * padded + along, mask=along < shares * padded, other=LOWEST)
    key = tl.sort(tl.topk(given, padded))
    token = (key & 0xFFFFFFFF).to(tl.int64)
    rank = (key >> 32).to(tl.int32)
    score = (rank ^ ((rank >> 31) & SIGN)).to(tl.float32, bitcast=True)
    place = tl.arange(0, padded)
    temperature = tl.load(numbers + row * 6)
    top_k = tl.load(numbers + row * 6 + 1).to(tl.int32)
    removed = tl.load(numbers + row * 6 + 2)
    log_min_p = tl.load(numbers + row * 6 + 3)
    noise_share = tl.load(numbers + row * 6 + 5)
    # Ascending, and of the padded places the last `width` count.
    value = tl.div_rn(score, tl.full((padded,), 1.0, tl.float32) * temperature)
    value = tl.where(place >= padded - width, value, float("-inf"))
    kth = tl.sum(tl.where(place == padded - tl.minimum(tl.maximum(top_k, 1), width), value, 0.0), axis=0)
    best = tl.sum(tl.where(place == padded - 1, value, 0.0), axis=0)
    kept = (value >= kth) & (place >= padded - width)
    crowded = tl.max(tl.where((place == padded - width) & kept, 1, 0), axis=0) == 1
    weight = tl.where(kept, tl.exp(value - best), 0.0)
    mass = tl.div_rn(weight, tl.full((padded,), 1.0, tl.float32) * tl.sum(weight, axis=0))
    gone = tl.cumsum(mass.to(tl.float64), axis=0).to(tl.float32) <= removed
    kept = kept & ((place == padded - 1) | ~(gone | (value < best + log_min_p)))
    # `logits.gumbel_noise`.
    noise_key = tl.load(keys + row)
    block = (token >> 2).to(tl.uint32)
    zero = tl.zeros((padded,), tl.uint32)
    first, second, third, fourth = tl.philox_impl(
        block, zero + tl.load(steps + row).to(tl.uint32), zero, zero,
        (noise_key & 0xFFFFFFFF).to(tl.uint32), ((noise_key >> 32) & 0xFFFFFFFF).to(tl.uint32), ROUNDS,
    )  # fmt: skip
    lane = token & 3
    word = tl.where(lane == 0, first, tl.where(lane == 1, second, tl.where(lane == 2, third, fourth)))
    uniform = (word.to(tl.float64) + 0.5) * 2.3283064365386963e-10
    noise = (-tl.log(-tl.log(uniform))).to(tl.float32) * noise_share
    perturbed = tl.where(kept, value + noise, float("-inf"))
    largest = tl.max(perturbed, axis=0)
    chosen = tl.min(tl.where(kept & (perturbed == largest), token, vocabulary), axis=0)
    chosen = tl.where(crowded & (width < vocabulary), IS_UNDECIDED, chosen)
    is_finite = tl.abs(best) < float("inf")  # neither for what is no number
    tl.store(drawn + row, tl.where(is_finite, chosen, IS_BROKEN))


def draw(logits: torch.Tensor, penalty: torch.Tensor | None, rules: Rules, width: int) -> torch.Tensor:
    """See `narrow.Draw`."""
    padded = triton.next_power_of_2(width)
    if padded > min(MOST, BLOCK):
        return plain(logits, penalty, rules, width)
    rows, vocabulary = logits.shape
    if logits.stride(1) != 1:
        logits = logits.contiguous()
    shares = triton.cdiv(vocabulary, SHARE)
    found = torch.empty(rows, shares, padded, dtype=torch.int64, device=logits.device)
    with_penalty = penalty is not None
    penalties = logits if penalty is None else penalty
    _find[(shares, rows)](
        logits, penalties, found, logits.stride(0), penalties.stride(0), vocabulary,
        share=SHARE, block=BLOCK, padded=padded, with_penalty=with_penalty,
    )  # fmt: skip
    drawn = torch.empty(rows, dtype=torch.int64, device=logits.device)
    _choose[(rows,)](
        found, rules.numbers, rules.keys, rules.steps, drawn, shares, vocabulary, width,
        total=triton.next_power_of_2(shares * padded), padded=padded,
    )  # fmt: skip
    return drawn
