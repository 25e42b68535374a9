"""ms-swift: its rewards `sdtool` and `sdtool_thinking`.

    swift rlhf --external_plugins $(python -m sdtool integrations swift) --reward_funcs sdtool …

The data set has a column `solution` with the gold or the whole solution. Set `--overlong_filter true`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdtool.integrations.rewards import graded, reward

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["MathReward", "ThinkingMathReward", "register"]


class MathReward:
    """1.0 for a correct completion, 0.0 for any other; None where the gold is at fault."""

    thinking: bool | None = None

    def __init__(self, args: Any = None, **options: Any) -> None:
        """Take what ms-swift gives to every reward, and need none of it."""

    def __call__(
        self,
        completions: Sequence[str],
        solution: Sequence[Any],
        **columns: Any,  # noqa: ARG002 - ms-swift hands over every column
    ) -> list[float | None]:
        """Score completions against the column `solution`."""
        grades = graded(solution, completions, thinking=self.thinking)
        return [reward(gold, grade) for gold, grade in zip(solution, grades, strict=True)]


class ThinkingMathReward(MathReward):
    """`MathReward` for models whose chat template opens `<think>`."""

    thinking = True


def register() -> None:
    """Make the rewards known to ms-swift under the names `sdtool` and `sdtool_thinking`."""
    from swift.rewards import orms

    orms.update(sdtool=MathReward, sdtool_thinking=ThinkingMathReward)
