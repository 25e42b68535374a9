"""A study as plain data, for `--json`: the run, the figures of each setting, the comparisons."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sdtool.report.comparisons import Comparison
    from sdtool.report.decomposition import Decomposition
    from sdtool.report.figures import Figure
    from sdtool.report.series import Series
    from sdtool.report.study import Study


def summary(found: Study, facts: Sequence[tuple[str, str]] = ()) -> dict[str, Any]:
    """The study as dicts, lists, numbers and texts; a number that is not finite is None.

    Args:
        found: what to sum up.
        facts: what was measured, by name, as `facts.facts` gives it.
    """
    own = [figure for figure in found.figures if figure.subset == "all"]
    outcomes = {
        split.setting: {name: _shown(share) for name, share in split.outcomes.items()}
        for split in found.splits
    }
    smaller = {cap: figures for cap, figures in found.by_cap.items() if cap != found.rollouts.cap}
    return {
        "run": {**dict(facts), "notes": list(found.notes)},
        "settings": [
            {**one, "outcomes": outcomes.get(one["setting"], {})} for one in _settings([*own, *found.repeats])
        ],
        "comparisons": comparisons(found.comparisons),
        "best": None if found.best is None else asdict(found.best),
        "decompositions": decompositions(found.decompositions),
        "series": [_series(one) for one in found.series],
        "caps": {
            str(cap): _settings(figure for figure in figures if figure.subset == "all")
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
            "low_holm": _finite(row.low_holm),
            "high_holm": _finite(row.high_holm),
            "detectable": _finite(row.detectable),
            "verdict": row.verdict,
        }
        for rows in by_metric.values()
        for row in rows
    ]


def decompositions(found: Iterable[Decomposition]) -> list[dict[str, Any]]:
    """Why accuracies differ, one dict per comparison; the two parts sum to the difference."""
    return [_decomposition(one) for one in found]


def _decomposition(one: Decomposition) -> dict[str, Any]:
    parts = {"answering_more_often": one.ending, "answering_better": one.answering}
    return {
        "setting": one.setting,
        "reference": one.reference,
        "n": one.n,
        "difference": one.difference,
        **{name: {"value": p.estimate, "low": p.low, "high": p.high} for name, p in parts.items()},
        "transitions": [
            {"from": before, "to": after, "share": share}
            for (before, after), share in one.transitions.items()
        ],
    }


def _series(one: Series) -> dict[str, Any]:
    """A setting over the steps; the slope is per step, and None where rollouts are missing."""
    slope = None if one.trend is None else one.trend
    return {
        "setting": one.name,
        "metric": one.metric,
        "n": one.n,
        "complete": one.curve.complete,
        "points": [
            {"step": p.x, "value": _finite(p.value), "low": _finite(p.low), "high": _finite(p.high)}
            for p in one.curve.points
        ],
        "slope": None if slope is None else {"value": slope.estimate, "low": slope.low, "high": slope.high},
        "p_value": None if slope is None else slope.p_value,
        "p_holm": one.p_holm,
        "verdict": one.verdict,
        "first_different": one.first_different,
    }


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
        setting["metrics"][figure.metric] = _shown(figure)
    return list(found.values())


def _shown(figure: Figure) -> dict[str, Any]:
    return {
        "value": _finite(figure.value) if figure.complete else None,
        "low": _finite(figure.low),
        "high": _finite(figure.high),
        "kind": "interval" if figure.complete else "bounds",
    }


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
