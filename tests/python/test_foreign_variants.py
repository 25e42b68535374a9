"""Files as others might have written them: each read right in every container that holds it, or refused."""

from __future__ import annotations

import csv
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sdtool
from sdtool.cli import main
from sdtool.errors import InputError
from sdtool.report.reading import read

RIGHT, WRONG, NONE = "equal", "different", None
FOUR, FIVE = "so \\boxed{4}", "so \\boxed{5}"
ASKED = {"role": "user", "content": "2+2? As \\boxed{4}"}
TOOL = {"role": "tool", "content": "\\boxed{9}"}
CALL = {"role": "assistant", "content": None, "tool_calls": [{"id": "f"}]}


def said(text):
    return {"role": "assistant", "content": text}


# The rows, and the verdicts of their responses.
ROWS = {
    # k samples
    "objects with a text": ([{"gold": "4", "responses": [{"text": FOUR}, {"text": FIVE}]}], [RIGHT, WRONG]),
    "objects with a response": (
        [{"gold": "4", "samples": [{"response": FOUR, "score": 1}, {"response": FIVE, "score": 0}]}],
        [RIGHT, WRONG],
    ),
    "messages of the assistant": ([{"gold": "4", "responses": [said(FOUR), said(FIVE)]}], [RIGHT, WRONG]),
    "chats": ([{"gold": "4", "responses": [[ASKED, said(FOUR)], [ASKED, said(FIVE)]]}], [RIGHT, WRONG]),
    "chats as JSON": (
        [{"gold": "4", "responses": json.dumps([[ASKED, said(FOUR)], [ASKED, said(FIVE)]])}],
        [RIGHT, WRONG],
    ),
    "pretty-printed JSON": ([{"gold": "4", "responses": json.dumps([FOUR, FIVE], indent=1)}], [RIGHT, WRONG]),
    "as Python prints lists": ([{"gold": "['x', '4']", "responses": str([FOUR, FIVE])}], [RIGHT, WRONG]),
    "a completion as JSON": (
        [
            {
                "gold": "4",
                "response": json.dumps({"choices": [{"message": said(FOUR)}, {"message": said(FIVE)}]}),
            }
        ],
        [RIGHT, WRONG],
    ),
    "JSON that the model wrote": ([{"gold": "4", "response": json.dumps([{"x": FOUR}])}], [RIGHT]),
    "some null, some none": (
        [
            {"gold": "4", "responses": [None, FOUR]},
            {"gold": "4", "responses": None},
            {"gold": "4", "responses": []},
        ],
        [WRONG, RIGHT, WRONG, WRONG],
    ),
    "a struct of lists": (
        [{"gold": "4", "response": {"text": [FOUR, FIVE], "score": [1, 0]}}],
        [RIGHT, WRONG],
    ),
    "as numpy shows lists": (
        [{"gold": "4", "responses": "array(['so \\\\boxed{4}',\n 'so \\\\boxed{5}'], dtype=object)"}],
        [RIGHT, WRONG],
    ),
    "answers of the Gradio of LIMO": (
        [{"idx": 0, "gt": "4", "generated_responses": [FOUR, FIVE], "is_correct": True}],
        [RIGHT, WRONG],
    ),
    "options and samples": (
        [{"gold": "B", "options": ["3", "4"], "responses": ["\\boxed{B}", "\\boxed{A}"]}],
        [RIGHT, WRONG],
    ),
    # who speaks
    "speakers by `type`": (
        [{"gold": "4", "messages": [{"type": "human", "content": FOUR}, {"type": "ai", "content": "?"}]}],
        [WRONG],
    ),
    "speakers by `speaker`": (
        [{"gold": "4", "messages": [{"speaker": "user", "text": FOUR}, {"speaker": "model", "text": "?"}]}],
        [WRONG],
    ),
    "authors": (
        [
            {
                "gold": "4",
                "messages": [
                    {"author": {"role": "user"}, "content": {"parts": [FOUR]}},
                    {"author": {"role": "assistant"}, "content": {"parts": ["?"]}},
                ],
            }
        ],
        [WRONG],
    ),
    "tools last": ([{"gold": "4", "messages": [ASKED, said(FOUR), CALL, TOOL]}], [RIGHT]),
    "turns of FastChat": (
        [
            {
                "question_id": 1,
                "gold": "4",
                "model_id": "m",
                "choices": [{"turns": [FIVE, FOUR]}, {"turns": [FIVE]}],
            }
        ],
        [RIGHT, WRONG],
    ),
    "a conversation of simple-evals": ([{"gold": "4", "convo": [ASKED, said(FOUR)]}], [RIGHT]),
    "a prompt alone": ([{"gold": "4", "messages": [ASKED]}], [WRONG]),
    "channels": (
        [
            {
                "gold": "4",
                "messages": [ASKED, said(FIVE) | {"channel": "analysis"}, said(FOUR) | {"channel": "final"}],
            },
            {"gold": "4", "messages": [ASKED, said(FOUR) | {"channel": "analysis"}]},
        ],
        [RIGHT, WRONG],
    ),
    "a message of Ollama": (
        [{"gold": "4", "message": said(FOUR) | {"thinking": FIVE}, "done_reason": "stop"}],
        [RIGHT],
    ),
    # golds
    "labels of 1 and 0": (
        [
            {"prompt": "2+2", "response": FOUR, "label": 1, "answer": "4"},
            {"prompt": "2+3", "response": FOUR, "label": 0, "answer": "5"},
        ],
        [RIGHT, WRONG],
    ),
    "golds that are called labels": ([{"prompt": "2+2", "response": FOUR, "label": 4}], [RIGHT]),
    "what tables write for nothing": (
        [{"gold": text, "response": FOUR} for text in ("nan", "None", "<NA>", " null ", "4")],
        [NONE, NONE, NONE, NONE, RIGHT],
    ),
    "expected and actual output": (
        [{"input": "2+2", "actual_output": FOUR, "expected_output": "4"}],
        [RIGHT],
    ),
    "no gold in some rows": (
        [{"gold": None, "response": FOUR}, {"gold": " ", "response": FOUR}, {"gold": "4", "response": FOUR}],
        [NONE, NONE, RIGHT],
    ),
    "no index in some rows": (
        [
            {
                "doc": {"id": str(row), "choices": ["3", "4"], "gold_index": index},
                "model_response": {"text": [FOUR]},
            }
            for row, index in enumerate((None, 1, 0))
        ],
        [NONE, RIGHT, WRONG],
    ),
    "small numbers": ([{"gold": 1e-7, "response": "\\boxed{10^{-7}}"}], [RIGHT]),
    "options beside the response": (
        [{"gold": "B", "choices": ["3", "4"], "response": "\\boxed{B}"}],
        [RIGHT],
    ),
    # names
    "names in capitals": ([{"Problem": "2+2", "Answer": "4", "Response": FOUR}], [RIGHT]),
    "a row within a row": (
        [{"row_idx": 0, "row": {"problem": "2+2", "answer": "4", "generation": FOUR}}],
        [RIGHT],
    ),
    "the problem in an object": ([{"doc": {"problem": "2+2", "answer": "4"}, "output": FOUR}], [RIGHT]),
    "two objects": ([{"example": {"answer": "4", "id": "a"}, "result": {"completion": FOUR}}], [RIGHT]),
    "a batch file with metadata": (
        [
            {
                "custom_id": "p",
                "metadata": {"answer": "4"},
                "response": {"body": {"choices": [{"message": said(FOUR)}, {"message": said(FIVE)}]}},
            }
        ],
        [RIGHT, WRONG],
    ),
    "predictions and references": ([{"predictions": [FOUR, FIVE], "references": ["4"]}], [RIGHT, WRONG]),
    # filters, models
    "filters of two models": (
        [
            {"doc_id": 0, "target": "4", "resps": [[FOUR]], "filter": name, "model": model}
            for model in "ab"
            for name in "xy"
        ],
        [RIGHT] * 4,
    ),
}

