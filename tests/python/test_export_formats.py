"""What stands in a row of training data: three forms, three chat templates, runs and files of other tools."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sdtool
import tiny
from runs import NO_BOX, RIGHT, THINKING, rollout, write_run
from sdtool.cli import main
from sdtool.errors import InputError
from sdtool.prompts import PromptFormat
from tokenizers import processors
from transformers import AddedToken

# Each writes turns as the family's own template does; of Qwen's, what it does with thoughts.
TEMPLATES = {
    "qwen3.5": (
        "{% for m in messages %}{% set content = m.content | trim %}{% if m.role == 'assistant' %}"
        "{% set thought = '' %}{% if '</think>' in content %}"
        "{% set thought = content.split('</think>')[0].split('<think>')[-1] | trim %}"
        "{% set content = content.split('</think>')[-1].lstrip('\n') %}{% endif %}"
        "{{ '<|im_start|>assistant\n<think>\n' + thought + '\n</think>\n\n' }}"
        "{{ content + '<|im_end|>\n' }}"
        "{% else %}{{ '<|im_start|>' + m.role + '\n' + content + '<|im_end|>\n' }}{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}"
        "{% if enable_thinking is defined and not enable_thinking %}{{ '<think>\n\n</think>\n\n' }}"
        "{% else %}{{ '<think>\n' }}{% endif %}{% endif %}"
    ),
    "deepseek-r1": (
        "{{ bos_token }}{% for m in messages %}"
        "{% if m.role == 'user' %}{{ '<\uff5cUser\uff5c>' + m.content }}{% else %}"
        "{{ '<\uff5cAssistant\uff5c>' + m.content.split('</think>')[-1] + eos_token }}{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<\uff5cAssistant\uff5c><think>\n' }}{% endif %}"
    ),
    "llama-3": (
        "{{ bos_token }}{% for m in messages %}{{ '<|start_header_id|>' + m.role + '<|end_header_id|>\n\n' }}"
        "{{ m.content | trim + '<|eot_id|>' }}{% endfor %}"
        "{% if add_generation_prompt %}"
        "{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}"
    ),
}
SPECIAL = {  # beginning of text, end of text, end of turn, and the others
    "qwen3.5": (None, "<|im_end|>", "<|im_end|>", ()),
    "deepseek-r1": (
        "<\uff5cbegin▁of▁sentence\uff5c>",
        "<\uff5cend▁of▁sentence\uff5c>",
        "<\uff5cend▁of▁sentence\uff5c>",
        ("<\uff5cUser\uff5c>", "<\uff5cAssistant\uff5c>"),
    ),
    "llama-3": (
        "<|begin_of_text|>",
        "<|end_of_text|>",
        "<|eot_id|>",
        ("<|start_header_id|>", "<|end_header_id|>"),
    ),
}
SAID = "One and one.\n</think>\n\nIt is \\boxed{2}."


@pytest.fixture(params=TEMPLATES)
def family(request):
    return request.param


@pytest.fixture
def tokenizer(family):
    """A small one with the family's template; those with a beginning of text put it there themselves."""
    begin, end, turn, others = SPECIAL[family]
    made = tiny.tokenizer(chat=False)
    added = [name for name in (begin, end, turn, *others) if name]
    made.add_tokens([AddedToken(name, special=True) for name in dict.fromkeys(added)])
    made.chat_template, made.eos_token = TEMPLATES[family], end
    if begin:
        made.bos_token = begin
        made.backend_tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{begin} $A", special_tokens=[(begin, made.bos_token_id)]
        )
    return made


