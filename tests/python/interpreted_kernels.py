"""Runs the Triton kernels in Triton's interpreter and prints the largest errors, one line a case.

A process of its own, because Triton decides when it is imported whether to interpret.
"""

import contextlib
import itertools
import os

os.environ["TRITON_INTERPRET"] = "1"

import tiny
import torch
from sdtool.engine import kernels, states
from sdtool.engine.models import empty_cache
from transformers.models.qwen3_5 import modeling_qwen3_5 as model

torch.manual_seed(0)


def error(ours, theirs):
    return float((ours.float() - theirs.float()).abs().max())


for rows, shared, heads, width, depth, normalise in [
    (1, 1, 1, 16, 16, True),
    (3, 2, 4, 16, 16, True),
    (2, 4, 4, 24, 40, True),
    (2, 1, 2, 128, 128, False),
]:
    query, key = torch.randn(2, rows, 1, shared, width)
    value = torch.randn(rows, 1, heads, depth)
    decay, beta = -torch.rand(rows, 1, heads), torch.rand(rows, 1, heads)
    # More rows than run, as in the slots' cache, with a row that must not change.
    state = torch.randn(rows + 1, heads, width, depth) / 4
    before = state.clone()
    output = kernels.delta_rule(
        query, key, value, decay=decay, beta=beta, state=state[:rows], normalise=normalise
    )
    expected, last = model.torch_recurrent_gated_delta_rule(
        query.repeat_interleave(heads // shared, 2), key.repeat_interleave(heads // shared, 2), value,
        g=decay, beta=beta, initial_state=before[:rows].clone(), output_final_state=True,
        use_qk_l2norm_in_kernel=normalise,
    )  # fmt: skip
    assert torch.equal(state[rows], before[rows])
    print("delta rule", rows, shared, heads, width, depth, error(output, expected), error(state[:rows], last))

for (rows, channels, width), with_bias, activation in itertools.product(
    [(1, 5, 4), (3, 300, 4), (2, 256, 3)], [False, True], [None, "silu"]
):
    state, weight = torch.randn(rows + 1, channels, width), torch.randn(channels, width)
    bias = torch.randn(channels) if with_bias else None
    new = torch.randn(rows, 1, channels).transpose(1, 2)
    before = state.clone()
    expected_state = before[:rows].clone()
    output = kernels.convolve(new, state[:rows], weight, bias, silu=activation is not None)
    expected = model.causal_conv1d_update(new, expected_state, weight, bias, activation)
    assert torch.equal(state[rows], before[rows])
    print(
        "convolution", rows, channels, width, error(output, expected), error(state[:rows], expected_state)
    )


@torch.no_grad()
def stepped(causal_model, context):
    """The logits of some steps, by the model's own cache."""
    cache = empty_cache(causal_model.config)
    causal_model(input_ids=torch.tensor([[3, 5, 7]]), past_key_values=cache)
    with context:
        steps = [
            causal_model(input_ids=torch.tensor([[token]]), past_key_values=cache).logits for token in (11, 13, 17)
        ]
    return torch.cat(steps)


# The device is told apart only to see whether kernels can run.
states._try_out = lambda *_: 0.0
whole = tiny.model("qwen3_5")
in_place = states.InPlaceStates(whole, torch.device("cuda"))
assert in_place.enabled, in_place.remarks
print("model", error(stepped(whole, in_place), stepped(whole, contextlib.nullcontext())))
