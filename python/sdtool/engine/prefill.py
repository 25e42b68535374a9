"""Reading prompts: in batches of similar length, long ones in chunks, and each only once.

A prompt is read by the model's own attention, all but its last token, which the first decode step reads.
Whether a model reads padded batches and chunks as it reads a prompt alone is for `trial` to find out.
"""

from __future__ import annotations

import inspect
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import torch

from sdtool.engine.layers import Prompt
from sdtool.engine.models import cache_argument, empty_cache
from sdtool.engine.pages import on_device

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from transformers import Cache, DynamicCache, PreTrainedModel

    Tokens = tuple[int, ...]

# Prompts that are kept, for the other samples and settings of the same problem.
KEPT_PROMPTS = 8
# Tokens in one forward pass over prompts, padding included; a longer prompt is read in chunks of this size.
CHUNK = 4096


class Reader:
    """Reads prompts with a model.

    Args:
        model: any causal language model of transformers.
    """

    def __init__(self, model: PreTrainedModel) -> None:
        self._model = model
        self._cache_argument = cache_argument(model)
        self._keeps_logits = "logits_to_keep" in inspect.signature(model.forward).parameters
        embedding: Any = model.get_input_embeddings()
        self.device: torch.device = embedding.weight.device
        self.in_batches = self.in_chunks = False
        self.passes = 0
        """Forward passes so far."""
        self.most = CHUNK
        """Tokens in one pass; fewer once memory has run out."""
        self._kept: OrderedDict[Tokens, Prompt] = OrderedDict()

    @torch.no_grad()
    def forward(self, input_ids: torch.Tensor, cache: Cache, **arguments: Any) -> torch.Tensor:
        """The model's logits."""
        arguments[self._cache_argument] = cache
        logits: torch.Tensor = self._model(input_ids=input_ids, use_cache=True, **arguments).logits
        return logits

    def is_long(self, tokens: Sequence[int]) -> bool:
        """Whether so many tokens are to be read in chunks."""
        return self.in_chunks and len(tokens) > self.most

    def read(self, prompts: Sequence[Tokens]) -> list[Prompt | None]:
        """Read prompts, each distinct one once; None for a prompt of no token."""
        found: dict[Tokens, Prompt | None] = {(): None}
        for tokens in dict.fromkeys(prompts):
            if tokens in self._kept:
                self._kept.move_to_end(tokens)
                found[tokens] = self._kept[tokens]
        unread = sorted(set(prompts) - found.keys(), key=len)
        for batch in self._batches(unread):
            found |= zip(batch, self._read_batch(batch), strict=True)
        for tokens in dict.fromkeys(prompts):
            if (prompt := found[tokens]) is not None:
                self._kept[tokens] = prompt
        while len(self._kept) > KEPT_PROMPTS:
            self._kept.popitem(last=False)
        return [found[tokens] for tokens in prompts]

    def chunks(self, tokens: Tokens) -> Iterator[Prompt | None]:
        """Read a long prompt, a chunk at each step of the iteration; the last one yields it."""
        cache = empty_cache(self._model.config)
        for start in range(0, len(tokens), self.most):
            self._pass([tokens[start : start + self.most]], cache)
            if start + self.most < len(tokens):
                yield None
        yield Prompt.of(cache, 0, len(tokens))

    def forget_prompts(self) -> None:
        """Drop the kept prompts."""
        self._kept.clear()

    def read_less(self) -> None:
        """Drop the kept prompts, and read fewer tokens at a time: memory is short."""
        self.forget_prompts()
        self.most = max(self.most // 2, 1)

    def _batches(self, prompts: Sequence[Tokens]) -> Iterator[list[Tokens]]:
        """Cut prompts, ascending in length, into batches of at most `most` tokens with padding."""
        batch: list[Tokens] = []
        for tokens in prompts:
            alone = not self.in_batches and batch and len(batch[0]) != len(tokens)
            if alone or (batch and (len(batch) + 1) * len(tokens) > self.most):
                yield batch
                batch = []
            batch.append(tokens)
        if batch:
            yield batch

    def _read_batch(self, batch: Sequence[Tokens]) -> list[Prompt]:
        cache = empty_cache(self._model.config)
        self._pass(batch, cache)
        return [Prompt.of(cache, row, len(tokens)) for row, tokens in enumerate(batch)]

    def _pass(self, batch: Sequence[Tokens], cache: DynamicCache) -> None:
        """One forward pass over prompts; those that are shorter than the longest are padded on the left."""
        width = max(map(len, batch))
        padding = [width - len(tokens) for tokens in batch]
        ids = [[0] * pad + list(tokens) for pad, tokens in zip(padding, batch, strict=True)]
        arguments: dict[str, Any] = {"logits_to_keep": 1} if self._keeps_logits else {}
        if any(padding):
            seen = torch.arange(width)[None, :] >= torch.tensor(padding)[:, None]
            positions = (seen.long().cumsum(-1) - 1).clamp(min=0)
            arguments["attention_mask"] = seen.long().to(self.device)
            arguments["position_ids"] = positions.to(self.device)
        self.forward(on_device(ids, torch.int64, self.device), cache, **arguments)
        self.passes += 1
