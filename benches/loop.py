r"""What the grader costs within a training loop: small batches, policies, threads, an event loop, memory.

    python benches/loop.py [--rounds 7] [--calls 400000]

Needs the release build. CPU seconds, medians of the rounds; threads and the event loop by the clock, best of
the rounds, so that other load on the machine disturbs them least.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import sdtool

STATM = Path("/proc/self/statm")
REWARD = sdtool.Policy.reward()
GOLDS = [str(number % 100) for number in range(64)]
RESPONSES = [f"</think> The answer is $\\boxed{{{number % 90}}}$." for number in range(64)]
# Texts of a length and pairs of a kind that take long: milliseconds a call.
HEAVY = [
    (f"\\binom{{{number}}}{{{number // 2}}}", f"\\boxed{{\\binom{{{number}}}{{{number // 2 + 1}}}}}")
    for number in range(1_500, 1_700)
]


def cpu_a_call(way, calls: int, rounds: int) -> float:
    """Microseconds of CPU time a call of `way`, the median over the rounds."""
    spent = []
    for _ in range(rounds):
        start = time.process_time()
        for _ in range(calls):
            way()
        spent.append((time.process_time() - start) / calls * 1e6)
    return median(spent)


def show_small_batches(rounds: int) -> None:
    for rows in (1, 8, 64, 512):
        golds, responses = (GOLDS * 8)[:rows], (RESPONSES * 8)[:rows]
        cost = cpu_a_call(
            lambda g=golds, r=responses: sdtool.grade_batch(g, r, REWARD), 20_000 // rows, rounds
        )
        print(f"grade_batch, {rows:>3} rows under Policy.reward(): {cost / rows:6.2f} µs a row")


def show_policies(rounds: int) -> None:
    gold, response = "\\frac{1}{2}", "so it is $\\boxed{0.5}$"
    plain = cpu_a_call(lambda: sdtool.grade(gold, response), 20_000, rounds)
    policy = cpu_a_call(lambda: sdtool.grade(gold, response, REWARD), 20_000, rounds)
    print(f"grade: {plain:.2f} µs, with a Policy {policy:.2f} µs, {policy / plain:.2f} times")
    gold, response = "5", "\\boxed{5}"
    plain = cpu_a_call(lambda: sdtool.grade(gold, response), 50_000, rounds)
    policy = cpu_a_call(lambda: sdtool.grade(gold, response, REWARD), 50_000, rounds)
    print(f"grade of 5 and 5: {plain:.2f} µs, with a Policy {policy:.2f} µs, {policy / plain:.2f} times")


def show_threads(rounds: int) -> None:
    def all_of(pairs):
        for gold, response in pairs:
            sdtool.grade(gold, response)

    serial, parallel = [], []
    with ThreadPoolExecutor(2) as pool:
        for _ in range(rounds):
            start = time.perf_counter()
            all_of(HEAVY)
            serial.append(time.perf_counter() - start)
            start = time.perf_counter()
            list(pool.map(all_of, (HEAVY[::2], HEAVY[1::2])))
            parallel.append(time.perf_counter() - start)
    ratio = min(parallel) / min(serial)
    print(f"heavy single calls, {min(serial) / len(HEAVY) * 1e3:.2f} ms each: two threads take {ratio:.2f}")


def show_event_loop(rounds: int) -> None:
    """How late an event loop's timer of 1 ms is while a batch is graded, without its usual lateness."""
    golds, responses = GOLDS * 2_000, RESPONSES * 2_000

    async def late(work) -> float:
        worst = 0.0
        while not work.done():
            start = time.perf_counter()
            await asyncio.sleep(0.001)
            worst = max(worst, time.perf_counter() - start - 0.001)
        await work
        return worst

    async def one(way, *given) -> float:
        return await late(asyncio.create_task(asyncio.to_thread(way, *given)))

    def batch():
        sdtool.grade_batch(golds, responses, REWARD, threads=1)

    batches = [asyncio.run(one(batch)) for _ in range(rounds)]
    idle = [asyncio.run(one(time.sleep, 0.1)) for _ in range(rounds)]
    print(f"event loop beside a batch of {len(golds):,} rows: late by {min(batches) * 1e3:.1f} ms at most,")
    print(f"  in the median of the rounds {median(batches) * 1e3:.1f}; beside a sleeping thread by", end=" ")
    print(f"{min(idle) * 1e3:.1f} and {median(idle) * 1e3:.1f}")


def resident() -> int:
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def show_memory(calls: int) -> None:
    pairs = list(zip(GOLDS, RESPONSES, strict=True)) + HEAVY[:2]

    def some(count: int) -> None:
        for number in range(count):
            gold, response = pairs[number % 64]
            sdtool.grade(gold, response, REWARD)

    some(calls // 20)
    before = resident()
    some(calls)
    print(f"{calls:,} calls: memory grew by {(resident() - before) / 1024:.0f} KiB")


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--calls", type=int, default=400_000)
    given = arguments.parse_args()
    show_small_batches(given.rounds)
    show_policies(given.rounds)
    show_threads(given.rounds)
    show_event_loop(given.rounds)
    if STATM.exists():
        show_memory(given.calls)


if __name__ == "__main__":
    main()
