"""The slot engine: a decode loop in which no row waits for another.

B slots share each forward pass. When a rollout ends, its slot takes the next request at once, so the
number of steps is about the sum of the lengths over B, where batches of `generate` wait for their longest
row. Rows that go on after an interruption or a preemption come in as fresh prompts do, so there is one path
from tokens to logits and one from logits to tokens.

On a GPU the host is one step behind: while a step runs, it looks at the tokens of the one before. A row
that has ended is noticed then, and the token that the running step draws for it is dropped.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch

from sdtool.engine import Completion
from sdtool.engine.flight import Counters, Launched, Reading, Slot
from sdtool.engine.models import depends_on_batch, unserved
from sdtool.engine.narrow import BROKEN
from sdtool.engine.prefill import Reader
from sdtool.engine.startup import start
from sdtool.engine.trial import BrokenModelError, UnservedModelError
from sdtool.errors import SdtoolError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from transformers import PreTrainedModel

    from sdtool.engine import Partial, Processor, Request
    from sdtool.engine.cache import SlotCache
    from sdtool.engine.layers import Prompt

log = logging.getLogger(__name__)


class PagesExhaustedError(SdtoolError):
    """One rollout alone needs more memory for keys and values than there is."""


@dataclass(eq=False, repr=False)
class SlotEngine:
    """Generates with slots; see `sdtool.engine.Engine` for what `run` promises.

    Args:
        model: a transformers causal language model, in evaluation mode, on its device.
        cap: most generated tokens a rollout.
        end_tokens: token ids that end a rollout.
        batch_size: slots, the most rows in one forward pass.
        pad_token: not needed: what pads a prompt is not looked at.
        memory: bytes that keys, values and states may take; None for what is free on the device.
        prompt_room: tokens of a prompt for which pages are set aside; longer ones are served, but then not
            every slot may find pages.
        processors: users' logits processors, run in full, row by row, after the presence penalty.

    Raises:
        UnservedModelError: the model has something that slots do not know, or does not compute over slots
            what it computes alone. The message says which.
        BrokenModelError: the model's logits are no numbers.
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
        config = self.model.config
        longest = self.cap + self.prompt_room
        if reason := unserved(config) or depends_on_batch(config, longest):
            raise UnservedModelError(reason)
        self.end_tokens = frozenset(self.end_tokens)
        self._limit = self.batch_size
        self._stopped = False
        self._slots: list[Slot] = []
        self._waiting: deque[Slot] = deque()
        self._launched: deque[Launched] = deque()
        self._reading: Reading | None = None
        self._reader = Reader(self.model)
        on_gpu = self._reader.device.type == "cuda"
        # Users' processors see every token, so each step has to wait for them.
        self._ahead = 1 if on_gpu and not self.processors else 0
        self.start = start(
            self.model, self._reader, self.batch_size, longest, memory=self.memory, processors=self.processors
        )
        self._decoder = self.start.decoder

    @property
    def cache(self) -> SlotCache:
        """Keys, values and states of all slots."""
        return self._decoder.cache

    @property
    def rows(self) -> int:
        """Requests in flight now."""
        return len(self._slots)

    def stop(self) -> None:
        """Bring `run` to its end; see `sdtool.engine.Engine`."""
        self._stopped = True

    def run(self, requests: Iterable[Request]) -> Iterator[Completion | Partial]:
        """Yield completions as rollouts end, and partial ones now and then; see `sdtool.engine.Engine`.

        Raises:
            PagesExhaustedError: a single rollout, alone, would not fit.
            BrokenModelError: the logits of a rollout are no numbers.
        """
        source = iter(requests)
        try:
            while not self._stopped:
                yield from self._admit(source)
                if not (self._slots or self._launched or self._reading or self._waiting):
                    return
                if not self._launch():
                    yield from self._account(0)
                    self._shrink()
                yield from self._account(self._ahead if self._slots else 0)
            yield from self._account(0)
            for slot in self._unfinished():
                yield from slot.report()
        finally:
            self._clear()

    def _unfinished(self) -> list[Slot]:
        reading = [self._reading.slot] if self._reading else []
        return [*self._slots, *reading, *self._waiting]

    def _clear(self) -> None:
        self._launched.clear()
        while self._slots:
            self._vacate(len(self._slots) - 1)
        self._put_back_reading()
        self._waiting.clear()

    # Admission

    def _admit(self, source: Iterator[Request]) -> Iterator[Completion]:
        """Fill the free slots, preempted rollouts first, while there are pages for them."""
        self._go_on_reading()
        ended: list[Completion] = []
        fresh: list[tuple[Slot, list[int]]] = []
        while len(self._slots) + len(fresh) + (self._reading is not None) < self._limit:
            slot = self._waiting.popleft() if self._waiting else _next(source)
            if slot is None:
                break
            if slot.finished(self.end_tokens, self.cap):
                ended.append(self._completion(slot))
                continue
            is_long = self._reader.is_long(slot.tokens)
            reserved = None if is_long and self._reading else self._reserve(slot, len(fresh))
            if reserved is None:
                self._waiting.appendleft(slot)
                break
            if is_long:
                self._reading = Reading(slot, self._reader.chunks(tuple(slot.tokens[:-1])), reserved)
            else:
                fresh.append((slot, reserved))
        if fresh:
            self._read(fresh)
        yield from ended

    def _reserve(self, slot: Slot, coming: int) -> list[int] | None:
        """Pages for a rollout, None where it has to wait for them."""
        whole = len(slot.request.prompt) + self.cap
        if self.cache.pages_for(whole) > self.cache.pages:
            raise PagesExhaustedError(
                f"a rollout of {len(slot.request.prompt):,} prompt and {self.cap:,} generated tokens needs "
                f"{self.cache.pages_for(whole)} pages of keys and values and there are {self.cache.pages}; "
                "lower the cap or the batch size, or give more memory"
            )
        if reason := depends_on_batch(self.model.config, whole):
            raise UnservedModelError(reason)
        if self.cache.widen(whole):
            self._decoder.graphs.forget()
        others = len(self._slots) + coming + (self._reading is not None)
        # A page in reserve for every other row, so that an admission does not cause a preemption at once.
        if others and self.cache.free_pages < self.cache.pages_for(len(slot.tokens)) + others:
            return None
        return self.cache.reserve(len(slot.tokens))

    def _read(self, fresh: list[tuple[Slot, list[int]]]) -> None:
        """Read the prompts of some rollouts and let them run."""
        try:
            prompts = self._reader.read([tuple(slot.tokens[:-1]) for slot, _ in fresh])
        except torch.OutOfMemoryError:
            prompts = None
        self.counters.prefills = self._reader.passes
        if prompts is None:
            for slot, reserved in reversed(fresh):
                self.cache.give_back(reserved)
                self._waiting.appendleft(slot)
            self._read_less()
            return
        for (slot, reserved), prompt in zip(fresh, prompts, strict=True):
            self._enter(slot, prompt, reserved)

    def _go_on_reading(self) -> None:
        """Read the next chunk of a long prompt; all of them where nothing else is to be done meanwhile."""
        if self._reading is None:
            return
        try:
            prompt = next(self._reading.chunks)
            while prompt is None and not self._slots:
                prompt = next(self._reading.chunks)
        except torch.OutOfMemoryError:
            prompt = None
            self._put_back_reading()
            self._read_less()
        self.counters.prefills = self._reader.passes
        if prompt is not None and self._reading is not None:
            reading, self._reading = self._reading, None
            self._enter(reading.slot, prompt, reading.reserved)

    def _put_back_reading(self) -> None:
        if self._reading is not None:
            self.cache.give_back(self._reading.reserved)
            self._waiting.appendleft(self._reading.slot)
            self._reading = None

    def _read_less(self) -> None:
        """After running out of memory over prompts: read fewer tokens at a time, beside fewer rows."""
        if not self._slots and self._reader.most == 1:
            raise PagesExhaustedError(
                "the device runs out of memory while it reads a prompt; leave more memory free"
            )
        self._reader.read_less()
        self._note_out_of_memory(len(self._slots) or self._limit)

    def _enter(self, slot: Slot, prompt: Prompt | None, reserved: list[int]) -> None:
        slot.row, slot.due = len(self._slots), slot.next_due(self.cap)
        self._decoder.enter(slot.row, prompt, slot.request, slot.tokens, reserved=reserved, wide=slot.wide)
        self._slots.append(slot)

    # Steps

    def _launch(self) -> bool:
        """Give the device a step of every running row; False where it has no memory for it."""
        try:
            self._make_room()
            if not self._slots:
                return True
            drawn = self._decoder.step(
                len(self._slots), lambda row: self._slots[row].tokens, decide=self._ahead == 0
            )
        except torch.OutOfMemoryError:
            return False
        self._launched.append(Launched(list(self._slots), drawn))
        self.counters.steps += 1
        self.counters.row_steps += len(self._slots)
        return True

    def _account(self, ahead: int) -> Iterator[Completion | Partial]:
        """Write down the tokens of all steps but the last `ahead`, and let the finished rollouts go."""
        while len(self._launched) > ahead:
            yield from self._write_down(self._launched.popleft())

    def _write_down(self, step: Launched) -> list[Completion | Partial]:
        ending, telling = [], []
        for slot, token in zip(step.slots, step.drawn.tolist(), strict=True):
            if slot.ended:
                continue
            if token < 0:
                self._undrawn(slot, token)
                continue
            tokens = slot.tokens
            tokens.append(token)
            if token not in self.end_tokens and len(tokens) < slot.due:
                continue
            if slot.row is None:  # it waits, and is looked at when its turn comes
                continue
            if slot.finished(self.end_tokens, self.cap):
                ending.append(slot)
            else:
                telling.append(slot)
        # From the last row on, so that few rows have to move.
        for row in sorted((slot.row for slot in ending if slot.row is not None), reverse=True):
            self._vacate(row).ended = True
        events: list[Completion | Partial] = [self._completion(slot) for slot in ending]
        for slot in telling:
            events += slot.report()
            slot.due = slot.next_due(self.cap)
        return events

    def _completion(self, slot: Slot) -> Completion:
        reason = slot.finished(self.end_tokens, self.cap)
        assert reason is not None
        return Completion(slot.request.id, tuple(slot.generated), reason)

    def _undrawn(self, slot: Slot, token: int) -> None:
        """Let a rollout start again for which no token could be drawn.

        Raises:
            BrokenModelError: its logits are no numbers.
        """
        if token == BROKEN:
            raise BrokenModelError(
                f"after {len(slot.generated)} tokens of a rollout the model's logits are no numbers; what is "
                "finished is kept. If its type is float16, load it in bfloat16 or float32"
            )
        if slot.row is None:
            slot.wide = True
            return
        self._vacate(slot.row)
        slot.ended = True
        again = Slot(slot.request, slot.tokens, slot.reported, wide=True)
        self._waiting.appendleft(again)
        self.counters.restarts += 1

    def _vacate(self, row: int) -> Slot:
        """Empty a slot; the last running row takes its place."""
        slot, last = self._slots[row], self._slots[-1]
        self._decoder.leave(row, len(self._slots) - 1)
        self._slots[row], last.row = last, row
        self._slots.pop()
        slot.row = None
        return slot

    # Scarcity

    def _make_room(self) -> None:
        """See that every row has a page for its next token, preempting the shortest rows where need be."""
        while not self.cache.extend(len(self._slots)):
            shortest = int(self.cache.sizes[: len(self._slots)].argmin())
            self._waiting.appendleft(self._vacate(shortest))
            self.counters.preemptions += 1

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
        self._limit = min(rows, self._limit)
        self.counters.out_of_memory += 1
        self._decoder.graphs.forget()
        if self._reader.device.type == "cuda":
            torch.cuda.empty_cache()
        log.warning("out of memory: going on with at most %d rollouts at a time", self._limit)


def _next(source: Iterator[Request]) -> Slot | None:
    request = next(source, None)
    return None if request is None else Slot.of(request)
