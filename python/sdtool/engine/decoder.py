"""One decode step over all slots: what the device does. Which rollout is in which slot is for `slots`."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import torch

from sdtool.engine.cache import SlotCache
from sdtool.engine.graphs import DecodeGraphs
from sdtool.engine.hook import PagedAttention
from sdtool.engine.narrow import plain
from sdtool.engine.pages import as_array
from sdtool.engine.sampler import Sampler

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from transformers import DynamicCache, PreTrainedModel

    from sdtool.engine import Processor, Request
    from sdtool.engine.attention import Backend
    from sdtool.engine.cache import Shape
    from sdtool.engine.layers import Prompt
    from sdtool.engine.narrow import Draw
    from sdtool.engine.prefill import Reader
    from sdtool.engine.replacements import Replacements


class Drawn:
    """Tokens on their way from the device to the host."""

    def __init__(self, tokens: torch.Tensor) -> None:
        self._arrived: torch.cuda.Event | None = None
        self._tokens = tokens
        if tokens.device.type == "cuda":
            self._tokens = torch.empty(tokens.shape, dtype=tokens.dtype, pin_memory=True)
            self._tokens.copy_(tokens, non_blocking=True)
            # Blocking: a thread that spins would take a core for every GPU, and the host is a step behind.
            self._arrived = torch.cuda.Event(blocking=True)  # type: ignore[no-untyped-call]
            self._arrived.record(torch.cuda.current_stream(tokens.device))

    def tolist(self) -> list[int]:
        """The tokens, once they are there."""
        if self._arrived is not None:
            self._arrived.synchronize()
        found: list[int] = self._tokens.tolist()
        return found


class Decoder:
    """Rows of a cache, the token that each reads next, and how each draws the one after it.

    Running rows are always the first ones.

    Args:
        model: any causal language model of transformers.
        reader: runs its forward pass.
        prefilled: any prompt's cache; see `SlotCache`.
        logits: any logits of the model, of which width and device are read.
        shape: rows, pages and the longest row.
        backend: the attention kernel.
        replacements: kernels of our own; None for none.
        processors: users' logits processors.
        draw_narrow: see `Sampler`.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        reader: Reader,
        prefilled: DynamicCache,
        logits: torch.Tensor,
        shape: Shape,
        backend: Backend,
        *,
        replacements: Replacements | None = None,
        processors: Sequence[Processor] = (),
        draw_narrow: Draw = plain,
    ) -> None:
        self._reader = reader
        self._replaced = replacements or nullcontext()
        self._paged = PagedAttention(model)
        self.cache = SlotCache(prefilled, shape, backend)
        self.sampler = Sampler(shape.rows, logits.shape[-1], logits.device, processors, draw_narrow)
        self._inputs = torch.zeros(shape.rows, 1, dtype=torch.int64, device=reader.device)
        device = self.cache.lengths.device
        spread = any(parameter.device != device for parameter in model.parameters())
        capturable = backend.capturable and device.type == "cuda" and not spread
        self.graphs = DecodeGraphs(self.compute, shape.rows, device if capturable else None)

    @torch.no_grad()
    def enter(
        self,
        row: int,
        prompt: Prompt | None,
        request: Request,
        tokens: Sequence[int],
        *,
        reserved: list[int] | None = None,
        wide: bool = False,
    ) -> None:
        """Put a rollout into an empty row.

        Args:
            row: the row.
            prompt: what the model keeps of all its tokens but the last.
            request: what is asked for.
            tokens: all its tokens, prompt and generated.
            reserved: pages that were set aside for it.
            wide: see `Sampler.assign`.
        """
        self.cache.put(row, prompt, reserved)
        generated = tokens[len(request.prompt) :]
        if self.sampler.assign(row, request.setting, request.key, generated, wide=wide):
            self.graphs.forget()
        self._inputs[row] = tokens[-1]

    @torch.no_grad()
    def leave(self, row: int, last: int) -> None:
        """Empty a row; the last running row takes its place, so that steps stay dense."""
        self.cache.release(row)
        if row != last:
            self.cache.move(last, row)
            self.sampler.move(last, row)
            self._inputs[row] = self._inputs[last]

    @torch.no_grad()
    def step(self, rows: int, contexts: Callable[[int], Sequence[int]], *, decide: bool) -> Drawn:
        """Advance the first rows by a token each; see `Sampler.settle`.

        With `decide` off nothing waits for the device.
        """
        logits, proposed = self.graphs(rows)
        tokens = self.sampler.settle(logits, proposed, contexts, decide=decide)
        ids = as_array(tokens)
        # A row without a token reads any; what it gives is dropped.
        as_array(self._inputs)[:rows, 0] = ids * (ids >= 0)
        self.cache.advance(rows)
        return Drawn(tokens)

    def compute(self, rows: int) -> tuple[torch.Tensor, torch.Tensor]:
        """What a CUDA graph holds: logits `[rows, vocabulary]` and proposed tokens `[rows]`."""
        self.cache.begin(rows)
        positions = self.cache.lengths[:rows, None].to(self._inputs.device)
        with self._paged, self._replaced:
            logits = self._reader.forward(self._inputs[:rows], self.cache, position_ids=positions)[:, -1]
        return logits, self.sampler.propose(logits)

    @torch.no_grad()
    def logits(self, prompt: Prompt, tokens: Sequence[int]) -> torch.Tensor:
        """The logits `[len(tokens), vocabulary]`, float32, of reading tokens after a prompt, one at a time.

        Where steps are captured, the first warms up and the second is a replayed graph.
        """
        found = []
        try:
            self.cache.put(0, prompt)
            for token in tokens:
                self._inputs[0] = token
                if not self.cache.extend(1):
                    raise torch.OutOfMemoryError
                found.append(self.graphs(1)[0][0].float().clone())
                self.cache.advance(1)
        finally:
            self.cache.release(0)
        return torch.stack(found)
