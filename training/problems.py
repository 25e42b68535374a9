"""The four sources of embedded problems: how each is drawn, worded, solved and held out.

A problem is a small program (a start and some steps). Its `key` is the program itself, free of wording,
so that the same sum told twice is one key. A keyed hash of the key decides whether a program belongs to
the embedded problems or to the training corpus, never to both.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LEVELS = (1, 2, 3, 4, 5)
STEPS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6}
LARGEST = {1: 20, 2: 30, 3: 40, 4: 60, 5: 90}
ADDEND = {1: 9, 2: 9, 3: 12, 4: 15, 5: 19}
LOWEST = -15
DIRECTIONS = ((("right", "+"), ("left", "-")), (("up", "+"), ("down", "-")))
HASH_KEY = b"sdtool embedded problems"
HELD_OUT_OF_256 = 32


@dataclass(frozen=True, slots=True)
class Step:
    """One line of working, `left operator right = result`."""

    left: int
    operator: str
    right: int
    result: int

    def __str__(self) -> str:
        return f"{self.left} {self.operator} {self.right} = {self.result}"


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem with its working.

    `answer` is LaTeX as it stands in the box, `plain` the same as the thought says it, `closing` an optional
    last line of working after the steps, `labels` what each step is called.
    """

    source: str
    level: int
    key: str
    text: str
    steps: tuple[Step, ...]
    labels: tuple[str, ...]
    closing: str
    plain: str
    answer: str


def held_out(key: str) -> bool:
    """Whether the program `key` belongs to the embedded problems; one in eight does, whatever the seed."""
    return hashlib.blake2b(key.encode(), key=HASH_KEY, digest_size=1).digest()[0] < HELD_OUT_OF_256


