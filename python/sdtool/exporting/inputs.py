"""What is exported: runs and regraded files, their columns at once and their texts batch by batch."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sdtool.config import experiment, read_toml
from sdtool.errors import InputError
from sdtool.prompts import THOUGHT_TAGS, tags_closed_by, thinking
from sdtool.report import reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pyarrow as pa
    import pyarrow.dataset as ds

    from sdtool.config import Experiment
    from sdtool.prompts import ThoughtTags
    from sdtool.report.rollouts import Rollouts

    Row = Mapping[str, Any]
    Messages = list[dict[str, str]]

BATCH = 256
RESPONSES = ("response", "generation", "completion", "output", "resps", "responses", "model_response")
PROBLEMS = (
    *("problem", "question", "query", "instruction", "input", "input_prompt"),
    *("doc.query", "doc.problem", "doc.question", "__doc__.query"),
)
"""Where files have the problem; a dot leads into a nested column."""
CONVERSATIONS = ("messages", "conversations", "input")
PROMPT = "prompt"
# What chat templates write around a turn; a text that holds none of it is what a user would say.
MARKERS = re.compile(r"<\|[^|<>\s]+\|>|<\uff5c[^\uff5c]+\uff5c>|<(?:start|end)_of_turn>|\[/?INST\]")


@dataclass(frozen=True, slots=True)
class Turn:
    """One rollout with its texts.

    Attributes:
        messages: what was said before the response, in chat form; None where only a rendered prompt is known.
        prompt: the text that the model read; None where only the messages are known.
        rendered: whether the prompt has its chat template applied, or is known to need none.
        response: what the model wrote.
        tokens: the ids that it sampled, the end-of-turn token included; None where they were not kept.
        tags: what stands around the model's thoughts.
    """

    messages: Messages | None
    prompt: str | None
    rendered: bool
    response: str
    tokens: Sequence[int] | None
    tags: ThoughtTags

    @property
    def opening(self) -> str:
        """The end of the prompt, from where it opens the thought; nothing if it leaves none open."""
        if self.prompt is None or self.tags.opening is None or not thinking(self.prompt, self.tags):
            return ""
        return self.prompt[self.prompt.rindex(self.tags.opening) :]

    @property
    def unclosed(self) -> bool:
        """Whether it has a thought that never ended."""
        opened = bool(self.opening) or (self.tags.opening is not None and self.tags.opening in self.response)
        return opened and self.tags.closing not in self.response

    @property
    def answer(self) -> str:
        """The response without its thought."""
        return self.response.rpartition(self.tags.closing)[2].lstrip("\n")


@dataclass(frozen=True)
class Input:
    """A run, or a regraded file.

    Attributes:
        path: as it was given.
        data: its rollouts, in the order of the columns.
        rows: how many.
    """

    path: Path
    data: ds.Dataset
    rows: int

    @cached_property
    def provenance(self) -> dict[str, Any]:
        """What `run.json` says; nothing of a file."""
        try:
            found = json.loads((self.path / "run.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (OSError, ValueError) as error:
            raise InputError(f"{self.path / 'run.json'}: cannot be read: {error}") from error
        return found if isinstance(found, dict) else {}

    @cached_property
    def experiment(self) -> Experiment | None:
        """What the run was asked to do; None of a file."""
        stored = self.path / "experiment.toml"
        return experiment(read_toml(stored)) if stored.is_file() else None

    @property
    def model(self) -> str | None:
        """The model of the run."""
        return self.experiment.model if self.experiment else None

    @cached_property
    def tags(self) -> ThoughtTags:
        """What stands around thoughts."""
        return tags_closed_by(self.provenance.get("close_tag", THOUGHT_TAGS[0].closing))

    @cached_property
    def problems(self) -> dict[str, str]:
        """The run's problems by id; nothing of a file."""
        import pyarrow.parquet as pq

        stored = self.path / "problems.parquet"
        if not stored.is_file():
            return {}
        table = pq.read_table(stored, columns=["id", "problem"])
        return dict(zip(*table.to_pydict().values(), strict=True))

    def sha256(self) -> str:
        """The hash of the rollouts' files."""
        files = sorted((self.path / "rollouts").glob("*.parquet")) + sorted((self.path / "journal").glob("*"))
        if self.path.is_file():
            files = [self.path]
        elif not files:
            files = sorted(self.path.glob("*.parquet"))
        hashed = hashlib.sha256()
        for path in files:
            with path.open("rb") as file:
                hashed.update(hashlib.file_digest(file, "sha256").digest())
        return hashed.hexdigest()

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Those of `columns` that it has, batch by batch in the order of the rows."""
        import pyarrow.dataset as ds
        import pyarrow.parquet as pq

        for fragment in self.data.get_fragments():
            there = [name for name in dict.fromkeys(columns) if name in fragment.physical_schema.names]
            if isinstance(fragment, ds.ParquetFileFragment):
                # A scan of the dataset would read up to a gigabyte ahead.
                with pq.ParquetFile(fragment.path) as file:
                    yield from file.iter_batches(batch_size=BATCH, columns=there)
            else:
                yield from fragment.to_batches(columns=there, batch_size=BATCH)

    def turn(self, row: Row) -> Turn:
        """The texts of a row that has `text_columns`.

        Raises:
            InputError: there is no prompt in any form.
        """
        messages, prompt = self._of_run(row) if self.experiment else _of_file(row)
        if messages is None and prompt is None:
            raise InputError(
                f"{self.path}: has rollouts without a prompt; it is looked for in the columns "
                f"{', '.join((PROMPT, *CONVERSATIONS, *PROBLEMS))}"
            )
        rendered = self.experiment is not None or (prompt is not None and bool(MARKERS.search(prompt)))
        response = _text(row[self.response_column])
        return Turn(messages, prompt, rendered, response, row.get("tokens"), self.tags)

    @property
    def prompt_columns(self) -> tuple[str, ...]:
        """Where a prompt may be."""
        if self.experiment:
            return ("problem_id", PROMPT)
        return (PROMPT, *CONVERSATIONS, *(path.partition(".")[0] for path in PROBLEMS))

    @property
    def text_columns(self) -> tuple[str, ...]:
        """What `turn` looks at."""
        return (self.response_column, "tokens", *self.prompt_columns)

    @cached_property
    def response_column(self) -> str:
        """Where the responses are.

        Raises:
            InputError: the file has none.
        """
        found = next((name for name in RESPONSES if name in self.data.schema.names), None)
        if found is None:
            raise InputError(
                f"{self.path}: holds no responses ({', '.join(RESPONSES)}); regrade without --no-keep-text"
            )
        return found

    @property
    def statement_columns(self) -> tuple[str, ...]:
        """What `statement` looks at."""
        return ("problem_id", "gold") if self.problems else ("gold", *self.prompt_columns)

    def statement(self, row: Row) -> tuple[str, str | None]:
        """The problem of a row and its gold answer, as well as they are known."""
        if self.problems:
            text = self.problems.get(row["problem_id"], "")
        else:
            messages, prompt = _of_file(row)
            text = _problem(row) or (messages[-1]["content"] if messages else prompt or "")
        gold = row.get("gold")
        return text, gold if isinstance(gold, str) else None

    def _of_run(self, row: Row) -> tuple[Messages | None, str | None]:
        assert self.experiment is not None
        text = self.problems.get(row["problem_id"])
        if text is None:
            return None, row[PROMPT]
        content = self.experiment.prompt_template.replace("{problem}", text)
        system = self.experiment.system_prompt
        said: Messages = [] if system is None else [{"role": "system", "content": system}]
        return [*said, {"role": "user", "content": content}], row[PROMPT]


def open_inputs(paths: Sequence[str | Path]) -> tuple[Rollouts, list[Input]]:
    """The columns of all rollouts, and what they were read from, in their order.

    Raises:
        InputError: a path is neither a run nor a regraded file, or holds no rollouts.
    """
    rollouts = reading.read(paths)
    inputs = [
        Input(Path(path), part, part.count_rows()) for path, part in zip(paths, rollouts.parts, strict=True)
    ]
    return rollouts, inputs


def _of_file(row: Row) -> tuple[Messages | None, str | None]:
    """The messages and the prompt of a row of a file, as far as it has them."""
    given = _parsed(row.get(PROMPT))
    if isinstance(given, list):
        return _messages(given), None
    talk = next((found for name in CONVERSATIONS if isinstance(found := _parsed(row.get(name)), list)), None)
    if given is None and talk:
        messages = _messages(talk)
        # The conversation ends in the response, and perhaps in what was said after it.
        last = max((i for i, message in enumerate(messages) if message["role"] == "assistant"), default=None)
        return messages[:last], None
    plain = _problem(row) if given is None or MARKERS.search(given) else given
    return (None if plain is None else [{"role": "user", "content": plain}]), given


def _problem(row: Row) -> str | None:
    for path in PROBLEMS:
        name, _, within = path.partition(".")
        found = row.get(name)
        if within:
            found = _parsed(found)
            found = found.get(within) if isinstance(found, dict) else None
        if isinstance(found, str):
            return found
    return None


def _messages(said: Sequence[Mapping[str, Any]]) -> Messages:
    """Chat messages in the form of OpenAI, from that or from ShareGPT's."""
    roles = {"human": "user", "gpt": "assistant"}
    pairs = [(m.get("role") or m.get("from") or "", m.get("content") or m.get("value") or "") for m in said]
    return [{"role": roles.get(role, role), "content": _text(content)} for role, content in pairs]


def _text(value: Any) -> str:
    """A response as text: of several texts the first, of chat messages the last one's content."""
    value = _parsed(value)
    if isinstance(value, list) and value:
        return _text(value[-1] if isinstance(value[-1], dict) and "role" in value[-1] else value[0])
    if isinstance(value, dict):
        return _text(next((value[name] for name in ("content", "text", "completion") if name in value), ""))
    return value if isinstance(value, str) else ""


def _parsed(value: Any) -> Any:
    """What `regrade` keeps of nested JSON is its text."""
    if isinstance(value, str) and value.startswith(("[{", "[[", '["', "{")) and value.endswith(("]", "}")):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
