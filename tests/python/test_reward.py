"""`Policy.reward()`: a right answer in plain form is always paid, what would be paid for two golds never."""

from __future__ import annotations

import pytest
from sdtool import Policy, grade

REWARD = Policy.reward()

# A gold, and answers as a model that has solved the problem writes them.
RIGHT = {
    "5": ["5", "5.0", "$5$", " 5 ", "+5", "x=5", "x = 5", "5.",
        "\\text{5}", "\\boxed{5}", "5 \\text{ cm}", "5\\,", "{5}"],
    "-3": ["-3", "\u22123", "$-3$", "x=-3", "(-3)"],
    "0": ["0", "x=0", "f(0)=0", "P(X=1) = 0", "0.0"],
    "110": ["110", "m+n=110", "m + n = 110"],
    "12^{\\text{th}}": ["12^{\\text{th}}", "12^{\\mathrm{th}}", "12\\text{th}", "12"],
    "1000": ["1000", "1,000", "1{,}000", "1\\,000", "1000.0", "10^3", "1 \\times 10^{3}", "1 \\cdot 10^3"],
    "\\frac{1}{2}": ["1/2", "\\frac{1}{2}", "\\frac12", "\\dfrac{1}{2}", "\\tfrac12", "0.5",
        ".5", "\\frac{2}{4}", "\\left(\\frac{1}{2}\\right)"],
    "\\frac{7}{3}": ["7/3", "\\frac{7}{3}", "2\\frac{1}{3}", "2 \\frac13", "\\frac{14}{6}"],
    "-\\frac{3}{4}": ["-3/4", "\\frac{-3}{4}", "-\\frac34", "-0.75", "\\frac{3}{-4}"],
    "0.25": ["0.25", "1/4", "\\frac14", ".25", "0.250"],
    "3\\sqrt{2}": ["3\\sqrt{2}", "3\\sqrt2", "\\sqrt{18}", "3 \\cdot \\sqrt{2}", "3*sqrt(2)"],
    "2\\pi": ["2\\pi", "2 \\pi", "2\\cdot\\pi", "2*pi", "2π"],
    "x^2+2x+1": ["x^2+2x+1", "(x+1)^2", "1+2x+x^2", "x^{2} + 2x + 1"],
    "(1,2)": ["(1,2)", "(1, 2)", "\\left(1,2\\right)", "1,2", "(x,y)=(1,2)"],
    "\\{1,2,3\\}": ["\\{1,2,3\\}", "\\{3,2,1\\}", "1,2,3", "\\left\\{1, 2, 3\\right\\}"],
    "[0,1)": ["[0,1)", "0 \\le x < 1", "\\left[0, 1\\right)", "x \\in [0,1)"],
    "4n-1": ["4n-1", "-1+4n", "a_n = 4n-1", "3+4(n-1)", "3 + (n-1) \\cdot 4"],
    "2^{n+1}": ["2^{n+1}", "2 \\cdot 2^n", "2^n \\cdot 2"],
    "\\frac{x}{2}+\\frac{1}{3}": ["\\frac{3x+2}{6}", "\\frac{x}{2} + \\frac13", "\\frac16(3x+2)"],
    "2x^2-12x+23": ["2x^2-12x+23", "2(x-3)^2+5"],
    "x^3-y^3": ["x^3-y^3", "(x-y)(x^2+xy+y^2)"],
    "\\cot x": ["\\cot x", "\\frac{\\cos x}{\\sin x}", "\\frac{1}{\\tan x}"],
    "\\frac{\\sqrt{3}}{3}": ["\\frac{\\sqrt{3}}{3}", "\\frac{1}{\\sqrt{3}}", "\\sqrt{\\frac13}", "3^{-1/2}"],
    "\\arctan 2": ["\\arctan 2", "\\tan^{-1} 2"],
    "1+\\ln 2": ["1+\\ln 2", "\\ln 2 + 1", "\\ln(2e)"],
    "\\sqrt{2+\\sqrt{3}}": ["\\sqrt{2+\\sqrt{3}}", "\\frac{\\sqrt{6}+\\sqrt{2}}{2}"],
    "12 \\text{ cm}": ["12", "12 \\text{ cm}", "12\\,\\mathrm{cm}", "12 cm"],
    "90^\\circ": ["90^\\circ", "90", "90^{\\circ}"],
    "50\\%": ["50\\%", "50\\,\\%"],
    "\\$20": ["\\$20", "20", "\\$20.00"],
    "12_8": ["12_8", "12_{8}"],
    "2+3i": ["2+3i", "3i+2", "2 + 3i"],
    "\\text{Friday}": ["Friday", "\\text{Friday}", "friday"],
    "\\text{(C)}": ["\\text{(C)}"],
    "\\begin{pmatrix}1\\\\2\\end{pmatrix}": [
        "\\begin{pmatrix}1\\\\2\\end{pmatrix}", "\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}"],
}  # fmt: skip
PLAIN = [(gold, answer) for gold, answers in RIGHT.items() for answer in answers]

