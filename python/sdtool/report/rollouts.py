"""Graded rollouts as columns, read from runs of sdtool and from files that `regrade` made."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from sdtool import config, layouts
from sdtool.errors import InputError
from sdtool.metrics import METRICS
from sdtool.parameters import PARAMETERS
from sdtool.report import foreign, missing
from sdtool.report.columns import PROBLEM_COLUMNS, SUBSET_COLUMNS, as_column, encoded, numbered
from sdtool.schema import RENAMED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from sdtool.report.columns import Column
    from sdtool.report.measures import ByProblem

# What a report computes with, by the name under which a run stores it. The texts stay on disk.
COLUMNS = (
    *("problem_id", "source", "difficulty", "setting", "sample", "seed", "cap"),
    *PARAMETERS,
    "reason",
    *dict.fromkeys(metric.column for metric in METRICS.values()),
)

VERDICT_COLUMNS = ("verdict", "correct", "boxed")
KEY = ("problem_id", "setting", "sample")

# What cannot be figured without a column, beside the metrics of that column.
NEEDS = {
    "finish_reason": "accuracy bounds",
    "n_tokens": "length distribution",
    "token_ends": "smaller caps",
    "source": "figures by source",
}


@dataclass(frozen=True)
class Rollouts:
    """Graded rollouts, one entry of every column a rollout.

    Attributes:
        columns: those of `COLUMNS` that are there and, from a problem set, all of `SUBSET_COLUMNS`; each of
            shape [n]. `problem_id`, `setting`, `correct`, `verdict` and `boxed` always are there.
        parts: where the texts lie, in row order, each with the names under which it stores its columns.
        missing: one entry of every column a rollout that is missing: `setting`, `problem_id`, and what is
        known of
            its problem.
        settings: names of the settings, in the order in which they are shown.
        notes: what a reader must know: left-out figures, partial runs, renamed settings.
        runs: of each run kept apart, its own names of its settings and the names that they have here.
    """

    columns: Mapping[str, Column]
    parts: tuple[ds.Dataset, ...] = ()
    missing: Mapping[str, Column] = field(default_factory=missing.none)
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

    @property
    def n_missing(self) -> int:
        """How many rollouts are missing."""
        return len(self.missing["problem_id"])

    def where(self, mask: NDArray[np.bool_]) -> Rollouts:
        """The rows of `mask`, without their texts, and without those that are missing."""
        columns = {name: column[mask] for name, column in self.columns.items()}
        return replace(self, columns=columns, parts=(), missing=missing.none())

    def part(
        self,
        label: Callable[[Mapping[str, Column]], Column | None],
        chosen: Callable[[Column], NDArray[np.bool_]],
    ) -> Rollouts:
        """The rows, without their texts, and the missing ones of which `chosen` picks the label.

        `label` makes it of their columns. Missing ones of which it is not known belong to every part.
        """
        column = label(self.columns)
        assert column is not None
        found = self.where(chosen(column))
        of_missing = label(self.missing)
        mask = slice(None) if of_missing is None else chosen(of_missing)
        return replace(found, missing={name: values[mask] for name, values in self.missing.items()})

    def of(self, setting: str) -> Rollouts:
        """The rows of one setting, and the missing ones, without their texts."""
        if setting not in self._of:
            self._of[setting] = self.part(lambda columns: columns["setting"], lambda names: names == setting)
        return self._of[setting]

    @cached_property
    def _of(self) -> dict[str, Rollouts]:
        return {}

    @cached_property
    def problems(self) -> tuple[Column, NDArray[np.int64]]:
        """The problems, sorted, and the place among them of each row's, those of the missing ones last."""
        return encoded(np.concatenate((self["problem_id"], self.missing["problem_id"])))

    @cached_property
    def measured(self) -> dict[str, ByProblem | None]:
        """What `measures` has computed of these rollouts, by name: parts of a report ask for the same."""
        return {}

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
    lacking = missing.of_others(found, unplanned) if unplanned else missing.none()
    if complete:
        return replace(found, notes=(*found.notes, *missing.notes(found), *missing.on_purpose(lacking)))
    found = replace(found, missing=_joined([found.missing, lacking]))
    return replace(found, notes=(*found.notes, *missing.notes(found, unplanned)))


