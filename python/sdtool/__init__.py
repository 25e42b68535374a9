"""sdtool: generate, grade and report rollouts of thinking models on competition math."""

from typing import TYPE_CHECKING, Any

from sdtool._native import (
    Comparison,
    Extraction,
    Grade,
    GradedBatch,
    compare,
    equivalent,
    explain,
    extract,
    grade,
    grade_batch,
)
from sdtool.grading import Limits, Policy

if TYPE_CHECKING:
    from sdtool.exporting import export
    from sdtool.regrading import Regraded, regrade

__all__ = [
    "Comparison",
    "Extraction",
    "Grade",
    "GradedBatch",
    "Limits",
    "Policy",
    "Regraded",
    "compare",
    "equivalent",
    "explain",
    "export",
    "extract",
    "grade",
    "grade_batch",
    "regrade",
]


def __getattr__(name: str) -> Any:
    # Who only grades does not load what reads and writes files.
    if name == "export":
        from sdtool.exporting import export

        return export
    if name in {"Regraded", "regrade"}:
        from sdtool import regrading

        return getattr(regrading, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
