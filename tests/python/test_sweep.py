"""min-p beside temperature, top-k and top-p: the cutoff that it really sets, and where it sets none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sdtool import sweep
from sdtool.config import PRESETS, Setting


@pytest.mark.parametrize(
    ("min_p", "temperature", "cutoff"),
    [
        (0.05, 1.0, 0.05),
        (0.05, 1.5, 0.0112),
        (0.05, 2.0, 0.0025),
        (0.1, 1.5, 0.0316),
        (0.1, 2.0, 0.01),
        (0.2, 1.5, 0.0894),
        (0.2, 2.0, 0.04),
        (0.0, 1.5, 0.0),
        (0.3, 0.0, 1.0),
    ],
)
def test_cutoff_before_temperature(min_p, temperature, cutoff):
    setting = Setting("s", temperature=temperature, min_p=min_p)
    assert sweep.raw_cutoff(setting) == pytest.approx(cutoff, abs=5e-5)
    if temperature:
        assert sweep.min_p_for(sweep.raw_cutoff(setting), temperature) == pytest.approx(min_p)


@given(
    st.lists(st.floats(-8, 8), min_size=2, max_size=40),
    st.floats(0.3, 2.5),
    st.floats(0.001, 0.9),
)
def test_cutoff_keeps_the_tokens_that_min_p_keeps(logits, temperature, min_p):
    raw = np.exp(np.array(logits) - max(logits))
    cutoff = sweep.raw_cutoff(Setting("s", temperature=temperature, min_p=min_p))
    near = np.abs(np.log(raw) - np.log(cutoff)) < 1e-9  # rounding may decide these either way
    assert np.array_equal((raw ** (1 / temperature) >= min_p)[~near], (raw >= cutoff)[~near])


@given(
    st.lists(st.floats(0, 30), min_size=2, max_size=60),
    st.integers(2, 30),
    st.floats(0.05, 0.99),
)
def test_no_kept_token_is_below_the_bound(scores, top_k, top_p):
    setting = Setting("s", top_k=top_k, top_p=top_p)
    probabilities = np.sort(np.exp(-np.array(scores)))[::-1][:top_k]
    probabilities /= probabilities.sum()
    before = np.cumsum(probabilities) - probabilities
    kept = probabilities[before < top_p]
    assert kept.min() / kept.max() >= sweep.idle_below(setting) * (1 - 1e-9)


@pytest.mark.parametrize(
    ("setting", "phrases"),
    [
        (PRESETS["general"], []),
        (Setting("s", temperature=1.5, min_p=0.1), ["at least 0.0316 of the largest"]),
        (Setting("s", min_p=0.002, top_k=20, top_p=0.95), ["at least 0.002", "has no effect"]),
        (Setting("s", min_p=0.05, top_k=20, top_p=0.95), ["at least 0.05", "acts only on what"]),
        (Setting("s", temperature=0, min_p=0.1), ["greedy"]),
        (Setting("s", min_p=0.5, top_k=1), ["at least 0.5", "has no effect"]),
    ],
)
def test_notes_say_the_cutoff_and_whether_it_acts(setting, phrases):
    said = sweep.notes(setting)
    assert len(said) == len(phrases)
    for sentence, phrase in zip(said, phrases, strict=True):
        assert phrase in sentence


def test_min_p_for_refuses_what_has_no_answer():
    with pytest.raises(ValueError, match="above 0"):
        sweep.min_p_for(0.1, 0)
