"""What the page's browser of rollouts is given: an index of all, and the texts in chunks.

Model text never becomes markup: it travels as gzipped JSON in base64, whose alphabet holds no `<`.
"""

from __future__ import annotations

import base64
import gzip
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from sdtool.report.mathml import Formulas
from sdtool.report.outcomes import OUTCOMES, outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sdtool.report.rollouts import Rollouts

# Characters of model text in one page; what is above loses the middles of its longest texts.
TEXT_BUDGET = 64_000_000
# Most rollouts in one page; a table of more is for the Parquet files.
MOST_ROLLOUTS = 20_000
CHUNK = 100
# Characters behind the thoughts in which formulas are looked for.
MOST_TYPESET = 6_000


def packed(content: object) -> str:
    """JSON, gzipped (the same bytes at every call), in base64."""
    return base64.b64encode(
        gzip.compress(json.dumps(content, separators=(",", ":")).encode(), 6, mtime=0)
    ).decode()


def index_and_texts(rollouts: Rollouts) -> tuple[dict[str, Any], Iterator[dict[str, Any]]]:
    """What the browser lists, and the texts in chunks of `CHUNK` rollouts in the same order."""
    formulas = Formulas()
    count = min(len(rollouts), MOST_ROLLOUTS) if rollouts.parts else 0
    words = _Words(rollouts, count)
    problems: dict[str, int] = {}
    told: list[list[Any]] = []
    answers: list[str | None] = []
    math: dict[str, Any] = {}
    lengths: list[int] = []
    row = 0
    for batch in rollouts.texts(("prompt", "problem", "gold", "answer", "response")):
        columns = batch.to_pydict()
        for offset in range(min(batch.num_rows, count - row)):
            given = {name: _text(values[offset]) for name, values in columns.items()}
            id_ = str(rollouts["problem_id"][row])
            if id_ not in problems:
                problems[id_] = len(told)
                text = given.get("prompt") or given.get("problem", "")
                told.append([id_, words.stratum(row), given.get("gold", ""), text])
                math |= formulas.of_answer(given.get("gold", "")) | formulas.of(text)
            answer = columns["answer"][offset] if "answer" in columns else None
            if answer:
                math |= formulas.of_answer(answer)
            answers.append(answer)
            lengths.append(len(given.get("response", "")))
            row += 1
        if row >= count:
            break
    problem_of = [problems[str(id_)] for id_ in rollouts["problem_id"][:count]]
    index = {
        "settings": list(rollouts.settings),
        "outcomes": OUTCOMES,
        "problems": told,
        "problem": problem_of,
        "answer": answers,
        **words.columns,
        "chunk": CHUNK,
        "math": math,
    }
    return index, _chunks(rollouts, count, _longest(lengths, TEXT_BUDGET), formulas)


class _Words:
    """The columns of the index: numbers as they are, words as their place in a list of those that occur."""

    def __init__(self, rollouts: Rollouts, count: int) -> None:
        self._rollouts = rollouts
        place = {name: number for number, name in enumerate(rollouts.settings)}
        self.columns: dict[str, Any] = {
            "setting": [place[name] for name in rollouts["setting"][:count]],
            "outcome": [OUTCOMES.index(name) for name in outcome(rollouts)[:count]],
        }
        for name in ("verdict", "reason"):
            if name in rollouts:
                known, codes = np.unique(rollouts[name][:count].astype(str), return_inverse=True)
                self.columns |= {f"{name}s": known.tolist(), name: codes.tolist()}
        for name in ("sample", "seed", "n_tokens"):
            if name in rollouts and rollouts[name].dtype.kind == "i":
                self.columns[name] = rollouts[name][:count].tolist()
        if "looped" in rollouts:
            self.columns["looped"] = rollouts["looped"][:count].astype(int).tolist()
        self.columns["strata"] = []
        self._strata: dict[str, int] = {}

    def stratum(self, row: int) -> int:
        """The place of a rollout's source and difficulty among those that occur, -1 without a source."""
        parts = [
            str(self._rollouts[name][row])
            for name in ("source", "difficulty")
            if name in self._rollouts and self._rollouts[name][row]
        ]
        if not parts:
            return -1
        name = " / ".join(parts)
        if name not in self._strata:
            self._strata[name] = len(self._strata)
            self.columns["strata"].append(name)
        return self._strata[name]


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _chunks(rollouts: Rollouts, count: int, longest: int, formulas: Formulas) -> Iterator[dict[str, Any]]:
    """Texts, and the formulas behind the thoughts in them."""
    texts: list[Any] = []
    math: dict[str, Any] = {}
    row = 0
    for batch in rollouts.texts(("response",)):
        for text in (
            batch["response"].to_pylist() if "response" in batch.schema.names else [None] * batch.num_rows
        ):
            if row == count:
                break
            texts.append(shortened(_text(text), longest))
            math |= formulas.of(_text(text).rpartition("</think>")[2][-MOST_TYPESET:])
            row += 1
            if len(texts) == CHUNK:
                yield {"texts": texts, "math": math}
                texts, math = [], {}
    if texts:
        yield {"texts": texts, "math": math}


def _longest(lengths: Sequence[int], budget: int) -> int:
    """The longest that a text may be so that all together keep to the budget, longer ones being cut to it."""
    left = budget
    ordered = sorted(lengths)
    for place, length in enumerate(ordered):
        share = left // (len(ordered) - place)
        if length > share:
            return share
        left -= length
    return max(ordered, default=0)


def shortened(text: str, longest: int) -> str | list[str | int]:
    """The text, or its first and last part with the number of characters left out between them."""
    if len(text) <= longest:
        return text
    head = longest // 3
    tail = longest - head
    return [text[:head], len(text) - longest, text[len(text) - tail :]]
