"""Logits processors for plain `model.generate`, and the keyed noise that makes sampling reproducible.

Every processor takes `input_ids` [rows, width] and `scores` [rows, vocabulary] and returns new scores
of the same shape. Rows may be left-padded. This module imports nothing of sdtool.

The chain that a setting stands for is, in this order (the order of transformers):

    presence penalty -> temperature -> top-k -> top-p -> min-p -> keyed noise, then argmax

vLLM cuts by min-p before top-k and top-p instead of after. Where min-p is 0 both keep the same
tokens; where it is above 0, top-p here sees the distribution before the min-p cut.
"""

from __future__ import annotations

import hashlib

import torch
from transformers import LogitsProcessor

WORD = 0xFFFFFFFF
MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
KEY_STEPS = (0x9E3779B9, 0xBB67AE85)
ROUNDS = 10
LANES = 4


def noise_key(seed: int, problem_id: str, sample: int) -> int:
    """Return the noise key of one rollout, at least 0 and below 2**63.

    The setting is not part of it: settings are compared under common random numbers.
    """
    name = f"{seed}\x1f{sample}\x1f{problem_id}".encode()
    return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), "little") >> 1


def philox(key: torch.Tensor, counter: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
    """Philox4x32-10, a counter-based random generator (Salmon et al. 2011, doi:10.1145/2063384.2063405).

    Args:
        key: int64, any shape; its low and high 32 bits are the two key words.
        counter: four int64 tensors of values below 2**32 that broadcast with `key`.

    Returns:
        Four int64 tensors of values below 2**32, of the broadcast shape. Integer arithmetic only, so the
        same numbers come out on every device.
    """
    words = torch.broadcast_tensors(*counter)  # type: ignore[no-untyped-call]
    key = key.reshape((1,) * (words[0].dim() - key.dim()) + tuple(key.shape))
    # The two halves of a round are the same but for the multiplier, so they are computed as one.
    multipliers = _per_half(MULTIPLIERS[::-1], key)
    key_steps = _per_half(KEY_STEPS, key)
    keys = torch.stack((key & WORD, (key >> 32) & WORD))
    even, odd = torch.stack((words[0], words[2])), torch.stack((words[1], words[3]))
    for _ in range(ROUNDS):
        # The low 64 bits of a wrapped int64 product are those of the unsigned product.
        products = even.flip(0).mul_(multipliers)
        even = (products >> 32).bitwise_and_(WORD).bitwise_xor_(odd).bitwise_xor_(keys)
        odd = products.bitwise_and_(WORD)
        keys = (keys + key_steps).bitwise_and_(WORD)
    return even[0], odd[0], even[1], odd[1]


def _per_half(values: tuple[int, ...], like: torch.Tensor) -> torch.Tensor:
    halves = [torch.full((), value, dtype=torch.int64, device=like.device) for value in values]
    return torch.stack(halves).reshape(-1, *[1] * like.dim())


def gumbel(words: torch.Tensor) -> torch.Tensor:
    """Turn int64 words below 2**32 into standard Gumbel noise, float32.

    The uniform is `(word + 0.5) / 2**32`, never 0 or 1. The logarithms are taken in float64 and rounded
    once, so a last-bit difference between two devices' logarithms does not reach the result.
    """
    uniform = (words.double() + 0.5) * 2.0**-32
    return (-(-uniform.log()).log()).float()


def gumbel_noise(keys: torch.Tensor, steps: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
    """Gumbel noise for some tokens of each row.

    Args:
        keys: int64 [rows], from `noise_key`.
        steps: int64 [rows], tokens that each row has generated so far (0 for its first token).
        tokens: int64 [rows, candidates], token ids.

    Returns:
        float32 [rows, candidates]. The number for (key, step, token) does not depend on which other rows
        and tokens are asked for.
    """
    zero = torch.zeros((), dtype=torch.int64, device=tokens.device)
    words = philox(keys[:, None], (tokens // LANES, steps[:, None], zero, zero))
    lanes = torch.stack(words, dim=-1)
    return gumbel(lanes.gather(-1, (tokens % LANES)[..., None])[..., 0])


def gumbel_noise_all(keys: torch.Tensor, steps: torch.Tensor, vocabulary: int) -> torch.Tensor:
    """Gumbel noise for every token: `gumbel_noise` of `arange(vocabulary)`, at a quarter of its cost.

    Args:
        keys: int64 [rows].
        steps: int64 [rows].
        vocabulary: tokens in it.

    Returns:
        float32 [rows, vocabulary].
    """
    blocks = torch.arange((vocabulary + LANES - 1) // LANES, device=keys.device)[None, :]
    zero = torch.zeros((), dtype=torch.int64, device=keys.device)
    words = philox(keys[:, None], (blocks, steps[:, None], zero, zero))
    lanes = torch.stack(words, dim=-1)
    return gumbel(lanes.flatten(1)[:, :vocabulary])


class PresencePenaltyLogitsProcessor(LogitsProcessor):
    """Subtract `penalty` once from every token that the generated part of a row already contains.

    The prompt never counts, and neither does padding. Place it before temperature. These are the
    semantics of vLLM and SGLang; how often a token occurred does not matter.

    Args:
        penalty: subtracted from the logits; below 0 it favours repetition.
        prompt_length: width of the padded prompt, the same for all rows, or an int64 tensor [rows] where
            rows differ, as when some of them go on after tokens generated earlier.
    """

    def __init__(self, penalty: float, prompt_length: int | torch.Tensor) -> None:
        self.penalty = penalty
        self.prompt_length = prompt_length

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Return the penalised scores."""
        first = int(torch.as_tensor(self.prompt_length).min())
        tokens = input_ids[:, first:]
        present = torch.zeros_like(scores, dtype=torch.int32)
        generated = torch.ones_like(tokens, dtype=torch.int32)
        if isinstance(self.prompt_length, torch.Tensor):
            position = torch.arange(first, input_ids.shape[1], device=input_ids.device)
            generated = (position[None, :] >= self.prompt_length[:, None].to(input_ids.device)).int()
        present.scatter_reduce_(1, tokens, generated, reduce="amax")
        return scores - self.penalty * present


class TopPLogitsProcessor(LogitsProcessor):
    """Keep the likeliest tokens that together hold more than `top_p` of the mass; the rest become -inf.

    The rule of `transformers.TopPLogitsWarper`, except that of several equally likely tokens at its edge
    those of the highest ids stay. There the choice of transformers hangs on an unstable sort, and such ties
    are common: a bfloat16 logit near 20 is a multiple of 1/8.

    Args:
        top_p: above 0 and at most 1; 1 keeps all.

    Raises:
        ValueError: `top_p` is outside its range.
    """

    def __init__(self, top_p: float) -> None:
        if not 0 < top_p <= 1:
            raise ValueError(f"top_p must be above 0 and at most 1, not {top_p}")
        self.top_p = top_p

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:  # noqa: ARG002 - the interface
        """Return the scores with the tokens outside the nucleus at -inf."""
        if self.top_p == 1:
            return scores
        ascending, tokens = scores.sort(stable=True, dim=-1)
        cut = ascending.softmax(dim=-1).cumsum(dim=-1) <= 1 - self.top_p
        cut[:, -1] = False
        return scores.masked_fill(torch.zeros_like(cut).scatter_(1, tokens, cut), -torch.inf)


class MinPLogitsProcessor(LogitsProcessor):
    """Keep the tokens at least `min_p` times as probable as the likeliest; the rest become -inf.

    Source: Nguyen et al., arXiv 2407.01082. Compared in log space, `score >= max + log(min_p)`, which
    needs no softmax. The likeliest token is always kept.

    Args:
        min_p: between 0, which keeps all, and 1, which keeps only the likeliest.

    Raises:
        ValueError: `min_p` is outside its range.
    """

    def __init__(self, min_p: float) -> None:
        if not 0 <= min_p <= 1:
            raise ValueError(f"min_p must be between 0 and 1, not {min_p}")
        self.min_p = min_p

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:  # noqa: ARG002 - the interface
        """Return the scores with the unlikely tokens at -inf."""
        log_min_p = torch.tensor(self.min_p, dtype=scores.dtype, device=scores.device).log()
        return scores.masked_fill(scores < scores.amax(dim=-1, keepdim=True) + log_min_p, -torch.inf)


class KeyedNoiseLogitsProcessor(LogitsProcessor):
    """Add Gumbel noise, so that the argmax of the result is a sample from the softmax of `scores`.

    Placed last and used with `do_sample=False`. The noise is a function of (key, step, token) alone, so
    the sample depends on no other row, batch size, worker or earlier draw.

    Args:
        keys: int64 [rows], from `noise_key`.
        prompt_length: as for `PresencePenaltyLogitsProcessor`; the step is the width beyond it.
    """

    def __init__(self, keys: torch.Tensor, prompt_length: int | torch.Tensor) -> None:
        self.keys = keys
        self.prompt_length = prompt_length

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Return the perturbed scores, float32."""
        keys = self.keys.to(scores.device)
        steps = torch.as_tensor(input_ids.shape[1] - self.prompt_length, device=scores.device).expand(
            keys.shape
        )
        return scores.float() + gumbel_noise_all(keys, steps, scores.shape[1])
