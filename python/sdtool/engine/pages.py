"""Pages: where the keys and values of each row's tokens lie. Knows no kernel and no model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    Array = np.ndarray[Any, Any]

# Rows that only fill up a batch write their token to this page, which no request owns.
SCRATCH = 0


@dataclass(eq=False)
class Places:
    """Where each row's tokens live in the pages, shared by all layers that keep the same span of tokens.

    Attributes:
        table: int32 `[rows, pages a row]`, the pages of each row in order.
        page_size: tokens a page.
        pages: pages in the pool.
        window: the last tokens that are kept, None for all. A row's pages then hold just one window.
        cursor: int64 `[active rows]`, where this step's token goes in the flattened pages.
        plan: what the attention backend worked out for this step, for all layers.
    """

    table: torch.Tensor
    page_size: int
    pages: int
    window: int | None = None
    cursor: torch.Tensor = field(init=False)
    plan: Any = field(init=False, default=None)
    _lengths: torch.Tensor = field(init=False)
    _line: Any = field(init=False)

    def __post_init__(self) -> None:
        self._line = as_array(torch.arange(len(self.table), device=self.table.device))

    def locate(self, lengths: torch.Tensor) -> None:
        """Place the next token of each active row; `lengths` is int64 `[active rows]`, tokens so far."""
        self._lengths = lengths.to(self.table.device)
        position = as_array(self._lengths)
        if self.window is not None:
            position = position % self.window
        # The page's place in the row's line of the table.
        place = position // self.page_size
        page = as_array(self.table)[self._line[: len(place)], place]
        self.cursor = torch.as_tensor((page - place) * self.page_size + position)

    def used(self) -> torch.Tensor:
        """How many tokens each active row attends over, this step's included, int32.

        To be asked before the step is counted.
        """
        used = self._lengths + 1
        return (used if self.window is None else used.clamp(max=self.window)).int()

    def span(self, row: int, positions: torch.Tensor) -> torch.Tensor:
        """Where tokens at the given positions of one row go in the flattened pages."""
        if self.window is not None:
            positions = positions % self.window
        return (
            self.table[row, positions // self.page_size].long() * self.page_size + positions % self.page_size
        )

    @property
    def longest(self) -> int:
        """Most tokens of a row that are kept."""
        return self.window or self.table.shape[1] * self.page_size


@dataclass(eq=False, slots=True)
class Pages:
    """The keys and values of one layer: `[pages, page size, heads, head dim]` each."""

    keys: torch.Tensor
    values: torch.Tensor
    places: Places

    def write(self, where: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> None:
        """Put `keys` and `values`, `[tokens, heads, head dim]`, at `where` in the flattened pages."""
        self.keys.flatten(0, 1).index_copy_(0, where, keys)
        self.values.flatten(0, 1).index_copy_(0, where, values)


def as_array(tensor: torch.Tensor) -> Any:
    """The same memory as an array of numpy where it is the CPU's; elsewhere the tensor itself.

    On as few numbers as a step has rows, an operation of numpy takes less time than one of torch. What is
    written in the operators that both have serves both.
    """
    return tensor.numpy() if tensor.device.type == "cpu" else tensor


def on_device(
    values: Sequence[Any] | Array | float, dtype: torch.dtype, device: torch.device
) -> torch.Tensor:
    """A tensor of the host's values on a device. Nothing waits for the device to have it."""
    pinned = device.type == "cuda"
    return torch.tensor(values, dtype=dtype, pin_memory=pinned).to(device, non_blocking=pinned)


def write_pages(table: torch.Tensor, rows: list[int], columns: list[int], pages: list[int]) -> None:
    """Put page numbers into a table, one at each row and column; see `Places`."""
    if table.device.type == "cpu":
        # They are few in a step, and each takes less time than numpy's look at a list.
        lines = as_array(table)
        for row, column, page in zip(rows, columns, pages, strict=True):
            lines[row, column] = page
        return
    where = on_device([rows, columns, pages], torch.int64, table.device)
    table[where[0], where[1]] = where[2].int()
