"""The embedded model and problems: what they are, that the golds are right, that none was trained on."""

import importlib
import json
import re
import sys
from collections import Counter
from fractions import Fraction
from importlib.resources import as_file, files
from itertools import islice
from math import gcd
from pathlib import Path

import pytest

TRAINING = Path(__file__).resolve().parents[2] / "training"
EMBEDDED = files("sdtool.embedded")
PROBLEMS = [json.loads(line) for line in (EMBEDDED / "problems.jsonl").read_text().splitlines()]


# The problems, read back from their text alone. A program is (kind, start, orders): the same sum told as a
# chain and as a story is the same program.

CHAIN = {"Add": "+", "Subtract": "-", "Multiply by": "*", "Divide by": "/"}
STORY = {
    r"finds (\d+) more": "+",
    r"loses (\d+)": "-",
    r"now has (\d+) times as many": "*",
    r"keeps one (half|third)": "/",
}
COUNTS = {"half": 2, "third": 3}
MOVES = {"right": (1, 0), "left": (-1, 0), "up": (0, 1), "down": (0, -1)}


def program(text):
    """(kind, start, orders) of a problem's text."""
    if start := re.match(r"Start with (\d+)\. ", text):
        orders = re.findall(r"(Add|Subtract|Multiply by|Divide by) (\d+)\.", text)
        return "integer", int(start[1]), tuple((CHAIN[word], int(number)) for word, number in orders)
    if start := re.match(r"(\w+) has (\d+) \w+\. ", text):
        orders = []
        for sentence in re.findall(rf"{start[1]} ([^.]+)\.", text[start.end() :]):
            operator, amount = next(
                (operator, found[1])
                for phrase, operator in STORY.items()
                if (found := re.fullmatch(phrase, sentence))
            )
            orders.append((operator, COUNTS.get(amount) or int(amount)))
        return "integer", int(start[2]), tuple(orders)
    if start := re.match(r"A point starts at \((-?\d+), (-?\d+)\)\. ", text):
        orders = re.findall(r"It moves (\d+) (right|left|up|down)\.", text)
        return "points", (int(start[1]), int(start[2])), tuple((word, int(size)) for size, word in orders)
    sum_of_fractions = re.match(r"Compute (\d+)/(\d+)((?: [+-] \d+/\d+)+)\.", text)
    first, below, rest = sum_of_fractions.groups()
    orders = tuple(
        (sign, int(above), int(under)) for sign, above, under in re.findall(r"([+-]) (\d+)/(\d+)", rest)
    )
    return "fractions", (int(first), int(below)), orders


def answer(parsed):
    """What the program comes to, as LaTeX."""
    kind, start, orders = parsed
    if kind == "points":
        place = [start[axis] + sum(size * MOVES[word][axis] for word, size in orders) for axis in (0, 1)]
        return f"({place[0]}, {place[1]})"
    if kind == "fractions":
        total = Fraction(*start) + sum(Fraction(f"{sign}{above}/{below}") for sign, above, below in orders)
        if total.denominator == 1:
            return str(total)
        assert gcd(total.numerator, total.denominator) == 1
        return rf"{'-' * (total < 0)}\frac{{{abs(total.numerator)}}}{{{total.denominator}}}"
    value = Fraction(start)
    for operator, number in orders:
        value = {"+": value + number, "-": value - number, "*": value * number, "/": value / number}[operator]
    assert value.denominator == 1
    return str(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Start with 22. Multiply by 3. Subtract 70. What is the result?", "-4"),
        ("Tom has 12 coins. Tom loses 3. Tom keeps one third. How many coins does Tom have now?", "3"),
        ("Compute 3/8 + 7/8 - 12/8.", r"-\frac{1}{4}"),
        ("A point starts at (3, -2). It moves 4 left. It moves 5 down. Where is it now?", "(-1, -7)"),
    ],
)
def test_the_reading_of_a_text(text, expected):
    assert answer(program(text)) == expected


def test_every_gold_is_what_its_text_comes_to():
    assert {row["id"]: row["answer"] for row in PROBLEMS} == {
        row["id"]: answer(program(row["problem"])) for row in PROBLEMS
    }


