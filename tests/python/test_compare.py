"""Comparisons: paired by problem, on the common ones, with Holm over what is tested together."""

from __future__ import annotations

import pytest
from runs import RIGHT, WRONG, many, rollout, write_run
from sdtool import report, statistics
from sdtool.cli import main
from sdtool.errors import InputError
from sdtool.report.comparisons import against, compare, compare_runs
from sdtool.report.tables import comparisons_table


def run_of(path, solved, setting="precise", **given):
    """A run in which problem n is solved where `solved[n]` is 1."""
    rows = [
        rollout(f"p{n}", RIGHT if right else WRONG, setting=setting, **given)
        for n, right in enumerate(solved)
    ]
    return write_run(path, rows)


def test_a_comparison_is_the_paired_difference_of_the_problem_means(tmp_path):
    a, b = [1, 1, 0, 0, 1, 0, 1, 0, 0, 0], [1, 1, 1, 1, 1, 0, 1, 1, 0, 1]
    found = compare_runs(run_of(tmp_path / "a", a), run_of(tmp_path / "b", b))
    (row,) = found.by_metric["accuracy"]
    expected = statistics.paired_difference(b, a)
    assert (row.estimate, row.low, row.high, row.p_value, row.detectable, row.n) == (
        expected.estimate,
        expected.low,
        expected.high,
        expected.p_value,
        expected.detectable,
        10,
    )
    assert (row.setting, row.reference) == ("b/precise", "a/precise")
    assert row.estimate == pytest.approx(0.4)


def test_intervals_after_holm_agree_with_the_p_values_that_are_printed(tmp_path):
    """7 for one and 1 for the other of 21 problems: alone an interval above 0, and p = 0.07."""
    base = [0] * 7 + [1] + [1] * 13
    solved = {"a": base, "b": [1] * 7 + [0] + [1] * 13, "c": [1] * 21, "d": [0] * 21, "e": base}
    rows = [
        rollout(f"p{n}", RIGHT if right else WRONG, setting=name, finish_reason="stop")
        for name, each in solved.items()
        for n, right in enumerate(each)
    ]
    rollouts = report.read([write_run(tmp_path / "run", rows)])
    found = compare(rollouts, against("a", rollouts))
    assert [row.verdict for row in found] == ["undecided", "better", "worse", "undecided"]
    for row in found:
        low, high = row.corrected
        assert (low > 0 or high < 0) == (row.p_holm < 0.05)
        assert low <= row.low <= row.high <= high or row.p_holm >= 0.05
    assert found[0].low > 0 >= found[0].corrected[0]
    assert "the exact test and its correction decide" in comparisons_table(found, "Accuracy").note
    assert comparisons_table(found[1:3], "Accuracy").note == ""


def test_runs_with_other_problems_are_compared_on_the_common_ones(tmp_path):
    rows = [rollout(f"p{n}", RIGHT) for n in range(2)]
    smaller = write_run(tmp_path / "b", rows, problems=["p0", "p1"])
    found = compare_runs(run_of(tmp_path / "a", [1, 0, 1, 1]), smaller)
    (row,) = found.by_metric["accuracy"]
    assert (row.n, row.left_out, row.estimate) == (2, 2, 0.5)
    assert any("2 problems in common" in note and "2 are in one only" in note for note in found.notes)


def test_runs_without_a_common_problem_cannot_be_compared(tmp_path):
    other = write_run(tmp_path / "b", [rollout("another")])
    with pytest.raises(InputError, match="no problem in common"):
        compare_runs(run_of(tmp_path / "a", [1]), other)


def test_runs_at_two_caps_are_compared_at_the_smaller(tmp_path):
    # At a cap of 20 tokens nothing of the larger run is answered; the rollouts of the smaller are short.
    short = [rollout(f"p{n}", "</think>\\boxed{2}", cap=20) for n in range(2)]
    found = compare_runs(run_of(tmp_path / "a", [1, 1], cap=1024), write_run(tmp_path / "b", short))
    assert any("compared at 20, the larger replayed" in note for note in found.notes)
    (row,) = found.by_metric["length_stop"]
    assert row.estimate == -1.0  # b minus a


