"""The slots' cache: no page is lost or owned twice, windows keep the last tokens, bytes are as planned."""

import itertools
import math
import random
import sys
import types

import numpy as np
import plain_kernels
import pytest
import tiny
import torch
from hypothesis import given
from hypothesis import strategies as st
from sdtool.checkpoint import skeleton
from sdtool.engine import attention, memory, sdpa
from sdtool.engine.cache import Shape, SlotCache
from sdtool.engine.layers import Footprint, PagedLayer, Prompt, footprint
from sdtool.engine.models import cache_argument, empty_cache
from sdtool.engine.pages import Pages, Places
from sdtool.engine.sdpa import GroupedSdpa, length_groups
from transformers import Qwen3_5TextConfig

FAMILIES = ["qwen3_5", "qwen3", "llama", "gemma2", "gemma3"]
PAGE = 4


class SmallPages(GroupedSdpa):
    page_size = PAGE


@torch.no_grad()
def prefilled(model, length):
    cache = empty_cache(model.config)
    generator = torch.Generator().manual_seed(length)
    tokens = torch.randint(3, 300, (1, length), generator=generator)
    model(input_ids=tokens, use_cache=True, **{cache_argument(model): cache})
    return cache


@pytest.fixture(scope="module")
def gemma3():
    return tiny.model("gemma3")


@given(st.lists(st.tuples(st.sampled_from(["put", "extend", "release", "move"]), st.integers(0, 10**6))))
def test_no_page_is_lost_or_owned_twice(gemma3, operations):
    rows, pages = 4, 12
    source = prefilled(gemma3, 6)
    cache = SlotCache(source, Shape(rows, pages, 40), SmallPages())
    held = {}
    for operation, number in operations:
        row = number % rows
        if operation == "put" and row not in held and cache.free_pages >= cache.pages_for(6):
            cache.put(row, Prompt.of(source, 0, 6))
            held[row] = 6
        elif operation == "extend" and all(held.get(other, 40) < 40 for other in range(row + 1)):
            running = range(row + 1)
            full = sum(held[other] % PAGE == 0 for other in running)
            enough = full <= cache.free_pages
            assert cache.extend(len(running)) == enough
            if enough:
                cache.advance(len(running))
                held |= {other: held[other] + 1 for other in running}
        elif operation == "release":
            cache.release(row)
            held.pop(row, None)
        elif (
            operation == "move"
            and row in held
            and (free := next((r for r in range(rows) if r not in held), None))
        ):
            cache.move(row, free)
            held[free] = held.pop(row)
        table = next(layer.pages.places.table for layer in cache.layers if layer.pages.places.window is None)
        owned = [page for row, size in held.items() for page in table[row, : cache.pages_for(size)].tolist()]
        assert 0 not in owned
        assert len(set(owned)) == len(owned) == pages - cache.free_pages
        assert cache.sizes.tolist() == cache.lengths.tolist() == [held.get(row, 0) for row in range(rows)]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("length", [1, 5, 23, 24, 25, 60])
def test_a_row_holds_what_the_prompt_s_own_cache_holds(family, length):
    model = tiny.model(family)
    source = prefilled(model, length)
    cache = SlotCache(source, Shape(3, 40, 80), SmallPages())
    cache.put(0, Prompt.of(prefilled(model, 7), 0, 7))
    cache.put(2, Prompt.of(source, 0, length))
    cache.release(0)
    cache.move(2, 0)
    for layer, theirs in zip(cache.layers, source.layers, strict=True):
        if isinstance(layer, PagedLayer):
            kept = theirs.keys.shape[2]
            where = layer.pages.places.span(0, torch.arange(length - kept, length))
            assert torch.equal(layer.pages.keys.flatten(0, 1)[where].transpose(0, 1), theirs.keys[0])
            assert torch.equal(layer.pages.values.flatten(0, 1)[where].transpose(0, 1), theirs.values[0])
        else:
            assert torch.equal(layer.conv_states[0][0], theirs.conv_states[0][0])
            assert torch.equal(layer.recurrent_states[0][0], theirs.recurrent_states[0][0])


def test_a_longer_row_widens_the_tables_and_keeps_what_they_say():
    model = tiny.model("llama")
    source = prefilled(model, 6)
    cache = SlotCache(source, Shape(2, 40, 8), SmallPages())
    cache.put(0, Prompt.of(source, 0, 6))
    before = cache.layers[0].pages.places.table.clone()
    assert not cache.widen(8)
    assert cache.widen(50)
    table = cache.layers[0].pages.places.table
    assert table.shape[1] * PAGE >= 50
    assert torch.equal(table[:, : before.shape[1]], before)


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=96))
def test_length_groups_take_every_row_once_and_never_read_more(widths):
    order, bounds = length_groups(np.array(widths), 64)
    assert sorted(order) == list(range(len(widths)))
    assert bounds[0] == 0
    assert bounds[-1] == len(widths)
    groups = [[widths[row] for row in order[low:high]] for low, high in itertools.pairwise(bounds)]
    assert len(groups) <= sdpa.MOST_GROUPS
    assert sum(len(group) * max(group) for group in groups) <= len(widths) * max(widths)


