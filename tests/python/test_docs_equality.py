"""docs/equality.md says what the grader does: examples, reasons, policies, limits, `explain`."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
import sdtool

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "equality.md").read_text(encoding="utf-8")


def section(title):
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(text):
    """The cells of a table's rows, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def examples():
    """`a` = `b`, `a` ≠ `b`: the first of a row of them is the gold."""
    text = re.sub(r"\s+", " ", PAGE)
    for found in re.finditer(r"`[^`]+`(?: [=≠] `[^`]+`)+", text):
        gold, *others = re.split(r"(?<=`) ([=≠]) (?=`)", found[0])
        for sign, answer in zip(others[::2], others[1::2], strict=True):
            yield gold.strip("`"), answer.strip("`"), {"=": "equal", "≠": "different"}[sign]


EXAMPLES = list(examples())


def test_there_are_examples():
    assert len(EXAMPLES) > 70


@pytest.mark.parametrize(("gold", "answer", "verdict"), EXAMPLES)
def test_an_example_holds(gold, answer, verdict):
    assert sdtool.compare(gold, answer).verdict == verdict


@pytest.mark.parametrize("row", rows(section("Beside Math-Verify")))
def test_our_side_beside_math_verify(row):
    gold, answer, verdict, theirs = row
    assert sdtool.compare(gold.strip("`"), answer.strip("`")).verdict == verdict != theirs


def test_the_reasons_are_those_of_the_code():
    source = (ROOT / "rust" / "sdgrade" / "src" / "verdict" / "reason.rs").read_text(encoding="utf-8")
    known = re.findall(r'^    \w+, "([\w-]+)", (\w+), "(.*)";$', source, re.MULTILINE)
    assert known
    told = [(row[0].strip("`"), row[1].capitalize(), row[2]) for row in rows(section("Reason codes"))]
    assert told == known


def test_the_policies_are_those_of_the_code():
    policies = [sdtool.Policy(), sdtool.Policy.strict(), sdtool.Policy.reward()]
    shown = {True: "yes", False: "no", None: "off"}
    table = {row[0].strip("`"): row[1:4] for row in rows(section("Policies"))}
    assert list(table) == [field.name for field in fields(sdtool.Policy)]
    for name, cells in table.items():
        values = [getattr(policy, name) for policy in policies]
        if name != "limits":
            assert cells == [str(value) if type(value) is int else shown[value] for value in values]
    limits = {row[0].strip("`"): int(row[1].replace(",", "")) for row in rows(section("Limits"))}
    assert limits == {field.name: getattr(sdtool.Limits(), field.name) for field in fields(sdtool.Limits)}


def test_the_outputs_of_explain_are_real():
    shown, caret = re.findall(r"```text\n(.*?)\n```", section("How to read `explain`"), re.DOTALL)
    call, _, output = shown.partition("\n")
    match = re.fullmatch(r'>>> print\(sdtool\.explain\(r"(.*)", r"(.*)"\)\)', call)
    assert match is not None
    assert sdtool.explain(*match.groups()).rstrip() == output
    assert caret in sdtool.explain("5", "x=6=5")
