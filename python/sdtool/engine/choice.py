"""The engines by name, and which one serves a model."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sdtool.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from transformers import PreTrainedModel

    from sdtool.engine import Engine, Processor

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Options:
    """What an engine is made with.

    Attributes:
        cap: most generated tokens of a rollout.
        longest_prompt: tokens of the longest prompt.
        end_tokens: ids that end a rollout.
        pad_token: fills what has to be filled.
        batch_size: most rows in one forward pass.
        processors: users' logits processors.
        memory: bytes that slots may take for keys, values and states; None for what is free.
    """

    cap: int
    longest_prompt: int
    end_tokens: Collection[int]
    pad_token: int
    batch_size: int
    processors: Sequence[Processor] = ()
    memory: int | None = None


def _slots(model: PreTrainedModel, options: Options) -> Engine:
    from sdtool.engine.slots import SlotEngine
    from sdtool.engine.trial import UnservedModelError

    try:
        return SlotEngine(
            model,
            cap=options.cap,
            end_tokens=frozenset(options.end_tokens),
            batch_size=options.batch_size,
            memory=options.memory,
            prompt_room=options.longest_prompt,
            processors=options.processors,
        )
    except UnservedModelError as error:
        log.warning("%s; using model.generate instead", error)
    return _generate(model, options)


def _generate(model: PreTrainedModel, options: Options) -> Engine:
    from sdtool.engine.batched import BatchedEngine
    from sdtool.engine.models import depends_on_batch

    batch_size = options.batch_size
    if batch_size > 1 and (reason := depends_on_batch(model.config, options.longest_prompt + options.cap)):
        log.warning("rollouts are generated one at a time: %s", reason)
        batch_size = 1
    return BatchedEngine(
        model,
        cap=options.cap,
        end_tokens=options.end_tokens,
        pad_token=options.pad_token,
        batch_size=batch_size,
        processors=options.processors,
    )


FACTORIES: dict[str, Callable[[PreTrainedModel, Options], Engine]] = {"slots": _slots, "generate": _generate}


def make(name: str, model: PreTrainedModel, options: Options) -> Engine:
    """Make an engine for a model. A model that slots cannot serve is served by `generate`, with a warning.

    Raises:
        InputError: there is no engine of this name.
    """
    if name not in FACTORIES:
        raise InputError(f"unknown engine {name!r}; there are {', '.join(FACTORIES)}")
    return FACTORIES[name](model, options)
