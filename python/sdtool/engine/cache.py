"""The slots' cache: keys and values in pages, sliding windows, and recurrent states, one row a slot.

The only module that touches the cache classes of transformers. A prompt is prefilled alone into a
`DynamicCache`; `SlotCache` copies that into one of its rows, and from there each row advances by itself:

- full attention: pages of a shared pool, named by a table with one line a row;
- sliding windows: a ring of one window a row, written round and round;
- linear attention: one state a row, updated in place by the model's own kernels.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from transformers.cache_utils import (
    Cache,
    CacheLayerMixin,
    DynamicCache,
    DynamicLayer,
    DynamicSlidingWindowLayer,
    LinearAttentionLayer,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sdtool.engine.attention import Backend

# Rows that only fill up a batch write their token to this page, which no request owns.
SCRATCH = 0
SERVED = frozenset({"full_attention", "sliding_attention", "linear_attention"})


def empty_cache(config: Any) -> DynamicCache:
    """A cache for one prompt, with the layers that the configuration asks for."""
    return DynamicCache(config=config)


def unserved(config: Any) -> str | None:
    """Why slots cannot serve a model of this configuration, or None where its cache layers are known."""
    text = config.get_text_config(decoder=True)
    kinds = set(getattr(text, "layer_types", None) or ())
    if unknown := sorted(kinds - SERVED):
        return f"it has {', '.join(unknown)} layers, and slots serve {', '.join(sorted(SERVED))}"
    if getattr(text, "attention_chunk_size", None) is not None and not kinds:
        return "it has chunked attention layers"
    known = (DynamicLayer, DynamicSlidingWindowLayer, LinearAttentionLayer)
    if classes := sorted(
        {type(layer).__name__ for layer in empty_cache(config).layers if type(layer) not in known}
    ):
        return f"its cache has layers of class {', '.join(classes)}"
    return None


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
        if isinstance(layer, LinearAttentionLayer):
            state += sum(tensor.nbytes for tensor in _states(layer))
        else:
            _, heads, _, width = layer.keys.shape
            each = heads * (width + layer.values.shape[-1]) * layer.keys.element_size()
            window = layer.sliding_window if isinstance(layer, DynamicSlidingWindowLayer) else None
            token, state = (token + each, state) if window is None else (token, state + each * window)
    return Footprint(token, state)


def keys_kind(cache: DynamicCache) -> tuple[torch.device, torch.dtype] | None:
    """Device and dtype of a prompt's keys, None where no layer has attention."""
    layers: list[Any] = cache.layers
    keys = next((layer.keys for layer in layers if not isinstance(layer, LinearAttentionLayer)), None)
    return None if keys is None else (keys.device, keys.dtype)


def _states(layer: LinearAttentionLayer) -> list[torch.Tensor]:
    """Every state tensor of a linear-attention layer, `[rows, ...]` each."""
    return [
        tensor
        for states in (layer.conv_states, layer.recurrent_states)
        for tensor in states.values()
        if tensor is not None
    ]