REFUSED = {
    "a batch in a row": (
        [{"prompt": ["2+2", "2+3"], "gold": ["4", "5"], "response": [FIVE, FOUR]}],
        'column "prompt" holds 2 problems for 2 gold answers and 2 responses, so the row is a batch',
    ),
    "an index out of range": (
        [{"doc": {"choices": ["3", "4"], "gold_index": 7}, "model_response": {"text": [FOUR]}}],
        'column "doc.gold_index" does not say which of 2 choices is the gold answer',
    ),
    "unknown objects": (
        [{"gold": "4", "outputs": [{"foo": FOUR}]}],
        'column "outputs" holds an object in which no response is known by its name: name the way to it',
    ),
    "labels in words": (
        [{"response": FOUR, "label": "correct", "answer": "4"}],
        "several columns may hold the gold answers (label, answer)",
    ),
    "labels alone": ([{"response": FOUR, "label": 1}], "which column holds the gold answers"),
    "whole numbers beside options": (
        [{"question": "2+2", "choices": ["3", "4"], "answer": 1, "response": "\\boxed{B}"}],
        'column "answer" holds whole numbers beside the options in "choices": if they say which option',
    ),
    "likelihoods of options": (
        [{"doc_id": 0, "target": "1", "resps": [["-5.1", "False"], ["-0.2", "True"]]}],
        'column "resps" holds how likely options are, and no text that was generated',
    ),
    "token ids": (
        [{"gold": "4", "output": [151644, 17, 10]}],
        'column "output" holds lists of numbers where text is needed: decode token ids first',
    ),
    "golds in two objects": (
        [{"meta": {"answer": "4"}, "doc": {"answer": "4"}, "output": FOUR}],
        'name it with --gold-column; its columns are meta, doc, output; its first row is {"meta": {',
    ),
}


