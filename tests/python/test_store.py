"""The run directory: torn journals, compaction killed at any step, locks, and other tools reading it."""

import errno
import json
import os
import subprocess
import sys
import time
from operator import itemgetter

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sdtool import journal, store
from sdtool.config import Experiment
from sdtool.errors import InputError, SdtoolError
from sdtool.journal import Journal, entries, repair
from sdtool.schema import COLUMNS
from sdtool.store import RunDirectory

EXPERIMENT = Experiment()
HASHES = {"model_hash": "m", "tokenizer_hash": "t", "problems_hash": "p", "planned": 4}
ORDER = [(f"p{n}", "precise", 0) for n in range(4)]


def row(problem, response="…</think> \\boxed{1}", **given):
    ends = list(range(1, len(response.encode()) + 1))
    values = {
        **dict.fromkeys(COLUMNS),
        "problem_id": problem,
        "source": "s",
        "setting": "precise",
        "sample": 0,
        "seed": 0,
        "cap": 99,
        "temperature": 0.6,
        "top_p": 0.95,
        "top_k": 20,
        "min_p": 0.0,
        "presence_penalty": 0.0,
        "prompt": "?<think>\n",
        "response": response,
        "finish_reason": "stop",
        "gold": "1",
        "n_tokens": len(ends),
        "token_ends": ends,
        "answer": "1",
        "verdict": "equal",
        "reason": "same",
        "correct": True,
        "think_closed": True,
        "boxed": True,
        "looped": False,
        "grader_version": "0",
    }
    return {**values, **given}


@pytest.fixture
def run(tmp_path):
    directory = RunDirectory(tmp_path / "run")
    directory.path.mkdir()
    directory.open(EXPERIMENT, resume=True)
    return directory


def write(run, worker, rows=(), partials=()):
    book = Journal(run.journals / f"worker-{worker}.jsonl")
    for key, start, tokens in partials:
        book.partial(key, start, tokens, 1)
    for values in rows:
        book.rollout(values, 1)
    book.close()


def stored(run):
    return store.read(run.path).to_pylist()


def test_a_row_comes_back_as_it_was_written(run):
    hostile = row("p0", "\x00\ud7ff\u2028<script>{0}\\boxed{½}🦊", think_close_token=3, difficulty="4")
    write(run, 0, [hostile])
    run.compact(ORDER)
    assert stored(run) == [hostile]
    assert not run.journal_files()


def test_rows_are_stored_in_the_order_of_the_plan_whoever_wrote_them(run):
    write(run, 0, [row("p3"), row("p0")])
    write(run, 1, [row("p2"), row("p1")])
    run.compact(ORDER)
    assert [values["problem_id"] for values in stored(run)] == ["p0", "p1", "p2", "p3"]
    assert run.finished() == set(ORDER)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda row: row.pop("cap"), "another version of sdtool, without cap; finish the run with"),
        (lambda row: row.update(mood="good"), "another version of sdtool, with mood; finish the run with"),
    ],
)
def test_a_rollout_with_other_columns_is_refused_and_stays(run, change, message):
    values = row("a")
    change(values)
    write(run, 0, [values])
    with pytest.raises(InputError, match=message):
        run.compact([("a", "s", 0)])
    assert run.journal_files()
    assert not list(run.rollouts.glob("*.parquet"))


@given(st.integers(0, 10_000), st.lists(st.text(max_size=30), min_size=1, max_size=4))
def test_a_torn_journal_loses_only_its_torn_line(tmp_path_factory, cut, responses):
    path = tmp_path_factory.mktemp("torn") / "worker-0.jsonl"
    book = Journal(path)
    for number, response in enumerate(responses):
        book.rollout({"n": number, "response": response}, 1)
    book.close()
    whole = path.read_bytes()
    cut = cut % (len(whole) + 1)
    path.write_bytes(whole[:cut])
    survivors = [entry["rollout"]["n"] for _, entry in entries(path)]
    assert survivors == list(range(whole[:cut].count(b"\n")))
    again = Journal(path)
    again.rollout({"n": "new"}, 1)
    again.close()
    assert [entry["rollout"]["n"] for _, entry in entries(path)] == [*survivors, "new"]


