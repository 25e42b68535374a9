"""mpmath as an oracle for the grader's balls: each row of `enclosures.jsonl` is what mpmath says.

The Rust tests hold the balls against the same rows, at several precisions. After a change of the rows:
`python tests/python/test_enclosures.py` writes them anew.
"""

from __future__ import annotations

import json
import math
import random
import re
from pathlib import Path

import pytest

mpmath = pytest.importorskip("mpmath")
mp = mpmath.mp

ROWS = Path(__file__).parents[1] / "cases" / "enclosures.jsonl"
DIGITS = 60

REAL = ("1/10^30", "1/7", "-2/3", "22/7", "sqrt(2)", "1000001/1000", "-10^10")
UNIT = ("1/10^30", "1/7", "-2/3", "sqrt(2)/2", "1 - 1/10^20")
COMPLEX = ("1 + 2*i", "-3/4 + i/5", "-7 - i/10^6", "i")
WHOLE = ("0", "1", "7", "30", "123")
# Each function with the arguments that it is tried at.
ARGUMENTS = {
    **dict.fromkeys(["abs", "re", "im", "conjugate"], REAL + COMPLEX),
    **dict.fromkeys(["sign", "floor", "ceil"], REAL),
    **dict.fromkeys(["sin", "cos", "tan", "cot", "sec", "csc"], (*REAL, "11/7", "10^30", *COMPLEX)),
    **dict.fromkeys(["sinh", "cosh", "tanh", "coth", "exp"], (*REAL[:-2], "40", "-40", *COMPLEX)),
    **dict.fromkeys(["arcsin", "arccos", "artanh"], (*UNIT, *COMPLEX[:3])),
    **dict.fromkeys(["arctan", "arccot", "arsinh"], (*REAL, *COMPLEX[:3])),
    **dict.fromkeys(["arcsec", "arccsc"], ("22/7", "-10^10", "1 + 1/10^20", *COMPLEX[:3])),
    "arcosh": ["22/7", "10^10", "1 + 1/10^20", *COMPLEX[:2]],
    "ln": ["1/10^30", "22/7", "1 + 1/10^30", "10^300", "-2/3", *COMPLEX],
    "arg": ["5", "-5", *COMPLEX],
    "sqrt": ["1/10^30", "2", "10^301", "-2/3", *COMPLEX],
    "factorial": [*WHOLE, "-1/2", "7/2", "-9/2", "5000", "20000"],
    "gamma": ["1/2", "-5/2", "9", "41/2"],
    "double_factorial": WHOLE,
    "subfactorial": WHOLE,
    "fibonacci": [*WHOLE, "-8", "1000"],
    "zeta": ["2", "3", "4", "5", "9", "50", "0", "-1", "-5"],
    "phi": ["1", "36", "97", "1000000"],
}
# What has more than one argument, or is worth a row of its own.
OTHERS = """
binomial(50, 7)
binomial(1/2, 5)
binomial(-7/3, 4)
binomial(5000, 2500)
permutations(9, 4)
permutations(1/2, 3)
gcd(84, 120)
lcm(84, 120)
max(sqrt(2), 7/5)
min(pi, 22/7)
mod(-7, 3)
mod(pi, 1/2)
root(-8, 3)
root(2, 12)
root(10^40, 7)
2^sqrt(2)
pi^(-100)
(1 + i)^10
(1 + i)^(1/3)
(-2)^(1/2)
root(-2, 3)^2
i^i
(1 + 1/10^6)^(10^6)
e^(pi*sqrt(163))
e^(i*pi/7)
log(2, 10)
sum(k, 1, 50, 1/k)
sum(k, 1, 20, k^k)
product(k, 1, 20, 1 - 1/(k + 1)^2)
sqrt(10^20 + 1) - 10^10
sin(pi)
cos(pi/3) - 1/2 + 1/10^25
(10^30 + 1)^2 - 10^60
arctan(1/2) + arctan(1/3) - pi/4 + 1/10^20
ln(2)*ln(3) - ln(6)
""".strip().splitlines()


def composed(seed: int, count: int) -> list[str]:
    """Expressions of a few operations with values that are neither huge nor tiny."""
    draw = random.Random(seed)

    def expression(depth: int) -> str:
        if depth == 0:
            return draw.choice(["2", "3/7", "pi", "e", "sqrt(5)", "11/3", "1/10"])
        left = expression(depth - 1)
        match draw.randrange(6):
            case 0 | 1:
                return f"({left} {draw.choice('+-*/')} {expression(depth - 1)})"
            case 2:
                return draw.choice([f"({left})^2", f"({left})^3", f"1/({left})", f"root({left}, 3)"])
            case _:
                return f"{draw.choice(['sin', 'cos', 'arctan', 'exp', 'sqrt', 'ln', 'tanh', 'abs'])}({left})"

    return [expression(draw.randint(2, 4)) for _ in range(count)]


