"""Columns of rollouts in memory: numpy arrays without nulls, and names as numbers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from sdtool import schema

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Column = NDArray[Any]

# What a problem set says of a problem's place in it (`data build` writes them); joined to its rollouts.
SUBSET_COLUMNS = ("stratum", "stratum_size", "subset_rank")
# What is the same for all rollouts of a problem.
PROBLEM_COLUMNS = ("problem_id", "source", "difficulty", *SUBSET_COLUMNS)
KINDS = {**schema.COLUMNS, "stratum_size": "int64", "subset_rank": "int64"}


def encoded(names: Column) -> tuple[Column, NDArray[np.int64]]:
    """The distinct names, sorted, and the place of each entry among them; in linear time."""
    found = pa.array(names, pa.string()).dictionary_encode()
    distinct = found.dictionary.to_numpy(zero_copy_only=False)
    order = np.argsort(distinct)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return distinct[order].astype(object), place[found.indices.to_numpy()]


def as_column(name: str, values: pa.ChunkedArray) -> Column:
    """A numpy column without nulls: a row that could not be graded is undecided, and not correct."""
    kind = KINDS.get(name, "string")
    if kind == "bool":
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
