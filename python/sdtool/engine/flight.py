"""What is in flight: rollouts, steps that the device was given, a prompt that is read; and what was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sdtool.engine import Partial

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sdtool.engine import Completion, Request
    from sdtool.engine.decoder import Drawn
    from sdtool.engine.layers import Prompt
    from sdtool.schema import FinishReason

# A running rollout is reported again after so many tokens more.
REPORT_EVERY = 512


@dataclass(eq=False, slots=True)
class Slot:
    """A rollout on its way: `tokens` are its prompt and what it generated so far, as far as the host knows.

    Attributes:
        reported: how many tokens were there at its last report.
        row: where it runs, None while it waits.
        due: how many tokens it has when it is next looked at, see `next_due`.
        wide: whether it draws from the whole vocabulary, as after a step that could not decide.
        ended: whether tokens that are still to come are to be dropped.
    """

    request: Request
    tokens: list[int]
    reported: int
    row: int | None = None
    due: int = 0
    wide: bool = False
    ended: bool = False

    @classmethod
    def of(cls, request: Request) -> Slot:
        """A slot that goes on where the request stopped."""
        tokens = [*request.prompt, *request.generated]
        return cls(request, tokens, len(tokens))

    @property
    def generated(self) -> list[int]:
        """The tokens after the prompt."""
        return self.tokens[len(self.request.prompt) :]

    def finished(self, end_tokens: Collection[int], cap: int) -> FinishReason | None:
        """The finish reason of a rollout that has ended, else None."""
        generated = len(self.tokens) - len(self.request.prompt)
        if generated and self.tokens[-1] in end_tokens:
            return "stop"
        return "length" if generated >= cap else None

    def next_due(self, cap: int) -> int:
        """How many tokens it has when it is to be reported, or is at the cap."""
        return min(self.reported + REPORT_EVERY, len(self.request.prompt) + cap)

    def report(self) -> list[Completion | Partial]:
        """What it generated since its last report."""
        tokens = tuple(self.tokens[self.reported :])
        self.reported = len(self.tokens)
        return [Partial(self.request.id, tokens)] if tokens else []


@dataclass(frozen=True, slots=True)
class Launched:
    """A step that the device has been given: whose tokens it draws, and where they will be."""

    slots: list[Slot]
    drawn: Drawn


@dataclass(frozen=True, slots=True)
class Reading:
    """A long prompt that is read a chunk at a time, between steps, into pages that are set aside."""

    slot: Slot
    chunks: Iterator[Prompt | None]
    reserved: list[int]


@dataclass(slots=True)
class Counters:
    """What the engine has done.

    Attributes:
        steps: forward passes of one token a row.
        row_steps: rows in them.
        prefills: forward passes over prompts.
        preemptions: rows that were put back for want of pages.
        restarts: rows that were put back because too many tokens tied.
        out_of_memory: times that memory ran out.
    """

    steps: int = 0
    row_steps: int = 0
    prefills: int = 0
    preemptions: int = 0
    restarts: int = 0
    out_of_memory: int = 0