@dataclass(frozen=True)
class _Part:
    """What one path holds; `planned` says whether it is known what it should hold, and so what is missing."""

    rollouts: Rollouts
    model: str | None
    planned: bool = False


def _read_one(path: Path, further: Sequence[str]) -> _Part:
    if (path / "rollouts").is_dir():
        return _read_run(path, further)
    if path.is_file() or path.is_dir():
        return _read_foreign(path, further)
    raise InputError(f"{path}: no such run directory or file")


def _read_run(path: Path, further: Sequence[str]) -> _Part:
    dataset = _open_run(path)
    without = [
        name for name in ("problem_id", "setting", *VERDICT_COLUMNS) if name not in dataset.schema.names
    ]
    if without:
        raise InputError(
            f"{path}: rollouts lack the columns {', '.join(without)}; was this run written by `generate`?"
        )
    columns = _columns(dataset, {name: name for name in (*COLUMNS, *further) if name in dataset.schema.names})
    columns |= _places(path / "problems.parquet", columns["problem_id"])
    experiment = _toml(path / "experiment.toml")
    provenance = _json(path / "run.json")
    model = provenance.get("model_hash") or provenance.get("model") or experiment.get("model")
    rollouts = Rollouts(columns, (dataset,), settings=_ordered_settings(columns, experiment))
    lacking = _lacking(path, rollouts, experiment, provenance)
    return _Part(
        replace(rollouts, missing=lacking or missing.none()),
        str(model) if model else None,
        lacking is not None,
    )


def _lacking(
    path: Path, rollouts: Rollouts, experiment: Mapping[str, Any], provenance: Mapping[str, Any]
) -> dict[str, Column] | None:
    """What a run lacks of its plan, or None where it holds no plan."""
    problems = path / "problems.parquet"
    if problems.is_file() and "id" in (stored := _open(problems)).schema.names:
        names = {"id": "problem_id", **{name: name for name in PROBLEM_COLUMNS}, **RENAMED}
        kept = {name: column for name, column in names.items() if name in stored.schema.names}
        table = stored.to_table(columns=list(kept))
        planned = {column: as_column(column, table[name]) for name, column in kept.items()}
        shared = {name: planned[name] for name in PROBLEM_COLUMNS if name in planned and name in rollouts}
        settings = [setting.name for setting in config.experiment(experiment).settings] if experiment else []
        return missing.of_plan(
            rollouts.columns,
            shared,
            settings or rollouts.settings,
            experiment.get("samples", 1 if settings else None),
        )
    if isinstance(count := provenance.get("planned"), int):
        return missing.of_count(rollouts, count)
    return None


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
    if lacking := sorted({name for row in finished for name in KEY if name not in row}):
        raise InputError(
            f"{path}/journal: rollouts lack {', '.join(lacking)}; was this run written by `generate`?"
        )
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
    names = {RENAMED.get(name, name): name for name in stored.schema.names}
    if not {"id", *SUBSET_COLUMNS} <= names.keys():
        return {}
    table = stored.to_table(columns={name: ds.field(names[name]) for name in ("id", *SUBSET_COLUMNS)})
    places = dict(zip(table["id"].cast(pa.string()).to_pylist(), range(table.num_rows), strict=True))
    if any(table[name].null_count for name in SUBSET_COLUMNS) or not places.keys() >= set(problem.tolist()):
        return {}
    strata = table.group_by("stratum").aggregate([("stratum_size", "min"), ("id", "count")])
    for stratum in strata.to_pylist():
        name, size, count = (stratum[key] for key in ("stratum", "stratum_size_min", "id_count"))
        if not size >= count:  # which NaN is not either
            raise InputError(f"{path}: stratum {name!r} has the size {size} and {count} problems")
    rows = pa.array([places[name] for name in problem])
    return {name: as_column(name, table[name].take(rows)) for name in SUBSET_COLUMNS}


