"""The card of a problem set: what is in it, what was left out and why, and the hash that names it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sdtool.store import write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sdtool.validation.files import Row
    from sdtool.validation.problem_set import ProblemSet

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
        lines += _table(
            ["id", "reason", "gold or twin"], [[d["id"], d["reason"], d["detail"]] for d in shown]
        )
        if len(data["dropped"]) > LISTED:
            lines += ["", f"and {len(data['dropped']) - LISTED} more, listed in the card's JSON."]
    return "\n".join(lines) + "\n"


def write_card(built: ProblemSet, beside: Path) -> str:
    """Write NAME.card.json and NAME.card.md beside the problem set's file; returns the latter's text."""
    data = make_card(built)
    text = card_markdown(data, beside.stem)
    as_json = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    for suffix, content in ((".card.json", as_json), (".card.md", text)):
        write_whole(beside.with_suffix(suffix), content)
    return text


def budget_markdown(rows: Sequence[Row]) -> str:
    """A budget's strata, their weights, and whether its raw figures compare with the full set's."""
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
