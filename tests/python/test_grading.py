"""The grader's Python surface: values, the policy, any text. What equals what is tested elsewhere."""

from __future__ import annotations

import dataclasses
import pickle
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import pytest
import sdtool
from hypothesis import given
from hypothesis import strategies as st
from sdtool import Comparison, Grade, Policy, check_gold, compare, equivalent, explain, grade


def test_a_comparison_is_a_value():
    found = compare("1", "2")
    assert found == Comparison("different", "different-value")
    assert repr(found) == "Comparison(verdict='different', reason='different-value')"
    assert pickle.loads(pickle.dumps(found)) == found
    assert len({found, compare("1", "2")}) == 1
    with pytest.raises(AttributeError):
        found.verdict = "equal"


def test_a_grade_is_a_value():
    found = grade("1", "</think> \\boxed{1}")
    assert found == Grade(
        correct=True, verdict="equal", reason="exact-string", answer="1", think_closed=True, boxed=True,
        extractor="boxed",
    )  # fmt: skip
    assert pickle.loads(pickle.dumps(found)) == found
    match found:
        case Grade(correct=True, answer=answer):
            assert answer == "1"


def test_only_a_correct_grade_is_true():
    assert grade("1", "\\boxed{1}")
    assert not grade("1", "\\boxed{2}")
    assert not grade("1", "so 1")
    assert not grade("\\frac{", "\\boxed{2}")


def test_results_are_dicts_too():
    found = grade("1", "\\boxed{1}")
    assert found.as_dict() == found._asdict()
    assert list(found.as_dict()) == list(Grade.__match_args__)
    assert compare("1", "2").as_dict() == {"verdict": "different", "reason": "different-value"}
    assert check_gold("1")._asdict() == {"ok": True, "verdict": "equal", "reason": "exact", "value": "1"}


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        (2, "2"),
        (-3, "-3"),
        (10**40, "1" + "0" * 40),
        (0.5, "1/2"),
        (1e-05, "0.00001"),
        (1e22, "10^{22}"),
        (float("inf"), "\\infty"),
        (Fraction(1, 3), "\\frac{1}{3}"),
        (Decimal("1.50"), "1.5"),
        (True, "true"),
        (["7", 2], "2"),
        ((Fraction(1, 2), "3"), "3"),
        ("We find that $x=2$, so the answer is $\\boxed{2}$.", "2"),
        ("48/2 = 24\n#### 24", "24"),
    ],
)
def test_what_a_gold_may_be(gold, answer):
    assert equivalent(gold, answer)
    assert compare(gold, answer).verdict == "equal"
    assert grade(gold, f"\\boxed{{{answer}}}").correct
    assert not equivalent(gold, "12345")


def test_numbers_of_numpy():
    np = pytest.importorskip("numpy")
    for number in (np.int64(2), np.float64(2), np.float32(2), np.uint8(2)):
        assert equivalent(number, "2")


def test_the_best_of_several_golds_counts():
    assert compare(["1", "2"], "2").reason == "exact-string"
    assert compare(["1", "\\frac{"], "3").verdict == "undecided"
    assert compare(["1", "2"], "3").verdict == "different"


@pytest.mark.parametrize(
    ("messages", "answer"),
    [
        ([{"role": "assistant", "content": "\\boxed{1}"}], "1"),
        (({"role": "assistant", "content": "\\boxed{1}"}, {"role": "user", "content": "\\boxed{2}"}), "1"),
        ([{"role": "assistant", "content": f"\\boxed{{{n}}}"} for n in (1, 2)], "2"),
        ([{"role": "assistant", "content": [{"type": "text", "text": "\\boxed"}, {"text": "{3}"}]}], "3"),
        ([SimpleNamespace(role="assistant", content="\\boxed{4}")], "4"),
        ([{"role": "assistant", "content": "\\boxed{5}", "reasoning_content": "\\boxed{6}"}], "5"),
        ([{"role": "assistant", "content": None, "reasoning_content": "\\boxed{6}"}], None),
        ([{"role": "assistant", "content": None}], None),
    ],
)
def test_the_last_message_of_the_assistant_is_the_response(messages, answer):
    assert grade("1", messages).answer == answer


