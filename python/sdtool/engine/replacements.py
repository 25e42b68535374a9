"""Kernels in the place of what a model does in many operations, for the time of a decode step.

Transformers writes a new state beside the old one and copies it back, and computes a norm in eight small
operations. `Replacements` finds these places in a model and puts kernels there that read and write everything
once. `plain_operations` does the opposite: what transformers itself computes, whatever is installed.
"""

from __future__ import annotations

import importlib
import logging
import sys
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any
from unittest import mock

import torch
from transformers.integrations import hub_kernels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import nn
    from transformers import PreTrainedModel

    Function = Callable[..., Any]

# Half precision rounds to one part in 256, and a sum or product of such numbers to a few.
TOLERANCE = 0.02

log = logging.getLogger(__name__)


@contextmanager
def plain_operations() -> Iterator[None]:
    """Let transformers compute with its own plain operations, which run on any device and in full float32.

    Packages such as flash-linear-attention multiply float32 in TF32, take a minute to tune themselves for
    a type that is used for one trial, and read the address 0 for tensors on the meta device. Transformers
    leaves them aside when a model is exported, and asks by this name.
    """
    with mock.patch.object(hub_kernels, "is_torchdynamo_exporting", return_value=True):
        yield


class Replacements:
    """A context in which a model runs with our kernels, and outside which it runs as before.

    Args:
        model: any transformers model.
        device: where it runs. Kernels are used on CUDA devices only, each only if it answers right.

    Attributes:
        remarks: sentences for the log: why a kernel is not used.
        report: what is replaced.
    """

    what = "kernels in place of the model's operations"

    def __init__(self, model: PreTrainedModel, device: torch.device) -> None:
        self.remarks: list[str] = []
        self.report = "the model's own operations"
        self._functions: list[tuple[Any, str, Function, Function]] = []
        self._norms: list[tuple[nn.Module, Function]] = []
        # A kernel is launched on one device, the current one.
        if device.type != "cuda" or any(part.device != device for part in model.parameters()):
            return
        try:
            kernels = importlib.import_module("sdtool.engine.kernels")
        except ImportError as error:
            self.remarks.append(f"decode steps run without kernels of their own: {error}")
            return
        self._find_functions(model, kernels, device)
        self._find_norms(model, kernels)
        names = {name for _, name, *_ in self._functions} | {type(part).__name__ for part, _ in self._norms}
        if names:
            self.report = f"kernels for {', '.join(sorted(names))}"

    def _find_functions(self, model: PreTrainedModel, kernels: Any, device: torch.device) -> None:
        homes = {type(part).__module__ for part in model.modules()} & sys.modules.keys()
        for name, (replace, try_out) in FUNCTIONS.items():
            for module in (sys.modules[home] for home in sorted(homes)):
                if (before := getattr(module, name, None)) is None:
                    continue
                after = replace(before, kernels)
                if self._answers_right(name, partial(try_out, after, before, device)):
                    self._functions.append((module, name, before, after))

    def _find_norms(self, model: PreTrainedModel, kernels: Any) -> None:
        chosen: dict[type, bool | None] = {}
        for part in filter(_is_norm, model.modules()):
            kind = type(part)
            if kind not in chosen:
                chosen[kind] = self._choose_norm(part, kernels)
            if (centred := chosen[kind]) is not None:
                self._norms.append((part, _norm(part, kernels, centred=centred)))

    @property
    def enabled(self) -> bool:
        """Whether a kernel is in use."""
        return bool(self._functions or self._norms)

    def give_up(self, reason: str) -> None:
        """Run the model's own operations from now on."""
        self._functions.clear()
        self._norms.clear()
        self.report = f"the model's own operations: {reason}"
        log.warning("%s", self.report)

    def __enter__(self) -> None:
        for module, name, _before, after in self._functions:
            setattr(module, name, after)
        for part, forward in self._norms:
            part.__dict__["forward"] = forward

    def __exit__(self, *_: object) -> None:
        for module, name, before, _after in self._functions:
            setattr(module, name, before)
        for part, _forward in self._norms:
            del part.__dict__["forward"]

    def _answers_right(self, name: str, try_out: Callable[[], float]) -> bool:
        try:
            off = try_out()
        except Exception as error:  # noqa: BLE001 - a compiler may fail in any way; each is a reason
            self.remarks.append(f"no kernel of our own for {name}: {error}")
            return False
        if not off < TOLERANCE:
            self.remarks.append(f"no kernel of our own for {name}: it was off by {off:.2g} in its trial")
        return off < TOLERANCE

    def _choose_norm(self, part: nn.Module, kernels: Any) -> bool | None:
        """Whether a norm multiplies by 1 + weight; None where it does something else."""
        weight: Any = part.weight
        given = torch.randn(4, len(weight), device=weight.device).to(weight.dtype)
        more = (torch.randn_like(given),) if _is_gated(part) else ()
        try:
            with torch.no_grad():
                expected = part(given, *more)
                for centred in (True, False):
                    found = _norm(part, kernels, centred=centred)(given, *more)
                    if _error(found, expected) < TOLERANCE:
                        return centred
        except Exception as error:  # noqa: BLE001 - as above
            self.remarks.append(f"no kernel of our own for {type(part).__name__}: {error}")
        return None


