"""`power`: what a planned comparison can show, from assumptions or from a run."""

from __future__ import annotations

import pytest
from runs import RIGHT, WRONG, many, rollout, write_run
from sdtool import report, statistics
from sdtool.cli import main
from sdtool.report.planning import observed


def shown(capsys, *arguments):
    assert main(["power", *arguments]) == 0
    return capsys.readouterr().out


def numbers(text):
    """The rows of the table, as lists of numbers."""
    rows = [line.split() for line in text.splitlines()]
    return [[float(cell) for cell in row] for row in rows if row and row[0].isdigit()]


def test_problems_for_a_difference_at_one_sample_are_those_of_the_exact_test(capsys):
    one, three, eight = numbers(shown(capsys, "--difference", "0.05"))
    assert one[1] == statistics.problems_needed(0.05, statistics.paired_variance(0.6), exact=True)
    assert three[1] == statistics.problems_needed(0.05, statistics.paired_variance(0.6, samples=3))
    assert one[1] > three[1] > eight[1]
    assert all(row[2] > row[1] for row in (one, three, eight))  # unpaired


def test_more_comparisons_need_more_problems(capsys):
    alone = numbers(shown(capsys, "--difference", "0.05"))
    sweep = numbers(shown(capsys, "--difference", "0.05", "--comparisons", "21"))
    assert all(more[1] > 1.6 * once[1] for once, more in zip(alone, sweep, strict=True))
    assert "5 % level over 21 comparisons" in shown(capsys, "--comparisons", "21")


def test_a_run_tells_accuracy_and_components(tmp_path, capsys):
    rows = [
        rollout(f"p{n}", RIGHT if (n + s * shift) % 4 else WRONG, setting=name, sample=s)
        for name, shift in (("a", 1), ("b", 2))
        for n in range(40)
        for s in range(3)
    ]
    run = write_run(tmp_path / "run", rows)
    samples, pairs, found = observed(report.read([run]))
    assert (samples, pairs, found.accuracy) == (3, 1, pytest.approx(0.75))
    assert found.between is not None
    text = shown(capsys, "--from", str(run), "--difference", "0.05")
    assert "samples per problem: 3" in text
    assert "accuracy 0.75" in text


def test_one_sample_tells_the_variance_of_the_difference_only(tmp_path, capsys):
    run = write_run(tmp_path / "run", many(50, 20, "a") + many(50, 25, "b"))
    text = shown(capsys, "--from", str(run), "--difference", "0.1")
    variance = observed(report.read([run]))[2].variance
    assert numbers(text) == [[1, statistics.problems_needed(0.1, variance, exact=True)]]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (many(5, 3), "needs precise and other settings"),
        (many(5, 3, "a") + many(4, 2, "b"), "none missing"),
    ],
)
def test_a_run_that_cannot_tell_is_refused(tmp_path, capsys, rows, message):
    run = write_run(tmp_path / "run", rows)
    assert main(["power", "--from", str(run)]) == 2
    assert message in capsys.readouterr().err


def test_a_difference_is_a_share(capsys):
    assert main(["power", "--difference", "5"]) == 2
    assert "0.05 is 5 points" in capsys.readouterr().err
