"""verifiers: a reward in one line.

@vf.reward
async def correct(self, trace: vf.Trace) -> float:
    return math_reward(trace, self.data.answer)
"""

from __future__ import annotations

from typing import Any

import sdtool
from sdtool.integrations.rewards import POLICY, reward

__all__ = ["math_reward", "thinking_math_reward"]


def math_reward(trace: Any, gold: Any, thinking: bool | None = None) -> float:
    """1.0 for a correct reply, 0.0 for any other, one that verifiers calls truncated included.

    The answer, the reason, and whether the gold is at fault are kept in `trace.info["sdtool"]`.

    Args:
        trace: the rollout; a thought that the provider keeps apart from the reply is one.
        gold: the gold, or the whole solution.
        thinking: True where the chat template opens `<think>`; see `sdtool.extract`.
    """
    messages = trace.assistant_messages
    grade = sdtool.grade(gold, messages[-1:] if messages else trace.last_reply, POLICY, thinking)
    paid = reward(gold, grade)
    about = {"answer": grade.answer, "reason": grade.reason, "gold_at_fault": paid is None}
    trace.info["sdtool"] = about | {"truncated": trace.is_truncated}
    return 0.0 if trace.is_truncated else paid or 0.0


def thinking_math_reward(trace: Any, gold: Any) -> float:
    """`math_reward` for models whose chat template opens `<think>`."""
    return math_reward(trace, gold, thinking=True)
