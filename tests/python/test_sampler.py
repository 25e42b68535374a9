"""The slot sampler keeps and draws what the chain of logits processors keeps and draws."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sdtool import _native
from sdtool.config import Setting
from sdtool.engine import narrow, narrow_native
from sdtool.engine.batched import processors
from sdtool.engine.narrow import BROKEN, SPARE
from sdtool.engine.sampler import Sampler
from sdtool.logits import TopPLogitsProcessor, noise_key
from transformers import TopPLogitsWarper

PROMPT = [7, 3, 7]
DRAWS = [narrow.plain, narrow_native.draw]


def apply(setting, logits, generated, noise, *, perturbed):
    """The scores after the chain of processors, its keyed noise included or not."""
    chain = processors(setting, torch.tensor([noise]), len(PROMPT))
    if setting.temperature and not perturbed:
        chain.pop()
    scores = logits[None].clone()
    context = torch.tensor([PROMPT + generated])
    for processor in chain:
        scores = processor(context, scores)
    return scores[0]


SETTINGS = st.builds(
    Setting,
    name=st.just("any"),
    temperature=st.sampled_from([0.0, 0.2, 0.6, 0.7, 1.0, 1.5, 2.0]),
    top_p=st.sampled_from([1.0, 0.95, 0.9, 0.5, 0.1]),
    top_k=st.sampled_from([0, 1, 2, 5, 20, 1000]),
    min_p=st.sampled_from([0.0, 0.05, 0.1, 0.2, 1.0]),
    presence_penalty=st.sampled_from([0.0, 1.5, -0.5]),
)


@st.composite
def batches(draw):
    """Logits, some with many ties; a setting a row; what each row generated; noise keys."""
    rows = draw(st.integers(1, 5))
    vocabulary = draw(st.sampled_from([4, 30, 97]))
    seed = draw(st.integers(0, 2**32))
    logits = 3 * torch.randn(rows, vocabulary, generator=torch.Generator().manual_seed(seed))
    if draw(st.booleans()):
        logits = (logits * 2).round() / 2
    history = st.lists(st.integers(0, vocabulary - 1), max_size=6)
    return (
        logits,
        draw(st.lists(SETTINGS, min_size=rows, max_size=rows)),
        draw(st.lists(history, min_size=rows, max_size=rows)),
        [noise_key(0, str(seed), row) for row in range(rows)],
    )


def sampler_for(logits, row_settings, histories, keys, processors=(), draw_narrow=narrow.plain):
    sampler = Sampler(len(logits), logits.shape[1], logits.device, processors, draw_narrow)
    for row, (setting, history, key) in enumerate(zip(row_settings, histories, keys, strict=True)):
        sampler.assign(row, setting, key, history)
    return sampler


@pytest.mark.parametrize("draw_narrow", DRAWS)
@given(batch=batches())
@settings(max_examples=150)
def test_the_token_is_the_one_that_the_chain_of_processors_draws(draw_narrow, batch):
    logits, row_settings, histories, keys = batch
    histories = [[token % logits.shape[1] for token in history] for history in histories]
    sampler = sampler_for(logits, row_settings, histories, keys, draw_narrow=draw_narrow)
    drawn = sampler.draw(logits, lambda row: PROMPT + histories[row]).tolist()
    rows = zip(row_settings, logits, histories, keys, strict=True)
    expected = [int(apply(*row, perturbed=True).argmax()) for row in rows]
    assert drawn == expected


@given(batches())
@settings(max_examples=150)
def test_the_kept_tokens_are_those_that_the_chain_of_processors_keeps(batch):
    logits, row_settings, histories, keys = batch
    for row, setting in enumerate(row_settings):
        if not (setting.temperature and setting.top_k):
            continue
        one = logits[row : row + 1]
        sampler = sampler_for(one, [setting], [histories[row]], [keys[row]])
        scores = narrow.penalised(one, sampler._penalty)
        tokens, values, crowded = narrow.candidates(scores, sampler._rules, sampler._candidates)
        if crowded:
            continue
        expected = apply(setting, logits[row], histories[row], keys[row], perturbed=False)
        assert set(tokens[values > -torch.inf].tolist()) == set(expected.isfinite().nonzero()[:, 0].tolist())


@given(st.integers(0, 2**32), st.sampled_from([0.1, 0.5, 0.9, 0.95, 1.0]))
def test_top_p_keeps_what_transformers_keeps_where_no_tokens_tie(seed, top_p):
    scores = 3 * torch.randn(4, 50, generator=torch.Generator().manual_seed(seed))
    assert torch.equal(TopPLogitsProcessor(top_p)(None, scores), TopPLogitsWarper(top_p)(None, scores))


def test_of_equal_tokens_at_the_edge_of_the_nucleus_the_highest_ids_stay():
    scores = torch.tensor([[1.0, 1.0, 1.0, 1.0]])
    assert TopPLogitsProcessor(0.5)(None, scores)[0].isfinite().tolist() == [False, False, True, True]


def test_more_ties_than_spare_candidates_fall_back_to_the_whole_vocabulary():
    logits = torch.zeros(1, 200)
    setting = Setting("ties", top_k=5)
    sampler = sampler_for(logits, [setting], [[]], [noise_key(0, "ties", 0)])
    tokens, _, crowded = narrow.candidates(logits, sampler._rules, sampler._candidates)
    assert tokens.shape == (1, 5 + SPARE)
    assert crowded.tolist() == [True]
    drawn = sampler.draw(logits, lambda _: PROMPT).item()
    expected = apply(setting, logits[0], [], noise_key(0, "ties", 0), perturbed=True)
    assert drawn == int(expected.argmax())


NAN, INF = float("nan"), float("inf")
PECULIAR = {
    "a positive nan": ([NAN, 1.0, 0.0, 0.0], BROKEN),
    "a negative nan": ([0.0, -NAN, 0.0, 1.0], BROKEN),
    "nothing but nan": ([NAN] * 4, BROKEN),
    "infinity": ([INF, 1.0, 0.0, 0.0], BROKEN),
    "nothing but -infinity": ([-INF] * 4, BROKEN),
    "one token left": ([-INF, -INF, 2.0, -INF], 2),
    "zeros of both signs tie": ([-9.0, -0.0, 0.0, -9.0], None),
}


@pytest.mark.parametrize("draw_narrow", DRAWS)
@pytest.mark.parametrize(("logits", "token"), PECULIAR.values(), ids=PECULIAR)
@pytest.mark.parametrize(
    "setting", [Setting("k", top_k=2), Setting("p", top_k=2, top_p=0.5), Setting("greedy", 0.0)]
)
def test_peculiar_logits(draw_narrow, logits, token, setting):
    logits = torch.tensor([logits])
    key = noise_key(0, "peculiar", 0)
    drawn = sampler_for(logits, [setting], [[]], [key], draw_narrow=draw_narrow).draw(logits, list).item()
    if token is None:
        token = int(apply(setting, logits[0], [], key, perturbed=True).argmax())
    assert drawn == token


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
@pytest.mark.parametrize("penalised", [True, False])
def test_what_is_drawn_natively_is_what_the_specification_says(dtype, penalised):
    logits, penalty, rules, width = narrow.example(torch.device("cpu"), vocabulary=5_000)
    logits = logits.to(dtype).T.contiguous().T  # its rows lie in pieces
    penalty = penalty if penalised else None
    drawn = narrow_native.draw(logits, penalty, rules, width)
    assert torch.equal(drawn, narrow.plain(logits, penalty, rules, width))
    assert len(set(drawn.tolist()) & {narrow.UNDECIDED, BROKEN}) == 2


def test_arrays_of_other_shapes_and_types_are_refused():
    logits, keys = np.zeros((2, 9), np.float32), np.zeros(2, np.int64)
    numbers = np.ones((2, 6), np.float32)
    candidates = _native.Candidates(logits, None, numbers, keys, keys, 3)
    for arrays, error in [
        ((logits[0], None, numbers, keys, keys, 3), ValueError),
        ((logits, None, numbers[:1], keys, keys, 3), ValueError),
        ((logits, None, numbers, keys[:1], keys, 3), ValueError),
        ((logits, None, numbers, keys, keys[:1], 3), ValueError),
        ((logits, None, numbers, keys, keys, 0), ValueError),
        ((logits, None, numbers, keys, keys, 10), ValueError),
        ((logits, logits[:, :5], numbers, keys, keys, 3), BufferError),
        ((logits.astype(np.float64), None, numbers, keys, keys, 3), BufferError),
    ]:
        with pytest.raises(error):
            _native.Candidates(*arrays)
    with pytest.raises(ValueError, match="mass"):
        candidates.draw(None, keys)
    with pytest.raises(BufferError):
        candidates.values(np.zeros((2, 2), np.float32))


def test_the_penalty_remembers_every_token_once_and_forgets_with_the_rollout():
    logits = torch.tensor([[5.0, 4.9, 4.8, 0.0]])
    setting = Setting("greedy", temperature=0.0, presence_penalty=0.15)
    sampler = sampler_for(logits, [setting], [[]], [0])
    assert [sampler.draw(logits, list).item() for _ in range(4)] == [0, 1, 0, 0]
    sampler.assign(0, setting, 0, [0])
    assert sampler.draw(logits, list).item() == 1
    sampler.assign(0, Setting("greedy", temperature=0.0), 0, [0])
    assert sampler.draw(logits, list).item() == 0


def test_a_moved_slot_draws_as_if_it_had_stayed():
    logits = torch.randn(3, 50, generator=torch.Generator().manual_seed(5))
    row_settings = [Setting("a", top_k=9), Setting("b", temperature=0.0), Setting("c", presence_penalty=1.5)]
    stayed = sampler_for(logits, row_settings, [[], [], [4, 9]], [11, 12, 13])
    moved = sampler_for(logits, row_settings, [[], [], [4, 9]], [11, 12, 13])
    moved.move(2, 0)
    for _ in range(5):
        assert moved.draw(logits[[2, 1]], list)[0] == stayed.draw(logits, list)[2]


def test_a_users_processor_sees_every_token_so_far_after_the_penalty_and_before_temperature():
    seen = []

    def ban_the_likeliest(context, scores):
        seen.append((context.tolist(), scores.clone()))
        return scores.masked_fill(scores == scores.max(), -torch.inf)

    logits = torch.tensor([[1.0, 3.0, 2.5]])
    setting = Setting("greedy", temperature=0.0, presence_penalty=1.0)
    sampler = sampler_for(logits, [setting], [[1]], [0], [ban_the_likeliest])
    assert sampler.draw(logits, lambda _: [9, 8, 1]).item() == 1
    context, scores = seen[0]
    assert context == [[9, 8, 1]]
    assert scores.tolist() == [[1.0, 2.0, 2.5]]


@pytest.mark.parametrize("temperature", [0.6, 1.5])
def test_draws_follow_the_softmax(temperature):
    logits = torch.tensor([2.0, 1.0, 0.0, -1.0]).expand(4000, -1)
    row_settings = [Setting("T", temperature=temperature, top_k=3)] * len(logits)
    keys = [noise_key(0, "softmax", sample) for sample in range(len(logits))]
    drawn = sampler_for(logits, row_settings, [[]] * len(logits), keys).draw(logits, list)
    shares = torch.bincount(drawn, minlength=4) / len(logits)
    expected = torch.tensor([2.0, 1.0, 0.0, -torch.inf]).div(temperature).softmax(0)
    # Five standard errors of a share of one half.
    assert torch.allclose(shares, expected, atol=5 * 0.5 / len(logits) ** 0.5)
    assert shares[3] == 0
