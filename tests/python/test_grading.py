"""The grader's Python surface: values, the policy, any text. What equals what is tested elsewhere."""

from __future__ import annotations

import dataclasses
import pickle
import re
from pathlib import Path

import pytest
import sdtool
from hypothesis import given
from hypothesis import strategies as st
from sdtool import Comparison, Grade, Policy, compare, equivalent, explain, grade


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
        correct=True, verdict="equal", reason="exact-string", answer="1", think_closed=True, boxed=True
    )
    assert pickle.loads(pickle.dumps(found)) == found
    match found:
        case Grade(correct=True, answer=answer):
            assert answer == "1"


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
