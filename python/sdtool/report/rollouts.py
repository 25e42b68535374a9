"""Graded rollouts as columns, read from runs of sdtool and from files that `regrade` made."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds

from sdtool import schema
from sdtool.errors import InputError
from sdtool.metrics import METRICS
from sdtool.parameters import PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Column = NDArray[Any]

# What a report computes with, by the name under which a run stores it. The texts stay on disk.
COLUMNS = (
    *("problem_id", "source", "difficulty", "setting", "sample", "seed", "cap"),
    *PARAMETERS,
    "reason",
    *dict.fromkeys(metric.column for metric in METRICS.values()),
)

# What a problem set says of a problem's place in it (`data build` writes them); joined to its rollouts.
BUDGET_COLUMNS = ("stratum", "stratum_size", "budget_rank")

# How other tools call them; the first name that a file has is taken.
FOREIGN = {
    "problem_id": (
        "problem_id",
        "doc_id",
        "problem_idx",
        "question_id",
        "unique_id",
        "idx",
        "id",
        "problem",
        "question",
        "prompt",
    ),
    "source": ("dataset", "task", "data_source", "data_name", "source"),
    "setting": ("setting", "model"),
    "sample": ("sample", "sample_idx", "sample_index", "repeat", "repeat_idx"),
    "finish_reason": ("finish_reason", "stop_reason"),
    "n_tokens": ("n_tokens", "num_generated_tokens", "num_tokens", "completion_tokens"),
}
LENGTH_STOPS = ("length", "max_tokens", "model_length")
VERDICT_COLUMNS = ("verdict", "correct", "boxed")
KEY = ("problem_id", "setting", "sample")

# What cannot be figured without a column, beside the metrics of that column.
NEEDS = {
    "finish_reason": "accuracy bounds",
    "n_tokens": "length distribution",
    "token_ends": "smaller caps",
    "source": "figures by source",
}
KINDS = {**schema.COLUMNS, "stratum_size": "int64", "budget_rank": "int64"}


@dataclass(frozen=True)
class Rollouts:
    """Graded rollouts, one entry of every column a rollout.

    Attributes:
        columns: those of `COLUMNS` that are there and, from a problem set, all of `BUDGET_COLUMNS`; each of
            shape [n]. `problem_id`, `setting`, `correct`, `verdict` and `boxed` always are there.
        parts: where the texts lie, in row order, each with the names under which it stores its columns.
        settings: names of the settings, in the order in which they are shown.
        notes: what a reader must know: left-out figures, partial runs, renamed settings.
        runs: of each run kept apart, its own names of its settings and the names that they have here.
    """

    columns: Mapping[str, Column]
    parts: tuple[ds.Dataset, ...] = ()
    settings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    runs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.columns["problem_id"])

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    def get(self, name: str) -> Column | None:
        """The column, or None where it is missing."""
        return self.columns.get(name)

    def where(self, mask: NDArray[np.bool_]) -> Rollouts:
        """The rows of `mask`, without their texts."""
        return replace(self, columns={name: column[mask] for name, column in self.columns.items()}, parts=())

    def of(self, setting: str) -> Rollouts:
        """The rows of one setting, without their texts."""
        return self.where(self["setting"] == setting)

    @property
    def cap(self) -> int | None:
        """The smallest cap under which any of them was generated, or None where no column says it."""
        return int(self["cap"].min()) if "cap" in self and len(self) else None

    @property
    def has_texts(self) -> bool:
        """Whether each row's response, and where its tokens end, is stored."""
        return bool(self.parts) and all(
            {"response", "token_ends"} <= set(part.schema.names) for part in self.parts
        )

    def texts(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Those of `columns` that the files have, batch by batch in row order."""
        for part in self.parts:
            names = [name for name in columns if name in part.schema.names]
            yield from part.to_batches(columns=names, batch_size=256, batch_readahead=2, fragment_readahead=1)


def read(paths: Sequence[str | Path], *, apart: bool = False) -> Rollouts:
    """Read runs and regraded files as one set of rollouts.

    Runs of one model whose rollouts do not overlap (other seeds, other settings) are put together. Where
    they overlap, or models differ, or `apart` asks for it, each setting's name is preceded by its run's.

    Raises:
        InputError: a path is neither a run nor a regraded file, or holds no rollouts.
    """
    if not paths:
        raise InputError("no run given: name a run directory or a file that `regrade` made")
    parts = [_read_one(Path(path)) for path in paths]
    if apart or (len(parts) > 1 and not _same_study(parts)):
        labels = _labels([Path(path) for path in paths])
        return _concatenate(
            [_relabel(part.rollouts, label) for part, label in zip(parts, labels, strict=True)]
        )
    return _concatenate([part.rollouts for part in parts])


@dataclass(frozen=True)
class _Part:
    rollouts: Rollouts
    model: str | None


def _read_one(path: Path) -> _Part:
    if (path / "rollouts").is_dir():
        return _read_run(path)
    if path.is_file() or path.is_dir():
        return _read_foreign(path)
    raise InputError(f"{path}: no such run directory or file")


def _read_run(path: Path) -> _Part:
    dataset = _open_run(path)
    missing = [
        name for name in ("problem_id", "setting", *VERDICT_COLUMNS) if name not in dataset.schema.names
    ]
    if missing:
        raise InputError(
            f"{path}: rollouts lack the columns {', '.join(missing)}; was this run written by `generate`?"
        )
    columns = _columns(dataset, {name: name for name in COLUMNS if name in dataset.schema.names})
    columns |= _places(path / "problems.parquet", columns["problem_id"])
    experiment = _toml(path / "experiment.toml")
    provenance = _json(path / "run.json")
    model = provenance.get("model_hash") or provenance.get("model") or experiment.get("model")
    rollouts = Rollouts(columns, (dataset,), _ordered_settings(columns, experiment))
    return _Part(replace(rollouts, notes=_partial(path, rollouts, provenance)), str(model) if model else None)


def _open_run(path: Path) -> ds.Dataset:
    """What is in Parquet, and of a run that was cut what its workers had finished."""
    from sdtool import journal, store

    files = sorted((path / "journal").glob("*.jsonl"))
    finished = [
        entry["rollout"] for file in files for _, entry in journal.entries(file) if "rollout" in entry
    ]
    if not any((path / "rollouts").glob("*.parquet")) and not finished:
        raise InputError(f"{path}: holds no rollouts yet; run `generate` again to go on with it")
    if not finished:
        return _open(path / "rollouts")
    # A run that is killed while its journals are moved to Parquet has some rollouts in both.
    stored = store.RunDirectory(path).finished()
    fresh = {tuple(row[name] for name in KEY): row for row in finished}
    rows = [row for key, row in fresh.items() if key not in stored]
    if not rows:
        return _open(path / "rollouts")
    table = pa.Table.from_pylist(rows, schema=store.arrow_schema())
    return ds.dataset([_open(path / "rollouts"), ds.dataset(table)]) if stored else ds.dataset(table)


def _places(path: Path, problem: Column) -> dict[str, Column]:
    """The place of each rollout's problem in its problem set; nothing where the set lacks some."""
    if not path.is_file():
        return {}
    stored = _open(path)
    if not {"id", *BUDGET_COLUMNS} <= set(stored.schema.names):
        return {}
    table = stored.to_table(columns=["id", *BUDGET_COLUMNS])
    places = dict(zip(table["id"].cast(pa.string()).to_pylist(), range(table.num_rows), strict=True))
    if any(table[name].null_count for name in BUDGET_COLUMNS) or not places.keys() >= set(problem.tolist()):
        return {}
    rows = pa.array([places[name] for name in problem])
    return {name: as_column(name, table[name].take(rows)) for name in BUDGET_COLUMNS}


def _read_foreign(path: Path) -> _Part:
    dataset = _open(path)
    names = set(dataset.schema.names)
    missing = [name for name in VERDICT_COLUMNS if name not in names]
    if missing:
        raise InputError(
            f"{path}: no column {', '.join(missing)}; grade it first: "
            f"`python -m sdtool regrade {path} --out graded.parquet`"
        )
    found = {name: name for name in COLUMNS if name in names}
    for name, spellings in FOREIGN.items():
        stored = next((spelling for spelling in spellings if spelling in names), None)
        if stored:
            found[name] = stored
    columns = _columns(dataset, found)
    notes = [
        f"{path.name}: {name} is read from the column `{stored}`"
        for name, stored in found.items()
        if name != stored
    ]
    notes += [
        f"{path.name}: no column `{name}`, so no {figures}"
        for name, figures in _needs().items()
        if name not in found and name not in names
    ]
    count = dataset.count_rows()
    if "setting" not in columns:
        columns["setting"] = np.full(count, path.stem, dtype=object)
    if "problem_id" not in columns:
        columns["problem_id"] = np.array([f"row {row}" for row in range(count)], dtype=object)
        notes.append(
            f"{path.name}: no column names the problem, so every row counts as a problem of its own "
            "and nothing can be paired"
        )
    elif "source" in columns:
        pairs = zip(columns["source"], columns["problem_id"], strict=True)
        columns["problem_id"] = np.array([f"{source}/{problem}" for source, problem in pairs], dtype=object)
    if "finish_reason" in columns:
        stopped = np.isin(columns["finish_reason"].astype(str), LENGTH_STOPS)
        columns["finish_reason"] = np.where(stopped, "length", "stop").astype(object)
    return _Part(Rollouts(columns, (dataset,), _ordered_settings(columns, {}), tuple(notes)), None)


def _needs() -> dict[str, str]:
    """What cannot be figured without a column, in the words of the report."""
    figures: dict[str, list[str]] = {}
    for metric in METRICS.values():
        figures.setdefault(metric.column, []).append(metric.label)
    for column, others in NEEDS.items():
        figures.setdefault(column, []).append(others)
    return {column: ", ".join(labels) for column, labels in figures.items()}


def _open(path: Path) -> ds.Dataset:
    files = sorted(str(file) for file in path.glob("*.parquet")) if path.is_dir() else [str(path)]
    if not files:
        raise InputError(f"{path}: no Parquet files in it")
    try:
        dataset = ds.dataset(files, format="parquet")
        count = dataset.count_rows()
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path}: cannot be read as Parquet: {error}") from error
    if count == 0:
        raise InputError(f"{path}: holds no rollouts")
    return dataset


