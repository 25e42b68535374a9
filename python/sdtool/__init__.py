"""sdtool: generate, grade and report rollouts of thinking models on competition math.

The grader is here, and importing it loads nothing else:

    extract      find the answer of a response
    grade        find it and compare it with the gold answer
    grade_batch  the same for many responses, from sequences or Arrow, on threads
    compare      compare two answers: verdict and reason
    equivalent   the same, as a bool
    explain      the same, in words
    check_gold   whether a gold can be matched at all
    Policy       what counts as the same answer; Policy.reward() for training against the grader

What needs files is loaded when it is used: `regrade` grades stored rollouts, `export` writes them as training
data. `sdtool.generation` makes
rollouts, `sdtool.logits` has processors for `model.generate`, `sdtool.integrations` one line for each
framework.
"""

from typing import TYPE_CHECKING, Any

from sdtool._native import (
    Comparison,
    Extraction,
    GoldCheck,
    Grade,
    GradedBatch,
    check_gold,
    compare,
    equivalent,
    explain,
    extract,
    grade,
    grade_batch,
)
from sdtool._native import grader_version as __version__
from sdtool.grading import Limits, Policy

if TYPE_CHECKING:
    from sdtool.exporting import export
    from sdtool.regrading import Regraded, regrade
    from sdtool.results import Results, read

__all__ = [
    "Comparison",
    "Extraction",
    "GoldCheck",
    "Grade",
    "GradedBatch",
    "Limits",
    "Policy",
    "Regraded",
    "Results",
    "__version__",
    "check_gold",
    "compare",
    "equivalent",
    "explain",
    "export",
    "extract",
    "grade",
    "grade_batch",
    "read",
    "regrade",
]

_LAZY = {
    "Regraded": "sdtool.regrading",
    "Results": "sdtool.results",
    "export": "sdtool.exporting",
    "read": "sdtool.results",
    "regrade": "sdtool.regrading",
}
"""What reads and writes files, by the module that has it: who only grades does not load it."""


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
