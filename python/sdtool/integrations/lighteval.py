"""lighteval: `metrics=[boxed]` in the configuration of a task that `--custom-tasks` loads.

`boxed` is the share of correct responses (of several responses to a problem the mean); `thinking_boxed` is
for models whose chat template opens `<think>`. lighteval keeps no reasons: `python -m sdtool regrade` on
its details gives them.
"""

from __future__ import annotations

from typing import Any

import sdtool

__all__ = ["boxed", "thinking_boxed"]  # noqa: F822 - made when they are asked for


def _metric(name: str, thinking: bool | None) -> Any:
    from lighteval.metrics.metrics_sample import SampleLevelComputation
    from lighteval.metrics.utils.metric_utils import SampleLevelMetric
    from lighteval.tasks.requests import SamplingMethod

    class Boxed(SampleLevelComputation):  # type: ignore[misc]
        """The share of a problem's responses that are correct."""

        def compute(self, doc: Any, model_response: Any, **others: Any) -> float:  # noqa: ARG002
            responses, golds = model_response.final_text, doc.get_golds()
            grades = sdtool.grade_batch([golds] * len(responses), responses, thinking=thinking)
            return sum(map(bool, grades)) / max(len(grades), 1)

    return SampleLevelMetric(
        metric_name=name,
        sample_level_fn=Boxed(),
        category=SamplingMethod.GENERATIVE,
        corpus_level_fn=_mean,
        higher_is_better=True,
    )


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def __getattr__(name: str) -> Any:
    # lighteval is loaded when a metric is asked for.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return globals().setdefault(name, _metric(name, True if name == "thinking_boxed" else None))
