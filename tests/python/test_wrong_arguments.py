"""Every wrong type of argument of the public functions ends in one exception that says which."""

from __future__ import annotations

import pytest
import sdtool

WRONG = {
    "text": [None, 1, 1.5, b"1", ["1"], {"a": 1}, object()],
    "gold": [None, b"1", {"a": 1}, {"1"}, object(), 1j, [None], [b"1"], [["1"]]],
    "response": [None, 1, b"1", {"role": "assistant", "content": "1"}, object()],
    "policy": ["strict", 1, {}, sdtool.Policy, sdtool.Limits()],
    "thinking": ["yes", 1, 0, [], "auto"],
    "extractor": [1, b"boxed", [1], {"boxed": 1}],
    "close_tag": [1, b"</think>", ["</think>"]],
    "threads": ["2", 1.5, [2]],
    "rows": [None, "1", 1, b"1", {"1"}, {"a": 1}, [b"1"], [object()]],
}
CALLS = {
    "extract": {
        "response": "text", "thinking": "thinking", "extractor": "extractor", "close_tag": "close_tag",
    },
    "compare": {"gold": "gold", "answer": "text", "policy": "policy"},
    "equivalent": {"gold": "gold", "answer": "text", "policy": "policy"},
    "explain": {"gold": "gold", "answer": "text", "policy": "policy"},
    "check_gold": {"gold": "gold", "policy": "policy"},
    "grade": {
        "gold": "gold", "response": "response", "policy": "policy", "thinking": "thinking",
        "extractor": "extractor", "close_tag": "close_tag",
    },
    "grade_batch": {
        "golds": "rows", "responses": "rows", "policy": "policy", "thinking": "thinking",
        "extractor": "extractor", "close_tag": "close_tag", "threads": "threads",
    },
}  # fmt: skip
RIGHT = {"response": "\\boxed{1}", "gold": "1", "answer": "1", "golds": ["1"], "responses": ["\\boxed{1}"]}
CASES = [
    pytest.param(function, argument, value, id=f"{function} {argument} {value!r:.30}")
    for function, arguments in CALLS.items()
    for argument, kind in arguments.items()
    for value in WRONG[kind]
]


@pytest.mark.parametrize(("function", "argument", "value"), CASES)
def test_a_wrong_type_is_named(function, argument, value):
    needed = {name: RIGHT[name] for name in CALLS[function] if name in RIGHT}
    with pytest.raises(TypeError) as raised:
        getattr(sdtool, function)(**(needed | {argument: value}))
    message = str(raised.value)
    assert argument in message
    assert "\n" not in message
    assert len(message) < 200


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sdtool.extract("", extractor="box"), 'no extractor "box".* boxed, hash, minerva'),
        (lambda: sdtool.extract("", extractor=()), "extractor: it names none"),
        (lambda: sdtool.extract("", close_tag=""), "close_tag is empty"),
        (lambda: sdtool.grade([], ""), "gold: it is an empty list"),
        (lambda: sdtool.grade(float("nan"), ""), "gold: it is nan"),
        (lambda: sdtool.grade("1", []), "no message has the role assistant"),
        (lambda: sdtool.grade("1", [{"role": "user", "content": "1"}]), "no message has the role assistant"),
        (lambda: sdtool.grade_batch(["1"], []), "1 golds for 0 responses"),
        (lambda: sdtool.grade_batch([], [], threads=0), "threads must be at least 1"),
    ],
)
def test_a_wrong_value_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("field", "value"),
    [("ignore_unit", "yes"), ("answer_rounding_digits", -1), ("answer_rounding_digits", 2.5), ("limits", 3)],
)
def test_a_policy_names_the_field_that_is_wrong(field, value):
    with pytest.raises((TypeError, AttributeError), match=field if field != "limits" else "length"):
        sdtool.Policy(**{field: value})


def test_arguments_that_do_not_exist():
    with pytest.raises(TypeError, match="polcy"):
        sdtool.grade("1", "1", polcy=None)
    with pytest.raises(TypeError, match="response"):
        sdtool.grade("1")
