"""What the layers of a model's cache keep of a prompt, and how a model sees layers that keep it in pages.

With `cache`, `models` and `hook` the only module that touches the cache classes of transformers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from transformers.cache_utils import (
    CacheLayerMixin,
    DynamicCache,
    DynamicLayer,
    DynamicSlidingWindowLayer,
    LinearAttentionLayer,
)

if TYPE_CHECKING:
    import torch

    from sdtool.engine.attention import Backend
    from sdtool.engine.pages import Pages


@dataclass(frozen=True, slots=True)
class Footprint:
    """What one row costs.

    Attributes:
        token: bytes of keys and values that each token adds, over all full-attention layers.
        state: bytes a row needs whatever its length: recurrent states and sliding windows.
    """

    token: int
    state: int


def footprint(cache: DynamicCache) -> Footprint:
    """Read off a prompt's filled cache (real or on the meta device) what a row costs."""
    token = state = 0
    layers: list[Any] = cache.layers
    for layer in layers:
        state += sum(tensor.nbytes for tensor in states_of(layer))
        if has_keys(layer):
            _, heads, _, width = layer.keys.shape
            each = heads * (width + layer.values.shape[-1]) * layer.keys.element_size()
            window = window_of(layer)
            token, state = (token + each, state) if window is None else (token, state + each * window)
    return Footprint(token, state)


def keys_kind(cache: DynamicCache) -> tuple[torch.device, torch.dtype] | None:
    """Device and dtype of a prompt's keys, None where no layer has attention."""
    layers: list[Any] = cache.layers
    keys = next((layer.keys for layer in layers if has_keys(layer)), None)
    return None if keys is None else (keys.device, keys.dtype)


def has_keys(layer: Any) -> bool:
    """Whether a prompt's layer has keys and values of its own."""
    return isinstance(layer, DynamicLayer) and layer.keys is not None and layer.keys.numel() > 0


def window_of(layer: Any) -> int | None:
    """The last tokens that a layer keeps, None for all."""
    return layer.sliding_window if isinstance(layer, DynamicSlidingWindowLayer) else None


def states_of(layer: Any) -> list[torch.Tensor]:
    """Every state tensor of a layer, `[rows, ...]` each."""
    if not isinstance(layer, LinearAttentionLayer):
        return []
    return [
        tensor
        for states in (layer.conv_states, layer.recurrent_states)
        for tensor in states.values()
        if tensor is not None
    ]


class KeptLayer(NamedTuple):
    """What one layer keeps of one prompt: the last tokens' keys and values, and states."""

    keys: torch.Tensor | None
    """`[tokens, heads, head dim]`"""
    values: torch.Tensor | None
    states: list[torch.Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class Prompt:
    """What the model keeps of one prompt of `length` tokens."""

    length: int
    layers: list[KeptLayer]

    @classmethod
    def of(cls, cache: DynamicCache, row: int, length: int) -> Prompt:
        """Take one row out of a cache that was filled by prompts of different lengths, padded on the left."""
        alone = 0
        kept = []
        layers: list[Any] = cache.layers
        for layer in layers:
            states = [tensor[row] for tensor in states_of(layer)]
            keys = values = None
            if has_keys(layer):
                alone = len(layer.keys) == 1
                last = min(length, layer.keys.shape[2])
                keys, values = (
                    tensor[row, :, tensor.shape[2] - last :].transpose(0, 1)
                    for tensor in (layer.keys, layer.values)
                )
            else:
                alone = all(len(tensor) == 1 for tensor in states_of(layer))
            if not alone:  # a view would keep the other rows alive
                states = [tensor.clone() for tensor in states]
                keys, values = (None if part is None else part.clone() for part in (keys, values))
            kept.append(KeptLayer(keys, values, states))
        return cls(length, kept)

    def tensors(self) -> list[torch.Tensor]:
        """All that is kept."""
        found = []
        for layer in self.layers:
            found += [part for part in (layer.keys, layer.values, *layer.states) if part is not None]
        return found


class PagedLayer(CacheLayerMixin):  # type: ignore[no-untyped-call]
    """Keys and values of one attention layer, as transformers wants to see them.

    Args:
        pages: where they lie.
        backend: the attention kernel that reads them.
    """

    is_compileable = True
    is_sliding = False
    supports_early_init = False

    def __init__(self, pages: Pages, backend: Backend) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.pages = pages
        self.backend = backend
        self.is_initialized = True

    def update(  # type: ignore[override]
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_: object, **__: object
    ) -> tuple[PagedLayer, PagedLayer]:
        """Write one token a row, and return the layer itself in place of keys and values.

        The model hands what this returns to the attention function without looking at it, and that
        function reads the pages where they lie.

        Args:
            key_states: `[active rows, heads, 1, head dim]`.
            value_states: likewise.
        """
        self.pages.write(self.pages.places.cursor, key_states[:, :, 0], value_states[:, :, 0])
        return self, self

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        """Nothing to do: the pages are there from the start."""

    def get_seq_length(self) -> int:
        """Most tokens a row can hold; every row has its own length, and is told its position."""
        return self.pages.places.table.shape[1] * self.pages.places.page_size

    def get_max_length(self) -> int:
        """See `get_seq_length`."""
        return self.get_seq_length()

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """Not asked by a mask function of transformers: none is called for `hook.IMPLEMENTATION`."""
        raise NotImplementedError(f"it builds a mask by itself for {query_length} token a row")


class PagedStateLayer(LinearAttentionLayer, PagedLayer):  # type: ignore[no-untyped-call,override]
    """A layer that has both attention and states."""

    is_compileable = True

    def __init__(self, pages: Pages, backend: Backend, number_of_states: int) -> None:
        LinearAttentionLayer.__init__(self, number_of_states=number_of_states)
        self.pages = pages
        self.backend = backend
        self.is_initialized = True
        self.keys = self.values = None

    def get_max_length(self) -> int:
        """As of attention."""
        return PagedLayer.get_max_length(self)


def show(layer: Any, views: list[torch.Tensor]) -> None:
    """Let the model see the given rows of every state, in the order of `states_of`."""
    remaining = iter(views)
    for states in (layer.conv_states, layer.recurrent_states):
        for index, tensor in states.items():
            if tensor is not None:
                states[index] = next(remaining)
