"""Rollouts as a library: the same seed gives the same rollouts, and an interrupted batch is not lost."""

from itertools import islice

import pytest
import tiny
import torch
from sdtool.config import PRESETS, Setting
from sdtool.engine import Completion, Partial, Request
from sdtool.engine.batched import BatchedEngine, processors
from sdtool.engine.slots import PagesExhaustedError
from sdtool.errors import SdtoolError
from sdtool.generation import Plan, rollouts
from sdtool.logits import (
    KeyedNoiseLogitsProcessor,
    MinPLogitsProcessor,
    PresencePenaltyLogitsProcessor,
    TopPLogitsProcessor,
)
from sdtool.prompts import PromptFormat
from sdtool.schema import Problem
from transformers import TemperatureLogitsWarper, TopKLogitsWarper

PROBLEMS = [Problem(str(n), f"Start with {n}. " * (n % 3 + 1), str(n), "sums") for n in range(5)]
SETTINGS = (*PRESETS.values(), Setting("greedy", temperature=0), Setting("bare", temperature=1.2, min_p=0.05))
TOKENIZER = tiny.tokenizer()
CAP = 12


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def generated(model, *, settings=SETTINGS, **options):
    options = {"engine": "generate", "cap": CAP, "prompt_format": PromptFormat("{problem}"), **options}
    found = list(rollouts(model, TOKENIZER, PROBLEMS, settings, **options))
    assert len({rollout.key for rollout in found}) == len(found)
    return {rollout.key: rollout.tokens for rollout in found}


@pytest.mark.parametrize("family", ["qwen3_5", "qwen3", "llama", "gemma"])
def test_the_same_seed_gives_the_same_rollouts_at_any_batch_size(family):
    model = tiny.model(family)
    one = generated(model, batch_size=1)
    assert len(one) == len(PROBLEMS) * len(SETTINGS)
    assert generated(model, batch_size=7) == one
    assert generated(model, batch_size=32) == one


def test_a_budget_of_memory_lets_fewer_be_in_flight_and_changes_nothing():
    model = tiny.model("qwen3")
    # 2 layers x keys and values x 2 heads x 8 numbers of 4 bytes: 256 bytes a token.
    assert generated(model, engine="slots", memory=256 * 16 * 12) == generated(model, engine="slots")
    with pytest.raises(PagesExhaustedError, match="and there are 1; lower the cap"):
        generated(model, engine="slots", memory=256 * 16 * 2)


def test_a_bar_counts_the_rollouts_and_changes_nothing(capsys):
    model = tiny.model("llama")
    assert generated(model, progress=True) == generated(model)
    assert f"{len(PROBLEMS) * len(SETTINGS)}/{len(PROBLEMS) * len(SETTINGS)}" in capsys.readouterr().err
    stream = rollouts(model, TOKENIZER, PROBLEMS, SETTINGS, cap=CAP, progress=True)
    next(stream)
    stream.close()
    assert list(stream) == []


def test_another_seed_gives_other_rollouts_and_greedy_ones_stay():
    model = tiny.model("llama")
    first, second = generated(model), generated(model, seed=1)
    for key, tokens in first.items():
        assert (tokens == second[key]) == (key[1] == "greedy")


def test_samples_of_one_problem_differ_and_fewer_samples_are_a_part_of_more():
    model = tiny.model("llama")
    many = generated(model, samples=3, settings=SETTINGS[:1])
    assert len(set(many.values())) == len(many)
    assert generated(model, samples=2, settings=SETTINGS[:1]).items() <= many.items()


def test_a_rollout_ends_with_an_end_token_or_at_the_cap():
    for rollout in rollouts(
        tiny.model("qwen3_5"), TOKENIZER, PROBLEMS, SETTINGS, cap=CAP, engine="generate", samples=4
    ):
        ended = rollout.tokens[-1] == TOKENIZER.eos_token_id
        assert rollout.finish_reason == ("stop" if ended else "length")
        assert len(rollout.tokens) == CAP or (ended and len(rollout.tokens) < CAP)
        assert TOKENIZER.eos_token_id not in rollout.tokens[:-1]
        assert rollout.thinking is True


def test_rollouts_come_as_they_finish_and_problems_are_not_asked_for_ahead():
    stream = rollouts(
        tiny.model("llama"), TOKENIZER, PROBLEMS * 1, SETTINGS[:1], batch_size=2, cap=4, engine="generate"
    )
    assert [rollout.problem.id for rollout in islice(stream, 2)] == ["0", "1"]
    stream.close()


def test_the_defaults_of_a_checkpoint_do_not_leak_into_a_setting():
    model = tiny.model("llama")
    plain = generated(model)
    defaults = model.generation_config
    defaults.do_sample, defaults.temperature, defaults.repetition_penalty = True, 0.1, 5.0
    defaults.no_repeat_ngram_size, defaults.max_new_tokens = 2, 3
    assert generated(model) == plain
    assert model.generation_config is defaults