def test_a_thought_that_a_message_keeps_apart_is_a_thought():
    message = {"role": "assistant", "content": "\\boxed{5}", "reasoning_content": "hm"}
    found = grade("5", [message], thinking=True)
    assert (found.correct, found.think_closed) == (True, True)
    assert not grade("5", [message | {"content": ""}], thinking=True).think_closed
    assert grade("5", [message], thinking=True, close_tag="[/THINK]").correct


@pytest.mark.parametrize(
    ("gold", "ok", "reason", "value"),
    [
        ("\\frac{2}{4}", True, "exact", "1/2"),
        ("It is $\\boxed{7}$, as was to be shown.", True, "exact", "7"),
        ("\\frac{2}{", False, "unparsable-gold", None),
        ("", False, "no-gold", None),
        (["\\frac{2}{", "3"], True, "exact", "3"),
        (3, True, "exact", "3"),
    ],
)
def test_whether_a_gold_can_be_matched(gold, ok, reason, value):
    found = check_gold(gold)
    assert (found.ok, found.reason, found.value) == (ok, reason, value)


@pytest.mark.parametrize(
    ("response", "thinking", "reason"),
    [
        ("so 1", None, "no-answer"),
        ("\\boxed{1}", True, "no-answer"),
        ("\\boxed{2} \\boxed{", None, "no-answer"),
    ],
)
def test_without_an_answer_nothing_is_correct(response, thinking, reason):
    found = grade("1", response, thinking=thinking)
    assert (found.correct, found.verdict, found.reason, found.answer, found.boxed) == (
        False, "different", reason, None, False,
    )  # fmt: skip


def test_the_policy_is_a_frozen_value():
    assert Policy() == Policy()
    assert Policy() != Policy.strict()
    assert hash(Policy()) == hash(Policy())
    assert pickle.loads(pickle.dumps(Policy.strict())) == Policy.strict()
    with pytest.raises(dataclasses.FrozenInstanceError):
        Policy().ignore_unit = False
    assert equivalent("50", "50\\%")
    assert not equivalent("50", "50\\%", Policy(ignore_percent=False))
    assert not equivalent("50", "50\\%", policy=Policy.strict())


def test_the_defaults_are_those_of_the_native_grader():
    source = Path(__file__).parents[2] / "rust" / "sdgrade" / "src" / "policy.rs"
    if not source.is_file():
        pytest.skip("the native source is not here")
    blocks = re.findall(
        r"fn (?:default|strict)\(\) -> Self \{\s*Self \{(.*?)\}", source.read_text(), re.DOTALL
    )

    def stated(block):
        values = {}
        for name, value in re.findall(r"(\w+): ([^,]+),", block):
            literal = re.sub(r"Some\((.*)\)", r"\1", value).replace("_", "")
            words = {"true": True, "false": False, "None": None}
            values[name] = (
                words[literal]
                if literal in words
                else eval(literal)
                if "::" not in literal
                else sdtool.Limits()
            )
        return values

    default, strict, limits = (stated(block) for block in blocks)
    assert Policy(**default) == Policy()
    assert Policy(**strict) == Policy.strict()
    assert sdtool.Limits(**limits) == sdtool.Limits()
    assert {field.name for field in dataclasses.fields(Policy)} == set(default)


any_text = st.text(st.characters(), max_size=30)  # surrogates included


@given(any_text, any_text)
def test_any_text_is_compared_and_explained(gold, answer):
    found = compare(gold, answer)
    assert found.verdict in {"equal", "different", "undecided"}
    assert equivalent(gold, answer) == (found.verdict == "equal")
    assert grade(gold, answer).correct in {True, False}
    assert isinstance(explain(gold, answer), str)


def test_surrogates_equal_only_themselves():
    assert equivalent("\ud800", "\ud800")
    assert not equivalent("\ud800", "\ud801")
    assert compare("\ud800", "1").reason == "unparsable-gold"


def test_looped():
    from sdtool.grading import looped

    assert looped([1, 2, 3] * 100)
    assert not looped(range(1_000))
    assert not looped([])


def test_a_limit_that_outgrows_the_stack_is_refused():
    assert sdtool.Limits(depth=100).depth == 100
    with pytest.raises(ValueError, match="at most 100"):
        sdtool.Limits(depth=100_000)
