"""The words of the project as data: problems, rollouts, and the columns of a stored run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sdtool.parameters import PARAMETERS

if TYPE_CHECKING:
    from sdtool.parameters import Setting

FinishReason = Literal["stop", "length"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One question with its gold answer.

    `difficulty` orders problems within a source, `date` is ISO 8601, `contamination` is a free tag.
    `stratum`, `stratum_size` and `subset_rank` are its place in the problem set that it was taken from, if
    that has subsets: the stratum, how many problems that has in the full set, and the place in its order.
    """

    id: str
    text: str
    gold: str
    source: str
    difficulty: str | None = None
    date: str | None = None
    contamination: str | None = None
    stratum: str | None = None
    stratum_size: int | None = None
    subset_rank: int | None = None


@dataclass(frozen=True, slots=True)
class Rollout:
    """One sampled response to one problem under one setting, ungraded.

    `sample` numbers the repeats from 0. `tokens` are the generated ids, the end-of-turn token included.
    `token_ends[i]` is the byte offset in the UTF-8 of `response` where token i ends, so a smaller cap
    can be replayed. `think_close_token` is the index of the token that completes the first
    `</think>`, or None. `thinking` says what the prompt opened, as `sdtool.grade` takes it.
    """

    problem: Problem
    setting: Setting
    sample: int
    prompt: str
    response: str
    finish_reason: FinishReason
    tokens: tuple[int, ...]
    token_ends: tuple[int, ...]
    think_close_token: int | None
    thinking: bool | None

    @property
    def key(self) -> Key:
        """What identifies the rollout within its run."""
        return self.problem.id, self.setting.name, self.sample


Key = tuple[str, str, int]
"""(problem id, setting name, sample): one rollout of a run."""

RENAMED = {"budget_rank": "subset_rank"}
"""Columns of a problem set by their names in version 0.1, whose files are read, and by their names now."""

COLUMNS = {
    "problem_id": "string",
    "source": "string",
    "difficulty": "string",
    "date": "string",
    "contamination": "string",
    "setting": "string",
    "sample": "int32",
    **{name: "int32" if parameter.whole else "float64" for name, parameter in PARAMETERS.items()},
    "seed": "int64",
    "cap": "int32",
    "prompt": "string",
    "response": "string",
    "finish_reason": "string",
    "n_tokens": "int32",
    "token_ends": "list<int32>",
    "think_close_token": "int32",
    "gold": "string",
    "answer": "string",
    "verdict": "string",
    "reason": "string",
    "correct": "bool",
    "think_closed": "bool",
    "boxed": "bool",
    "looped": "bool",
    "grader_version": "string",
    "tokens": "list<int32>",
}
"""The columns of a stored rollout and their Arrow types, in order."""
