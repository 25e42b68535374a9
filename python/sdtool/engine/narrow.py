"""Draws the next token of each row from its likeliest few: `plain` says in torch what is to be computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch

from sdtool.logits import gumbel_noise

# Candidates beyond top-k, to see whether tokens tie with the k-th. If all of them do, there may be more
# of them still, and the row needs the path over the whole vocabulary.
SPARE = 12
# In place of a token: too many ties to tell from the candidates, or logits that are no numbers.
UNDECIDED = -1
BROKEN = -2


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """How each of some rows draws.

    Attributes:
        numbers: float32 `[rows, 6]`: temperature, top-k, the mass that top-p removes, log of min-p, presence
            penalty, and what the noise is multiplied by, 0 for a greedy row.
        keys: int64 `[rows]`, the noise keys.
        steps: int64 `[rows]`, tokens that each row has drawn so far.
    """

    numbers: torch.Tensor
    keys: torch.Tensor
    steps: torch.Tensor

    def __getitem__(self, rows: slice | torch.Tensor) -> Rules:
        """The rules of some of the rows."""
        return Rules(self.numbers[rows], self.keys[rows], self.steps[rows])


class Draw(Protocol):
    """Draws from the candidates."""

    def __call__(
        self, logits: torch.Tensor, penalty: torch.Tensor | None, rules: Rules, width: int
    ) -> torch.Tensor:
        """Draw one token a row.

        Args:
            logits: `[rows, vocabulary]`, any float dtype.
            penalty: float32 `[rows or more, vocabulary]`, taken off the logits; None for none. All zeros in
                a row whose presence penalty is 0.
            rules: of as many rows.
            width: how many candidates there are, more than the largest top-k unless that is all tokens.

        Returns:
            int64 `[rows]`: tokens, or `UNDECIDED` or `BROKEN`.
        """
        ...


def plain(logits: torch.Tensor, penalty: torch.Tensor | None, rules: Rules, width: int) -> torch.Tensor:
    """The specification; see `Draw`."""
    rows = len(logits)
    rules = rules[:rows]
    scores = penalised(logits, None if penalty is None else penalty[:rows])
    tokens, values, crowded = candidates(scores, rules, width)
    noise = gumbel_noise(rules.keys, rules.steps, tokens) * rules.numbers[:, 5:6]
    drawn = _first_largest(values + noise, tokens, scores.shape[-1]).masked_fill(crowded, UNDECIDED)
    return drawn.masked_fill(~values[:, -1].isfinite(), BROKEN)


def example(device: torch.device, vocabulary: int = 20_000) -> tuple[torch.Tensor, torch.Tensor, Rules, int]:
    """Rows that draw in all ways, from usual and peculiar logits: what `Draw` is called with.

    No cut is within a rounding of its limit.
    """
    ways = [
        # temperature, top-k, removed by top-p, log of min-p, penalty, share of the noise
        (1.0, 1, -1.0, -torch.inf, 0.0, 0.0),
        (0.6, 20, 0.05, -torch.inf, 1.5, 1.0),
        (1.1, 20, 0.05, -torch.inf, 0.0, 1.0),
        (1.0, 20, -1.0, -2.9, 1.5, 1.0),
        (0.7, 5, 0.15, -1.1, 0.0, 1.0),
    ]
    generator = torch.Generator().manual_seed(0)
    kinds = 5
    numbers = torch.tensor(ways).repeat_interleave(kinds, 0)
    logits = 3 * torch.randn(len(numbers), vocabulary, generator=generator)
    logits[1::kinds] = (logits[1::kinds] / 3).round()  # more ties than there are candidates
    logits[2::kinds, 100:] = -torch.inf
    logits[3::kinds, 7] = torch.nan
    logits[4::kinds] = logits[4::kinds].bfloat16()  # some ties
    penalty = torch.randint(2, logits.shape, generator=generator) * numbers[:, 4:5]
    keys = torch.randint(2**62, (len(numbers),), generator=generator)
    rules = Rules(numbers.to(device), keys.to(device), torch.arange(len(numbers), device=device))
    return logits.to(device), penalty.to(device), rules, 20 + SPARE


def penalised(logits: torch.Tensor, penalty: torch.Tensor | None) -> torch.Tensor:
    """The logits in float32 with the penalty taken off."""
    # Of two types the wider one is the result's, in one pass.
    return logits.float() if penalty is None else logits - penalty


def candidates(
    scores: torch.Tensor, rules: Rules, width: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The tokens that top-k, top-p and min-p may keep.

    Args:
        scores: float32 `[rows, vocabulary]`, before temperature.
        rules: of the same rows.
        width: as for `Draw`.

    Returns:
        Token ids `[rows, width]`; their scores after temperature, -inf where cut, ascending before the cuts;
        and bool `[rows]`, True where so many tokens tie with the k-th that the candidates may not be all of
        them.
    """
    temperature, top_k, removed, log_min_p = rules.numbers[:, :4].unbind(1)
    values, tokens = scores.topk(width)
    # Ascending, and equal values by token id: the order of a stable sort of the whole vocabulary,
    # which decides which of several equal tokens top-p removes.
    tokens, order = tokens.sort(-1)
    values, order = (values.gather(-1, order) / temperature[:, None]).sort(stable=True, dim=-1)
    tokens = tokens.gather(-1, order)
    kept = values >= values.gather(-1, (width - top_k.long().clamp(1, width))[:, None])
    crowded = kept[:, 0] & (width < scores.shape[-1])
    return tokens, cut(values.masked_fill(~kept, -torch.inf), removed, log_min_p), crowded


def cut(values: torch.Tensor, removed: torch.Tensor, log_min_p: torch.Tensor) -> torch.Tensor:
    """Top-p, then min-p, on scores in ascending order `[rows, candidates]`; what is cut becomes -inf.

    The comparison is that of `logits.TopPLogitsProcessor`: a token goes when it and the less likely
    ones together hold at most `removed` of the mass; the likeliest always stays.
    """
    gone = values.softmax(-1).cumsum(-1) <= removed[:, None]
    gone[:, -1].fill_(False)  # as an index it would bring a value from the host, in older torch
    return cut_min_p(values.masked_fill(gone, -torch.inf), log_min_p)


def cut_min_p(values: torch.Tensor, log_min_p: torch.Tensor) -> torch.Tensor:
    """Min-p on scores `[rows, tokens]` in any order; what is cut becomes -inf."""
    limit = values.amax(-1, keepdim=True) + log_min_p[:, None]
    return values.masked_fill(values < limit, -torch.inf)


def _first_largest(values: torch.Tensor, tokens: torch.Tensor, vocabulary: int) -> torch.Tensor:
    """The token of the largest value, and of equal ones the lowest id, as argmax over the vocabulary."""
    largest = values == values.amax(-1, keepdim=True)
    return tokens.masked_fill(~largest, vocabulary).amin(-1)
