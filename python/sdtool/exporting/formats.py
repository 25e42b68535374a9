"""From a rollout's texts to a row of training data, in the three forms that trainers take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdtool.errors import InputError
from sdtool.prompts import thinking

if TYPE_CHECKING:
    import pyarrow as pa

    from sdtool.exporting.chat import Chat
    from sdtool.exporting.inputs import Turn

IGNORED = -100
"""The label that PyTorch's cross-entropy, and so every trainer, leaves out of the loss."""


def columns(format_: str) -> dict[str, pa.DataType]:
    """The columns of a form, with their Arrow types."""
    import pyarrow as pa

    ids = pa.list_(pa.int32())
    message = pa.struct([("role", pa.string()), ("content", pa.string())])
    return {
        "messages": {"messages": pa.list_(message)},
        "prompt-completion": {"prompt": pa.string(), "completion": pa.string()},
        "tokens": {"input_ids": ids, "attention_mask": ids, "labels": ids},
    }[format_]


def messages(turn: Turn, *, cut: bool) -> dict[str, Any]:
    """The turn as chat messages; the answer begins with the `<think>` that the prompt opened.

    Raises:
        InputError: only the rendered prompt is known.
    """
    if turn.messages is None:
        raise InputError(
            "the messages are not known, only prompts with the chat template applied: export the run "
            "directory itself, or choose --format prompt-completion"
        )
    return {"messages": [*turn.messages, answer(turn, cut=cut)]}


def answer(turn: Turn, *, cut: bool) -> dict[str, str]:
    """The response as a message."""
    content = turn.answer if cut else turn.opening + turn.response
    return {"role": "assistant", "content": content}


def prompt_completion(turn: Turn, chat: Chat | None, *, cut: bool, truncated: bool) -> dict[str, Any]:
    """The turn as two texts, chat template applied; a response that was not cut off ends as turns end.

    Without a tokenizer the prompt is as it is stored and the completion is without an end.

    Raises:
        InputError: there are only messages, and no tokenizer to render them.
    """
    prompt = chat.prompt(turn) if chat else turn.prompt
    if prompt is None:
        raise InputError(
            "the prompts are chat messages; name the model whose chat template renders them (--tokenizer)"
        )
    completion = turn.response
    if cut:
        completion = turn.answer
        if turn.tags.closing in turn.response and thinking(prompt, turn.tags):
            completion = f"\n{turn.tags.closing}\n\n{completion}"  # an empty thought, as templates write it
    if chat and not truncated and not completion.endswith(chat.end):
        completion += chat.end
    return {"prompt": prompt, "completion": completion}


def tokens(turn: Turn, chat: Chat, *, truncated: bool) -> dict[str, Any]:
    """The turn as the ids that the model read and sampled; the prompt's are not trained on.

    The last token of a rollout that was cut off is not trained on either: it may be half a character, and no
    end of turn stands behind it.

    Raises:
        InputError: the run kept no tokens.
    """
    if turn.tokens is None:
        raise InputError(
            "no tokens were kept; generate with --keep-tokens, or choose --format prompt-completion"
        )
    assert turn.prompt is not None
    prompt, sampled = list(chat.prompt_ids(turn.prompt)), list(turn.tokens)
    labels = [IGNORED] * len(prompt) + sampled
    if truncated:
        labels[-1] = IGNORED
    ids = prompt + sampled
    return {"input_ids": ids, "attention_mask": [1] * len(ids), "labels": labels}
