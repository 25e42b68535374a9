"""What a terminal shows: the answer and two tables, within its width; and the same as JSON."""

import json
import math
import re

import pytest
from runs import many, write_run
from sdtool import report
from sdtool.cli import main, terminal
from sdtool.metrics import SHARE
from sdtool.report.sentences import sentences
from sdtool.report.tables import Table

TABLE = Table(
    "Settings",
    ("setting", "n", "accuracy", "length-stop"),
    (("general-no-presence,T=1.5", "100", "61.0 [51.2, 70.0]", "10.0 [5.5, 17.4]"),),
    "Brackets hold 95 % intervals.",
)


@pytest.mark.parametrize("width", [30, 45, 60, 200])
def test_a_table_is_as_wide_as_the_terminal_and_no_word_is_cut(width):
    text = terminal.fitted(TABLE, width)
    longest = max(len(TABLE.rows[0][0]) + 2 + len(TABLE.rows[0][2]), width)
    assert max(map(len, text.splitlines())) <= longest
    for cell in (*TABLE.header, *TABLE.rows[0]):
        assert cell in text
    assert text.count(TABLE.rows[0][0]) == (1 if width == 200 else math.ceil(text.count("setting")))


def test_a_file_gets_lines_unbroken(capsys):
    terminal.show([TABLE], ["A sentence " * 40])
    assert max(map(len, capsys.readouterr().out.splitlines())) > 400


def test_a_report_prints_the_answer_and_two_tables(tmp_path, capsys):
    run = write_run(tmp_path / "run", many(40, 32) + many(40, 9, "general"))
    assert main(["report", str(run), "--reference", "precise"]) == 0
    shown = capsys.readouterr().out
    assert "Worse than precise: general by -57.5 points" in shown
    outcomes = "Outcomes, % of rollouts"
    assert [line for line in shown.splitlines() if line in ("Settings", outcomes)] == ["Settings"]
    assert main(["report", str(run), "--full"]) == 0
    assert f"\n{outcomes}\n" in capsys.readouterr().out


# --- JSON ---------------------------------------------------------------------------------------------


def test_the_report_as_json(tmp_path, capsys):
    run = write_run(tmp_path / "run", many(20, 12) + many(20, 5, "general"), model="some/model")
    assert main(["report", str(run), "--reference", "precise", "--json", "--cap", "512"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["run"]["model"] == "some/model"
    (precise,) = [row for row in found["settings"] if row["setting"] == "precise"]
    assert (precise["n"], precise["complete"], precise["missing"]) == (20, True, 0)
    accuracy = precise["metrics"]["accuracy"]
    assert accuracy["kind"] == "interval"
    assert accuracy["low"] < accuracy["value"] == 0.6 < accuracy["high"]
    (row,) = [row for row in found["comparisons"] if row["metric"] == "accuracy"]
    assert set(row) >= {
        "setting",
        "reference",
        "difference",
        "low",
        "high",
        "p_value",
        "p_holm",
        "detectable",
    }
    assert row["verdict"] in ("better", "worse", "undecided")
    assert list(found["caps"]) == ["512"]


def test_two_runs_compared_as_json(tmp_path, capsys):
    runs = [str(write_run(tmp_path / name, many(20, right))) for name, right in (("a", 12), ("b", 5))]
    assert main(["compare", *runs, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    (row,) = [row for row in found["comparisons"] if row["metric"] == "accuracy"]
    assert row["difference"] == pytest.approx(-0.35)


@pytest.mark.parametrize(("response", "verdict"), [("0.5", "equal"), ("</think>\\boxed{2}", "different")])
def test_a_grade_as_json(capsys, response, verdict):
    assert main(["grade", "1/2", response, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == verdict


# --- sentences ----------------------------------------------------------------------------------------

STUDIES = {
    "alone": many(30, 20),
    "better and worse": many(60, 30) + many(60, 50, "b") + many(60, 8, "c"),
    "undecided": many(30, 20) + many(30, 21, "b"),
    "many": [row for n in range(9) for row in many(40, 4 * n, f"s{n}")],
    "cut": many(30, 10) + many(30, 10, "b", finish_reason="length") + many(30, 12, "c"),
}


@pytest.mark.parametrize("rows", STUDIES.values(), ids=STUDIES)
def test_every_figure_of_a_sentence_stands_in_a_table(tmp_path, rows):
    found = report.study(report.read([write_run(tmp_path / "run", rows)]), caps=(1024,))
    cells = {cell for table in found.tables() for row in table.rows for cell in row}
    numbers = {number for cell in cells for number in re.findall(r"[+-]?\d[\d,]*\.?\d*", cell)}
    settings = len(found.rollouts.settings)
    counts = {*map(str, range(settings + 1)), "80", "95"}
    if found.best:  # its cross-fitted figure is no row of a table
        honest = SHARE.interval(found.best.estimate, found.best.low, found.best.high)
        counts |= set(re.findall(r"[\d.]+", honest))
    for sentence in sentences(found):
        text = re.sub(r"(it takes about [\d,]+ problems|and \d+ more)", "", sentence.text)
        for name in found.rollouts.settings:
            text = text.replace(name, "")
        for number in re.findall(r"(?<![\w=])[+-]?\d[\d,]*\.?\d*(?!\w)", text):
            assert number.rstrip(",.") in numbers | counts, (number, sentence)


def test_the_kind_of_a_sentence_is_the_verdict(tmp_path):
    found = report.study(
        report.read([write_run(tmp_path / "run", STUDIES["better and worse"])]), caps=(1024,)
    )
    kinds = {sentence.kind: sentence.text for sentence in sentences(found)}
    verdicts = {row.setting: row.verdict for row in found.comparisons["accuracy"]}
    for setting, verdict in verdicts.items():
        assert f"{setting} by" in kinds[verdict]