def _apply(left: int, operator: str, right: int) -> Step:
    result = {"+": left + right, "-": left - right, "*": left * right, "/": left // right}[operator]
    return Step(left, operator, right, result)


def _walk(rng: Random, level: int, start: int, lowest: int, factors: tuple[int, ...]) -> tuple[Step, ...]:
    """`STEPS[level]` steps from `start` that stay between `lowest` and the level's largest value."""
    steps: list[Step] = []
    value = start
    while len(steps) < STEPS[level]:
        operator = rng.choices("+-*/", (7, 7, 4, 4))[0]
        if operator in "+-":
            right = rng.randint(1, ADDEND[level])
        else:
            right = rng.choice(factors)
            if value < 2 or (operator == "/" and value % right):
                continue
        step = _apply(value, operator, right)
        if lowest <= step.result <= LARGEST[level]:
            steps.append(step)
            value = step.result
    return tuple(steps)


def _integer_key(steps: tuple[Step, ...]) -> str:
    return f"integer {steps[0].left}" + "".join(f" {step.operator}{step.right}" for step in steps)


def arithmetic(rng: Random, level: int) -> Problem:
    """A chain of the four operations on integers, negative ones included."""
    steps = _walk(rng, level, rng.randint(1, LARGEST[level]), LOWEST, tuple(range(2, 10)))
    words = {"+": "Add", "-": "Subtract", "*": "Multiply by", "/": "Divide by"}
    orders = " ".join(f"{words[step.operator]} {step.right}." for step in steps)
    text = f"Start with {steps[0].left}. {orders} What is the result?"
    answer = str(steps[-1].result)
    labels = tuple(f"Step {number}" for number in range(1, len(steps) + 1))
    return Problem("arithmetic", level, _integer_key(steps), text, steps, labels, "", answer, answer)


def story(rng: Random, level: int) -> Problem:
    """The same told about somebody's things; the count never falls below zero."""
    steps = _walk(rng, level, rng.randint(1, LARGEST[level]), 0, (2, 3))
    name = rng.choice(("Tom", "Ana", "Ben", "Eva"))
    things = rng.choice(("coins", "books", "cards", "pens"))
    words = {
        "+": "finds {} more",
        "-": "loses {}",
        "*": "now has {} times as many",
        "/2": "keeps one half",
        "/3": "keeps one third",
    }
    events = " ".join(
        f"{name} {words[f'/{step.right}' if step.operator == '/' else step.operator].format(step.right)}."
        for step in steps
    )
    text = f"{name} has {steps[0].left} {things}. {events} How many {things} does {name} have now?"
    answer = str(steps[-1].result)
    labels = tuple(f"Step {number}" for number in range(1, len(steps) + 1))
    return Problem("story", level, _integer_key(steps), text, steps, labels, "", answer, answer)


def fractions(rng: Random, level: int) -> Problem:
    """A sum of fractions over one denominator, to be reduced to lowest terms."""
    below = rng.choice((2, 3, 4, 5, 6, 8, 9, 10, 12))
    largest = {1: 9, 2: 9, 3: 9, 4: 12, 5: 15}[level]
    steps: list[Step] = []
    value = rng.randint(1, largest)
    while len(steps) < STEPS[level]:
        step = _apply(value, rng.choice("+-"), rng.randint(1, largest))
        if LOWEST <= step.result <= 2 * largest:
            steps.append(step)
            value = step.result
    terms = "".join(f" {step.operator} {step.right}/{below}" for step in steps)
    text = f"Compute {steps[0].left}/{below}{terms}."
    key = f"fractions over {below}: {steps[0].left}" + "".join(
        f" {step.operator}{step.right}" for step in steps
    )
    shared = math.gcd(value, below)
    top, bottom = value // shared, below // shared
    sign = "-" if top < 0 else ""
    plain = str(top) if bottom == 1 else f"{top}/{bottom}"
    answer = str(top) if bottom == 1 else rf"{sign}\frac{{{abs(top)}}}{{{bottom}}}"
    closing = f"Reduce {value}/{below} = {plain}."
    labels = tuple(f"Step {number}" for number in range(1, len(steps) + 1))
    return Problem("fractions", level, key, text, tuple(steps), labels, closing, plain, answer)


def points(rng: Random, level: int) -> Problem:
    """A walk on the grid, first along x, then along y; the answer is a pair."""
    start = (rng.randint(-9, 9), rng.randint(-9, 9))
    place = list(start)
    moves: list[tuple[str, int]] = []
    steps: list[Step] = []
    labels: list[str] = []
    axes = sorted(rng.choices((0, 1), k=STEPS[level]))
    while len(steps) < STEPS[level]:
        axis = axes[len(steps)]
        word, operator = rng.choice(DIRECTIONS[axis])
        step = _apply(place[axis], operator, rng.randint(1, ADDEND[level]))
        if LOWEST <= step.result <= 30:
            place[axis] = step.result
            moves.append((word, step.right))
            steps.append(step)
            labels.append("xy"[axis])
    walk = " ".join(f"It moves {size} {word}." for word, size in moves)
    text = f"A point starts at ({start[0]}, {start[1]}). {walk} Where is it now?"
    key = f"points ({start[0]}, {start[1]})" + "".join(f" {word} {size}" for word, size in moves)
    answer = f"({place[0]}, {place[1]})"
    return Problem("points", level, key, text, tuple(steps), tuple(labels), "", answer, answer)


SOURCES: tuple[Callable[[Random, int], Problem], ...] = (arithmetic, story, fractions, points)


def embedded(per_cell: int = 32, seed: int = 2026) -> Iterator[Problem]:
    """The embedded problems: `per_cell` held-out ones of each source and level, no text twice.

    Each group of `len(SOURCES) * len(LEVELS)` consecutive problems holds every source and level once, in a
    mixed order, so that any prefix is nearly balanced.
    """
    rng = Random(seed)
    seen: set[str] = set()
    for _ in range(per_cell):
        cells = [(draw, level) for draw in SOURCES for level in LEVELS]
        rng.shuffle(cells)
        for draw, level in cells:
            problem = draw(rng, level)
            while problem.text in seen or not held_out(problem.key):
                problem = draw(rng, level)
            seen.add(problem.text)
            yield problem