def test_settings_are_paired_by_name_or_by_choice(tmp_path):
    a = write_run(tmp_path / "a", many(4, 2) + many(4, 3, "general"))
    b = write_run(tmp_path / "b", many(4, 1) + many(4, 4, "general"))
    rows = compare_runs(a, b).by_metric["accuracy"]
    assert {(row.setting, row.estimate) for row in rows} == {("b/precise", -0.25), ("b/general", 0.25)}
    (chosen,) = compare_runs(a, b, "precise", "general").by_metric["accuracy"]
    assert (chosen.reference, chosen.setting, chosen.estimate) == ("a/precise", "b/general", 0.5)
    with pytest.raises(InputError, match="a has no setting 'hot'; it has: general, precise"):
        compare_runs(a, b, "hot")


def test_the_only_settings_of_two_runs_are_compared_under_any_names(tmp_path):
    found = compare_runs(run_of(tmp_path / "a", [0, 1], "cold"), run_of(tmp_path / "b", [1, 1], "hot"))
    assert found.by_metric["accuracy"][0].estimate == 0.5


def test_settings_without_a_common_name_must_be_chosen(tmp_path):
    a = write_run(tmp_path / "a", many(2, 1, "x") + many(2, 1, "y"))
    with pytest.raises(InputError, match="--setting-a and --setting-b"):
        compare_runs(a, write_run(tmp_path / "b", many(2, 1, "z")))


def test_holm_is_over_the_whole_sweep(tmp_path):
    rows = [
        row
        for name, right in (("base", 10), ("up", 17), ("same", 10), ("down", 4))
        for row in many(20, right, name)
    ]
    rollouts = report.read([write_run(tmp_path / "run", rows)])
    found = compare(rollouts, against("base", rollouts))
    assert [row.setting for row in found] == ["down", "same", "up"]
    down, same, up = found
    assert [down.p_holm, up.p_holm] == statistics.holm([down.p_value, up.p_value])
    assert (same.p_value, same.p_holm) == (1.0, 1.0)  # the reference's own rollouts are no hypothesis
    assert [row.verdict for row in found] == ["worse", "undecided", "better"]


def test_the_command_prints_difference_interval_test_and_what_was_detectable(tmp_path, capsys):
    a, b = run_of(tmp_path / "a", [0] * 12 + [1] * 12), run_of(tmp_path / "b", [1] * 24)
    assert main(["compare", str(a), str(b), "--full"]) == 0
    shown = capsys.readouterr().out
    for expected in ("detectable", "+50.0", "<0.001", "Accuracy: b/precise minus a/precise", "Mean tokens"):
        assert expected in shown


def test_two_settings_of_one_run_are_compared(tmp_path):
    run = write_run(tmp_path / "a", many(4, 1, "x,T=1") + many(4, 3, "x,T=2"))
    (row,) = compare_runs(run, run, "x,T=1", "x,T=2").by_metric["accuracy"]
    assert (row.setting, row.reference, row.estimate) == ("a/x,T=2", "a/x,T=1", 0.5)


def test_a_run_is_not_compared_with_itself(tmp_path, capsys):
    run = str(run_of(tmp_path / "a", [1]))
    assert main(["compare", run, run]) == 2
    assert "given twice" in capsys.readouterr().err


def test_problems_of_one_contest_are_one_unit(tmp_path, capsys):
    # Every contest is won or lost as a whole: sixty problems are six observations.
    a, b = [n // 10 in {0, 1} for n in range(60)], [n // 10 in {0, 1, 2, 3, 4} for n in range(60)]
    runs = [
        write_run(
            tmp_path / name,
            [
                rollout(f"p{n:02}", RIGHT if right else WRONG, source=f"c{n // 10}")
                for n, right in enumerate(solved)
            ],
        )
        for name, solved in (("a", a), ("b", b))
    ]
    alone, together = (
        compare_runs(*runs, cluster=column).by_metric["accuracy"][0] for column in (None, "source")
    )
    assert alone.estimate == together.estimate == 0.5
    assert alone.p_value < 1e-6
    assert together.p_value == pytest.approx(0.25)
    assert together.high - together.low > 2 * (alone.high - alone.low)
    assert main(["compare", *map(str, runs), "--cluster", "contest"]) == 2
    assert "not every file has a column 'contest'" in capsys.readouterr().err
