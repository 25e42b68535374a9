"""How the recurrent states of a decode step are advanced: by kernels of our own where these work.

What transformers calls writes a new state beside the old one and copies it back, and without other packages
it does so in many plain operations. `InPlaceStates` puts a kernel in its place that reads and writes each
state once. `reference_kernels` does the opposite: the plain operations, whatever is installed.
"""

from __future__ import annotations

import importlib
import logging
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest import mock

import torch
from transformers.integrations import hub_kernels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from transformers import PreTrainedModel

    Function = Callable[..., Any]

log = logging.getLogger(__name__)

DELTA_RULE = "torch_recurrent_gated_delta_rule"
CONVOLUTION = "causal_conv1d_update"
# Half precision on values of unit variance is good to this.
TOLERANCE = 0.05


@contextmanager
def reference_kernels() -> Iterator[None]:
    """Let transformers compute with its own plain operations, which run on any device and in full float32.

    Packages such as flash-linear-attention multiply float32 in TF32, take a minute to tune themselves for
    a type that is used for one trial, and read the address 0 for tensors on the meta device. Transformers
    leaves them aside when a model is exported, and asks by this name.
    """
    with mock.patch.object(hub_kernels, "is_torchdynamo_exporting", lambda: True):
        yield


class InPlaceStates:
    """A context in which a model advances its states in place, and outside which it does as before.

    Args:
        model: any transformers model.
        device: where its states are. Kernels are used on CUDA devices only, and only if they answer right.

    Attributes:
        remarks: sentences for the log: why a kernel is not used.
        report: how states are advanced.
    """

    what = "states advanced in place"

    def __init__(self, model: PreTrainedModel, device: torch.device) -> None:
        self.remarks: list[str] = []
        self._swaps: list[tuple[Any, str, Function, Function]] = []
        self.report = "states advanced by the model"
        if device.type != "cuda":
            return
        homes = {type(part).__module__ for part in model.modules()}
        for name, replace in (DELTA_RULE, _delta_rule), (CONVOLUTION, _convolution):
            modules = [sys.modules[home] for home in homes if hasattr(sys.modules.get(home), name)]
            if not modules:
                continue
            try:
                kernels = importlib.import_module("sdtool.engine.kernels")
                plain: Function = getattr(modules[0], name)
                off = _try_out(name, replace(plain, kernels), plain, device)
            except Exception as error:  # noqa: BLE001 - a compiler may fail in any way; each is a reason
                self.remarks.append(f"{name} does not run in place: {error}")
                continue
            if not off < TOLERANCE:
                self.remarks.append(f"{name} does not run in place: it was off by {off:.2g} in its trial")
                continue
            for module in modules:
                before: Function = getattr(module, name)
                self._swaps.append((module, name, before, replace(before, kernels)))
        if self._swaps:
            self.report = self.what

    @property
    def enabled(self) -> bool:
        """Whether a kernel is in use."""
        return bool(self._swaps)

    def give_up(self, reason: str) -> None:
        """Let the model advance its states from now on."""
        self._swaps.clear()
        self.report = f"states advanced by the model: {reason}"
        log.warning("%s", self.report)

    def __enter__(self) -> None:
        for module, name, _, after in self._swaps:
            setattr(module, name, after)

    def __exit__(self, *_: object) -> None:
        for module, name, before, _ in self._swaps:
            setattr(module, name, before)


def _delta_rule(plain: Function, kernels: Any) -> Function:
    """The recurrent delta rule of transformers; what is not one token after a state goes to `plain`."""

    def advance(
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        g: torch.Tensor,
        beta: torch.Tensor,
        initial_state: torch.Tensor | None = None,
        output_final_state: bool = False,  # noqa: FBT001, FBT002 - the signature is transformers'
        use_qk_l2norm_in_kernel: bool = False,  # noqa: FBT001, FBT002
        **others: Any,
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        packed = others.get("cu_seqlens") is not None
        if initial_state is None or query.shape[1] != 1 or packed or not initial_state[0, 0].is_contiguous():
            found: tuple[torch.Tensor, torch.Tensor | None] = plain(
                query, key, value, g=g, beta=beta, initial_state=initial_state,
                output_final_state=output_final_state,
                use_qk_l2norm_in_kernel=use_qk_l2norm_in_kernel, **others,
            )  # fmt: skip
            return found
        output = kernels.delta_rule(
            query, key, value, decay=g, beta=beta, state=initial_state, normalise=use_qk_l2norm_in_kernel
        )
        # To copy a tensor onto itself, which the cache does with this one, costs nothing.
        return output, initial_state

    return advance


def _convolution(plain: Function, kernels: Any) -> Function:
    """The causal convolution of transformers for one token; what is of another shape goes to `plain`."""

    def advance(
        hidden_states: torch.Tensor,
        conv_state: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor | None = None,
        activation: str | None = None,
    ) -> torch.Tensor:
        fits = (
            hidden_states.shape[-1] == 1
            and conv_state.shape[1:] == weight.shape
            and conv_state[0].is_contiguous()
            and weight.is_contiguous()
            and activation in {None, "silu", "swish"}
        )
        found: torch.Tensor = (
            kernels.convolve(hidden_states, conv_state, weight, bias, silu=activation is not None)
            if fits
            else plain(hidden_states, conv_state, weight, bias, activation)
        )
        return found

    return advance


def _try_out(name: str, ours: Function, plain: Function, device: torch.device) -> float:
    """The largest error of a replacement on a few rows, against the plain operations of transformers."""
    generator = torch.Generator(device).manual_seed(0)

    def random(*shape: int, dtype: torch.dtype = torch.bfloat16) -> torch.Tensor:
        return torch.randn(*shape, generator=generator, device=device).to(dtype)

    if name == DELTA_RULE:
        state = random(3, 4, 128, 128, dtype=torch.float32) / 12
        given = [random(3, 1, 4, 128) for _ in range(3)]
        more = {"g": -random(3, 1, 4, dtype=torch.float32).abs(), "beta": random(3, 1, 4).sigmoid()}
        states = [state.clone(), state.clone()]
        with reference_kernels():
            answers = [
                function(
                    *given, **more, initial_state=each, output_final_state=True, use_qk_l2norm_in_kernel=True
                )
                for function, each in zip((ours, plain), states, strict=True)
            ]
        pairs = [(answers[0][0], answers[1][0]), (states[0], answers[1][1])]
    else:
        state, weight, new = random(3, 300, 4), random(300, 4), random(3, 300, 1)
        states = [state.clone(), state.clone()]
        with reference_kernels():
            answers = [
                function(new, each, weight, None, "silu")
                for function, each in zip((ours, plain), states, strict=True)
            ]
        pairs = [(answers[0], answers[1]), (states[0], states[1])]
    return max(float((one.float() - other.float()).abs().max()) for one, other in pairs)
