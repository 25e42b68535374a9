"""Many inputs of one call: small ones together, empty and repeated ones, ones that do not fit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import sdtool
from sdtool.cli import main
from sdtool.errors import InputError
from sdtool.report.reading import read


def rows(first, count, **more):
    return [
        {"id": number, "gold": str(number % 3), "response": f"\\boxed{{{number % 2}}}"} | more
        for number in range(first, first + count)
    ]


def lines(path, objects):
    path.write_text("".join(json.dumps(row) + "\n" for row in objects))
    return path


def parts(folder, sizes):
    """Files of so many rows each, numbered on."""
    folder.mkdir()
    starts = [sum(sizes[:place]) for place in range(len(sizes))]
    return [
        lines(folder / f"part-{place:03}.jsonl", rows(start, size))
        for place, (start, size) in enumerate(zip(starts, sizes, strict=True))
    ]


@pytest.mark.parametrize("threads", [1, 2])
def test_small_files_together_are_what_they_are_as_one(tmp_path, threads):
    files = parts(tmp_path / "in", [3, 0, 7, 1, 5, 0])
    whole = lines(tmp_path / "whole.jsonl", rows(0, 16))
    done = sdtool.regrade(files, tmp_path / "many.parquet", threads=threads)
    one = sdtool.regrade(whole, tmp_path / "one.parquet", threads=threads)
    assert pq.read_table(tmp_path / "many.parquet").equals(pq.read_table(tmp_path / "one.parquet"))
    assert (done.rows, done.correct, done.files_done) == (16, one.correct, 6)
    assert [read.files for read in done.read] == [4]
    assert done.warnings == [f"2 inputs hold no rows, among them {files[1]}"]
    # A row group for each would make the output slow to read.
    assert pq.read_metadata(tmp_path / "many.parquet").num_row_groups == 1
    assert not list(tmp_path.glob(".*"))


def test_files_of_several_formats_come_together_in_their_order(tmp_path):
    files = parts(tmp_path / "in", [3, 2])
    table = pa.table({name: [row[name] for row in rows(5, 4)] for name in ("id", "gold", "response")})
    pq.write_table(table, tmp_path / "in" / "b.parquet")
    with pa.ipc.new_file(tmp_path / "in" / "c.arrow", table.schema) as writer:
        writer.write_table(table)
    done = sdtool.regrade(
        [files[0], tmp_path / "in" / "b.parquet", files[1], tmp_path / "in" / "c.arrow"],
        tmp_path / "out.parquet",
    )
    graded = pq.read_table(tmp_path / "out.parquet")
    assert graded["id"].to_pylist() == [0, 1, 2, 5, 6, 7, 8, 3, 4, 5, 6, 7, 8]
    assert graded["setting"].to_pylist() == ["part-000"] * 3 + ["b"] * 4 + ["part-001"] * 2 + ["c"] * 4
    assert done.correct == sum(graded["correct"].to_pylist())
    assert done.files_done == 4


def test_a_bad_file_among_small_ones_is_named_and_the_others_are_kept(tmp_path, capfd):
    files = parts(tmp_path / "in", [3, 2, 4])
    files[1].write_text('{"id": 3, "gold": "1", "response": "\\\\boxed{1}"}\n{"id": 4, "go\n')
    call = ["regrade", str(tmp_path / "in"), "--out", str(tmp_path / "out.parquet")]
    assert main(call) == 2
    assert f"sdtool: {files[1]}: line 2: " in capfd.readouterr().err
    assert not (tmp_path / "out.parquet").exists()
    assert main([*call, "--on-error", "skip"]) == 1
    summary = json.loads(capfd.readouterr().out)
    assert pq.read_table(tmp_path / "out.parquet")["id"].to_pylist() == [0, 1, 2, 5, 6, 7, 8]
    assert (summary["rows"], summary["rows_read"], summary["files_done"]) == (7, 7, 3)
    assert [entry["path"] for entry in summary["skipped"]] == [str(files[1])]


def test_lists_of_responses_in_texts_are_found_in_a_later_file(tmp_path):
    files = parts(tmp_path / "in", [3, 2])
    texts = [{"id": 5, "gold": "1", "response": json.dumps(["\\boxed{1}", "\\boxed{2}"])}]
    files.append(lines(tmp_path / "in" / "part-002.jsonl", texts))
    done = sdtool.regrade(files, tmp_path / "out.parquet")
    graded = pq.read_table(tmp_path / "out.parquet")
    assert graded["id"].to_pylist() == [0, 1, 2, 3, 4, 5, 5]
    assert graded["sample"].to_pylist() == [0, 0, 0, 0, 0, 0, 1]
    assert (done.rows_read, done.rows) == (6, 7)


def test_small_files_that_do_not_fit_are_named(tmp_path):
    files = parts(tmp_path / "in", [3, 2])
    lines(files[1], rows(3, 2, more=1))
    with pytest.raises(InputError, match=r"part-001\.jsonl: it has the columns more more than in .*part-000"):
        sdtool.regrade(files, tmp_path / "out.parquet")


def test_each_file_keeps_what_its_path_says(tmp_path):
    for model in ("a", "b"):
        (tmp_path / f"model={model}").mkdir()
        lines(tmp_path / f"model={model}" / "x.jsonl", rows(0, 2))
    sdtool.regrade(tmp_path, tmp_path / "out.parquet")
    assert pq.read_table(tmp_path / "out.parquet")["model"].to_pylist() == ["a", "a", "b", "b"]


def test_nothing_but_empty_files(tmp_path):
    files = parts(tmp_path / "in", [0, 0])
    done = sdtool.regrade(files, tmp_path / "out.parquet")
    assert (done.rows, done.empty) == (0, [str(file) for file in files])
    assert pq.read_table(tmp_path / "out.parquet").num_rows == 0


def test_a_file_that_is_named_twice_counts_once_and_that_is_said(tmp_path):
    files = parts(tmp_path / "in", [3, 2])
    done = sdtool.regrade([tmp_path / "in", files[0], files[0]], tmp_path / "out.parquet")
    assert done.rows == 5
    assert done.repeated == [str(files[0])]
    assert done.warnings == [f"{files[0]} is named more than once and counts once"]


def test_rows_without_columns_are_refused(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text("{}\n{}\n")
    with pytest.raises(InputError, match="its rows have no columns"):
        sdtool.regrade(path, tmp_path / "out.parquet")


def settings_of(folder, names):
    """The settings of files of these names, regraded into one."""
    for name in names:
        path = folder / "in" / f"{name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines(path, rows(0, 2))
    sdtool.regrade(folder / "in", folder / "out.parquet")
    return read([folder / "out.parquet"]).settings


@pytest.mark.parametrize(
    ("names", "settings"),
    [
        (["part-0", "part-1"], 1),
        (["data-00000-of-00002", "data-00001-of-00002"], 1),
        (["output-rs0", "output-rs1"], 1),
        (["0", "17"], 1),
        (["qwen_seed1", "qwen_seed2"], 1),
        (["details_aime_2026-01-02T03-04-05.678901", "details_aime_2026-02-03T04-05-06.789012"], 1),
        (["qwen3-4b", "qwen3-8b"], 2),
        (["gpt-4", "gpt-5"], 2),
        (["temp0.6", "temp1.0"], 2),
        (["step_100", "step_200"], 2),
        (["cap32k", "cap64k"], 2),
        (["temperature=0.6/x", "temperature=1.0/x"], 2),
        (["step=100/part-0", "step=200/part-0"], 2),
        (["gpt-4/aime", "gpt-5/aime"], 2),
        (["gpt-4/2026-01-02T03-04-05/details_aime", "gpt-5/2026-02-03T04-05-06/details_aime"], 2),
        (["rank0/part-0", "rank1/part-0"], 1),
        (["gpt-4/aime", "gpt-4/math", "gpt-5/aime", "gpt-5/math"], 4),
    ],
)
def test_names_of_parts_are_one_setting_and_other_numbers_are_several(tmp_path, names, settings):
    assert len(settings_of(tmp_path, names)) == settings


@pytest.mark.parametrize(
    ("names", "settings"),
    [
        (["a/x", "b/y"], ("x", "y")),
        (["a/x", "b/x"], ("a", "b")),
        (["a/x", "a/y", "b/x"], ("a/x", "a/y", "b/x")),
        (["a/rs0", "a/rs1", "b/rs0"], ("a", "b")),
        (["predictions/a/aime", "predictions/a/math", "predictions/b/aime"], ("a", "b")),
    ],
)
def test_files_are_called_by_what_tells_them_apart(tmp_path, names, settings):
    assert settings_of(tmp_path, names) == settings


@pytest.mark.parametrize("nested", [True, False])
@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["T0.6", "T1.0"], ["T0.6", "T1.0"]),
        (["greedy/out", "sampled/out"], ["greedy", "sampled"]),
        (["part-0", "part-1"], None),
    ],
)
def test_files_of_one_model_that_may_be_settings_are_named(tmp_path, names, told, nested):
    model = {"metadata": {"model": "m"}} if nested else {"model": "m"}
    for name in names:
        path = tmp_path / "in" / f"{name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines(path, [row | model for row in rows(0, 5)])
    out = tmp_path / "out.parquet"
    sdtool.regrade(tmp_path / "in", out, keep_text=False)
    graded, found = pq.read_table(out), read([out])
    assert found.settings == ("m",)
    if told is None:
        assert "file" not in graded.column_names
    else:
        assert pc.unique(graded["file"]).to_pylist() == told
    note = f"each problem of 'm' has 2 values of `file` ({', '.join(told or [])}), which are not told apart"
    assert any(note in each for each in found.notes) == (told is not None)


@pytest.mark.parametrize(
    ("more", "note"),
    [
        ([{"temperature": 0.6}, {"temperature": 1.0}], "2 values of `temperature`, among them 0.6, 1.0"),
        ([{"step": 10}, {"step": 20}], "2 values of `step`, among them 10, 20"),
        ([{"setting": "a", "step": 10}, {"setting": "b", "step": 20}], None),
        ([{"temperature": 0.6}, {"temperature": 0.6}], None),
        ([{"temperature": 0.6}, {}], "2 values of `temperature`, among them 0.6, none"),
        ([{"temp": 0.6}, {"temp": 1.0}], "2 values of `temp`, among them 0.6, 1.0"),
        (
            [{"reasoning_effort": "low"}, {"reasoning_effort": "high"}],
            "`reasoning_effort`, among them low, high",
        ),
        (
            [{"sampling_params": "SamplingParams(n=1)"}, {"sampling_params": "SamplingParams(n=2)"}],
            "2 values of `sampling_params`, among them SamplingParams(n=1), SamplingParams(n=2)",
        ),
        ([{"gold": "0"}, {"gold": "7"}], "several gold answers (`gold` of problem '0': 0, 7)"),
    ],
)
def test_the_report_says_what_it_takes_together(tmp_path, more, note):
    path = lines(tmp_path / "x.jsonl", [row | each for each in more for row in rows(0, 1)])
    sdtool.regrade(path, tmp_path / "out.parquet")
    notes = " ".join(read([tmp_path / "out.parquet"]).notes)
    assert ("values of" in notes or "several gold" in notes) == (note is not None)
    assert (note or "") in notes


ROW = 200_000_000

PEAK = """
import sys, sdtool
done = sdtool.regrade(sys.argv[1], sys.argv[2], keep_text=False, threads=1)
assert done.correct == 1
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
@pytest.mark.parametrize("form", ["jsonl", "jsonl.zst", "parquet"])
def test_a_row_of_200_mb_is_not_held_four_times(tmp_path, form):
    def peak(bytes_of_text):
        path = tmp_path / f"in.{form}"
        text = "a line of thought\n" * (bytes_of_text // 18)
        row = {"gold": "4", "response": f"<think>{text}</think> \\boxed{{4}}"}
        if form == "parquet":
            pq.write_table(pa.Table.from_pylist([row]), path, compression="zstd")
        else:
            with pa.output_stream(path, compression="zstd" if form.endswith("zst") else None) as file:
                file.write(json.dumps(row).encode() + b"\n")
        call = [sys.executable, "-c", PEAK, str(path), str(tmp_path / "out.parquet")]
        return int(subprocess.run(call, check=True, capture_output=True, text=True).stdout) * 1024

    assert peak(ROW) - peak(1_000) < 3.5 * ROW
