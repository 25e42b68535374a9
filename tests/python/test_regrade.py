"""Regrading of files: nothing lost, every fault named, nothing half-written."""

from __future__ import annotations

import gzip
import json
import lzma
import os
import random
import re
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sdtool
from sdtool.cli import main
from sdtool.errors import InputError

LONG = "the quick brown fox " * 200
GRADES = [
    "answer",
    "verdict",
    "reason",
    "correct",
    "think_closed",
    "boxed",
    "extractor",
    "looped",
    "grader_version",
]


def table(rows=100, **columns):
    golds = [None if row % 10 == 9 else str(row % 7) for row in range(rows)]
    responses = [
        None if row % 13 == 12 else f"<think>hm</think> so \\boxed{{{row % 5}}}" for row in range(rows)
    ]
    return pa.table(
        {"problem_id": [f"p{row}" for row in range(rows)], "gold": golds, "response": responses} | columns
    )


def write(path, data, **options):
    pq.write_table(data, path, **options)
    return path


def check(output, data, added=()):
    """The output holds the input, in its order, and the grades of each row."""
    graded = pq.read_table(output)
    assert graded.column_names == [*data.column_names, *added, *GRADES]
    for name in data.column_names:
        assert graded[name].combine_chunks().equals(data[name].combine_chunks().cast(graded[name].type)), name
    expected = pa.table(sdtool.grade_batch(data["gold"], data["response"])).to_pylist()
    assert graded.select(GRADES[:7]).to_pylist() == expected


@pytest.mark.parametrize(
    ("data", "options"),
    [
        pytest.param(table(), {}, id="one row group"),
        pytest.param(table(), {"row_group_size": 7}, id="many row groups"),
        pytest.param(
            table(), {"use_dictionary": False, "data_page_version": "2.0"}, id="plain pages, version 2"
        ),
        pytest.param(table(), {"compression": "snappy", "row_group_size": 40}, id="snappy"),
        pytest.param(table(), {"compression": "gzip"}, id="gzip"),
        pytest.param(table(), {"compression": "zstd", "row_group_size": 40}, id="zstd"),
        pytest.param(
            table(),
            {"compression": "zstd", "use_dictionary": False, "data_page_version": "2.0"},
            id="zstd, plain pages, version 2",
        ),
        pytest.param(
            table(),
            {"compression": "snappy", "use_dictionary": False, "data_page_version": "2.0"},
            id="snappy, plain pages, version 2",
        ),
        *(
            pytest.param(
                table().set_column(
                    2,
                    "response",
                    pa.array([None] + [LONG * (row * 37 % 99) + "\\boxed{3}" for row in range(99)]),
                ),
                options | {"row_group_size": 20, "data_page_size": 100_000, "write_batch_size": 5},
                id=f"{options['compression']}, pages of many sizes, version {options['data_page_version']}",
            )
            for options in (
                {"compression": compression, "data_page_version": version}
                for compression in ("none", "snappy", "zstd")
                for version in ("1.0", "2.0")
            )
        ),
        pytest.param(
            table(), {"compression": "none", "write_page_index": True}, id="not compressed, page index"
        ),
        pytest.param(
            table(), {"write_page_checksum": True, "store_schema": False}, id="checksums, no Arrow schema"
        ),
        pytest.param(table(0), {}, id="zero rows"),
        pytest.param(
            table().set_column(2, "response", table()["response"].cast(pa.large_string())),
            {},
            id="large_string",
        ),
        pytest.param(
            table().set_column(2, "response", table()["response"].cast(pa.string_view())),
            {},
            id="string_view",
        ),
        pytest.param(table().set_column(1, "gold", table()["gold"].dictionary_encode()), {}, id="dictionary"),
        pytest.param(
            table().set_column(2, "response", table()["response"].cast(pa.binary())), {}, id="binary"
        ),
        pytest.param(
            table(
                nested=[{"a": [1, None], "b": {"c": "x"}} if row % 3 else None for row in range(100)],
                lists=[[[1.5], []]] * 100,
                map=pa.array([[("k", row)] for row in range(100)], pa.map_(pa.string(), pa.int64())),
                when=pa.array([row * 1_000 for row in range(100)], pa.timestamp("us", "UTC")),
                decimal=pa.array(range(100)).cast(pa.decimal128(30, 3)),
                long=[LONG] * 100,
            ),
            {"row_group_size": 33},
            id="other columns of any type",
        ),
    ],
)
@pytest.mark.parametrize("threads", [1, 3])
def test_nothing_is_lost(tmp_path, data, options, threads):
    source = write(tmp_path / "in.parquet", data, **options)
    done = sdtool.regrade(source, tmp_path / "out.parquet", threads=threads)
    check(tmp_path / "out.parquet", data)
    assert (done.rows, done.no_gold) == (data.num_rows, data["gold"].null_count)


