"""verl: a reward function, by its name.

    reward.custom_reward_function.path=pkg://sdtool.integrations.verl
    reward.custom_reward_function.name=compute_score

For models whose chat template opens `<think>` the name is `thinking_compute_score`.
"""

from __future__ import annotations

from typing import Any

import sdtool
from sdtool.integrations.rewards import POLICY, reward

__all__ = ["compute_score", "thinking_compute_score"]


def compute_score(
    data_source: str,  # noqa: ARG001 - one rule for every source
    solution_str: str,
    ground_truth: Any,
    extra_info: dict[str, Any] | None = None,  # noqa: ARG001
    thinking: bool | None = None,
    **others: Any,  # noqa: ARG001 - what reward managers add
) -> dict[str, float | str]:
    """Score one response: `score` is what verl pays, the rest is logged beside it.

    `acc` and `pred` are the names that verl's validation reads (accuracy and majority votes). verl has no way
    to pay nothing: where the gold is at fault the score is 0.0 and `gold_at_fault` 1.0, so that such rows can
    be found and dropped from the data.
    """
    gold = ground_truth.tolist() if hasattr(ground_truth, "tolist") else ground_truth  # Parquet gives arrays
    grade = sdtool.grade(gold, solution_str, POLICY, thinking)
    paid = reward(gold, grade)
    return {
        "score": paid or 0.0,
        "acc": float(bool(grade)),
        "pred": grade.answer or "",
        "reason": grade.reason,
        "gold_at_fault": float(paid is None),
    }


def thinking_compute_score(
    data_source: str,
    solution_str: str,
    ground_truth: Any,
    extra_info: dict[str, Any] | None = None,
    **others: Any,
) -> dict[str, float | str]:
    """`compute_score` for models whose chat template opens `<think>`."""
    return compute_score(data_source, solution_str, ground_truth, extra_info, thinking=True, **others)
