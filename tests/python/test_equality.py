"""What holds of `compare` for every expression: properties of equality, whatever the answers are."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sdtool import Policy, compare

VERDICTS = {"equal", "different", "undecided"}
ROUNDING = {"rounded", "not-rounded"}
# The closed list of reasons is the table of docs/equality.md.
DOCS = Path(__file__).parents[2] / "docs" / "equality.md"


def reasons() -> set[str]:
    """The codes in the first column of the table of reasons."""
    table = DOCS.read_text(encoding="utf-8").split("## Reason codes")[1].split("\n## ")[0]
    return {
        code
        for row in re.findall(r"^\|([^|]*`[^|]*)\|", table, re.MULTILINE)
        for code in re.findall(r"`(.*?)`", row)
    }


# An expression as a pair: how LaTeX writes it, and how plain ASCII does, with sums turned around.
atoms = st.one_of(
    st.integers(0, 120).map(lambda n: (f"{n}", f"{n}")),
    st.sampled_from("xyn").map(lambda name: (name, name)),
    st.integers(2, 19).map(lambda n: (f"\\sqrt{{{n}}}", f"sqrt({n})")),
    st.just(("\\pi", "pi")),
)


def combined(inner):
    pair = st.tuples(inner, inner)
    return st.one_of(
        pair.map(lambda p: (f"{p[0][0]}+{p[1][0]}", f"({p[1][1]}) + ({p[0][1]})")),
        pair.map(lambda p: (f"{p[0][0]}-\\left({p[1][0]}\\right)", f"-({p[1][1]}) + ({p[0][1]})")),
        pair.map(lambda p: (f"\\left({p[0][0]}\\right)\\left({p[1][0]}\\right)", f"({p[1][1]})*({p[0][1]})")),
        st.tuples(inner, st.integers(1, 19)).map(
            lambda p: (f"\\frac{{{p[0][0]}}}{{{p[1]}}}", f"({p[0][1]})/{p[1]}")
        ),
        st.tuples(inner, st.integers(2, 3)).map(
            lambda p: (f"\\left({p[0][0]}\\right)^{{{p[1]}}}", f"({p[0][1]})**{p[1]}")
        ),
    )


expressions = st.recursive(atoms, combined, max_leaves=6)

PIECES = re.findall(
    r"\S+",
    r"""