def _columns(dataset: ds.Dataset, stored: Mapping[str, str]) -> dict[str, Column]:
    table = dataset.to_table(columns=list(dict.fromkeys(stored.values())))
    return {name: as_column(name, table[stored_as]) for name, stored_as in stored.items()}


def as_column(name: str, values: pa.ChunkedArray) -> Column:
    """A numpy column without nulls: a row that could not be graded is undecided, and not correct."""
    kind = KINDS.get(name, "string")
    if kind == "bool":
        return np.asarray(values.cast(pa.bool_()).fill_null(False).to_numpy(zero_copy_only=False), dtype=bool)
    if kind.startswith("int") and pa.types.is_integer(values.type):
        return np.asarray(values.fill_null(0).to_numpy(), dtype=np.int64)
    if kind == "float64" or (kind.startswith("int") and pa.types.is_floating(values.type)):
        return np.asarray(values.cast(pa.float64()).fill_null(0.0).to_numpy(), dtype=np.float64)
    default = "undecided" if name == "verdict" else ""
    return np.asarray(
        values.cast(pa.string()).fill_null(default).to_numpy(zero_copy_only=False), dtype=object
    )


def _ordered_settings(columns: Mapping[str, Column], experiment: Mapping[str, Any]) -> tuple[str, ...]:
    """The experiment's own order; without one, by name of the preset and then by what was varied."""
    names, first = np.unique(columns["setting"].astype(str), return_index=True)
    asked = experiment.get("setting", [])
    varied = [name for name in PARAMETERS if name in columns]

    def key(item: tuple[str, int]) -> tuple[Any, ...]:
        name, row = item
        position = asked.index(name) if name in asked else len(asked)
        return (position, name.split(",")[0], *(columns[column][row] for column in varied), name)

    return tuple(name for name, _ in sorted(zip(names.tolist(), first.tolist(), strict=True), key=key))


