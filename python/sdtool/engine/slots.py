"""The slot engine: a decode loop in which no row waits for another.

B slots share each forward pass. When a rollout ends, its slot takes the next request at once, so the
number of steps is about the sum of the lengths over B, where batches of `generate` wait for their longest
row. A prompt is prefilled alone and without padding, all but its last token, and its cache is copied into
a slot; the slot's first step reads that last token. Rows that go on after an interruption or a preemption
come in the same way, so there is one path from tokens to logits and one from logits to tokens.
"""

from __future__ import annotations

import inspect
import logging
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch

from sdtool.engine import Completion, Partial, Request
from sdtool.engine.attention import PagedAttention, choose, missing_kernels
from sdtool.engine.cache import Shape, SlotCache, empty_cache, footprint, keys_kind, unserved
from sdtool.engine.graphs import DecodeGraphs
from sdtool.engine.memory import available
from sdtool.engine.sampler import Sampler
from sdtool.errors import SdtoolError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from transformers import DynamicCache, PreTrainedModel

    from sdtool.engine import Processor

# Prefilled prompts that are kept, for the other samples and settings of the same problem.
KEPT_PROMPTS = 8
# A running rollout is reported again after so many tokens more.
REPORT_EVERY = 512
# Root mean square of the error of the logits, in standard deviations. Rounding alone gives 2e-6 in float32
# and 0.02 in bfloat16 over 32 layers.
TOLERANCE = {torch.float32: 1e-3, torch.float64: 1e-3}
HALF_TOLERANCE = 0.2

log = logging.getLogger(__name__)


class UnservedModelError(SdtoolError):
    """Slots cannot serve this model; `--engine generate` can."""


class PagesExhaustedError(SdtoolError):
    """One rollout alone needs more memory for keys and values than there is."""


@dataclass(eq=False, slots=True)
class Slot:
    """A rollout in flight: `tokens` are its prompt and what it generated so far."""

    request: Request
    tokens: list[int]
    reported: int

    @classmethod
    def of(cls, request: Request) -> Slot:
        """A slot that goes on where the request stopped."""
        return cls(
            request, [*request.prompt, *request.generated], len(request.prompt) + len(request.generated)
        )

    @property
    def generated(self) -> list[int]:
        """The tokens after the prompt."""
        return self.tokens[len(self.request.prompt) :]


@dataclass(slots=True)
class Counters:
    """What the engine has done: forward passes of one token a row, rows in them, and so on."""

    steps: int = 0
    row_steps: int = 0
    prefills: int = 0
    preemptions: int = 0
    out_of_memory: int = 0


