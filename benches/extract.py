"""Extraction beside a copy of the same text: GB/s of CPU time on rows with no box.

python benches/extract.py
"""

from __future__ import annotations

import time
from statistics import median

import pyarrow as pa
import pyarrow.compute as pc
import sdtool

ROWS, ROUNDS = 2_000, 7
SENTENCE = "We let $x = \\frac{a}{b}$ and note that each \\alpha_i is below 7, so the sum is at most 42. "


def seconds(way) -> float:
    """The median CPU seconds of one call."""
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        way()
        times.append(time.process_time() - start)
    return median(times)


def main() -> None:
    text = SENTENCE * 460
    kinds = {
        "a thought that never closes": ("<think>" + text, None),
        "a thought that the prompt opened": (text, True),
        "a plain response": (text, False),
        "a plain response, not said to be one": (text, None),
        "closed, no box after it": ("x</think>" + text, None),
        "closed and boxed": (text + "</think> \\boxed{1}", None),
    }
    size = len(text) * ROWS / 1e9
    copy = pa.array([text] * 16)
    copied = seconds(lambda: pc.binary_join_element_wise(copy, copy, "")) / (32 * len(text) / 1e9)
    print(f"{'copy by pyarrow':40} {1 / copied:6.1f} GB/s")
    for name, (response, thinking) in kinds.items():
        responses = [response] * ROWS
        golds = ["1"] * ROWS
        spent = seconds(lambda: sdtool.grade_batch(golds, responses, thinking=thinking, threads=1))  # noqa: B023
        print(f"{name:40} {size / spent:6.1f} GB/s")


if __name__ == "__main__":
    main()