def written(path, rows):
    """The rows in the container that the suffix names; None where it cannot hold them."""
    if path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    elif path.suffix == ".json":
        path.write_text(json.dumps(rows, indent=1))
    elif path.suffix == ".csv":
        if any(isinstance(value, (list, dict)) for row in rows for value in row.values()):
            return None
        with path.open("w", newline="") as file:
            table = csv.DictWriter(file, list(rows[0]))
            table.writeheader()
            table.writerows(rows)
    else:
        table = pa.Table.from_pylist(rows)
        if path.suffix == ".parquet":
            pq.write_table(table, path)
        else:
            with pa.ipc.new_file(path, table.schema) as sink:
                sink.write_table(table)
    return path


CONTAINERS = ("jsonl", "json", "parquet", "arrow", "csv")


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("name", ROWS)
def test_rows(tmp_path, name, container):
    rows, verdicts = ROWS[name]
    source = written(tmp_path / f"in.{container}", rows)
    if source is None:
        return
    sdtool.regrade(source, tmp_path / "out.parquet")
    assert pq.read_table(tmp_path / "out.parquet")["verdict"].to_pylist() == verdicts
    rollouts = read([tmp_path / "out.parquet"])
    filters = 2 if name.startswith("filters") else 1
    assert len(rollouts) == len(verdicts) / filters
    assert len(rollouts.settings) == filters
    sdtool.regrade(tmp_path / "out.parquet", tmp_path / "again.parquet")
    assert pq.read_table(tmp_path / "again.parquet")["verdict"].to_pylist() == verdicts


@pytest.mark.parametrize("container", ["jsonl", "json", "parquet", "arrow"])
@pytest.mark.parametrize("name", REFUSED)
def test_refusals(tmp_path, name, container):
    rows, message = REFUSED[name]
    with pytest.raises(InputError, match="in") as error:
        sdtool.regrade(written(tmp_path / f"in.{container}", rows), tmp_path / "out.parquet")
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("container", ["jsonl", "parquet", "arrow"])
@pytest.mark.parametrize("name", ["generation_models", "models", "model_names"])
def test_each_sample_may_be_of_a_model_of_its_own(tmp_path, container, name):
    rows = [{"instruction": "2+2", "gold": "4", "generations": [FOUR, FIVE], name: ["a", "b"]}]
    sdtool.regrade(written(tmp_path / f"in.{container}", rows), tmp_path / "out.parquet")
    assert read([tmp_path / "out.parquet"]).settings == ("a", "b")


@pytest.mark.parametrize("container", ["jsonl", "parquet", "arrow"])
@pytest.mark.parametrize("responses", ["responses", "samples", "outputs"])
def test_what_the_object_of_a_response_says_is_its_own(tmp_path, container, responses):
    each = [
        {"model": "a", "text": FOUR, "finish_reason": "stop", "completion_tokens": 3, "temperature": 0.6},
        {"model": "b", "text": FIVE, "finish_reason": "length", "completion_tokens": 9, "temperature": 1.0},
    ]
    rows = [
        {"problem": "2+2", "gold": "4", responses: each},
        {"problem": "1", "gold": "1", responses: each[:1]},
    ]
    out = tmp_path / "out.parquet"
    sdtool.regrade(written(tmp_path / f"in.{container}", rows), out)
    graded = pq.read_table(out)
    assert graded["decoding"].to_pylist() == ["temperature=0.6", "temperature=1", "temperature=0.6"]
    rollouts = read([out])
    assert rollouts["setting"].tolist() == ["a", "b", "a"]
    assert rollouts["finish_reason"].tolist() == ["stop", "length", "stop"]
    assert rollouts["n_tokens"].tolist() == [3, 9, 3]


