"""JSON files that are one object around their rollouts: logs, results and tables."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]

WRAPPERS = (
    "samples", "examples", "rollouts", "records", "rows", "instances", "results", "data", "details",
    "testCases", "request_states",
)  # fmt: skip
"""Members under which an object that is a whole file holds its rollouts, as logs of inspect_ai do."""


def rollouts(whole: Row) -> list[Row] | None:
    """The rollouts of an object that is a whole file, with the model and the task; None if it has none."""
    for rows in (_by_number(whole), _values(whole), _columns(whole)):
        if rows:
            return rows
    log = whole.get("eval")
    header: Row = log if isinstance(log, dict) else {}
    about = {
        name: value
        for name, value in (
            ("model", whole.get("model") or header.get("model")),
            ("task", whole.get("task") or header.get("task")),
        )
        if isinstance(value, str)
    }
    for name in WRAPPERS:
        inner = whole.get(name)
        if isinstance(inner, list) and inner and all(isinstance(row, dict) for row in inner):
            return [about | row for row in inner]
        if isinstance(inner, dict):
            # promptfoo: results within results.
            if found := rollouts(inner):
                return [about | row for row in found]
            # evalchemy: the results of each task, with its examples.
            tasks = {task: rollouts(result) for task, result in inner.items() if isinstance(result, dict)}
            rows = [{"task": task} | about | row for task, found in tasks.items() if found for row in found]
            if rows:
                return rows
    return None


def _by_number(whole: Row) -> list[Row]:
    """Objects by their number, as OpenCompass writes predictions and details."""
    objects = {name: value for name, value in whole.items() if isinstance(value, dict)}
    if not all(map(str.isdecimal, objects)):
        return []
    return [{"idx": number} | row for number, row in objects.items()]


def _values(whole: Row) -> list[Row]:
    """Names and lists of values, as Weights & Biases and pandas (`orient="split"`) write tables."""
    names, values = whole.get("columns"), whole.get("data")
    if not isinstance(names, list) or not isinstance(values, list):
        return []
    if not all(isinstance(row, list) and len(row) == len(names) for row in values):
        return []
    return [dict(zip(map(str, names), row, strict=True)) for row in values]


def _columns(whole: Row) -> list[Row]:
    """Columns, as pandas writes them: lists, or objects that have each value by its number."""
    columns = list(whole.values())
    if all(isinstance(column, dict) for column in columns):
        numbers = [list(column) for column in columns]
        if any(names != numbers[0] or not all(map(str.isdecimal, names)) for names in numbers):
            return []
        columns = [list(column.values()) for column in columns]
    if not all(isinstance(column, list) for column in columns) or len(columns) < 2:  # noqa: PLR2004
        return []
    lengths = {len(column) for column in columns}
    if len(lengths) > 1:
        return []
    return [dict(zip(whole, row, strict=True)) for row in zip(*columns, strict=True)]
