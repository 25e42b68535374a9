"""The card of a problem set: what is in it, what was left out and why, and the hash that names it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sdtool.validation.problem_set import ProblemSet
    from sdtool.validation.files import Row

HASHED = ("id", "problem", "answer", "source", "difficulty", "date", "contamination")
LISTED = 20  # dropped rows in the readable card; the JSON has them all


def content_hash(rows: Sequence[Row]) -> str:
    """SHA-256 of what the problems are, whatever their order and budget."""
    digest = hashlib.sha256()
    for row in sorted(rows, key=lambda row: str(row["id"])):
        line = json.dumps([row.get(name) for name in HASHED], ensure_ascii=False)
        digest.update(line.encode() + b"\n")
    return f"sha256:{digest.hexdigest()}"


def make_card(built: ProblemSet) -> dict[str, Any]:
    """The card as data: counts by source and stratum, everything that was left out, the content hash."""
    kept = Counter(row["source"] for row in built.rows)
    return {
        "problems": len(built.rows),
        "content_hash": content_hash(built.rows),
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
        "dropped": [asdict(drop) for drop in built.drops],
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
    if data["dropped"]:
        shown = data["dropped"][:LISTED]
        lines += ["", "## Dropped for a fault or as a duplicate", ""]
        lines += _table(["id", "reason", "gold or twin"], [[d["id"], d["reason"], d["detail"]] for d in shown])
        if len(data["dropped"]) > LISTED:
            lines += ["", f"and {len(data['dropped']) - LISTED} more, listed in the card's JSON."]
    return "\n".join(lines) + "\n"


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