def test_only_grades_and_keys_where_the_text_is_not_kept(tmp_path):
    data = table(30, prompt=["?"] * 30, score=[0.5] * 30, extra=[[1]] * 30)
    sdtool.regrade(write(tmp_path / "in.parquet", data), tmp_path / "out.parquet", keep_text=False)
    assert pq.read_table(tmp_path / "out.parquet").column_names == ["problem_id", "gold", "score", *GRADES]


def test_a_column_with_the_name_of_a_grade_is_kept_under_another_name(tmp_path):
    data = table(5).rename_columns(["problem_id", "answer", "response"])
    sdtool.regrade(write(tmp_path / "in.parquet", data), tmp_path / "out.parquet", gold_column="answer")
    graded = pq.read_table(tmp_path / "out.parquet")
    assert graded.column_names == ["problem_id", "input_answer", "response", *GRADES]
    assert graded["input_answer"].to_pylist() == data["answer"].to_pylist()


def test_regrading_again_replaces_the_grades_and_keeps_the_loops(tmp_path):
    data = table(20)
    source = write(tmp_path / "in.parquet", data)
    sdtool.regrade(source, tmp_path / "once.parquet")
    once = pq.read_table(tmp_path / "once.parquet")
    loops = pa.array([row % 2 == 0 for row in range(20)])
    write(tmp_path / "run.parquet", once.set_column(once.column_names.index("looped"), "looped", loops))
    done = sdtool.regrade(tmp_path / "run.parquet", tmp_path / "twice.parquet")
    twice = pq.read_table(tmp_path / "twice.parquet")
    assert sorted(twice.column_names) == sorted(once.column_names)
    assert twice["verdict"].to_pylist() == once["verdict"].to_pylist()
    assert twice["looped"].to_pylist() == loops.to_pylist()
    assert done.looped == 10


def json_lines(data):
    return "".join(json.dumps(row) + "\n" for row in data.to_pylist()).encode()


@pytest.mark.parametrize("form", ["jsonl", "jsonl.gz", "jsonl.zst", "arrow", "arrows"])
@pytest.mark.parametrize("threads", [1, 2])
def test_other_formats(tmp_path, form, threads):
    data = table(300, number=list(range(300)), ratio=[0.5] * 300, flag=[True] * 300)
    path = tmp_path / f"in.{form}"
    match form:
        case "jsonl":
            path.write_bytes(b"\n" + json_lines(data).rstrip())
        case "jsonl.gz":
            path.write_bytes(gzip.compress(json_lines(data)))
        case "jsonl.zst":
            path.write_bytes(pa.compress(json_lines(data), "zstd", asbytes=True))
        case "arrow":
            with pa.ipc.new_file(path, data.schema) as sink:
                sink.write_table(data, max_chunksize=70)
        case "arrows":
            with pa.ipc.new_stream(path, data.schema) as sink:
                sink.write_table(data, max_chunksize=70)
    sdtool.regrade(path, tmp_path / "out.parquet", threads=threads)
    check(tmp_path / "out.parquet", data)


