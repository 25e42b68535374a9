"""Draws the next token of every slot, at a cost that does not grow with the vocabulary or the history.

The specification is the chain in `sdtool.logits`: presence penalty -> (users' processors) -> temperature ->
top-k -> top-p -> min-p -> keyed noise -> argmax. Here the penalty is a buffer that remembers what was
generated, and everything after it sees only the top-k candidates: the same tokens are kept and the same
token is drawn, ties included, while a sort of the whole vocabulary is avoided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from sdtool.logits import gumbel_noise, gumbel_noise_all

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sdtool.config import Setting
    from sdtool.engine import Processor

# Candidates beyond top-k, to see whether tokens tie with the k-th. If all of them do, there may be more
# of them still, and the row takes the path over the whole vocabulary.
SPARE = 8


class Sampler:
    """Decode parameters, penalties and noise keys of every slot, on the device of the logits.

    Args:
        rows: slots.
        vocabulary: width of the logits.
        device: where the logits are.
        processors: users' logits processors, called as in transformers, row by row, on every token so far.
    """

    def __init__(
        self, rows: int, vocabulary: int, device: torch.device, processors: Sequence[Processor] = ()
    ) -> None:
        self._settings: list[Setting | None] = [None] * rows
        self._processors = list(processors)
        self._penalty: torch.Tensor | None = None
        self._shape = (rows, vocabulary)
        # temperature, top_k, the mass that top-p removes, log of min_p, presence penalty
        self._numbers = torch.zeros(rows, 5, device=device)
        self._keys = torch.zeros(rows, dtype=torch.int64, device=device)
        self._steps = torch.zeros(rows, dtype=torch.int64, device=device)
        self._kinds: tuple[int, list[torch.Tensor | None]] | None = None

    def assign(self, row: int, setting: Setting, key: int, generated: Sequence[int]) -> None:
        """Give a slot to a rollout that has already `generated` these tokens; `key` is its noise key."""
        self._settings[row] = setting
        # top-p removes a cumulative mass of at most 1 - top_p; a top-p of 1 removes nothing.
        removed = 1 - setting.top_p if setting.top_p < 1 else -1.0
        log_min_p = torch.tensor(setting.min_p).log()
        self._numbers[row] = torch.tensor(
            [setting.temperature, setting.top_k, removed, log_min_p, setting.presence_penalty]
        )
        self._keys[row] = key
        self._steps[row] = len(generated)
        self._kinds = None
        if setting.presence_penalty and self._penalty is None:
            # Allocated by the first setting that has a penalty: vocabulary x rows is large.
            self._penalty = torch.zeros(self._shape, device=self._keys.device)
        if self._penalty is not None:
            self._penalty[row] = 0
            if setting.presence_penalty and generated:
                seen = torch.tensor(generated, device=self._penalty.device)
                self._penalty[row, seen] = setting.presence_penalty

    def move(self, source: int, row: int) -> None:
        """Move one slot's rollout to another slot."""
        self._settings[row] = self._settings[source]
        for state in (self._numbers, self._keys, self._steps, self._penalty):
            if state is not None:
                state[row] = state[source]
        self._kinds = None

    def draw(self, logits: torch.Tensor, contexts: Callable[[int], Sequence[int]]) -> torch.Tensor:
        """Draw one token for each of the first slots.

        Args:
            logits: `[rows, vocabulary]`, any float dtype.
            contexts: gives a row's tokens so far, prompt included; asked only for users' processors.

        Returns:
            int64 `[rows]`.
        """
        rows = len(logits)
        scores = self.scores(logits, contexts)
        tokens = torch.empty(rows, dtype=torch.int64, device=logits.device)
        greedy, narrow, wide = self._kinds_of(rows)
        if greedy is not None:
            tokens[greedy] = scores[greedy].argmax(-1)
        if narrow is not None:
            tokens[narrow] = self._draw_narrow(scores[narrow], narrow)
        if wide is not None:
            tokens[wide] = self._draw_wide(scores[wide], wide)
        if narrow is not None and (
            undecided := [row for row, token in enumerate(tokens.tolist()) if token < 0]
        ):
            remaining = torch.tensor(undecided, device=logits.device)
            tokens[remaining] = self._draw_wide(scores[remaining], remaining)
        self._steps[:rows] += 1
        if self._penalty is not None:
            self._penalty[:rows].scatter_(1, tokens[:, None], self._numbers[:rows, 4:])
        return tokens

    def scores(self, logits: torch.Tensor, contexts: Callable[[int], Sequence[int]]) -> torch.Tensor:
        """The logits in float32 with penalties and users' processors applied, before temperature."""
        rows = len(logits)
        scores = logits.float()
        if self._penalty is not None:
            scores = scores - self._penalty[:rows]
        if self._processors:
            scores = scores.clone()
            for row in range(rows):
                context = torch.tensor([contexts(row)], device=logits.device)
                for processor in self._processors:
                    scores[row] = processor(context, scores[row : row + 1])[0]
        return scores

    def _kinds_of(self, rows: int) -> Sequence[torch.Tensor | None]:
        """Which of the first rows are greedy, which draw from top-k candidates, which from all tokens."""
        if self._kinds is None or self._kinds[0] != rows:
            found: tuple[list[int], list[int], list[int]] = ([], [], [])
            for row, setting in enumerate(self._settings[:rows]):
                assert setting is not None
                found[0 if not setting.temperature else 1 if setting.top_k else 2].append(row)
            device = self._keys.device
            self._kinds = rows, [torch.tensor(kind, device=device) if kind else None for kind in found]
        return self._kinds[1]

    def _draw_narrow(self, scores: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
        """Draw for rows with a top-k, from their candidates alone; -1 where those may not be all."""
        tokens, values, crowded = self.candidates(scores, rows)
        perturbed = values + gumbel_noise(self._keys[rows], self._steps[rows], tokens)
        return _first_largest(perturbed, tokens, scores.shape[-1]).masked_fill(crowded, -1)

    def _largest_top_k(self) -> int:
        """Of all slots; known to the host, so that no step waits for the device to tell."""
        return max(setting.top_k for setting in self._settings if setting is not None)

    def candidates(
        self, scores: torch.Tensor, rows: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """The tokens that top-k, top-p and min-p may keep, for slots `rows`, all of them with a top-k.

        Args:
            scores: float32 `[rows, vocabulary]`, before temperature.
            rows: int64 `[rows]`, the slots.

        Returns:
            Token ids `[rows, candidates]`; their scores after temperature, -inf where cut, ascending before
            the cuts; and bool `[rows]`, True where so many tokens tie with the k-th that the candidates may
            not be all of them.
        """
        vocabulary = scores.shape[-1]
        temperature, top_k, removed, log_min_p, _ = self._numbers[rows].unbind(1)
        top_k = top_k.long().clamp(max=vocabulary)
        width = min(self._largest_top_k() + SPARE, vocabulary)
        values, tokens = scores.topk(width)
        # Ascending, and equal values by token id: the order of a stable sort of the whole vocabulary,
        # which decides which of several equal tokens top-p removes.
        tokens, order = tokens.sort(-1)
        values, order = (values.gather(-1, order) / temperature[:, None]).sort(stable=True, dim=-1)
        tokens = tokens.gather(-1, order)
        kept = values >= values.gather(-1, (width - top_k)[:, None])
        crowded = kept[:, 0] & (width < vocabulary)
        return tokens, _cut(values.masked_fill(~kept, -torch.inf), removed, log_min_p), crowded

    def _draw_wide(self, scores: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
        """Draw from the whole vocabulary, as the chain of processors would."""
        vocabulary = scores.shape[-1]
        temperature, top_k, removed, log_min_p, _ = self._numbers[rows].unbind(1)
        scores = scores / temperature[:, None]
        if largest := min(self._largest_top_k(), vocabulary):
            ranks = top_k.long().clamp(max=vocabulary)
            best = scores.topk(largest).values
            threshold = best.gather(-1, (ranks - 1).clamp(min=0)[:, None])
            scores = scores.masked_fill((scores < threshold) & (ranks > 0)[:, None], -torch.inf)
        if any(setting.top_p < 1 for setting in self._settings if setting is not None):
            values, tokens = scores.sort(stable=True, dim=-1)
            scores = torch.empty_like(scores).scatter_(1, tokens, _cut(values, removed, log_min_p))
        else:
            scores = _cut_min_p(scores, log_min_p)
        noise = gumbel_noise_all(self._keys[rows], self._steps[rows], vocabulary)
        return (scores + noise).argmax(-1)


def _cut(values: torch.Tensor, removed: torch.Tensor, log_min_p: torch.Tensor) -> torch.Tensor:
    """Top-p, then min-p, on scores in ascending order `[rows, candidates]`; what is cut becomes -inf.

    The comparison is that of `logits.TopPLogitsProcessor`: a token goes when it and the less likely
    ones together hold at most `removed` of the mass; the likeliest always stays.
    """
    cut = values.softmax(-1).cumsum(-1) <= removed[:, None]
    cut[:, -1] = False
    return _cut_min_p(values.masked_fill(cut, -torch.inf), log_min_p)


def _cut_min_p(values: torch.Tensor, log_min_p: torch.Tensor) -> torch.Tensor:
    limit = values.amax(-1, keepdim=True) + log_min_p[:, None]
    return values.masked_fill(values < limit, -torch.inf)


def _first_largest(values: torch.Tensor, tokens: torch.Tensor, vocabulary: int) -> torch.Tensor:
    """The token of the largest value, and of equal ones the lowest id, as argmax over the vocabulary."""
    largest = values == values.amax(-1, keepdim=True)
    return tokens.masked_fill(~largest, vocabulary).amin(-1)
