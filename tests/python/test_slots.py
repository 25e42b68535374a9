"""Slots give the tokens that `model.generate` gives, whatever else shares the batch, and lose no step."""

import itertools
import random
import sys

import plain_kernels
import pytest
import tiny
import torch
from sdtool.checkpoint import skeleton
from sdtool.config import PRESETS, Setting
from sdtool.engine import (
    Completion,
    Partial,
    Request,
    choice,
    flight,
    memory,
    prefill,
    sampler,
    startup,
)
from sdtool.engine.batched import BatchedEngine, processors
from sdtool.engine.sdpa import GroupedSdpa
from sdtool.engine.slots import PagesExhaustedError, SlotEngine
from sdtool.engine.trial import UnservedModelError
from sdtool.logits import noise_key
from transformers import (
    FalconConfig,
    FalconForCausalLM,
    GptOssConfig,
    GptOssForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    MiniMaxConfig,
    MiniMaxForCausalLM,
)

END = 2
FAMILIES = ["qwen3_5", "qwen3", "llama", "gemma2", "gemma3"]
GREEDY = Setting("greedy", temperature=0.0)
SETTINGS = [
    GREEDY,
    *PRESETS.values(),
    Setting("hot", temperature=1.5, top_k=20, top_p=0.95, min_p=0.1),
    Setting("whole-vocabulary", temperature=1.2, min_p=0.05, presence_penalty=0.5),
]
# Two float32 forward passes of these models differ by about 1e-5.
TIE = 1e-3


@pytest.fixture(scope="module", params=FAMILIES)
def model(request):
    return tiny.model(request.param)


@pytest.fixture(scope="module")
def qwen3_5():
    return tiny.model("qwen3_5")


def requests(count, settings, longest_prompt=60, seed=0):
    generator = random.Random(seed)
    return [
        Request(
            number,
            tuple(generator.randrange(3, 300) for _ in range(generator.randint(1, longest_prompt))),
            settings[number % len(settings)],
            noise_key(0, str(number), 0),
        )
        for number in range(count)
    ]


def slot_engine(model, batch_size, cap=40, pages=None, **options):
    """An engine, with the memory for so many pages of the grouped attention."""
    if pages is not None:
        row = memory.plan(skeleton(model.config, torch.float32), total=0, cap=cap).row
        states = row.state * (batch_size + prefill.KEPT_PROMPTS)
        options["memory"] = states + row.token * GroupedSdpa.page_size * (pages + 1)
    return SlotEngine(model, cap=cap, end_tokens=[END], pad_token=0, batch_size=batch_size, **options)


def batched_engine(model, batch_size, cap=40, **options):
    return BatchedEngine(model, cap=cap, end_tokens=[END], pad_token=0, batch_size=batch_size, **options)


def completions(engine, work):
    found = [result for result in engine.run(work) if isinstance(result, Completion)]
    assert len({completion.id for completion in found}) == len(found) == len(work)
    return {completion.id: completion for completion in found}


def flips(model, work, ours, theirs):
    """How many completions differ, after showing that each parts from the other at a tie."""
    differing = [request for request in work if ours[request.id] != theirs[request.id]]
    for request in differing:
        mine, other = ours[request.id].tokens, theirs[request.id].tokens
        step = next(i for i, (a, b) in enumerate(itertools.zip_longest(mine, other)) if a != b)
        context = torch.tensor([request.prompt + mine[:step]])
        scores = model(context).logits[:, -1].float()
        for processor in processors(request.setting, torch.tensor([request.key]), len(request.prompt)):
            scores = processor(context, scores)
        assert abs(scores[0, mine[step]] - scores[0, other[step]]) < TIE, (request, step)
    return len(differing)


def test_greedy_equals_unbatched_generate(model):
    work = requests(8, [GREEDY])
    ours = completions(slot_engine(model, 3), work)
    assert flips(model, work, ours, completions(batched_engine(model, 1), work)) == 0


@pytest.mark.parametrize("family", ["qwen3_5", "gemma3"])
def test_sampled_rollouts_are_equal_between_engines_and_batch_sizes(family):
    model = tiny.model(family)
    work = requests(12, SETTINGS)
    expected = completions(batched_engine(model, 4, cap=16), work)
    for batch_size in (1, 5, 32):
        found = completions(slot_engine(model, batch_size, cap=16), work)
        assert flips(model, work, found, expected) == 0