def test_a_long_torn_line_is_cut_off_whole(tmp_path):
    path = tmp_path / "worker-0.jsonl"
    path.write_bytes(b'{"a":1}\n' + b"x" * 200_000)
    repair(path)
    assert path.read_bytes() == b'{"a":1}\n'
    path.write_bytes(b"x" * 200_000)
    repair(path)
    assert path.read_bytes() == b""
    repair(tmp_path / "nowhere.jsonl")


def test_a_line_of_a_machine_that_went_down_is_passed_over(run):
    write(run, 0, [row("p0")])
    path = run.journals / "worker-0.jsonl"
    path.write_bytes(b"\x00" * 50 + b"\n" + path.read_bytes())
    run.compact(ORDER)
    assert run.finished() == {ORDER[0]}


def test_partial_rollouts_are_joined_by_where_they_start(run):
    write(run, 0, partials=[(ORDER[0], 0, [1, 2]), (ORDER[1], 0, [7]), (ORDER[0], 2, [3])])
    write(run, 1, [row("p1")], partials=[(ORDER[0], 3, [4, 5]), (ORDER[2], 9, [1])])
    expected = {ORDER[0]: (1, 2, 3, 4, 5), ORDER[2]: ()}
    assert run.partials() == expected
    run.compact(ORDER)
    assert run.partials() == expected
    assert run.finished() == {ORDER[1]}


def test_compaction_can_be_killed_at_any_step_and_done_again(tmp_path, monkeypatch):
    """Every call that changes the disk is a step; the run is killed before each of them in turn."""
    from pathlib import Path

    class Killed(BaseException):
        pass

    def killing(original, left):
        def call(*args, **kwargs):
            if left[0] == 0:
                raise Killed
            left[0] -= 1
            return original(*args, **kwargs)

        return call

    for steps in range(30):
        run = RunDirectory(tmp_path / str(steps))
        run.path.mkdir()
        run.open(EXPERIMENT, resume=True)
        write(run, 0, [row("p0")], [(ORDER[2], 0, [1, 2])])
        write(run, 1, [row("p1")], [(ORDER[3], 0, [3])])
        left = [steps]
        with monkeypatch.context() as patch:
            for name in ("replace", "unlink"):
                patch.setattr(Path, name, killing(getattr(Path, name), left))
            patch.setattr(store.os, "fsync", killing(store.os.fsync, left))
            try:
                run.compact(ORDER)
            except Killed:
                killed = True
            else:
                killed = False
        run.open(EXPERIMENT, resume=True)
        write(run, 0, [row("p2")])
        run.compact(ORDER)
        assert sorted(values["problem_id"] for values in stored(run)) == ["p0", "p1", "p2"]
        assert run.partials() == {ORDER[3]: (3,)}
        assert not list(run.rollouts.glob(".*"))
        if not killed:
            break
    assert steps > 4
    assert not killed


def test_a_rollout_written_twice_is_stored_once(run):
    write(run, 0, [row("p0"), row("p0")])
    write(run, 1, [row("p0")])
    run.compact(ORDER)
    write(run, 0, [row("p0"), row("p1")])
    run.compact(ORDER)
    assert sorted(values["problem_id"] for values in stored(run)) == ["p0", "p1"]


def test_another_experiment_is_refused_with_what_differs(run):
    with pytest.raises(InputError, match=r"another experiment .samples, seed."):
        run.open(Experiment(samples=2, seed=3), resume=True)
    run.open(Experiment(engine="generate", batch_size=3), resume=True)


def test_not_resuming_refuses_what_has_rollouts(run):
    run.open(EXPERIMENT, resume=False)
    write(run, 0, [row("p0")])
    with pytest.raises(InputError, match="already holds rollouts"):
        run.open(EXPERIMENT, resume=False)
    run.compact(ORDER)
    with pytest.raises(InputError, match="already holds rollouts"):
        run.open(EXPERIMENT, resume=False)


def test_a_changed_model_or_problem_set_of_the_same_name_is_refused(run):
    run.check_provenance(HASHES)
    run.check_provenance(HASHES)
    for name in ("model", "tokenizer", "problems"):
        with pytest.raises(InputError, match=f"another {name} of the same name"):
            run.check_provenance({**HASHES, f"{name}_hash": "changed"})
    assert json.loads((run.path / "run.json").read_text())["planned"] == 4


