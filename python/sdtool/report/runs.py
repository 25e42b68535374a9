"""Reading the rollouts of a run, and what it lacks of its plan."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.dataset as ds

from sdtool import config
from sdtool.errors import InputError
from sdtool.report import missing
from sdtool.report.columns import PROBLEM_COLUMNS, SUBSET_COLUMNS, as_column, no_rows
from sdtool.report.opening import COLUMNS, VERDICT_COLUMNS, Part, open_parquet, ordered_settings
from sdtool.report.rollouts import Rollouts
from sdtool.schema import RENAMED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sdtool.report.columns import Column

KEY = ("problem_id", "setting", "sample")


def read_run(path: Path, further: Sequence[str]) -> Part:
    """Read a run of sdtool, with the columns `further` where it has them; see `reading.read`."""
    dataset = _open_run(path)
    without = [
        name for name in ("problem_id", "setting", *VERDICT_COLUMNS) if name not in dataset.schema.names
    ]
    if without:
        raise InputError(
            f"{path}: rollouts lack the columns {', '.join(without)}; was this run written by `generate`?"
        )
    names = [name for name in dict.fromkeys((*COLUMNS, *further)) if name in dataset.schema.names]
    table = dataset.to_table(columns=names)
    columns = {name: as_column(name, table[name]) for name in names}
    columns |= _places(path / "problems.parquet", columns["problem_id"])
    experiment = _toml(path / "experiment.toml")
    provenance = _json(path / "run.json")
    model = provenance.get("model_hash") or provenance.get("model") or experiment.get("model")
    rollouts = Rollouts(columns, (dataset,), settings=ordered_settings(columns, experiment))
    lacking = _lacking(path, rollouts, experiment, provenance)
    return Part(
        replace(rollouts, missing=lacking or no_rows()),
        str(model) if model else None,
        lacking is not None,
    )


def _lacking(
    path: Path, rollouts: Rollouts, experiment: Mapping[str, Any], provenance: Mapping[str, Any]
) -> dict[str, Column] | None:
    """What a run lacks of its plan, or None where it holds no plan."""
    problems = path / "problems.parquet"
    if problems.is_file() and "id" in (stored := open_parquet(problems)).schema.names:
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
        return open_parquet(path / "rollouts")
    if lacking := sorted({name for row in finished for name in KEY if name not in row}):
        raise InputError(
            f"{path}/journal: rollouts lack {', '.join(lacking)}; was this run written by `generate`?"
        )
    # A run that is killed while its journals are moved to Parquet has some rollouts in both.
    stored = store.RunDirectory(path).finished()
    fresh = {tuple(row[name] for name in KEY): row for row in finished}
    rows = [row for key, row in fresh.items() if key not in stored]
    if not rows:
        return open_parquet(path / "rollouts")
    table = pa.Table.from_pylist(rows, schema=store.arrow_schema())
    return ds.dataset([open_parquet(path / "rollouts"), ds.dataset(table)]) if stored else ds.dataset(table)


def _places(path: Path, problem: Column) -> dict[str, Column]:
    """The place of each rollout's problem in its problem set; nothing where the set lacks some."""
    if not path.is_file():
        return {}
    stored = open_parquet(path)
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
