"""What was regraded, and what a reader of the figures must know."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from sdtool.grading import GRADER_VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Skipped:
    """An input that could not be regraded, and why."""

    path: str
    error: str


@dataclass(slots=True)
class Read:
    """How some of the input files were read.

    Attributes:
        layout: the tool whose layout they have, or how their columns were found.
        columns: what was read, by sdtool's names, and where it stands in the files.
        close_tag: the tag that ends a thought there; None where responses are plain.
        files: how many files.
    """

    layout: str
    columns: dict[str, str]
    close_tag: str | None = None
    files: int = 1


@dataclass(slots=True)
class Regraded:
    """What was regraded: the state while it runs, the summary at the end.

    Attributes:
        files: input files.
        files_done: of these, done or skipped.
        rows_read: rows of the input.
        golds_paired: of these, rows with as many gold answers as responses, and more than one.
        rows: rollouts: rows of the output.
        no_gold: rollouts without a gold answer; they have no verdict and count in no rate but their own.
        gold_unread: rollouts whose gold answer cannot be compared with anything.
        no_response: rollouts whose response is null.
        correct: rollouts with the verdict `equal`.
        undecided: rollouts with the verdict `undecided`.
        think_closed: responses whose thought ends.
        think_open: responses that end within their thought.
        answered: responses with an answer.
        boxed: responses with an answer in a box.
        looped: rollouts that fell into a loop.
        text_bytes: bytes of the responses.
        file_bytes: bytes of the input files that are done.
        total_bytes: bytes of all input files.
        seconds: wall time.
        read: how the files were read.
        finish_reasons: finish reasons of unknown spelling, and how often each occurs.
        warnings: what a reader of the figures must know.
        outputs: the files that were written.
        kept: of these, files that an earlier, interrupted call had written.
        skipped: the inputs that could not be regraded.
        left_out: JSON files of folders that hold settings or results, no rollouts.
        empty: inputs without rows.
        repeated: inputs that were named more than once; each counts once.
        grader_version: the grader's version.
    """

    files: int
    total_bytes: int
    files_done: int = 0
    rows_read: int = 0
    golds_paired: int = 0
    rows: int = 0
    no_gold: int = 0
    gold_unread: int = 0
    no_response: int = 0
    correct: int = 0
    undecided: int = 0
    think_closed: int = 0
    think_open: int = 0
    answered: int = 0
    boxed: int = 0
    looped: int = 0
    text_bytes: int = 0
    file_bytes: int = 0
    seconds: float = 0.0
    read: list[Read] = field(default_factory=list)
    finish_reasons: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    kept: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    grader_version: str = GRADER_VERSION

    def add(self, path: Path, summary: dict[str, Any]) -> None:
        """Take note of how a file was read."""
        if not summary["counts"]["rows_read"]:
            self.empty.append(str(path))
            return
        told = (summary["layout"], summary["columns"], summary["close_tag"])
        same = [read for read in self.read if (read.layout, read.columns, read.close_tag) == told]
        if same:
            same[0].files += 1
        else:
            self.read.append(Read(*told))
        for spelling, count in summary["finish_reasons"].items():
            self.finish_reasons[spelling] = self.finish_reasons.get(spelling, 0) + count

    def rates(self) -> dict[str, float]:
        """Accuracy over the rows with a gold answer, the other rates over all rows; none of no rows."""
        graded = self.rows - self.no_gold
        rates = {"accuracy": self.correct / graded, "undecided": self.undecided / graded} if graded else {}
        if self.rows:
            rates |= {name: getattr(self, name) / self.rows for name in ("think_closed", "boxed", "looped")}
        return rates

    def seconds_left(self) -> float | None:
        """Time left at the speed so far; None before anything is done."""
        if not self.file_bytes:
            return None
        return self.seconds * max(self.total_bytes - self.file_bytes, 0) / self.file_bytes

    def as_dict(self) -> dict[str, Any]:
        """The fields and the rates, ready for JSON."""
        return asdict(self) | {"rates": self.rates()}


FEW_ANSWERS, MANY_OPEN = 0.05, 0.2
"""Shares of rollouts below or above which something is likely wrong with how they were read."""


def warnings(state: Regraded, extractors: Sequence[str]) -> list[str]:
    """What a reader of the figures must know, in sentences; `extractors` looked for the answers."""
    told = []
    rows = state.rows

    def some(count: int) -> str:
        return "none" if count == 0 else f"{count:,}"

    where = "in a box" if list(extractors) == ["boxed"] else f"that {' or '.join(extractors)} finds"
    have = "has" if state.answered < 2 else "have"  # noqa: PLR2004 - none has, one has, two have
    if rows and state.answered < FEW_ANSWERS * rows:
        told.append(
            f"of {rows:,} responses {some(state.answered)} {have} an answer {where}; if the "
            "answers stand elsewhere, say how with --extractor (hash, minerva, answer-line, answer-tag), and "
            "if this is not where the responses are, where with --response-column"
        )
    if rows and state.think_open >= MANY_OPEN * rows:
        told.append(
            f"{state.think_open:,} of {rows:,} responses end within their thought, so they have no answer: "
            "they were cut, or they do not say where the thought ends (--close-tag names the tag that ends "
            "it, --thinking no grades them as plain text)"
        )
    if state.gold_unread:
        told.append(
            f"{state.gold_unread:,} of {rows:,} rollouts have a gold answer that cannot be "
            "compared with anything; their reason ends in `-gold`, and `python -m sdtool grade GOLD ANSWER` "
            "explains one"
        )
    if state.no_gold:
        told.append(f"{state.no_gold:,} of {rows:,} rollouts have no gold answer, so they have no verdict")
    if state.no_response:
        told.append(f"{state.no_response:,} of {rows:,} rollouts have no response; they count as not correct")
    if state.golds_paired and state.golds_paired == state.rows_read:
        told.append(
            "every row has as many gold answers as responses: each is taken as an alternative for all of "
            "them; if they belong to one response each, write one response a row"
        )
    told += _of_inputs(state)
    if state.finish_reasons:
        spelled = ", ".join(f"{name!r} ({count:,})" for name, count in list(state.finish_reasons.items())[:5])
        told.append(f"finish reasons of unknown spelling count as no length-stop: {spelled}")
    return told


def _of_inputs(state: Regraded) -> list[str]:
    """Which inputs added nothing."""
    told = []
    match state.empty:
        case []:
            pass
        case [one]:
            told.append(f"{one} holds no rows")
        case several:
            told.append(f"{len(several):,} inputs hold no rows, among them {several[0]}")
    match state.repeated:
        case []:
            pass
        case [one]:
            told.append(f"{one} is named more than once and counts once")
        case several:
            told.append(
                f"{len(several):,} inputs are named more than once and count once, among them {several[0]}"
            )
    if state.left_out:
        told.append(
            f"{len(state.left_out):,} JSON files hold one object that is no rollout and were left out, among "
            f"them {state.left_out[0]}"
        )
    return told