def test_json_values_of_several_kinds_are_kept_as_json(tmp_path):
    rows = [
        {"gold": "1", "response": "\\boxed{1}", "mixed": 1, "whole": 2**60, "late": None},
        {"gold": "1", "response": "\\boxed{\\ud800}", "mixed": "a", "whole": 1, "extra": {"k": [1]}},
        {"gold": "é", "response": "\\boxed{\u00e9}", "mixed": [1], "late": 2.5},
    ]
    path = tmp_path / "in.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows))
    sdtool.regrade(path, tmp_path / "out.parquet")
    graded = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert [row["mixed"] for row in graded] == ["1", "a", "[1]"]
    assert [row["whole"] for row in graded] == [2**60, 1, None]
    assert [row["late"] for row in graded] == [None, None, 2.5]
    assert graded[1]["extra"] == '{"k": [1]}'
    assert [row["correct"] for row in graded] == [True, False, True]


# Written by inspect_ai 0.3.285 with its mock model; only the samples were taken over.
LOG = Path(__file__).parent / "logs" / "inspect_ai.eval"


@pytest.mark.parametrize("threads", [1, 2])
def test_a_log_of_inspect_ai(tmp_path, threads):
    sdtool.regrade(LOG, tmp_path / "out.parquet", threads=threads)
    graded = pq.read_table(tmp_path / "out.parquet").select(["id", "epoch", "target", "answer", "correct"])
    assert [tuple(row.values()) for row in graded.to_pylist()] == [
        ("algebra/7", 1, "1", "1", True),
        ("2", 1, '["1/2","0.5"]', "0.5", True),
        ("é", 1, "5", "5", True),
        ("algebra/7", 2, "1", "1", True),
        ("2", 2, '["1/2","0.5"]', "0.5", True),
        ("é", 2, "5", "6", False),
    ]
    sdtool.regrade(LOG, tmp_path / "keys.parquet", keep_text=False)
    keys = pq.read_table(tmp_path / "keys.parquet").column_names
    assert keys[:3] == ["id", "epoch", "started_at"]
    assert not {"input", "target", "messages", "output", "events"} & set(keys)


