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

TYPE_CHECKING = False  # type checkers read it as True; importing `typing` would take as long as all of this
if TYPE_CHECKING:
    from sdtool.exporting import export
    from sdtool.grading import Limits, Policy
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
    "Limits": "sdtool.grading",
    "Policy": "sdtool.grading",
    "Regraded": "sdtool.regrading",
    "Results": "sdtool.results",
    "export": "sdtool.exporting",
    "read": "sdtool.results",
    "regrade": "sdtool.regrading",
}
"""What the grader's functions can do without, by the module that has it."""


def __getattr__(name: str) -> object:
    if name in _LAZY:
        from importlib import import_module

        return globals().setdefault(name, getattr(import_module(_LAZY[name]), name))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
