"""Which texts hold a problem: the rule, case by case, and the index that finds them."""

import pickle
import random
from pathlib import Path

import pytest
from sdtool.validation import ProblemIndex, read_rows
from sdtool.validation.wording import statement

STEM = (
    "In triangle $ABC$ the side $AB$ has length $13$, the side $BC$ has length $14$ and the side $CA$ has "
    "length $15$. The point $D$ is the foot of the altitude from $A$. "
)
AREA = STEM + "Find the area of triangle $ABD$."
WALK = (
    "Every morning Mara walks $9$ kilometers at a constant speed of $s$ kilometers per hour and then reads "
    "for $t$ minutes. Walk and reading take her four hours. How many minutes does she read?"
)
LOWEST = "where $m$ and $n$ are relatively prime positive integers. Find $m+n$."
DRAWING = '[asy] size(5cm); pair A=(0,0), B=(13,0), C=(5,12); draw(A--B--C--cycle); label("$A$",A,S); [/asy]'
CHAT = "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\nPROBLEM<|im_end|>\n"
PROMPT = (
    "Solve the following math problem step by step. The last line of your response should be of the form "
    "Answer: $Answer (without quotes) where $Answer is the answer to the problem.\n\nPROBLEM\n\n"
    'Remember to put your answer on its own line after "Answer:".'
)
BOXED = "PROBLEM Please reason step by step, and put your final answer within \\boxed{}."
SOLUTION = "PROBLEM\n\nSolution. The altitude makes parts of $5$ and $9$, so the answer is $\\boxed{30}$."


def kinds(problem, text, same_gold=False):
    return [match.kind for match in ProblemIndex([problem]).search([text], lambda *_: same_gold)[0]]


@pytest.mark.parametrize(
    "wrap",
    [
        CHAT,
        PROMPT,
        BOXED,
        SOLUTION,
        "Solve the following math problem step by step: PROBLEM",
        "Please reason step by step, and put your final answer within \\boxed{}: PROBLEM",
        "PROBLEM\nPlease reason step by step, and put your final answer within \\boxed{}.",
        "PROBLEM\nGive your answer in the form: p, q, r, s",
        "Problem 7. PROBLEM",
        "(AIME 1994, Problem 7) PROBLEM",
        "PROBLEM\n" + DRAWING,
    ],
)
@pytest.mark.parametrize(
    "problem",
    [AREA, WALK, "Compute $\\dbinom{31}{28}$.", "Compute $\\dbinom{31}{28}+\\binom{7}{3}$", "What is $2+3$?"],
)
def test_what_stands_around_a_problem_does_not_hide_it(wrap, problem):
    text = wrap.replace("PROBLEM", problem)
    assert kinds(problem, text) == ["exact"]
    if wrap != SOLUTION:  # which is no wrapping of a problem
        assert kinds(text, problem)[0] in {"exact", "near"}


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (AREA, AREA.replace("$ABC$", "$A B C$").replace("$AB$", "\\(\\overline{AB}\\)")),
        (AREA, AREA.replace("$", "").replace("  ", " ").upper()),
        (AREA, AREA.replace("$AB$", "$\\overline{A B}$").replace("triangle $ABC$", "$\\triangle ABC$")),
        (AREA, AREA.replace(" The point", DRAWING + "\n\nThe point")),
        (AREA + DRAWING, AREA),
        (AREA + DRAWING, DRAWING.replace("13", "14") + AREA),
        (WALK, WALK.replace("$9$ kilometers", "$9$-kilometer").replace("four", "$4$")),
        (r"Let $f(x)=\dfrac12 x^{2}$. Find $f(1{,}000)$.", r"Let \(f(x)=\frac{1}{2}x^2\). Find \(f(1000)\)."),
        ("Find all $x$ with $xy \\le 7$ and $xyz = 30$.", "Find all x with x y ≤ 7 and x y z = 30."),
    ],
)
def test_typesetting_and_drawings_do_not_matter(problem, text):
    assert kinds(problem, text)[0] in {"exact", "near"}
    assert kinds(text, problem)[0] in {"exact", "near"}