def write_log(path, samples, *, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as log:
        log.writestr("_journal/start.json", "{}")
        for number, sample in enumerate(samples):
            log.writestr(f"samples/{number}_epoch_1.json", sample)


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_logs_of_any_length(tmp_path, compression):
    data = table(70).rename_columns(["id", "target", "completion"])
    rows = [
        {"id": row["id"], "target": row["target"], "output": {"completion": row["completion"]}}
        for row in data.to_pylist()
    ]
    for count in (70, 0):
        samples = [json.dumps(row | {"input": LONG * 10}, indent=1) for row in rows[:count]]
        write_log(tmp_path / "in.eval", samples, compression=compression)
        done = sdtool.regrade(tmp_path / "in.eval", tmp_path / "out.parquet")
        assert done.rows == count
    write_log(tmp_path / "in.eval", [json.dumps(row) for row in rows], compression=compression)
    sdtool.regrade(tmp_path, tmp_path / "out.parquet")
    graded = pq.read_table(tmp_path / "out.parquet")
    assert graded["id"].to_pylist() == data["id"].to_pylist()
    expected = pa.table(sdtool.grade_batch(data["target"], data["completion"])).to_pylist()
    assert graded.select(GRADES[:7]).to_pylist() == expected


def test_many_files_become_one_or_a_folder(tmp_path):
    for number in range(5):
        folder = tmp_path / "in" / str(number % 2)
        folder.mkdir(parents=True, exist_ok=True)
        write(folder / f"{number}.parquet", table(10 + number))
    inputs = sorted((tmp_path / "in").rglob("*.parquet"))
    sdtool.regrade(tmp_path / "in", tmp_path / "all.parquet", threads=2)
    check(tmp_path / "all.parquet", pa.concat_tables(pq.read_table(path) for path in inputs))
    done = sdtool.regrade(str(tmp_path / "in" / "**" / "*.parquet"), tmp_path / "out", threads=2)
    assert len(done.outputs) == 5
    for path in inputs:
        check(tmp_path / "out" / path.name, pq.read_table(path))
    sdtool.regrade(tmp_path / "in", tmp_path / "out2")
    assert (tmp_path / "out2" / "1" / "3.parquet").is_file()
    assert not list(tmp_path.rglob(".*"))


def damage(path, at, count=64):
    data = bytearray(path.read_bytes())
    data[at : at + count] = bytes(byte ^ 0xFF for byte in data[at : at + count])
    path.write_bytes(data)


def make_fault(fault, path):  # noqa: C901, PLR0911, PLR0912 - one case a fault
    data = table(100, blob=[os.urandom(100) for _ in range(100)])
    options = {"compression": "zstd", "use_dictionary": False, "write_page_checksum": True}
    match fault:
        case "truncated":
            write(path, data)
            path.write_bytes(path.read_bytes()[:-200])
        case "empty":
            path.write_bytes(b"")
        case "flipped bytes in a page":
            write(path, data, **options)
            column = pq.read_metadata(path).row_group(0).column(2)
            damage(path, column.data_page_offset + column.total_compressed_size - 80)
        case "flipped bytes in a page that is only copied":
            write(path, data, **options)
            column = pq.read_metadata(path).row_group(0).column(3)
            damage(path, column.data_page_offset + column.total_compressed_size - 80)
        case "flipped bytes in the header of a page that is only copied":
            write(path, data)
            damage(path, pq.read_metadata(path).row_group(0).column(3).data_page_offset, 12)
        case "invalid UTF-8":
            broken = pa.array([b"fine \\boxed{1}"] * 99 + [b"\xff\xfe \\boxed{1}"])
            text = pa.Array.from_buffers(pa.string(), 100, broken.buffers())
            write(path, data.set_column(2, "response", text))
        case "missing column":
            write(path, data.drop_columns(["gold"]))
        case "gold of a wrong type":
            write(path, data.set_column(1, "gold", pa.array([b"x"] * 100, pa.binary(1))))
        case "no Parquet":
            path.write_text("PAR1 or something like it PAR1")
        case "JSON that breaks off":
            path.with_suffix(".jsonl").write_bytes(json_lines(table(5))[:-20])
            return path.with_suffix(".jsonl")
        case "JSON gold of a wrong type":
            path.with_suffix(".jsonl").write_text('{"gold": {"a": 4}, "response": "\\\\boxed{4}"}\n')
            return path.with_suffix(".jsonl")
        case "JSON with invalid UTF-8":
            path.with_suffix(".jsonl").write_bytes(
                b'{"gold": "1", "response": "1"}\n{"gold": "\xff", "response": "1"}'
            )
            return path.with_suffix(".jsonl")
        case "gzip that breaks off":
            path.with_suffix(".jsonl.gz").write_bytes(gzip.compress(json_lines(table(500)))[:-30])
            return path.with_suffix(".jsonl.gz")
        case "log that breaks off":
            write_log(path.with_suffix(".eval"), ["{}"] * 9)
            path.with_suffix(".eval").write_bytes(path.with_suffix(".eval").read_bytes()[:-30])
            return path.with_suffix(".eval")
        case "log with a damaged sample":
            write_log(path.with_suffix(".eval"), [json.dumps({"target": os.urandom(99).hex()})] * 3)
            damage(path.with_suffix(".eval"), 400, 9)
            return path.with_suffix(".eval")
        case "log with a sample that is no JSON":
            write_log(path.with_suffix(".eval"), ['{"target": "1", "output": {"completion": "1"}}', "[1]"])
            return path.with_suffix(".eval")
        case "archive of something else":
            with zipfile.ZipFile(path.with_suffix(".eval"), "w") as archive:
                archive.writestr("notes.txt", "hello")
            return path.with_suffix(".eval")
    return path


FAULTS = {
    "truncated": "",
    "empty": "",
    "flipped bytes in a page": "row group 0",
    "flipped bytes in a page that is only copied": 'row group 0: column "blob"',
    "flipped bytes in the header of a page that is only copied": 'row group 0: column "blob"',
    "invalid UTF-8": "row group 0: row 99",
    "missing column": "--gold-column",
    "gold of a wrong type": "'gold'|\"gold\"",
    "no Parquet": "",
    "JSON that breaks off": "line 5",
    "JSON gold of a wrong type": "line 1",
    "JSON with invalid UTF-8": "line 2",
    "gzip that breaks off": "",
    "log that breaks off": "",
    "log with a damaged sample": r"samples/\d_epoch_1\.json: ",
    "log with a sample that is no JSON": r"samples/1_epoch_1\.json: this is no JSON object",
    "archive of something else": "no log of inspect_ai",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_file_is_named_and_the_good_ones_are_done_if_wanted(tmp_path, capfd, fault):
    folder = tmp_path / "in"
    folder.mkdir()
    write(folder / "a.parquet", table(50))
    bad = make_fault(fault, folder / "b.parquet")
    write(folder / "c.parquet", table(60))
    before = {path: path.read_bytes() for path in folder.iterdir()}

    assert main(["regrade", str(folder), "--out", str(tmp_path / "out.parquet"), "--threads", "1"]) == 2
    message = capfd.readouterr().err.splitlines()[-1]
    assert message.startswith("sdtool: ")
    assert bad.name in message
    assert re.search(FAULTS[fault], message)
    assert [path.name for path in tmp_path.iterdir()] == ["in"]

    skip = ["regrade", str(folder), "--out", str(tmp_path / "out.parquet"), "--on-error", "skip"]
    assert main(skip) == 1
    shown = capfd.readouterr()
    assert bad.name in shown.err
    assert [entry["path"] for entry in json.loads(shown.out)["skipped"]] == [str(bad)]
    check(tmp_path / "out.parquet", pa.concat_tables([table(50), table(60)]), added=["setting"])
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out.parquet"]


@pytest.mark.parametrize("where", ["footer", "pages", "log"])
def test_whatever_byte_is_wrong_there_is_a_result_or_a_message(tmp_path, where):
    source = write(tmp_path / "in.parquet", table(20, nested=[[1]] * 20), compression="zstd")
    if where == "log":
        source = tmp_path / "in.eval"
        source.write_bytes(LOG.read_bytes())
    whole = source.read_bytes()
    footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little") if where != "log" else 0
    start, end = (footer, len(whole)) if where == "footer" else (0, footer or len(whole))
    noise = random.Random(0)
    for _ in range(150):
        damaged = bytearray(whole)
        # In a footer 0x4C begins another record.
        damaged[noise.randrange(start, end)] = noise.choice([0x4C, noise.randrange(256)])
        source.write_bytes(damaged)
        try:
            sdtool.regrade(source, tmp_path / "out.parquet", threads=1)
        except InputError as error:
            assert source.name in str(error)  # noqa: PT017 - there may be no error


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "nowhere: no such file"),
        (["in.parquet", "--response-column", "text"], 'there is no column "text"'),
        (["in.parquet", "--thinking", "maybe"], "maybe"),
    ],
)
def test_bad_usage(tmp_path, monkeypatch, capfd, arguments, message):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "in.parquet", table(3))
    assert main(["regrade", *arguments, "--out", "out.parquet"]) == 2
    assert message in capfd.readouterr().err
    assert not (tmp_path / "out.parquet").exists()


