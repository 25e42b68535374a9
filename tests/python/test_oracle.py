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


# Calculus: what is asked for in our notation, against SymPy's value of it.

K, N = sympy.symbols("k n", positive=True, integer=True)


def terms(draw: random.Random, letter):
    """A polynomial, or one with a quotient or a root, in a letter."""
    whole = sum(draw.randint(-5, 5) * letter**power for power in range(4))
    return draw.choice([whole, whole + 1 / (letter + draw.randint(1, 4)), whole * sympy.sqrt(letter)])


def integral(draw):
    low, high = sorted(draw.sample(range(6), 2))
    inside = terms(draw, X)
    return rf"\int_{{{low}}}^{{{high}}} \left({sympy.latex(inside)}\right) dx", sympy.integrate(
        inside, (X, low, high)
    )


def derivative(draw):
    inside = draw.choice(
        [terms(draw, X), terms(draw, X) * draw.choice([sympy.sin(X), sympy.exp(2 * X), sympy.log(X)])]
    )
    return rf"\frac{{d}}{{dx}}\left({sympy.latex(inside)}\right)", sympy.diff(inside, X)


def limit(draw):
    at = draw.randint(1, 4)
    inside = (X - at) * terms(draw, X) / (X**2 - at**2)
    return rf"\lim_{{x \to {at}}} {sympy.latex(inside)}", sympy.limit(inside, X, at)


def series(draw):
    inside = sum(draw.randint(-4, 4) * K**power for power in range(4)) + draw.randint(0, 3) * 3**K
    return rf"\sum_{{k=1}}^{{n}} \left({sympy.latex(inside)}\right)", sympy.summation(inside, (K, 1, N))


def dots(draw):
    first, step = draw.randint(1, 9), draw.randint(1, 5)
    last = first + step * (N - 1)
    written = rf"{first}+{first + step}+{first + 2 * step}+\cdots+({sympy.latex(sympy.expand(last))})"
    return written, sympy.summation(first + step * (K - 1), (K, 1, N))


@pytest.mark.parametrize("ask", [integral, derivative, limit, series, dots])
def test_sympy_agrees_on_calculus(ask):
    draw = random.Random(3)
    asked = [ask(draw) for _ in range(10)]
    found = [compare(sympy.latex(value), written).verdict for written, value in asked]
    wrong = [pair for pair, verdict in zip(asked, found, strict=True) if verdict == "different"]
    assert not wrong
    assert found.count("equal") >= 8
    other = [pair for pair in asked if compare(sympy.latex(pair[1] + 1), pair[0]).verdict == "equal"]
    assert not other
