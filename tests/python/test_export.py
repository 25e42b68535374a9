"""Rollouts as training data: what each filter keeps, and that the card tells the truth."""

from __future__ import annotations

import json
import random
import tempfile
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sdtool
from hypothesis import given, settings
from hypothesis import strategies as st
from runs import NO_BOX, RIGHT, THINKING, WRONG, rollout, write_run
from sdtool import checkpoint, config
from sdtool.cli import main
from sdtool.errors import InputError
from sdtool.exporting import Options
from sdtool.exporting.filters import FILTERS, flag
from sdtool.metrics import METRICS

EXPERIMENT = 'model = "embedded"\nsetting = ["precise"]\nprompt_template = "Solve: {problem}"\n'
PROMPT = "<|im_start|>user\nSolve: What is 1 + 1?<|im_end|>\n<|im_start|>assistant\n<think>\n"
END = "<|im_end|>"


def study(path: Path, rows: list[dict[str, object]], *more: str, **provenance: object) -> Path:
    """A run of the embedded model with its problems, and `more`, as `generate` leaves it."""
    run = write_run(path, [{**row, "prompt": PROMPT} for row in rows], **provenance)
    (run / "experiment.toml").write_text(EXPERIMENT)
    ids = sorted({str(row["problem_id"]) for row in rows} | set(more))
    problems = {"id": ids, "problem": ["What is 1 + 1?"] * len(ids), "answer": ["2"] * len(ids)}
    pq.write_table(pa.table(problems), run / "problems.parquet")
    return run