@dataclass(eq=False, repr=False)
class SlotEngine:
    """Generates with slots; see `sdtool.engine.Engine` for what `run` promises.

    Args:
        model: a transformers causal language model, in evaluation mode, on its device.
        cap: most generated tokens a rollout.
        end_tokens: token ids that end a rollout.
        batch_size: slots, the most rows in one forward pass.
        pad_token: not needed: nothing is padded. It is there because every engine is made alike.
        memory: bytes that keys, values and states may take; None for what is free on the device.
        prompt_room: tokens of a prompt for which pages are set aside; longer ones are served, but then not
            every slot may find pages.
        processors: users' logits processors, run in full, row by row, after the presence penalty.

    Raises:
        UnservedModelError: the model has cache layers that slots do not know, or does not compute over
            slots what it computes alone. The message says which.
    """

    model: PreTrainedModel
    cap: int
    end_tokens: frozenset[int] | Sequence[int]
    batch_size: int
    pad_token: int | None = None
    memory: int | None = None
    prompt_room: int = 2048
    processors: Sequence[Processor] = ()
    counters: Counters = field(default_factory=Counters, init=False)

    def __post_init__(self) -> None:
        if reason := unserved(self.model.config):
            raise UnservedModelError(f"slots cannot serve this model: {reason}")
        self.end_tokens = frozenset(self.end_tokens)
        self._paged = PagedAttention(self.model)
        self._keeps_logits = "logits_to_keep" in inspect.signature(self.model.forward).parameters
        embedding: Any = self.model.get_input_embeddings()
        self._device: torch.device = embedding.weight.device
        self._limit = self.batch_size
        self._slots: list[Slot] = []
        self._waiting: deque[Slot] = deque()
        self._prompts: OrderedDict[tuple[int, ...], DynamicCache] = OrderedDict()
        self._inputs = torch.zeros(self.batch_size, 1, dtype=torch.int64, device=self._device)
        self._build()

    @torch.no_grad()
    def _build(self) -> None:
        """Size and allocate the cache, and see that the model computes over it what it computes alone."""
        probe = [
            token % self.model.config.get_text_config(decoder=True).vocab_size for token in (3, 5, 7, 11)
        ]
        try:
            alone = self._forward(
                torch.tensor([probe], device=self._device), past_key_values=empty_cache(self.model.config)
            )
            prefilled = self._prefill(probe[:2])
        except (TypeError, ValueError, AttributeError, NotImplementedError) as error:
            raise UnservedModelError(
                f"slots cannot serve this model: its forward pass fails: {error}"
            ) from error
        device, dtype = keys_kind(prefilled) or (self._device, self.model.dtype)
        text = self.model.config.get_text_config(decoder=True)
        self.backend, remarks = choose(device, dtype, text)
        for remark in (*remarks, *missing_kernels(device, getattr(text, "layer_types", None) or ())):
            log.warning("%s", remark)
        longest = self.cap + self.prompt_room
        self.cost = footprint(prefilled)
        self.cache = self._allocate(prefilled, longest)
        self._sampler = Sampler(self.batch_size, alone.shape[-1], alone.device, self.processors)
        spread = any(parameter.device != device for parameter in self.model.parameters())
        capturable = self.backend.capturable and device.type == "cuda" and not spread
        self._graphs = DecodeGraphs(self._decode, self.batch_size, device if capturable else None)
        self._verify(probe, prefilled, alone)
        log.info("slots: %d rows, %d pages of %d tokens, attention %s, %s", self.batch_size,
                 self.cache.pages, self.cache.page_size, self.backend.name, self._graphs.report)  # fmt: skip

    def _allocate(self, prefilled: DynamicCache, longest: int) -> SlotCache:
        """The cache, with fewer pages than planned where the device's free memory is in pieces."""
        pages = self._affordable_pages(longest)
        while True:
            try:
                return SlotCache(prefilled, Shape(self.batch_size, pages, longest), self.backend)
            except torch.OutOfMemoryError:
                if self.memory is not None or pages < self.batch_size:
                    raise
                pages = pages * 9 // 10

    def _affordable_pages(self, longest: int) -> int:
        """Pages that fit beside the states of all rows, and no more than all rows can fill."""
        most = self.batch_size * -(-longest // self.backend.page_size)
        most = min(most, self.backend.most_pages or most)
        if not self.cost.token:
            return most
        room = available(self._device) if self.memory is None else self.memory
        # The kept prompts hold states too, and unused rows have a page.
        room -= self.cost.state * (self.batch_size + KEPT_PROMPTS)
        return max(min(most, room // (self.cost.token * self.backend.page_size) - 1), 1)

    def _verify(self, probe: list[int], prefilled: DynamicCache, alone: torch.Tensor) -> None:
        """Compare two decode steps over slots with the model's own forward pass over the same tokens."""
        limit = TOLERANCE.get(self.model.dtype, HALF_TOLERANCE)
        off = self._error(probe, prefilled, alone)
        if not off <= limit and self._graphs.enabled:
            self._graphs.give_up(f"with CUDA graphs the logits are off by {off:.2g} standard deviations")
            off = self._error(probe, prefilled, alone)
        if not off <= limit:
            raise UnservedModelError(
                f"slots cannot serve this model: over slots its logits are off by {off:.2g} standard "
                "deviations: its attention is of a kind that slots do not know"
            )

    def _error(self, probe: list[int], prefilled: DynamicCache, alone: torch.Tensor) -> float:
        """How far two decode steps over slots are off, in standard deviations of the logits.

        Where steps are captured, the first warms up and the second is a replayed graph.
        """
        errors = []
        try:
            self.cache.put(0, prefilled, 2)
            for position in (2, 3):
                self._inputs[0] = probe[position]
                self.cache.extend(0)
                errors.append(self._graphs(1)[0].float() - alone[0, position].float())
                self.cache.advance(1)
        except torch.OutOfMemoryError:
            raise
        except (TypeError, ValueError, AttributeError, NotImplementedError, RuntimeError) as error:
            raise UnservedModelError(
                f"slots cannot serve this model: a decode step over slots fails: {error}"
            ) from error
        finally:
            self.cache.release(0)
        # Root mean square, because the largest of many roundings says little about the model.
        return float(torch.stack(errors).square().mean().sqrt() / alone.float().std())

    @property
    def rows(self) -> int:
        """Requests in flight now."""
        return len(self._slots)

    def run(self, requests: Iterable[Request]) -> Iterator[Completion | Partial]:
        """Yield completions as rollouts end, and partial ones now and then; see `sdtool.engine.Engine`.

        Raises:
            PagesExhaustedError: a single rollout, alone, would not fit.
        """
        source = iter(requests)
        try:
            while True:
                yield from self._admit(source)
                if not self._slots:
                    return
                try:
                    self._make_room()
                    tokens = self._step()
                except torch.OutOfMemoryError:
                    self._shrink()
                else:
                    yield from self._account(tokens)
        except KeyboardInterrupt:
            for slot in (*self._slots, *self._waiting):
                yield from _report(slot)
            raise
        finally:
            while self._slots:
                self._vacate(0)
            self._waiting.clear()

    def _admit(self, source: Iterator[Request]) -> Iterator[Completion]:
        """Fill the free slots, preempted rollouts first, while there are pages for them."""
        while len(self._slots) < self._limit:
            if self._waiting:
                slot = self._waiting.popleft()
            else:
                request = next(source, None)
                if request is None:
                    return
                slot = Slot.of(request)
            if reason := self._finished(slot):
                yield Completion(slot.request.id, tuple(slot.generated), reason)
            elif not self._enter(slot):
                self._waiting.appendleft(slot)
                return

    def _finished(self, slot: Slot) -> Any:
        """The finish reason of a rollout that has ended, else None."""
        generated = len(slot.tokens) - len(slot.request.prompt)
        if generated and slot.tokens[-1] in self.end_tokens:
            return "stop"
        return "length" if generated >= self.cap else None

    @torch.no_grad()
    def _enter(self, slot: Slot) -> bool:
        """Put a rollout into the next slot; False where it has to wait for pages or memory."""
        whole = len(slot.request.prompt) + self.cap
        if self.cache.pages_for(whole) > self.cache.pages:
            raise PagesExhaustedError(
                f"a rollout of {len(slot.request.prompt):,} prompt and {self.cap:,} generated tokens needs "
                f"{self.cache.pages_for(whole)} pages of keys and values and there are {self.cache.pages}; "
                "lower the cap or the batch size, or give more memory"
            )
        if self.cache.widen(whole):
            self._graphs.forget()
        # A page in reserve for every running row, so that an admission does not cause a preemption at once.
        if self._slots and self.cache.free_pages < self.cache.pages_for(len(slot.tokens)) + len(self._slots):
            return False
        row = len(self._slots)
        try:
            prefilled = self._prefilled(slot)
        except torch.OutOfMemoryError:
            self._prompts.clear()
            if not self._slots:
                raise
            self._note_out_of_memory(len(self._slots))
            return False
        self.cache.put(row, prefilled, len(slot.tokens) - 1)
        self._sampler.assign(row, slot.request.setting, slot.request.key, slot.generated)
        self._inputs[row] = slot.tokens[-1]
        self._slots.append(slot)
        return True

    def _prefilled(self, slot: Slot) -> DynamicCache | None:
        """The cache of all tokens of a rollout but the last; a fresh prompt's is kept for its siblings."""
        tokens = slot.tokens[:-1]
        if not tokens:
            return None
        if len(slot.tokens) > len(slot.request.prompt):
            return self._prefill(tokens)
        key = tuple(tokens)
        if key not in self._prompts:
            while len(self._prompts) >= KEPT_PROMPTS:
                self._prompts.popitem(last=False)
            self._prompts[key] = self._prefill(tokens)
        self._prompts.move_to_end(key)
        return self._prompts[key]

    def _prefill(self, tokens: Sequence[int]) -> DynamicCache:
        """Read tokens into a fresh cache, alone and unpadded, with the model's own attention."""
        cache = empty_cache(self.model.config)
        few = {"logits_to_keep": 1} if self._keeps_logits else {}
        self._forward(torch.tensor([tokens], device=self._device), past_key_values=cache, **few)
        self.counters.prefills += 1
        return cache

    def _forward(self, input_ids: torch.Tensor, **arguments: Any) -> torch.Tensor:
        logits: torch.Tensor = self.model(input_ids=input_ids, use_cache=True, **arguments).logits
        return logits

    def _decode(self, rows: int) -> torch.Tensor:
        """The logits `[rows, vocabulary]` of one token for each of the first rows."""
        self.cache.begin(rows)
        positions = self.cache.lengths[:rows, None].to(self._device)
        with self._paged:
            logits = self._forward(self._inputs[:rows], position_ids=positions, past_key_values=self.cache)
        return logits[:, -1]

    @torch.no_grad()
    def _step(self) -> list[int]:
        """Advance every rollout by one token, and return the tokens."""
        rows = len(self._slots)
        logits = self._graphs(rows)
        tokens = self._sampler.draw(logits, lambda row: self._slots[row].tokens)
        self._inputs[:rows, 0] = tokens
        self.cache.advance(rows)
        self.counters.steps += 1
        self.counters.row_steps += rows
        drawn: list[int] = tokens.tolist()
        return drawn

    def _account(self, tokens: list[int]) -> Iterator[Completion | Partial]:
        """Write down a step's tokens, and let the finished rollouts go."""
        for slot, token in zip(self._slots, tokens, strict=True):
            slot.tokens.append(token)
        for row in reversed(range(len(self._slots))):
            slot = self._slots[row]
            if reason := self._finished(slot):
                self._vacate(row)
                yield Completion(slot.request.id, tuple(slot.generated), reason)
            elif len(slot.tokens) - slot.reported >= REPORT_EVERY:
                yield from _report(slot)

    @torch.no_grad()
    def _vacate(self, row: int) -> Slot:
        """Empty a slot; the last running row takes its place, so that steps stay dense."""
        slot = self._slots[row]
        self.cache.release(row)
        last = len(self._slots) - 1
        if row != last:
            self.cache.move(last, row)
            self._sampler.move(last, row)
            self._inputs[row] = self._inputs[last]
            self._slots[row] = self._slots[last]
        self._slots.pop()
        return slot

    @torch.no_grad()
    def _make_room(self) -> None:
        """See that every row has a page for its next token, preempting the shortest rows where need be."""
        row = 0
        while row < len(self._slots):
            if self.cache.extend(row):
                row += 1
                continue
            shortest = min(range(len(self._slots)), key=self.cache.sizes.__getitem__)
            self._waiting.appendleft(self._vacate(shortest))
            self.counters.preemptions += 1
            # The last row has moved into the gap and may still lack its page.
            row = 0

    def _shrink(self) -> None:
        """After running out of memory in a step: start all rows again from their tokens, a quarter fewer.

        The step may have advanced some layers' states and not others, so no row can simply go on.
        """
        if len(self._slots) == 1:
            raise PagesExhaustedError(
                "the device runs out of memory with a single rollout in flight; lower the cap, leave more "
                "memory free, or use a device with more"
            )
        fewer = max(len(self._slots) * 3 // 4, 1)
        while self._slots:
            self._waiting.appendleft(self._vacate(len(self._slots) - 1))
        self._note_out_of_memory(fewer)

    def _note_out_of_memory(self, rows: int) -> None:
        self._limit = rows
        self.counters.out_of_memory += 1
        self._graphs.forget()
        if self._device.type == "cuda":
            torch.cuda.empty_cache()
        log.warning("out of memory: going on with at most %d rollouts at a time", rows)


def _report(slot: Slot) -> Iterator[Partial]:
    """What a running rollout generated since its last report."""
    if tokens := tuple(slot.tokens[slot.reported :]):
        slot.reported = len(slot.tokens)
        yield Partial(slot.request.id, tokens)
