"""From rollouts to a file of training data and its card."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from sdtool import checkpoint, store
from sdtool.errors import InputError
from sdtool.exporting import formats
from sdtool.exporting.card import card_markdown, filters_table, make_card
from sdtool.exporting.chat import Chat, Looks
from sdtool.exporting.contamination import Repeat, repeats
from sdtool.exporting.filters import apply
from sdtool.exporting.inputs import open_inputs
from sdtool.exporting.options import Options
from sdtool.exporting.pool import Pool
from sdtool.exporting.writing import check_target, writer
from sdtool.prompts import prompt_format
from sdtool.report import missing
from sdtool.results import Results

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sdtool.exporting.inputs import Input, Turn
    from sdtool.report.rollouts import Rollouts

Source = str | Path | Sequence[str | Path] | Results
TAGS = {
    **{name: name for name in ("problem_id", "source", "setting", "sample")},
    "n_tokens": "mean_tokens",
    "correct": "accuracy",
}
"""What each row says of its rollout, where the rollouts say it, and the column of the pool that has it."""
TRUNCATED = "truncated"
"""The tag that every row has."""


@dataclass(frozen=True)
class Exported:
    """What was written: the file, and its card as data (`card`) and to read (`str`)."""

    path: Path
    card: dict[str, Any]

    @property
    def rows(self) -> int:
        """Lines of the file."""
        return int(self.card["rows"])

    @property
    def notes(self) -> list[str]:
        """What a reader of the file must know."""
        return list(self.card["notes"])

    def table(self) -> str:
        """What each filter did, for a terminal."""
        return filters_table(self.card).text()

    def __str__(self) -> str:
        return card_markdown(self.card)


def export(results: Source, path: str | Path, **options: Any) -> Exported:
    """Write rollouts as training data, with a card beside the file.

    Columns of small numbers are in memory, about half a kilobyte a rollout; texts are read batch by batch.

    Args:
        results: a run directory, a regraded file, or several; or what `sdtool.read` returns.
        path: the file, JSON lines or Parquet by its name; the card is NAME.card.md and NAME.card.json.
        options: the fields of `Options`.

    Raises:
        InputError: the rollouts or the tokenizer cannot be read, an option is not known, what it asks for is
            not there, nothing is left, or the file cannot be written.
    """
    target, asked = Path(path), Options.of(options)
    check_target(target)
    rollouts, inputs = open_inputs(_paths(results))
    pool, notes = Pool.of(rollouts), _notes_on_reading(rollouts)
    del rollouts  # their memory is for the texts
    if asked.no_stubs or asked.distinct or asked.thoughts == "cut":
        pool = pool.having(**_text_columns(inputs, pool))
    found: list[Repeat] = []
    if asked.avoided:
        same, found = repeats(inputs, pool, asked.avoided)
        pool = pool.having(repeats=same)
    kept, steps = apply(pool, asked)
    if "length_stop" not in pool:
        notes.append("no column says which rollouts ran into the cap, so none counts as truncated")
    chats = [_chat(given, asked, notes) for given in inputs]
    looks = Looks(len(kept))
    tags = {name: kept.kind(column) for name, column in TAGS.items() if column in kept}
    with writer(target, formats.columns(asked.format) | tags | {TRUNCATED: pa.bool_()}) as write:
        for rows in _records(inputs, chats, kept, asked, looks):
            write(rows)
    notes += looks.notes() + _notes_on_truncated(kept, asked)
    with target.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    card = make_card(target, digest, asked, inputs, pool, steps, notes, found)
    store.write_whole(target.with_suffix(".card.json"), json.dumps(card, ensure_ascii=False, indent=1) + "\n")
    store.write_whole(target.with_suffix(".card.md"), card_markdown(card))
    return Exported(target, card)


def _paths(results: Source) -> Sequence[str | Path]:
    if isinstance(results, Results):
        return results.runs
    return [results] if isinstance(results, str | Path) else results


def _notes_on_reading(rollouts: Rollouts) -> list[str]:
    """What the reader has to say, but for what figures of a report lack."""
    lacking = set(missing.notes(rollouts))
    notes = [note for note in rollouts.notes if note not in lacking and ", so no " not in note]
    if rollouts.n_missing:
        planned = len(rollouts) + rollouts.n_missing
        notes.append(
            f"{rollouts.n_missing:,} of {planned:,} rollouts are missing: planned, or there under other "
            "settings. Long rollouts finish last, so what is there is not a random part"
        )
    return notes


def _text_columns(inputs: Sequence[Input], pool: Pool) -> dict[str, Any]:
    """What filters look at in the texts, as columns."""
    digests, stubs, unclosed = [], [], []
    problems = iter(pool["problem_id"].tolist())
    for given in inputs:
        columns = [name for name in given.text_columns if name != "tokens"]
        for row in (row for batch in given.batches(columns) for row in batch.to_pylist()):
            turn = given.turn(row)
            text = f"{next(problems)}\0{turn.response}".encode(errors="surrogatepass")
            digests.append(int.from_bytes(hashlib.blake2b(text, digest_size=8).digest()))
            stubs.append(_is_stub(turn.response))
            unclosed.append(turn.unclosed)
    return {
        "digest": np.array(digests, dtype=np.uint64),
        "stub": np.array(stubs, dtype=bool),
        "unclosed": np.array(unclosed, dtype=bool),
    }


def _is_stub(response: str) -> bool:
    """Whether fewer than two lines hold anything."""
    return "\n" not in response.strip()


def _chat(given: Input, asked: Options, notes: list[str]) -> Chat | None:
    """The tokenizer and chat template of an input, or None, and a note, where the format can do without."""
    name = asked.tokenizer or given.model
    is_run = given.experiment is not None
    needed = asked.format == "tokens" or (asked.format == "prompt-completion" and is_run)
    if name is None:
        if needed:
            raise InputError(f"{given.path}: names no model; say whose tokenizer it is (--tokenizer)")
        if asked.format == "prompt-completion":
            notes.append(
                f"{given.path.name}: the completions have no end-of-turn token, as no model is named "
                "(--tokenizer) whose chat template says it; the trainer must add it"
            )
        return None
    form = prompt_format(given.experiment) if given.experiment else None
    try:
        chat = Chat.load(name, form)
    except (InputError, ModuleNotFoundError) as error:
        if needed or asked.tokenizer:
            raise
        notes.append(f"{given.path.name}: what the chat template makes of it was not looked at: {error}")
        return None
    made_with = given.provenance.get("tokenizer_hash")
    if asked.format == "tokens" and made_with not in (None, checkpoint.tokenizer_digest(chat.tokenizer)):
        raise InputError(f"{given.path}: its tokens were sampled with another tokenizer than that of {name}")
    return chat


def _records(
    inputs: Sequence[Input], chats: Sequence[Chat | None], kept: Pool, asked: Options, looks: Looks
) -> Iterator[list[dict[str, Any]]]:
    """The rows of the file, batch by batch, in the order of the rollouts."""
    place = np.full(sum(given.rows for given in inputs), -1)
    place[kept["row"]] = np.arange(len(kept))
    start = 0
    for given, chat in zip(inputs, chats, strict=True):
        for batch in given.batches(given.text_columns):
            places = place[start : start + batch.num_rows]
            start += batch.num_rows
            rows = batch.filter(pa.array(places >= 0)).to_pylist()
            yield [
                _record(given.turn(row), chat, int(at), kept, asked, looks) | _tags(kept, int(at))
                for row, at in zip(rows, places[places >= 0], strict=True)
            ]


def _record(
    turn: Turn, chat: Chat | None, at: int, kept: Pool, asked: Options, looks: Looks
) -> dict[str, Any]:
    cut, truncated = asked.thoughts == "cut", _is_truncated(kept, at)
    if asked.format == "messages":
        if chat and not cut:
            looks.at(at, turn, chat, formats.answer(turn, cut=False))
        return formats.messages(turn, cut=cut)
    if asked.format == "prompt-completion":
        return formats.prompt_completion(turn, chat, cut=cut, truncated=truncated)
    assert chat is not None
    return formats.tokens(turn, chat, truncated=truncated)


def _tags(kept: Pool, at: int) -> dict[str, Any]:
    tags: dict[str, Any] = {TRUNCATED: _is_truncated(kept, at)}
    tags |= {name: kept.value(column, at) for name, column in TAGS.items() if column in kept}
    return tags


def _is_truncated(kept: Pool, at: int) -> bool:
    return "length_stop" in kept and bool(kept["length_stop"][at])


def _notes_on_truncated(kept: Pool, asked: Options) -> list[str]:
    marked = int(kept["length_stop"].sum()) if "length_stop" in kept else 0
    if not marked or asked.format == "tokens":
        return []
    note = (
        f"{marked:,} rows are cut off (`truncated`): a chat template, or a trainer that appends an end of "
        "text, would teach the model to stop there; mask their ends, or choose --format tokens, which does"
    )
    return [note]
