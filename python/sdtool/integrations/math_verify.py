"""For code that is written against Math-Verify: `from sdtool.integrations.math_verify import parse, verify`.

docs/math-verify.md says what changes.
"""

from __future__ import annotations

import warnings
from typing import Any

import sdtool

__all__ = ["parse", "verify"]

NEEDLESS = {"parsing_timeout", "timeout_seconds", "raise_on_error"}
"""Arguments that change nothing: no clock can run out, and a bad text is a verdict, not an error."""


def parse(pred: str, *options: Any, **named: Any) -> list[str]:
    r"""Find the answer in a text: its last box after the thought, else what a phrase announces, else all.

    Returns:
        One answer; none where the text is empty, its last box is cut, or its thought was never closed.
    """
    _named_once("parse", options, named)
    found = sdtool.extract(pred, extractor=("boxed", "hash", "minerva", "answer-line"))
    if found.answer is not None:
        return [found.answer]
    announced = any(mark in pred for mark in ("\\boxed", "\\fbox", "<think>", "</think>"))
    return [pred] if pred.strip() and not announced else []


def verify(gold: Any, target: Any, *options: Any, **named: Any) -> bool:
    """Whether one of the answers in `target` equals one of those in `gold`; undecided is False."""
    _named_once("verify", options, named)
    golds = list(gold) if isinstance(gold, list | tuple | set) else [gold]
    targets = list(target) if isinstance(target, list | tuple | set) else [target]
    return bool(golds) and any(sdtool.equivalent(golds, str(answer)) for answer in targets)


def _named_once(function: str, options: tuple[Any, ...], named: dict[str, Any]) -> None:
    """Say which options are not used, as Python's warnings do: once a place."""
    unused = [*map(str, options), *(name for name in named if name not in NEEDLESS)]
    if unused:
        message = f"{function}: {', '.join(unused)} has no counterpart in sdtool and is not used"
        warnings.warn(message, stacklevel=3)
