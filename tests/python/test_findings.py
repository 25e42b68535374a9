"""What a study finds beyond single figures: why accuracies differ, the best, twins, lengths, curves."""

from __future__ import annotations

import math

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from runs import NO_BOX, RIGHT, THINKING, WRONG, many, rollout, write_run
from sdtool import plots, report, statistics
from sdtool.errors import InputError
from sdtool.report.best import best_setting
from sdtool.report.comparisons import against, compare_all
from sdtool.report.curves import curves
from sdtool.report.decomposition import decompositions
from sdtool.report.lengths import length_quantiles
from sdtool.report.sentences import sentences
from sdtool.report.twins import twins


def read(path, rows, **given):
    return report.read([write_run(path / "run", rows, **given)])


def ending(setting, *responses):
    """One problem per response."""
    return [rollout(f"p{n:02}", response, setting=setting) for n, response in enumerate(responses)]


def test_a_difference_is_split_into_answering_more_often_and_better(tmp_path):
    rows = ending("a", *[RIGHT] * 4, *[WRONG] * 4, *[NO_BOX] * 8) + ending("b", *[RIGHT] * 8, *[WRONG] * 8)
    (one,) = decompositions(read(tmp_path, rows), [("b", "a")])
    assert (one.difference, one.ending.estimate, one.answering.estimate) == (0.25, 0.25, 0.0)
    assert one.ending.low > 0
    assert math.isclose(sum(one.transitions.values()), 1)
    assert one.transitions["closed without box", "wrong"] == 0.5
    assert one.transitions["wrong", "correct"] == 0.25


def test_a_decomposition_needs_all_rollouts(tmp_path):
    rows = ending("a", RIGHT, WRONG, RIGHT) + ending("b", RIGHT, WRONG)
    assert decompositions(read(tmp_path, rows), [("b", "a")]) == []


def test_settings_with_the_same_rollouts_are_named_and_count_once(tmp_path):
    def text(n, solved):
        return ("x" * n) + (RIGHT if solved else WRONG)

    settings = {"base": 40, "up": 60, "up again": 60, "down": 10}
    rows = [
        rollout(f"p{n:03}", text(n, n < right), setting=name)
        for name, right in settings.items()
        for n in range(100)
    ]
    rollouts = read(tmp_path, rows)
    (twin,) = twins(rollouts)
    assert (twin.setting, twin.other, twin.share) == ("up again", "up", 1.0)
    found = {
        row.setting: row for row in compare_all(rollouts, against("base", rollouts), ["accuracy"])["accuracy"]
    }
    corrected = statistics.holm([found["up"].p_value, found["down"].p_value])
    assert [found["up"].p_holm, found["down"].p_holm] == corrected
    assert found["up again"].p_holm == found["up"].p_holm
    assert any(
        "up again those of up (100 % are equal)" in note
        for note in report.study(rollouts, caps=(1024,)).notes
    )


@pytest.mark.parametrize(("different", "alike"), [(1, True), (2, False)])
def test_ninety_nine_percent_are_enough(tmp_path, different, alike):
    rows = many(100, 50, "a") + many(100, 50, "b")
    for n in range(different):
        rows[100 + n] = rollout(f"p{n:04}", "otherwise" + RIGHT, setting="b")
    assert bool(twins(read(tmp_path, rows))) is alike


def test_equal_lengths_and_verdicts_with_other_texts_are_no_twins(tmp_path):
    rows = many(60, 30, "a") + [
        rollout(row["problem_id"], row["response"].replace("One", "Two"), setting="b") for row in many(60, 30)
    ]
    assert twins(read(tmp_path, rows)) == []


def test_the_best_setting_has_an_honest_estimate(tmp_path):
    rows = [row for name, right in (("a", 30), ("b", 33), ("c", 31)) for row in many(60, right, name)]
    best = best_setting(read(tmp_path, rows))
    assert (best.setting, best.naive, best.settings, best.n, best.left_out) == ("b", 0.55, 3, 60, ())
    assert best.low < best.estimate <= best.naive < best.high


def test_an_incomplete_setting_is_no_candidate(tmp_path):
    rows = many(60, 30, "a") + many(60, 33, "b") + many(50, 45, "c")
    best = best_setting(read(tmp_path, rows))
    assert (best.setting, best.left_out) == ("b", ("c",))
    assert best_setting(read(tmp_path / "alone", many(5, 3))) is None


def test_a_quantile_among_the_length_stops_is_beyond_the_cap(tmp_path):
    rows = [rollout(f"p{n:02}", n_tokens=10 * n + 1) for n in range(16)]
    rows += [rollout(f"q{n}", THINKING, n_tokens=1024, finish_reason="length") for n in range(4)]
    found = {one.share: one for one in length_quantiles(read(tmp_path, rows))}
    assert found[0.5].value == 91
    assert found[0.5].low < 91 < found[0.5].high < math.inf
    assert found[0.9].value == math.inf