@pytest.fixture(autouse=True, scope="module")
def _one_tokenizer():
    """Loading the same one again and again is what these tests would spend their time on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoint, "load_tokenizer", cache(checkpoint.load_tokenizer))
        yield


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def names(path: Path) -> list[str]:
    return [str(row["problem_id"]) for row in lines(path)]


# --- filters --------------------------------------------------------------------------------------------

KINDS = [
    rollout("right", RIGHT, n_tokens=50),
    rollout("right", RIGHT, sample=1, n_tokens=50),
    rollout("wrong", WRONG, n_tokens=40, source="other"),
    rollout("undecided", RIGHT, correct=False, verdict="undecided", n_tokens=30),
    rollout("no-box", NO_BOX, n_tokens=20),
    rollout("loop", RIGHT, looped=True, n_tokens=60),
    rollout("cut", THINKING, finish_reason="length", n_tokens=100),
    rollout("stub", "</think>\\boxed{2}\n\n", n_tokens=5),
    rollout("hot", RIGHT, setting="hot", n_tokens=55, source="other"),
]
EVERY = [str(row["problem_id"]) for row in KINDS]


def without(*left_out: str) -> list[str]:
    return [name for name in EVERY if name not in left_out]


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ({}, without("cut")),
        ({"truncated": "mark"}, EVERY),
        ({"keep": "correct"}, ["right", "right", "loop", "stub", "hot"]),
        ({"keep": "wrong"}, ["wrong", "no-box"]),
        ({"keep": "wrong", "truncated": "mark"}, ["wrong", "no-box", "cut"]),
        ({"boxed": True}, without("cut", "no-box")),
        ({"closed": True}, without("cut")),
        ({"closed": True, "truncated": "mark"}, without("cut")),
        ({"no_looped": True}, without("cut", "loop")),
        ({"no_stubs": True}, without("cut", "stub")),
        ({"min_tokens": 50}, ["right", "right", "loop", "hot"]),
        ({"max_tokens": 30}, ["undecided", "no-box", "stub"]),
        ({"drop_shortest": 0.25}, without("cut", "stub", "no-box")),
        ({"distinct": True}, ["right", "wrong", "undecided", "no-box", "loop", "stub", "hot"]),
        ({"max_per_problem": 1}, ["right", "wrong", "undecided", "no-box", "loop", "stub", "hot"]),
        ({"setting": ["hot"]}, ["hot"]),
        ({"thoughts": "cut", "truncated": "mark"}, without("cut")),
    ],
)
def test_what_each_filter_keeps(tmp_path, options, kept):
    out = tmp_path / "a.jsonl"
    sdtool.export(study(tmp_path / "run", KINDS), out, **options)
    assert names(out) == kept


@pytest.mark.parametrize(
    ("pick", "kept"), [("first", [0, 1]), ("shortest", [2, 3]), ("longest", [1, 4]), ("random", None)]
)
def test_which_of_a_problem_are_taken(tmp_path, pick, kept):
    lengths = [50, 60, 10, 20, 70]
    rows = [rollout("p", RIGHT, sample=k, n_tokens=length) for k, length in enumerate(lengths)]
    run = study(tmp_path / "run", [*rows, rollout("q", RIGHT)])
    drawn = set()
    for seed in range(20):
        sdtool.export(run, tmp_path / "a.jsonl", max_per_problem=2, pick=pick, seed=seed)
        found = [row["sample"] for row in lines(tmp_path / "a.jsonl") if row["problem_id"] == "p"]
        assert len(found) == 2
        drawn.add(tuple(found))
    assert drawn == {tuple(kept)} if kept else len(drawn) > 5


def test_settings_are_mixed_by_share_and_the_scarcest_is_taken_whole(tmp_path):
    rows = [
        rollout(f"p{n}", RIGHT, setting=setting)
        for setting, count in (("a", 29), ("b", 200), ("c", 50))
        for n in range(count)
    ]
    run = study(tmp_path / "run", rows)
    done = sdtool.export(run, tmp_path / "a.jsonl", mix={"a": 0.29, "b": 0.71})
    assert done.card["written"]["mix"]["setting"] == {"a": 29, "b": 71}


@pytest.mark.parametrize("group", ["source", "difficulty"])
def test_groups_are_balanced(tmp_path, group):
    rows = [
        rollout(f"{name}{n}", RIGHT, **{group: name}) for name, k in (("x", 7), ("y", 3)) for n in range(k)
    ]
    path = tmp_path / "graded.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    done = sdtool.export(path, tmp_path / "a.jsonl", balance=group, format="prompt-completion")
    assert done.card["written"]["mix"][group] == {"x": 3, "y": 3}


# --- the card -------------------------------------------------------------------------------------------

RESPONSES = st.sampled_from([RIGHT, WRONG, NO_BOX, THINKING, "\\boxed{2}"])
ROLLOUT = st.builds(
    lambda problem, response, cut, looped, setting, tokens, source: rollout(
        f"p{problem}",
        response,
        finish_reason="length" if cut else "stop",
        looped=looped,
        setting=setting,
        source=source,
        token_ends=[0] * tokens,
    ),
    st.integers(0, 3), RESPONSES, st.booleans(), st.booleans(), st.sampled_from(["a", "b"]),
    st.integers(1, 99), st.sampled_from(["x", "y"]),
)  # fmt: skip
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "format": st.sampled_from(["messages", "prompt-completion"]),
        "thoughts": st.sampled_from(["keep", "cut"]),
        "setting": st.sampled_from([["a"], ["a", "b"]]),
        "keep": st.sampled_from(["any", "correct", "wrong"]),
        **{name: st.booleans() for name in ("boxed", "closed", "no_looped", "no_stubs", "distinct")},
        "truncated": st.sampled_from(["drop", "mark"]),
        "min_tokens": st.integers(1, 60),
        "max_tokens": st.integers(60, 99),
        "drop_shortest": st.floats(0, 0.9),
        "max_per_problem": st.integers(1, 4),
        "pick": st.sampled_from(["first", "random", "shortest", "longest"]),
        "balance": st.sampled_from(["source", "difficulty"]),
        "mix": st.fixed_dictionaries({"a": st.floats(0.1, 1)}, optional={"b": st.floats(0.1, 1)}),
        "seed": st.integers(0, 3),
    },
)


@settings(max_examples=60)
@given(rows=st.lists(ROLLOUT, max_size=30), options=OPTIONS)
def test_the_card_counts_what_is_in_the_file(rows, options):
    rows = [rollout(setting="a", source="x"), rollout(setting="b", source="y"), *rows]
    rows = [{**row, "sample": place} for place, row in enumerate(rows)]
    with tempfile.TemporaryDirectory() as folder:
        run, out = study(Path(folder) / "run", rows), Path(folder) / "a.jsonl"
        try:
            done = sdtool.export(run, out, **options)
        except InputError as error:
            if "nothing is left" not in str(error) and "difficulty" not in str(error):
                raise
            assert not list(Path(folder).glob("*.*"))
            return
        written, card = lines(out), json.loads(out.with_suffix(".card.json").read_text())
    assert card == done.card
    assert card["rows"] == done.rows == len(written) == card["written"]["rows"]
    assert card["read"]["rows"] == len(rows)
    left = len(rows)
    for step in card["filters"]:
        assert step["rows"] == left - step["dropped"]
        left = step["rows"]
        assert all(sum(counts.values()) == left for counts in step["mix"].values())
    assert left == len(written)
    order = [flag(filter_.name) for filter_ in FILTERS]
    assert [step["name"] for step in card["filters"]] == sorted(
        (step["name"] for step in card["filters"]), key=order.index
    )
    by_sample = {row["sample"]: row for row in rows}
    kept = [by_sample[row["sample"]] for row in written]
    for metric in METRICS.values():
        assert card["written"][metric.name] == pytest.approx(sum(map(metric.of, kept)) / len(kept))
    assert sum(bool(row["truncated"]) for row in written) == sum(r["finish_reason"] == "length" for r in kept)
    assert card["written"]["problems"] == len({row["problem_id"] for row in written})


def test_the_same_seed_gives_the_same_file_whatever_the_order_of_rows(tmp_path):
    rows = [rollout(f"p{n % 7}", RIGHT, sample=n, n_tokens=n + 1) for n in range(70)]
    shuffled = random.Random(1).sample(rows, len(rows))
    options = {"max_per_problem": 3, "pick": "random"}
    runs = study(tmp_path / "a", rows), study(tmp_path / "b", shuffled)
    texts = []
    for place, (run, seed) in enumerate([(runs[0], 5), (runs[0], 5), (runs[0], 6), (runs[1], 5)]):
        sdtool.export(run, tmp_path / f"{place}.jsonl", seed=seed, **options)
        texts.append((tmp_path / f"{place}.jsonl").read_text())
    assert texts[0] == texts[1]
    assert texts[0] != texts[2]
    assert sorted(texts[0].splitlines()) == sorted(texts[3].splitlines())
    cards = [json.loads((tmp_path / f"{place}.card.json").read_text()) for place in (0, 1)]
    assert {**cards[0], "file": ""} == {**cards[1], "file": ""}


def test_the_card_names_the_model_its_hashes_and_settings(tmp_path):
    run = study(tmp_path / "run", KINDS, model="embedded", model_hash="a1", problems_hash="b2", planned=9)
    text = str(sdtool.export(run, tmp_path / "a.jsonl", keep="correct"))
    assert (tmp_path / "a.card.md").read_text() == text
    assert "a1" in text
    assert "| keep correct | 4 | 5 |" in text
    assert "temperature" not in text
    assert "T 0.6" in text
    assert sdtool.export(run, tmp_path / "b.jsonl").card["inputs"][0]["problems_hash"] == "b2"


AVOIDED = "Find the number of positive integers $n \\le 1000$ that are divisible by $7$ and not by $11$."
SAME = (
    "Solve the following problem and put the answer in a box.\n\n"
    "Find the number of positive integers n ≤ 1000 that are divisible by 7 and not by 11."
)
OTHER = "A train leaves at noon and drives 120 km in two hours; how fast does it go on average?"


@pytest.mark.parametrize("shape", ["run", "text", "chat"])
def test_problems_of_a_set_are_kept_out_however_they_are_written(tmp_path, shape):
    avoided = tmp_path / "avoided.jsonl"
    avoided.write_text(json.dumps({"id": "a7", "problem": AVOIDED, "answer": "129"}) + "\n")
    texts = {"p0": SAME, "p1": OTHER}
    rows = [rollout(problem, sample=k) for problem in texts for k in range(3)]
    if shape == "run":
        path = study(tmp_path / "run", rows)
        ids, statements = list(texts), list(texts.values())
        pq.write_table(pa.table({"id": ids, "problem": statements}), path / "problems.parquet")
    else:
        path = tmp_path / "graded.parquet"
        said = [texts[str(row["problem_id"])] for row in rows]
        prompts = said if shape == "text" else [[{"role": "user", "content": text}] for text in said]
        given = [{**row, "prompt": prompt, "source": None} for row, prompt in zip(rows, prompts, strict=True)]
        pq.write_table(pa.Table.from_pylist(given), path)
    done = sdtool.export(path, tmp_path / "out.jsonl", against=avoided)
    assert [row["problem_id"].rpartition("/")[2] for row in lines(tmp_path / "out.jsonl")] == ["p1"] * 3
    (step,) = (step for step in done.card["filters"] if step["name"] == "against")
    assert step["dropped"] == 3
    (repeat,) = done.card["repeats"]
    assert (repeat["rollouts"], repeat["repeats"]) == (3, f"{avoided} a7")
    assert "a7" in str(done)


def test_a_run_that_was_cut_is_exported_with_a_note(tmp_path, capsys):
    run = study(tmp_path / "run", [rollout("p0"), rollout("p1")], "p2", "p3")
    (run / "journal").mkdir()
    stored = json.dumps({"rollout": {**rollout("p2"), "prompt": PROMPT}, "rows": 0})
    (run / "journal" / "worker-0.jsonl").write_text(f'{stored}\n{{"rollout": {{"prob')
    assert main(["export", str(run), "--out", str(tmp_path / "a.jsonl"), "-q"]) == 0
    assert names(tmp_path / "a.jsonl") == ["p0", "p1", "p2"]
    assert "1 of 4 rollouts are missing" in capsys.readouterr().err
    assert "1 of 4 rollouts are missing" in (tmp_path / "a.card.md").read_text()


def test_what_was_read_can_be_exported(tmp_path):
    run = study(tmp_path / "run", KINDS)
    done = sdtool.export(sdtool.read(run), tmp_path / "a.jsonl", keep="wrong")
    assert done.card == sdtool.export(run, tmp_path / "a.jsonl", keep="wrong").card


def test_options_come_from_the_table_of_an_experiment_and_flags_win(tmp_path):
    run = study(tmp_path / "run", KINDS)
    config = tmp_path / "experiment.toml"
    config.write_text(
        '[export]\nkeep = "correct"\nno_looped = true\nmix = { hot = 1, precise = 2 }\nseed = 3\n'
    )
    call = ["export", str(run), "--config", str(config), "--out", str(tmp_path / "a.jsonl")]
    assert main(call) == 0
    assert sorted(str(row["setting"]) for row in lines(tmp_path / "a.jsonl")) == ["hot", "precise", "precise"]
    assert main([*call, "--keep", "wrong", "--mix", "precise=1", "--seed", "0"]) == 0
    assert json.loads((tmp_path / "a.card.json").read_text())["seed"] == 0
    assert names(tmp_path / "a.jsonl") == ["wrong", "no-box"]
    config.write_text("[export]\nkep = 1\n")
    assert main(call) == 2


@pytest.mark.parametrize("name", ["self-distillation", "qwen3.5-4b-self-distillation"])
def test_the_examples_describe_sampling_export_and_evaluation(name):
    path = Path(__file__).parents[2] / "docs" / "examples" / f"{name}.toml"
    sampling, measured = config.resolve(path, {}), config.resolve(path, {}, evaluation=True)
    assert sampling.model == measured.model
    assert sampling.settings[0].temperature > measured.settings[0].temperature
    assert sampling.data != measured.data
    assert Options.of(config.read_toml(path)["export"]).truncated == "drop"
