"""Decode steps as CUDA graphs: thousands of kernel launches become one, where the step can be captured.

Not measured: no CUDA device was at hand when this was written. Anything that goes wrong in a capture
switches graphs off, with the reason in `report`, and steps run eagerly.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

# Batches are rounded up to one of few sizes, each with a graph of its own.
STEP = 16

log = logging.getLogger(__name__)


class DecodeGraphs:
    """Runs `decode(rows)` through a captured graph, or plainly.

    A graph replays the same kernels on the same addresses. That is right because a step reads nothing but
    device tensors that stay where they are: input tokens, lengths, page tables, pages and states. The
    first step of a size runs eagerly, which compiles and tunes its kernels; the second is captured, which
    computes nothing, and replayed.

    Args:
        decode: computes the logits `[rows, vocabulary]` of the first rows, from device tensors alone.
        most: the largest number of rows.
        enabled: whether `decode` can be captured at all.
    """

    def __init__(self, decode: Callable[[int], torch.Tensor], most: int, *, enabled: bool) -> None:
        self._decode = decode
        self._most = most
        self._enabled = enabled
        self._warm: set[int] = set()
        self._graphs: dict[int, tuple[torch.cuda.CUDAGraph, torch.Tensor]] = {}
        self.report = "decode steps as CUDA graphs" if enabled else "decode steps run eagerly"

    def __call__(self, rows: int) -> torch.Tensor:
        """The logits of the first `rows` rows; valid until the next call."""
        if not self._enabled:
            return self._decode(rows)
        size = self._rounded(rows)
        if size not in self._warm:
            self._warm.add(size)
            return self._decode(size)[:rows]
        if size not in self._graphs and not self._capture(size):
            return self._decode(rows)
        graph, logits = self._graphs[size]
        graph.replay()
        return logits[:rows]

    def forget(self) -> None:
        """Drop all graphs, because a tensor that they read has moved or memory is short."""
        self._graphs.clear()

    def _rounded(self, rows: int) -> int:
        size = 1 << (rows - 1).bit_length() if rows < STEP else -(-rows // STEP) * STEP
        return min(size, self._most)

    def _capture(self, size: int) -> bool:
        """Capture a step of `size` rows; False, and no more attempts, where that fails."""
        graph = torch.cuda.CUDAGraph()
        try:
            with torch.cuda.graph(graph):
                logits = self._decode(size)
        except torch.OutOfMemoryError:
            raise
        except RuntimeError as error:
            self._enabled = False
            self.report = f"decode steps run eagerly: the capture of a CUDA graph failed: {error}"
            log.warning("%s", self.report)
            return False
        self._graphs[size] = graph, logits
        return True
