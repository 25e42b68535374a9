"""How many rollouts fit on a device: weights, bytes a token, bytes a row, all read off the model itself."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from sdtool.engine.layers import Footprint, footprint
from sdtool.engine.models import cache_argument, empty_cache, unserved
from sdtool.engine.replacements import plain_operations

if TYPE_CHECKING:
    from transformers import PreTrainedModel

# Left for activations, logits and the allocator's slack, as a share of the device's memory.
RESERVE = 0.1
# A CPU run shares its memory with everything else on the machine.
CPU_SHARE = 0.5
GIB = 2**30


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run of a model needs of a device. All sizes are bytes.

    Attributes:
        total: memory of the device.
        weights: parameters and buffers, tied ones once.
        row: what one rollout costs.
        cap: most new tokens a rollout.
    """

    total: int
    weights: int
    row: Footprint
    cap: int

    @property
    def free(self) -> int:
        """What is left for rollouts."""
        return max(int(self.total * (1 - RESERVE)) - self.weights, 0)

    def rows(self, context: int) -> int:
        """Rollouts in flight when each holds `context` tokens."""
        return self.free // max(self.row.token * context + self.row.state, 1)

    def __str__(self) -> str:
        third = self.cap // 3
        lines = [
            f"memory plan for {_size(self.total).strip()}",
            f"  weights              {_size(self.weights)}",
            f"  a token              {_size(self.row.token)} of keys and values",
            f"  a row                {_size(self.row.state)} of states and windows",
            f"  reserve              {_size(int(self.total * RESERVE))} for activations",
            f"  rollouts in flight   {self.rows(self.cap):8,} if all are at the cap of {self.cap:,} tokens",
            f"                       {self.rows(third):8,} at a mean of {third:,} tokens",
        ]
        return "\n".join(lines)


def _size(count: int) -> str:
    """Bytes for people, right-aligned: ` 32.00 KiB`."""
    unit = max((unit for unit in (GIB, 2**20, 1024) if count >= unit), default=1)
    name = {GIB: "GiB", 2**20: "MiB", 1024: "KiB", 1: "B"}[unit]
    return f"{count / unit:8.2f} {name}"


def plan(model: PreTrainedModel, *, total: int, cap: int) -> Plan:
    """Plan from a model on the meta device: nothing is loaded, downloaded or allocated.

    The model is asked to read two tokens there, so every figure is its own and no formula for an
    architecture can go stale.

    Args:
        model: see `checkpoint.skeleton`.
        total: bytes of the device.
        cap: most new tokens a rollout.

    Raises:
        NotImplementedError: slots cannot serve this model; the message says why.
    """
    if reason := unserved(model.config):
        raise NotImplementedError(f"slots cannot serve this model: {reason}")
    return Plan(total=total, weights=weights(model), row=_row(model), cap=cap)


def weights(model: PreTrainedModel) -> int:
    """Bytes of a model's parameters and buffers, tied ones once."""
    # Keyed by identity, because tensors on the meta device share the address 0.
    tensors = {id(tensor): tensor for tensor in (*model.parameters(), *model.buffers())}
    return sum(tensor.nbytes for tensor in tensors.values())


@torch.no_grad()
def _row(model: PreTrainedModel) -> Footprint:
    cache = empty_cache(model.config)
    tokens = torch.zeros(1, 2, dtype=torch.int64, device="meta")
    with plain_operations():
        model(input_ids=tokens, use_cache=True, **{cache_argument(model): cache})
    return footprint(cache)


def affordable_pages(cost: Footprint, rows: int, most: int, page_size: int, room: int) -> int:
    """Pages that fit beside the states of all rows, and no more than all rows can fill.

    Args:
        cost: of a row.
        rows: slots, and prompts that are kept besides.
        most: pages that all rows can fill.
        page_size: tokens a page.
        room: bytes that there are.
    """
    if not cost.token:
        return most
    # One page more takes the writes of rows that only fill up a batch.
    return max(min(most, (room - cost.state * rows) // (cost.token * page_size) - 1), 1)


def available(device: torch.device) -> int:
    """Bytes that rollouts may take on a device now, the reserve left out."""
    if device.type == "cuda":
        free, total = torch.cuda.mem_get_info(device)
        cached = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return max(free + cached - int(total * RESERVE), 0)
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return int(total * CPU_SHARE)
