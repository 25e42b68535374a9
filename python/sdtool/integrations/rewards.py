"""What a graded response is paid in training, whichever the trainer."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sdtool

if TYPE_CHECKING:
    from collections.abc import Sequence

POLICY = sdtool.Policy.reward()


def graded(
    golds: Sequence[Any],
    responses: Sequence[Any],
    *,
    thinking: bool | None,
    extractor: str | Sequence[str] = "boxed",
) -> sdtool.GradedBatch:
    """Grade responses under the policy for rewards."""
    return sdtool.grade_batch(golds, responses, POLICY, thinking, extractor)


def reward(gold: Any, grade: sdtool.Grade) -> float | None:
    """1.0 for a correct response, 0.0 for any other, None where no response could be: the gold's fault."""
    if grade:
        return 1.0
    return None if grade.reason.endswith("-gold") or not _can_be_matched(gold) else 0.0


def _can_be_matched(gold: Any) -> bool:
    return gold is not None and _checked(tuple(gold) if isinstance(gold, list) else gold)


@lru_cache(maxsize=1 << 14)  # a problem's rollouts share their gold
def _checked(gold: Any) -> bool:
    return gold != () and sdtool.check_gold(gold, POLICY).ok
