"""What a tokenizer and its chat template say of a turn: how it begins, how it ends, how it is written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from sdtool import checkpoint
from sdtool.errors import InputError
from sdtool.prompts import PromptFormat

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from sdtool.exporting.inputs import Messages, Turn

PROBE = "PROBE"
LOOKED = 64
"""About so many rows are rendered by the chat template and compared with what was sampled."""


@dataclass(frozen=True)
class Chat:
    """A tokenizer, and how a run's prompts were made with it."""

    tokenizer: PreTrainedTokenizerBase
    form: PromptFormat

    @classmethod
    def load(cls, name: str, form: PromptFormat | None = None) -> Chat:
        """The tokenizer of a model.

        Raises:
            InputError: it cannot be had.
        """
        return cls(checkpoint.load_tokenizer(name), form or PromptFormat())

    @cached_property
    def templated(self) -> bool:
        """Whether prompts have the chat template applied."""
        asked = self.form.chat_template
        return bool(self.tokenizer.chat_template) if asked is None else asked

    @cached_property
    def end(self) -> str:
        """The text of the token that ends the assistant's turn: what the template writes, else end of text.

        Raises:
            InputError: there is none.
        """
        tail = self._written([{"role": "user", "content": PROBE}, {"role": "assistant", "content": PROBE}])
        ids = self.tokenizer(tail.rpartition(PROBE)[2].strip(), add_special_tokens=False).input_ids
        if ids and ids[0] in self.tokenizer.added_tokens_decoder:
            return str(self.tokenizer.added_tokens_decoder[ids[0]].content)
        if self.tokenizer.eos_token is None:
            raise InputError("neither the chat template nor the tokenizer says how a turn ends (eos_token)")
        return str(self.tokenizer.eos_token)

    def prompt(self, turn: Turn) -> str:
        """The prompt's text, as a trainer that tokenizes it reads what the model read.

        The token that begins a text is left out where the tokenizer puts it there by itself.

        Raises:
            InputError: the template refuses the messages, or there is none.
        """
        text = turn.prompt if turn.rendered or turn.messages is None else None
        if text is None:
            if not self.tokenizer.chat_template:
                raise InputError(f"the tokenizer {self.tokenizer.name_or_path} has no chat template")
            text = self._written(turn.messages or [], add_generation_prompt=True)
        begin = self.tokenizer.bos_token
        if begin and text.startswith(begin) and self._begins_by_itself:
            return text.removeprefix(begin)
        return text

    def prompt_ids(self, prompt: str) -> tuple[int, ...]:
        """The ids of a run's prompt, as the model read them."""
        return self.form.tokenize(prompt, self.tokenizer)

    def writes(self, turn: Turn, answer: dict[str, str]) -> Literal["same", "spacing", "other"]:
        """What the template makes of a turn as messages, against what was sampled, up to its end."""
        written = self._written([*(turn.messages or []), answer])
        sampled = (turn.prompt or "") + turn.response
        if written.startswith(sampled):
            return "same"
        return "spacing" if "".join(written.split()).startswith("".join(sampled.split())) else "other"

    @cached_property
    def _begins_by_itself(self) -> bool:
        ids = self.tokenizer(PROBE).input_ids
        return bool(ids) and ids[0] == self.tokenizer.bos_token_id

    def _written(self, messages: Messages, **options: Any) -> str:
        if not self.templated:
            return ""
        thinking = self.form.enable_thinking
        if thinking is not None:
            options["enable_thinking"] = thinking
        try:
            return str(self.tokenizer.apply_chat_template(messages, tokenize=False, **options))
        except Exception as error:  # a template is a program of the checkpoint: it may raise anything
            raise InputError(f"the tokenizer's chat template cannot be used: {error}") from error


class Looks:
    """Compares, for some rows spread over the file, what the chat template writes with what was sampled."""

    def __init__(self, rows: int) -> None:
        step = max(1, rows // LOOKED)
        self._places = range(0, rows, step)
        self._found = {"same": 0, "spacing": 0, "other": 0}

    def at(self, place: int, turn: Turn, chat: Chat, answer: dict[str, str]) -> None:
        """Look at a row if it is one of them."""
        if place in self._places and turn.rendered and turn.messages is not None:
            self._found[chat.writes(turn, answer)] += 1

    def notes(self) -> list[str]:
        """What was found, where it was not all the same."""
        looked = f"of {sum(self._found.values())} rollouts that were looked at"
        notes = []
        if other := self._found["other"]:
            notes.append(
                f"the model's chat template writes {other} {looked} otherwise than they were sampled: it "
                "leaves out or moves their thoughts, so a trainer that applies it does not train on what the "
                "model wrote; --format prompt-completion keeps it"
            )
        if spacing := self._found["spacing"]:
            notes.append(
                f"the model's chat template changes the white space in {spacing} {looked}; "
                "--format prompt-completion keeps it"
            )
        return notes
