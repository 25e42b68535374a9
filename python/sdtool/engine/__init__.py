"""Engines turn requests into completions: token ids in, token ids out, no text and no grading.

Every engine answers the same requests with the same tokens, as far as the logits are equal: the
sampling noise is keyed by (seed, problem, sample, step, token) and never drawn from a stream.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from torch import Tensor

    from sdtool.config import Setting
    from sdtool.schema import FinishReason

    Processor = Callable[[Tensor, Tensor], Tensor]
    """A logits processor: token ids so far [rows, width] and scores [rows, vocabulary] to new scores."""


@dataclass(frozen=True, slots=True)
class Request:
    """One rollout to generate.

    `key` identifies the noise: it is `logits.noise_key(seed, problem_id, sample)`, the same for every
    setting, so settings are compared under common random numbers. `generated` holds the
    tokens that an interrupted run already produced: the engine continues after them, the noise of
    its next token is that of step `len(generated)`, and they count for the penalty and the cap.
    """

    id: int
    prompt: tuple[int, ...]
    setting: Setting
    key: int
    generated: tuple[int, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Completion:
    """The generated tokens of one request, the end-of-turn token included, earlier ones included."""

    id: int
    tokens: tuple[int, ...]
    finish_reason: FinishReason


@dataclass(frozen=True, slots=True)
class Partial:
    """The tokens of a running request since its previous report, so that a killed run can go on."""

    id: int
    tokens: tuple[int, ...]


class Engine(Protocol):
    """What `generation` needs of an engine; `choice.FACTORIES` has them by name."""

    @property
    def rows(self) -> int:
        """Requests in flight now."""
        ...

    def run(self, requests: Iterable[Request]) -> Iterator[Completion | Partial]:
        """Yield each request's completion as soon as it is finished, in any order.

        `requests` is pulled lazily, one by one, whenever the engine has room: it may be a shared queue.
        A long rollout may be reported by a `Partial` now and then, so that little is lost by a kill.
        """
        ...

    def stop(self) -> None:
        """Bring `run` to its end, for good.

        After the step that is under way it yields a `Partial` of every request in flight and returns. May be
        called from a signal handler.
        """
        ...