# Functions


def _delta_rule(plain: Function, kernels: Any) -> Function:
    """The recurrent delta rule of transformers; what is not one token after a state goes to `plain`."""

    def advance(
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        *,
        initial_state: torch.Tensor | None = None,
        cu_seqlens: torch.Tensor | None = None,
        **more: Any,
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        if (
            initial_state is None
            or cu_seqlens is not None
            or query.shape[1] != 1
            or not initial_state[0].is_contiguous()
        ):
            found: tuple[torch.Tensor, torch.Tensor | None] = plain(
                query, key, value, initial_state=initial_state, cu_seqlens=cu_seqlens, **more
            )
            return found
        output = kernels.delta_rule(
            query, key, value, decay=more["g"], beta=more["beta"], state=initial_state,
            normalise=more.get("use_qk_l2norm_in_kernel", False),
        )  # fmt: skip
        # To copy a tensor onto itself, which the cache does with this one, costs nothing.
        return output, initial_state

    return advance


def _try_delta_rule(ours: Function, plain: Function, device: torch.device) -> float:
    random = _random(device)
    state = random(3, 4, 128, 128).float() / 12
    given = [random(3, 1, 4, 128) for _ in range(3)]
    more: dict[str, Any] = {"g": -random(3, 1, 4).float().abs(), "beta": random(3, 1, 4).sigmoid()}
    more |= {"output_final_state": True, "use_qk_l2norm_in_kernel": True}
    with plain_operations():
        expected, after = plain(*given, **more, initial_state=state.clone())
        found, _ = ours(*given, **more, initial_state=state)
    return max(_error(found, expected), _error(state, after))


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


def _try_convolution(ours: Function, plain: Function, device: torch.device) -> float:
    random = _random(device)
    state, weight, new = random(3, 300, 4), random(300, 4), random(3, 300, 1)
    after = state.clone()
    with plain_operations():
        expected = plain(new, after, weight, None, "silu")
        found = ours(new, state, weight, None, "silu")
    return max(_error(found, expected), _error(state, after))


FUNCTIONS: dict[str, tuple[Callable[[Function, Any], Function], Callable[..., float]]] = {
    "torch_recurrent_gated_delta_rule": (_delta_rule, _try_delta_rule),
    "causal_conv1d_update": (_convolution, _try_convolution),
}
"""Functions of transformers' modules by name: what makes the replacement, and what tries it out."""


def _random(device: torch.device) -> Callable[..., torch.Tensor]:
    generator = torch.Generator(device).manual_seed(0)
    return lambda *shape: torch.randn(*shape, generator=generator, device=device).bfloat16()


def _error(found: torch.Tensor, expected: torch.Tensor) -> float:
    """The largest difference, relative to what is expected where that is larger than 1."""
    off = (found.float() - expected.float()).abs()
    return float((off / expected.float().abs().clamp(min=1)).max())


# Norms


def _is_norm(part: nn.Module) -> bool:
    weight = getattr(part, "weight", None)
    return (
        "RMSNorm" in type(part).__name__
        and isinstance(weight, torch.Tensor)
        and weight.dim() == 1
        and weight.is_contiguous()
        and isinstance(_epsilon(part), float)
        and getattr(part, "activation", "silu") == "silu"
        and "forward" not in part.__dict__
    )


def _is_gated(part: nn.Module) -> bool:
    return type(part).__name__.endswith("Gated")


def _epsilon(part: nn.Module) -> Any:
    return getattr(part, "variance_epsilon", getattr(part, "eps", None))


def _norm(part: nn.Module, kernels: Any, *, centred: bool) -> Function:
    """The forward pass of a norm."""
    epsilon, plain, weight = _epsilon(part), part.forward, part.weight

    def forward(hidden: torch.Tensor, *gate: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = (
            kernels.norm(hidden, weight, epsilon, centred=centred, gate=gate[0] if gate else None)
            if hidden.dtype == weight.dtype
            else plain(hidden, *gate)
        )
        return found

    return forward