@pytest.fixture
def study(tmp_path, tokenizer):
    """Writes a run with this tokenizer: one problem, of which these are the rollouts."""

    def write(*rows: dict[str, object]) -> Path:
        tokenizer.save_pretrained(tmp_path / "model")
        prompt = PromptFormat("{problem}").render("What is 1 + 1?", tokenizer)
        run = write_run(tmp_path / "run", [{**row, "prompt": prompt} for row in rows])
        model = json.dumps(str(tmp_path / "model"))
        (run / "experiment.toml").write_text(
            f'model = {model}\ndata = "x"\nsetting = ["precise"]\nsamples = {len(rows)}\n'
            'prompt_template = "{problem}"\n'
        )
        table = pa.table({"id": ["p0"], "problem": ["What is 1 + 1?"], "answer": ["2"]})
        pq.write_table(table, run / "problems.parquet")
        return run

    return write


def exported(run: Path, **options: object) -> list[dict[str, object]]:
    out = run.parent / "out.jsonl"
    sdtool.export(run, out, **options)
    return [json.loads(line) for line in out.read_text().splitlines()]


def trained_on(tokenizer, row) -> tuple[list[int], str]:
    """The ids of the context and the text that a trainer gets from two texts, as TRL tokenizes them."""
    prompt = tokenizer(row["prompt"]).input_ids
    both = tokenizer(row["prompt"] + row["completion"]).input_ids
    assert both[: len(prompt)] == prompt
    return prompt, tokenizer.decode(both[len(prompt) :])


def test_a_trainer_sees_the_context_that_the_model_saw_and_is_trained_on_what_it_wrote(
    family, tokenizer, study
):
    run = study(rollout(response=SAID), rollout(response=NO_BOX, sample=1))
    prompt = PromptFormat("{problem}").render("What is 1 + 1?", tokenizer)
    for row, response in zip(exported(run, format="prompt-completion"), (SAID, NO_BOX), strict=True):
        context, text = trained_on(tokenizer, row)
        assert context == list(PromptFormat("{problem}").tokenize(prompt, tokenizer))
        assert text == response + SPECIAL[family][2]


def sampled(tokenizer, family, response: str, **given: object) -> dict[str, object]:
    """A rollout with the ids that were sampled: those of its text one character at a time, and the end."""
    ids = [token for letter in response for token in tokenizer(letter, add_special_tokens=False).input_ids]
    ended = given.get("finish_reason") != "length"
    end = tokenizer.convert_tokens_to_ids([SPECIAL[family][2]]) if ended else []
    return rollout(response=response, tokens=ids + end, **given)


def test_tokens_are_those_that_were_sampled_and_only_they_are_trained_on(family, tokenizer, study):
    right = sampled(tokenizer, family, SAID)
    cut = sampled(tokenizer, family, THINKING, sample=1, finish_reason="length")
    prompt = PromptFormat("{problem}").render("What is 1 + 1?", tokenizer)
    context = list(PromptFormat("{problem}").tokenize(prompt, tokenizer))
    rows = exported(study(right, cut), format="tokens", truncated="mark")
    for row, given in zip(rows, (right, cut), strict=True):
        assert row["input_ids"] == context + given["tokens"]
        assert row["attention_mask"] == [1] * len(row["input_ids"])
        pairs = zip(row["input_ids"], row["labels"], strict=True)
        assert all(label in (token, -100) for token, label in pairs)
    taught = [tokenizer.decode([label for label in row["labels"] if label != -100]) for row in rows]
    assert taught == [
        SAID + SPECIAL[family][2],
        THINKING[:-1],
    ]  # the last token of what was cut off is masked


def test_tokens_of_another_tokenizer_are_refused(family, tokenizer, study):
    run = study(sampled(tokenizer, family, SAID))
    (run / "run.json").write_text(json.dumps({"tokenizer_hash": "other"}))
    with pytest.raises(InputError, match="another tokenizer"):
        exported(run, format="tokens")


