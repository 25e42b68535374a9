"""From a problem's text to the prompt that a model reads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from sdtool.config import PROMPT_TEMPLATE
from sdtool.errors import InputError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from sdtool.config import Experiment


class ThoughtTags(NamedTuple):
    """What stands around a model's thoughts, and the special tokens that are kept in the text for it."""

    opening: str | None
    closing: str
    kept: frozenset[str]


def _tags(opening: str, closing: str, *more: str) -> ThoughtTags:
    return ThoughtTags(opening, closing, frozenset({opening, closing, *more}))


THOUGHT_TAGS = (
    _tags("<think>", "</think>"),
    _tags("[THINK]", "[/THINK]"),
    _tags("<thought>", "</thought>"),
    _tags("<seed:think>", "</seed:think>"),
    _tags("<|begin_of_thought|>", "<|end_of_thought|>"),
    # Harmony (gpt-oss): a message a channel, of which the last one is the answer.
    _tags(
        "<|channel|>analysis<|message|>", "<|channel|>final<|message|>",
        "<|start|>", "<|channel|>", "<|message|>", "<|end|>",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PromptFormat:
    """How a problem becomes a prompt.

    `template` holds `{problem}` where the problem's text goes; nothing else in it is replaced.
    `chat_template` None uses the tokenizer's chat template if there is one; without, the template and
    the system prompt are plain text. `enable_thinking` is passed on to the chat template where it is set.
    """

    template: str = PROMPT_TEMPLATE
    system: str | None = None
    chat_template: bool | None = None
    enable_thinking: bool | None = None

    def render(self, problem: str, tokenizer: PreTrainedTokenizerBase) -> str:
        """Return the prompt's text.

        Raises:
            InputError: a chat template is asked for and the tokenizer has none, or it refuses the messages.
        """
        content = self.template.replace("{problem}", problem)
        if not self._chat(tokenizer):
            return content if self.system is None else f"{self.system}\n\n{content}"
        messages = [{"role": "user", "content": content}]
        if self.system is not None:
            messages.insert(0, {"role": "system", "content": self.system})
        variables: dict[str, Any] = (
            {} if self.enable_thinking is None else {"enable_thinking": self.enable_thinking}
        )
        try:
            return str(
                tokenizer.apply_chat_template(
                    messages, tokenize=False, add_generation_prompt=True, **variables
                )
            )
        except Exception as error:  # a template is a program of the checkpoint: it may raise anything
            raise InputError(f"the tokenizer's chat template cannot be used: {error}") from error

    def tokenize(self, prompt: str, tokenizer: PreTrainedTokenizerBase) -> tuple[int, ...]:
        """Return the ids of a rendered prompt; only plain text gets the tokenizer's own special tokens."""
        return tuple(tokenizer(prompt, add_special_tokens=not self._chat(tokenizer)).input_ids)

    def ignores_thinking(self, problem: str, tokenizer: PreTrainedTokenizerBase) -> bool:
        """Whether `enable_thinking` is asked for and makes no difference to the prompt."""
        if self.enable_thinking is None:
            return False
        other = replace(self, enable_thinking=not self.enable_thinking)
        return self.render(problem, tokenizer) == other.render(problem, tokenizer)

    def _chat(self, tokenizer: PreTrainedTokenizerBase) -> bool:
        if self.chat_template and not tokenizer.chat_template:
            raise InputError("chat_template is true, but the tokenizer has no chat template")
        return bool(tokenizer.chat_template) if self.chat_template is None else self.chat_template


def tags_closed_by(closing: str) -> ThoughtTags:
    """Return the tags of which this is the closing one; the opening one is None where it is not known."""
    known = next((tags for tags in THOUGHT_TAGS if tags.closing == closing), None)
    return known or ThoughtTags(None, closing, frozenset({closing}))


def thought_tags(tokenizer: PreTrainedTokenizerBase, closing: str | None = None) -> ThoughtTags:
    """Return the tags around a model's thoughts.

    Args:
        tokenizer: its chat template, failing that its vocabulary of added tokens, tells which they are.
        closing: the closing tag, where the user has said it.
    """
    if closing is not None:
        return tags_closed_by(closing)
    template = str(tokenizer.chat_template or "")
    added = {entry.content for entry in tokenizer.added_tokens_decoder.values()}
    named = (tags for tags in THOUGHT_TAGS if tags.closing in template or _template_spells(tags, template))
    return next(named, None) or next(
        (tags for tags in THOUGHT_TAGS if tags.closing in added), THOUGHT_TAGS[0]
    )


def _template_spells(tags: ThoughtTags, template: str) -> bool:
    """Whether a template that composes its tags, as Harmony's does, has their special tokens."""
    parts = tags.kept - {tags.opening, tags.closing}
    return bool(parts) and all(part in template for part in parts)


def prompt_format(experiment: Experiment) -> PromptFormat:
    """Return the format that an experiment asks for."""
    return PromptFormat(
        experiment.prompt_template,
        experiment.system_prompt,
        experiment.chat_template,
        experiment.enable_thinking,
    )


def thinking(prompt: str, tags: ThoughtTags = THOUGHT_TAGS[0]) -> bool | None:
    """Say what a prompt leaves open, as the grader's `thinking` takes it.

    True: it ends in an open thought. False: it ends in a closed one. None: neither, the response decides.
    """
    end = prompt.rstrip()
    if tags.opening is not None and end.endswith(tags.opening):
        return True
    return False if end.endswith(tags.closing) else None
