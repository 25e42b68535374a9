"""Ctrl-C in a terminal, on real processes: the first one stops cleanly, the second one at once."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sdtool.cli import main
from sdtool.store import RunDirectory, read


@pytest.fixture
def arguments(sums):
    return sums(12, "--max-new-tokens", "900", "--batch-size", "2")


@pytest.fixture
def start(arguments, tmp_path):
    """Starts the command as a terminal does, in a process group of its own."""
    started = []

    def begin(*more):
        process = subprocess.Popen(
            [sys.executable, "-m", "sdtool", *arguments, *more, "--out", str(tmp_path / "run")],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def wait_for(condition, process=None):
    while not (found := condition()):
        assert process is None or process.poll() is None, process.communicate()
        time.sleep(0.01)
    return found


def workers_of(process):
    """Pids of the workers that a process started, oldest first; those that have ended are not there."""
    pids = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    found = []
    for pid in map(int, pids):
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
        if b"spawn_main" in line:
            found.append(pid)
    return sorted(found)


def writing(run, number):
    """Whether a worker has written something."""
    path = run / "journal" / f"worker-{number}.jsonl"
    return path.exists() and path.stat().st_size > 0


def rows(run):
    return sorted(map(repr, read(run).to_pylist()))


def goes_on_to_what_an_undisturbed_run_gives(arguments, tmp_path):
    run, whole = tmp_path / "run", tmp_path / "whole"
    assert main([*arguments, "--out", str(run)]) == 0
    assert main([*arguments, "--out", str(whole)]) == 0
    return rows(run) == rows(whole)


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_ctrl_c_stops_cleanly_and_keeps_what_was_under_way(workers, start, arguments, tmp_path):
    process = start("--workers", str(workers))
    wait_for(lambda: all(writing(tmp_path / "run", number) for number in range(workers)), process)
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate()
    assert process.returncode == 130
    assert "interrupted; what was finished is kept" in told
    assert "Traceback" not in told
    partials = RunDirectory(tmp_path / "run").partials()
    # Every slot of every worker was busy, and each tells of what it had; all is in one journal now.
    assert len([tokens for tokens in partials.values() if tokens]) >= workers
    assert [path.name for path in (tmp_path / "run" / "journal").iterdir()] == ["carried.jsonl"]
    assert goes_on_to_what_an_undisturbed_run_gives(arguments, tmp_path)


@pytest.mark.slow
def test_a_second_ctrl_c_stops_at_once_and_the_run_can_go_on(start, arguments, tmp_path):
    process = start("--workers", "2")
    wait_for(lambda: all(writing(tmp_path / "run", number) for number in range(2)), process)
    stuck, other = workers_of(process)
    os.kill(stuck, signal.SIGSTOP)  # a worker in a long step, which a clean stop has to wait for
    os.killpg(process.pid, signal.SIGINT)
    wait_for(lambda: workers_of(process) == [stuck], process)  # the other one has stopped cleanly
    assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate()
    assert process.returncode == 130
    assert "Traceback" not in told
    for pid in (stuck, other):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert goes_on_to_what_an_undisturbed_run_gives(arguments, tmp_path)


@pytest.mark.slow
def test_ctrl_c_before_the_workers_are_ready_is_as_quiet(start, arguments, tmp_path):
    process = start("--workers", "2")
    wait_for(lambda: len(workers_of(process)) == 2, process)
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate()
    assert process.returncode == 130
    assert "Traceback" not in told
    assert goes_on_to_what_an_undisturbed_run_gives(arguments, tmp_path)
