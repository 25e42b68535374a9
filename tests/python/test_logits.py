"""The processors against plain statements of their formulas, and the keyed noise."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sdtool.logits import (
    KeyedNoiseLogitsProcessor,
    MinPLogitsProcessor,
    PresencePenaltyLogitsProcessor,
    gumbel,
    gumbel_noise,
    gumbel_noise_all,
    noise_key,
    philox,
)

VOCABULARY = 11
PAD = 0
SCORES = st.lists(st.integers(-40, 40).map(lambda n: n / 4), min_size=VOCABULARY, max_size=VOCABULARY)


@st.composite
def batches(draw):
    """Left-padded rows: (prompts, generated, ids [rows, width], scores [rows, vocabulary], prompt width)."""
    steps = draw(st.integers(0, 5))
    tokens = st.integers(0, VOCABULARY - 1)
    prompts = draw(st.lists(st.lists(tokens, min_size=1, max_size=4), min_size=1, max_size=4))
    generated = [draw(st.lists(tokens, min_size=steps, max_size=steps)) for _ in prompts]
    scores = [draw(SCORES) for _ in prompts]
    width = max(map(len, prompts))
    ids = [[PAD] * (width - len(p)) + p + g for p, g in zip(prompts, generated, strict=True)]
    return prompts, generated, torch.tensor(ids), torch.tensor(scores), width


@given(batches(), st.sampled_from([-1.0, 0.5, 1.5, 2.0]))
def test_presence_penalty_is_subtracted_once_from_each_generated_token(batch, penalty):
    _, generated, ids, scores, width = batch
    got = PresencePenaltyLogitsProcessor(penalty, width)(ids, scores)
    for row, tokens in enumerate(generated):
        for token in range(VOCABULARY):
            expected = float(scores[row, token]) - (penalty if token in tokens else 0.0)
            assert float(got[row, token]) == expected


@given(batches(), st.data())
def test_rows_that_go_on_after_earlier_tokens_count_from_where_their_prompt_ends(batch, data):
    prompts, generated, ids, scores, width = batch
    earlier = [data.draw(st.integers(0, len(prompt) - 1)) for prompt in prompts]
    got = PresencePenaltyLogitsProcessor(1.5, width - torch.tensor(earlier))(ids, scores)
    for row, tokens in enumerate(generated):
        seen = prompts[row][len(prompts[row]) - earlier[row] :] + tokens
        expected = [
            score - (1.5 if token in seen else 0.0) for token, score in enumerate(scores[row].tolist())
        ]
        assert got[row].tolist() == expected


@given(SCORES, st.sampled_from([0.0, 0.05, 0.1, 0.5, 1.0]))
def test_min_p_keeps_what_is_at_least_min_p_times_the_likeliest(scores, min_p):
    got = MinPLogitsProcessor(min_p)(torch.zeros(1, 1, dtype=torch.int64), torch.tensor([scores]))[0]
    total = sum(math.exp(score) for score in scores)
    probabilities = [math.exp(score) / total for score in scores]
    for token, probability in enumerate(probabilities):
        border = min_p * max(probabilities)
        if not math.isclose(probability, border, rel_tol=1e-5):
            assert (float(got[token]) == -math.inf) == (probability < border)
    assert float(got[scores.index(max(scores))]) == max(scores)


@pytest.mark.parametrize("min_p", [-0.1, 1.1, math.nan])
def test_min_p_outside_its_range_is_refused(min_p):
    with pytest.raises(ValueError, match="min_p"):
        MinPLogitsProcessor(min_p)


@pytest.mark.parametrize(
    ("key", "counter", "expected"),
    [
        (0, (0, 0, 0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        (-1, (0xFFFFFFFF,) * 4, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        (
            0x299F31D0_A4093822,
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            "d16cfe09 94fdcceb 5001e420 24126ea1",
        ),
    ],
)
def test_philox_gives_the_known_answers_of_its_authors(key, counter, expected):
    words = philox(torch.tensor(key), tuple(torch.tensor(word) for word in counter))
    assert " ".join(f"{int(word):08x}" for word in words) == expected


def test_noise_is_finite_at_both_ends_of_the_words():
    ends = gumbel(torch.tensor([0, 2**32 - 1]))
    assert bool(ends.isfinite().all())
    assert ends[0] < -3
    assert ends[1] > 20


@given(
    st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=5),
    st.integers(0, 100_000),
    st.integers(0, 2**31),
)
def test_noise_of_a_token_does_not_depend_on_the_other_tokens_and_rows(keys, step, shuffle):
    rows = torch.tensor(keys)
    steps = torch.full_like(rows, step)
    whole = gumbel_noise_all(rows, steps, 321)
    some = torch.randint(0, 321, (len(keys), 7), generator=torch.Generator().manual_seed(shuffle))
    assert torch.equal(gumbel_noise(rows, steps, some), whole.gather(1, some))
    assert torch.equal(gumbel_noise_all(rows[:1], steps[:1], 321), whole[:1])


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_noise_is_the_same_on_a_gpu():
    keys, steps = torch.arange(64) * 2**52, torch.arange(64)
    on_gpu = gumbel_noise_all(keys.cuda(), steps.cuda(), 5000).cpu()
    assert torch.equal(on_gpu, gumbel_noise_all(keys, steps, 5000))


def test_each_part_of_the_key_changes_the_noise():
    base = noise_key(0, "p1", 0)
    assert 0 <= base < 2**63
    assert len({base, noise_key(1, "p1", 0), noise_key(0, "p2", 0), noise_key(0, "p1", 1)}) == 4
    assert noise_key(1, "1", 11) != noise_key(11, "1", 1) != noise_key(1, "11", 1)
    keys, steps = torch.tensor([base, base]), torch.tensor([0, 1])
    first, second = gumbel_noise_all(keys, steps, 100)
    assert not bool((first == second).any())


def test_noise_keys_never_change():
    assert noise_key(0, "p1", 0) == 0x530E5A2ACA68846E
    assert noise_key(7, "aime/2025/I/1", 3) == 0x413CC026C522CAA5


def test_the_argmax_of_the_perturbed_scores_is_a_sample_of_the_softmax():
    scores = torch.tensor([2.0, 1.0, 0.0, -1.0, -math.inf])
    draws = 40_000
    keys = torch.tensor([noise_key(7, str(number), 0) for number in range(draws)])
    perturbed = KeyedNoiseLogitsProcessor(keys, 3)(
        torch.zeros(draws, 3, dtype=torch.int64), scores.expand(draws, -1)
    )
    counts = torch.bincount(perturbed.argmax(-1), minlength=5)
    expected = draws * scores.softmax(-1)
    assert counts[4] == 0
    chi_squared = float(((counts - expected) ** 2 / expected)[:4].sum())
    assert chi_squared < 16.27  # 0.1 % point of chi-squared with 3 degrees of freedom


def test_the_step_counts_from_the_end_of_the_prompt():
    key = torch.tensor([noise_key(0, "a", 0)])
    ids = torch.zeros(1, 9, dtype=torch.int64)
    scores = torch.zeros(1, 50)
    got = KeyedNoiseLogitsProcessor(key, 5)(ids, scores)
    assert torch.equal(got, gumbel_noise_all(key, torch.tensor([4]), 50))
    rows = KeyedNoiseLogitsProcessor(key.expand(2), torch.tensor([5, 2]))(
        ids.expand(2, -1), scores.expand(2, -1)
    )
    assert torch.equal(rows[1:], gumbel_noise_all(key, torch.tensor([7]), 50))


def test_scores_of_any_float_type_are_perturbed_in_float32():
    scores = torch.randn(1, 8, dtype=torch.bfloat16)
    got = KeyedNoiseLogitsProcessor(torch.tensor([1]), 0)(torch.zeros(1, 0, dtype=torch.int64), scores)
    assert got.dtype == torch.float32