def no_even_tokens(input_ids, scores):
    """A user's processor that needs the history: no even token after an odd one."""
    banned = torch.zeros_like(scores, dtype=torch.bool)
    banned[:, ::2] = (input_ids[:, -1:] % 2) == 1
    banned[:, END] = False
    return scores.masked_fill(banned, -torch.inf)


def test_users_processors_give_the_same_tokens_with_both_engines(qwen3_5):
    work = requests(8, SETTINGS)
    ours = completions(slot_engine(qwen3_5, 3, cap=16, processors=[no_even_tokens]), work)
    theirs = completions(batched_engine(qwen3_5, 4, cap=16, processors=[no_even_tokens]), work)
    assert ours == theirs
    for completion in ours.values():
        for before, token in itertools.pairwise(completion.tokens):
            assert before % 2 == 0 or token % 2 == 1 or token == END


@pytest.mark.slow
def test_500_greedy_rollouts_equal_unbatched_generate(model):
    work = requests(500, [GREEDY])
    ours = completions(slot_engine(model, 32), work)
    assert flips(model, work, ours, completions(batched_engine(model, 1), work)) <= 2


@pytest.mark.slow
def test_500_sampled_rollouts_are_equal_between_engines_and_batch_sizes(model):
    work = requests(500, SETTINGS)
    expected = completions(batched_engine(model, 32), work)
    for batch_size in (1, 5, 32):
        assert flips(model, work, completions(slot_engine(model, batch_size), work), expected) <= 2


@pytest.mark.parametrize("family", ["qwen3_5", "gemma3"])
def test_few_pages_force_preemption_and_change_nothing(family, monkeypatch):
    model = tiny.model(family)
    work = requests(8, SETTINGS, longest_prompt=30)
    expected = completions(slot_engine(model, 6), work)
    monkeypatch.setattr(GroupedSdpa, "page_size", 4)
    # Six rows of up to 70 tokens would take 108 pages of 4 tokens.
    engine = slot_engine(model, 6, pages=18)
    assert flips(model, work, completions(engine, work), expected) == 0
    assert engine.counters.preemptions > 0
    assert engine.cache.pages == engine.cache.free_pages == 18
    assert engine.cache.nbytes() <= engine.memory


def test_a_rollout_that_cannot_fit_alone_is_an_error_that_says_so(qwen3_5):
    engine = slot_engine(qwen3_5, 2, cap=150, pages=2)
    with pytest.raises(PagesExhaustedError, match="needs 10 pages of keys and values and there are 2"):
        list(engine.run([Request(0, (5,) * 10, GREEDY, 0)]))


def test_running_out_of_memory_shrinks_the_batch_and_changes_nothing(qwen3_5, monkeypatch):
    work = requests(10, SETTINGS)
    expected = completions(slot_engine(qwen3_5, 6), work)
    engine = slot_engine(qwen3_5, 6)
    forward, calls = qwen3_5.forward, itertools.count()

    def short_of_memory(input_ids, **arguments):
        if input_ids.shape[1] == 1 and len(input_ids) > 3 and next(calls) >= 5:
            raise torch.OutOfMemoryError
        return forward(input_ids=input_ids, **arguments)

    monkeypatch.setattr(qwen3_5, "forward", short_of_memory)
    assert flips(qwen3_5, work, completions(engine, work), expected) == 0
    # Six rows, then four, then three.
    assert engine.counters.out_of_memory == 2