def test_messages_are_no_objects_of_responses(tmp_path):
    rows = [{"gold": "4", "messages": [ASKED | {"model": "user's"}, said(FOUR) | {"model": "m"}]}]
    assert sdtool.regrade(written(tmp_path / "in.jsonl", rows), tmp_path / "out.parquet").correct == 1


@pytest.mark.parametrize(
    ("values", "noted"),
    [
        (["cot", "tir"], True),
        (["a prompt that is long " * 9, "another that is long " * 9], True),
        (["0", "1"], False),
        ([2, 1], False),
        ([0, 4], True),
        ([True, False], True),
        ([0.5, 1.5], True),
        (["cot", "cot"], False),
    ],
)
def test_names_of_unknown_columns_that_each_problem_has_are_said(tmp_path, values, noted):
    rows = [
        {"problem": str(n), "gold": "4", "response": FOUR, "method": value, "told": f"{n}{value}"}
        for n in range(10)
        for value in (*values, *values)
    ]
    sdtool.regrade(written(tmp_path / "in.jsonl", rows), tmp_path / "out.parquet")
    notes = [note for note in read([tmp_path / "out.parquet"]).notes if "each problem of" in note]
    assert len(notes) == noted
    assert not noted or "each problem of 'out' has 2 values of `method` (" in notes[0]


def test_columns_of_any_type_may_stand_beside_rollouts(tmp_path):
    odd = [
        *(pa.array([b"\xff", b"\xfe"] * 4), pa.array([b"a", b"b"] * 4, pa.binary(1)), pa.nulls(8)),
        *(pa.array([1, 2] * 4, pa.timestamp("s")), pa.array([1, 2] * 4, pa.decimal128(5, 2))),
        *(pa.array(["a", "b"] * 4).dictionary_encode(), pa.array([[1], [2]] * 4), pa.array(["a", "b"] * 4)),
    ]
    columns = {"problem": pa.array([*"11223344"]), "gold": ["4"] * 8, "response": [FOUR] * 8}
    path = tmp_path / "in.parquet"
    pq.write_table(pa.table(columns | {f"x{number}": column for number, column in enumerate(odd)}), path)
    sdtool.regrade(path, tmp_path / "out.parquet")
    notes = [note for note in read([tmp_path / "out.parquet"]).notes if "not told apart" in note]
    assert [note.split("`")[1] for note in notes] == ["x3", "x5", "x7"]


@pytest.mark.parametrize("name", ["model", "setting", "method", "dataset"])
def test_what_tells_rollouts_apart_needs_no_note(tmp_path, name):
    told = {} if name != "method" else {"setting": "x"}
    rows = [
        {"problem": str(n), "gold": "4", "response": FOUR, name: value, "split": "test"} | told
        for n in range(10)
        for value in ("a", "b")
        if name != "method" or (value == "a") == (n < 8)  # which is of a problem
    ]
    sdtool.regrade(written(tmp_path / "in.jsonl", rows), tmp_path / "out.parquet")
    assert not any("told apart" in note for note in read([tmp_path / "out.parquet"]).notes)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "model_path",
            "checkpoint",
            "engine",
            "deployment",
            "metadata.model",
            "config.model",
            "provider.id",
        ),
        *("model.name", "meta.model_id", "run.model", "generator.model_name", "config.model.name"),
    ],
)
@pytest.mark.parametrize("container", ["jsonl", "parquet", "arrow"])
def test_models_are_told_apart_by_any_common_name(tmp_path, container, name):
    def model(text):
        for part in reversed(name.split(".")):
            text = {part: text}
        return text

    rows = [{"problem": "2+2", "gold": "4", "response": FOUR} | model(text) for text in "ab"]
    sdtool.regrade(written(tmp_path / f"in.{container}", rows), tmp_path / "out.parquet")
    assert read([tmp_path / "out.parquet"]).settings == ("a", "b")


