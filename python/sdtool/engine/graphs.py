"""Decode steps as CUDA graphs: thousands of kernel launches become one, where the step can be captured.

Anything that goes wrong in a capture switches graphs off, with the reason in `report`, and steps run eagerly.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Batches are rounded up to one of some sizes, each with a graph of its own.
STEP = 8

log = logging.getLogger(__name__)


class DecodeGraphs:
    """Runs `decode(rows)` through a captured graph, or plainly.

    A graph replays the same kernels on the same addresses. That is right because a step reads nothing but
    device tensors that stay where they are: input tokens, lengths, page tables, pages and states. The
    first step of a size runs eagerly, which compiles and tunes its kernels; the second is captured, which
    computes nothing, and replayed.

    Args:
        decode: computes tensors `[rows, ...]` of the first rows, from device tensors alone.
        most: the largest number of rows.
        device: the one device that `decode` computes on; None where it cannot be captured.
    """

    what = "CUDA graphs"

    def __init__(
        self, decode: Callable[[int], tuple[torch.Tensor, ...]], most: int, device: torch.device | None
    ) -> None:
        self._decode = decode
        self._most = most
        self._device = device
        self._stream: torch.cuda.Stream | None = None
        self._pool: Any = None
        self._warm: set[int] = set()
        self._graphs: dict[int, tuple[torch.cuda.CUDAGraph, tuple[torch.Tensor, ...]]] = {}
        self.report = "decode steps as CUDA graphs" if device else "decode steps run eagerly"

    @property
    def enabled(self) -> bool:
        """Whether steps are captured."""
        return self._device is not None

    def __call__(self, rows: int) -> tuple[torch.Tensor, ...]:
        """What `decode` gives for the first `rows` rows; valid until the next call."""
        if not self.enabled:
            return self._decode(rows)
        size = self._rounded(rows)
        if size not in self._warm:
            self._warm.add(size)
            found = self._warm_up(size)
        elif size in self._graphs or self._capture(size):
            graph, found = self._graphs[size]
            graph.replay()
        else:
            return self._decode(rows)
        return tuple(tensor[:rows] for tensor in found)

    def forget(self) -> None:
        """Drop all graphs: a tensor that they read has moved, other kernels are to run, or memory is short.

        Sizes are warmed up again, for a kernel that is compiled during a capture ends it.
        """
        self._graphs.clear()
        self._warm.clear()
        self._pool = None

    def give_up(self, reason: str) -> None:
        """Run every step eagerly from now on."""
        self.forget()
        self._device = None
        self.report = f"decode steps run eagerly: {reason}"
        log.warning("%s", self.report)

    def _rounded(self, rows: int) -> int:
        size = 1 << (rows - 1).bit_length() if rows < STEP else -(-rows // STEP) * STEP
        return min(size, self._most)

    def _warm_up(self, size: int) -> tuple[torch.Tensor, ...]:
        """Run a step of `size` rows eagerly, on the stream of captures, for workspaces go by stream."""
        with self._aside():
            return self._decode(size)

    def _capture(self, size: int) -> bool:
        """Capture a step of `size` rows; False, and no more attempts, where that fails."""
        graph = torch.cuda.CUDAGraph()
        # One pool for all graphs: they run one at a time, and nothing but what they give outlives a step.
        self._pool = self._pool or torch.cuda.graph_pool_handle()
        try:
            # thread_local: what other threads of the process do on the device must not spoil a capture.
            with (
                self._aside(),
                torch.cuda.graph(graph, self._pool, self._stream, capture_error_mode="thread_local"),
            ):
                found = self._decode(size)
        except RuntimeError as error:
            self.give_up(f"the capture of a CUDA graph failed: {error}")
            return False
        self._graphs[size] = graph, found
        return True

    @contextmanager
    def _aside(self) -> Iterator[None]:
        """Use a stream of our own on the device; each of the two streams waits for the other's work.

        Without it, captures would use the stream of whichever device is current, and after a failed one
        torch would stay on that stream.
        """
        if self._stream is None:
            self._stream = torch.cuda.Stream(self._device)  # type: ignore[no-untyped-call]
        here = torch.cuda.current_stream(self._device)
        self._stream.wait_stream(here)
        try:
            with torch.cuda.stream(self._stream):
                yield
        finally:
            here.wait_stream(self._stream)
