"""`grade_batch` beside Math-Verify on one seeded mix of pairs: ns a pair of CPU time, in one process.

python benches/grader.py        (needs math-verify beside the package; prints Markdown)
"""

from __future__ import annotations

import random
import time
from statistics import median

import pyarrow as pa
import sdtool
from math_verify import parse, verify

PAIRS, ROUNDS, PEER_PAIRS = 100_000, 5, 40
WRONG = 0.3
# Shares of the mix; a kind writes (gold, the same value otherwise written, a wrong answer).
SHARES = {
    "integers": 0.60,
    "fractions": 0.12,
    "radicals": 0.08,
    "decimals": 0.06,
    "tuples": 0.05,
    "intervals": 0.04,
    "polynomials": 0.03,
    "text": 0.02,
}
# A fifth of the mix in words: units, sentences, labels, conditions, explanations.
WORDED = 0.20
WORDS = ["even", "odd", "circle", "ellipse", "no solution", "east", "Evelyn"]


def written(kind: str, draw: random.Random) -> tuple[str, str, str]:
    """A gold answer, a right answer and a wrong one."""
    a, b, c = draw.randint(2, 999), draw.randint(2, 99), draw.randint(2, 9)
    if kind == "text":
        word, other = draw.sample(WORDS, 2)
        return f"\\text{{{word}}}", word, f"\\text{{{other}}}"
    if kind == "worded":
        noun, other = draw.sample(["apples", "ways", "red balls", "students"], 2)
        return draw.choice(
            [
                (f"{a} \\text{{ cm}}", f"{a}\\,\\mathrm{{cm}}", f"{a + c} \\text{{ cm}}"),
                (
                    f"{a}",
                    f"\\text{{The sum of the terms is }}{a}",
                    f"\\text{{The sum of the terms is }}{a + c}",
                ),
                (f"{a} \\text{{ {noun}}}", f"{a}", f"{a} \\text{{ {other}}}"),
                (f"(1) {a}; (2) {b}", f"{a}, {b}", f"(1) {a}; (2) {b + c}"),
                (
                    f"{b}k, k \\in \\mathbb{{Z}}",
                    f"{b}k \\text{{ for all integers }} k",
                    f"{b + 1}k, k \\in \\mathbb{{Z}}",
                ),
                (
                    f"{a} \\text{{ if }} n > {b}",
                    f"{a} \\text{{ when }} n > {b}",
                    f"{a} \\text{{ if }} n > {b + c}",
                ),
                ("\\text{Yes}", f"\\text{{Yes, because }} {a} > {c}", "\\text{No}"),
                (f"x = {a} \\text{{ or }} x = {-b}", f"x = {-b}, {a}", f"x = {a} \\text{{ or }} x = {b}"),
            ]
        )
    return {
        "integers": (str(a), str(a), str(a + c)),
        "fractions": (f"\\frac{{{a}}}{{{b}}}", f"\\dfrac{{{a * c}}}{{{b * c}}}", f"\\frac{{{a + 1}}}{{{b}}}"),
        "radicals": (f"{a}+{c}\\sqrt{{{b}}}", f"{c}\\sqrt{{{b}}} + {a}", f"{a}-{c}\\sqrt{{{b}}}"),
        "decimals": (f"{a}.{b}", f"{a}.{b}0", f"{a}.{b}{c}"),
        "tuples": (f"({a},{b},{c})", f"\\left({a}, {b}, {c}\\right)", f"({b},{a},{c + 100})"),
        "intervals": (f"[{b},{b + a})", f"\\left[{b}, {b + a}\\right)", f"({b},{b + a}]"),
        "polynomials": (f"{a}x^2+{b}x+{c}", f"{c}+{b}x+{a}x^{{2}}", f"{a}x^2-{b}x+{c}"),
    }[kind]


def mix(count: int, kinds: dict[str, float], seed: int) -> list[tuple[str, str]]:
    """Pairs of a gold and an answer, in the shares given."""
    draw = random.Random(seed)
    pairs = []
    for kind in draw.choices(list(kinds), list(kinds.values()), k=count):
        gold, right, wrong = written(kind, draw)
        pairs.append((gold, wrong if draw.random() < WRONG else right))
    return pairs


def spent(way, clock) -> float:
    start = clock()
    way()
    return clock() - start


def ours(pairs: list[tuple[str, str]], threads: int, clock=time.process_time) -> float:
    """The median ns a pair, from lists of Python strings to Arrow columns."""
    golds = [gold for gold, _ in pairs]
    responses = [f"\\boxed{{{answer}}}" for _, answer in pairs]
    times = [
        spent(lambda: sdtool.grade_batch(golds, responses, threads=threads), clock) for _ in range(ROUNDS)
    ]
    return median(times) / len(pairs) * 1e9


def peer(pairs: list[tuple[str, str]]) -> float:
    """ns a pair of Math-Verify on a sample, the responses boxed as for us."""

    def run() -> None:
        for gold, answer in pairs[:PEER_PAIRS]:
            verify(parse(f"${gold}$"), parse(f"\\boxed{{{answer}}}"))

    return spent(run, time.process_time) / min(PEER_PAIRS, len(pairs)) * 1e9


def main() -> None:
    verify(parse("$1$"), parse("$1$"))  # what it loads at first use is not counted
    print("| kind | sdtool, ns a pair | Math-Verify, ns a pair | ratio |\n|---|---|---|---|")
    peers = {}
    for kind in (*SHARES, "worded"):
        pairs = mix(PAIRS, {kind: 1.0}, 1)
        us, peers[kind] = ours(pairs, 1), peer(pairs)
        print(f"| {kind} | {us:,.0f} | {peers[kind]:,.0f} | {peers[kind] / us:,.0f} |", flush=True)
    worded = {kind: share * (1 - WORDED) for kind, share in SHARES.items()} | {"worded": WORDED}
    for name, shares in (("a mix, a fifth of it in words", worded), ("the mix", SHARES)):
        pairs = mix(PAIRS, shares, 1)
        us = ours(pairs, 1)
        # A sample of the mix is small, so its kinds are weighed by their shares.
        them = sum(share * peers[kind] for kind, share in shares.items())
        print(f"| {name} | {us:,.0f} | {them:,.0f} | {them / us:,.0f} |", flush=True)
    print()

    golds, responses = [g for g, _ in pairs], [f"\\boxed{{{a}}}" for _, a in pairs]
    alone = pa.table(sdtool.grade_batch(golds, responses, threads=1))
    print("| threads | ns a pair, wall clock | results |\n|---|---|---|")
    for threads in (1, 2, 8):
        same = pa.table(sdtool.grade_batch(golds, responses, threads=threads)).equals(alone)
        wall = ours(pairs, threads, time.perf_counter)
        print(f"| {threads} | {wall:,.0f} | {'the same' if same else 'DIFFERENT'} |", flush=True)


if __name__ == "__main__":
    main()
