"""Grading: what counts as the same answer, and the native functions for the rest of the package.

For users the grader's functions are `sdtool.extract`, `equivalent`, `compare`, `grade`, `explain` and
`grade_batch`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from sdtool._native import NativePolicy, looped
from sdtool._native import grader_version as GRADER_VERSION  # noqa: N812 - a constant, whatever the binding calls it

__all__ = ["GRADER_VERSION", "Limits", "Policy", "looped"]

# Nesting that fits the stack of any thread.
_DEEPEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a comparison may cost. What exceeds a limit is undecided, unless both sides are the same text.

    All limits are counts, never times, so a verdict is the same on every machine.

    Attributes:
        length: bytes of one side.
        depth: nesting of brackets, fractions, powers and the like; at most 100.
        nodes: nodes of one side's syntax tree.
        digits: digits of one number.
        expansions: elements that `±` may expand to.
        work: work units of one comparison, of about 10 ns each.
    """

    length: int = 1 << 16
    depth: int = 100
    nodes: int = 1 << 14
    digits: int = 10_000
    expansions: int = 1 << 10
    work: int = 2_000_000

    def __post_init__(self) -> None:
        """Refuse a depth that outgrows the stack.

        Raises:
            ValueError: depth is above 100.
        """
        if isinstance(self.depth, int) and self.depth > _DEEPEST:
            message = (
                f"Limits.depth is at most {_DEEPEST}, for deeper nesting outgrows the stack; not {self.depth}"
            )
            raise ValueError(message)


@dataclass(frozen=True, kw_only=True)
class Policy:
    r"""What counts as the same answer: every leniency is a field, and the defaults are the rules of equality.

    Attributes:
        answer_rounding_digits: an answer that is a decimal of at least this many significant digits equals
            an exact gold that rounds to it (`0.333333` for `1/3`); None: never.
        gold_rounding_digits: a gold that is a decimal of at least this many significant digits equals an
            exact answer that rounds to it (`6.46` for `84/13`); None: never.
        ignore_unit: a unit that only one side carries is ignored (`5 cm` and `5`).
        ignore_percent: a percent sign that only one side carries is ignored (`50\%` and `50`); that
            `50\%` is `1/2` holds always.
        ignore_name: a name that only one side gives its value is ignored (`x=5` and `5`).
        ignore_domain: what only one side says of the domain of a letter is ignored
            (`2k\pi, k \in \mathbb{Z}`, `for all real x`); a condition never is.
        ignore_label: labels that only one side carries are ignored (`(1) 3; (2) 5`, `Paolo: 18`).
        ignore_remark: a remark (`5 (approximately)`) or an explanation behind Yes or No on one side is
            ignored.
        ignore_sentence: the sentence around one side's value is ignored (`The eighth term is 194.`).
        ignore_base: a base subscript that only one side carries is ignored (`11_2` and `11`).
        adopt_brackets: a bare list takes the brackets of the other side (`1,2` and `(1,2)`).
        option_letters: `A` and `(A)` are the same option.
        option_values: `(A) 5` is `A`, and it is `5`.
        loose_text: words are compared without case and articles; without punctuation they always are.
        numeric_identity: an identity that evaluation confirms, with a chance of error below 2^-64, is
            equality.
        evaluated: where the gold is a number, the answer must be one that is written out:
            `513^2-487^2` is not; where it is an expression that is worked out, so must the answer be:
            `19x+1-4x-81` is not.
        limits: what a comparison may cost.
    """

    answer_rounding_digits: int | None = 6
    gold_rounding_digits: int | None = 3
    ignore_unit: bool = True
    ignore_percent: bool = True
    ignore_name: bool = True
    ignore_domain: bool = True
    ignore_label: bool = True
    ignore_remark: bool = True
    ignore_sentence: bool = True
    ignore_base: bool = True
    adopt_brackets: bool = True
    option_letters: bool = True
    option_values: bool = True
    loose_text: bool = True
    numeric_identity: bool = True
    evaluated: bool = False
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        # The grader reads the fields here, once, and not at every call.
        self.__dict__["_native"] = NativePolicy(self)

    def __getstate__(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__post_init__()

    @classmethod
    def strict(cls) -> Policy:
        """No leniency at all: exact mathematics and the same words."""
        return cls(
            answer_rounding_digits=None,
            gold_rounding_digits=None,
            ignore_unit=False,
            ignore_percent=False,
            ignore_name=False,
            ignore_domain=False,
            ignore_label=False,
            ignore_remark=False,
            ignore_sentence=False,
            ignore_base=False,
            adopt_brackets=False,
            option_letters=False,
            option_values=False,
            loose_text=False,
            numeric_identity=False,
        )

    @classmethod
    def reward(cls) -> Policy:
        """For training against the grader: refuses what would be paid for more than one gold, or unworked.

        A percent sign or a base on one side alone, an option letter beside a value, a sentence around a
        value, and an expression where the gold is a number are refused. Solved names, units and brackets
        are as lenient as by default, for a right value that is written so is right.
        """
        return cls(
            ignore_percent=False,
            ignore_base=False,
            option_values=False,
            ignore_sentence=False,
            evaluated=True,
        )