def test_curves_over_the_cap_have_bands_and_differences(tmp_path):
    long, short = "y" * 200 + RIGHT, RIGHT
    rows = [rollout(f"p{n:02}", long if n % 3 else short, setting="a", cap=512) for n in range(30)]
    rows += [rollout(f"p{n:02}", short, setting="b", cap=512) for n in range(30)]
    found = report.study(read(tmp_path, rows), caps=(100,))
    (alone,) = [c for c in found.curves if (c.setting, c.metric, c.reference) == ("a", "accuracy", None)]
    assert [(point.x, round(point.value, 3)) for point in alone.points] == [(100, 0.333), (512, 1.0)]
    assert all(point.low <= point.value <= point.high for point in alone.points)
    (difference,) = [c for c in found.curves if (c.metric, c.reference) == ("accuracy", "a")]
    assert [round(point.value, 3) for point in difference.points] == [0.667, 0.0]
    assert difference.points[0].low > 0


def test_a_curve_of_what_is_incomplete_has_bounds(tmp_path):
    rollouts = read(tmp_path, many(8, 4), problems=[f"p{n:04}" for n in range(10)])
    (one,) = curves({1.0: {"precise": rollouts}, 2.0: {"precise": rollouts}}, [], ["accuracy"])
    assert not one.complete
    assert (one.points[0].low, one.points[0].high) == pytest.approx((0.4, 0.6))


def test_a_comparison_on_a_harder_subset_has_a_weighted_one_beside_it(tmp_path):
    rows = [
        rollout(f"p{n}", RIGHT if n < right else WRONG, setting=name)
        for name, right in (("a", 10), ("b", 15))
        for n in range(20)
    ]
    run = write_run(tmp_path / "run", rows)
    places = {
        "id": [f"p{n}" for n in range(20)],
        "stratum": ["easy"] * 10 + ["hard"] * 10,
        "stratum_size": [90] * 10 + [10] * 10,
        "subset_rank": list(range(20)),
    }
    pq.write_table(pa.table(places), run / "problems.parquet")
    rollouts = report.read([run])
    found = compare_all(rollouts, [("b", "a")], ["accuracy"])
    assert found["accuracy"][0].estimate == 0.25
    assert found["accuracy_weighted"][0].estimate == pytest.approx(0.05)


def test_several_samples_are_compared_in_pass_at_k_and_the_majority(tmp_path):
    rows = [
        rollout(f"p{n:02}", RIGHT if s < right else WRONG, setting=name, sample=s)
        for name, right in (("a", 1), ("b", 2))
        for n in range(10)
        for s in range(3)
    ]
    found = report.study(read(tmp_path, rows), caps=(1024,))
    assert found.comparisons["pass@2"][0].estimate == pytest.approx(1 - 2 / 3)
    assert found.comparisons["maj@3"][0].estimate == 1.0
    assert found.comparisons["pass@3"][0].estimate == 0.0


# --- files that are wrong in a way that shows only in the figures ---------------------------------------


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("n_tokens", float("nan"), "column n_tokens must hold numbers of at least 0; one is nan"),
        ("n_tokens", -5, "column n_tokens must hold numbers of at least 0; one is -5"),
        ("correct", 2, "column correct must hold true and false, or 1 and 0"),
        ("correct", "perhaps", "column correct: "),
    ],
)
def test_a_value_that_cannot_be_is_refused(tmp_path, column, value, message):
    table = pa.Table.from_pylist([{**row, column: value} for row in many(4, 2)])
    pq.write_table(table, tmp_path / "graded.parquet")
    with pytest.raises(InputError, match=message):
        report.read([tmp_path / "graded.parquet"])


@pytest.mark.parametrize("size", [3.0, 0.0, -1.0, float("nan")])
def test_a_stratum_is_no_smaller_than_what_there_is_of_it(tmp_path, size):
    run = write_run(tmp_path / "run", many(4, 2))
    columns = {"id": [f"p{n:04}" for n in range(4)], "stratum": ["s"] * 4, "stratum_size": [size] * 4}
    pq.write_table(pa.table({**columns, "subset_rank": range(4)}), run / "problems.parquet")
    with pytest.raises(InputError, match=f"stratum 's' has the size {size} and 4 problems"):
        report.read([run])


def test_copies_nameless_settings_and_missing_verdicts_are_named(tmp_path):
    rows = many(6, 2) + many(6, 2)[:2] + [{**row, "correct": None} for row in many(6, 3, setting="")]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "graded.parquet")
    found = report.read([tmp_path / "graded.parquet"])
    assert found.settings == ("(unnamed)", "precise")
    notes = " ".join(found.notes)
    assert "precise has 2 rollouts whose problem and sample number another one has too" in notes
    assert "6 rollouts have no value in `correct`" in notes


def test_the_best_of_settings_that_solve_nothing_is_not_known_to_solve_nothing(tmp_path):
    rows = many(20, 0) + [{**row, "response": "wrong too"} for row in many(20, 0, "general")]
    best = report.study(report.read([write_run(tmp_path / "run", rows)]), caps=(1024,)).best
    assert (best.estimate, best.low) == (0, 0)
    assert best.high == pytest.approx(statistics.wilson(0, 20).high)


def test_settings_without_a_common_problem_are_said_to_have_none(tmp_path):
    rows = [rollout(f"{name}{n}", setting=name) for name in "ab" for n in range(3)]
    found = report.study(report.read([write_run(tmp_path / "run", rows)]), caps=(1024,))
    assert "They have no problem in common" in sentences(found)[0].text


def test_a_letter_that_our_font_lacks_is_left_to_the_fonts_of_the_reader(recwarn):
    svg = plots.forest([plots.Point(0.1, 0.0, 0.2, label="温度=0.6")], title="t", x_label="x")
    assert "温度=0.6</text>" in svg
    assert not recwarn.list
