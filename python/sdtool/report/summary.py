"""A study as plain data, for `--json`: the run, the figures of each setting, the comparisons."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sdtool.report.comparisons import Comparison
    from sdtool.report.figures import Figure
    from sdtool.report.study import Study


def summary(found: Study, facts: Sequence[tuple[str, str]] = ()) -> dict[str, Any]:
    """The study as dicts, lists, numbers and texts; a number that is not finite is None.

    Args:
        found: what to sum up.
        facts: what was measured, by name, as `facts.facts` gives it.
    """
    own = [figure for figure in found.figures if figure.budget == "all"]
    smaller = {cap: figures for cap, figures in found.by_cap.items() if cap != found.rollouts.cap}
    return {
        "run": {**dict(facts), "notes": list(found.notes)},
        "settings": _settings(own),
        "comparisons": comparisons(found.comparisons),
        "caps": {
            str(cap): _settings(figure for figure in figures if figure.budget == "all")
            for cap, figures in sorted(smaller.items())
        },
    }


def comparisons(by_metric: Mapping[str, Sequence[Comparison]]) -> list[dict[str, Any]]:
    """One dict per comparison; where rollouts are missing, bounds and no difference."""
    return [
        {
            "setting": row.setting,
            "reference": row.reference,
            "metric": row.metric,
            "n": row.n,
            "complete": row.complete,
            "missing": row.missing,
            "difference": _finite(row.estimate),
            "low": _finite(row.low),
            "high": _finite(row.high),
            "p_value": _finite(row.p_value),
            "p_holm": _finite(row.p_holm),
            "detectable": _finite(row.detectable),
            "verdict": row.verdict,
        }
        for rows in by_metric.values()
        for row in rows
    ]


def _settings(figures: Iterable[Figure]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for figure in figures:
        setting = found.setdefault(
            figure.setting,
            {
                "setting": figure.setting,
                "n": figure.n,
                "complete": figure.complete,
                "missing": figure.missing,
                "metrics": {},
            },
        )
        setting["metrics"][figure.metric] = {
            "value": _finite(figure.value) if figure.complete else None,
            "low": _finite(figure.low),
            "high": _finite(figure.high),
            "kind": "interval" if figure.complete else "bounds",
        }
    return list(found.values())


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
