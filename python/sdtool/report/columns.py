"""Columns of rollouts in memory: numpy arrays without nulls, and names as numbers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from sdtool import schema
from sdtool.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Column = NDArray[Any]

# What a problem set says of a problem's place in it (`data build` writes them); joined to its rollouts.
SUBSET_COLUMNS = ("stratum", "stratum_size", "subset_rank")
# What is the same for all rollouts of a problem.
PROBLEM_COLUMNS = ("problem_id", "source", "difficulty", *SUBSET_COLUMNS)
# Numbers that cannot be below 0.
COUNTS = ("n_tokens", "subset_rank")
UNNAMED = "(unnamed)"
KINDS = {**schema.COLUMNS, "stratum_size": "int64", "subset_rank": "int64"}


def no_rows() -> dict[str, Column]:
    """The columns of rollouts of which there are none."""
    return {name: np.empty(0, dtype=object) for name in ("setting", "problem_id")}


def encoded(names: Column) -> tuple[Column, NDArray[np.int64]]:
    """The distinct names, sorted, and the place of each entry among them; in linear time."""
    found = pa.array(names, pa.string()).dictionary_encode()
    distinct = found.dictionary.to_numpy(zero_copy_only=False)
    order = np.argsort(distinct)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return distinct[order].astype(object), place[found.indices.to_numpy()]


def numbered(columns: Sequence[Column]) -> NDArray[np.int64]:
    """A number for each combination of values."""
    number = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        values = encoded(column)[1] if column.dtype == object else np.unique(column, return_inverse=True)[1]
        _, number = np.unique(number * (int(values.max()) + 1) + values, return_inverse=True)
    return number


def as_column(name: str, values: pa.ChunkedArray) -> Column:
    """A numpy column without nulls: a row that could not be graded is undecided, and not correct.

    Raises:
        InputError: a value cannot be one of this column.
    """
    try:
        column = _as_column(name, KINDS.get(name, "string"), values)
    except pa.ArrowException as error:
        raise InputError(f"column {name}: {error}") from error
    if name in COUNTS and not (column >= 0).all():  # which NaN is not either
        raise InputError(f"column {name} must hold numbers of at least 0; one is {column[~(column >= 0)][0]}")
    if name == "setting":
        return np.where(column == "", UNNAMED, column).astype(object)
    return column


def _as_column(name: str, kind: str, values: pa.ChunkedArray) -> Column:
    if kind == "bool":
        if pa.types.is_integer(values.type) and not set(values.unique().to_pylist()) <= {0, 1, None}:
            raise InputError(f"column {name} must hold true and false, or 1 and 0")
        return np.asarray(values.cast(pa.bool_()).fill_null(False).to_numpy(zero_copy_only=False), dtype=bool)
    if kind.startswith("int") and pa.types.is_integer(values.type):
        return np.asarray(values.fill_null(0).to_numpy(), dtype=np.int64)
    if kind == "float64" or (kind.startswith("int") and pa.types.is_floating(values.type)):
        return np.asarray(values.cast(pa.float64()).fill_null(0.0).to_numpy(), dtype=np.float64)
    return _shared(_as_text(values).fill_null("undecided" if name == "verdict" else ""))


def _as_text(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Values as texts; what is nested, such as a prompt in chat form, as its JSON."""
    if not pa.types.is_nested(values.type):
        return values.cast(pa.string())
    texts = (None if value is None else json.dumps(value, ensure_ascii=False) for value in values.to_pylist())
    return pa.chunked_array([pa.array(texts, pa.string())])


def _shared(texts: pa.ChunkedArray) -> Column:
    """Texts as Python has them, where equal ones are one object: 8 bytes a row beside the distinct ones."""
    # One array, with 64-bit offsets: unifying the dictionaries of many chunks takes quadratic time.
    coded = texts.cast(pa.large_string()).combine_chunks().dictionary_encode()
    distinct = coded.dictionary.to_numpy(zero_copy_only=False).astype(object)
    shared: Column = distinct[coded.indices.to_numpy()]
    return shared