# Where decode parameters stand, and what regrading says of them.
SAMPLING = {
    "sampling_params": (
        lambda t: {"sampling_params": {"temperature": t, "top_p": 0.95}},
        "temperature={} top_p=0.95",
    ),
    "gen_kwargs": (
        lambda t: {"gen_kwargs": {"temperature": t, "max_gen_toks": 9}},
        "temperature={} max_gen_toks=9",
    ),
    "generation_config": (lambda t: {"generation_config": {"min_p": t}}, "min_p={}"),
    "decoding": (lambda t: {"decoding": {"temp": t}}, "temp={}"),
    "sampling": (lambda t: {"sampling": {"temperature": str(t)}}, "temperature={}"),
    "options of Ollama": (
        lambda t: {"options": {"temperature": t, "num_predict": 99}},
        "temperature={} num_predict=99",
    ),
    "within metadata": (lambda t: {"metadata": {"sampling_params": {"temperature": t}}}, "temperature={}"),
    "of a request": (lambda t: {"request": {"body": {"temperature": t}}}, "temperature={}"),
    "of lm-eval": (
        lambda t: {"arguments": {"gen_args_0": {"arg_0": "?", "arg_1": {"temperature": t}}}},
        "temperature={}",
    ),
    "of the thought": (lambda t: {"reasoning": {"effort": f"e{t:g}"}}, "effort=e{}"),
    "of a chat template": (
        lambda t: {"extra_body": {"chat_template_kwargs": {"enable_thinking": t < 1}}},
        None,
    ),
    "beside a seed": (lambda t: {"sampling_params": {"temperature": 0.6, "seed": t}}, "temperature=0.6"),
    "without any": (lambda _: {"sampling_params": {"n": 1}}, ""),
}


@pytest.mark.parametrize("keep_text", [True, False])
@pytest.mark.parametrize("container", ["jsonl", "parquet", "arrow"])
@pytest.mark.parametrize("place", SAMPLING)
def test_decode_parameters_in_an_object_are_kept_and_several_are_named(tmp_path, place, container, keep_text):
    make, said = SAMPLING[place]
    rows = [{"problem": "2+2", "gold": "4", "response": FOUR} | make(t) for t in (0.6, 1.0)]
    out = tmp_path / "out.parquet"
    sdtool.regrade(written(tmp_path / f"in.{container}", rows), out, keep_text=keep_text)
    expected = ["enable_thinking=true", "enable_thinking=false"]
    if said is not None:
        expected = [said.format(f"{t:g}") or None for t in (0.6, 1.0)]
    assert pq.read_table(out)["decoding"].to_pylist() == expected
    note = f"2 values of `decoding`, among them {', '.join(map(str, expected))}, which count as one setting"
    assert any(note in told for told in read([out]).notes) == (len(set(expected)) > 1)


def test_each_sample_may_have_decode_parameters_of_its_own(tmp_path):
    own = [{"temperature": 0.6}, {"temperature": 1.0}]
    rows = [
        {"gold": "4", "responses": [FOUR, FIVE], "sampling_params": own},
        {"gold": "4", "responses": [FOUR, FIVE], "sampling_params": own[:1]},
        {"gold": "4", "responses": [FOUR, FIVE, FOUR], "sampling_params": own},
    ]
    sdtool.regrade(written(tmp_path / "in.jsonl", rows), tmp_path / "out.parquet")
    low, high = "temperature=0.6", "temperature=1"
    expected = [low, high, low, low, *[f"{low} {high}"] * 3]
    assert pq.read_table(tmp_path / "out.parquet")["decoding"].to_pylist() == expected


def test_an_object_that_holds_request_and_response_is_read_once(tmp_path):
    rows = [{"gold": "4", "meta": {"response": FOUR, "temperature": 0.6, "model": "m"}}]
    sdtool.regrade(written(tmp_path / "in.jsonl", rows), tmp_path / "out.parquet")
    assert pq.read_table(tmp_path / "out.parquet")["decoding"].to_pylist() == ["temperature=0.6"]
    assert read([tmp_path / "out.parquet"]).settings == ("m",)


def test_files_with_other_decode_parameters_become_one_and_can_be_graded_again(tmp_path):
    (tmp_path / "in").mkdir()
    for name, asked in {"a": {"temperature": 0.6}, "b": {"temperature": 1, "top_k": 20}, "c": {}}.items():
        row = {"problem": "2+2", "gold": "4", "response": FOUR, "model": "m", "sampling_params": asked}
        written(tmp_path / "in" / f"{name}.jsonl", [row])
    sdtool.regrade(tmp_path / "in", tmp_path / "out.parquet")
    sdtool.regrade(tmp_path / "out.parquet", tmp_path / "again.parquet")
    for name in ("out", "again"):
        found = pq.read_table(tmp_path / f"{name}.parquet")["decoding"].to_pylist()
        assert found == ["temperature=0.6", "temperature=1 top_k=20", None]
        assert any("3 values of `decoding`" in note for note in read([tmp_path / f"{name}.parquet"]).notes)


