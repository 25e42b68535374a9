"""Containers of rollouts: what is read, what is refused and how, what is kept of interrupted work."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import signal
import subprocess
import sys
import threading
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sdtool
from sdtool.cli import main
from sdtool.errors import InputError

ROWS = [{"id": str(row), "gold": str(row % 3), "response": f"so\n\\boxed{{{row % 2}}}"} for row in range(7)]
VERDICTS = ["equal", "equal", "different", "different", "different", "different", "equal"]
LINES = "".join(json.dumps(row) + "\n" for row in ROWS).encode()


def as_csv(delimiter):
    table = [ROWS[0].keys(), *(row.values() for row in ROWS)]
    return "\n".join(delimiter.join(f'"{value}"' for value in row) for row in table).encode()


CONTAINERS = {
    "rows.json": json.dumps(ROWS).encode(),
    "pretty.json": json.dumps(ROWS, indent=2).encode(),
    "pretty_strung_together.json": "\n".join(json.dumps(row, indent=2) for row in ROWS).encode(),
    "lines.json": LINES,
    "bom.jsonl": b"\xef\xbb\xbf" + LINES,
    "carriage_returns.jsonl": LINES.replace(b"\n", b"\r"),
    "windows.jsonl": LINES.replace(b"\n", b"\r\n"),
    "one_line.jsonl": LINES.replace(b"\n", b""),
    "commas.jsonl": LINES.replace(b"\n", b",\n"),
    "rows.csv": as_csv(","),
    "rows.tsv": b"\xef\xbb\xbf" + as_csv("\t"),
    "rows.csv.gz": gzip.compress(as_csv(",")),
    "rows.jsonl.bz2": bz2.compress(LINES),
    "rows.jsonl.xz": lzma.compress(LINES),
    "rows.csv.xz": lzma.compress(as_csv(",")),
    "members.jsonl.gz": b"".join(gzip.compress(line) for line in LINES.splitlines(keepends=True)),
    "padded.jsonl.gz": gzip.compress(LINES[:99]) + bytes(700) + gzip.compress(LINES[99:]) + bytes(100_000),
    "frames.jsonl.zst": b"".join(
        pa.compress(part, "zstd", asbytes=True) for part in (LINES[:50], LINES[50:])
    ),
    "inspect.json": json.dumps({"eval": {"model": "m", "task": "t"}, "samples": ROWS}, indent=1).encode(),
    "promptfoo.json": json.dumps({"evalId": "e", "results": {"version": 3, "results": ROWS}}).encode(),
    "by_number.json": json.dumps({str(number): row for number, row in enumerate(ROWS)}, indent=4).encode(),
    "wandb.table.json": json.dumps(
        {"columns": [*ROWS[0]], "data": [[*row.values()] for row in ROWS]}
    ).encode(),
    "pandas_columns.json": json.dumps(
        {name: {str(number): row[name] for number, row in enumerate(ROWS)} for name in ROWS[0]}
    ).encode(),
    "pandas_lists.json": json.dumps({name: [row[name] for row in ROWS] for name in ROWS[0]}).encode(),
    "evalchemy.json": json.dumps({"results": {"AIME24": {"accuracy": 1.0, "examples": ROWS}}}).encode(),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_containers(tmp_path, name):
    (tmp_path / name).write_bytes(CONTAINERS[name])
    done = sdtool.regrade(tmp_path / name, tmp_path / "out.parquet")
    graded = pq.read_table(tmp_path / "out.parquet")
    assert graded["verdict"].to_pylist() == VERDICTS
    assert graded["id"].to_pylist() == [row["id"] for row in ROWS]
    assert graded["response"].to_pylist() == [row["response"] for row in ROWS]
    assert done.rows == len(ROWS)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "out.parquet"])


def test_the_model_of_a_wrapper_is_kept(tmp_path):
    (tmp_path / "log.json").write_bytes(CONTAINERS["inspect.json"])
    sdtool.regrade(tmp_path / "log.json", tmp_path / "out.parquet")
    assert pq.read_table(tmp_path / "out.parquet")["model"].to_pylist() == ["m"] * len(ROWS)


def test_a_single_rollout_with_lists_is_no_table(tmp_path):
    row = {"id": "a", "gold": ["4", "5"], "response": ["\\boxed{4}", "\\boxed{6}"]}
    (tmp_path / "one.json").write_text(json.dumps(row))
    done = sdtool.regrade(tmp_path / "one.json", tmp_path / "out.parquet")
    assert (done.rows_read, done.rows, done.correct) == (1, 2, 1)


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.bz2", "rows.json"])
def test_standard_input_and_pipes(tmp_path, name):
    data = CONTAINERS.get(name, LINES)
    command = [sys.executable, "-m", "sdtool", "regrade"]
    run = subprocess.run(
        [*command, "-", "--out", tmp_path / "a.parquet"], input=data, capture_output=True, check=True
    )
    assert json.loads(run.stdout)["rows"] == len(ROWS)
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(data,))
    writer.start()
    sdtool.regrade(tmp_path / "pipe", tmp_path / "b.parquet")
    writer.join()
    for out in ("a", "b"):
        assert pq.read_table(tmp_path / f"{out}.parquet")["verdict"].to_pylist() == VERDICTS


def test_a_folder_that_datasets_saved(tmp_path):
    import datasets

    split = datasets.Dataset.from_list(ROWS)
    datasets.DatasetDict({"a": split, "b": split}).save_to_disk(tmp_path / "saved")
    (tmp_path / "saved" / "a" / "cache-0.arrow").write_bytes(b"no rollouts")
    done = sdtool.regrade(tmp_path / "saved", tmp_path / "out.parquet")
    assert done.rows == 2 * len(ROWS)


def test_json_in_folders(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("rows.json", "lines.json", "inspect.json"):
        (folder / name).write_bytes(CONTAINERS[name])
    (folder / "results.json").write_text(
        json.dumps({"results": {"t": {"acc": 1.0}}, "config": {"model": "m"}})
    )
    (folder / "config.json").write_text('{"a": 1}')
    done = sdtool.regrade(folder, tmp_path / "out")
    assert done.rows == 3 * len(ROWS)
    assert done.left_out == [str(folder / "config.json"), str(folder / "results.json")]
    assert "2 JSON files hold one object that is no rollout" in done.warnings[0]


def test_hive_keys_are_columns(tmp_path):
    for model in ("a/b", "c"):
        folder = tmp_path / f"model={model.replace('/', '%2F')}" / "seed=1"
        folder.mkdir(parents=True)
        pq.write_table(pa.Table.from_pylist(ROWS), folder / "part-0.parquet")
        (folder / "part-1.jsonl").write_bytes(LINES)
    sdtool.regrade(tmp_path / "model=c", tmp_path / "c")
    sdtool.regrade(str(tmp_path / "model=*" / "*" / "*.parquet"), tmp_path / "out.parquet")
    graded = pq.read_table(tmp_path / "out.parquet")
    assert graded["model"].to_pylist() == ["a/b"] * 7 + ["c"] * 7
    assert set(graded["seed"].to_pylist()) == {"1"}
    assert (
        pq.read_table(tmp_path / "c" / "seed=1" / "part-1.parquet", partitioning=None)["model"][0].as_py()
        == "c"
    )


REFUSED = {
    "a pointer of Git LFS": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
        "git lfs pull",
    ),
    "text that is no JSON": (b"gold,response\n1,2\n", "line 1: this is no JSON object"),
    "a number among the rows": (LINES + b"7\n", "line 8: this is no JSON object"),
    "a list of numbers": (b"[1, 2]", "line 1: this is no JSON object"),
    "a list that breaks off": (
        json.dumps(ROWS, indent=1).encode()[:-2],
        "line 36: the file ends within a JSON list",
    ),
    "a list and more": (json.dumps(ROWS).encode() + b"\n{}", "line 2: something follows the end of the list"),
    "an object that breaks off": (json.dumps(ROWS, indent=1).encode()[:-9], "line 32: the file ends within"),
    "a line that breaks off": (LINES[:200] + b"\n" + LINES, "does not end on its line|within a JSON string"),
    "UTF-16": (LINES.decode().encode("utf-16"), "UTF-16"),
    "deep lists": (b'{"gold": "1", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "line 1: .*500 deep"),
    "deep objects": (LINES + b'{"x": ' + b'{"x":' * 100_000 + b"1" + b"}" * 100_001, "line 8: .*500 deep"),
    "bz2 that breaks off": (bz2.compress(LINES)[:-20], "end-of-stream"),
    "xz that breaks off": (lzma.compress(LINES)[:-20], "end-of-stream"),
    "gzip and something else": (gzip.compress(LINES) + b"no gzip", "not gzip follows"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_faults_are_named_with_their_line(tmp_path, fault):
    data, message = REFUSED[fault]
    (tmp_path / "bad.jsonl").write_bytes(data)
    with pytest.raises(InputError, match=message) as error:
        sdtool.regrade(tmp_path / "bad.jsonl", tmp_path / "out.parquet")
    assert str(error.value).startswith(str(tmp_path / "bad.jsonl"))
    assert str(error.value).count("line") <= 2
    assert [path.name for path in tmp_path.iterdir()] == ["bad.jsonl"]


@pytest.mark.parametrize("form", ["csv", "parquet", "arrow"])
def test_columns_of_the_same_name_are_refused(tmp_path, form):
    path = tmp_path / f"bad.{form}"
    table = pa.table([["4"], ["\\boxed{4}"], ["\\boxed{5}"]], names=["gold", "response", "response"])
    if form == "csv":
        path.write_text("gold,response,response\n4,\\boxed{4},\\boxed{5}\n")
    elif form == "parquet":
        pq.write_table(table, path)
    else:
        with pa.ipc.new_file(path, table.schema) as sink:
            sink.write_table(table)
    with pytest.raises(InputError, match=r"bad.*: several columns are called .response.; give each a name"):
        sdtool.regrade(path, tmp_path / "out.parquet")


def test_a_row_of_a_csv_file_that_does_not_fit_is_named(tmp_path):
    (tmp_path / "bad.csv").write_bytes(as_csv(",") + b'\n"1","2"')
    with pytest.raises(InputError, match=r"bad.csv: line \d+: this row does not have 3 fields"):
        sdtool.regrade(tmp_path / "bad.csv", tmp_path / "out.parquet")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["s3://bucket/a.parquet", "--out", "x.parquet"], "aws s3 cp"),
        (
            ["hf://datasets/org/name/data.parquet", "--out", "x.parquet"],
            "hf download org/name --repo-type dataset",
        ),
        (["https://example.org/a.jsonl", "--out", "x.parquet"], "curl -LO"),
        (["in.jsonl", "--out", "x.jsonl"], "the output is Parquet"),
        (["in.jsonl", "--out", "x.csv.gz"], "the output is Parquet"),
        (["in.jsonl", "--out", "in.jsonl"], "the output is Parquet|replace this input"),
        (["in.jsonl", "--out", "in.jsonl/x.parquet"], "in.jsonl"),
        (
            ["in.jsonl", "--out", "x.parquet", "--gold-column", "golden"],
            'no column "golden"; its columns are id, gold',
        ),
    ],
)
def test_bad_usage_says_what_to_do(tmp_path, monkeypatch, capfd, arguments, message):
    import re

    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.jsonl").write_bytes(LINES)
    assert main(["regrade", *arguments]) == 2
    assert re.search(message, capfd.readouterr().err)
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


THOUGHT, CUT = {"gold": "1", "response": "hm</think>\\boxed{1}"}, {"gold": "1", "response": "hm \\boxed{1}"}
WARNED = {
    "hardly a box": (
        [{"gold": "1", "response": "It is 1."}] * 50,
        "of 50 responses none has an answer in a box",
    ),
    "open thoughts": ([CUT, *[THOUGHT] * 7], None),
    "many open thoughts": ([*[CUT] * 3, *[THOUGHT] * 7], "3 of 10 responses end within"),
    "golds": (
        [{"gold": "{{", "response": "\\boxed{1}"}],
        "1 of 1 rollouts have a gold answer that cannot be compared",
    ),
    "no gold": ([{"gold": None, "response": "\\boxed{1}"}, *ROWS], "1 of 8 rollouts have no gold answer"),
    "no response": ([{"gold": "1", "response": None}, *ROWS], "1 of 8 rollouts have no response"),
    "finish reasons": (
        [
            row | {"finish_reason": reason}
            for row, reason in zip(ROWS, ["stop", "LENGTH", "weird"], strict=False)
        ],
        "unknown spelling count as no length-stop: 'weird' (1)",
    ),
}


@pytest.mark.parametrize("case", WARNED)
def test_warnings(tmp_path, capfd, case):
    rows, warning = WARNED[case]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert main(["regrade", str(tmp_path / "in.jsonl"), "--out", str(tmp_path / "out.parquet")]) == 0
    shown = capfd.readouterr()
    warnings = json.loads(shown.out)["warnings"]
    assert (warning is None) == (warnings == [])
    if warning:
        assert any(warning in told for told in warnings)
        assert f"note: {warnings[0]}" in shown.err


@pytest.mark.parametrize(
    ("opened", "close"),
    [
        ("", "</think>"),
        ("[THINK]", "[/THINK]"),
        ("<|begin_of_thought|>", "<|end_of_thought|>"),
        ("", "</muse>"),
    ],
)
@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_how_thoughts_end_is_decided_once_for_a_file(tmp_path, form, opened, close):
    rows = [{"gold": "1", "response": f"{opened}so \\boxed{{1}}{close} \\boxed{{2}}"}] * 9
    rows.append({"gold": "1", "response": f"{opened}so \\boxed{{1}}, I am cut"})
    path = tmp_path / f"in.{form}"
    if form == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    else:
        pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=3)
    tag = close if close == "</muse>" else None
    done = sdtool.regrade(path, tmp_path / "out.parquet", close_tag=tag, thinking=True if tag else None)
    assert pq.read_table(tmp_path / "out.parquet")["answer"].to_pylist() == ["2"] * 9 + [None]
    assert done.read[0].close_tag == close
    plain = sdtool.regrade(path, tmp_path / "out.parquet", thinking=False)
    assert (plain.correct, plain.read[0].close_tag) == (1, None)


def test_answers_may_be_announced_in_other_ways(tmp_path, capfd):
    rows = [{"gold": "4", "response": "#### 4"}, {"gold": "4", "response": "Answer: 4"}]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    command = ["regrade", str(tmp_path / "in.jsonl"), "--out", str(tmp_path / "out.parquet")]
    assert main([*command, "--extractor", "boxed,hash,answer-line"]) == 0
    graded = pq.read_table(tmp_path / "out.parquet")
    assert graded["extractor"].to_pylist() == ["hash", "answer-line"]
    assert graded["correct"].to_pylist() == [True, True]
    capfd.readouterr()
    assert main([*command, "--extractor", "guess"]) == 2
    assert "there are boxed, hash, minerva" in capfd.readouterr().err


def slow_file(path, seed=0):
    """A file that takes long enough to be stopped in the middle."""
    text = ["<think>" + "x " * 20_000 + f"{row + seed}</think> \\boxed{{1}}" for row in range(200)]
    data = pa.table({"gold": ["1"] * 200, "response": text})
    with pq.ParquetWriter(path, data.schema, compression="gzip") as writer:
        for _ in range(20):
            writer.write_table(data)


def start(*arguments):
    command = [sys.executable, "-m", "sdtool", "regrade", *map(str, arguments)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def wait_for(process, condition):
    limit = time.monotonic() + 60
    while not condition() and process.poll() is None and time.monotonic() < limit:
        time.sleep(0.005)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_call_says_what_is_kept_and_goes_on(tmp_path, how):
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for number in range(4):
        slow_file(folder / f"{number}.parquet", number)
    process = start(folder, "--out", out, "--threads", "1")
    wait_for(process, lambda: list(out.glob(".1.parquet.*.partial")))
    process.send_signal(how)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 128 + how, error
    finished = sorted(path.name for path in out.glob("*.parquet"))
    assert f"{len(finished)} finished files are kept" in error
    assert sorted(path.name for path in out.iterdir()) == [".regrade.jsonl", *finished]
    before = {name: (out / name).stat().st_mtime_ns for name in finished}
    done = sdtool.regrade(folder, out)
    assert done.kept == len(finished)
    assert done.rows == 4 * 4_000
    assert {name: (out / name).stat().st_mtime_ns for name in finished} == before
    assert len(list(out.iterdir())) == 4


@pytest.mark.parametrize("threads", ["1", "2"])
def test_one_file_that_is_terminated_leaves_nothing(tmp_path, threads):
    slow_file(tmp_path / "in.parquet")
    slow_file(tmp_path / "in2.parquet")
    process = start(
        tmp_path / "in.parquet",
        tmp_path / "in2.parquet",
        "--out",
        tmp_path / "out.parquet",
        "--threads",
        threads,
    )
    wait_for(process, lambda: list(tmp_path.glob(".out.parquet.*/.*.partial")))
    process.terminate()
    _, error = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM
    assert "nothing was written" in error
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.parquet", "in2.parquet"]


def test_what_changed_since_an_interruption_is_done_again(tmp_path):
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.jsonl").write_bytes(LINES)
    (folder / "c.jsonl").write_text("no JSON")
    with pytest.raises(InputError, match=r"c\.jsonl"):
        sdtool.regrade(folder, out, threads=1)
    (folder / "a.jsonl").write_bytes(LINES + LINES)
    (folder / "c.jsonl").write_bytes(LINES)
    done = sdtool.regrade(folder, out)
    assert (done.kept, done.rows) == (1, 4 * len(ROWS))
    assert len(pq.read_table(out / "a.parquet")) == 2 * len(ROWS)
    assert sdtool.regrade(folder, out, keep_text=False).kept == 0


@pytest.mark.slow
@pytest.mark.parametrize("form", ["jsonl", "jsonl.zst", "json", "parquet"])
def test_a_row_of_200_megabytes(tmp_path, form):
    row = {"gold": "4", "response": "x\n" * 100_000_000 + "\\boxed{4}"}
    path = tmp_path / f"in.{form}"
    data = json.dumps([row] if form == "json" else row).encode() if form != "parquet" else b""
    if form == "parquet":
        pq.write_table(pa.Table.from_pylist([row]), path)
    else:
        path.write_bytes(pa.compress(data, "zstd", asbytes=True) if form.endswith("zst") else data)
    del row, data
    sdtool.regrade(path, tmp_path / "out.parquet", threads=1)
    assert pq.read_table(tmp_path / "out.parquet", columns=["correct"])["correct"].to_pylist() == [True]
