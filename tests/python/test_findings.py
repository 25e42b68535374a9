"""What a study finds beyond single figures: why accuracies differ, the best, twins, lengths, curves."""

from __future__ import annotations

import math

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from runs import NO_BOX, RIGHT, THINKING, WRONG, many, rollout, write_run
from sdtool import report, statistics
from sdtool.report.best import best_setting
from sdtool.report.comparisons import against, compare_all
from sdtool.report.curves import curves
from sdtool.report.decomposition import decompositions
from sdtool.report.lengths import length_quantiles
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
