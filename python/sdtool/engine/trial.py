"""The trial at start: whether slots compute for this model what the model computes by itself.

A few tokens are read by the model alone, step by step as `generate` does, and then over slots, and the logits
compared. That is done in float32 and in plain operations also where the weights are bfloat16 and there are
faster kernels: rounding there hides a kind of attention that slots do not know.
"""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch

from sdtool.engine.cache import Shape
from sdtool.engine.decoder import Decoder
from sdtool.engine.layers import PagedLayer, Prompt
from sdtool.engine.models import empty_cache
from sdtool.engine.replacements import plain_operations
from sdtool.engine.sdpa import GroupedSdpa
from sdtool.errors import SdtoolError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from transformers import DynamicCache, PreTrainedModel

    from sdtool.engine.pages import Pages
    from sdtool.engine.prefill import Reader

PROBE = (3, 5, 7, 11, 13, 17, 19, 23)
READ = 6
"""Tokens of the probe that are read as a prompt; the others take a step each."""
# Root mean square of the error of the logits, in standard deviations. Rounding alone gives 2e-6 in float32
# and 0.02 in bfloat16 over 32 layers.
TOLERANCE = {torch.float32: 1e-3, torch.float64: 1e-3}
HALF_TOLERANCE = 0.2
HALVES = frozenset({torch.float16, torch.bfloat16})
# What a model may raise for a cache or an attention that it cannot use.
REFUSALS = (TypeError, ValueError, AttributeError, NotImplementedError, IndexError, KeyError, RuntimeError)


class UnservedModelError(SdtoolError):
    """Slots cannot serve this model; `--engine generate` can."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"slots cannot serve this model: {reason}")


class BrokenModelError(SdtoolError):
    """The model's logits are no numbers."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What a model makes of the probe: a prompt's cache, and the logits of the steps after it."""

    prefilled: DynamicCache
    logits: torch.Tensor
    """`[steps, vocabulary]`"""

    @property
    def prompt(self) -> Prompt:
        """What it keeps of the first `READ` tokens."""
        return Prompt.of(self.prefilled, 0, READ)


@dataclass(slots=True)
class Findings:
    """What the trial found out.

    Attributes:
        sinks: whether the model has attention sinks.
        remarks: sentences for the log.
    """

    sinks: bool = False
    remarks: list[str] = field(default_factory=list)


def probe(model: PreTrainedModel) -> tuple[int, ...]:
    """The probe's token ids, which the vocabulary holds."""
    config: Any = model.config
    vocabulary = config.get_text_config(decoder=True).vocab_size
    return tuple(token % vocabulary for token in PROBE)


@torch.no_grad()
def sample(model: PreTrainedModel, reader: Reader) -> Sample:
    """Run the probe through the model alone.

    Raises:
        UnservedModelError: its forward pass does not take a cache as others do.
        BrokenModelError: the logits are no numbers.
    """
    tokens = torch.tensor([probe(model)], device=reader.device)
    positions = torch.arange(tokens.shape[1], device=reader.device)[None]
    try:
        # Two caches, for steps change what they go on from.
        prefilled, stepped = empty_cache(model.config), empty_cache(model.config)
        for cache in (prefilled, stepped):
            reader.forward(tokens[:, :READ], cache)
        Prompt.of(prefilled, 0, READ)
        steps = [
            reader.forward(tokens[:, step, None], stepped, position_ids=positions[:, step, None])[0, -1]
            for step in range(READ, tokens.shape[1])
        ]
    except torch.OutOfMemoryError:
        raise
    except REFUSALS as error:
        raise UnservedModelError(f"its forward pass fails: {error}") from error
    logits = torch.stack(steps)
    if not _numbers(logits):
        raise BrokenModelError(
            "the model's logits are no numbers; if its type is float16, load it in bfloat16 or float32"
        )
    return Sample(prefilled, logits)


def _numbers(logits: torch.Tensor) -> bool:
    return bool(logits.isfinite().all())


def error(decoder: Decoder, found: Sample, tokens: Sequence[int]) -> float:
    """How far decode steps over slots are off, in standard deviations of the logits.

    Raises:
        UnservedModelError: a step fails.
    """
    try:
        stepped = decoder.logits(found.prompt, tokens[READ:])
    except torch.OutOfMemoryError:
        raise
    except REFUSALS as problem:
        reason = f"a decode step over slots fails: {problem}"
        if PagedLayer.__name__ in str(problem):  # which is what it gets in place of keys
            reason = "its attention reads keys and values by itself"
        raise UnservedModelError(reason) from problem
    return _off(stepped, found.logits)


