"""The grader in everybody's loop: threads, asyncio, fork, spawn, signals, and no growth of memory."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
import sdtool

PAIRS = [
    ("1/2", "\\boxed{0.5}"),
    ("\\{1,2\\}", "</think> \\boxed{2,1}"),
    ("(2,\\infty)", "\\boxed{x>2}"),
    ("5", "\\boxed{6}"),
    ("\\frac{", "\\boxed{1}"),
    ("\\sqrt{8}", "\\boxed{2\\sqrt2}"),
] * 5


def verdicts(_=None):
    return [sdtool.grade(gold, response).as_dict() for gold, response in PAIRS]


EXPECTED = verdicts()
STATM = Path("/proc/self/statm")


def test_threads_agree():
    with ThreadPoolExecutor(8) as pool:
        assert all(found == EXPECTED for found in pool.map(verdicts, range(16)))


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_processes_agree(method):
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"no {method} here")
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(method)) as pool:
        assert pool.submit(verdicts).result() == EXPECTED


def test_results_and_policies_travel():
    for value in (sdtool.grade("1", "\\boxed{1}"), sdtool.Policy.reward(), sdtool.check_gold("1/2")):
        assert pickle.loads(pickle.dumps(value)) == value
    policy = pickle.loads(pickle.dumps(sdtool.Policy.reward()))
    assert not sdtool.equivalent("50", "50\\%", policy)


def test_an_event_loop_goes_on_while_a_batch_is_graded():
    golds = ["\\frac{1}{2}", "\\sqrt{8}"] * 20_000
    responses = ["\\boxed{0.5}", "\\boxed{2\\sqrt{2}}"] * 20_000

    async def main():
        work = asyncio.create_task(asyncio.to_thread(sdtool.grade_batch, golds, responses, threads=1))
        turns = 0
        while not work.done():
            await asyncio.sleep(0.001)
            turns += 1
        return turns, await work

    turns, graded = asyncio.run(main())
    assert len(graded) == 40_000
    assert turns >= 3


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot send itself Ctrl-C there")
def test_ctrl_c_ends_a_batch():
    code = textwrap.dedent(r"""
        import sdtool
        golds = [f"\\binom{{{n}}}{{{n // 2}}}" for n in range(2_000, 6_000)] * 50
        print("started", flush=True)
        sdtool.grade_batch(golds, [f"\\boxed{{{n}!}}" for n in range(len(golds))], threads=2)
    """)
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as run:
        assert run.stdout.readline() == b"started\n"
        time.sleep(1)
        run.send_signal(signal.SIGINT)
        start = time.monotonic()
        _, error = run.communicate(timeout=30)
    assert b"KeyboardInterrupt" in error
    assert time.monotonic() - start < 5


@pytest.mark.skipif(not STATM.exists(), reason="memory is read from /proc")
def test_memory_does_not_grow():
    def pages():
        return int(STATM.read_text().split()[1])

    policy = sdtool.Policy.reward()

    def work(calls):
        for _ in range(calls):
            sdtool.grade("1/2", "</think> \\boxed{0.5}", policy, True)
            sdtool.grade(["3", 2], [{"role": "assistant", "content": "\\boxed{2}"}])
        sdtool.grade_batch(["1"] * 100, ["\\boxed{1}"] * 100).to_pylist()

    work(5_000)
    before = pages()
    work(20_000)
    assert (pages() - before) * os.sysconf("SC_PAGE_SIZE") < 2 << 20