def test_a_prompt_is_read_once_for_all_its_samples_and_settings(qwen3_5):
    engine = slot_engine(qwen3_5, 4)
    before = engine.counters.prefills
    prompt = tuple(range(3, 30))
    work = [Request(n, prompt, SETTINGS[n % 4], noise_key(0, "same", n // 4)) for n in range(12)]
    completions(engine, work)
    assert engine.counters.prefills - before == 1


def test_a_rollout_goes_on_where_it_stopped(qwen3_5):
    work = requests(12, SETTINGS)
    whole = completions(slot_engine(qwen3_5, 5), work)
    halves = [
        Request(r.id, r.prompt, r.setting, r.key, whole[r.id].tokens[: len(whole[r.id].tokens) // 2])
        for r in work
    ]
    assert flips(qwen3_5, work, completions(slot_engine(qwen3_5, 5), halves), whole) == 0
    finished = [Request(r.id, r.prompt, r.setting, r.key, whole[r.id].tokens) for r in work]
    engine = slot_engine(qwen3_5, 5)
    assert completions(engine, finished) == whole
    assert engine.counters.steps == 0


def test_long_rollouts_are_reported_on_the_way(qwen3_5, monkeypatch):
    monkeypatch.setattr(flight, "REPORT_EVERY", 8)
    work = requests(6, [GREEDY])
    engine = slot_engine(qwen3_5, 3)
    found = list(engine.run(work))
    for completion in (result for result in found if isinstance(result, Completion)):
        reports = [result for result in found if isinstance(result, Partial) and result.id == completion.id]
        told = sum((report.tokens for report in reports), ())
        assert told == completion.tokens[: len(told)]
        assert len(completion.tokens) - len(told) <= 8


@pytest.mark.parametrize("ahead", [0, 1])
def test_a_stopped_engine_gives_what_there_is(qwen3_5, ahead):
    work = requests(6, [GREEDY])
    whole = completions(slot_engine(qwen3_5, 3), work)
    engine = slot_engine(qwen3_5, 3)
    engine._ahead = ahead

    def stopping():
        yield from work[:5]
        engine.stop()

    found = list(engine.run(stopping()))
    reported = {result.id: result.tokens for result in found}
    assert set(reported) <= {request.id for request in work[:5]}
    assert any(isinstance(result, Partial) for result in found)
    for number, tokens in reported.items():
        assert tokens == whole[number].tokens[: len(tokens)]
    assert engine.rows == 0
    assert engine.cache.free_pages == engine.cache.pages
    assert list(engine.run(work)) == []


def test_requests_are_pulled_only_when_there_is_room(qwen3_5):
    pulled = itertools.count(1)
    latest = 0

    def shared_queue():
        nonlocal latest
        for request in requests(9, [GREEDY]):
            latest = next(pulled)
            yield request

    done = 0
    for result in slot_engine(qwen3_5, 2).run(shared_queue()):
        done += isinstance(result, Completion)
        assert latest <= done + 2
    assert done == 9


class ForcedLengths:
    """A sampler that ends each rollout after as many tokens as were asked for."""

    def __init__(self, engine, lengths):
        self.engine, self.lengths = engine, lengths

    def assign(self, row, setting, key, generated, *, wide):
        pass

    def move(self, source, row):
        pass

    def propose(self, logits):
        return torch.zeros(len(logits), dtype=torch.int64)

    def settle(self, *_, **__):
        ends = [len(slot.generated) + 1 == self.lengths[slot.request.id] for slot in self.engine._slots]
        return torch.tensor([END if end else 5 for end in ends])


def test_steps_are_bounded_by_the_sum_of_the_lengths(monkeypatch):
    cap, rows = 100, 16
    generator = random.Random(0)
    # Lognormal with median 5; a sigma of ln(20) / 1.175 puts 12 % above 20 times the median.
    lengths = [min(max(round(generator.lognormvariate(1.609, 2.55)), 1), cap) for _ in range(512)]
    assert 0.08 < sum(length == cap for length in lengths) / 512 < 0.16
    engine = slot_engine(tiny.model("llama"), rows, cap=cap)
    monkeypatch.setattr(engine._decoder, "sampler", ForcedLengths(engine, lengths))
    found = completions(engine, requests(512, [GREEDY], longest_prompt=1))
    assert [len(found[number].tokens) for number in range(512)] == lengths
    assert engine.counters.steps <= 1.05 * sum(lengths) / rows + cap


@pytest.mark.parametrize("kind", plain_kernels.FAKES)
@pytest.mark.parametrize("family", ["qwen3_5", "gemma3"])
def test_gpu_kernels_give_the_same_tokens_as_grouped_attention(family, kind, monkeypatch):
    model = tiny.model(family)
    work = requests(6, SETTINGS, longest_prompt=40)
    expected = completions(slot_engine(model, 3, cap=12), work)
    plain_kernels.install(kind, monkeypatch)
    monkeypatch.setattr(kind, "page_size", 8)
    monkeypatch.setattr(startup, "choose", lambda *_, **__: (kind(), []))
    engine = slot_engine(model, 3, cap=12, pages=18)
    assert engine.start.backend.name == kind.name
    assert flips(model, work, completions(engine, work), expected) == 0


SMALL = {
    "vocab_size": 64, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "head_dim": 8, "intermediate_size": 32,
}  # fmt: skip


def with_sinks(value, dtype=torch.float32):
    torch.manual_seed(0)
    config = GptOssConfig(**SMALL, num_local_experts=2, num_experts_per_tok=1, sliding_window=16)
    model = GptOssForCausalLM(config).eval()
    with torch.no_grad():
        model.lm_head.weight.mul_(20)
        for layer in model.model.layers:
            layer.self_attn.sinks.fill_(value)
    return model.to(dtype)


@pytest.mark.parametrize("sink", [-1.0, 3.0])
def test_attention_sinks_are_served(sink):
    model = with_sinks(sink)
    work = [Request(r.id, tuple(t % 64 for t in r.prompt), r.setting, r.key) for r in requests(8, SETTINGS)]
    ours = completions(slot_engine(model, 3), work)
    assert flips(model, work, ours, completions(batched_engine(model, 1), work)) == 0


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_an_attention_that_slots_compute_wrongly_is_refused_also_in_half_precision(dtype, monkeypatch):
    """Sinks of -1 that are passed over change the logits by less than rounding to bfloat16 does."""
    plain = GroupedSdpa.attend
    monkeypatch.setattr(GroupedSdpa, "attend", lambda *given, **how: plain(*given, **{**how, "sinks": None}))
    with pytest.raises(UnservedModelError, match="its attention is of a kind that slots do not know"):
        slot_engine(with_sinks(-1.0, dtype), 2)


def test_half_precision_weights_are_as_they_were_after_the_trial():
    model = tiny.model("qwen3_5").to(torch.bfloat16)
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    slot_engine(model, 2)
    for name, weight in model.state_dict().items():
        assert weight.dtype == before[name].dtype
        assert torch.equal(weight, before[name])


def test_an_argument_of_the_attention_that_is_not_known_is_refused(monkeypatch):
    model = tiny.model("llama")
    module = sys.modules[type(model).__module__]
    plain = module.ALL_ATTENTION_FUNCTIONS.get_interface

    def biased(*given):
        attend = plain(*given)
        # The model's own attention passes over what it does not know, too.
        return lambda *args, **how: attend(*args, **how, position_bias=torch.ones(1, 1, 1, 1))

    monkeypatch.setattr(module.ALL_ATTENTION_FUNCTIONS, "get_interface", biased)
    with pytest.raises(UnservedModelError, match="its attention takes position_bias, which"):
        slot_engine(model, 2)


def test_an_attention_that_reads_keys_by_itself_is_refused_in_words():
    """Falcon's attention looks at the shape of the keys; what slots give it in their place has none."""
    config = FalconConfig(vocab_size=322, hidden_size=32, num_hidden_layers=1, num_attention_heads=4)
    with pytest.raises(UnservedModelError, match="its attention reads keys and values by itself"):
        slot_engine(FalconForCausalLM(config).eval(), 2)


def switching(kind, known):
    """A model whose rotary frequencies change for all rows once one is longer than `known` tokens."""
    factors = {"long_factor": [2.0] * 4, "short_factor": [1.0] * 4} if kind == "longrope" else {"factor": 4.0}
    torch.manual_seed(0)
    rope = {"rope_type": kind, "rope_theta": 1e4, "original_max_position_embeddings": known, **factors}
    longest = 4 * known if kind == "longrope" else known
    config = LlamaConfig(**SMALL, max_position_embeddings=longest, rope_parameters=rope)
    return LlamaForCausalLM(config).eval()


@pytest.mark.parametrize("kind", ["longrope", "dynamic"])
def test_rotary_frequencies_that_depend_on_the_batch_are_refused_where_a_rollout_may_cross_the_switch(kind):
    assert slot_engine(switching(kind, 128), 2, cap=40, prompt_room=60).rows == 0
    with pytest.raises(UnservedModelError, match=rf"rope type {kind}.* longer than 64 tokens"):
        slot_engine(switching(kind, 64), 2, cap=40, prompt_room=60)


@pytest.mark.parametrize("kind", ["longrope", "dynamic"])
def test_generate_serves_them_one_at_a_time(kind, caplog):
    model = switching(kind, 64)
    options = choice.Options(cap=40, longest_prompt=60, end_tokens=[END], pad_token=0, batch_size=4)
    work = [Request(r.id, tuple(t % 64 for t in r.prompt), GREEDY, r.key) for r in requests(6, SETTINGS)]
    found = completions(choice.make("slots", model, options), work)
    assert "rollouts are generated one at a time: its rotary frequencies" in caplog.text
    assert found == completions(batched_engine(model, 1), work)


def test_a_family_whose_own_generate_depends_on_the_batch_is_refused_by_name():
    model = MiniMaxForCausalLM(
        MiniMaxConfig(**SMALL, num_local_experts=2, num_experts_per_tok=1, block_size=8)
    )
    with pytest.raises(UnservedModelError, match="its lightning attention counts padding"):
        slot_engine(model.eval(), 2)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_host_that_is_a_step_behind_changes_nothing(family):
    model = tiny.model(family)
    work = requests(14, SETTINGS)
    engine = slot_engine(model, 4)
    expected = completions(engine, work)
    before = engine.counters.steps
    behind = slot_engine(model, 4)
    behind._ahead = 1
    assert completions(behind, work) == expected
    assert before < behind.counters.steps <= before + len(work)


def test_a_host_that_is_a_step_behind_preempts_and_shrinks_rightly(qwen3_5, monkeypatch):
    work = requests(10, SETTINGS, longest_prompt=30)
    expected = completions(slot_engine(qwen3_5, 6), work)
    monkeypatch.setattr(GroupedSdpa, "page_size", 4)
    engine = slot_engine(qwen3_5, 6, pages=20)
    engine._ahead = 1
    step, calls = engine._decoder.step, itertools.count()

    def short_of_memory(rows, *given, **how):
        if next(calls) == 30:
            raise torch.OutOfMemoryError
        return step(rows, *given, **how)

    monkeypatch.setattr(engine._decoder, "step", short_of_memory)
    assert flips(qwen3_5, work, completions(engine, work), expected) == 0
    assert engine.counters.preemptions > 0
    assert engine.counters.out_of_memory == 1
    assert engine.cache.free_pages == engine.cache.pages


def test_a_step_that_cannot_decide_without_waiting_starts_the_row_again(qwen3_5, monkeypatch):
    work = requests(8, [Setting("narrow", top_k=5), GREEDY])
    monkeypatch.setattr(sampler, "SPARE", 1)

    class Coarse(type(qwen3_5)):
        """Logits of whole numbers, so that many tie."""

        def forward(self, *given, **how):
            output = super().forward(*given, **how)
            output.logits = (output.logits / 8).round()
            return output

    monkeypatch.setattr(qwen3_5, "__class__", Coarse)
    expected = completions(batched_engine(qwen3_5, 1), work)
    assert completions(slot_engine(qwen3_5, 3), work) == expected
    behind = slot_engine(qwen3_5, 3)
    behind._ahead = 1
    assert completions(behind, work) == expected
    assert behind.counters.restarts > 0


def test_prompts_are_read_in_few_passes_and_long_ones_in_chunks_between_steps(qwen3_5, monkeypatch):
    work = requests(64, SETTINGS)
    expected = completions(slot_engine(qwen3_5, 64, cap=4), work)
    engine = slot_engine(qwen3_5, 64, cap=4)
    assert completions(engine, work) == expected
    assert engine.counters.prefills <= 2
    assert engine._reader.in_chunks
    monkeypatch.setattr(prefill, "CHUNK", 16)
    engine = slot_engine(qwen3_5, 5, cap=4)
    assert flips(qwen3_5, work, completions(engine, work), expected) == 0
    assert engine.counters.prefills > len(work)
    assert engine.cache.free_pages == engine.cache.pages


def test_the_model_attends_as_before_after_a_run(qwen3_5):
    before = qwen3_5.config._attn_implementation
    completions(slot_engine(qwen3_5, 2), requests(3, [GREEDY]))
    assert qwen3_5.config._attn_implementation == before