def tolerance(dtype: torch.dtype) -> float:
    """How far logits of a model of this type may be off."""
    return TOLERANCE.get(dtype, HALF_TOLERANCE)


def refusal(off: float) -> UnservedModelError:
    """What to say of a model whose logits are off."""
    return UnservedModelError(
        f"over slots its logits are off by {off:.2g} standard deviations: "
        "its attention is of a kind that slots do not know"
    )


def run(model: PreTrainedModel, reader: Reader) -> Findings:
    """Compare in float32, and find out whether prompts may be read in batches and in chunks.

    Raises:
        UnservedModelError: the model does not compute over slots what it computes alone.
        BrokenModelError: see `sample`.
    """
    findings = Findings()
    with _in_float32(model) as exact, plain_operations():
        if not exact:
            findings.remarks.append(
                "too little memory to compare in float32 at start: compared in half precision"
            )
        found = sample(model, reader)
        tokens = probe(model)
        limit = tolerance(found.logits.dtype)
        if not (off := _steps_off(model, reader, found)) <= limit:
            raise UnservedModelError(
                f"its own steps are off by {off:.2g} standard deviations from reading all at once"
            )
        backend = _Noting()
        shape = Shape(rows=1, pages=-(-len(tokens) // backend.page_size), longest=len(tokens))
        decoder = Decoder(model, reader, found.prefilled, found.logits, shape, backend)
        off = error(decoder, found, tokens)
        if not off <= limit:
            raise refusal(off)
        findings.sinks = backend.sinks
        reader.in_batches, reader.in_chunks = True, True
        if not _same(lambda: _read_in_batch(reader, tokens), found.prompt, limit):
            reader.in_batches = False
            findings.remarks.append(
                "this model reads a padded prompt differently: prompts are read one at a time"
            )
        if not _same(lambda: _read_in_chunks(reader, tokens), found.prompt, limit):
            reader.in_chunks = False
    reader.passes = 0
    return findings


@torch.no_grad()
def _steps_off(model: PreTrainedModel, reader: Reader, found: Sample) -> float:
    """How far the model's steps are off from what it makes of all tokens at once."""
    whole = reader.forward(torch.tensor([probe(model)], device=reader.device), empty_cache(model.config))
    return _off(found.logits, whole[0, READ:])


def _off(ours: torch.Tensor, theirs: torch.Tensor) -> float:
    """An error in standard deviations; root mean square, for the largest of many roundings says little."""
    theirs = theirs.float()
    return float((ours.float() - theirs).square().mean().sqrt() / theirs.std())


class _Noting(GroupedSdpa):
    """Notes whether layers ask for sinks."""

    sinks = False

    def attend(self, query: torch.Tensor, pages: Pages, **how: Any) -> torch.Tensor:
        self.sinks = self.sinks or how.get("sinks") is not None
        return super().attend(query, pages, **how)


def _read_in_batch(reader: Reader, tokens: Sequence[int]) -> Prompt | None:
    """The prompt, read beside a longer one and so padded."""
    prompts = reader.read([tuple(tokens[:READ]), tuple(tokens)])
    reader.forget_prompts()
    return prompts[0]


def _read_in_chunks(reader: Reader, tokens: Sequence[int]) -> Prompt | None:
    most, reader.most = reader.most, READ // 2
    try:
        *_, last = reader.chunks(tuple(tokens[:READ]))
    finally:
        reader.most = most
    return last


def _same(read: Any, expected: Prompt, limit: float) -> bool:
    """Whether a way of reading leaves what reading alone leaves."""
    try:
        found: Prompt | None = read()
    except torch.OutOfMemoryError:
        raise
    except REFUSALS:
        return False
    if found is None:
        return False
    for ours, theirs in zip(found.tensors(), expected.tensors(), strict=True):
        off = (ours.float() - theirs.float()).square().mean().sqrt()
        if not off <= limit * max(float(theirs.float().std()), 1e-6):
            return False
    return True


@contextmanager
def _in_float32(model: PreTrainedModel) -> Iterator[bool]:
    """Hold half-precision weights in float32, which loses nothing; False where there is no room for it."""
    weights = {id(part): part for part in itertools.chain(model.parameters(), model.buffers())}
    halves = [part for part in weights.values() if part.dtype in HALVES]
    if not halves:
        yield True
        return
    before = [(part, part.dtype) for part in halves]
    device = halves[0].device
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        needed = sum(4 * part.numel() for part in halves)
        if needed > 0.8 * free:
            yield False
            return
    try:
        for part in halves:
            part.data = part.data.float()
        yield True
    finally:
        for part, dtype in before:
            part.data = part.data.to(dtype)