def test_the_thought_ends_where_the_run_says(tmp_path):
    prompt = "[INST]What is 1 + 1?[/INST][THINK]"
    run = write_run(
        tmp_path / "run",
        [rollout(response="One and one.[/THINK]\\boxed{2}", prompt=prompt, think_closed=True)],
        close_tag="[/THINK]",
    )
    (run / "experiment.toml").write_text(
        'model = "embedded"\nsetting = ["precise"]\nprompt_template = "{problem}"'
    )
    pq.write_table(pa.table({"id": ["p0"], "problem": ["What is 1 + 1?"]}), run / "problems.parquet")
    (whole,), (cut,) = exported(run), exported(run, thoughts="cut")
    assert whole["messages"][-1]["content"] == "[THINK]One and one.[/THINK]\\boxed{2}"
    assert cut["messages"][-1]["content"] == "\\boxed{2}"
    (texts,) = exported(run, thoughts="cut", format="prompt-completion")
    assert texts["completion"] == "\n[/THINK]\n\n\\boxed{2}<|im_end|>"


def test_what_was_cut_off_has_no_end(family, tokenizer, study):
    run = study(rollout(response=THINKING, finish_reason="length"))
    (row,) = exported(run, format="prompt-completion", truncated="mark")
    assert row["truncated"] is True
    assert trained_on(tokenizer, row)[1] == THINKING
    assert SPECIAL[family][2] not in str(row["completion"])


def test_without_its_thought_an_answer_follows_an_empty_one(family, study):
    run = study(rollout(response=SAID), rollout(response=f"<think>{THINKING}", sample=1))
    (row,) = exported(run, format="prompt-completion", thoughts="cut")
    opened = "" if family == "llama-3" else "\n</think>\n\n"
    assert row["completion"] == f"{opened}It is \\boxed{{2}}.{SPECIAL[family][2]}"
    (row,) = exported(run, format="messages", thoughts="cut")
    assert row["messages"][-1] == {"role": "assistant", "content": "It is \\boxed{2}."}


def test_messages_hold_the_thought_whose_opening_the_prompt_had(family, study):
    (row,) = exported(study(rollout(response=SAID)))
    opening = "" if family == "llama-3" else "<think>\n"
    assert row["messages"] == [
        {"role": "user", "content": "What is 1 + 1?"},
        {"role": "assistant", "content": opening + SAID},
    ]


def test_a_template_that_does_not_write_what_was_sampled_is_named(family, study):
    run = study(rollout(response=SAID), rollout(response=THINKING, sample=1, finish_reason="length"))
    notes = sdtool.export(run, run.parent / "a.jsonl").notes
    assert len(notes) == (1 if family == "deepseek-r1" else 0), notes
    marked = sdtool.export(run, run.parent / "a.jsonl", truncated="mark").notes
    assert "1 rows are cut off" in marked[-1]
    # Qwen's closes an empty thought before one that was never closed, DeepSeek's leaves closed ones out.
    assert family == "llama-3" or "writes 1 of 2" in marked[0]


# --- files of other tools -------------------------------------------------------------------------------

USER = {"role": "user", "content": "What is 1 + 1?"}
SYSTEM = {"role": "system", "content": "Be brief."}
ANSWER = {"role": "assistant", "content": RIGHT}
GRADES = {
    "problem_id": "p0",
    "verdict": "equal",
    "correct": True,
    "boxed": True,
    "think_closed": True,
    "looped": False,
}