@pytest.mark.parametrize(
    ("more", "kept", "note"),
    [
        ([{"top_k": -1}, {"top_k": -1}], True, None),
        ([{"top_k": 20}, {"top_k": 20}], True, None),
        ([{"top_k": 20}, {"top_k": 40}], False, "2 values of `top_k`"),
        ([{"top_k": 20}, {"top_k": None}], False, "2 values of `top_k`, among them 20, none"),
        ([{"top_k": -2}, {"top_k": -2}], False, "`top_k` must be a whole number, at least 0; -2 is not"),
        ([{"top_k": "all"}, {"top_k": "all"}], False, "`top_k` does not hold numbers"),
    ],
)
def test_decode_parameters_of_others_never_keep_the_report_from_being_made(
    tmp_path, capsys, more, kept, note
):
    rest = {"temperature": 0.6, "top_p": 0.95, "min_p": 0, "presence_penalty": 0}
    rows = [{"problem": str(n), "gold": "4", "response": FOUR} | rest | own for n, own in enumerate(more)]
    out = tmp_path / "out.parquet"
    sdtool.regrade(written(tmp_path / "in.jsonl", rows), out)
    rollouts = read([out])
    assert ("top_k" in rollouts) == kept
    assert (
        any(note in told for told in rollouts.notes)
        if note
        else not any("top_k" in told for told in rollouts.notes)
    )
    assert main(["report", str(out), "--out", str(tmp_path / "page"), "--quiet"]) == 0
    capsys.readouterr()


def test_results_of_promptfoo_need_no_flags(tmp_path):
    row = {"vars": {"question": "2+2", "answer": "4"}, "response": {"output": FOUR}, "provider": {"id": "m"}}
    (tmp_path / "in.json").write_text(json.dumps({"results": {"version": 3, "results": [row]}}))
    assert sdtool.regrade(tmp_path / "in.json", tmp_path / "out.parquet").correct == 1
    assert read([tmp_path / "out.parquet"]).settings == ("m",)


def test_a_request_that_failed_is_of_the_only_model(tmp_path):
    body = {"model": "m", "choices": [{"message": said(FOUR)}]}
    rows = [
        {"custom_id": "a", "answer": "4", "response": {"body": body}},
        {"custom_id": "b", "answer": "4", "response": None, "error": {"code": "server_error"}},
    ]
    sdtool.regrade(written(tmp_path / "in.jsonl", rows), tmp_path / "out.parquet")
    found = read([tmp_path / "out.parquet"])
    assert found.settings == ("m",)
    assert len(found) == 2
    assert "1 rollouts name no setting and count as 'm', the only one of the file" in " ".join(found.notes)


def test_as_many_golds_as_responses_is_said(tmp_path):
    rows = [{"gold": ["4", "5"], "response": [FOUR, FIVE]}]
    done = sdtool.regrade(written(tmp_path / "in.jsonl", rows), tmp_path / "out.parquet")
    assert done.correct == 2
    assert "as many gold answers as responses: each is taken as an alternative" in " ".join(done.warnings)
    rows.append({"gold": "4", "response": [FOUR, FIVE]})
    assert not sdtool.regrade(written(tmp_path / "in.jsonl", rows), tmp_path / "out.parquet").warnings


@pytest.mark.parametrize("brackets", ["[]", "{}"])
@pytest.mark.parametrize(
    "place", ["an extra column", "the response", "a text", "a text as Python prints lists"]
)
def test_a_hundred_thousand_levels_are_refused_or_text(tmp_path, place, brackets):
    first, last = ("[", "]") if brackets == "[]" else ('{"a":', "}")
    deep = first * 100_000 + "1" + last * 100_000
    source = tmp_path / "in.jsonl"
    row = {"an extra column": f'"x", "more": {deep}', "the response": deep}.get(place)
    if row is None:
        row = json.dumps(deep if place == "a text" else f"['a', {deep}]")
    source.write_text(f'{{"gold": "4", "response": {row}}}\n')
    if place.startswith("a text"):
        assert sdtool.regrade(source, tmp_path / "out.parquet").rows == 1
    else:
        with pytest.raises(InputError, match="line 1: the JSON is nested more than 500 deep"):
            sdtool.regrade(source, tmp_path / "out.parquet")