def test_the_output_may_not_be_an_input(tmp_path):
    source = write(tmp_path / "in.parquet", table(3))
    with pytest.raises(InputError, match="would replace this input"):
        sdtool.regrade(source, source)
    check_input = pq.read_table(source)
    assert check_input.equals(table(3))


def test_inputs_with_different_columns_do_not_fit_into_one_file(tmp_path):
    write(tmp_path / "a.parquet", table(3))
    write(tmp_path / "b.parquet", table(3, more=[1, 2, 3]))
    with pytest.raises(InputError, match="write to a folder instead"):
        sdtool.regrade([tmp_path / "a.parquet", tmp_path / "b.parquet"], tmp_path / "out.parquet")
    assert (
        len(sdtool.regrade([tmp_path / "a.parquet", tmp_path / "b.parquet"], tmp_path / "out").outputs) == 2
    )


def slow_file(path):
    """A file that takes long enough to be killed in the middle."""
    text = ["<think>" + "x " * 20_000 + f"{row}</think> \\boxed{{1}}" for row in range(200)]
    data = pa.table({"gold": ["1"] * 200, "response": text})
    with pq.ParquetWriter(path, data.schema, compression="gzip") as writer:
        for _ in range(40):
            writer.write_table(data)


def command(*arguments):
    return [sys.executable, "-m", "sdtool", "regrade", *map(str, arguments)]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_process_that_is_stopped_leaves_nothing_under_the_name(tmp_path, how):
    source = tmp_path / "in.parquet"
    slow_file(source)
    before = source.read_bytes()
    process = subprocess.Popen(command(source, "--out", tmp_path / "out.parquet"), stderr=subprocess.PIPE)
    partial = tmp_path / f".out.parquet.{process.pid}.partial"
    limit = time.monotonic() + 60
    while not partial.exists() and process.poll() is None and time.monotonic() < limit:
        time.sleep(0.005)
    process.send_signal(how)
    _, error = process.communicate(timeout=60)
    assert process.returncode in ({-signal.SIGKILL} if how == signal.SIGKILL else {130}), error
    assert not (tmp_path / "out.parquet").exists()
    assert source.read_bytes() == before
    sdtool.regrade(source, tmp_path / "out.parquet")
    assert pq.read_metadata(tmp_path / "out.parquet").num_rows == 8_000
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.parquet", "out.parquet"]


