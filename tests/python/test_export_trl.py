"""TRL's SFTTrainer takes an exported file as it is: what it trains on, decoded."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sdtool
import tiny
from runs import rollout, write_run
from sdtool.prompts import PromptFormat
from tokenizers import processors
from transformers import AddedToken

# Importing TRL takes seconds, so it is imported where it is used.
FOUND = importlib.util.find_spec("trl")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(FOUND is None, reason="TRL is not installed")]

# The template that TRL ships a copy of; beginning of text, end of turn, other tokens.
FAMILIES = {
    "qwen3_5_think": (None, "<|im_end|>", ()),
    "deepseek_r1_distill": (
        "<\uff5cbegin\u2581of\u2581sentence\uff5c>",
        "<\uff5cend\u2581of\u2581sentence\uff5c>",
        ("<\uff5cUser\uff5c>", "<\uff5cAssistant\uff5c>"),
    ),
    "llama3": ("<|begin_of_text|>", "<|eot_id|>", ("<|start_header_id|>", "<|end_header_id|>")),
}
SAID = "One and one.\n</think>\n\nIt is \\boxed{2}."


@pytest.fixture(params=FAMILIES)
def family(request):
    return request.param


@pytest.fixture
def tokenizer(family):
    begin, end, others = FAMILIES[family]
    made = tiny.tokenizer(chat=False)
    made.add_tokens([AddedToken(name, special=True) for name in (begin, end, *others) if name])
    made.chat_template, made.eos_token = _template(family), end
    if begin:
        made.bos_token = begin
        made.backend_tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{begin} $A", special_tokens=[(begin, made.bos_token_id)]
        )
    return made


def _template(family: str) -> str:
    assert FOUND is not None
    return (Path(str(FOUND.origin)).parent / "chat_templates" / f"{family}.jinja").read_text()


@pytest.fixture
def prompt(tokenizer):
    return PromptFormat("{problem}").render("What is 1 + 1?", tokenizer)


@pytest.fixture
def trained_on(tmp_path, tokenizer, prompt, family):
    """Exports two rollouts, lets SFTTrainer prepare them, and returns context and what is trained on."""

    def texts(*, assistant_only_loss: bool = False, **options: object) -> list[tuple[str, str]]:
        tokenizer.save_pretrained(tmp_path / "model")
        ids = tokenizer(SAID + FAMILIES[family][1], add_special_tokens=False).input_ids
        cut = rollout(response="One and", tokens=ids[:3], prompt=prompt, sample=1, finish_reason="length")
        rows = [rollout(response=SAID, prompt=prompt, tokens=ids), cut]
        run = write_run(tmp_path / "run", rows)
        (run / "experiment.toml").write_text(
            f'model = "{tmp_path / "model"}"\ndata = "x"\nprompt_template = "{{problem}}"\n'
            'setting = ["precise"]\nsamples = 2\n'
        )
        pq.write_table(pa.table({"id": ["p0"], "problem": ["What is 1 + 1?"]}), run / "problems.parquet")
        sdtool.export(run, tmp_path / "out.jsonl", **options)
        import datasets
        import trl

        read = datasets.load_dataset(
            "json", data_files=str(tmp_path / "out.jsonl"), cache_dir=str(tmp_path / "cache")
        )
        trainer = trl.SFTTrainer(
            model=tiny.model("llama"),
            processing_class=tokenizer,
            train_dataset=read["train"],
            args=trl.SFTConfig(
                output_dir=str(tmp_path / "out"),
                use_cpu=True,
                bf16=False,
                report_to="none",
                assistant_only_loss=assistant_only_loss,
            ),
        )
        found = []
        for row in trainer.train_dataset:
            pairs = list(zip(row["input_ids"], row["labels"], strict=True))
            context = [token for token, label in pairs if label == -100]
            found.append((tokenizer.decode(context), tokenizer.decode([k for _, k in pairs if k != -100])))
        return found

    return texts


def test_two_texts(trained_on, prompt, family):
    assert trained_on(format="prompt-completion") == [(prompt, SAID + FAMILIES[family][1])]


def test_tokens(trained_on, prompt, family, tokenizer):
    whole, cut = trained_on(format="tokens", truncated="mark")
    assert whole == (prompt, SAID + FAMILIES[family][1])
    ids = tokenizer(SAID, add_special_tokens=False).input_ids[:3]
    assert cut == (prompt + tokenizer.decode(ids[2:]), tokenizer.decode(ids[:2]))


def test_messages_with_the_templates_that_trl_trains_with(trained_on, family):
    ((_, taught),) = trained_on(assistant_only_loss=True)
    thought = "" if family == "llama3" else "<think>\n"
    assert taught.rstrip("\n").endswith(thought + SAID + FAMILIES[family][1])


def test_messages_with_the_template_of_the_model(trained_on, family):
    """DeepSeek's leaves the thought out, which the export says beforehand."""
    ((_, taught),) = trained_on()
    assert "It is \\boxed{2}." in taught
    assert (SAID in taught) == (family != "deepseek_r1_distill")