REFUSED = [
    # a percent sign, a base, a letter beside a value: one answer, two golds
    ("50", "50\\%"),
    ("50\\%", "50"),
    ("11", "11_2"),
    ("5", "\\text{(A) } 5"),
    ("A", "\\text{(A) } 5"),
    # a text to be worked out
    ("15x-80", "19x+1-4x-81"),
    ("2k+2", "(-k+4)+(-2+3k)"),
    ("6r^2-4r-24", "4(3r^3+5r-6)-6(2r^3-r^2+4r)"),
    ("\\frac{11+9a}{20}", "\\frac{4+6a}{5}-\\frac{1+3a}{4}"),
    ("5r^5", "\\frac{(10r^3)(4r^6)}{8r^4}"),
    ("6+9i", "(1+2i)6-3i"),
    ("1+2i", "\\frac{-3+4i}{1+2i}"),
    ("-\\frac{\\pi}{6}", "\\arcsin(-\\frac12)"),
    ("-\\sqrt{3}", "\\tan 100^\\circ + 4\\sin 100^\\circ"),
    ("\\frac{\\sqrt{3}}{3}", "\\sqrt{\\sqrt[3]{\\sqrt{\\frac{1}{729}}}}"),
    ("\\frac{n(n+1)}{2}", "\\sum_{k=1}^{n} k"),
    # what a problem says itself: the place for the number, an equation in order for its 0
    ("12", "12^{\\mathrm{th}}"),
    ("12", "x=12^{\\text{th}}"),
    ("0", "a+b+c+d=0"),
    ("0", "2x+3y=0"),
    # two answers
    ("5", "5 \\text{ or } 6"),
    ("5", "5, 6"),
    ("5", "\\{5, 6\\}"),
    ("5", "x=5, x=6"),
    # boxes in boxes
    ("5", "6 \\boxed{5}"),
]


def test_the_table_is_long_enough():
    assert len(PLAIN) >= 60


@pytest.mark.parametrize(("gold", "answer"), PLAIN)
def test_a_right_answer_in_plain_form_is_paid(gold, answer):
    found = grade(gold, f"</think> The answer is $\\boxed{{{answer}}}$.", REWARD, thinking=True)
    assert found, (found.verdict, found.reason)


@pytest.mark.parametrize(("gold", "answer"), REFUSED)
def test_what_hedges_is_not_paid(gold, answer):
    assert not grade(gold, f"</think> \\boxed{{{answer}}}", REWARD, thinking=True)


def test_a_cut_thought_is_not_paid():
    assert not grade("5", "so \\boxed{5} but wait", REWARD, thinking=True)
    assert not grade("5", "<think>\\boxed{5}", REWARD)
    assert not grade("5", "<think>a</think> \\boxed{5} <think> \\boxed{5}", REWARD)
