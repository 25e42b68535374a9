"""What changed between two gradings of the same rollouts.

A grading is a Parquet file that `regrade` made, a run directory, or any Parquet file with a column of
verdicts: `verdict` (`equal`, `different`, `undecided`), or another grader's labels: true and false, 1 and 0,
words, or a list with one for each sample.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sdtool import layouts
from sdtool.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyarrow as pa

KEYS = ("source", "setting", "problem_id", "sample", "seed", "cap")
"""What says which rollout a row is, as far as both sides have it, under whatever name."""

SHOWN = ("gold", "answer")
"""Columns that an example shows, from whichever side has them."""

EXAMPLES = 5
"""Examples that are kept of each kind of change, and of the rows that have no match."""

WORDS = {
    "equal": ("equal", "true", "correct", "right", "yes", "pass", "passed", "c", "1", "1.0"),
    "different": ("different", "false", "incorrect", "wrong", "no", "fail", "failed", "i", "0", "0.0"),
    "undecided": ("undecided", "unknown", "n"),
}
"""Words for each verdict, in lower case; inspect_ai has C, I and N."""

Change = tuple[str, str, str, str]
"""Verdict and reason on side A, verdict and reason on side B."""


@dataclass(slots=True)
class Difference:
    """Verdicts that changed between two gradings.

    Attributes:
        rows: rollouts that both sides have.
        only_a: rollouts that only side A has.
        only_b: rollouts that only side B has.
        keys: what the rollouts were matched by; none: the order of the rows.
        unmatched_a: the first rollouts that only side A has, by their keys.
        unmatched_b: the same of side B.
        unjudged: rollouts that one side has no verdict on; they count as no change.
        changes: how often each change of verdict occurs, with both reasons.
        examples: the first rollouts of each change: their keys, gold and answer.
    """

    rows: int = 0
    only_a: int = 0
    only_b: int = 0
    keys: tuple[str, ...] = ()
    unmatched_a: list[dict[str, Any]] = field(default_factory=list)
    unmatched_b: list[dict[str, Any]] = field(default_factory=list)
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
    with equal keys; without any common key, by the order of the rows. Where a label is a list, it has one
    for each sample.

    Args:
        a: a Parquet file, a folder of them, or a run directory.
        b: the other side; may be the same file, with another column.
        column_a: the column of verdicts in A; None: `verdict`, or a common name of labels.
        column_b: the same of B.

    Raises:
        InputError: a side cannot be read or has no such column, or there is no key and the sides differ
            in their number of rows.
    """
    sides = (_Side.open(Path(a), column_a), _Side.open(Path(b), column_b))
    keys = _common_keys(*sides)
    found = Difference(keys=tuple(keys))
    left: dict[tuple[Any, ...], _Row] = dict(sides[0].rows([own for own, _ in keys.values()]))
    total = len(left)
    matched = 0
    for key, new in sides[1].rows([own for _, own in keys.values()]):
        old = left.pop(key, None)
        if old is None:
            found.only_b += 1
            if len(found.unmatched_b) < EXAMPLES:
                found.unmatched_b.append(dict(zip(keys, key[1:], strict=True)))
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
    found.unmatched_a = [
        dict(zip(keys, key[1:], strict=True)) for key, _ in zip(left, range(EXAMPLES), strict=False)
    ]
    if not keys and (found.only_a or found.only_b):
        raise InputError(
            f"{a} and {b} have {total} and {matched + found.only_b} rows and no column in common that says "
            f"which rollout a row is ({', '.join(KEYS)}), so their rows cannot be matched"
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
    with path.open("rb") as file:
        if file.read(4) != b"PAR1":
            raise InputError(
                f"{path}: is not Parquet; `python -m sdtool regrade {path} --out graded.parquet` makes it so"
            )
    return [path]


@dataclass(frozen=True, slots=True)
class _Side:
    path: Path
    column: str
    schema: pa.Schema

    @classmethod
    def open(cls, path: Path, column: str | None) -> _Side:
        schema = _schema(path)
        if column is None:
            column = next((name for name in ("verdict", *layouts.LABELS) if name in schema.names), "verdict")
        if column not in schema.names:
            there = ", ".join(schema.names)
            raise InputError(f"{path}: there is no column {column!r}; its columns are {there}")
        return cls(path, column, schema)

    def has_lists(self) -> bool:
        """Whether a label is a list, with one for each sample."""
        import pyarrow as pa

        stored = self.schema.field(self.column).type
        return bool(pa.types.is_list(stored) or pa.types.is_large_list(stored))

    def stored(self, key: str) -> list[str]:
        """The columns that may say this key, the likeliest first."""
        names = dict.fromkeys((key, *layouts.NAMES.get(key, ())))
        found = [name for name in names if name in self.schema.names and name != self.column]
        return found or ([key] if key == "sample" and self.has_lists() else [])

    def rows(self, keys: list[str]) -> Iterator[tuple[tuple[Any, ...], _Row]]:
        """Each rollout with its key: how many before had the same values, and the values."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        names = self.schema.names
        reasons = "reason" if self.column == "verdict" and "reason" in names else None
        shown = [name for name in SHOWN if name in names]
        needed = [self.column, *([reasons] if reasons else []), *keys, *shown]
        needed = [name for name in dict.fromkeys(needed) if name in names]
        seen: Counter[tuple[Any, ...]] = Counter()
        for file in _files(self.path):
            try:
                for batch in pq.ParquetFile(file).iter_batches(columns=needed):
                    for row in batch.to_pylist():
                        for sample, label in _labels(row[self.column]):
                            own = row if sample is None or "sample" in row else row | {"sample": sample}
                            values = tuple(_comparable(own.get(key)) for key in keys)
                            verdict = _verdict(label, self.column)
                            reason = (row[reasons] if reasons else None) or self.column
                            yield (
                                (seen[values], *values),
                                _Row(verdict, reason, {name: row[name] for name in shown}),
                            )
                            seen[values] += 1
            except (pa.ArrowException, OSError) as error:
                raise InputError(f"{file}: {error}") from None


def _common_keys(a: _Side, b: _Side) -> dict[str, tuple[str, str]]:
    """The keys that both sides have, with the column of each; the same column where both have it."""
    keys = {}
    for key in KEYS:
        ours, theirs = a.stored(key), b.stored(key)
        if ours and theirs:
            same = next((name for name in ours if name in theirs), None)
            keys[key] = (same, same) if same else (ours[0], theirs[0])
    return keys


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


def _labels(value: Any) -> list[tuple[int | None, Any]]:
    """The labels of a row, each with the sample that it is of; None where it is the row's own."""
    if isinstance(value, str) and value.startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            return [(None, value)]
    return list(enumerate(value)) if isinstance(value, list) else [(None, value)]


def _comparable(value: Any) -> Any:
    """A key as both sides may store it: numbers and their texts are the same."""
    return value if value is None or isinstance(value, str) else str(value)


def _verdict(value: Any, column: str) -> str | None:
    if value is None:
        return None
    word = str(value).strip().lower()
    verdict = next((verdict for verdict, words in WORDS.items() if word in words), None)
    if verdict is None and word:
        raise InputError(
            f"column {column!r} holds {value!r}: a verdict is true or false, 1 or 0, or one of the words "
            f"{', '.join(word for words in WORDS.values() for word in words[:3])}"
        )
    return verdict
