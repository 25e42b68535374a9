"""The words of the project as data: problems, rollouts, and the columns of a stored run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FinishReason = Literal["stop", "length"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One question with its gold answer.

    `difficulty` orders problems within a source, `date` is ISO 8601, `contamination` is a free tag.
    """

    id: str
    text: str
    gold: str
    source: str
    difficulty: str | None = None
    date: str | None = None
    contamination: str | None = None


@dataclass(frozen=True, slots=True)
class Rollout:
    """One sampled response to one problem under one setting, ungraded.

    `setting` is the setting's name, `sample` numbers the repeats from 0. `token_ends[i]` is the byte
    offset in the UTF-8 of `response` where token i ends, so a smaller cap can be replayed.
    `think_close_token` is the index of the token that completes the first `</think>`, or None.
    """

    problem: Problem
    setting: str
    sample: int
    prompt: str
    response: str
    finish_reason: FinishReason
    token_ends: tuple[int, ...]
    think_close_token: int | None
    looped: bool

    @property
    def n_tokens(self) -> int:
        """Generated tokens, the end-of-turn token included."""
        return len(self.token_ends)
