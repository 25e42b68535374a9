"""What changed between two gradings of the same rollouts.

A grading is a Parquet file that `regrade` made, a run directory, or any Parquet file with a column of
verdicts: `verdict` (`equal`, `different`, `undecided`), or a boolean column such as another grader's.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sdtool.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyarrow as pa

KEYS = ("source", "dataset", "model", "problem_id", "id", "setting", "sample", "seed", "cap")
"""Columns that say which rollout a row is, as far as both sides have them."""

SHOWN = ("gold", "answer")
"""Columns that an example shows, from whichever side has them."""

EXAMPLES = 5
"""Examples that are kept of each kind of change."""

Change = tuple[str, str, str, str]
"""Verdict and reason on side A, verdict and reason on side B."""


@dataclass(slots=True)
class Difference:
    """Verdicts that changed between two gradings.

    Attributes:
        rows: rollouts that both sides have.
        only_a: rollouts that only side A has.
        only_b: rollouts that only side B has.
        unjudged: rollouts that one side has no verdict on; they count as no change.
        changes: how often each change of verdict occurs, with both reasons.
        examples: the first rollouts of each change: their keys, gold and answer.
    """

    rows: int = 0
    only_a: int = 0
    only_b: int = 0
    unjudged: int = 0
    changes: Counter[Change] = field(default_factory=Counter)
    examples: dict[Change, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def changed(self) -> int:
        """Rollouts whose verdict changed."""
        return self.changes.total()


@dataclass(frozen=True, slots=True)
class _Row:
    verdict: str | None
    reason: str
    shown: Mapping[str, Any]


def diff(
    a: str | Path, b: str | Path, *, column_a: str | None = None, column_b: str | None = None
) -> Difference:
    """Compare two gradings, rollout by rollout.

    Rollouts are matched by the `KEYS` that both sides have, and by the order of the rows among those
    with equal keys; without any common key, by the order of the rows.

    Args:
        a: a Parquet file, a folder of them, or a run directory.
        b: the other side; may be the same file, with another column.
        column_a: the column of verdicts in A; None: `verdict`.
        column_b: the same of B.

    Raises:
        InputError: a side cannot be read or has no such column, or there is no key and the sides differ
            in their number of rows.
    """
    sides = [(Path(a), column_a or "verdict"), (Path(b), column_b or "verdict")]
    schemas = [_schema(path) for path, _ in sides]
    keys = [key for key in KEYS if all(key in schema.names for schema in schemas)]
    found = Difference()
    left: dict[tuple[Any, ...], _Row] = dict(_rows(*sides[0], schemas[0], keys))
    total = len(left)
    matched = 0
    for key, new in _rows(*sides[1], schemas[1], keys):
        old = left.pop(key, None)
        if old is None:
            found.only_b += 1
            continue
        matched += 1
        if old.verdict is None or new.verdict is None:
            found.unjudged += old.verdict != new.verdict
            continue
        if old.verdict == new.verdict:
            continue
        change = (old.verdict, old.reason, new.verdict, new.reason)
        found.changes[change] += 1
        examples = found.examples.setdefault(change, [])
        if len(examples) < EXAMPLES:
            examples.append(dict(zip(keys, key[1:], strict=True)) | dict(new.shown) | dict(old.shown))
    found.rows, found.only_a = matched, total - matched
    if not keys and (found.only_a or found.only_b):
        raise InputError(
            f"{a} and {b} have {total} and {matched + found.only_b} rows and no column in common that says "
            f"which rollout a row is (one of {', '.join(KEYS)}), so their rows cannot be matched"
        )
    return found


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        top = path / "rollouts" if (path / "rollouts").is_dir() else path
        files = sorted(file for file in top.rglob("*.parquet") if not file.name.startswith("."))
        if not files:
            raise InputError(f"{path}: there is no Parquet file below this folder")
        return files
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    return [path]


def _schema(path: Path) -> pa.Schema:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise InputError("diff reads Parquet with pyarrow: pip install 'sdtool[report]'") from None
    try:
        return pq.read_schema(_files(path)[0])
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path}: {error}") from None


def _rows(
    path: Path, column: str, schema: pa.Schema, keys: list[str]
) -> Iterator[tuple[tuple[Any, ...], _Row]]:
    """Each row with its key: how many rows before had the same values, and the values."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if column not in schema.names:
        raise InputError(f"{path}: there is no column {column!r}; its columns are {', '.join(schema.names)}")
    reasons = "reason" if column == "verdict" and "reason" in schema.names else None
    shown = [name for name in SHOWN if name in schema.names]
    needed = list(dict.fromkeys([column, *([reasons] if reasons else []), *keys, *shown]))
    seen: Counter[tuple[Any, ...]] = Counter()
    for file in _files(path):
        try:
            for batch in pq.ParquetFile(file).iter_batches(columns=needed):
                for row in batch.to_pylist():
                    values = tuple(row[key] for key in keys)
                    verdict = _verdict(row[column], column)
                    reason = (row[reasons] if reasons else None) or column
                    yield (seen[values], *values), _Row(verdict, reason, {name: row[name] for name in shown})
                    seen[values] += 1
        except (pa.ArrowException, OSError) as error:
            raise InputError(f"{file}: {error}") from None


def _verdict(value: Any, column: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "equal" if value else "different"
    if isinstance(value, str):
        return value
    if value in {0, 1}:
        return "equal" if value else "different"
    raise InputError(f"column {column!r} holds {value!r}: a verdict is a word, true or false, or 0 or 1")
