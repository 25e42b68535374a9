"""What is the matter with a problem: a gold that cannot be matched, a text that lost something."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sdtool.validation.wording import without_drawings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sdtool import GoldCheck

CONFLICT = "conflicting-gold"
CONTROL = "control-characters"
FIGURE = "missing-figure"
ESTIMATE = "estimation"
UNIT = "unread-unit"
WORDS = "gold-in-words"
ONLY_WORDS = "same-text"  # the grader's reason for a gold that it could not read as mathematics

# A control character, or the rest of a LaTeX command whose backslash and letter an escape swallowed:
# `\times` read as a tab and `imes`, `\neq` as a line end and `eq`.
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]"
    r"|\t(?:ext|heta|imes|riangle|extbf)(?![a-z])|\r(?:ight|ho|angle|floor|ceil)(?![a-z])"
    r"|\n(?:eq|abla|otin|eg)(?![a-z])"
)
_PICTURE = r"(?:figure|diagram|picture|drawing|sketch|illustration|image|graph|chart|table)"
_FIGURE = re.compile(
    rf"""\b(?:in|on|from|see|by)\s+the\s+(?:(?:following|accompanying|adjoining|given|attached|above|below)\s+{_PICTURE}
          |(?:figure|diagram|picture|drawing|sketch|illustration|image))\b
      | \b{_PICTURE}\s+(?:is\s+)?(?:shown\s+|given\s+)?(?:below|above|(?:at|on)\s+the\s+(?:left|right))\b
      | \b(?:as|is|are)\s+(?:shown|pictured|illustrated|depicted)
          (?:\s+(?:below|above|here)|\s+in\s+the\s+{_PICTURE}|\s*[.,])
      | \b(?:shown|pictured|depicted)\s+(?:below|above|at\s+(?:the\s+)?(?:left|right))\b
      | !\[[^\]]*\]\( | \\includegraphics | <img\b | <image""",
    re.IGNORECASE | re.VERBOSE,
)
_DRAWN = re.compile(
    r"\[asy\]|<asy>|```\s*(?:asy|tikz|svg)|\\begin\s*\{(?:asy|tikzpicture|picture|pspicture|tabular|array|matrix)"
    r"|<svg|\|\s*-{2,}|<table|\bdraw\s*\(",
    re.IGNORECASE,
)
_ESTIMATE = re.compile(
    r"^\W*estimate\b|\bestimat(?:e|ion)\b.*\b(?:points?|earn|score|receive|credit)\b"
    r"|\b(?:points?|score)\b.*\bestimat(?:e|ion)\b|\bif\s+your\s+answer\s+is\b.*\b(?:points?|score|receive)\b",
    re.IGNORECASE | re.DOTALL,
)

# Why the grader cannot match a gold, and what to do about it.
SUGGESTIONS = {
    "no-gold": "give the answer in the gold's column",
    "unparsable-gold": "write the answer alone, in LaTeX that the grader reads, or leave the problem out",
    "undefined-gold": "the value does not exist, such as a division by zero: check the answer",
    "over-limit-gold": "the gold is longer than what the grader reads: write the answer alone",
    "over-budget-gold": "the gold takes too much work to compare: write its value",
    "false-chain-gold": "the gold says that different numbers are equal: check the answer",
}


def text_flags(text: str) -> Iterator[tuple[str, str]]:
    """What is the matter with a problem's text: flags, each with what shows it."""
    if (found := _CONTROL.search(text)) is not None:
        around = text[max(0, found.start() - 10) : found.end() + 15]
        yield CONTROL, f"{around!r}: an escape was read twice; mend it at the source"
    if (found := _FIGURE.search(text)) is not None and not _DRAWN.search(text):
        yield FIGURE, f"it speaks of a figure ({' '.join(found[0].split())!r}) that is not in the text"
    if (found := _ESTIMATE.search(without_drawings(text))) is not None:
        yield (
            ESTIMATE,
            f"it asks for an estimate ({' '.join(found[0].split())[:60]!r}): an exact gold cannot grade it",
        )


def gold_fault(gold: str, check: GoldCheck) -> tuple[str, str] | None:
    """Why a gold cannot be matched by any answer, with what to do about it; None if one can."""
    if check.ok:
        return None
    return check.reason, f"{gold}: {SUGGESTIONS.get(check.reason, 'write the answer alone, in plain LaTeX')}"


def gold_flags(gold: str, check: GoldCheck) -> Iterator[tuple[str, str]]:
    """What is the matter with a gold that can be matched."""
    if check.reason == ONLY_WORDS and len(gold.split()) > 1:
        yield WORDS, "the gold is words, which only the same words match: expect right answers to be missed"