def rows_of_pages(lengths, heads=2, dim=8, seed=0):
    """Pages on which rows hold `lengths` tokens, shuffled, and the rows' keys and values."""
    generator = torch.Generator().manual_seed(seed)
    count = sum(-(-length // PAGE) for length in lengths)
    keys, values = (torch.randn(count + 1, PAGE, heads, dim, generator=generator) for _ in range(2))
    numbers = list(range(1, count + 1))
    random.Random(seed).shuffle(numbers)
    table = torch.zeros(len(lengths), -(-max(lengths) // PAGE), dtype=torch.int32)
    for row, length in enumerate(lengths):
        for page in range(-(-length // PAGE)):
            table[row, page] = numbers.pop()
    pages = Pages(keys, values, Places(table, PAGE, count + 1))
    pages.places.locate(torch.tensor(lengths) - 1)
    where = [pages.places.span(row, torch.arange(length)) for row, length in enumerate(lengths)]
    return pages, [keys.flatten(0, 1)[w] for w in where], [values.flatten(0, 1)[w] for w in where]


@pytest.mark.parametrize("sinks", [None, torch.tensor([-3.0, 0.0, 1.0, 4.0])], ids=["no sinks", "sinks"])
@pytest.mark.parametrize("softcap", [None, 2.0])
@pytest.mark.parametrize("overhead", [0, 10**9], ids=["many groups", "one group"])
def test_grouped_attention_is_attention_row_by_row(softcap, sinks, overhead, monkeypatch):
    monkeypatch.setattr(sdpa, "GROUP_OVERHEAD", overhead)
    lengths = [1, 30, 4, 5, 17, 2, 29]
    pages, keys, values = rows_of_pages(lengths)
    query = torch.randn(len(lengths), 4, 8, generator=torch.Generator().manual_seed(1))
    backend = SmallPages()
    backend.prepare(pages.places, np.array(lengths))
    assert (len(pages.places.plan.groups) > 1) == (overhead == 0)
    output = backend.attend(query, pages, scale=0.3, softcap=softcap, sinks=sinks)
    for row in range(len(lengths)):
        for head in range(4):
            scores = keys[row][:, head // 2] @ query[row, head] * 0.3
            if softcap is not None:
                scores = softcap * torch.tanh(scores / softcap)
            if sinks is not None:  # one score more, and no value for it
                scores = torch.cat([scores, sinks[head, None]])
            weights = scores.softmax(0)[: len(keys[row])]
            assert torch.allclose(output[row, head], weights @ values[row][:, head // 2], atol=1e-6)


@pytest.mark.parametrize("sinks", [False, True])
@pytest.mark.parametrize("kind", plain_kernels.FAKES)
def test_gpu_kernels_are_called_as_documented_and_a_wrong_one_is_noticed(kind, sinks, monkeypatch):
    for factor, right in ((1, True), (2, False)):
        plain_kernels.install(kind, monkeypatch, factor=factor)
        error = attention._try_out(kind(), torch.device("cpu"), torch.float32, (4, 2, 16), sinks=sinks)
        assert (error < 1e-5) == right


def test_a_torch_without_block_tables_is_passed_over(monkeypatch):
    module = types.SimpleNamespace(varlen_attn=lambda query: query)
    monkeypatch.setitem(sys.modules, "torch.nn.attention.varlen", module)
    with pytest.raises(RuntimeError, match="has no block_table, seqused_k"):
        attention.Varlen()


@pytest.mark.parametrize("family", FAMILIES)
def test_the_plan_from_the_configuration_is_what_is_allocated(family):
    model = tiny.model(family)
    plan = memory.plan(skeleton(model.config, torch.float32), total=2**30, cap=100)
    assert plan.weights == memory.weights(model)
    assert plan.row == footprint(prefilled(model, 30))
    cache = SlotCache(prefilled(model, 2), Shape(3, 10, 40), SmallPages())
    tokens = (10 + 1) * PAGE  # a page more than asked for takes the writes of rows that only fill a batch
    assert cache.nbytes() == tokens * plan.row.token + 3 * plan.row.state


def test_the_plan_for_80_gb_of_the_4b_model():
    kinds = (["linear_attention"] * 3 + ["full_attention"]) * 8
    config = Qwen3_5TextConfig(
        vocab_size=248_320, hidden_size=2560, intermediate_size=9216, num_hidden_layers=32,
        num_attention_heads=16, num_key_value_heads=4, head_dim=256, layer_types=kinds,
        linear_num_key_heads=16, linear_num_value_heads=32, linear_key_head_dim=128,
        linear_value_head_dim=128, tie_word_embeddings=True,
    )  # fmt: skip
    plan = memory.plan(skeleton(config, torch.bfloat16), total=80 * 10**9, cap=49_152)
    assert plan.row.token == 8 * 2 * 4 * 256 * 2 == 32 * 1024
    recurrent = 24 * 32 * 128 * 128 * 4
    convolution = 24 * 4 * (2 * 16 * 128 + 32 * 128) * 2
    assert plan.row.state == recurrent + convolution
    assert math.isclose(plan.weights, 8.4e9, rel_tol=0.02)
    assert plan.rows(49_152) == (72 * 10**9 - plan.weights) // (49_152 * 32 * 1024 + plan.row.state)
    assert "KiB of keys and values" in str(plan)


def test_a_plan_counts_rollouts_by_their_mean_length():
    plan = memory.Plan(total=1000, weights=400, row=Footprint(token=2, state=50), cap=100)
    assert plan.free == 500
    assert plan.rows(100) == 2
    assert plan.rows(0) == 10