def noisy(path, form):
    """100 rollouts that no compression makes small, in a file of this form."""
    rows = [{"gold": "4", "response": os.urandom(8_000).hex()} for _ in range(100)]
    data = pa.Table.from_pylist(rows)
    if form == "parquet":
        return write(path / "in.parquet", data, row_group_size=10)
    if form == "several":
        return write(
            path / "in.parquet", pa.table({"gold": ["4"], "response": [data["response"].to_pylist()]})
        )
    source = path / f"in.{form}"
    if form == "arrow":
        with pa.ipc.new_file(source, data.schema) as sink:
            sink.write_table(data)
    elif form == "jsonl":
        source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    elif form == "json.xz":
        source.write_bytes(lzma.compress(json.dumps(rows).encode()))
    else:
        source.write_text("gold,response\n" + "".join(f"4,{row['response']}\n" for row in rows))
    return source


@pytest.mark.parametrize("form", ["parquet", "several", "jsonl", "json.xz", "csv", "arrow"])
def test_a_full_disk_is_named(tmp_path, form):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mount.returncode:
        pytest.skip("mounting a tmpfs is not allowed here")
    try:
        source = noisy(tmp_path, form)
        run = subprocess.run(
            command(source, "--out", disk / "out.parquet"), capture_output=True, text=True, check=False
        )
        assert run.returncode == 2
        assert "No space left" in run.stderr
        assert "Traceback" not in run.stderr
        assert list(disk.iterdir()) == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_progress_and_summary(tmp_path):
    source = write(tmp_path / "in.parquet", table(100))
    seen = []
    done = sdtool.regrade(source, tmp_path / "out.parquet", progress=lambda state: seen.append(state.rows))
    assert seen[-1] == 100
    summary = json.loads(json.dumps(done.as_dict()))
    assert summary["rates"]["accuracy"] == pytest.approx(done.correct / 90)
    assert summary["outputs"] == [str(tmp_path / "out.parquet")]


def test_what_progress_raises_ends_the_work(tmp_path):
    source = write(tmp_path / "in.parquet", table(100))

    def stop(_state):
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        sdtool.regrade(source, tmp_path / "out.parquet", progress=stop)