def _read_foreign(path: Path, further: Sequence[str]) -> _Part:
    dataset = _open(path)
    names = set(dataset.schema.names)
    missing = [name for name in VERDICT_COLUMNS if name not in names]
    if missing:
        raise InputError(f"{path}: no column {', '.join(missing)}; {_grade_first(path)}")
    stored = foreign.stored_names(names, (*COLUMNS, *further))
    dataset, notes = foreign.without_filter_copies(dataset, stored)
    notes += [f"{name} is read from the column `{other}`" for name, other in stored.items() if name != other]
    notes += [
        f"no column `{name}`, so no {figures}"
        for name, figures in _needs().items()
        if name not in names | stored.keys()
    ]
    models = [name for name in layouts.NAMES["setting"] if name in names]
    table = dataset.to_table(columns=list(dict.fromkeys([*stored.values(), *models])))
    found = {name: table[other] for name, other in stored.items()}
    found["setting"] = foreign.settings(table, stored, path.stem)
    if ungraded := found["correct"].null_count:
        notes.append(f"{ungraded:,} rollouts have no value in `correct` and count as not correct")
    if "problem_id" not in found:
        rows = pa.array(np.arange(table.num_rows))
        found["problem_id"] = pa.chunked_array(
            [pc.binary_join_element_wise("row", rows.cast(pa.string()), " ")]
        )
        notes.append(
            "no column names the problem, so every row counts as a problem of its own and nothing can be "
            "paired"
        )
    elif "source" in found:
        parts = [found[name].cast(pa.string()).fill_null("") for name in ("source", "problem_id")]
        found["problem_id"] = pc.binary_join_element_wise(*parts, "/")
    notes += foreign.pooled(dataset, found["setting"], found["problem_id"], further)
    if "finish_reason" in found:
        reasons, told = foreign.finish_reasons(found.pop("finish_reason"))
        notes += told
        if reasons is not None:
            found["finish_reason"] = reasons
    columns = {name: as_column(name, values) for name, values in found.items()}
    notes = [f"{path.name}: {note}" for note in notes]
    settings = _ordered_settings(columns, {})
    return _Part(Rollouts(columns, (dataset,), settings=settings, notes=tuple(notes)), None)


def _needs() -> dict[str, str]:
    """What cannot be figured without a column, in the words of the report."""
    figures: dict[str, list[str]] = {}
    for metric in METRICS.values():
        figures.setdefault(metric.column, []).append(metric.label)
    for column, others in NEEDS.items():
        figures.setdefault(column, []).append(others)
    return {column: ", ".join(labels) for column, labels in figures.items()}


def _open(path: Path) -> ds.Dataset:
    found = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
    files = [
        str(file) for file in found if not any(part.startswith(".") for part in file.relative_to(path).parts)
    ]
    if not files:
        raise InputError(f"{path}: no Parquet files in it; {_grade_first(path)}")
    if path.is_file() and path.suffix not in (".parquet", ".pq") and not _is_parquet(path):
        raise InputError(f"{path}: is not Parquet; {_grade_first(path)}")
    try:
        dataset = ds.dataset(files, format="parquet")
        count = dataset.count_rows()
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path}: cannot be read as Parquet: {error}") from error
    if count == 0:
        raise InputError(f"{path}: holds no rollouts")
    return dataset


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def _grade_first(path: Path) -> str:
    return f"grade it first: `python -m sdtool regrade {path} --out graded.parquet`"


def _columns(dataset: ds.Dataset, stored: Mapping[str, str]) -> dict[str, Column]:
    table = dataset.to_table(columns=list(dict.fromkeys(stored.values())))
    return {name: as_column(name, table[stored_as]) for name, stored_as in stored.items()}


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
