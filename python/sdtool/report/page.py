"""`index.html`: tables, plots and a browser of rollouts in one file that opens without a network.

Model text is hostile. It never becomes markup: it travels as gzipped JSON in base64, whose alphabet holds no
`<`, and the page's script only ever sets it as the text of an element. A Content-Security-Policy names the
hash of that one script and allows nothing else to run or to load.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from importlib import resources
from typing import TYPE_CHECKING, Any

from sdtool.report.outcomes import OUTCOMES, outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sdtool.report.gallery import Plot
    from sdtool.report.rollouts import Rollouts
    from sdtool.report.tables import Table

# Characters of model text in one page; what is above loses the middles of its longest texts.
TEXT_BUDGET = 64_000_000
# Most rollouts in one page; a table of more is for the Parquet files.
MOST_ROLLOUTS = 20_000
CHUNK = 100


def page(
    title: str, tables: Sequence[Table], plots: Sequence[Plot], rollouts: Rollouts, notes: Sequence[str]
) -> str:
    """The whole page as HTML."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("sdtool.report", "assets"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    style, script = (
        resources.files("sdtool.report").joinpath("assets", name).read_text(encoding="utf-8")
        for name in ("page.css", "page.js")
    )
    index, chunks = _rollouts(rollouts)
    return environment.get_template("page.html").render(
        title=title,
        notes=notes,
        tables=tables,
        plots=[(plot, base64.b64encode(plot.svg.encode()).decode()) for plot in plots],
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        index=_packed(index),
        chunks=map(_packed, chunks),
        shown=len(index["rollouts"]),
        total=len(rollouts),
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _packed(content: object) -> str:
    """JSON, gzipped (the same bytes at every call), in base64."""
    return base64.b64encode(
        gzip.compress(json.dumps(content, separators=(",", ":")).encode(), 6, mtime=0)
    ).decode()


def _rollouts(rollouts: Rollouts) -> tuple[dict[str, Any], Iterator[list[Any]]]:
    """What the browser lists, and the texts in chunks of `CHUNK` rollouts in the same order."""
    count = min(len(rollouts), MOST_ROLLOUTS) if rollouts.parts else 0
    settings = list(rollouts.settings)
    sources = sorted(set(rollouts["source"].tolist())) if "source" in rollouts else []
    place = {
        name: {key: number for number, key in enumerate(keys)}
        for name, keys in (("setting", settings), ("source", sources), ("outcome", OUTCOMES))
    }
    problems: dict[str, int] = {}
    listed: list[list[Any]] = []
    told: list[list[Any]] = []
    ends = outcome(rollouts)
    lengths: list[int] = []
    row = 0
    for batch in rollouts.texts(("prompt", "problem", "gold", "answer", "reason", "response")):
        columns = batch.to_pydict()
        for offset in range(min(batch.num_rows, count - row)):
            given = {name: values[offset] for name, values in columns.items()}
            problem = str(rollouts["problem_id"][row])
            if problem not in problems:
                problems[problem] = len(told)
                source = place["source"][rollouts["source"][row]] if sources else -1
                told.append(
                    [
                        problem,
                        source,
                        _text(given.get("gold")),
                        _text(given.get("prompt", given.get("problem"))),
                    ]
                )
            listed.append(
                [
                    place["setting"][rollouts["setting"][row]],
                    problems[problem],
                    place["outcome"][ends[row]],
                    int(rollouts["sample"][row])
                    if "sample" in rollouts and rollouts["sample"].dtype.kind == "i"
                    else 0,
                    int(rollouts["n_tokens"][row]) if "n_tokens" in rollouts else None,
                    given.get("answer"),
                    _text(given.get("reason")),
                ]
            )
            lengths.append(len(_text(given.get("response"))))
            row += 1
        if row >= count:
            break
    index = {
        "settings": settings,
        "sources": sources,
        "outcomes": OUTCOMES,
        "problems": told,
        "rollouts": listed,
        "chunk": CHUNK,
    }
    return index, _chunks(rollouts, count, _longest(lengths, TEXT_BUDGET))


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _chunks(rollouts: Rollouts, count: int, longest: int) -> Iterator[list[Any]]:
    chunk: list[Any] = []
    row = 0
    for batch in rollouts.texts(("response",)):
        for text in (
            batch["response"].to_pylist() if "response" in batch.schema.names else [None] * batch.num_rows
        ):
            if row == count:
                break
            chunk.append(_shortened(_text(text), longest))
            row += 1
            if len(chunk) == CHUNK:
                yield chunk
                chunk = []
    if chunk:
        yield chunk


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


def _shortened(text: str, longest: int) -> str | list[str | int]:
    """The text, or its first and last part with the number of characters left out between them."""
    if len(text) <= longest:
        return text
    head = longest // 3
    tail = longest - head
    return [text[:head], len(text) - longest, text[len(text) - tail :]]
