"""SymPy as an oracle: random pairs of expressions, our verdict against its exact or 60-digit one.

The default run takes a slice; `pytest -m oracle` takes many more pairs.
"""

from __future__ import annotations

import random

import pytest
from sdtool import compare

sympy = pytest.importorskip("sympy")

# Pairs on which the two disagree, and who is right: a pair that is not listed fails the test.
EXPLAINED: dict[tuple[str, str], str] = {}

X = sympy.Symbol("x", positive=True)
LEAVES = {
    "numbers": lambda draw: sympy.Rational(draw.randint(-9, 9), draw.randint(1, 6)),
    "radicals": lambda draw: sympy.sqrt(draw.randint(2, 12)) * draw.randint(1, 4),
    "polynomials": lambda draw: draw.choice([X, X + draw.randint(-5, 5), sympy.Integer(draw.randint(-5, 5))]),
    "rational functions": lambda draw: draw.choice([X, 1 / (X + draw.randint(1, 4)), X - draw.randint(1, 5)]),
    "trigonometry and logarithms": lambda draw: draw.choice(
        [
            sympy.pi,
            sympy.sin(X),
            sympy.cos(X),
            sympy.sin(2 * X),
            sympy.log(draw.randint(2, 8)),
            sympy.sin(sympy.pi / draw.choice([3, 4, 6, 12])),
            sympy.cos(sympy.pi * draw.choice([1, 2]) / 5),
        ]
    ),
}


def expression(kind: str, draw: random.Random, depth: int):
    if depth == 0 or draw.random() < 0.15:
        return LEAVES[kind](draw)
    left, right = (expression(kind, draw, depth - 1) for _ in range(2))
    return draw.choice([left + right, left - right, left * right, left * left + right])


def rewritten(value, draw: random.Random):
    """The same value in another form, as SymPy makes it."""
    way = draw.choice([sympy.expand, sympy.factor, sympy.together, sympy.apart, sympy.expand_trig])
    try:
        return way(value)
    except (sympy.PolynomialError, NotImplementedError):
        return value


def same(first, second) -> bool:
    """Whether SymPy finds the two equal: by expansion, else at three points to 60 digits."""
    gap = first - second
    if sympy.expand(gap) == 0:
        return True
    points = [sympy.Rational(7, 5), sympy.Rational(29, 11), sympy.Rational(61, 17)]
    return all(abs(sympy.N(gap.subs(X, point), 60)) < sympy.Float(10) ** -50 for point in points)


def disagreements(kind: str, seed: int, count: int) -> set[tuple[str, str, str, bool]]:
    draw = random.Random(seed)
    found = set()
    for _ in range(count):
        gold = expression(kind, draw, 2)
        answer = rewritten(gold, draw)
        if draw.random() < 0.5:
            answer += draw.choice([1, -1, sympy.Rational(1, 10**6), LEAVES[kind](draw)])
        written = sympy.latex(gold), str(answer)
        verdict = compare(*written).verdict
        equal = same(gold, answer)
        if verdict != ("equal" if equal else "different") and written not in EXPLAINED:
            found.add((*written, verdict, equal))
    return found


@pytest.mark.parametrize("kind", LEAVES)
def test_sympy_agrees(kind):
    assert not disagreements(kind, seed=1, count=60)


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(2, 6))
@pytest.mark.parametrize("kind", LEAVES)
def test_sympy_agrees_at_length(kind, seed):
    assert not disagreements(kind, seed, count=500)
