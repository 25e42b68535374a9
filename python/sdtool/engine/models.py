"""What can be said of a model before it runs: what slots can serve, and what depends on the batch.

Anything that a configuration does not tell is found out by `trial`, which runs the model.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from torch import nn
from transformers import cache_utils
from transformers.cache_utils import DynamicCache

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transformers import PreTrainedModel

SERVED_LAYERS = frozenset(
    {
        "full_attention", "sliding_attention", "linear_attention", "conv",
        "hybrid", "hybrid_sliding", "mlp", "moe", "dummy",
    }
)  # fmt: skip
# The cache layers of transformers that slots have a counterpart for, as far as this version has them.
SERVED_CACHE_LAYERS = tuple(
    getattr(cache_utils, name)
    for name in (
        "DynamicLayer",
        "DynamicSlidingWindowLayer",
        "LinearAttentionLayer",
        "LinearAttentionAndFullAttentionLayer",
        "LinearAttentionAndSlidingWindowAttentionLayer",
        "DummyLayer",
    )
    if hasattr(cache_utils, name)
)
BATCH_DEPENDENT = {
    "minimax": "its lightning attention counts padding",
    "deepseek_v32": "its sparse attention chooses among padded positions",
    "deepseek_v4": "its compressed attention counts padding",
}
"""Families by model type whose `generate` gives other tokens in another batch, and why."""

OTHERWISE_UNSERVED = {"moshi": "it gives other tokens over slots than its own generate does"}
"""Families that the trial at start cannot tell apart from those that slots serve, and why not."""


def empty_cache(config: Any) -> DynamicCache:
    """A cache for prompts, with the layers that the configuration asks for."""
    return DynamicCache(config=config)


def cache_argument(model: PreTrainedModel) -> str:
    """What this version of transformers calls the cache among a model's arguments."""
    for kind in type(model).__mro__:  # a class that only wraps `forward` may name no argument
        forward = kind.__dict__.get("forward")
        named = inspect.signature(forward).parameters if forward else ()
        for name in ("cache", "past_key_values"):  # versions that have both are about to drop the second
            if name in named:
                return name
    return "past_key_values"


def unserved(config: Any) -> str | None:
    """Why slots cannot serve a model of this configuration, or None where all its layers are known."""
    text = config.get_text_config(decoder=True)
    kinds = set(getattr(text, "layer_types", None) or ())
    if unknown := sorted(kinds - SERVED_LAYERS):
        return f"it has {', '.join(unknown)} layers, which slots do not know"
    if getattr(text, "attention_chunk_size", None) is not None and not kinds:
        return "it has chunked attention layers"
    if reason := {**BATCH_DEPENDENT, **OTHERWISE_UNSERVED}.get(text.model_type):
        return reason
    try:
        layers = empty_cache(config).layers
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        return f"transformers makes no cache for it: {error}"
    if classes := sorted(
        {type(layer).__name__ for layer in layers if type(layer) not in SERVED_CACHE_LAYERS}
    ):
        return f"its cache has layers of class {', '.join(classes)}"
    return None


def depends_on_batch(config: Any, longest: int) -> str | None:
    """Why the tokens of a rollout depend on its neighbours, or None where they do not.

    Args:
        config: of the model.
        longest: tokens of the longest rollout there may be, prompt included.
    """
    text = config.get_text_config(decoder=True)
    if text.model_type in BATCH_DEPENDENT:
        return f"{text.model_type} depends on the batch: {BATCH_DEPENDENT[text.model_type]}"
    for kind, switch in _switching_rotaries(text):
        if longest > switch:
            return (
                f"its rotary frequencies (rope type {kind}) change for all rows once one is longer than "
                f"{switch:,} tokens, and prompt and cap may come to {longest:,}"
            )
    return None


def _switching_rotaries(text: Any) -> Iterator[tuple[str, int]]:
    """Rotary types whose frequencies depend on the longest row, and the length at which they change."""
    parameters = getattr(text, "rope_parameters", None) or getattr(text, "rope_scaling", None) or {}
    each = [parameters, *(value for value in parameters.values() if isinstance(value, dict))]
    for rope in each:
        kind = rope.get("rope_type") or rope.get("type")
        if kind == "longrope":
            known = rope.get("original_max_position_embeddings")
            known = known or getattr(text, "original_max_position_embeddings", None)
            yield kind, known or text.max_position_embeddings
        elif kind is not None and "dynamic" in kind:
            yield kind, text.max_position_embeddings


def positions(model: PreTrainedModel) -> tuple[int | None, bool]:
    """How many positions a model was made for, if it says so, and whether there is nothing beyond them."""
    text: Any = model.config.get_text_config(decoder=True)
    known = getattr(text, "max_position_embeddings", None)
    if not isinstance(known, int) or known < 1:
        return None, False
    learned = any(
        isinstance(module, nn.Embedding) and ("wpe" in name or "position" in name)
        for name, module in model.named_modules()
    )
    return known, learned