def _partial(path: Path, rollouts: Rollouts, provenance: Mapping[str, Any]) -> tuple[str, ...]:
    """A note where the run was cut: rollouts planned but not there, or settings of unequal size."""
    planned = provenance.get("planned")
    counts = [int((rollouts["setting"] == setting).sum()) for setting in rollouts.settings]
    if not isinstance(planned, int):
        planned = max(counts) * len(counts)
    if len(rollouts) >= planned:
        return ()
    note = (
        f"{path.name} is partial: {len(rollouts):,} of {planned:,} rollouts are there. Long rollouts finish "
        "last, so the missing ones are not a random part; run `generate` again to complete it"
    )
    return (note,)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error
    return content if isinstance(content, dict) else {}


def _labels(paths: Sequence[Path]) -> list[str]:
    """The shortest tails of the paths that tell them apart."""
    parts = [path.resolve().with_suffix("").parts for path in paths]
    for length in range(1, max(map(len, parts)) + 1):
        labels = ["/".join(part[-length:]) for part in parts]
        if len(set(labels)) == len(labels):
            return labels
    raise InputError(f"the same run is given twice: {', '.join(map(str, paths))}")


def _same_study(parts: Sequence[_Part]) -> bool:
    if len({part.model for part in parts}) > 1:
        return False
    seen: set[tuple[Any, ...]] = set()
    total = 0
    for part in parts:
        names = [name for name in ("problem_id", "setting", "seed", "sample") if name in part.rollouts]
        seen.update(zip(*(part.rollouts[name].tolist() for name in names), strict=True))
        total += len(part.rollouts)
    return len(seen) == total


def _relabel(rollouts: Rollouts, label: str) -> Rollouts:
    renamed = {name: label if name == label else f"{label}/{name}" for name in rollouts.settings}
    setting = np.array([renamed[name] for name in rollouts["setting"]], dtype=object)
    return replace(
        rollouts,
        columns={**rollouts.columns, "setting": setting},
        settings=tuple(renamed.values()),
        runs={label: renamed},
    )


def _concatenate(parts: Sequence[Rollouts]) -> Rollouts:
    shared = [name for name in parts[0].columns if all(name in part for part in parts)]
    return Rollouts(
        columns={name: np.concatenate([part[name] for part in parts]) for name in shared},
        parts=tuple(dataset for part in parts for dataset in part.parts),
        settings=tuple(dict.fromkeys(name for part in parts for name in part.settings)),
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
        runs={label: names for part in parts for label, names in part.runs.items()},
    )
