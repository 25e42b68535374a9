"""sdtool: generate, grade and report rollouts of thinking models on competition math."""

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

__all__ = [
    "Comparison",
    "Extraction",
    "Grade",
    "GradedBatch",
    "Limits",
    "Policy",
    "compare",
    "equivalent",
    "explain",
    "extract",
    "grade",
    "grade_batch",
]
