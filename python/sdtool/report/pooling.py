"""What a file has under one name although it is not the same: settings, and problems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sdtool import layouts
from sdtool.metrics import METRICS
from sdtool.report.columns import UNNAMED
from sdtool.report.opening import VERDICT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import pyarrow.dataset as ds

DECODING = "decoding"
"""The column in which `regrade` writes the decode parameters that stood in objects."""

STEPS = ("step", "global_step", "training_step", "train_step", "iteration")
"""Columns that say how long a model was trained."""

# Settings have a few names, which are short: at most so many, and so many bytes a row as they are stored.
FEW, SHORT = 20, 64
ENOUGH = 0.9
"""The share of problems that have each name as often as most do; some rollouts may be missing."""


def pooled(
    dataset: ds.Dataset, setting: pa.ChunkedArray, problem: pa.ChunkedArray, asked: Collection[str]
) -> list[str]:
    """Notes on what a file has under one name although it is not the same.

    Within a setting these are decode parameters and training steps of several values, within a problem gold
    answers. Columns that the caller `asked` for are told apart by it.
    """
    notes = []
    setting = setting.fill_null(UNNAMED)
    names = set(dataset.schema.names) - set(asked)
    # Of what was an object, this column says what tells settings apart; a text may say more, as a seed.
    sampling = [DECODING] if DECODING in names else layouts.SAMPLING
    for name in (*layouts.PARAMETERS, *sampling, *STEPS):
        if name in names and (several := _several(dataset, name, setting, or_none=True)):
            where, values = several
            notes.append(
                f"{where!r} has {len(values)} values of `{name}`, among them {', '.join(values[:3])}, which "
                "count as one setting; a column `setting` tells them apart"
            )
    gold = next((name for name in map(_input, layouts.GOLDS) if name in names), None)
    if gold and (several := _several(dataset, gold, problem)):
        where, values = several
        notes.append(
            f"some problems have several gold answers (`{gold}` of problem {where!r}: "
            f"{', '.join(values[:3])}): their names may stand for different problems, taken together"
        )
    known = {*layouts.PARAMETERS, *layouts.SAMPLING, *STEPS}
    return [*notes, *_crossed(dataset, setting, problem, names - known)]


def _input(name: str) -> str:
    """A column of the input in a regraded file, where the grades have some names."""
    return f"input_{name}" if name == "answer" else name


def _several(
    dataset: ds.Dataset, name: str, within: pa.ChunkedArray, *, or_none: bool = False
) -> tuple[str, list[str]] | None:
    """The first of `within` that has several values of a column, and these; None where none has.

    With `or_none`, to have no value is one of its own.
    """
    kind = dataset.schema.field(name).type
    if pa.types.is_nested(kind):
        return None
    values = dataset.to_table(columns=[name])[name]
    table = pa.table({"within": within, "value": values})
    if not or_none or values.null_count == len(values):
        table = table.drop_null()
    counts = table.group_by("within").aggregate([("value", "count_distinct", pc.CountOptions(mode="all"))])
    odd = counts.filter(pc.greater(counts["value_count_distinct"], 1))
    if not odd.num_rows:
        return None
    where = odd["within"][0]
    values = pc.unique(table["value"].filter(pc.equal(table["within"], where))).to_pylist()
    return str(where), ["none" if value is None else str(value) for value in values]


def _crossed(
    dataset: ds.Dataset, setting: pa.ChunkedArray, problem: pa.ChunkedArray, names: Collection[str]
) -> list[str]:
    """Notes on values that are several within a setting, each as often for each of its problems.

    So are the names of settings, whatever their column is called, and nothing that follows from a response.
    Whole numbers without a gap, and seeds, count repeats.
    """
    notes = []
    for name in [name for name in _short(dataset) if name in names and not _is_known(name)]:
        values = dataset.to_table(columns=[name])[name].cast(pa.string())
        distinct = [value for value in pc.unique(values).to_pylist() if value is not None]
        if not 2 <= len(distinct) <= FEW or _are_counted(distinct):  # noqa: PLR2004
            continue
        table = pa.table({"setting": setting, "problem": problem, "value": values}).drop_null()
        cells = table.group_by(["setting", "problem", "value"]).aggregate([([], "count_all")])
        for own in pc.unique(cells["setting"]).to_pylist():
            found = cells.filter(pc.equal(cells["setting"], own))
            problems = pc.count_distinct(found["problem"]).as_py()
            several = pc.unique(found["value"]).to_pylist()
            usual = pc.mode(found["count_all"])[0].as_py()["count"]
            if min(problems, len(several)) >= 2 and usual >= ENOUGH * problems * len(several):  # noqa: PLR2004
                shown = ", ".join(
                    value if len(value) <= SHORT else f"{value[:SHORT]}…" for value in several[:3]
                )
                notes.append(
                    f"each problem of {own!r} has {len(several)} values of `{name}` ({shown}), which are "
                    "not told apart; a column `setting` does that, or `source` where they are benchmarks"
                )
                break
    return notes


def _is_known(name: str) -> bool:
    """Whether a column is read as something else, or is a verdict."""
    metrics = (metric.column for metric in METRICS.values())
    taken = {*layouts.LABELS, *layouts.GOLDS, *VERDICT_COLUMNS, *metrics, "reason", "extractor", "looped"}
    return (
        name in taken or "seed" in name or any(name in (own, *names) for own, names in layouts.NAMES.items())
    )


def _are_counted(values: Sequence[str]) -> bool:
    """Whether the values are whole numbers without a gap."""
    try:
        numbers = sorted(float(value) for value in values)
    except ValueError:
        return False
    return numbers[0].is_integer() and numbers == [numbers[0] + place for place in range(len(numbers))]


def _short(dataset: ds.Dataset) -> list[str]:
    """The columns of single values that take little: long texts are responses and the like."""
    sizes: dict[str, int] = {}
    files: Any = dataset
    for file in files.files:
        metadata = pq.read_metadata(file)
        for group in range(metadata.num_row_groups):
            for number in range(metadata.num_columns):
                column = metadata.row_group(group).column(number)
                sizes[column.path_in_schema] = (
                    sizes.get(column.path_in_schema, 0) + column.total_uncompressed_size
                )
    most = SHORT * dataset.count_rows()
    unread = (pa.types.is_nested, pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary)
    read = [field.name for field in dataset.schema if not any(is_it(field.type) for is_it in unread)]
    return [name for name in read if sizes[name] <= most]