@pytest.mark.parametrize(
    ("columns", "messages"),
    [
        ({"prompt": "What is 1 + 1?", "response": RIGHT}, [USER]),
        ({"prompt": [SYSTEM, USER], "response": RIGHT}, [SYSTEM, USER]),
        ({"prompt": json.dumps([SYSTEM, USER]), "response": RIGHT}, [SYSTEM, USER]),
        ({"problem": "What is 1 + 1?", "generation": RIGHT}, [USER]),
        ({"question": "What is 1 + 1?", "prompt": "<|im_start|>user\n…", "response": RIGHT}, [USER]),
        ({"messages": [SYSTEM, USER, ANSWER], "response": RIGHT}, [SYSTEM, USER]),
        ({"input": [SYSTEM, USER], "response": RIGHT}, [SYSTEM, USER]),
        ({"input": "What is 1 + 1?", "response": RIGHT}, [USER]),
        ({"doc": {"query": "What is 1 + 1?", "id": 3}, "response": RIGHT}, [USER]),
        ({"doc": json.dumps({"problem": "What is 1 + 1?"}), "response": RIGHT}, [USER]),
        (
            {
                "conversations": [
                    {"from": "human", "value": "What is 1 + 1?"},
                    {"from": "gpt", "value": RIGHT},
                ],
                "response": RIGHT,
            },
            [USER],
        ),
        ({"prompt": "What is 1 + 1?", "completion": [ANSWER]}, [USER]),
        ({"problem": "What is 1 + 1?", "resps": json.dumps([[RIGHT]])}, [USER]),
    ],
)
def test_prompts_and_responses_of_graded_files(tmp_path, columns, messages):
    path = tmp_path / "graded.parquet"
    pq.write_table(pa.Table.from_pylist([{**columns, **GRADES}]), path)
    done = sdtool.export(path, tmp_path / "out.jsonl")
    (row,) = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert row["messages"] == [*messages, ANSWER]
    assert any("ran into the cap" in note for note in done.notes)


def test_the_tokenizer_that_is_named_renders_the_messages_of_a_file(tmp_path, tokenizer, family):
    tokenizer.save_pretrained(tmp_path / "model")
    path = tmp_path / "graded.parquet"
    pq.write_table(pa.Table.from_pylist([{"prompt": [USER], "response": SAID, **GRADES}]), path)
    with pytest.raises(InputError, match="--tokenizer"):
        sdtool.export(path, tmp_path / "out.jsonl", format="prompt-completion")
    sdtool.export(path, tmp_path / "out.jsonl", format="prompt-completion", tokenizer=str(tmp_path / "model"))
    row = json.loads((tmp_path / "out.jsonl").read_text())
    prompt = PromptFormat("{problem}").render("What is 1 + 1?", tokenizer)
    assert trained_on(tokenizer, row)[1] == SAID + SPECIAL[family][2]
    assert trained_on(tokenizer, row)[0] == list(PromptFormat("{problem}").tokenize(prompt, tokenizer))


def test_several_inputs_become_one_file(tmp_path):
    for name in ("a", "b"):
        row = {"prompt": f"{name}?", "response": RIGHT, **GRADES, "problem_id": name}
        pq.write_table(pa.Table.from_pylist([row]), tmp_path / f"{name}.parquet")
    out = tmp_path / "out.parquet"
    done = sdtool.export([tmp_path / "a.parquet", tmp_path / "b.parquet"], out)
    table = pq.read_table(out)
    assert [row[0]["content"] for row in table["messages"].to_pylist()] == ["a?", "b?"]
    assert done.rows == 2
    assert [given["rows"] for given in done.card["inputs"]] == [1, 1]


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_numbers_stay_what_the_file_has(tmp_path, suffix):
    rows = [{"prompt": "?", "response": RIGHT, "sample": name, "n_tokens": 2.5, **GRADES} for name in "ab"]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "graded.parquet")
    out = tmp_path / f"out.{suffix}"
    sdtool.export(tmp_path / "graded.parquet", out, max_per_problem=1, pick="random")
    (row,) = pq.read_table(out).to_pylist() if suffix == "parquet" else [json.loads(out.read_text())]
    assert row["sample"] in {"a", "b"}
    assert row["n_tokens"] == 2.5


def test_datasets_reads_the_file(tmp_path):
    datasets = pytest.importorskip("datasets")
    rows = [
        {"prompt": "1 + 1?", "response": RIGHT, **GRADES, "problem_id": str(n), "source": None}
        for n in range(3)
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "graded.parquet")
    for out in (tmp_path / "out.jsonl", tmp_path / "out.parquet"):
        sdtool.export(tmp_path / "graded.parquet", out)
        builder = {".jsonl": "json", ".parquet": "parquet"}[out.suffix]
        read = datasets.load_dataset(builder, data_files=str(out), cache_dir=str(tmp_path / "cache"))["train"]
        assert len(read) == 3
        assert read[0]["messages"][-1] == ANSWER


