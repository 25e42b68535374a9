"""inspect_ai: `inspect score LOG --scorer sdtool/boxed`, or `Task(…, scorer=boxed())`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sdtool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspect_ai.scorer import Score, Scorer, Target
    from inspect_ai.solver import TaskState

__all__ = ["boxed"]  # noqa: F822 - made when it is asked for


def _boxed() -> Any:
    """Make the scorer, which registers it with inspect_ai."""
    from inspect_ai.scorer import CORRECT, INCORRECT, NOANSWER, Score, accuracy, scorer, stderr

    @scorer(metrics=[accuracy(), stderr()])  # type: ignore[untyped-decorator]
    def boxed(
        thinking: bool | None = None, extractor: str | Sequence[str] = "boxed", strict: bool = False
    ) -> Scorer:
        r"""Grade the last `\boxed{}` after the thought; the best of several targets counts.

        The answer and the reason are in the score; what is undecided counts as incorrect and is told apart by
        its `verdict` in the metadata.

        Args:
            thinking: as for `sdtool.extract`.
            extractor: as for `sdtool.extract`.
            strict: grade without any leniency.
        """
        policy = sdtool.Policy.strict() if strict else sdtool.Policy()

        async def score(state: TaskState, target: Target) -> Score:
            # The message, not its text: inspect_ai keeps the thought apart.
            messages = [state.output.message] if state.output.choices else ""
            grade = sdtool.grade(list(target) or "", messages, policy, thinking, extractor)
            return Score(
                value=CORRECT if grade else INCORRECT if grade.answer else NOANSWER,
                answer=grade.answer,
                explanation=f"{grade.verdict}: {grade.reason}",
                metadata=grade.as_dict(),
            )

        return score

    return boxed


def __getattr__(name: str) -> Any:
    # inspect_ai is loaded when the scorer is asked for, as by the entry point.
    if name != "boxed":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return globals().setdefault("boxed", _boxed())
