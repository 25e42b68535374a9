r"""Extraction: the last `\boxed{}` after the last `</think>`, in any text a str can hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sdtool import Extraction, extract

CASES = [
    # what is asked                       response                                           answer
    ("a plain box", r"The answer is $\boxed{42}$.", "42"),
    ("no box", "The answer is 42.", None),
    ("nothing at all", "", None),
    ("nested braces", r"\boxed{\frac{1}{2}}", r"\frac{1}{2}"),
    ("escaped braces", r"\boxed{\{1, 2\}}", r"\{1, 2\}"),
    ("an escaped brace that does not open", r"\boxed{a \{ b}", r"a \{ b"),
    ("an escaped brace that does not close", r"\boxed{a \} b}", r"a \} b"),
    ("an escaped backslash before a brace", r"\boxed{a\\}", r"a\\"),
    ("the last box", r"\boxed{1} or rather \boxed{2}", "2"),
    ("a box alone in a box is its content", r"\boxed{ $\boxed{5}$ }", "5"),
    ("a box beside something else in a box", r"\boxed{6 \boxed{5}}", None),
    ("a box in a group", r"\text{so \boxed{5}}", "5"),
    ("a box after one that is never closed", r"in \boxed{: \boxed{5}", "5"),
    ("fbox", r"\fbox{7}", "7"),
    ("the last of both kinds", r"\boxed{1} \fbox{2} \boxed{3} \fbox{4}", "4"),
    ("white space before the brace", "\\boxed \n\t{5}", "5"),
    ("inner white space is kept", r"\boxed{ 5 }", " 5 "),
    ("an answer over several lines", "\\boxed{1,\n2}", "1,\n2"),
    ("an unterminated last box", r"\boxed{1} \boxed{2", None),
    ("an unterminated last box, braces inside", r"\boxed{1} \boxed{\frac{1}{2}", None),
    ("an empty last box", r"\boxed{1} \boxed{}", None),
    ("a blank last box", "\\boxed{1} \\boxed{ \n\u00a0}", None),
    ("a command without a brace is no box", r"\boxed{1} \boxed", "1"),
    ("a longer command is no box", r"\boxed{1} \boxedsomething{2}", "1"),
    ("box without its backslash", r"\boxed{1} boxed{2} fbox{3}", "1"),
    ("an upper-case box", r"\boxed{1} \BOXED{2}", "1"),
    ("after the thought", r"<think>\boxed{1}</think> \boxed{2}", "2"),
    ("only in the thought", r"<think>\boxed{1}</think> so it is 1", None),
    ("a thought that never closes", r"<think>\boxed{1}", None),
    ("a thought that the prompt opened", r"\boxed{1}</think>\boxed{2}", "2"),
    ("several thoughts", r"<think>a</think>\boxed{1}<think>b</think>\boxed{2}", "2"),
    ("several thoughts, none after the last", r"<think>a</think>\boxed{1}<think>b</think>", None),
    ("a thought that is opened again", r"<think>a</think>\boxed{1}<think>\boxed{2}", None),
    ("a box that spans the end of the thought", r"\boxed{1</think>2}", None),
    ("a tag that is no tag", r"</ think> \boxed{1} </THINK> <thinking>", "1"),
    ("beyond ASCII", "é∞ \\boxed{½ ≤ x} ∎", "½ ≤ x"),
    ("beyond the basic plane", "\U0001f600 \\boxed{\U0001f600_2}", "\U0001f600_2"),
    ("a lone surrogate around it", "\udc80 \\boxed{1} \ud800", "1"),
    ("a lone surrogate in it", "\\boxed{\ud800}", "\ud800"),
    ("NUL", "\0\\boxed{\0}", "\0"),
]


@pytest.mark.parametrize(("response", "answer"), [pytest.param(*case[1:], id=case[0]) for case in CASES])
def test_cases(response, answer):
    found = extract(response)
    assert found.answer == answer
    assert found.boxed == (answer is not None)
    if answer is not None:
        assert response[found.start : found.end] == answer


@pytest.mark.parametrize(
    ("response", "with_thought", "plain", "by_tags"),
    [
        (r"\boxed{1}", None, "1", "1"),
        (r"<think>\boxed{1}", None, "1", None),
        (r"\boxed{1}</think>", None, "1", None),
        (r"\boxed{1}</think>\boxed{2}", "2", "2", "2"),
        (r"\boxed{1}</think>two", None, "1", None),
    ],
)
def test_thinking_says_what_a_response_is(response, with_thought, plain, by_tags):
    assert [extract(response, thinking).answer for thinking in (True, False, None)] == [
        with_thought,
        plain,
        by_tags,
    ]
    for thinking in (True, False, None):
        assert extract(response, thinking=thinking).think_closed == ("</think>" in response)


def test_the_result_is_a_value():
    import pickle

    found = extract("\\boxed{1}")
    assert found == Extraction("1", 7, 8, think_closed=False, boxed=True, extractor="boxed")
    assert hash(found) == hash(extract("\\boxed{1}"))
    assert pickle.loads(pickle.dumps(found)) == found
    fields = {
        "answer": "1", "start": 7, "end": 8, "think_closed": False, "boxed": True, "extractor": "boxed",
    }  # fmt: skip
    assert repr(found) == f"Extraction({', '.join(f'{name}={value!r}' for name, value in fields.items())})"
    assert found.as_dict() == found._asdict() == fields
    match found:
        case Extraction(answer, start, end):
            assert (answer, start, end) == ("1", 7, 8)
    with pytest.raises(AttributeError):
        found.answer = "2"


@pytest.mark.parametrize(
    ("extractor", "response", "answer"),
    [
        ("hash", "9 * 2 = 18\n#### 18", "18"),
        ("hash", "#### 1\n#### 2\nbye", "2"),
        ("hash", "18", None),
        ("minerva", "The final answer is $18$. I hope it is correct.", "$18$"),
        ("answer-line", "**Answer:** 18", "18"),
        ("answer-line", "Answer: 1\nAnswer: 2", "2"),
        ("answer-tag", "<answer>1</answer> <answer>2</answer>", "2"),
        ("answer-tag", "<answer>1</answer> <answer>2", None),
        (("boxed", "hash"), "#### 18", "18"),
        (("boxed", "hash"), r"#### 18 \boxed{3}", "3"),
        (("boxed", "hash"), r"#### 18 \boxed{3", None),
        (["hash", "boxed"], r"#### 18", "18"),
    ],
)
def test_extractors(extractor, response, answer):
    found = extract(response, extractor=extractor)
    assert found.answer == answer
    if answer is None:
        assert found.extractor is None
    else:
        assert response[found.start : found.end] == answer
        assert found.extractor in ([extractor] if isinstance(extractor, str) else extractor)
    assert found.boxed == (found.extractor == "boxed")
    assert extract(f"<think>{response}", extractor=extractor).answer is None


@pytest.mark.parametrize(
    ("close_tag", "open_tag"),
    [
        ("[/THINK]", "[THINK]"),
        ("</thought>", "<thought>"),
        ("</seed:think>", "<seed:think>"),
        ("</x>", "<x>"),
    ],
)
def test_other_tags_close_a_thought(close_tag, open_tag):
    response = f"{open_tag} \\boxed{{1}} {close_tag} \\boxed{{2}}"
    assert extract(response, close_tag=close_tag).answer == "2"
    assert extract(response, close_tag=close_tag).think_closed
    assert extract(f"{open_tag} \\boxed{{1}}", close_tag=close_tag).answer is None
    assert extract(response + f"{open_tag} \\boxed{{3}}", close_tag=close_tag).answer is None


any_text = st.text(st.characters(), max_size=200)  # surrogates included
pieces = st.sampled_from(
    ["\\boxed", "\\fbox", "{", "}", "\\", "</think>", "<think>", " ", "box", "\\{", "x", "\ud800", "é"]
)
hostile = st.lists(pieces | any_text, max_size=30).map("".join)


@given(hostile, st.sampled_from([True, False, None]))
def test_an_answer_is_always_text_of_the_response(response, thinking):
    found = extract(response, thinking)
    assert found.think_closed == ("</think>" in response)
    if found.answer is None:
        assert (found.start, found.end, found.boxed) == (None, None, False)
    else:
        assert response[found.start : found.end] == found.answer
        assert found.answer.strip()
        before = response[: found.start]
        assert before.endswith("{")
        assert before[:-1].rstrip(" \t\n\r\f\v").endswith(("\\boxed", "\\fbox"))


balanced = st.recursive(
    st.text(st.characters(exclude_characters="{}\\"), min_size=1, max_size=10)
    | st.sampled_from(["\\{", "\\}", "\\\\", "\\frac"]),
    lambda inner: st.lists(inner, min_size=1, max_size=4).map(lambda parts: "{" + "".join(parts) + "}"),
    max_leaves=15,
)


@given(
    before=hostile,
    answer=balanced.filter(
        lambda text: text.strip() and "\\boxed" not in text and "\\fbox" not in text and "think>" not in text
    ),
    after=any_text.filter(
        lambda text: "\\boxed" not in text and "\\fbox" not in text and "think>" not in text
    ),
    name=st.sampled_from(["\\boxed", "\\fbox"]),
    gap=st.sampled_from(["", " ", "\n", "  "]),
    thinking=st.sampled_from([True, False, None]),
)
def test_a_box_is_found_in_any_surroundings(before, answer, after, name, gap, thinking):
    response = f"{before}</think>{name}{gap}{{{answer}}}{after}"
    found = extract(response, thinking)
    assert found.answer == answer
    assert found.start == len(before) + len("</think>") + len(name) + len(gap) + 1


@pytest.mark.parametrize(
    "unit", ["{", "}", "\\", "\\boxed{", "\\boxed ", "\\fbox", "<think>", "</think", "box", "\\boxed{1}"]
)
def test_a_megabyte_of_anything_takes_linear_time(unit):
    extract(unit * (1_000_000 // len(unit)))
    extract("\\boxed{" + unit * (1_000_000 // len(unit)))
    extract("\\boxed" + " " * 1_000_000 + unit)
