"""Problem sets: the embedded one, JSONL, Parquet or CSV files, and datasets of the hub."""

from __future__ import annotations

import csv
import json
import logging
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sdtool.config import EMBEDDED
from sdtool.errors import InputError
from sdtool.schema import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

log = logging.getLogger(__name__)

EMBEDDED_PROBLEMS = Path(__file__).parent / "embedded" / "problems.jsonl"

_USUAL_COLUMNS = {
    "problem": ("problem", "question"),
    "gold": ("gold", "answer"),
    "id": ("id", "problem_id"),
    "source": ("source",),
    "difficulty": ("difficulty", "level"),
    "date": ("date",),
    "contamination": ("contamination",),
    "stratum": ("stratum",),
    "stratum_size": ("stratum_size",),
    "subset_rank": ("subset_rank", "budget_rank"),
}
_FILE_BUILDERS = {".parquet": "parquet", ".csv": "csv"}
_JSON = (".jsonl", ".json")


def load(
    data: str = EMBEDDED,
    *,
    config: str | None = None,
    split: str | None = None,
    problem_column: str | None = None,
    gold_column: str | None = None,
    id_column: str | None = None,
    limit: int | None = None,
) -> list[Problem]:
    """Load a problem set.

    Args:
        data: `embedded`, a JSONL, Parquet or CSV file, or what `datasets.load_dataset` takes.
        config: of a dataset of the hub that has several.
        split: of a dataset that has several.
        problem_column: holds the text; by default `problem` or `question`.
        gold_column: holds the gold answer; by default `gold` or `answer`.
        id_column: holds the id; by default `id` or `problem_id`, else rows are numbered from 0.
        limit: keep the first so many rows.

    Raises:
        InputError: the data cannot be read, has no such column, split or config, is empty, holds a problem
            without text or gold, or two with one id.
    """
    is_file = data == EMBEDDED or Path(data).suffix in {*_JSON, *_FILE_BUILDERS}
    for flag, value in (("--split", split), ("--data-config", config)):
        if is_file and value is not None:
            raise InputError(f"{flag} {value}: {data} is no dataset of the hub, and has none")
    if data == EMBEDDED:
        rows: list[Mapping[str, Any]] = _embedded()
        columns: Iterable[str] = rows[0]
        name = EMBEDDED
    elif Path(data).suffix in _JSON:
        rows = _json_rows(Path(data))
        columns, name = dict.fromkeys(key for row in rows for key in row), Path(data).stem
    else:
        dataset = _dataset(data, config, split)
        columns, name = dataset.column_names, Path(data).stem
        rows = dataset.select(range(min(limit, len(dataset)))) if limit is not None else dataset
    asked = {"problem": problem_column, "gold": gold_column, "id": id_column}
    column = {word: _column(word, asked.get(word), list(columns), data) for word in _USUAL_COLUMNS}
    for word in ("problem", "gold"):
        others = [name for name in _USUAL_COLUMNS[word] if name in columns and name != column[word]]
        if others and asked[word] is None:
            log.warning(
                "%s: column %r is read and %s is not; --%s-column takes another",
                data, column[word], " and ".join(map(repr, others)), word,
            )  # fmt: skip
    problems = [_problem(index, row, column, name, data) for index, row in enumerate(rows)][:limit]
    if not problems:
        raise InputError(f"{data} holds no problems")
    _check_ids(problems, data)
    return problems


def of_rows(rows: Sequence[Mapping[str, Any] | Problem]) -> list[Problem]:
    """Problems from dicts with the usual columns, as rows of a file have them; problems stay as they are.

    Raises:
        InputError: a row lacks text or gold, or two problems have one id.
    """
    found = []
    for index, row in enumerate(rows):
        if isinstance(row, Problem):
            found.append(row)
            continue
        column = {word: _column(word, None, list(row), f"problem {index}") for word in _USUAL_COLUMNS}
        found.append(_problem(index, row, column, "problems", "problems"))
    _check_ids(found, "problems")
    return found


def _check_ids(problems: Sequence[Problem], data: str) -> None:
    repeated = [id_ for id_, count in Counter(problem.id for problem in problems).items() if count > 1]
    if repeated:
        raise InputError(
            f"{data}: several problems have the same id, {repeated[0]!r}"
            + (f" and {len(repeated) - 1} more such ids" if len(repeated) > 1 else "")
        )


