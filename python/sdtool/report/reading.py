"""Reading runs, and files that `regrade` made, as one set of rollouts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sdtool.errors import InputError
from sdtool.report import missing
from sdtool.report.columns import no_rows, numbered
from sdtool.report.foreign import read_foreign
from sdtool.report.rollouts import Rollouts
from sdtool.report.runs import read_run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sdtool.report.columns import Column
    from sdtool.report.opening import Part


def read(
    paths: Sequence[str | Path],
    *,
    apart: bool = False,
    columns: Sequence[str] = (),
    complete: bool = False,
) -> Rollouts:
    """Read runs and regraded files as one set of rollouts.

    Runs of one model whose rollouts do not overlap (other seeds, other settings) are put together. Where
    they overlap, or models differ, or `apart` asks for it, each setting's name is preceded by its run's.
    `columns` names further ones to read, where a file has them. With `complete`, a setting that comes without
    a plan and has fewer problems than others was run on fewer on purpose; otherwise the rest is missing.

    Raises:
        InputError: a path is neither a run nor a regraded file, or holds no rollouts.
    """
    if not paths:
        raise InputError("no run given: name a run directory or a file that `regrade` made")
    parts = [_read_one(Path(path), columns) for path in paths]
    if apart or (len(parts) > 1 and not _same_study(parts)):
        labels = _labels([Path(path) for path in paths])
        parts = [
            replace(part, rollouts=_relabel(part.rollouts, label))
            for part, label in zip(parts, labels, strict=True)
        ]
    found = _concatenate([part.rollouts for part in parts])
    planned = {name for part in parts if part.planned for name in part.rollouts.settings}
    found = replace(found, notes=(*found.notes, *_twice(found)))
    unplanned = [name for name in found.settings if name not in planned]
    lacking = missing.of_others(found, unplanned) if unplanned else no_rows()
    if complete:
        return replace(found, notes=(*found.notes, *missing.notes(found), *missing.on_purpose(lacking)))
    found = replace(found, missing=_joined([found.missing, lacking]))
    return replace(found, notes=(*found.notes, *missing.notes(found, unplanned)))


def _read_one(path: Path, further: Sequence[str]) -> Part:
    if (path / "rollouts").is_dir():
        return read_run(path, further)
    if path.is_file() or path.is_dir():
        return read_foreign(path, further)
    raise InputError(f"{path}: no such run directory or file")


def _labels(paths: Sequence[Path]) -> list[str]:
    """The shortest tails of the paths that tell them apart."""
    parts = [path.resolve().with_suffix("").parts for path in paths]
    for length in range(1, max(map(len, parts)) + 1):
        labels = ["/".join(part[-length:]) for part in parts]
        if len(set(labels)) == len(labels):
            return labels
    raise InputError(f"the same run is given twice: {', '.join(map(str, paths))}")


def _same_study(parts: Sequence[Part]) -> bool:
    if len({part.model for part in parts}) > 1:
        return False
    seen: set[tuple[Any, ...]] = set()
    total = 0
    for part in parts:
        names = [name for name in ("problem_id", "setting", "seed", "sample") if name in part.rollouts]
        seen.update(zip(*(part.rollouts[name].tolist() for name in names), strict=True))
        total += len(part.rollouts)
    return len(seen) == total


def _twice(rollouts: Rollouts) -> list[str]:
    """A note for each setting that has a sample of a problem more than once."""
    if "sample" not in rollouts:
        return []
    names = [name for name in ("setting", "problem_id", "seed", "sample") if name in rollouts]
    _, first = np.unique(numbered([rollouts[name] for name in names]), return_index=True)
    again = np.ones(len(rollouts), dtype=bool)
    again[first] = False
    settings, counts = np.unique(rollouts["setting"][again].astype(str), return_counts=True)
    return [
        f"{name} has {count:,} rollouts whose problem and sample number another one has too: each counts as "
        "a sample; if they are copies, leave them out"
        for name, count in zip(settings.tolist(), counts.tolist(), strict=True)
    ]


def _relabel(rollouts: Rollouts, label: str) -> Rollouts:
    names = dict.fromkeys((*rollouts.settings, *rollouts.missing["setting"].tolist()))
    renamed = {name: label if name == label else f"{label}/{name}" for name in names}

    def rename(columns: Mapping[str, Column]) -> dict[str, Column]:
        setting = np.array([renamed[name] for name in columns["setting"].tolist()], dtype=object)
        return {**columns, "setting": setting}

    return replace(
        rollouts,
        columns=rename(rollouts.columns),
        missing=rename(rollouts.missing),
        settings=tuple(renamed[name] for name in rollouts.settings),
        runs={label: renamed},
    )


def _concatenate(parts: Sequence[Rollouts]) -> Rollouts:
    return Rollouts(
        columns=_joined([part.columns for part in parts]),
        missing=_joined([part.missing for part in parts]),
        parts=tuple(dataset for part in parts for dataset in part.parts),
        settings=tuple(dict.fromkeys(name for part in parts for name in part.settings)),
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
        runs={label: names for part in parts for label, names in part.runs.items()},
    )


def _joined(parts: Sequence[Mapping[str, Column]]) -> dict[str, Column]:
    """The columns that all have, one behind the other; of parts without a row only where all are so."""
    parts = [part for part in parts if len(part["problem_id"])] or parts[:1]
    shared = [name for name in parts[0] if all(name in part for part in parts)]
    return {name: np.concatenate([part[name] for part in parts]) for name in shared}
