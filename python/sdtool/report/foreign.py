"""Reading files that `regrade` made of those of other tools: what they say, in the words of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sdtool import layouts
from sdtool.errors import InputError
from sdtool.metrics import METRICS
from sdtool.parameters import PARAMETERS
from sdtool.report.columns import as_column
from sdtool.report.opening import COLUMNS, VERDICT_COLUMNS, Part, grade_first, open_parquet, ordered_settings
from sdtool.report.pooling import pooled
from sdtool.report.rollouts import Rollouts

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    import pyarrow.dataset as ds

# What cannot be figured without a column, beside the metrics of that column.
NEEDS = {
    "finish_reason": "accuracy bounds",
    "n_tokens": "length distribution",
    "token_ends": "smaller caps",
    "source": "figures by source",
}

FILTER = "filter"
"""The column by which lm-evaluation-harness says how a response was filtered."""


def read_foreign(path: Path, further: Sequence[str]) -> Part:
    """Read a regraded file, with the columns `further` where it has them; see `reading.read`."""
    dataset = open_parquet(path)
    names = set(dataset.schema.names)
    if without := [name for name in VERDICT_COLUMNS if name not in names]:
        raise InputError(f"{path}: no column {', '.join(without)}; {grade_first(path)}")
    stored = stored_names(names, (*COLUMNS, *further))
    dataset, notes = without_filter_copies(dataset, stored)
    notes += [f"{name} is read from the column `{other}`" for name, other in stored.items() if name != other]
    notes += [
        f"no column `{name}`, so no {figures}"
        for name, figures in _needs().items()
        if name not in names | stored.keys()
    ]
    models = [name for name in layouts.NAMES["setting"] if name in names]
    table = dataset.to_table(columns=list(dict.fromkeys([*stored.values(), *models])))
    found = {name: table[other] for name, other in stored.items()}
    found["setting"], told = settings(table, stored, path.stem)
    notes += told
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
    notes += pooled(dataset, found["setting"], found["problem_id"], further)
    notes += without_unsure_parameters(found)
    if "finish_reason" in found:
        reasons, told = finish_reasons(found.pop("finish_reason"))
        notes += told
        if reasons is not None:
            found["finish_reason"] = reasons
    columns = {name: as_column(name, values) for name, values in found.items()}
    notes = [f"{path.name}: {note}" for note in notes]
    rollouts = Rollouts(columns, (dataset,), settings=ordered_settings(columns, {}), notes=tuple(notes))
    return Part(rollouts, None)


def _needs() -> dict[str, str]:
    """What cannot be figured without a column, in the words of the report."""
    figures: dict[str, list[str]] = {}
    for metric in METRICS.values():
        figures.setdefault(metric.column, []).append(metric.label)
    for column, others in NEEDS.items():
        figures.setdefault(column, []).append(others)
    return {column: ", ".join(labels) for column, labels in figures.items()}


def stored_names(columns: Collection[str], wanted: Collection[str]) -> dict[str, str]:
    """The column of a file that says each of `wanted`, where there is one."""
    found = {name: layouts.stored_as(name, columns) for name in wanted}
    return {name: stored for name, stored in found.items() if stored is not None}


def without_filter_copies(dataset: ds.Dataset, stored: Mapping[str, str]) -> tuple[ds.Dataset, list[str]]:
    """The rows without those that are a response of another row under another filter, and a note on them.

    lm-evaluation-harness writes each response once for each filter; the verdict does not depend on it.
    """
    if FILTER not in dataset.schema.names or "problem_id" not in stored:
        return dataset, []
    key = [stored[name] for name in ("source", "setting", "problem_id", "sample") if name in stored]
    table = dataset.to_table(columns=[FILTER, *key])
    counts = table[FILTER].value_counts().to_pylist()
    if len(counts) < 2:  # noqa: PLR2004 - two filters make copies
        return dataset, []
    kept = max(counts, key=lambda entry: entry["counts"])["values"]
    keys = table.group_by([*key]).aggregate([(FILTER, "count_distinct")]).num_rows
    of_kept = table.filter(pc.equal(table[FILTER], kept))
    if of_kept.group_by(key).aggregate([]).num_rows != keys:
        return dataset, []
    copies = table.num_rows - of_kept.num_rows
    note = (
        f"{copies:,} rows are responses of other rows under another filter than {kept!r} and are not counted "
        "again"
    )
    return dataset.filter(pc.field(FILTER) == kept), [note]


def settings(table: pa.Table, stored: Mapping[str, str], file: str) -> tuple[pa.ChunkedArray, list[str]]:
    """The setting of each row: the column of that name, the model, or the name of the file; and notes.

    Where both are there and there are several models, both make the name: models are never pooled. A row
    that names none, as a request that failed, is of the only one of its file.
    """
    if "setting" not in stored:
        return pa.chunked_array([pa.repeat(pa.scalar(file), table.num_rows)]), []
    named = _named(table, stored["setting"])
    only = pc.unique(named.drop_null())
    if not named.null_count or len(only) != 1:
        return named, []
    own = f"{str(only[0])!r}, the only one of the file"
    return named.fill_null(only[0]), [f"{named.null_count:,} rollouts name no setting and count as {own}"]


def _named(table: pa.Table, column: str) -> pa.ChunkedArray:
    """The names of the settings in a column, with the models where there are several of them beside it."""
    own = table[column].cast(pa.string())
    models = [name for name in layouts.NAMES["setting"] if name != "setting" and name in table.column_names]
    model = next((name for name in models if not pa.types.is_nested(table.schema.field(name).type)), None)
    if model is None or column == model:
        return own
    pairs = pa.table({"own": own, "model": table[model].cast(pa.string())}).drop_null()
    if pairs.group_by(["own", "model"]).aggregate([]).num_rows == pc.count_distinct(pairs["own"]).as_py():
        return own  # which tells the models apart
    return pc.binary_join_element_wise(table[model].cast(pa.string()), own, "/")


def without_unsure_parameters(found: dict[str, pa.ChunkedArray]) -> list[str]:
    """Leave out decode parameters that do not say what holds for each rollout of a setting; notes on them.

    No value, or several in a setting, makes no point of a sweep. -1 switches `top_k` off in other tools.
    """
    notes = []
    for name, parameter in PARAMETERS.items():
        if name not in found:
            continue
        column = found.pop(name)
        try:
            column = column.cast(pa.float64())
        except pa.ArrowException:
            notes.append(f"`{name}` does not hold numbers, so it is left out")
            continue
        if name == "top_k":
            column = pc.if_else(pc.equal(column, -1), 0.0, column)
        pairs = pa.table({"setting": found["setting"], "value": column})
        pairs = pairs.group_by(["setting", "value"]).aggregate([])
        values = pairs["value"].to_pylist()
        if wrong := [value for value in values if value is not None and not parameter.allows(value)]:
            notes.append(f"`{name}` must be {parameter.rule}; {wrong[0]:g} is not, so it is left out")
        elif None not in values and len(pc.unique(pairs["setting"])) == len(values):
            found[name] = column
    return notes


def finish_reasons(values: pa.ChunkedArray) -> tuple[pa.ChunkedArray | None, list[str]]:
    """The finish reasons by their meaning, empty where they are unknown; None where no row has one.

    Of `abort`, `tool`, `filter` and what the table of layouts does not know the notes say how often they
    occur: none of them is a length-stop.
    """
    codes = values.cast(pa.string()).combine_chunks().dictionary_encode()
    spelled = codes.dictionary.to_pylist()
    meanings = [layouts.finish_reason(text) or "" for text in spelled]
    counted: dict[str, int] = {}
    for entry in codes.value_counts().to_pylist():
        text = entry["values"]
        meaning = layouts.finish_reason(text) or ""
        counted[meaning] = counted.get(meaning, 0) + entry["counts"]
    unknown = counted.pop("", 0)
    if unknown == len(values):
        return None, []
    notes = []
    if unknown:
        notes.append(f"{unknown:,} rollouts do not say why they ended; they count as no length-stop")
    others = {meaning: count for meaning, count in counted.items() if meaning not in {"length", "stop"}}
    if others:
        told = ", ".join(f"{meaning!r} ({count:,})" for meaning, count in others.items())
        notes.append(f"rollouts that neither stopped nor ran into the cap count as no length-stop: {told}")
    named: Any = pa.DictionaryArray.from_arrays(codes.indices, pa.array(meanings, pa.string()))
    return pa.chunked_array([named.cast(pa.string()).fill_null("")]), notes
