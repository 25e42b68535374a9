"""The card of a training file: what went in, what each filter took away, what that did to the rest."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from sdtool.exporting.filters import flag
from sdtool.exporting.options import Options
from sdtool.grading import GRADER_VERSION
from sdtool.metrics import METRICS, SHARE
from sdtool.parameters import Setting, described, values
from sdtool.report.tables import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sdtool.exporting.contamination import Repeat
    from sdtool.exporting.filters import Step
    from sdtool.exporting.inputs import Input
    from sdtool.exporting.pool import Pool
    from sdtool.metrics import Metric

PROVENANCE = (
    *("model", "model_hash", "tokenizer_hash", "problems_hash", "prompt_template", "system_prompt"),
    *("seed", "grader_version", "versions", "planned"),
)
"""What the card repeats of a run's `run.json`."""
LISTED = 20  # repeated problems in the readable card; the JSON has them all


def make_card(
    file: Path,
    sha256: str,
    options: Options,
    inputs: Sequence[Input],
    read: Pool,
    steps: Sequence[Step],
    notes: Sequence[str],
    repeats: Sequence[Repeat],
) -> dict[str, Any]:
    """The card as data. `rows` is the number of lines in the file, `written` what is said of them."""
    before = read.description()
    after = steps[-1].left if steps else before
    return {
        "file": file.name,
        "sha256": sha256,
        "rows": after["rows"],
        "format": options.format,
        "seed": options.seed,
        "sdtool": GRADER_VERSION,
        "options": _changed(options),
        "inputs": [_input(given) for given in inputs],
        "notes": list(notes),
        "read": before,
        "filters": [
            {"name": flag(step.name), "value": _plain(step.value), "dropped": step.dropped, **step.left}
            for step in steps
        ],
        "written": after,
        "repeats": [asdict(repeat) for repeat in repeats],
    }


def card_markdown(card: Mapping[str, Any]) -> str:
    """The card to read."""
    rows = f"{card['rows']:,} of {card['read']['rows']:,} rollouts as {card['format']}, seed {card['seed']}"
    lines = [
        f"# {card['file']}",
        "",
        f"{rows}; SHA-256 `{card['sha256']}`; sdtool {card['sdtool']}.",
        "",
        *(f"> {note}\n" for note in card["notes"]),
        filters_table(card).markdown(),
        *(mix_table(card, name).markdown() for name in card["read"]["mix"]),
        _inputs_table(card).markdown(),
    ]
    if card["repeats"]:
        lines.append(_repeats_table(card).markdown())
    return "\n".join(lines)


def filters_table(card: Mapping[str, Any]) -> Table:
    """What is left after each filter, and what each took away."""
    rows = [("read", "", card["read"]), *((_shown(step), step["dropped"], step) for step in card["filters"])]
    return Table(
        "Filters, in the order in which they were applied",
        ("after", "dropped", "rollouts", "problems", *(_title(metric) for metric in METRICS.values())),
        tuple(
            (
                name,
                f"{dropped:,}" if dropped != "" else "",
                f"{left['rows']:,}",
                f"{left['problems']:,}",
                *(_value(metric, left[metric.name]) for metric in METRICS.values()),
            )
            for name, dropped, left in rows
        ),
        "Means over rollouts; accuracy and undecided over those that have a gold answer.",
    )


def mix_table(card: Mapping[str, Any], name: str) -> Table:
    """What the filters together did to the mix of settings, of sources or of difficulties."""
    before, after = card["read"]["mix"][name], card["written"]["mix"][name]
    rows_before, rows_after = card["read"]["rows"], card["rows"]
    return Table(
        f"By {name}",
        (name, "read", "%", "written", "%", "change in points"),
        tuple(
            (
                value,
                f"{count:,}",
                SHARE.text(count / rows_before),
                f"{(kept := after.get(value, 0)):,}",
                SHARE.text(kept / rows_after),
                SHARE.difference(kept / rows_after - count / rows_before),
            )
            for value, count in before.items()
        ),
    )


def _inputs_table(card: Mapping[str, Any]) -> Table:
    return Table(
        "Made from",
        ("input", "rollouts", "model", "model hash", "settings", "SHA-256 of the rollouts"),
        tuple(
            (
                given["path"],
                f"{given['rows']:,}",
                str(given.get("model", "")),
                str(given.get("model_hash", ""))[:16],
                "; ".join(
                    f"{name}: {described(Setting(name, **asked))}"
                    for name, asked in given.get("settings", {}).items()
                ),
                given["sha256"][:16],
            )
            for given in card["inputs"]
        ),
        "The JSON has the hashes in full.",
    )


def _repeats_table(card: Mapping[str, Any]) -> Table:
    found = card["repeats"]
    more = len(found) - LISTED
    return Table(
        "Problems that repeat one of --against",
        ("problem", "rollouts read", "kind", "repeats", "containment", "difference"),
        tuple(
            (
                repeat["problem"],
                f"{repeat['rollouts']:,}",
                repeat["kind"],
                repeat["repeats"],
                f"{repeat['containment']:.2f}",
                repeat["difference"] or "",
            )
            for repeat in found[:LISTED]
        ),
        "A possible repeat is kept: look at it." + (f" {more:,} more are in the JSON." if more > 0 else ""),
    )


def _input(given: Input) -> dict[str, Any]:
    known = {name: given.provenance[name] for name in PROVENANCE if name in given.provenance}
    asked = given.experiment
    settings = {setting.name: values(setting) for setting in asked.settings} if asked else {}
    return {
        "path": str(given.path),
        "rows": given.rows,
        "sha256": given.sha256(),
        **known,
        **({"settings": settings, "cap": asked.max_new_tokens} if asked else {}),
    }


def _changed(options: Options) -> dict[str, Any]:
    """The options that are not what they are by default."""
    default = asdict(Options())
    return {
        field.name: _plain(value)
        for field in fields(Options)
        if (value := getattr(options, field.name)) != default[field.name]
    }


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float | str | dict) else str(value)


def _shown(step: Mapping[str, Any]) -> str:
    value = step["value"]
    if value is True:
        return str(step["name"])
    if isinstance(value, dict):
        value = [f"{name}={share:g}" for name, share in value.items()]
    return f"{step['name']} {', '.join(map(str, value)) if isinstance(value, list) else value}"


def _title(metric: Metric) -> str:
    return f"{metric.label} %" if metric.unit.is_share else metric.label


def _value(metric: Metric, value: float | None) -> str:
    return "" if value is None else metric.unit.text(value)