SAME = """
    re im sign floor ceil exp sqrt sin cos tan cot sec csc sinh cosh tanh coth arg
    factorial gamma zeta binomial
"""
# What mpmath calls these functions.
THEIRS = {
    **{name: name for name in SAME.split()},
    "ln": "log",
    "conjugate": "conj",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arsinh": "asinh",
    "arcosh": "acosh",
    "artanh": "atanh",
    "double_factorial": "fac2",
    "fibonacci": "fib",
    "permutations": "ff",
}


def root(radicand, degree):
    """The branch that the grader takes: an odd root of a negative number is negative."""
    if mp.im(radicand) == 0 and radicand < 0 and int(degree) % 2:
        return -mp.root(-radicand, int(degree))
    return mp.root(radicand, int(degree))


def derangements(n):
    return mp.fsum((-1) ** k * mp.factorial(n) / mp.factorial(k) for k in range(int(n) + 1))


NAMES = {
    "mpf": mp.mpf,
    "i": mp.mpc(0, 1),
    "root": root,
    "log": lambda base, x: mp.log(x) / mp.log(base),
    "arccot": lambda x: mp.pi / 2 - mp.atan(x),
    "arcsec": lambda x: mp.acos(1 / x),
    "arccsc": lambda x: mp.asin(1 / x),
    "mod": lambda a, m: a - m * mp.floor(a / m),
    "subfactorial": derangements,
    "phi": lambda n: sum(math.gcd(k, int(n)) == 1 for k in range(1, int(n) + 1)),
    "gcd": lambda a, b: math.gcd(int(a), int(b)),
    "lcm": lambda a, b: math.lcm(int(a), int(b)),
    "abs": abs,
    "max": max,
    "min": min,
    **{ours: getattr(mp, theirs) for ours, theirs in THEIRS.items()},
}


def value(text: str):
    """What mpmath says at its present precision."""
    if series := re.fullmatch(r"(sum|product)\(k, (\d+), (\d+), (.*)\)", text):
        name, first, last, body = series.groups()
        terms = [value(re.sub(r"\bk\b", f"({k})", body)) for k in range(int(first), int(last) + 1)]
        return mp.fsum(terms) if name == "sum" else mp.fprod(terms)
    code = re.sub(r"(?<!\w)(\d+)", r"mpf(\1)", text).replace("^", "**")
    return eval(code, {"__builtins__": {}}, NAMES | {"pi": +mp.pi, "e": +mp.e})


def reference(text: str) -> dict[str, str] | None:
    """A row, unless what mpmath says depends on the precision: zero divided by zero, a logarithm of zero."""
    found = []
    for digits in (8 * DIGITS, 12 * DIGITS):
        with mp.workdps(digits):
            both = mp.mpc(value(text))
            # A part that vanishes but for rounding is 0.
            most = max(abs(both.real), abs(both.imag))
            tiny = max(
                most * mp.mpf(10) ** (-2 * DIGITS), mp.mpf(10) ** (-digits + DIGITS) if most < 1 else 0
            )
            parts = [mp.mpf(0) if abs(part) < tiny else part for part in (both.real, both.imag)]
            found.append([mp.nstr(part, DIGITS, min_fixed=0, max_fixed=0) for part in parts])
    if found[0] != found[1]:
        return None
    real, imaginary = found[0]
    return {"expr": text, "real": real, "imaginary": imaginary}


def expressions() -> list[str]:
    calls = [f"{function}({argument})" for function, every in ARGUMENTS.items() for argument in every]
    return calls + OTHERS + composed(seed=5, count=150)


@pytest.mark.oracle
def test_mpmath_says_the_same():
    stored = [json.loads(line) for line in ROWS.read_text().splitlines()]
    assert {row["expr"] for row in stored} <= set(expressions())
    wrong = [row["expr"] for row in stored if row != reference(row["expr"])]
    assert not wrong


def main() -> None:
    rows = []
    for text in dict.fromkeys(expressions()):
        try:
            rows.append(reference(text))
        except (ValueError, ZeroDivisionError, OverflowError):
            continue
    ROWS.write_text("".join(json.dumps(row) + "\n" for row in rows if row))


if __name__ == "__main__":
    main()
