"""Killed runs go on: the final set is that of an uninterrupted run, and nothing finished is done twice.

A driver imports everything once and forks a child for each attempt, so that fifty kills take seconds.
"""

import os
import random
import signal
import subprocess
import sys

import pytest

DRIVER = """
import os, random, signal, sys, time
import torch
torch.set_num_threads(1)
from sdtool.cli import main
import sdtool.workers, sdtool.report, transformers, datasets, accelerate, pyarrow.parquet

def attempt(arguments, seconds, how):
    child = os.fork()
    if child == 0:
        code = 1
        try:
            sys.stdout = sys.stderr = open(os.devnull, "w")
            code = main(arguments)
        finally:
            os._exit(code)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    os.kill(child, how)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)

kills, how, longest, arguments = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4:]
chance = random.Random(5)
for number in range(kills):
    print(attempt(arguments, chance.uniform(0.05, longest), how), flush=True)
    input()  # the test looks at what is on disk
print(attempt(arguments, 500, how), flush=True)
"""


def finished(run):
    """Keys that a line of a journal or a row of Parquet has, each as often as it is there."""
    from sdtool.journal import entries
    from sdtool.store import RunDirectory, read

    found = []
    for path in (run / "journal").glob("worker-*.jsonl"):
        for _, entry in entries(path):
            if "rollout" in entry:
                found.append(tuple(entry["rollout"][name] for name in ("problem_id", "setting", "sample")))
    if RunDirectory(run).finished():
        table = read(run).select(["problem_id", "setting", "sample"]).to_pylist()
        found += [tuple(values.values()) for values in table]
    return found


def rows(run):
    from sdtool.store import read

    return sorted(map(repr, read(run).to_pylist()))


@pytest.fixture
def arguments(sums):
    return sums(4, "--setting", "precise", "--max-new-tokens", "600", "--batch-size", "4")


def told_so_far(run):
    """Tokens of unfinished rollouts that are on disk, by rollout."""
    from sdtool.store import RunDirectory

    return {key: len(tokens) for key, tokens in RunDirectory(run).partials().items()}


def stopped_again_and_again(arguments, tmp_path, kills, how=signal.SIGKILL, longest=1.5):
    """Stop a run at random moments until it is complete; how the attempts ended."""
    from sdtool.cli import main

    assert main([*arguments, "--out", str(tmp_path / "whole")]) == 0
    run = tmp_path / "stopped"
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            DRIVER,
            str(kills),
            str(int(how)),
            str(longest),
            *arguments,
            "--out",
            str(run),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    ) as driver:
        before, told, outcomes = set(), {}, []
        for line in driver.stdout:
            outcomes.append(int(line))
            now = finished(run) if (run / "experiment.toml").exists() else []
            if len(set(now)) != len(now):
                # A kill between the new part and the removal of the journals: going on puts it right.
                assert outcomes[-1] == -signal.SIGKILL
            assert before <= set(now)
            partial = told_so_far(run) if now or before else {}
            # No token that was on disk is ever lost.
            assert all(partial.get(key, 0) >= count for key, count in told.items() if key not in set(now))
            before, told = set(now), partial
            if len(outcomes) <= kills:
                driver.stdin.write("\n")
                driver.stdin.flush()
    assert outcomes[-1] == 0
    assert rows(run) == rows(tmp_path / "whole")
    return outcomes[:-1]


def test_a_run_killed_at_random_moments_ends_like_one_that_was_not(arguments, tmp_path):
    assert -signal.SIGKILL in stopped_again_and_again(arguments, tmp_path, kills=4)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize(("workers", "longest"), [(1, 1.5), (2, 12)])
def test_fifty_kills_and_fifty_signals(arguments, tmp_path, how, workers, longest):
    samples = 4 if workers == 1 else 40
    arguments = [*arguments, "--samples", str(samples), "--workers", str(workers)]
    outcomes = stopped_again_and_again(arguments, tmp_path, 50, how, longest)
    stopped = -signal.SIGKILL if how == signal.SIGKILL else 130
    # A signal that comes before the command has set itself up ends it as it ends any process.
    assert stopped in outcomes
    assert len([code for code in outcomes if code]) >= 20
    assert set(outcomes) <= {0, stopped, -how}


def test_a_rollout_that_was_on_its_way_goes_on_where_it_stopped(arguments, tmp_path):
    """The journal is cut back to its first line, a partial rollout, as an early kill leaves it."""
    from sdtool.cli import main
    from sdtool.engine.slots import SlotEngine
    from sdtool.store import RunDirectory

    seen = []
    original = SlotEngine.run

    def spying(self, requests):
        def told():
            for request in requests:
                seen.append(len(request.generated))
                yield request

        yield from original(self, told())

    chance = random.Random(1)
    run = RunDirectory(tmp_path / "run")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SlotEngine, "run", stopped_after(original, chance.randint(3, 6)))
        assert main([*arguments, "--out", str(run.path)]) == 130
    partial = {key: len(tokens) for key, tokens in run.partials().items()}
    assert any(partial.values())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SlotEngine, "run", spying)
        assert main([*arguments, "--out", str(run.path)]) == 0
    assert sorted(filter(None, seen)) == sorted(filter(None, partial.values()))
    assert main([*arguments, "--out", str(tmp_path / "whole")]) == 0
    assert rows(run.path) == rows(tmp_path / "whole")


def stopped_after(original, count):
    """An engine's `run` that is told to stop after so many events."""

    def run(self, requests):
        for number, event in enumerate(original(self, requests), 1):
            yield event
            if number == count:
                os.kill(os.getpid(), signal.SIGTERM)

    return run
