"""The slots' cache: keys and values in pages, sliding windows, and recurrent states, one row a slot.

Prompts are read into a `DynamicCache` of transformers; `SlotCache` copies each into one of its rows, and from
there each row advances by itself:

- full attention: pages of a shared pool, named by a table with one line a row;
- sliding windows: a ring of one window a row, written round and round;
- linear attention and convolutions: one state a row, updated in place by the model's own kernels;
- layers that have both, and layers that keep nothing or read another layer's keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from transformers.cache_utils import Cache, DynamicCache, LinearAttentionLayer

from sdtool.engine.layers import PagedLayer, PagedStateLayer, has_keys, show, states_of, window_of
from sdtool.engine.pages import SCRATCH, Pages, Places, on_device, write_pages

if TYPE_CHECKING:
    from sdtool.engine.attention import Backend
    from sdtool.engine.layers import Prompt


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
        self.sizes = np.zeros(shape.rows, np.int64)
        """Tokens that each row holds."""
        self._room = np.zeros(shape.rows, np.int64)
        """Tokens that the pages of each row can hold."""
        self._free = list(range(shape.pages, SCRATCH, -1))
        self._pages: list[list[int]] = [[] for _ in range(shape.rows)]
        self._places: dict[tuple[int | None, torch.device], Places] = {}
        self._shown = -1
        layers = [self._row_layer(layer, shape) for layer in prefilled.layers]
        super().__init__(layers=layers)
        self._has_pool = any(window is None for window, _ in self._places)
        self._wide = [states_of(layer) for layer in layers]
        """Every layer's states of all rows."""
        somewhere = [tensor.device for states in self._wide for tensor in states]
        device = next((key[1] for key in self._places), next(iter(somewhere), torch.device("cpu")))
        shared = device.type == "cpu"
        self.lengths = torch.from_numpy(self.sizes) if shared else torch.from_numpy(self.sizes).to(device)
        """The same as `sizes`, on the device."""

    def _row_layer(self, layer: Any, shape: Shape) -> Any:
        """An empty layer for all rows, of the kind of a prompt's `layer`."""
        pages = self._layer_pages(layer, shape) if has_keys(layer) else None
        if not isinstance(layer, LinearAttentionLayer):
            return type(layer)() if pages is None else PagedLayer(pages, self.backend)
        wide = (
            LinearAttentionLayer(number_of_states=layer.number_of_states)
            if pages is None
            else PagedStateLayer(pages, self.backend, layer.number_of_states)
        )
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
                mine[index] = None if tensor is None else tensor.new_zeros(shape.rows, *tensor.shape[1:])
        return wide

    def _layer_pages(self, layer: Any, shape: Shape) -> Pages:
        window = window_of(layer)
        # A window that pages do not divide is one page by itself.
        size = self.page_size if window is None or window % self.page_size == 0 else window
        count = shape.pages + 1 if window is None else shape.rows * (window // size)
        device = layer.keys.device
        keys, values = (
            torch.zeros(count, size, tensor.shape[1], tensor.shape[3], dtype=tensor.dtype, device=device)
            for tensor in (layer.keys, layer.values)
        )
        if (places := self._places.get((window, device))) is None:
            if window is None:
                table = torch.zeros(shape.rows, -(-shape.longest // size), dtype=torch.int32, device=device)
            else:
                table = torch.arange(count, dtype=torch.int32, device=device).view(shape.rows, -1)
            places = self._places[window, device] = Places(table, size, count, window)
        return Pages(keys, values, places)

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
        return -(-tokens // self.page_size) if self._has_pool else 0

    def reserve(self, tokens: int) -> list[int] | None:
        """Set pages for so many tokens aside, for a row that comes later; None where there are too few."""
        count = self.pages_for(tokens)
        if count > len(self._free):
            return None
        return [self._free.pop() for _ in range(count)]

    def give_back(self, pages: list[int]) -> None:
        """Free pages that were set aside."""
        self._free += reversed(pages)

    def put(self, row: int, prompt: Prompt | None, reserved: list[int] | None = None) -> None:
        """Copy a prompt (None: one of no token) into an empty row.

        Args:
            row: the row.
            prompt: what the model keeps of it.
            reserved: the pages that were set aside for it; otherwise they are taken now and must be free.
        """
        if reserved is None:
            reserved = self.reserve(0 if prompt is None else prompt.length)
            assert reserved is not None
        self._own(row, reserved)
        if prompt is None:
            for states in self._wide:
                for tensor in states:
                    tensor[row] = 0
            return
        for layer, wide, kept in zip(self.layers, self._wide, prompt.layers, strict=True):
            if kept.keys is not None and kept.values is not None:
                assert isinstance(layer, PagedLayer)
                positions = torch.arange(
                    prompt.length - len(kept.keys), prompt.length, device=kept.keys.device
                )
                layer.pages.write(layer.pages.places.span(row, positions), kept.keys, kept.values)
            for tensor, state in zip(wide, kept.states, strict=True):
                tensor[row].copy_(state)
        self._resize(row, prompt.length)

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

    def extend(self, rows: int) -> bool:
        """Make room for the next token of each of the first rows; False where too few pages are free."""
        if not self._has_pool:
            return True
        full = (self.sizes[:rows] >= self._room[:rows]).nonzero()[0].tolist()
        if len(full) > len(self._free):
            return False
        if full:
            pages = [self._free.pop() for _ in full]
            columns = [len(self._pages[row]) for row in full]
            for row, taken in zip(full, pages, strict=True):
                self._pages[row].append(taken)
                self._room[row] += self.page_size
            for table in self._tables:
                write_pages(table, full, columns, pages)
        return True

    def release(self, row: int) -> None:
        """Empty a row and give its pages back."""
        self._free += reversed(self._pages[row])
        self._pages[row], self._room[row] = [], 0
        for table in self._tables:
            table[row] = SCRATCH
        self._resize(row, 0)

    def move(self, source: int, row: int) -> None:
        """Move what one row holds to an empty row; full-attention pages change hands without a copy."""
        self._pages[row], self._pages[source] = self._pages[source], []
        self._room[row] = self._room[source]
        for (window, _), places in self._places.items():
            if window is None:
                places.table[row] = places.table[source]
        for layer in self.layers:
            if isinstance(layer, PagedLayer) and layer.pages.places.window is not None:
                table = layer.pages.places.table
                old, new = table[source].long(), table[row].long()
                layer.pages.keys[new] = layer.pages.keys[old]
                layer.pages.values[new] = layer.pages.values[old]
        for states in self._wide:
            for tensor in states:
                tensor[row].copy_(tensor[source])
        self._resize(row, self.sizes[source])
        self.release(source)

    def begin(self, rows: int) -> None:
        """Prepare a step of the first `rows` rows."""
        if rows != self._shown:
            for layer, states in zip(self.layers, self._wide, strict=True):
                if states:
                    show(layer, [tensor[:rows] for tensor in states])
            self._shown = rows
        for places in self._places.values():
            places.locate(self.lengths[:rows])
            self.backend.prepare(places, np.minimum(self.sizes[:rows] + 1, places.longest))

    def advance(self, rows: int) -> None:
        """Count the token that the step wrote to each of the first `rows` rows."""
        self.sizes[:rows] += 1
        if self.lengths.device.type != "cpu":  # there they are one memory
            self.lengths[:rows].add_(1)

    def nbytes(self) -> int:
        """Bytes of all pages, windows and states."""
        tensors = [tensor for states in self._wide for tensor in states]
        for layer in self.layers:
            if isinstance(layer, PagedLayer):
                tensors += (layer.pages.keys, layer.pages.values)
        return sum(tensor.nbytes for tensor in tensors)

    def _own(self, row: int, pages: list[int]) -> None:
        """Give a row more pages."""
        start = len(self._pages[row])
        self._pages[row] += pages
        self._room[row] = len(self._pages[row]) * self.page_size
        for table in self._tables:
            table[row, start : start + len(pages)] = on_device(pages, torch.int32, table.device)

    def _resize(self, row: int, length: int) -> None:
        self.sizes[row] = length
        self.lengths[row] = length