def test_a_folder_that_is_no_run_and_one_in_use_are_refused(tmp_path):
    (tmp_path / "thesis.tex").write_text("…")
    with pytest.raises(InputError, match="is not a run"), RunDirectory(tmp_path).lock():
        pass
    with pytest.raises(InputError, match="cannot write to"), RunDirectory(tmp_path / "thesis.tex").lock():
        pass
    fresh = RunDirectory(tmp_path / "fresh")
    with fresh.lock(), pytest.raises(InputError, match="another process"), fresh.lock():
        pass
    with fresh.lock():
        pass


def test_an_empty_run_says_so(run):
    with pytest.raises(InputError, match="holds no rollouts"):
        store.read(run.path)


def test_other_tools_read_a_run_without_sdtool(run):
    from datasets import load_dataset

    rows = [row("p0", "½ \\boxed{1}", think_close_token=None), row("p1", answer=None, verdict="different")]
    write(run, 0, rows[:1])
    run.compact(ORDER)
    write(run, 0, rows[1:])
    run.compact(ORDER)
    folder = run.path / "rollouts"
    files = f"{folder}/*.parquet"
    assert pq.read_table(folder).sort_by("problem_id").to_pylist() == rows
    assert pl.read_parquet(files).sort("problem_id").to_dicts() == rows
    table = duckdb.sql(f"select * from '{files}' order by problem_id").to_arrow_table()
    assert pa.table(table).to_pylist() == rows
    loaded = load_dataset("parquet", data_files=files, split="train")
    assert sorted(loaded.to_list(), key=itemgetter("problem_id")) == rows
    assert list(pq.read_schema(next(folder.glob("*.parquet"))).names) == list(COLUMNS)
    compressions = {
        pq.ParquetFile(part).metadata.row_group(0).column(0).compression for part in folder.glob("*.parquet")
    }
    assert compressions == {"ZSTD"}


def test_a_slow_disk_holds_up_no_line(tmp_path, monkeypatch):
    monkeypatch.setattr(journal, "SYNC_SECONDS", 0.0)
    monkeypatch.setattr(journal.os, "fsync", lambda _: time.sleep(0.3))
    book = journal.Journal(tmp_path / "worker-0.jsonl")
    start = time.monotonic()
    for number in range(200):
        book.partial(("p", "s", number), 0, [1, 2], 1)
    assert time.monotonic() - start < 0.25
    book.close()
    assert len(list(journal.entries(tmp_path / "worker-0.jsonl"))) == 200


def test_a_full_disk_is_one_sentence(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    book = journal.Journal(tmp_path / "worker-0.jsonl")
    with monkeypatch.context() as patch:
        patch.setattr(journal.os, "write", full)
        with pytest.raises(
            SdtoolError, match=r"cannot write to .*worker-0.jsonl: No space left on device; what"
        ):
            book.rollout({"n": 1}, 1)
    book.close()
    monkeypatch.setattr(store.os, "fsync", full)
    with pytest.raises(SdtoolError, match=r"cannot write .*run.json: No space left on device"):
        store.write_whole(tmp_path / "run.json", "{}")
    assert [path.name for path in tmp_path.iterdir()] == ["worker-0.jsonl"]


def test_a_file_system_without_locks_is_told_of(tmp_path, monkeypatch, caplog):
    def unsupported(*_):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("filelock.FileLock.acquire", unsupported)
    with store.RunDirectory(tmp_path / "run").lock():
        assert "is on a file system without locks (No locks available)" in caplog.text


def test_a_system_without_posix_can_load_what_writes_and_reads_runs():
    code = (
        "import sys\n"
        "for name in ('fcntl', 'pwd', 'resource', 'termios'): sys.modules[name] = None\n"
        "import sdtool.journal, sdtool.regrading, sdtool.run, sdtool.store, sdtool.workers\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_folders_are_not_opened_where_they_cannot_be(tmp_path, monkeypatch):
    monkeypatch.setattr(store.os, "name", "nt")
    monkeypatch.setattr(store.os, "open", lambda *_: pytest.fail("a folder was opened"))
    store._sync(tmp_path)


def test_a_run_reads_the_problems_that_it_began_with(tmp_path):
    from sdtool import problems

    loaded = problems.load(limit=5)
    directory = RunDirectory(tmp_path)
    directory.write_problems(loaded)
    assert directory.read_problems() == loaded
