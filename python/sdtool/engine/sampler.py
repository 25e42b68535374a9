"""Draws the next token of every slot, at a cost that does not grow with the vocabulary or the history.

The specification is the chain in `sdtool.logits`: presence penalty -> (users' processors) -> temperature ->
top-k -> top-p -> min-p -> keyed noise -> argmax. Here the penalty is a buffer that remembers what was
generated, and everything after it sees only the top-k candidates: the same tokens are kept and the same
token is drawn, ties included, while a sort of the whole vocabulary is avoided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from sdtool.engine.pages import on_device
from sdtool.logits import gumbel_noise, gumbel_noise_all

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sdtool.config import Setting
    from sdtool.engine import Processor

# Candidates beyond top-k, to see whether tokens tie with the k-th. If all of them do, there may be more
# of them still, and the row needs the path over the whole vocabulary.
SPARE = 12
# In place of a token: too many ties to tell from the candidates, or logits that are no numbers.
UNDECIDED = -1
BROKEN = -2


class Sampler:
    """Decode parameters, penalties and noise keys of every slot, on the device of the logits.

    A step is `propose`, which depends on device tensors alone and may be part of a CUDA graph, and then
    `settle`; `draw` is both. Nothing but `draw` waits for the device.

    Args:
        rows: slots.
        vocabulary: width of the logits.
        device: where the logits are.
        processors: users' logits processors, called as in transformers, row by row, on every token so far.
    """

    def __init__(
        self, rows: int, vocabulary: int, device: torch.device, processors: Sequence[Processor] = ()
    ) -> None:
        self.processors = list(processors)
        self._vocabulary = vocabulary
        self._candidates = min(SPARE, vocabulary)
        self._penalty: torch.Tensor | None = None
        # temperature, top_k, the mass that top-p removes, log of min_p, presence penalty, share of the noise
        self._numbers = torch.ones(rows, 6, device=device)
        self._keys = torch.zeros(rows, dtype=torch.int64, device=device)
        self._steps = torch.zeros(rows, dtype=torch.int64, device=device)
        self._settings: list[Setting | None] = [None] * rows
        self._wide: list[bool] = [False] * rows
        """Which slots draw from the whole vocabulary."""
        self._wide_rows: tuple[int, torch.Tensor | None] = 0, None

    def assign(
        self, row: int, setting: Setting, key: int, generated: Sequence[int], *, wide: bool = False
    ) -> bool:
        """Give a slot to a rollout.

        Args:
            row: the slot.
            setting: how to draw.
            key: its noise key.
            generated: the tokens that it has already.
            wide: draw from the whole vocabulary although there is a top-k: same tokens, and slow.

        Returns:
            Whether steps are computed otherwise from now on, so that captured ones are stale.
        """
        device = self._keys.device
        greedy = setting.temperature == 0
        self._settings[row] = setting
        self._wide[row] = wide or not (greedy or setting.top_k)
        self._wide_rows = 0, None
        numbers = [
            setting.temperature or 1.0,
            1 if greedy else min(setting.top_k, self._vocabulary),
            # top-p removes a cumulative mass of at most 1 - top_p; a top-p of 1 removes nothing.
            1 - setting.top_p if setting.top_p < 1 and not greedy else -1.0,
            float(torch.tensor(0.0 if greedy else setting.min_p).log()),
            setting.presence_penalty,
            0.0 if greedy else 1.0,
        ]
        self._numbers[row] = on_device(numbers, torch.float32, device)
        self._keys[row] = key
        self._steps[row] = len(generated)
        stale = False
        if not self._wide[row] and self._candidates < (needed := self._width_for(setting)):
            self._candidates, stale = needed, True
        if setting.presence_penalty and self._penalty is None:
            # Allocated by the first setting that has a penalty: vocabulary x rows is large.
            self._penalty, stale = torch.zeros(len(self._wide), self._vocabulary, device=device), True
        if self._penalty is not None:
            self._penalty[row] = 0
            if setting.presence_penalty and generated:
                self._penalty[row, on_device(generated, torch.int64, device)] = setting.presence_penalty
        return stale

    def _width_for(self, setting: Setting) -> int:
        return min((setting.top_k if setting.temperature else 1) + SPARE, self._vocabulary)

    def move(self, source: int, row: int) -> None:
        """Move one slot's rollout to another slot."""
        self._settings[row], self._wide[row] = self._settings[source], self._wide[source]
        self._wide_rows = 0, None
        for state in (self._numbers, self._keys, self._steps, self._penalty):
            if state is not None:
                state[row] = state[source]

    def draw(self, logits: torch.Tensor, contexts: Callable[[int], Sequence[int]]) -> torch.Tensor:
        """Draw one token for each of the first slots; `BROKEN` where the logits are no numbers.

        Args:
            logits: `[rows, vocabulary]`, any float dtype.
            contexts: gives a row's tokens so far, prompt included; asked only for users' processors.

        Returns:
            int64 `[rows]`.
        """
        return self.settle(logits, self.propose(logits), contexts, decide=True)

    def propose(self, logits: torch.Tensor) -> torch.Tensor:
        """Draw from the candidates of every row, as if each had a top-k and users had no processors."""
        return self._draw_narrow(self._scores(logits))

    def settle(
        self,
        logits: torch.Tensor,
        tokens: torch.Tensor,
        contexts: Callable[[int], Sequence[int]],
        *,
        decide: bool,
    ) -> torch.Tensor:
        """Put the tokens of other rows in place of their proposals, and count and remember all of them.

        Args:
            logits: as for `draw`.
            tokens: int64 `[rows]`, what `propose` gave for them.
            contexts: as for `draw`.
            decide: whether to wait for the device and decide the undecided rows now. Otherwise they are
                `UNDECIDED` and have to start again, `wide`.

        Returns:
            int64 `[rows]`.
        """
        rows = len(logits)
        scores = None
        if self.processors:
            scores = self._processed(self._scores(logits), contexts)
            tokens = self._draw_narrow(scores)
        wide = self._wide_of(rows)
        if wide is not None:
            of_wide = self._scores(logits, wide) if scores is None else scores[wide]
            tokens = tokens.index_copy(0, wide, self._draw_wide(of_wide, wide))
        if decide and (undecided := (tokens == UNDECIDED).nonzero()[:, 0]).numel():
            of_undecided = self._scores(logits, undecided) if scores is None else scores[undecided]
            tokens = tokens.index_copy(0, undecided, self._draw_wide(of_undecided, undecided))
        self._steps[:rows] += 1
        if self._penalty is not None:
            self._penalty[:rows].scatter_(1, tokens.clamp(min=0)[:, None], self._numbers[:rows, 4:5])
        return tokens

    def _scores(self, logits: torch.Tensor, rows: torch.Tensor | None = None) -> torch.Tensor:
        """The logits of the given slots, or all, in float32 with the presence penalty taken off."""
        if rows is not None:
            logits = logits[rows]
        if self._penalty is None:
            return logits.float()
        # Of two types the wider one is the result's, in one pass.
        return logits - (self._penalty[: len(logits)] if rows is None else self._penalty[rows])

    def _processed(self, scores: torch.Tensor, contexts: Callable[[int], Sequence[int]]) -> torch.Tensor:
        """The scores after the users' processors."""
        scores = scores.clone()
        for row in range(len(scores)):
            context = torch.tensor([contexts(row)], device=scores.device)
            for processor in self.processors:
                scores[row] = processor(context, scores[row : row + 1])[0]
        return scores

    def _wide_of(self, rows: int) -> torch.Tensor | None:
        """Which of the first rows draw from the whole vocabulary, int64; None where none does."""
        if self._wide_rows[0] != rows:
            wide = [row for row in range(rows) if self._wide[row]]
            self._wide_rows = rows, on_device(wide, torch.int64, self._keys.device) if wide else None
        return self._wide_rows[1]

    def _draw_narrow(self, scores: torch.Tensor) -> torch.Tensor:
        """Draw for the first rows from their candidates alone."""
        rows = len(scores)
        tokens, values, crowded = self.candidates(scores)
        noise = gumbel_noise(self._keys[:rows], self._steps[:rows], tokens) * self._numbers[:rows, 5:6]
        drawn = _first_largest(values + noise, tokens, scores.shape[-1]).masked_fill(crowded, UNDECIDED)
        return drawn.masked_fill(~values[:, -1].isfinite(), BROKEN)

    def candidates(self, scores: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """The tokens that top-k, top-p and min-p may keep, for the first slots.

        Args:
            scores: float32 `[rows, vocabulary]`, before temperature.

        Returns:
            Token ids `[rows, candidates]`; their scores after temperature, -inf where cut, ascending before
            the cuts; and bool `[rows]`, True where so many tokens tie with the k-th that the candidates may
            not be all of them.
        """
        vocabulary, width = scores.shape[-1], self._candidates
        temperature, top_k, removed, log_min_p = self._numbers[: len(scores), :4].unbind(1)
        values, tokens = scores.topk(width)
        # Ascending, and equal values by token id: the order of a stable sort of the whole vocabulary,
        # which decides which of several equal tokens top-p removes.
        tokens, order = tokens.sort(-1)
        values, order = (values.gather(-1, order) / temperature[:, None]).sort(stable=True, dim=-1)
        tokens = tokens.gather(-1, order)
        kept = values >= values.gather(-1, (width - top_k.long().clamp(1, width))[:, None])
        crowded = kept[:, 0] & (width < vocabulary)
        return tokens, _cut(values.masked_fill(~kept, -torch.inf), removed, log_min_p), crowded

    def _draw_wide(self, scores: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
        """Draw from the whole vocabulary, as the chain of processors would.

        Args:
            scores: float32 `[rows, vocabulary]`, before temperature.
            rows: int64 `[rows]`, the slots.
        """
        temperature, top_k, removed, log_min_p, _, share = self._numbers[rows].unbind(1)
        scores = scores / temperature[:, None]
        broken = ~scores.amax(-1).isfinite()
        settings = [setting for setting in self._settings if setting is not None]
        largest = max(setting.top_k if setting.temperature else 1 for setting in settings)
        if largest := min(largest, self._vocabulary):
            best = scores.topk(largest).values
            threshold = best.gather(-1, (top_k.long() - 1).clamp(min=0)[:, None])
            scores = scores.masked_fill((scores < threshold) & (top_k > 0)[:, None], -torch.inf)
        if any(setting.top_p < 1 for setting in settings):
            values, tokens = scores.sort(stable=True, dim=-1)
            scores = torch.empty_like(scores).scatter_(1, tokens, _cut(values, removed, log_min_p))
        else:
            scores = _cut_min_p(scores, log_min_p)
        noise = gumbel_noise_all(self._keys[rows], self._steps[rows], self._vocabulary)
        return (scores + noise * share[:, None]).argmax(-1).masked_fill(broken, BROKEN)


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
