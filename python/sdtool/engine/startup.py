"""The start of slots: choose what computes, size and allocate the cache, and try all of it out."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from sdtool.engine import drawing, trial
from sdtool.engine.attention import choose, missing_kernels
from sdtool.engine.cache import Shape
from sdtool.engine.decoder import Decoder
from sdtool.engine.layers import Footprint, footprint, keys_kind
from sdtool.engine.memory import affordable_pages, available
from sdtool.engine.prefill import KEPT_PROMPTS
from sdtool.engine.replacements import Replacements

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from transformers import PreTrainedModel

    from sdtool.engine import Processor
    from sdtool.engine.attention import Backend
    from sdtool.engine.drawing import Choice
    from sdtool.engine.prefill import Reader

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Start:
    """What computes for a model, as it was chosen.

    Attributes:
        decoder: runs the steps.
        backend: its attention kernel.
        replacements: kernels of our own in it.
        drawing: what draws tokens in it.
        cost: what a row of its cache takes.
    """

    decoder: Decoder
    backend: Backend
    replacements: Replacements
    drawing: Choice
    cost: Footprint

    @property
    def report(self) -> str:
        """How steps are computed, in a line."""
        told = (self.replacements.report, self.drawing.report, self.decoder.graphs.report)
        return ", ".join((f"attention {self.backend.name}", *told))


def start(
    model: PreTrainedModel,
    reader: Reader,
    rows: int,
    longest: int,
    *,
    memory: int | None = None,
    processors: Sequence[Processor] = (),
) -> Start:
    """Try the model out, size and allocate the cache, and try the whole out as it will run.

    Args:
        model: the model.
        reader: reads its prompts; it is told in which ways it may.
        rows: slots.
        longest: tokens of the longest rollout, prompt included.
        memory: bytes that keys, values and states may take; None for what is free on the device.
        processors: users' logits processors.

    Raises:
        UnservedModelError: the model does not compute over slots what it computes alone.
        BrokenModelError: its logits are no numbers.
    """
    found = trial.sample(model, reader)
    findings = trial.run(model, reader)
    device, dtype = keys_kind(found.prefilled) or (reader.device, model.dtype)
    text: Any = model.config.get_text_config(decoder=True)
    backend, remarks = choose(device, dtype, text, sinks=findings.sinks)
    replacements = Replacements(model, device)
    draws = drawing.choose(found.logits.device)
    kinds = getattr(text, "layer_types", None) or ()
    for remark in (
        *findings.remarks,
        *remarks,
        *replacements.remarks,
        *draws.remarks,
        *missing_kernels(device, kinds),
    ):
        log.warning("%s", remark)
    cost = footprint(found.prefilled)

    def decoder(pages: int) -> Decoder:
        return Decoder(
            model, reader, found.prefilled, found.logits, Shape(rows, pages, longest), backend,
            replacements=replacements, processors=processors, draw_narrow=draws.draw,
        )  # fmt: skip

    most = rows * -(-longest // backend.page_size)
    pages = affordable_pages(
        cost, rows + KEPT_PROMPTS, min(most, backend.most_pages or most), backend.page_size,
        available(reader.device) if memory is None else memory,
    )  # fmt: skip
    started = Start(
        _allocated(decoder, pages, rows if memory is None else pages), backend, replacements, draws, cost
    )
    _try_out(model, started, found)
    cache = started.decoder.cache
    log.info("slots: %d rows, %d pages of %d tokens, %s", rows, cache.pages, cache.page_size, started.report)
    return started


def _allocated(decoder: Callable[[int], Decoder], pages: int, fewest: int) -> Decoder:
    """A decoder of at most so many pages, with fewer where the device's free memory is in pieces."""
    while True:
        try:
            return decoder(pages)
        except torch.OutOfMemoryError:
            if pages <= fewest:
                raise
            pages = pages * 9 // 10


def _try_out(model: PreTrainedModel, started: Start, found: trial.Sample) -> None:
    """Compare the logits of steps as they will run, and give up the shortcuts that make them other ones."""
    decoder, tokens = started.decoder, trial.probe(model)
    limit = trial.tolerance(model.dtype)
    off = trial.error(decoder, found, tokens)
    for shortcut in (decoder.graphs, started.replacements):
        if not off <= limit and shortcut.enabled:
            shortcut.give_up(f"with {shortcut.what} the logits are off by {off:.2g} standard deviations")
            off = trial.error(decoder, found, tokens)
    if not off <= limit:
        raise trial.refusal(off)
