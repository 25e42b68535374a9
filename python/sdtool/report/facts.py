"""What was measured, for the top of the page: model, data, size, cap, versions, device, date, time."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sdtool.report.rollouts import Rollouts

# Characters of a hash: enough to tell checkpoints apart by eye.
HASH = 12
SHOWN_VERSIONS = ("sdtool", "torch", "transformers", "python")


def facts(paths: Sequence[Path], rollouts: Rollouts) -> list[tuple[str, str]]:
    """Name and text of each fact that is known; runs that differ in one are both named.

    Args:
        paths: the run directories and regraded files of the report; of a file only its rollouts are known.
        rollouts: what was read from them.
    """
    runs = [(_json(path / "run.json"), _toml(path / "experiment.toml")) for path in paths]
    told = [
        ("from", [str(path.name) for path in paths] if len(paths) > 1 else []),
        ("model", [_model(run, asked) for run, asked in runs]),
        ("data", [_data(run, asked) for run, asked in runs]),
        ("size", [_size(rollouts)]),
        ("missing", [_missing(rollouts)]),
        ("cap", [f"{cap:,} new tokens" for cap in _distinct(rollouts, "cap")]),
        ("seed", [str(seed) for seed in _distinct(rollouts, "seed")]),
        ("computed", [_computed(run) for run, _ in runs]),
        ("versions", [_versions(run) for run, _ in runs]),
    ]
    return [
        (name, " · ".join(known))
        for name, texts in told
        if (known := list(dict.fromkeys(filter(None, texts))))
    ]


def _model(run: Mapping[str, Any], asked: Mapping[str, Any]) -> str:
    name = str(run.get("model") or asked.get("model") or "")
    parts = [
        f"{label} {value}"
        for label, value in (
            ("revision", asked.get("revision")),
            ("dtype", asked.get("dtype")),
            ("hash", str(run.get("model_hash") or "")[:HASH]),
        )
        if value
    ]
    return f"{name} ({', '.join(parts)})" if name and parts else name


def _data(run: Mapping[str, Any], asked: Mapping[str, Any]) -> str:
    name = str(asked.get("data") or "")
    parts = [f"the first {asked['limit']:,}"] if asked.get("limit") else []
    parts += [f"hash {run['problems_hash'][:HASH]}"] if run.get("problems_hash") else []
    return f"{name} ({', '.join(parts)})" if name and parts else name


def _size(rollouts: Rollouts) -> str:
    problems = len(np.unique(rollouts["problem_id"].astype(str)))
    settings = len(rollouts.settings)
    text = f"{_count(len(rollouts), 'rollout')}: {_count(settings, 'setting')}, {_count(problems, 'problem')}"
    if problems and settings:
        text += f", {len(rollouts) / problems / settings:.3g} per problem and setting"
    if "n_tokens" in rollouts:
        text += f"; {int(rollouts['n_tokens'].sum()):,} tokens"
    return text


def _missing(rollouts: Rollouts) -> str:
    if not rollouts.n_missing:
        return ""
    lacking = rollouts.missing["setting"].tolist()
    settings = [name for name in rollouts.settings if name in lacking]
    return f"{_count(len(lacking), 'rollout')} of {_count(len(settings), 'setting')}: {', '.join(settings)}"


def _computed(run: Mapping[str, Any]) -> str:
    parts = [str(run.get("started") or "")[:10], str(run.get("device") or run.get("machine") or "")]
    if run.get("seconds"):
        parts.append(_duration(float(run["seconds"])))
    return ", ".join(filter(None, parts))


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _versions(run: Mapping[str, Any]) -> str:
    known = {**run.get("versions", {}), "python": run.get("python")}
    return ", ".join(f"{name} {known[name]}" for name in SHOWN_VERSIONS if known.get(name))


def _distinct(rollouts: Rollouts, name: str) -> list[int]:
    return np.unique(rollouts[name]).tolist() if name in rollouts else []


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
