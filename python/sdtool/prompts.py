"""From a problem's text to the prompt that a model reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sdtool.config import PROMPT_TEMPLATE
from sdtool.errors import InputError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from sdtool.config import Experiment


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

    def _chat(self, tokenizer: PreTrainedTokenizerBase) -> bool:
        if self.chat_template and not tokenizer.chat_template:
            raise InputError("chat_template is true, but the tokenizer has no chat template")
        return bool(tokenizer.chat_template) if self.chat_template is None else self.chat_template


def prompt_format(experiment: Experiment) -> PromptFormat:
    """Return the format that an experiment asks for."""
    return PromptFormat(
        experiment.prompt_template,
        experiment.system_prompt,
        experiment.chat_template,
        experiment.enable_thinking,
    )


def thinking(prompt: str) -> bool | None:
    """Say what a prompt leaves open, as the grader's `thinking` takes it.

    True: it ends in an open `<think>`. False: it ends in a closed one. None: neither, the response decides.
    """
    end = prompt.rstrip()
    if end.endswith("<think>"):
        return True
    return False if end.endswith("</think>") else None
