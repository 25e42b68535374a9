"""TRL: a reward function, by its name or as an object.

    trl grpo --reward_funcs sdtool.integrations.trl.math_reward …
    GRPOTrainer(reward_funcs=math_reward, …)

The data set has a column `solution` with the gold or the whole solution. Set `mask_truncated_completions` in
the trainer's configuration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdtool.integrations.rewards import graded, reward

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["math_reward", "thinking_math_reward"]


def math_reward(
    completions: Sequence[Any],
    solution: Sequence[Any],
    thinking: bool | None = None,
    *,
    log_extra: Callable[[str, list[Any]], None] | None = None,
    log_metric: Callable[[str, float], None] | None = None,
    **columns: Any,  # noqa: ARG001 - the trainer hands over every column
) -> list[float | None]:
    """1.0 for a correct completion, 0.0 for any other; None, which TRL skips, where the gold is at fault.

    Args:
        completions: texts or lists of chat messages.
        solution: golds, or whole solutions.
        thinking: True where the chat template opens `<think>`; see `sdtool.extract`.
        log_extra: TRL's; gets the answers and the reasons, for the table of completions.
        log_metric: TRL's; gets the shares of boxed and of undecided answers.
        columns: the other columns of the data set.
    """
    grades = graded(solution, completions, thinking=thinking)
    if log_extra:
        log_extra("answer", [grade.answer or "" for grade in grades])
        log_extra("reason", [grade.reason for grade in grades])
    if log_metric and len(grades):
        log_metric("boxed", sum(grade.boxed for grade in grades) / len(grades))
        log_metric("undecided", sum(grade.verdict == "undecided" for grade in grades) / len(grades))
    return [reward(gold, grade) for gold, grade in zip(solution, grades, strict=True)]


def thinking_math_reward(
    completions: Sequence[Any], solution: Sequence[Any], **columns: Any
) -> list[float | None]:
    """`math_reward` for models whose chat template opens `<think>`."""
    return math_reward(completions, solution, thinking=True, **columns)