def engine(model, **options):
    return BatchedEngine(model, **{"cap": CAP, "end_tokens": [2], "pad_token": 0, "batch_size": 3, **options})


def requests(count=4, generated=()):
    return [
        Request(n, tuple(range(5, 9 + n)), PRESETS["general"], key=n + 1, generated=generated)
        for n in range(count)
    ]


def test_an_engine_goes_on_after_earlier_tokens():
    model = tiny.model("llama")
    whole = {event.id: event for event in engine(model).run(requests())}
    for cut in (1, 6, CAP - 1):
        rest = [
            Request(r.id, r.prompt, r.setting, r.key, whole[r.id].tokens[: cut + r.id % 2][: CAP - 1])
            for r in requests()
        ]
        assert {event.id: event for event in engine(model).run(rest)} == whole


def test_a_batch_that_runs_out_of_memory_is_halved_and_nothing_is_lost():
    model = tiny.model("llama")
    expected = {event.id: event for event in engine(model, batch_size=8).run(requests(8))}
    forward, sizes = model.forward, []

    def scarce(*args, **kwargs):
        rows = len(kwargs["input_ids"])
        sizes.append(rows)
        if rows > 2:
            raise torch.OutOfMemoryError
        return forward(*args, **kwargs)

    model.forward = scarce
    assert {event.id: event for event in engine(model, batch_size=8).run(requests(8))} == expected
    assert max(sizes[sizes.index(2) :]) == 4  # the second half was already waiting as four


def test_a_stopped_engine_gives_the_batch_that_was_in_flight():
    model = tiny.model("llama")
    whole = {event.id: event.tokens for event in engine(model).run(requests(3))}
    forward, steps, stopped = model.forward, [], engine(model)

    def stopping(*args, **kwargs):
        steps.append(1)
        if len(steps) == 5:
            stopped.stop()
        return forward(*args, **kwargs)

    model.forward = stopping
    events = list(stopped.run(requests(3)))
    assert len(events) == 3
    for event in events:
        assert isinstance(event, Partial | Completion)
        assert event.tokens == whole[event.id][: len(event.tokens)]
        assert len(event.tokens) == 5 or isinstance(event, Completion)
    assert list(stopped.run(requests(3))) == []


@pytest.mark.parametrize("name", ["slots", "generate"])
def test_logits_that_are_no_numbers_end_a_run_and_say_so(name):
    model = tiny.model("llama")
    with torch.no_grad():
        model.lm_head.weight[7] = torch.nan
    with pytest.raises(SdtoolError, match="logits are no numbers"):
        generated(model, engine=name)


def test_processors_are_in_the_documented_order_and_only_those_that_do_something():
    expected = {
        Setting("everything", 0.5, 0.9, 20, 0.1, 1.5): [
            PresencePenaltyLogitsProcessor,
            TemperatureLogitsWarper,
            TopKLogitsWarper,
            TopPLogitsProcessor,
            MinPLogitsProcessor,
            KeyedNoiseLogitsProcessor,
        ],
        Setting("nothing"): [KeyedNoiseLogitsProcessor],
        Setting("greedy", temperature=0, top_k=5): [],
    }
    for setting, kinds in expected.items():
        assert [type(processor) for processor in processors(setting, torch.tensor([1]), 3)] == kinds


def test_a_plan_numbers_every_rollout_once():
    plan = Plan(tuple(PROBLEMS), SETTINGS, 3)
    keys = [plan.key(id_) for id_ in range(len(plan))]
    assert len(set(keys)) == len(plan) == 5 * 5 * 3
    assert keys[0] == ("0", "precise", 0)
    assert {key[0] for key in keys[:15]} == {"0"}


def test_problems_may_be_dicts_and_the_stream_says_how_many_there_will_be():
    rows = [{"id": "a", "question": "What is 1 + 1?", "answer": 2}, {"problem": "And 1 + 2?", "gold": "3"}]
    stream = rollouts(
        tiny.model("llama"),
        TOKENIZER,
        rows,
        [PRESETS["precise"]],
        samples=2,
        engine="generate",
        cap=4,
        prompt_format=PromptFormat("{problem}"),
    )
    assert (len(stream), stream.total) == (4, 4)
    found = [next(stream), *stream]
    assert sorted((r.problem.id, r.problem.gold, r.sample) for r in found) == [
        ("1", "3", 0),
        ("1", "3", 1),
        ("a", "2", 0),
        ("a", "2", 1),
    ]


@pytest.mark.parametrize(
    ("problems", "options", "message"),
    [
        (PROBLEMS, {"engine": "vllm"}, "unknown engine 'vllm'"),
        ([{"problem": "?"}], {}, "has no column gold or answer"),
        ([{"problem": "", "gold": "1"}], {}, "the problem has no text"),
        ([PROBLEMS[0], PROBLEMS[0]], {}, "have the same id"),
    ],
)
def test_bad_input_is_named_before_anything_is_generated(problems, options, message):
    with pytest.raises(SdtoolError, match=message):
        rollouts(tiny.model("llama"), TOKENIZER, problems, SETTINGS, **options)
