"""Draws the next token of every slot, at a cost that does not grow with the history.

The specification is the chain in `sdtool.logits`: presence penalty -> (users' processors) -> temperature ->
top-k -> top-p -> min-p -> keyed noise -> argmax. Here the penalty is a buffer that remembers what was
generated, and everything after it sees only the top-k candidates, see `narrow`: the same tokens are kept and
the same token is drawn, ties included, while a sort of the whole vocabulary is avoided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from sdtool.engine.narrow import BROKEN, SPARE, UNDECIDED, Rules, cut, cut_min_p, penalised, plain
from sdtool.engine.pages import as_array, on_device
from sdtool.logits import gumbel_noise_all

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sdtool.config import Setting
    from sdtool.engine import Processor
    from sdtool.engine.narrow import Draw


class Sampler:
    """Decode parameters, penalties and noise keys of every slot, on the device of the logits.

    A step is `propose`, which depends on device tensors alone and may be part of a CUDA graph, and then
    `settle`; `draw` is both. Nothing but `draw` waits for the device.

    Args:
        rows: slots.
        vocabulary: width of the logits.
        device: where the logits are.
        processors: users' logits processors, called as in transformers, row by row, on every token so far.
        draw_narrow: how rows with a top-k draw.
    """

    def __init__(
        self,
        rows: int,
        vocabulary: int,
        device: torch.device,
        processors: Sequence[Processor] = (),
        draw_narrow: Draw = plain,
    ) -> None:
        self.processors = list(processors)
        self._draw_narrow = draw_narrow
        self._vocabulary = vocabulary
        self._candidates = min(SPARE, vocabulary)
        self._penalty: torch.Tensor | None = None
        self._rules = Rules(
            torch.ones(rows, 6, device=device),
            torch.zeros(rows, dtype=torch.int64, device=device),
            torch.zeros(rows, dtype=torch.int64, device=device),
        )
        self._steps = as_array(self._rules.steps)
        self._penalties = as_array(self._rules.numbers)[:, 4]
        self._line = as_array(torch.arange(rows, device=device))
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
        device = self._rules.keys.device
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
        self._rules.numbers[row] = on_device(numbers, torch.float32, device)
        self._rules.keys[row] = key
        self._rules.steps[row] = len(generated)
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
        for state in (self._rules.numbers, self._rules.keys, self._rules.steps, self._penalty):
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
        return self._draw_narrow(logits, self._penalty, self._rules, self._candidates)

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
            tokens = self._draw_narrow(scores, None, self._rules, self._candidates)
        wide = self._wide_of(rows)
        if wide is not None:
            of_wide = self._scores(logits, wide) if scores is None else scores[wide]
            tokens = tokens.index_copy(0, wide, self._draw_wide(of_wide, wide))
        if decide and min(tokens.tolist()) < 0:
            undecided = (tokens == UNDECIDED).nonzero()[:, 0]
            of_undecided = self._scores(logits, undecided) if scores is None else scores[undecided]
            tokens = tokens.index_copy(0, undecided, self._draw_wide(of_undecided, undecided))
        self._steps[:rows] += 1
        if self._penalty is not None:
            # A row without a token, whose number is negative, starts again or ends the run.
            as_array(self._penalty)[self._line[:rows], as_array(tokens)] = self._penalties[:rows]
        return tokens

    def _scores(self, logits: torch.Tensor, rows: torch.Tensor | None = None) -> torch.Tensor:
        """The logits of the given slots, or all, in float32 with the presence penalty taken off."""
        which = slice(len(logits)) if rows is None else rows
        return penalised(logits[which], None if self._penalty is None else self._penalty[which])

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
            self._wide_rows = rows, on_device(wide, torch.int64, self._rules.keys.device) if wide else None
        return self._wide_rows[1]

    def _draw_wide(self, scores: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
        """Draw from the whole vocabulary, as the chain of processors would.

        Args:
            scores: float32 `[rows, vocabulary]`, before temperature.
            rows: int64 `[rows]`, the slots.
        """
        rules = self._rules[rows]
        temperature, top_k, removed, log_min_p, _, share = rules.numbers.unbind(1)
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
            scores = torch.empty_like(scores).scatter_(1, tokens, cut(values, removed, log_min_p))
        else:
            scores = cut_min_p(scores, log_min_p)
        noise = gumbel_noise_all(rules.keys, rules.steps, self._vocabulary)
        return (scores + noise * share[:, None]).argmax(-1).masked_fill(broken, BROKEN)