def _embedded() -> list[Mapping[str, Any]]:
    with EMBEDDED_PROBLEMS.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _json_rows(path: Path) -> list[Mapping[str, Any]]:
    """The objects of a JSON file, one a line or one array; numbers stay as they are written."""
    as_written: dict[str, Any] = {"parse_int": str, "parse_float": str, "parse_constant": str}
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise InputError(f"there is no file {path}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot load the data {path}: {error}") from error
    if text.lstrip().startswith("["):
        parts = [(0, text)]
    else:
        parts = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    rows: list[Mapping[str, Any]] = []
    for number, part in parts:
        where = f", line {number}" if number else ""
        try:
            found = json.loads(part, **as_written)
        except (ValueError, RecursionError) as error:
            raise InputError(f"cannot load the data {path}{where}: {error}") from error
        for row in found if isinstance(found, list) else [found]:
            if not isinstance(row, dict):
                raise InputError(f"cannot load the data {path}{where}: {row!r:.40} is not an object")
            rows.append(row)
    if not rows:
        raise InputError(f"{path} holds no problems")
    return rows


def _dataset(data: str, config: str | None, split: str | None) -> Any:
    import datasets

    builder = _FILE_BUILDERS.get(Path(data).suffix)
    if builder and not Path(data).is_file():
        raise InputError(f"there is no file {data}")
    datasets.disable_progress_bars()
    try:
        options = _all_text(data) if builder == "csv" else {}
        loaded = (
            datasets.load_dataset(builder, data_files=data, **options)
            if builder
            else datasets.load_dataset(data, config)
        )
    except Exception as error:  # a dataset may fail in whatever its reader, the network or the disk raises
        cause = error.__cause__ or error
        elsewhere = isinstance(cause, OSError) and cause.filename not in {None, data}
        hint = (
            "; if it is the cache that cannot be written, set HF_HOME to another folder" if elsewhere else ""
        )
        raise InputError(f"cannot load the data {data}: {cause}{hint}") from error
    splits = list(loaded)
    if builder or (split is None and len(splits) == 1):
        return loaded[splits[0]]
    if split not in splits:
        wanted = "say which with --split" if split is None else f"not {split!r}"
        raise InputError(f"{data} has the splits {', '.join(splits)}; {wanted}")
    return loaded[split]


def _all_text(data: str) -> dict[str, Any]:
    """Options that read a CSV file as text, which has no types: an id or a gold of 025 stays 025."""
    from datasets import Features, Value

    with Path(data).open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    return {"features": Features({name: Value("string") for name in header}), "keep_default_na": False}


def _column(word: str, asked: str | None, columns: list[str], data: str) -> str | None:
    if asked is not None:
        if asked not in columns:
            raise InputError(f"{data} has no column {asked!r}; its columns are {', '.join(columns)}")
        return asked
    found = next((name for name in _USUAL_COLUMNS[word] if name in columns), None)
    if found is None and word in {"problem", "gold"}:
        usual = " or ".join(_USUAL_COLUMNS[word])
        there = ", ".join(columns)
        raise InputError(f"{data} has no column {usual}, but {there}: name one with --{word}-column")
    return found


def _problem(
    index: int, row: Mapping[str, Any], column: Mapping[str, str | None], name: str, data: str
) -> Problem:
    def text(word: str) -> str | None:
        found = column[word]
        value = None if found is None else row.get(found)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        hint = '; several parts of an answer are one text, such as "1, -1"' if isinstance(value, list) else ""
        raise InputError(
            f"{data}, row {index}: column {column[word]!r} must hold text or a number, "
            f"not {value!r:.80}{hint}"
        )

    def number(word: str) -> int | None:
        value = text(word)
        try:
            return None if value is None else int(value)
        except ValueError:
            raise InputError(
                f"{data}, row {index}: column {column[word]!r} must hold a whole number, not {value!r:.80}"
            ) from None

    problem, gold = text("problem"), text("gold")
    id_ = text("id")
    where = f"{data}, row {index}" + (f" (id {id_!r})" if id_ else "")
    if not problem or not problem.strip():
        raise InputError(f"{where}: the problem has no text (column {column['problem']!r})")
    if not gold or not gold.strip():
        raise InputError(f"{where}: the problem has no gold answer (column {column['gold']!r})")
    return Problem(
        id=id_ or str(index),
        text=problem,
        gold=gold,
        source=text("source") or name,
        difficulty=text("difficulty"),
        date=text("date"),
        contamination=text("contamination"),
        stratum=text("stratum"),
        stratum_size=number("stratum_size"),
        subset_rank=number("subset_rank"),
    )