def test_the_problems_are_many_and_balanced():
    assert len(PROBLEMS) >= 500
    assert all(set(row) == {"id", "problem", "answer", "source", "level"} for row in PROBLEMS)
    assert len({row["id"] for row in PROBLEMS}) == len({row["problem"] for row in PROBLEMS}) == len(PROBLEMS)
    cells = Counter((row["source"], row["level"]) for row in PROBLEMS)
    assert len({source for source, _ in cells}) == 4
    assert sorted({level for _, level in cells}) == [1, 2, 3, 4, 5]
    assert len(set(cells.values())) == 1
    assert len(cells) == 20


def test_any_prefix_is_balanced():
    for size in range(20, len(PROBLEMS), 20):
        cells = Counter((row["source"], row["level"]) for row in PROBLEMS[:size])
        assert set(cells.values()) == {size // 20}


def test_answers_are_of_many_kinds():
    answers = [row["answer"] for row in PROBLEMS]
    assert sum(r"\frac" in text for text in answers) >= 50
    assert sum(text.startswith("-") for text in answers) >= 30
    assert sum(text.startswith("(") for text in answers) >= 50


# None of the problems occurs in the training corpus.


@pytest.fixture(scope="module")
def training():
    if not TRAINING.is_dir():
        pytest.skip("the training scripts are in the repository, not in the package")
    sys.path.insert(0, str(TRAINING))
    yield {name: importlib.import_module(name) for name in ("problems", "corpus")}
    sys.path.remove(str(TRAINING))


def test_no_problem_is_in_the_corpus(training):
    """By the rule (a keyed hash of the program) on both sides, and by programs read from 20,000 documents."""
    held_out = training["problems"].held_out
    ours = {program(row["problem"]) for row in PROBLEMS}
    written = list(training["problems"].embedded())
    assert [problem.text for problem in written] == [row["problem"] for row in PROBLEMS]
    assert all(held_out(problem.key) for problem in written)
    documents = list(islice(training["corpus"].documents("a slice", practice=False), 20_000))
    assert not any(held_out(problem.key) for _, _, problem in documents)
    trained_on = {program(problem.text) for _, _, problem in documents}
    assert len(trained_on) > 10_000
    assert not ours & trained_on


def test_without_the_rule_problems_would_be_in_the_corpus(training, monkeypatch):
    """The test above can fail: a corpus that leaves nothing out meets the problems."""
    monkeypatch.setattr(training["corpus"], "held_out", lambda _key: False)
    documents = islice(training["corpus"].documents("a slice", practice=False), 20_000)
    assert {program(row["problem"]) for row in PROBLEMS} & {
        program(problem.text) for _, _, problem in documents
    }


def test_the_key_is_the_program(training):
    """One key per program and one program per key, however the problem is worded."""
    documents = islice(training["corpus"].documents("keys", practice=True), 5_000)
    pairs = {(problem.key, program(problem.text)) for _, _, problem in documents}
    assert len(pairs) == len({key for key, _ in pairs}) == len({parsed for _, parsed in pairs})


def test_the_golds_of_the_corpus_are_right(training):
    for _, response, problem in islice(training["corpus"].documents("golds", practice=False), 2_000):
        assert problem.answer == answer(program(problem.text))
        assert "</think>" not in response or response.endswith(f"$\\boxed{{{problem.answer}}}$.<|im_end|>")


# The model.


def test_the_size():
    with as_file(EMBEDDED) as folder:
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if "__pycache__" not in path.parts)
    assert size <= 3_000_000


@pytest.fixture(scope="module")
def tokenizer():
    transformers = pytest.importorskip("transformers")
    with as_file(EMBEDDED / "model") as folder:
        return transformers.AutoTokenizer.from_pretrained(folder)


def chat(tokenizer, text, system=None, **options):
    messages = [{"role": "system", "content": system}] if system else []
    messages.append({"role": "user", "content": text})
    return tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True, **options)


