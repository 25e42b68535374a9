"""What draws tokens from the likeliest few on a device.

On the CPU `narrow_native` computes what `narrow.plain` says with less to do, on CUDA `narrow_kernel` in two
launches.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from sdtool.engine.narrow import example, plain

if TYPE_CHECKING:
    from sdtool.engine.narrow import Draw


@dataclass(frozen=True, slots=True)
class Choice:
    """What draws, how it is called in the log, and sentences for it: why nothing faster does."""

    draw: Draw
    report: str
    remarks: tuple[str, ...] = ()


def choose(device: torch.device) -> Choice:
    """Choose what draws on the device of the logits; a kernel is tried first."""
    if device.type == "cpu":
        return Choice(importlib.import_module("sdtool.engine.narrow_native").draw, "tokens drawn in Rust")
    without = "tokens drawn in plain torch"
    if device.type != "cuda":
        return Choice(plain, without)
    try:
        return Choice(_tried_kernel(device), "tokens drawn by kernels")
    except Exception as error:  # noqa: BLE001 - a compiler may fail in any way; each is a reason
        return Choice(plain, without, (f"no kernel of our own for drawing tokens: {error}",))


def _tried_kernel(device: torch.device) -> Draw:
    """The kernel, which has drawn what `plain` draws.

    Raises:
        RuntimeError: it has not, or would not run where the logits are. It may raise anything else, too.
    """
    if device.index is not None and device.index != (current := torch.cuda.current_device()):
        raise RuntimeError(f"the logits are on {device}, and kernels run on device {current}")
    kernel: Draw = importlib.import_module("sdtool.engine.narrow_kernel").draw
    given = example(device)
    if different := int((kernel(*given) != plain(*given)).sum()):
        raise RuntimeError(f"it drew other tokens in {different} of {len(given[0])} rows of its trial")
    return kernel
