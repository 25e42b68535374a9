"""lm-evaluation-harness.

    lm_eval --include_path $(python -m sdtool integrations lm-eval) --tasks sdtool_math500 …

The tasks are the YAML files of this folder. A task of your own includes `sdtool.yaml` and names its data.
"""

from __future__ import annotations

from typing import Any

import sdtool

__all__ = ["process_results", "thinking_process_results"]

GOLDS = ("gold", "answer", "solution", "target", "expected_answer")
"""Where a problem's gold is, in this order."""


def process_results(
    doc: dict[str, Any], results: list[Any], thinking: bool | None = None
) -> dict[str, float]:
    """Grade the responses to one problem; of several (`repeats`) each metric is the mean.

    Raises:
        KeyError: the problem has none of the columns `GOLDS`.
    """
    gold = next((doc[name] for name in GOLDS if doc.get(name) is not None), None)
    if gold is None:
        raise KeyError(f"a problem needs one of the columns {', '.join(GOLDS)}; there are {', '.join(doc)}")
    responses = [each for result in results for each in (result if isinstance(result, list) else [result])]
    grades = sdtool.grade_batch([gold] * len(responses), responses, thinking=thinking)
    share = 1 / max(len(grades), 1)
    return {
        "accuracy": share * sum(map(bool, grades)),
        "undecided": share * sum(grade.verdict == "undecided" for grade in grades),
        "boxed": share * sum(grade.boxed for grade in grades),
        "think_close": share * sum(grade.think_closed for grade in grades),
    }


def thinking_process_results(doc: dict[str, Any], results: list[Any]) -> dict[str, float]:
    """`process_results` for models whose chat template opens `<think>`."""
    return process_results(doc, results, thinking=True)
