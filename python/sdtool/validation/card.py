"""The card of a problem set: what is in it, what was left out and why, and the hash that names it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from sdtool.store import write_whole
from sdtool.validation.problem_set import Alike

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sdtool.validation.problem_set import ProblemSet
    from sdtool.validation.rows import Row

HASHED = ("id", "problem", "answer", "source", "difficulty", "date", "contamination")
LISTED = 20  # rows of a table in the readable card; the JSON has them all
ENDING = 160  # characters of a text that are shown there


def content_hash(rows: Sequence[Row]) -> str:
    """SHA-256 of what the problems are, whatever their order and subset."""
    digest = hashlib.sha256()
    for row in sorted(rows, key=lambda row: str(row["id"])):
        line = json.dumps([row.get(name) for name in HASHED], ensure_ascii=False)
        digest.update(line.encode() + b"\n")
    return f"sha256:{digest.hexdigest()}"


def make_card(built: ProblemSet) -> dict[str, Any]:
    """The card as data: counts by source and stratum, what was left out or flagged, the content hash."""
    kept = Counter(row["source"] for row in built.rows)
    ids = {row["id"] for row in built.rows}
    return {
        "problems": len(built.rows),
        "content_hash": content_hash(built.rows),
        "recipe": asdict(built.recipe),
        "sources": {
            name: {
                "read": read,
                "kept": kept[name],
                "left_out": {reason: count for reason, count in built.left[name].items() if count},
            }
            for name, read in built.read.items()
        },
        "strata": dict(sorted(Counter(row["stratum"] for row in built.rows).items())),
        "contamination": dict(Counter(row["contamination"] or "not stated" for row in built.rows)),
        "training": [
            {
                "path": str(training.path),
                "files": [str(file) for file in training.files],
                "passed_over": [str(file) for file in training.passed],
                "rows": training.rows,
                "read_from": dict(training.read),
                "without_problem": training.without,
                "rows_that_hold_a_problem": training.holding,
                "summary": training.summary,
            }
            for training in built.training
        ],
        "flagged": [asdict(flag) for flag in built.flags if flag.id in ids],
        "dropped": [asdict(drop) for drop in built.drops],
        "alike": [asdict(pair) for pair in built.alike if pair.id in ids or pair.kind != "possible"],
    }


def card_markdown(data: dict[str, Any], title: str) -> str:
    """The card to read."""
    reasons = list(dict.fromkeys(reason for s in data["sources"].values() for reason in s["left_out"]))
    lines = [
        f"# {title}",
        "",
        f"{data['problems']} problems, content hash `{data['content_hash']}`.",
        "",
        "## Sources",
        "",
        *_table(
            ["source", "rows read", *reasons, "kept"],
            [
                [name, s["read"], *(s["left_out"].get(reason, 0) for reason in reasons), s["kept"]]
                for name, s in data["sources"].items()
            ],
        ),
        "",
        "## Strata",
        "",
        *_table(["stratum", "problems"], data["strata"].items()),
        "",
        "## Contamination",
        "",
        *_table(["tag", "problems"], data["contamination"].items()),
    ]
    if data["training"]:
        lines += ["", *(f"- {_cell(training['summary'])}" for training in data["training"])]
    if data["flagged"]:
        lines += ["", "## Kept and flagged", ""]
        lines += _first(["id", "flag", "what shows it"], data["flagged"], ["id", "flag", "detail"])
    if data["dropped"]:
        lines += ["", "## Dropped for a fault or as a duplicate", ""]
        lines += _first(["id", "reason", "gold or twin"], data["dropped"], ["id", "reason", "detail"])
    if possible := [pair for pair in data["alike"] if pair["kind"] == "possible"]:
        lines += ["", "## Possible matches, for a human eye", ""]
        lines += [
            "Nothing was done about these; the table of all, with the whole texts, is in the CSV file.",
            "",
        ]
        possible.sort(key=lambda pair: -pair["containment"])
        shown = [
            {**pair, **{name: _ending(pair[name]) for name in ("problem", "other_problem")}}
            for pair in possible
        ]
        columns = ["id", "problem", "gold", "other", "other_problem", "other_gold", "difference"]
        lines += _first(["id", "text", "gold", "other", "its text", "its gold", "difference"], shown, columns)
    return "\n".join(lines) + "\n"


def alike_csv(data: dict[str, Any]) -> str:
    """All pairs of texts that are the same or possibly are, one a row, both texts whole."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [item.name for item in fields(Alike)])
    writer.writeheader()
    writer.writerows(data["alike"])
    return text.getvalue()


def write_card(built: ProblemSet, beside: Path) -> str:
    """Write NAME.card.json, NAME.card.md and NAME.alike.csv beside it; returns the second."""
    data = make_card(built)
    text = card_markdown(data, beside.stem)
    as_json = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    contents = {".card.json": as_json, ".card.md": text, ".alike.csv": alike_csv(data)}
    for suffix, content in contents.items():
        write_whole(beside.with_suffix(suffix), content)
    return text


def subset_markdown(rows: Sequence[Row]) -> str:
    """A subset's strata, their weights, and whether its raw figures compare with the full set's."""
    from sdtool import statistics

    counts = Counter(row["stratum"] for row in rows)
    sizes = {row["stratum"]: row["stratum_size"] for row in rows}
    gap = statistics.composition_gap([row["stratum"] for row in rows], [row["stratum_size"] for row in rows])
    full = sum(sizes.values())
    verdict = (
        "its raw figures compare with the full set's"
        if gap <= statistics.COMPARABLE_GAP
        else "its raw figures must not be compared with the full set's, only the weighted ones"
    )
    lines = _table(
        ["stratum", "here", "of", "weight"],
        [[name, counts[name], sizes[name], f"{sizes[name] / counts[name]:.3g}"] for name in sorted(sizes)],
    )
    lines += ["", f"{len(rows)} of {full} problems; its mix of strata is {gap:.1%} off: {verdict}."]
    return "\n".join(lines) + "\n"


def _first(header: Sequence[str], rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> list[str]:
    """A table of the first rows, and how many more there are."""
    lines = _table(header, [[row[name] for name in columns] for row in rows[:LISTED]])
    more = len(rows) - LISTED
    return lines + (["", f"and {more} more, listed in the card's JSON."] if more > 0 else [])


def _ending(text: str) -> str:
    """The end of a text, where its question is."""
    text = " ".join(text.split())
    return text if len(text) <= ENDING else "… " + text[-ENDING:]


def _table(header: Sequence[str], rows: Any) -> list[str]:
    cells = [[_cell(value) for value in row] for row in rows]
    return [
        "| " + " | ".join(header) + " |",
        "|" + "---|" * len(header),
        *("| " + " | ".join(row) + " |" for row in cells),
    ]


def _cell(value: Any) -> str:
    """A value on one line of a Markdown table, as text whatever it holds."""
    text = " ".join(str(value).split())
    for special in "\\`|<>*_[]$":
        text = text.replace(special, "\\" + special)
    return text