MARBLES = (
    "A jar holds $5$ red, $6$ blue and $7$ green marbles, and Mara draws three of them one after another. "
)
PLAIN = "What is the probability that all three have the same color?"
SAME = "the probability that all three have the same color"
CIRCLE = (
    "In triangle $ABC$ we have $AB=13$, $BC=14$ and $CA=15$, and the circle $\\omega$ touches $AB$ and $AC$ "
    "and passes through the midpoint $M$ of $BC$. "
)
POINTS = "Let $S$ be the set of the $40$ points of a circle that are $9$ degrees apart. "


@pytest.mark.parametrize(
    ("plain", "coded"),
    [
        (PLAIN, f"Given that {SAME} is $\\frac{{m}}{{n}}$, " + LOWEST.replace(". Find", ", find")),
        (PLAIN, f"The {SAME} can be written as $\\frac{{m}}{{n}}$, {LOWEST}"),
        (PLAIN, f"The {SAME} is $\\frac{{p}}{{q}}$ for coprime $p$ and $q$. What is $100p + q$?"),
        (
            PLAIN,
            f"The {SAME} is $m/n$ for integers $m$, $n$ whose greatest common divisor is $1$. Find $m+n$.",
        ),
        (PLAIN, f"Let $p$ be {SAME}. If $p=\\frac{{m}}{{n}}$ in lowest terms, what is the value of $m + n$?"),
        (
            f"Find {SAME}. Express your answer as a common fraction.",
            f"Find {SAME}, to the nearest hundredth.",
        ),
    ],
)
def test_a_chance_coded_as_a_whole_number_is_the_same_question(plain, coded):
    plain, coded = MARBLES + plain, MARBLES + coded
    assert kinds(plain, coded)[0] in {"exact", "near"}
    assert kinds(coded, plain)[0] in {"exact", "near"}


@pytest.mark.parametrize(
    ("plain", "coded"),
    [
        (
            CIRCLE + "Find the radius of $\\omega$.",
            CIRCLE
            + "The radius of $\\omega$ can be expressed as $\\frac{m\\sqrt{n}}{p}$, where $m$, $n$, and $p$ "
            "are positive integers, $m$ and $p$ are relatively prime, and $n$ is not divisible by the square "
            "of any prime. Find $m+n+p$.",
        ),
        (
            CIRCLE + "What is the radius of $\\omega$?",
            CIRCLE + "If the radius of $\\omega$ is $\\frac ab$ in simplest form, then find $a+b$.",
        ),
        (
            POINTS + "Find the number of obtuse triangles whose vertices are in $S$.",
            POINTS
            + "Let $N$ be the number of obtuse triangles whose vertices are in $S$. Find the remainder when "
            "$N$ is divided by $1000$.",
        ),
        (
            POINTS + "How many obtuse triangles have their vertices in $S$?",
            POINTS + "Find the number of obtuse triangles that have their vertices in $S$, modulo $1000$.",
        ),
    ],
)
def test_other_codes_are_the_same_question(plain, coded):
    assert kinds(plain, coded)[0] in {"exact", "near"}
    assert kinds(coded, plain)[0] in {"exact", "near"}


@pytest.mark.parametrize(
    ("problem", "text", "why"),
    [
        (AREA, STEM + "Find the length of $AD$.", "question"),
        (AREA, STEM + "Find the area of triangle $ACD$.", "question"),
        (AREA, STEM, "question"),
        (CIRCLE + "Find the radius of $\\omega$.", CIRCLE + "Find the diameter of $\\omega$.", "question"),
        (CIRCLE + "Prove that $\\omega$ is unique.", CIRCLE + "Find the radius of $\\omega$.", "question"),
        (STEM + "Find $AD$.", STEM + "Find $AD+DB$.", "asks for more"),
        (AREA, AREA.replace("13", "17"), "numbers differ"),
        (WALK, WALK.replace("four", "five"), "numbers differ"),
        (AREA + " Let $x+y=1$.", AREA + " Let $x-y=1$.", "differ"),
    ],
)
def test_another_question_or_number_is_a_possible_match_only(problem, text, why):
    (match,) = ProblemIndex([problem]).search([text])[0]
    assert match.kind == "possible"
    assert not match.same
    assert why in match.difference