# --- bad input ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("export run --out a.jsonl --keep best", "keep must be one of any, correct, wrong, not 'best'"),
        ("export run --out a.jsonl --keep-best", "No such option"),
        ("export run --out a.jsonl --format chat", "messages, prompt-completion, tokens"),
        ("export run --out a.jsonl --drop-shortest 1.5", "below 1"),
        ("export run --out a.jsonl --min-tokens 2000", "nothing is left to export; dropped were 1 by --min-"),
        ("export run --out a.jsonl --min-tokens -3", "--min-tokens"),
        ("export run --out a.jsonl --min-tokens 20 --max-tokens 10", "above max_tokens"),
        ("export run --out a.jsonl --max-per-problem 0", "at least 1"),
        ("export run --out a.jsonl --setting hot", "no setting 'hot'; there are precise"),
        ("export run --out a.jsonl --mix precise", "NAME=SHARE"),
        ("export run --out a.jsonl --mix precise=0", "above 0"),
        ("export run --out a.jsonl --format tokens", "generate with --keep-tokens"),
        ("export run --out a.jsonl --format tokens --thoughts cut", "as they were sampled"),
        ("export run --out a.jsonl --balance difficulty", "needs a column `difficulty`"),
        ("export run --out a.jsonl --against gone.jsonl", "there is no file gone.jsonl"),
        ("export run --out a.txt", ".jsonl or .parquet"),
        ("export run --out no.jsonl/a.jsonl", "cannot write"),
        ("export nowhere --out a.jsonl", "no such run"),
        ("export ungraded.parquet --out a.jsonl", "regrade"),
        ("export promptless.parquet --out a.jsonl", "without a prompt"),
        ("export textless.parquet --out a.jsonl", "no responses"),
        ("export rendered.parquet --out a.jsonl", "--format prompt-completion"),
        ("export rendered.parquet --out a.jsonl --format tokens", "--tokenizer"),
        ("export rendered.parquet --out a.jsonl --no-looped", "fell into a loop"),
        ("export lost --out a.jsonl --format prompt-completion", "gone"),
        ("export run --out a.jsonl --tokenizer ./gone", "gone"),
    ],
)
def test_bad_input_is_one_clear_line(tmp_path, monkeypatch, capsys, call, said):
    monkeypatch.chdir(tmp_path)
    run = write_run(tmp_path / "run", [rollout()])
    (run / "experiment.toml").write_text('model = "embedded"\n')
    pq.write_table(pa.table({"id": ["p0"], "problem": ["1 + 1?"]}), run / "problems.parquet")
    lost = write_run(tmp_path / "lost", [rollout()])
    (lost / "experiment.toml").write_text('model = "./gone"\ndata = "x"\n')
    (tmp_path / "no.jsonl").write_text("")
    for name, row in {
        "ungraded": {"prompt": "?", "response": RIGHT},
        "promptless": {"response": RIGHT, **GRADES},
        "textless": {"prompt": "?", **GRADES},
        "rendered": {"prompt": "<|im_start|>user\n?<|im_end|>", "response": RIGHT, **GRADES, "looped": None},
    }.items():
        table = pa.Table.from_pylist([{key: value for key, value in row.items() if value is not None}])
        pq.write_table(table, f"{name}.parquet")
    assert main(call.split()) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line
    assert not Path("a.jsonl").exists()
    assert not list(tmp_path.glob(".*.tmp"))


def test_an_unknown_option_is_refused_by_name(tmp_path):
    with pytest.raises(InputError, match="did you mean 'no_looped'"):
        sdtool.export("run", tmp_path / "a.jsonl", nolooped=True)