1 2 0.5 33.333333 x y i e \frac { } ( ) [ ] \{ \} + - = < \le , ; | ^ _ ! \sqrt \pi \pm \infty \cup
\text{ cm \% $ : \in \mathbb{R} \left \right ... or \\ & ° √ ½ ∈ \begin{pmatrix} \end{pmatrix} \log ' A) %
\sum_{k=1}^ \overline \phantom \mathbb \circ no
""",
)
# Answers in words: values, and what may be said of them.
VALUES = ["5", "x", "n^2", "x=5", "x>2", "2k", "f(x)=x", "(1,2)", "\\{1,2\\}", "yes", "no solution", "Evelyn"]
SAID = """
 if n>3| if n \\text{ is even}| for all x>0| for even n|, k\\in\\mathbb{Z}| or | and |, otherwise | unless x=0
| km| red apples| squared| or more| (approximately)| is even| and permutations|; | so
| \\Rightarrow |, because 5>4
"""
LABELS = ["", "", "", "(1) ", "Paolo: ", "A: ", "The answer is ", "not ", "all ", "Case 1: "]
said = st.sampled_from([f" {note.strip()} " for note in SAID.split("|")])
worded = st.lists(
    st.tuples(st.sampled_from(LABELS), st.sampled_from(VALUES), st.one_of(st.just(""), said)),
    min_size=1,
    max_size=3,
).map(lambda parts: "".join(map("".join, parts)))
symbols = st.lists(st.sampled_from([*PIECES, " "]), min_size=1, max_size=12).map("".join)
texts = st.one_of(symbols, worded)


@given(st.one_of(texts, st.text(min_size=1, max_size=30)))
def test_a_text_equals_itself(text):
    found = compare(text, text)
    assume(found.reason != "no-gold")  # nothing but wrappers: an empty answer equals nothing
    assert found.verdict == "equal"


@given(texts, texts)
def test_a_verdict_is_one_of_three_and_its_reason_is_documented(gold, answer):
    found = compare(gold, answer)
    assert found.verdict in VERDICTS
    assert found.reason in reasons()


@given(texts, texts)
def test_the_order_does_not_matter_but_for_rounding(gold, answer):
    there, back = compare(gold, answer), compare(answer, gold)
    if ROUNDING.isdisjoint({there.reason, back.reason}):
        assert (there.verdict == "equal") == (back.verdict == "equal"), (there, back)


@given(expressions)
def test_two_styles_of_one_expression_are_equal(expression):
    latex, plain = expression
    assert compare(latex, plain).verdict == "equal"
    assert compare(plain, latex).verdict == "equal"


@given(expressions)
@pytest.mark.parametrize(
    "rewritten",
    [
        lambda text: re.sub(r"([-+^])", r" \1\\, ", text),
        lambda text: text.replace("\\left", "").replace("\\right", ""),
        lambda text: text.replace("\\left(", "\\bigl(").replace("\\right)", "\\bigr)"),
        lambda text: text.replace("\\frac", "\\dfrac"),
        lambda text: text.replace("\\frac", "\\tfrac"),
        lambda text: f"{{{text}}}",
        lambda text: f"${text}$",
        lambda text: f"\\({text}\\)",
        lambda text: f"\\boxed{{{text}}}",
        lambda text: f"  {text} .",
    ],
    ids=[
        "spacing",
        "no left and right",
        "bigl",
        "dfrac",
        "tfrac",
        "braces",
        "$",
        "\\(",
        "boxed",
        "full stop",
    ],
)
def test_how_it_is_set_does_not_matter(rewritten, expression):
    text, _ = expression
    assert compare(text, rewritten(text)).verdict == "equal"
    assert compare(rewritten(text), text).verdict == "equal"


nonzero = st.one_of(
    st.integers(1, 10**6).map(str),
    st.integers(1, 30).map(lambda n: f"10^{{-{n}}}"),
    st.integers(2, 19).map(lambda n: f"\\sqrt{{{n}}}"),
    st.sampled_from(["x", "xy", "\\pi", "e", "\\frac{1}{7}"]),
)


@given(expressions, nonzero)
def test_an_expression_differs_from_itself_and_another_term(expression, term):
    text, _ = expression
    for answer in (f"{text}+{term}", f"{term}+{text}"):
        assert compare(text, answer).verdict == "different"


@given(st.integers(), st.integers())
def test_an_integer_equals_no_other_integer(first, second):
    assert (compare(str(first), str(second)).verdict == "equal") == (first == second)
    assert compare(str(first), str(first + 1)).verdict == "different"
    assert compare(str(first), f"{first}.0").verdict == "equal"


@given(st.fractions(), st.fractions(max_denominator=1000))
def test_fractions_are_compared_as_fractions(first, second):
    def latex(value, times):
        return f"\\frac{{{value.numerator * times}}}{{{value.denominator * times}}}"

    assert compare(latex(first, 1), latex(first, 6)).verdict == "equal"
    assert (compare(latex(first, 1), f"{second}").verdict == "equal") == (first == second)


@given(texts, texts)
def test_what_the_strict_policy_calls_equal_the_default_calls_equal(gold, answer):
    if compare(gold, answer, Policy.strict()).verdict == "equal":
        assert compare(gold, answer).verdict == "equal"


def test_eight_threads_give_the_verdicts_of_one():
    pairs = [
        (gold, answer)
        for n in range(2, 60)
        for gold, answer in [
            (f"\\sqrt{{{n}}}+\\frac{{1}}{{{n}}}", f"1/{n} + sqrt({n})"),
            (f"(x+1)^{{{n % 12}}}", f"(1+x)^{{{n % 11}}}"),
            (f"{n}^{{{n}}}", f"{n}*{n}^{{{n - 1}}}"),
            (f"({n},\\infty)", f"x>{n}"),
            (f"\\frac{{1}}{{{n}}}", f"{1 / n:.7g}"),
            (f"\\binom{{{n}}}{{3}}!", "x\\"),
        ]
    ]
    alone = [compare(*pair) for pair in pairs]
    with ThreadPoolExecutor(8) as pool:
        for together in pool.map(lambda _: [compare(*pair) for pair in pairs], range(8)):
            assert together == alone