def test_other_scripts_are_read_too():
    problem = "已知等差数列的首项为$3$且公差为$5$。设其前$n$项的和为$S_n$。求$a_{10}$的值与各项之和。"
    assert kinds(problem, f"请逐步推理。{problem.replace('$', ' ')}") == ["exact"]
    assert kinds(problem, problem.replace("值", "余")) == ["possible"]


REWORDED = (
    "Before work Mara covers $9$ kilometers on foot, at a steady speed of $s$ kilometers per hour, and then "
    "reads for $t$ minutes; with the reading it takes her four hours. For how many minutes does she read?"
)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        (REWORDED, True),
        (REWORDED.replace("$9$", "$8$"), False),
        (REWORDED.replace("does she read", "does she walk"), False),
    ],
)
def test_equal_golds_lower_the_bar_for_the_wording_and_not_for_numbers_or_the_question(text, same):
    assert "near" not in kinds(WALK, text)
    assert ("near" in kinds(WALK, text, same_gold=True)) == same


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (AREA, WALK),
        ("What is $2+3$?", "What is $2+3x$ if $x=1$?"),
        ("Find $m+n$.", AREA[:-1] + ", as a fraction $m/n$ in lowest terms, and then find $m+n$."),
        ("Compute $\\dbinom{31}{28}$.", "Compute $\\dbinom{31}{28} + 1$."),
        (AREA, ""),
        ("", AREA),
        ("?", "?!"),
    ],
)
def test_other_problems_do_not_match(problem, text):
    assert not any(match.same for match in ProblemIndex([problem]).search([text])[0])


WORDS = ["apple", "bridge", "candle", "door", "engine", "forest", "garden", "hammer", "island", "jacket"]


def made_up(number):
    rng = random.Random(number)
    return " ".join(rng.choices(WORDS, k=30)) + f". What is the sum of {number} and {rng.randrange(100)}?"


def test_an_index_finds_each_text_of_many_whatever_the_batch(monkeypatch):
    problems = [made_up(number) for number in range(200)]
    index = pickle.loads(pickle.dumps(ProblemIndex(problems)))
    texts = [CHAT.replace("PROBLEM", made_up(number)) for number in range(100, 300)]
    found = index.search(texts)
    assert [[match.problem for match in matches if match.same] for matches in found] == [
        [number] if number < 200 else [] for number in range(100, 300)
    ]
    monkeypatch.setattr("sdtool.validation.index.BATCH", 500)
    assert index.search(texts) == found
    assert [index.search([text])[0] for text in texts] == found
    assert index.holds(texts) == [number < 200 for number in range(100, 300)]


def test_copies_of_one_problem_are_all_found():
    index = ProblemIndex([AREA] * 300 + [WALK])
    assert [match.problem for match in index.search([AREA])[0]] == list(range(300))


def test_an_empty_index_holds_nothing():
    assert ProblemIndex([]).search([AREA, ""]) == [[], []]


@pytest.mark.parametrize(
    "text",
    [
        "[asy]" * 20_000,
        "\\begin{asy}" * 9_000,
        "$" * 50_000,
        "<" * 50_000,
        "1," * 50_000,
        "a " * 60_000,
        "Find " * 9_000,
        "find a" + " + a" * 20_000 + " coprime!",
    ],
)
def test_hostile_texts_take_no_longer_than_others(text):
    assert statement(text) is not None
    assert ProblemIndex([AREA]).search([text]) == [[]]


def test_two_collections_of_one_contest_are_matched():
    folder = Path(__file__).parents[3] / "shared" / "problems"
    if not folder.exists():
        pytest.skip("the problem files are not beside this checkout")
    names = ("matharena_aime_2024_I", "matharena_aime_2024_II", "math500", "deepscaler_amc")
    ours = [row for name in names for row in read_rows(folder / f"{name}.jsonl")]
    theirs = read_rows(folder / "deepscaler_aime.jsonl")
    index = ProblemIndex([row["problem"] for row in ours])
    found = index.search(
        [row["problem"] for row in theirs],
        lambda text, problem: theirs[text]["answer"] == ours[problem]["answer"],
    )
    same = [(text, match.problem) for text, matches in enumerate(found) for match in matches if match.same]
    # The AIME of 2024 in another transcription, each with its twin; searched from one side only.
    assert len(same) >= 26
    assert all(text == problem for text, problem in same)
