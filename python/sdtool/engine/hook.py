"""How a model of transformers reaches the pages: its attention layers call us in place of their own kernel.

transformers looks the function up by name in its public `AttentionInterface`. For a name without a mask
function it builds no mask, so none is paid for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from transformers import AttentionInterface

if TYPE_CHECKING:
    import torch

    from sdtool.engine.layers import PagedLayer

IMPLEMENTATION = "sdtool-slots"
# Where a configuration keeps which attention is chosen. To set the property for that, which goes through the
# configurations within it too, took a twentieth of the host's time in a step.
CHOSEN = "_attn_implementation_internal"

# What layers may pass that changes nothing for one query a row: the cache knows the positions, no mask is
# needed, and the rest concerns training, packed sequences or what the model returns.
HARMLESS = frozenset(
    {
        "dropout", "is_causal", "position_ids", "cache_position", "use_cache", "deterministic",
        "output_attentions", "output_hidden_states", "output_router_logits", "return_dict",
        "logits_to_keep", "num_items_in_batch", "mm_token_type_ids", "token_type_ids",
    }
)  # fmt: skip


class UnknownArgumentError(TypeError):
    """A layer's attention has something that slots do not know."""


def _attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: PagedLayer,
    _value: PagedLayer,
    _attention_mask: torch.Tensor | None = None,
    scaling: float | None = None,
    softcap: float | None = None,
    s_aux: torch.Tensor | None = None,
    sliding_window: int | None = None,
    **others: Any,
) -> tuple[torch.Tensor, None]:
    """The attention function that transformers calls; `key` is what `PagedLayer.update` returned.

    Args:
        module: the layer.
        query: `[rows, query heads, 1, head dim]`.
        key: the layer's pages.
        scaling: what the scores are multiplied by; by default one over the root of the head dim.
        softcap: see `Backend.attend`.
        s_aux: attention sinks `[query heads]`.
        sliding_window: tokens that the layer may look back to.
        others: anything else, which must not matter.

    Raises:
        UnknownArgumentError: there is something that might matter.
    """
    del module
    places = key.pages.places
    if unknown := sorted(
        name for name in others.keys() - HARMLESS if others[name] is not None and others[name] is not False
    ):
        raise UnknownArgumentError(f"its attention takes {', '.join(unknown)}, which slots do not know")
    if sliding_window is not None and places.window != sliding_window and places.longest > sliding_window:
        raise UnknownArgumentError(
            f"its attention looks back {sliding_window:,} tokens and its cache keeps {places.window or 'all'}"
        )
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    output = key.backend.attend(query[:, :, 0], key.pages, scale=scale, softcap=softcap, sinks=s_aux)
    return output[:, None], None


AttentionInterface.register(IMPLEMENTATION, _attend)


class PagedAttention:
    """A context in which a model attends over pages, and outside which it attends as before.

    Args:
        model: any transformers model; its own attention implementation serves prompts.
    """

    def __init__(self, model: torch.nn.Module) -> None:
        configs = {id(part.config): part.config for part in model.modules() if hasattr(part, "config")}
        kept = (getattr(config, "__dict__", {}) for config in configs.values())
        self._configs = [attributes for attributes in kept if CHOSEN in attributes]
        self._before: list[str] = []

    def __enter__(self) -> None:
        self._before = [config[CHOSEN] for config in self._configs]
        for config in self._configs:
            config[CHOSEN] = IMPLEMENTATION

    def __exit__(self, *_: object) -> None:
        for config, implementation in zip(self._configs, self._before, strict=True):
            config[CHOSEN] = implementation