def test_the_chat_template(tokenizer):
    user = "<|im_start|>user\nCompute 1/2 + 1/2.<|im_end|>\n<|im_start|>assistant\n"
    assert chat(tokenizer, "Compute 1/2 + 1/2.") == user + "<think>\n"
    assert chat(tokenizer, "Compute 1/2 + 1/2.", enable_thinking=False) == user + "<think>\n\n</think>\n\n"
    assert chat(tokenizer, "Compute 1/2 + 1/2.", system="Be brief.") == (
        "<|im_start|>system\nBe brief.<|im_end|>\n" + user + "<think>\n"
    )


def test_the_chat_template_is_what_was_trained(tokenizer, training):
    for text, system, thinking in (("Hi", None, True), ("Hi", "Be brief.", True), ("Hi", "Be brief.", False)):
        assert training["corpus"].prompt(text, system, thinking) == chat(
            tokenizer, text, system, enable_thinking=thinking
        )


def test_earlier_thoughts_are_dropped(tokenizer):
    messages = [
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": "<think>\nb\n</think>\n\nc"},
        {"role": "user", "content": "d"},
    ]
    text = tokenizer.apply_chat_template(messages, tokenize=False)
    assert "<|im_start|>assistant\nc<|im_end|>\n" in text
    assert "think" not in text


def test_special_tokens(tokenizer):
    assert (tokenizer.eos_token, tokenizer.pad_token) == ("<|im_end|>", "<|endoftext|>")
    ids = tokenizer("<think>\n1</think>\n\n2<|im_end|>")["input_ids"]
    assert tokenizer.decode(ids, skip_special_tokens=True) == "<think>\n1</think>\n\n2"
    assert [len(tokenizer(marker)["input_ids"]) for marker in ("<think>", "</think>", "<|im_start|>")] == [
        1,
        1,
        1,
    ]


def test_the_tokenizer_is_lossless(tokenizer):
    text = "\N{MINUS SIGN}½ \N{SLIGHTLY SMILING FACE} \\boxed{-\\frac{13}{4}}\t 1234\r\n\n 日本"
    assert tokenizer.decode(tokenizer(text)["input_ids"]) == text


def test_numbers_are_one_token(tokenizer):
    assert all(len(tokenizer(f"{space}{n}")["input_ids"]) == 1 for n in range(100) for space in ("", " "))


@pytest.fixture(scope="module")
def model():
    transformers = pytest.importorskip("transformers")
    with as_file(EMBEDDED / "model") as folder:
        return transformers.AutoModelForCausalLM.from_pretrained(folder).eval()


def test_the_model_is_a_qwen3_5_in_miniature(model, tokenizer):
    assert type(model).__name__ == "Qwen3_5ForCausalLM"
    assert set(model.config.layer_types) == {"linear_attention", "full_attention"}
    assert str(model.dtype) == "torch.float32"
    assert model.config.vocab_size == len(tokenizer)
    for holder in (model.config, model.generation_config):
        assert (holder.eos_token_id, holder.pad_token_id) == (tokenizer.eos_token_id, tokenizer.pad_token_id)


def test_it_thinks_closes_and_boxes(model, tokenizer):
    """Greedy, on one easy problem of each source: the form is right, and most answers are."""
    easy = [
        next(row for row in PROBLEMS if (row["source"], row["level"]) == (source, 1)) for source in SOURCES
    ]
    prompts = tokenizer([chat(tokenizer, row["problem"]) for row in easy], return_tensors="pt", padding=True)
    output = model.generate(**prompts, max_new_tokens=128, do_sample=False)
    responses = tokenizer.batch_decode(output[:, prompts["input_ids"].shape[1] :], skip_special_tokens=True)
    boxes = [
        re.fullmatch(r"(?s).+\n</think>\n\nThe answer is \$\\boxed\{(.+)\}\$\.", text) for text in responses
    ]
    assert all(boxes)
    assert sum(box[1] == row["answer"] for box, row in zip(boxes, easy, strict=True)) >= 3


SOURCES = sorted({row["source"] for row in PROBLEMS})
