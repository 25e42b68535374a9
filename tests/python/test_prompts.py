"""Prompts: with and without a chat template, and what they leave open."""

import pytest
import tiny
from sdtool.config import Experiment
from sdtool.detokenize import Detokenizer
from sdtool.errors import InputError
from sdtool.prompts import PromptFormat, prompt_format, thinking, thought_tags

HARMONY = "<|channel|>final<|message|>"
CHAT, PLAIN = tiny.tokenizer(), tiny.tokenizer(chat=False)


def test_a_chat_template_is_used_where_there_is_one():
    asked = PromptFormat("{problem} Box it: \\boxed{}.")
    assert asked.render("1 + 1?", CHAT) == (
        "<|im_start|>user\n1 + 1? Box it: \\boxed{}.<|im_end|>\n<|im_start|>assistant\n<think>\n"
    )
    assert asked.render("1 + 1?", PLAIN) == "1 + 1? Box it: \\boxed{}."


def test_the_system_prompt_comes_first():
    asked = PromptFormat("{problem}", system="Be brief.")
    assert asked.render("?", CHAT).startswith("<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user")
    assert asked.render("?", PLAIN) == "Be brief.\n\n?"


def test_thinking_can_be_switched_off_and_the_template_left_out():
    off = PromptFormat("{problem}", enable_thinking=False).render("?", CHAT)
    assert off.endswith("<think>\n\n</think>\n\n")
    assert PromptFormat("{problem}", chat_template=False).render("?", CHAT) == "?"


def test_a_problem_is_text_and_no_template():
    text = "{problem} {0} {{x}} %s {% raw %}"
    assert PromptFormat("Q: {problem}").render(text, PLAIN) == f"Q: {text}"


def test_asking_for_a_chat_template_that_is_not_there_is_an_error():
    with pytest.raises(InputError, match="no chat template"):
        PromptFormat(chat_template=True).render("?", PLAIN)


def test_a_template_that_fails_is_an_error_of_the_input():
    broken = tiny.tokenizer()
    broken.chat_template = "{{ raise_exception('system role not supported') }}"
    with pytest.raises(InputError, match="system role not supported"):
        PromptFormat().render("?", broken)


def test_only_plain_text_gets_the_special_tokens_of_the_tokenizer():
    from tokenizers.processors import TemplateProcessing

    starts = {}
    for chat in (True, False):
        tokenizer = tiny.tokenizer(chat)
        tokenizer.backend_tokenizer.post_processor = TemplateProcessing(
            single="<|endoftext|> $A", special_tokens=[("<|endoftext|>", 0)]
        )
        starts[chat] = PromptFormat().tokenize("text", tokenizer)[0]
    assert starts[False] == 0
    assert starts[True] != 0


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("…assistant\n<think>\n", True),
        ("…assistant\n<think>", True),
        ("…assistant\n<think>\n\n</think>\n\n", False),
        ("…assistant\n", None),
        ("What does <think> mean?", None),
        ("", None),
    ],
)
def test_what_a_prompt_leaves_open(prompt, expected):
    assert thinking(prompt) is expected


def test_an_experiment_names_its_format():
    asked = Experiment(prompt_template="{problem}!", system_prompt="s", enable_thinking=True)
    assert prompt_format(asked) == PromptFormat("{problem}!", "s", None, enable_thinking=True)


@pytest.mark.parametrize(
    ("template", "closing"),
    [
        ("{{ x.split('</think>')[-1] }}", "</think>"),
        ("[THINK]{{ x }}[/THINK]", "[/THINK]"),
        ("<seed:think>{{ x }}</seed:think>", "</seed:think>"),
        ("{{ '<|start|>' + role + '<|channel|>' + channel + '<|message|>' }}<|end|>", HARMONY),
        ("{{ x }}", "</think>"),
    ],
)
def test_the_tags_of_thoughts_are_recognised_from_the_chat_template(template, closing):
    tokenizer = tiny.tokenizer()
    tokenizer.chat_template = template
    if template == "{{ x }}":
        assert thought_tags(tokenizer).closing == "</think>"  # from the tokens that were added
    assert thought_tags(tokenizer).closing == closing
    assert thought_tags(tokenizer, "</reasoning>").closing == "</reasoning>"


def test_special_tokens_that_are_part_of_a_tag_are_kept_in_the_text():
    tokenizer = tiny.tokenizer()
    tokenizer.add_special_tokens(
        {"additional_special_tokens": ["<|start|>", "<|channel|>", "<|message|>", "<|end|>", "<|return|>"]}
    )
    text = "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>b"
    tokens = tokenizer(f"{text}<|return|>", add_special_tokens=False).input_ids
    assert Detokenizer(tokenizer, thought_tags(tokenizer, HARMONY).kept)(tokens)[0] == text


def test_enable_thinking_that_makes_no_difference_is_noticed():
    tokenizer = tiny.tokenizer()
    assert not PromptFormat(enable_thinking=False).ignores_thinking("x", tokenizer)
    assert not PromptFormat().ignores_thinking("x", tokenizer)
    tokenizer.chat_template = "{{ messages[0].content }}"
    assert PromptFormat(enable_thinking=False).ignores_thinking("x", tokenizer)
