"""Files in the layouts of other tools: each response graded, each figure the report's."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sdtool
from sdtool import layouts
from sdtool.cli import main
from sdtool.errors import InputError
from sdtool.report.reading import read

FOREIGN = Path(__file__).parent / "foreign"
RIGHT, WRONG = "equal", "different"

# The file, the flags that its layout needs, and the verdicts of its responses.
FILES = {
    "bom.jsonl": ({}, [RIGHT]),
    "finish_reasons.jsonl": ({}, [WRONG] * 6),
    "gold_is_solution.jsonl": ({}, [RIGHT]),
    "gold_named_answer.jsonl": ({"gold_column": "answer"}, [WRONG]),
    "inspect_old.eval": ({}, [RIGHT]),
    "integer_gold.jsonl": ({}, [RIGHT]),
    "json_array.json": ({}, [RIGHT]),
    "lighteval_gold_index.parquet": ({}, [WRONG, WRONG, RIGHT, RIGHT] * 3),
    "lighteval_gold_is_solution.parquet": ({}, [RIGHT] * 2),
    "lm_eval_four_samples.jsonl": ({}, [WRONG, RIGHT, RIGHT, RIGHT]),
    "lm_eval_two_filters.jsonl": ({}, [RIGHT] * 2),
    "matharena_outputs.parquet": (
        {"gold_column": "gold_answer", "response_column": "answer"},
        [WRONG, WRONG, RIGHT, RIGHT] * 6,
    ),
    "messages_end_in_user.jsonl": ({}, [RIGHT]),
    "nan.jsonl": ({}, [RIGHT]),
    "no_box_at_all.jsonl": ({}, [WRONG]),
    "openai_batch.jsonl": ({}, [RIGHT]),
    "polars_categorical.arrow": ({}, [RIGHT] * 2),
    "sharegpt.jsonl": ({}, [RIGHT]),
    "two_objects_one_line.jsonl": ({}, [RIGHT, WRONG]),
    "verl_chat_prompt.parquet": ({}, [WRONG, WRONG, RIGHT, RIGHT] * 3),
}
REFUSED = {"deep_json.jsonl": "line 1: the JSON is nested more than 500 deep"}


def test_each_file_has_an_expectation():
    assert {path.name for path in FOREIGN.iterdir()} == FILES.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("threads", [1, 2])
def test_verdicts(tmp_path, name, threads):
    flags, verdicts = FILES[name]
    done = sdtool.regrade(FOREIGN / name, tmp_path / "out.parquet", threads=threads, **flags)
    assert pq.read_table(tmp_path / "out.parquet")["verdict"].to_pylist() == verdicts
    assert done.rows == len(verdicts)
    again = sdtool.regrade(tmp_path / "out.parquet", tmp_path / "again.parquet", threads=threads, **flags)
    assert pq.read_table(tmp_path / "again.parquet")["verdict"].to_pylist() == verdicts
    assert again.rows == len(verdicts)


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(tmp_path, capfd, name):
    assert main(["regrade", str(FOREIGN / name), "--out", str(tmp_path / "out.parquet")]) == 2
    assert f"{name}: {REFUSED[name]}" in capfd.readouterr().err


@pytest.mark.parametrize("name", FILES)
def test_the_report_reads_each(tmp_path, name):
    flags, verdicts = FILES[name]
    sdtool.regrade(FOREIGN / name, tmp_path / f"{name}.parquet", **flags)
    rollouts = read([tmp_path / f"{name}.parquet"])
    filters = 2 if name == "lm_eval_two_filters.jsonl" else 1
    assert len(rollouts) == len(verdicts) / filters


@pytest.mark.parametrize(
    ("name", "problems", "settings", "samples"),
    [
        ("lighteval_gold_index.parquet", ["mc/0", "mc/1", "mc/2"], 1, [0, 1, 2, 3]),
        ("verl_chat_prompt.parquet", ["m/Find 1/2.", "m/What is 1+1?", "m/What is 2+2?"], 1, [0, 1, 2, 3]),
        ("matharena_outputs.parquet", ["0", "1", "2"], 2, [0, 1, 2, 3]),
        ("openai_batch.jsonl", ["p0"], 1, [0]),
        ("lm_eval_four_samples.jsonl", ["0"], 1, [0, 1, 2, 3]),
        ("inspect_old.eval", ["1"], 1, [1]),
    ],
)
def test_the_report_knows_problem_setting_and_sample(tmp_path, name, problems, settings, samples):
    sdtool.regrade(FOREIGN / name, tmp_path / "out.parquet", **FILES[name][0])
    rollouts = read([tmp_path / "out.parquet"])
    assert sorted(set(rollouts["problem_id"])) == problems
    assert len(rollouts.settings) == settings
    assert sorted(set(rollouts["sample"].tolist())) == samples


def test_finish_reasons_by_their_meaning(tmp_path):
    sdtool.regrade(FOREIGN / "finish_reasons.jsonl", tmp_path / "out.parquet")
    rollouts = read([tmp_path / "out.parquet"])
    assert rollouts["finish_reason"].tolist() == ["length"] * 4 + ["", "abort"]
    notes = " ".join(rollouts.notes)
    assert "1 rollouts do not say why they ended" in notes
    assert "'abort' (1)" in notes


def lines(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


ASKED = {"role": "user", "content": "2+2? Answer in \\boxed{}"}
SAID = {"role": "assistant", "content": "\\boxed{4}"}
TOOL = {"role": "tool", "content": "\\boxed{99}"}
CHOICE = {"index": 0, "message": SAID, "finish_reason": "length"}

# A row of each layout whose responses are all right but the last of several, and what is read beside.
LAYOUTS = {
    "sdtool": ({"gold": "4", "response": "\\boxed{4}"}, {}),
    "lm-evaluation-harness": (
        {"doc_id": 0, "target": "4", "resps": [["\\boxed{4}", "\\boxed{5}"]], "filtered_resps": ["4"]},
        {"doc_id": 0},
    ),
    "lighteval": (
        {
            "doc": {"id": "7", "query": "2+2", "choices": ["4"], "gold_index": [0], "task_name": "t"},
            "model_response": {"text": ["\\boxed{4}", "\\boxed{5}"], "output_tokens": [[1, 2], [3]]},
        },
        {"problem_id": "7", "source": "t", "n_tokens": 2},
    ),
    "lighteval, older": (
        {
            "__doc__": {"query": "2+2", "choices": ["4"], "gold_index": [0]},
            "__model_response__": {"text": ["\\boxed{4}"]},
        },
        {"problem_id": "2+2"},
    ),
    "NeMo-Skills": ({"problem": "2+2", "expected_answer": 4, "generation": "\\boxed{4}"}, {}),
    "inspect_ai": (
        {
            "id": 1,
            "epoch": 2,
            "target": ["four", "4"],
            "output": {
                "model": "m",
                "choices": [{"message": SAID, "stop_reason": "max_tokens"}],
                "completion": "x",
                "usage": {"output_tokens": 9},
            },
        },
        {"sample": 2, "setting": "m", "finish_reason": "max_tokens", "n_tokens": 9},
    ),
    "verl, rollouts": (
        {"input": "2+2", "output": "\\boxed{4}", "gts": "4", "score": 1.0, "step": 3},
        {"problem_id": "2+2"},
    ),
    "verl": (
        {
            "prompt": [ASKED],
            "reward_model": {"ground_truth": "4", "style": "rule"},
            "responses": ["\\boxed{4}", "\\boxed{5}"],
        },
        {"problem_id": ASKED["content"]},
    ),
    "SkyRL": (
        {
            "input_prompt": "2+2",
            "output_response": "\\boxed{4}",
            "score": 1.0,
            "stop_reason": "length",
            "env_class": "aime",
            "env_extras": {"reward_spec": {"ground_truth": "4"}},
            "data_source": "d",
        },
        {"problem_id": "2+2"},
    ),
    "slime": (
        {
            "group_index": 3,
            "index": 0,
            "prompt": "2+2",
            "response": "\\boxed{4}",
            "label": "4",
            "status": "truncated",
            "response_length": 7,
        },
        {"problem_id": "3", "sample": 0, "finish_reason": "truncated", "n_tokens": 7},
    ),
    "TRL": ({"step": 1, "prompt": "2+2", "solution": "4", "completion": "\\boxed{4}", "advantage": 0.1}, {}),
    "verifiers, prime-rl, TRL": (
        {"example_id": 0, "prompt": [ASKED], "completion": [SAID, TOOL], "answer": "4", "is_truncated": True},
        {"example_id": 0},
    ),
    "Qwen2.5-Math, ToRA": (
        {
            "idx": 0,
            "question": "2+2",
            "gt": "4",
            "code": ["\\boxed{4}", "\\boxed{5}"],
            "pred": ["4", "5"],
            "report": [None, None],
        },
        {"pred": "4"},
    ),
    "OpenR1-Math": (
        {
            "problem": "2+2",
            "solution": "so 4",
            "answer": "4",
            "uuid": "u",
            "generations": ["\\boxed{4}", "\\boxed{5}"],
            "finish_reasons": ["length", "stop"],
            "correctness_math_verify": [True, False],
            "messages": [ASKED, SAID],
        },
        {"finish_reason": "length", "correctness_math_verify": True},
    ),
    "DeepMath": (
        {
            "question": "2+2",
            "final_answer": "4",
            "difficulty": 1,
            "r1_solution_1": "\\boxed{4}",
            "r1_solution_2": "\\boxed{4}",
            "r1_solution_3": "\\boxed{5}",
        },
        {},
    ),
    "OpenMathReasoning": (
        {
            "problem": "2+2",
            "expected_answer": "4",
            "generated_solution": "\\boxed{4}",
            "generation_model": "m",
        },
        {"generation_model": "m"},
    ),
    "OpenThoughts": (
        {
            "problem": "2+2",
            "deepseek_reasoning": "hm",
            "deepseek_solution": "\\boxed{4}",
            "ground_truth_solution": "$4$",
        },
        {"think_closed": True},
    ),
    "search-and-learn": (
        {
            "unique_id": "u",
            "problem": "2+2",
            "answer": "4",
            "completions": ["\\boxed{4}", "\\boxed{5}"],
            "scores": [[0.5], [0.1]],
            "completion_tokens": [9, 8],
        },
        {"completion_tokens": 9, "n_tokens": 9},
    ),
    "evalchemy": (
        {
            "id": 1,
            "problem": "2+2",
            "expected_answer": "4",
            "model_outputs": ["\\boxed{4}", "\\boxed{5}"],
            "model_answers": ["4", "5"],
        },
        {"model_answers": "4"},
    ),
    "MathArena": (
        {"problem_idx": 1, "gold_answer": 4, "answer": "\\boxed{4}", "model_name": "m", "idx_answer": 2},
        {},
    ),
    "evalscope": (
        {
            "index": 5,
            "input": "2+2",
            "target": "4",
            "sample_score": {"score": {"prediction": "\\boxed{4}"}, "sample_id": 5},
        },
        {"problem_id": "5"},
    ),
    "evalscope, older": (
        {"index": 5, "choices": [{"message": SAID, "review": {"gold": "4", "pred": "4", "result": 1.0}}]},
        {"problem_id": "5"},
    ),
    "oat": (
        {"prompt": "2+2", "output": "\\boxed{4}", "reference": "4", "generator": "run"},
        {"generator": "run"},
    ),
    "LLaMA-Factory": ({"prompt": "2+2", "predict": "\\boxed{4}", "label": "4"}, {}),
    "ms-swift": (
        {"response": "\\boxed{4}", "labels": "4", "logprobs": None, "messages": [ASKED, SAID]},
        {"problem_id": "2+2? Answer in \\boxed{}"},
    ),
    "OLMES": (
        {"doc_id": 3, "model_output": [{"continuation": "\\boxed{4}", "num_tokens": 7}], "label": "4"},
        {"n_tokens": 7},
    ),
    "OpenCompass": (
        {"prompt": "2+2", "origin_prediction": "\\boxed{4}", "predictions": "4", "references": "4"},
        {"predictions": "4"},
    ),
    "Bedrock batch": (
        {
            "recordId": "p",
            "answer": "4",
            "modelOutput": {
                "model": "m",
                "role": "assistant",
                "content": [{"type": "text", "text": "\\boxed{4}"}],
                "stop_reason": "max_tokens",
                "usage": {"output_tokens": 5},
            },
        },
        {"problem_id": "p", "setting": "m", "finish_reason": "max_tokens", "n_tokens": 5},
    ),
    "TGI": (
        {
            "prompt": "2+2",
            "answer": "4",
            "generated_text": "\\boxed{4}",
            "details": {"finish_reason": "length", "generated_tokens": 5},
        },
        {"finish_reason": "length", "n_tokens": 5},
    ),
    "FastChat, LiveBench": (
        {
            "question_id": "p",
            "model_id": "m",
            "choices": [{"index": 0, "turns": ["\\boxed{4}"]}, {"index": 1, "turns": ["\\boxed{5}"]}],
            "ground_truth": "4",
        },
        {"model_id": "m"},
    ),
    "OpenAI or vLLM batch": (
        {
            "custom_id": "p",
            "answer": "4",
            "response": {"body": {"model": "m", "choices": [CHOICE], "usage": {"completion_tokens": 5}}},
        },
        {"custom_id": "p", "setting": "m", "finish_reason": "length", "n_tokens": 5},
    ),
    "OpenAI batch, Responses API": (
        {
            "custom_id": "p",
            "answer": "4",
            "response": {
                "body": {
                    "output": [
                        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]},
                        {
                            "type": "message",
                            "role": "assistant",
                            "content": [{"type": "output_text", "text": "\\boxed{4}"}],
                        },
                    ]
                }
            },
        },
        {"think_closed": True},
    ),
    "Anthropic batch": (
        {
            "custom_id": "p",
            "answer": "4",
            "result": {
                "type": "succeeded",
                "message": {
                    "role": "assistant",
                    "model": "m",
                    "content": [
                        {"type": "thinking", "thinking": "hm"},
                        {"type": "text", "text": "\\boxed{4}"},
                    ],
                    "stop_reason": "max_tokens",
                    "usage": {"output_tokens": 5},
                },
            },
        },
        {"setting": "m", "finish_reason": "max_tokens", "n_tokens": 5, "think_closed": True},
    ),
    "Gemini batch": (
        {
            "key": "p",
            "answer": "4",
            "response": {
                "modelVersion": "m",
                "candidates": [
                    {
                        "content": {
                            "role": "model",
                            "parts": [{"text": "hm", "thought": True}, {"text": "\\boxed{4}"}],
                        },
                        "finishReason": "MAX_TOKENS",
                    }
                ],
                "usageMetadata": {"candidatesTokenCount": 5},
            },
        },
        {
            "problem_id": "p",
            "setting": "m",
            "finish_reason": "MAX_TOKENS",
            "n_tokens": 5,
            "think_closed": True,
        },
    ),
    "chat completions": (
        {
            "id": "x",
            "model": "m",
            "answer": "4",
            "choices": [CHOICE | {"message": {"reasoning_content": "hm", **SAID}}],
        },
        {"think_closed": True, "finish_reason": "length"},
    ),
    "Ollama": (
        {
            "model": "m",
            "answer": "4",
            "message": {"thinking": "hm", **SAID},
            "done_reason": "length",
            "eval_count": 7,
        },
        {"think_closed": True, "finish_reason": "length", "n_tokens": 7},
    ),
    "vLLM": (
        {
            "request_id": "0",
            "prompt": "2+2",
            "answer": "4",
            "outputs": [
                {"index": 0, "text": "\\boxed{4}", "token_ids": [1, 2, 3], "finish_reason": "length"},
                {"index": 1, "text": "\\boxed{5}", "token_ids": [1], "finish_reason": "stop"},
            ],
        },
        {"n_tokens": 3, "finish_reason": "length"},
    ),
    "SGLang": (
        {
            "gt": "4",
            "text": "\\boxed{4}",
            "meta_info": {
                "id": "a",
                "finish_reason": {"type": "length", "length": 9},
                "completion_tokens": 9,
            },
        },
        {"n_tokens": 9, "finish_reason": "length"},
    ),
    "common names": ({"ground_truth": 4.0, "output": "\\boxed{4}"}, {}),
    "common names: messages": ({"answer": "4", "messages": [ASKED, SAID, TOOL]}, {}),
    "common names: conversations": (
        {
            "answer": "4",
            "conversations": [{"from": "human", "value": "2+2?"}, {"from": "gpt", "value": "\\boxed{4}"}],
        },
        {},
    ),
}


@pytest.mark.parametrize("form", ["jsonl", "parquet", "arrow"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_are_recognised(tmp_path, layout, form):
    row, expected = LAYOUTS[layout]
    row = row if form == "jsonl" else typed(row)
    path = tmp_path / f"in.{form}"
    table = pa.Table.from_pylist([row])
    if form == "jsonl":
        lines(path, row)
    elif form == "parquet":
        pq.write_table(table, path)
    else:
        with pa.ipc.new_file(path, table.schema) as sink:
            sink.write_table(table)
    done = sdtool.regrade(path, tmp_path / "out.parquet")
    graded = pq.read_table(tmp_path / "out.parquet").to_pylist()
    count = len(graded)
    assert [row["verdict"] for row in graded] == [RIGHT] * max(count - 1, 1) + [WRONG] * (count > 1)
    assert done.read[0].layout == layout.split(":")[0]
    for name, value in expected.items():
        assert graded[0][name] == value, name
    if count > 1:
        assert [row["sample"] for row in graded] == list(range(count))
    assert read([tmp_path / "out.parquet"])["problem_id"].size == count


def typed(row):
    """The row without lists of several types, which columns cannot hold."""
    if "target" in row and isinstance(row["target"], list):
        return row | {"target": row["target"][1]}
    return row


def test_every_layout_of_the_table_has_a_row_here():
    assert {tool for tool, _, _ in layouts.known()} - {"lighteval, oldest"} == {
        name for name in LAYOUTS if not name.startswith("common")
    }


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [{"answer": "4", "gt": "4", "output": "4"}],
            "several columns may hold the gold answers (gt, answer)",
        ),
        ([{"gold": "4", "foo": "bar" * 50}], '{"gold": "4", "foo": "barbar'),
        ([{"gold": "4", "foo": "4"}], "name it with --response-column; its columns are gold, foo"),
    ],
)
def test_what_cannot_be_told_is_refused_with_what_is_there(tmp_path, rows, message):
    for path in (lines(tmp_path / "in.jsonl", *rows), tmp_path / "in.parquet"):
        if path.suffix == ".parquet":
            pq.write_table(pa.Table.from_pylist(rows), path)
        with pytest.raises(InputError, match="in") as error:
            sdtool.regrade(path, tmp_path / "out.parquet")
        assert message in str(error.value)


@pytest.mark.parametrize("path", ["a.1.b[*].c", "a[1].b.c", "a.-1.b.c"])
@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_paths_lead_into_lists(tmp_path, path, form):
    row = {"g": "4", "a": [{"b": [{"c": "\\boxed{5}"}]}, {"b": [{"c": "\\boxed{4}"}, {"c": "\\boxed{5}"}]}]}
    source = lines(tmp_path / "in.jsonl", row)
    if form == "parquet":
        source = tmp_path / "in.parquet"
        pq.write_table(pa.Table.from_pylist([row]), source)
    sdtool.regrade(source, tmp_path / "out.parquet", gold_column="g", response_column=path)
    assert pq.read_table(tmp_path / "out.parquet")["verdict"].to_pylist() == [RIGHT, WRONG]


def test_rows_may_have_different_numbers_of_responses(tmp_path):
    rows = [
        {
            "id": number,
            "gold": "4",
            "response": ["\\boxed{4}"] * number,
            "scores": [0.5] * number,
            "tags": ["a", "b"],
        }
        for number in (2, 0, 1, 3)
    ]
    for source in (lines(tmp_path / "in.jsonl", *rows), tmp_path / "in.parquet"):
        if source.suffix == ".parquet":
            pq.write_table(pa.Table.from_pylist(rows), source)
        done = sdtool.regrade(source, tmp_path / "out.parquet")
        graded = pq.read_table(tmp_path / "out.parquet")
        assert graded["id"].to_pylist() == [2, 2, 0, 1, 3, 3, 3]
        assert graded["sample"].to_pylist() == [0, 1, 0, 0, 0, 1, 2]
        assert graded["boxed"].to_pylist() == [True, True, False, True, True, True, True]
        assert (done.rows_read, done.rows, done.no_response) == (4, 7, 1)


def test_a_list_that_stops_running_along_the_responses_is_named(tmp_path):
    row = {"gold": "4", "response": ["\\boxed{4}"] * 2, "scores": [1, 2], "padding": " " * 1_000}
    with pytest.raises(InputError, match='line 1102: column "scores" has 1 items for 2 responses'):
        sdtool.regrade(
            lines(tmp_path / "in.jsonl", *[row] * 1101, row | {"scores": [1]}), tmp_path / "out.parquet"
        )


@pytest.mark.parametrize(
    ("gold", "response"),
    [
        (4, "4"), (4.0, "4"), (4.5, "9/2"), (["four", "4"], "4"), ('["four", "4"]', "4"), (10**20, "10^{20}"),
        ("Adding, we get $x = \\boxed{4}$.", "4"), ("Two and two.\n#### 4", "4"), (True, "True"),
    ],
)  # fmt: skip
def test_golds_of_any_kind(tmp_path, gold, response):
    source = lines(tmp_path / "in.jsonl", {"gold": gold, "response": f"\\boxed{{{response}}}"})
    flags = {"gold_column": "gold"} if gold is True else {}
    sdtool.regrade(source, tmp_path / "out.parquet", response_column="response", **flags)
    assert pq.read_table(tmp_path / "out.parquet")["verdict"].to_pylist() == [RIGHT]


def test_golds_of_any_arrow_type(tmp_path):
    golds = [
        pa.array([4], pa.int8()), pa.array([4.0]), pa.array([4], pa.decimal128(5, 2)), pa.array([["x", "4"]]),
        pa.array([["x", "4"]], pa.list_(pa.string(), 2)), pa.array([["4"]], pa.large_list(pa.string())),
        pa.array(["4"]).dictionary_encode(),
    ]  # fmt: skip
    for gold in golds:
        pq.write_table(pa.table({"gold": gold, "response": ["\\boxed{4}"]}), tmp_path / "in.parquet")
        sdtool.regrade(tmp_path / "in.parquet", tmp_path / "out.parquet")
        assert pq.read_table(tmp_path / "out.parquet")["verdict"].to_pylist() == [RIGHT], gold.type


def test_models_are_never_pooled(tmp_path):
    rows = [
        {"id": 0, "gold": "4", "response": f"\\boxed{{{4 + number}}}", "model": f"m{number}"}
        for number in (0, 1)
    ]
    sdtool.regrade(lines(tmp_path / "in.jsonl", *rows), tmp_path / "out.parquet")
    assert read([tmp_path / "out.parquet"]).settings == ("m0", "m1")
    for row in rows:
        lines(tmp_path / f"{'xy'[row['id']]}.jsonl", {key: row[key] for key in ("id", "gold", "response")})
        shutil.move(tmp_path / "x.jsonl", tmp_path / f"qwen{'ab'[row['model'] == 'm1']}.jsonl")
    sdtool.regrade(sorted(tmp_path.glob("qwen*")), tmp_path / "both.parquet")
    assert read([tmp_path / "both.parquet"]).settings == ("qwena", "qwenb")


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_responses_that_are_stored_as_json_text(tmp_path, form):
    texts = ["\\boxed{4}", json.dumps(["\\boxed{4}", "\\boxed{5}"]), json.dumps([ASKED, SAID])]
    rows = [{"id": number, "gold": "4", "response": text} for number, text in enumerate(texts)]
    source = lines(tmp_path / "in.jsonl", *rows)
    if form == "parquet":
        source = tmp_path / "in.parquet"
        pq.write_table(pa.Table.from_pylist(rows), source, row_group_size=1)
    done = sdtool.regrade(source, tmp_path / "out.parquet")
    graded = pq.read_table(tmp_path / "out.parquet")
    assert graded["verdict"].to_pylist() == [RIGHT, RIGHT, WRONG, RIGHT]
    assert graded["sample"].to_pylist() == [0, 0, 1, 0]
    assert (done.rows_read, done.rows, done.correct) == (3, 4, 3)
