"""Cap replay: a run cut at a smaller cap is the run that was generated at that cap."""

from __future__ import annotations

import pytest
import sdtool
from hypothesis import given, settings
from hypothesis import strategies as st
from runs import RIGHT, THINKING, many, rollout, write_run
from sdtool import report
from sdtool.cli import main
from sdtool.errors import InputError
from sdtool.grading import looped
from sdtool.prompts import thinking
from sdtool.report import caps
from sdtool.report.check import beside
from sdtool.report.figures import figures, splits

# Tokens of a made-up vocabulary; a few split a character in two.
TOKENS = [
    b"<think>",
    b"</think>",
    b"\\boxed{",
    b"2}",
    b"2",
    b"3}",
    b"}",
    b" wait",
    b"\n\n",
    "√".encode()[:1],
    "√".encode()[1:],
    "é".encode(),
]
PROMPTS = ["2?<think>\n", "2?<think>\n\n</think>\n\n", "2?"]


def decode(tokens):
    """What a tokenizer's decoder makes of tokens, with the byte of the text at which each one ends."""
    text = b"".join(tokens).decode(errors="replace")
    ends = [len(b"".join(tokens[: place + 1])) for place in range(len(tokens))]
    return text, ends


def generate(problem, prompt, tokens, cap):
    """The row that a run at this cap stores of a model that would write `tokens` and then stop."""
    written = tokens[:cap]
    response, ends = decode(written)
    grade = sdtool.grade("2", response, thinking=thinking(prompt))
    return rollout(
        problem,
        response,
        prompt=prompt,
        cap=cap,
        finish_reason="stop" if len(tokens) <= cap else "length",
        token_ends=ends,
        answer=grade.answer,
        verdict=grade.verdict,
        reason=grade.reason,
        correct=grade.correct,
        think_closed=grade.think_closed,
        boxed=grade.boxed,
        looped=looped([TOKENS.index(token) for token in written]),
    )


def run_of_a_model(path, model, cap):
    """The run at this cap of a model that writes these tokens, problem by problem."""
    return write_run(path, [generate(f"p{n}", *written, cap) for n, written in enumerate(model)])


def whole_characters(tokens):
    """Whether the bytes are UTF-8; what is not loses its bytes when it is stored (docs/report.md)."""
    return b"".join(tokens).decode(errors="ignore").encode() == b"".join(tokens)


responses = st.lists(st.sampled_from(TOKENS), min_size=1, max_size=40).filter(whole_characters)
models = st.lists(st.tuples(st.sampled_from(PROMPTS), responses), min_size=1, max_size=8)


@settings(max_examples=60)
@given(models, st.integers(1, 40))
def test_a_replayed_run_is_the_genuine_run(tmp_path_factory, model, cap):
    folder = tmp_path_factory.mktemp("caps")
    stored = report.read([run_of_a_model(folder / "stored", model, 40)])
    genuine = report.read([run_of_a_model(folder / "genuine", model, cap)])
    replayed = caps.replay(stored, [cap])[cap]
    for name in caps.REPLAYED:
        assert replayed[name].tolist() == genuine[name].tolist(), name
    assert figures(replayed, cap=cap) == figures(genuine, cap=cap)
    assert splits(replayed) == splits(genuine)


def test_a_cap_that_nothing_reaches_changes_nothing(tmp_path):
    rollouts = report.read([write_run(tmp_path / "run", many(5, 3))])
    assert figures(caps.replay(rollouts, [1024])[1024]) == figures(rollouts)


def test_a_rollout_that_ends_just_at_the_cap_is_no_length_stop(tmp_path):
    rollouts = report.read([write_run(tmp_path / "run", [rollout(response=RIGHT)])])
    length = len(RIGHT)
    replayed = caps.replay(rollouts, [length - 1, length])
    assert replayed[length]["finish_reason"].tolist() == ["stop"]
    assert replayed[length - 1]["finish_reason"].tolist() == ["length"]
    assert replayed[length - 1]["boxed"].tolist() == [False]


def test_an_answer_before_the_cap_counts_although_the_rollout_goes_on(tmp_path):
    rollouts = report.read([write_run(tmp_path / "run", [rollout(response=RIGHT + " So the answer is 2.")])])
    replayed = caps.replay(rollouts, [len(RIGHT)])[len(RIGHT)]
    assert (replayed["correct"].tolist(), replayed["finish_reason"].tolist()) == ([True], ["length"])


def test_a_loop_is_seen_only_once_it_is_there(tmp_path):
    response = "a b c " + "wait. " * 60
    rollouts = report.read(
        [write_run(tmp_path / "run", [rollout(response=response, looped=True, finish_reason="length")])]
    )
    replayed = caps.replay(rollouts, [6, 300])
    assert [replayed[cap]["looped"].tolist() for cap in (6, 300)] == [[False], [True]]


@pytest.mark.parametrize(
    ("end", "text"), [(0, ""), (1, "a"), (2, "a\ufffd"), (3, "a\ufffd"), (4, "a√"), (9, "a√b")]
)
def test_a_cut_inside_a_character_leaves_the_replacement_character(end, text):
    assert caps.cut("a√b".encode(), end) == text


def test_a_cap_above_the_run_is_refused(tmp_path):
    rollouts = report.read([write_run(tmp_path / "run", many(2, 1))])
    with pytest.raises(InputError, match=r"cap 2,048 is above the run's own of 1,024.*--max-new-tokens 2048"):
        caps.replay(rollouts, [2048])


def test_the_curve_of_a_report_ends_at_the_cap():
    assert caps.curve(49152) == (4344, 6144, 8689, 12288, 17378, 24576, 34756, 49152)
    assert caps.curve(2) == (1, 2)


def test_curves_over_the_cap_are_in_the_report(tmp_path):
    rows = [rollout(f"p{n}", RIGHT if n % 2 else THINKING * 3, cap=128) for n in range(6)]
    found = report.study(report.read([write_run(tmp_path / "run", rows)]))
    assert len(found.by_cap) == 8
    report.write(found, tmp_path / "out", title="run")
    assert (tmp_path / "out" / "cap-accuracy.svg").exists()
    lengths = [
        next(f.value for f in found.by_cap[cap] if f.metric == "length_stop") for cap in sorted(found.by_cap)
    ]
    assert lengths == sorted(lengths, reverse=True)


# --- the genuine run beside the replay ----------------------------------------------------------------


def test_the_genuine_run_is_laid_beside_the_replay(tmp_path):
    rollouts = report.read([write_run(tmp_path / "run", many(4, 3))])
    flipped = report.read([write_run(tmp_path / "flipped", many(4, 2))])
    replayed = caps.replay(rollouts, [1024])[1024]
    same, other = beside(replayed, rollouts, 1024), beside(replayed, flipped, 1024)
    assert {row[-1] for row in same.rows} == {"equal"}
    assert same.note.startswith("4 of 4 rollouts agree")
    assert {row[1]: row[-1] for row in other.rows}["accuracy"] == "-0.25"
    assert other.note.startswith("3 of 4 rollouts agree")


@pytest.mark.slow
def test_the_embedded_model_run_again_at_a_smaller_cap_gives_the_replayed_figures(tmp_path, capsys):
    run = tmp_path / "run"
    assert main(["generate", "--limit", "6", "--out", str(run)]) == 0
    capsys.readouterr()
    assert main(["report", str(run), "--out", str(tmp_path / "out"), "--check-cap", "60"]) == 0
    shown = capsys.readouterr().out.partition("Replayed and genuine at a cap of 60 tokens")[2]
    assert "18 of 18 rollouts agree" in shown
    assert shown.count("equal\n") == 21