@dataclass(eq=False)
class Places:
    """Where each row's tokens live in the pages, shared by all layers that keep the same span of tokens.

    Attributes:
        table: int32 `[rows, pages a row]`, the pages of each row in order.
        page_size: tokens a page.
        pages: pages in the pool.
        window: the last tokens that are kept, None for all. A row's pages then hold just one window.
        cursor: int64 `[active rows]`, where this step's token goes in the flattened pages.
        used: int32 `[active rows]`, tokens to attend over, this step's included.
        plan: what the attention backend worked out for this step, for all layers.
    """

    table: torch.Tensor
    page_size: int
    pages: int
    window: int | None = None
    cursor: torch.Tensor = field(init=False)
    used: torch.Tensor = field(init=False)
    plan: Any = field(init=False, default=None)

    def locate(self, lengths: torch.Tensor) -> None:
        """Place the next token of each active row; `lengths` is int64 `[active rows]`, tokens so far."""
        lengths = lengths.to(self.table.device)
        position = lengths if self.window is None else lengths % self.window
        page = self.table[: len(lengths)].gather(1, (position // self.page_size)[:, None])[:, 0]
        self.cursor = page.long() * self.page_size + position % self.page_size
        used = lengths + 1
        self.used = (used if self.window is None else used.clamp(max=self.window)).int()

    def span(self, row: int, positions: torch.Tensor) -> torch.Tensor:
        """Where tokens at the given positions of one row go in the flattened pages."""
        if self.window is not None:
            positions = positions % self.window
        return (
            self.table[row, positions // self.page_size].long() * self.page_size + positions % self.page_size
        )


class PagedLayer(CacheLayerMixin):  # type: ignore[no-untyped-call]
    """Keys and values of one attention layer.

    Args:
        keys: `[pages, page size, heads, head dim]`.
        values: likewise.
        backend: the attention kernel that reads them.
    """

    is_compileable = True
    supports_early_init = False

    def __init__(self, keys: torch.Tensor, values: torch.Tensor, backend: Backend) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.key_pages, self.value_pages = keys, values
        self.backend = backend
        self.places: Places
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
        self.write(self.places.cursor, key_states[:, :, 0], value_states[:, :, 0])
        return self, self

    def write(self, where: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> None:
        """Put `keys` and `values`, `[tokens, heads, head dim]`, at `where` in the flattened pages."""
        self.key_pages.flatten(0, 1).index_copy_(0, where, keys)
        self.value_pages.flatten(0, 1).index_copy_(0, where, values)

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        """Nothing to do: the pages are there from the start."""

    def get_seq_length(self) -> int:
        """Most tokens a row can hold; every row has its own length, and is told its position."""
        return self.places.table.shape[1] * self.places.page_size

    def get_max_length(self) -> int:
        """See `get_seq_length`."""
        return self.get_seq_length()

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """Never asked: no mask is built for `attention.IMPLEMENTATION`."""
        raise NotImplementedError(query_length)


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a `SlotCache` is: `rows` slots over `pages` pages, and at most `longest` tokens a row."""

    rows: int
    pages: int
    longest: int


class SlotCache(Cache):
    """A cache whose rows have lengths of their own. Rows 0 to n-1 take part in a step of n rows.

    Args:
        prefilled: any prompt's filled cache, from which layer kinds, shapes, dtypes and devices are read.
        shape: rows, pages and the longest row.
        backend: the attention kernel that will read the pages.
    """

    def __init__(self, prefilled: DynamicCache, shape: Shape, backend: Backend) -> None:
        self.rows, self.pages = shape.rows, shape.pages
        self.page_size = backend.page_size
        self.backend = backend
        self.sizes = [0] * shape.rows
        """Tokens that each row holds."""
        self._free = list(range(shape.pages, SCRATCH, -1))
        self._pages: list[list[int]] = [[] for _ in range(shape.rows)]
        self._places: dict[tuple[int | None, torch.device], Places] = {}
        self._states: list[tuple[LinearAttentionLayer, list[torch.Tensor]]] = []
        self._shown = -1
        layers = [self._row_layer(layer, shape) for layer in prefilled.layers]
        super().__init__(layers=list(layers))
        device = next((key[1] for key in self._places), torch.device("cpu"))
        self.lengths = torch.zeros(shape.rows, dtype=torch.int64, device=device)
        """The same as `sizes`, on the device."""

    def _row_layer(self, layer: Any, shape: Shape) -> PagedLayer | LinearAttentionLayer:
        """An empty layer for all rows, of the kind of a prompt's `layer`."""
        if isinstance(layer, LinearAttentionLayer):
            return self._state_layer(layer, shape.rows)
        window = layer.sliding_window if isinstance(layer, DynamicSlidingWindowLayer) else None
        # A window that pages do not divide is one page by itself.
        size = self.page_size if window is None or window % self.page_size == 0 else window
        count = shape.pages + 1 if window is None else shape.rows * (window // size)
        device = layer.keys.device
        keys, values = (
            torch.zeros(count, size, tensor.shape[1], tensor.shape[3], dtype=tensor.dtype, device=device)
            for tensor in (layer.keys, layer.values)
        )
        paged = PagedLayer(keys, values, self.backend)
        if (places := self._places.get((window, device))) is None:
            if window is None:
                table = torch.zeros(shape.rows, -(-shape.longest // size), dtype=torch.int32, device=device)
            else:
                table = torch.arange(count, dtype=torch.int32, device=device).view(shape.rows, -1)
            places = self._places[window, device] = Places(table, size, count, window)
        paged.places = places
        return paged

    def _state_layer(self, layer: LinearAttentionLayer, rows: int) -> LinearAttentionLayer:
        """A linear-attention layer with a zero state for every row."""
        wide = LinearAttentionLayer(number_of_states=layer.number_of_states)
        wide.device, wide.dtype = layer.device, layer.dtype
        wide.conv_kernel_size = dict(layer.conv_kernel_size)
        wide.is_conv_states_initialized = dict(layer.is_conv_states_initialized)
        wide.is_recurrent_states_initialized = dict(layer.is_recurrent_states_initialized)
        wide.has_previous_state = dict.fromkeys(layer.has_previous_state, True)
        for mine, theirs in (
            (wide.conv_states, layer.conv_states),
            (wide.recurrent_states, layer.recurrent_states),
        ):
            for index, tensor in theirs.items():
                mine[index] = None if tensor is None else tensor.new_zeros(rows, *tensor.shape[1:])
        self._states.append((wide, _states(wide)))
        return wide

    @property
    def _tables(self) -> list[torch.Tensor]:
        """The tables of the page pool, one a device."""
        return [places.table for (window, _), places in self._places.items() if window is None]

    @property
    def free_pages(self) -> int:
        """Pages that no row owns."""
        return len(self._free)

    def pages_for(self, tokens: int) -> int:
        """Pages that a row of so many tokens owns; 0 where no layer has full attention."""
        return -(-tokens // self.page_size) if self._tables else 0

    def put(self, row: int, prefilled: DynamicCache | None, length: int) -> None:
        """Copy a cache of `length` tokens (None: of no token) into an empty row; the pages must be free."""
        if prefilled is None:
            for _, wide in self._states:
                for tensor in wide:
                    tensor[row] = 0
            return
        self._own(row, self.pages_for(length))
        sources: list[Any] = prefilled.layers
        for layer, source in zip(self.layers, sources, strict=True):
            if isinstance(layer, PagedLayer):
                keys, values = (tensor[0].transpose(0, 1) for tensor in (source.keys, source.values))
                positions = torch.arange(length - len(keys), length, device=keys.device)
                layer.write(layer.places.span(row, positions), keys, values)
        for (_, wide), source in zip(self._states, _linear(prefilled.layers), strict=True):
            for tensor, state in zip(wide, _states(source), strict=True):
                tensor[row].copy_(state[0])
        self._resize(row, length)

    def widen(self, longest: int) -> bool:
        """Let a row hold at least `longest` tokens; True where that took new tables."""
        width = self.pages_for(longest)
        wider = False
        for (window, _), places in self._places.items():
            if window is None and width > places.table.shape[1]:
                table = places.table.new_full((self.rows, 2 * width), SCRATCH)
                table[:, : places.table.shape[1]] = places.table
                places.table, wider = table, True
        return wider

    def extend(self, row: int) -> bool:
        """Make room for the row's next token; False where no page is free."""
        missing = self.pages_for(self.sizes[row] + 1) - len(self._pages[row])
        if missing > len(self._free):
            return False
        if missing > 0:
            self._own(row, missing)
        return True

    def release(self, row: int) -> None:
        """Empty a row and give its pages back."""
        self._free += reversed(self._pages[row])
        self._pages[row] = []
        for table in self._tables:
            table[row] = SCRATCH
        self._resize(row, 0)

    def move(self, source: int, row: int) -> None:
        """Move what one row holds to an empty row; full-attention pages change hands without a copy."""
        self._pages[row], self._pages[source] = self._pages[source], []
        for (window, _), places in self._places.items():
            if window is None:
                places.table[row] = places.table[source]
        for layer in self.layers:
            if isinstance(layer, PagedLayer) and layer.places.window is not None:
                old, new = layer.places.table[source].long(), layer.places.table[row].long()
                layer.key_pages[new] = layer.key_pages[old]
                layer.value_pages[new] = layer.value_pages[old]
        for _, wide in self._states:
            for tensor in wide:
                tensor[row].copy_(tensor[source])
        self._resize(row, self.sizes[source])
        self.release(source)

    def begin(self, rows: int) -> None:
        """Prepare a step of the first `rows` rows."""
        if rows != self._shown:
            for layer, wide in self._states:
                _show(layer, [tensor[:rows] for tensor in wide])
            self._shown = rows
        for places in self._places.values():
            places.locate(self.lengths[:rows])
            sizes = [size + 1 for size in self.sizes[:rows]]
            if places.window is not None:
                sizes = [min(size, places.window) for size in sizes]
            self.backend.prepare(places, sizes)

    def advance(self, rows: int) -> None:
        """Count the token that the step wrote to each of the first `rows` rows."""
        self.lengths[:rows] += 1
        for row in range(rows):
            self.sizes[row] += 1

    def nbytes(self) -> int:
        """Bytes of all pages, windows and states."""
        tensors = [tensor for _, wide in self._states for tensor in wide]
        for layer in self.layers:
            if isinstance(layer, PagedLayer):
                tensors += (layer.key_pages, layer.value_pages)
        return sum(tensor.nbytes for tensor in tensors)

    def _own(self, row: int, count: int) -> None:
        """Give a row `count` more pages."""
        pages = [self._free.pop() for _ in range(count)]
        start = len(self._pages[row])
        self._pages[row] += pages
        for table in self._tables:
            table[row, start : start + count] = torch.tensor(pages, dtype=torch.int32)

    def _resize(self, row: int, length: int) -> None:
        self.sizes[row] = length
        self.lengths[row] = length


def _linear(layers: Sequence[Any]) -> list[LinearAttentionLayer]:
    return [layer for layer in layers if isinstance(layer, LinearAttentionLayer)]


def _show(layer: LinearAttentionLayer, views: list[torch.Tensor]) -> None:
    """Let the model see the given rows of every state, in the order of `_states`."""
    remaining = iter(views)
    for states in (layer.conv_states, layer.recurrent_states):
        for index, tensor in states.items():
            if tensor is not None:
                states[index] = next(remaining)
