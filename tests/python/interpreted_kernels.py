"""Runs the Triton kernels in Triton's interpreter and prints the largest errors, one line a case.

A process of its own, because Triton decides when it is imported whether to interpret.
"""

import contextlib
import itertools
import os

os.environ["TRITON_INTERPRET"] = "1"

import tiny
import torch
from sdtool.engine import kernels, narrow, narrow_kernel, replacements
from sdtool.engine.models import cache_argument, empty_cache
from transformers.models.llama.modeling_llama import LlamaRMSNorm
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
    print("convolution", rows, channels, width, error(output, expected), error(state[:rows], expected_state))

for made, gated in [
    (model.Qwen3_5RMSNorm(48), False),
    (model.Qwen3_5RMSNormGated(16), True),
    (LlamaRMSNorm(5), False),
]:
    made.weight.data = torch.randn_like(made.weight)
    # Every other row of something larger, as a query beside its gate.
    hidden = torch.randn(2, 3, 2 * len(made.weight))[..., : len(made.weight)]
    gate = (torch.randn_like(hidden),) * gated
    centred = isinstance(made, model.Qwen3_5RMSNorm)
    epsilon = replacements._epsilon(made)
    output = kernels.norm(hidden, made.weight, epsilon, centred=centred, gate=gate[0] if gated else None)
    print("norm", type(made).__name__, error(output, made(hidden, *gate).detach()))

# Each way of drawing and each kind of logits, in one share of the vocabulary and in several, and in several
# blocks of a share; types and penalties as in use.
logits, penalty, rules, width = narrow.example(torch.device("cpu"), vocabulary=130)
for share, block, rows, kind, with_penalty in [
    (256, 128, [0, 6, 11, 18, 24], torch.float32, True),
    (64, 32, [9, 19], torch.bfloat16, False),
]:
    narrow_kernel.SHARE, narrow_kernel.BLOCK = share, block
    given = logits[rows].to(kind), penalty[rows] if with_penalty else None, rules[torch.tensor(rows)], width
    expected = narrow.plain(*given)
    assert torch.equal(narrow_kernel.draw(*given), expected)
    print("drawn", *expected.tolist())
# Four equal tokens, of which top-p takes two: those of the highest ids stay.
even = torch.tensor([[0.0, 1.0, 1.0, 1.0, 1.0, -0.0]])
half = narrow.Rules(torch.tensor([[1.0, 4, 0.5, -torch.inf, 0.0, 0.0]]), *torch.tensor([[7], [0]]))
assert narrow_kernel.draw(even, None, half, 6).tolist() == narrow.plain(even, None, half, 6).tolist() == [3]


@torch.no_grad()
def stepped(causal_model, context):
    """The logits of some steps, by the model's own cache."""
    cache = empty_cache(causal_model.config)
    with_cache = {cache_argument(causal_model): cache}
    causal_model(input_ids=torch.tensor([[3, 5, 7]]), **with_cache)
    with context:
        steps = [
            causal_model(input_ids=torch.tensor([[token]]), **with_cache).logits for token in (11, 13, 17)
        ]
    return torch.cat(steps)


class Elsewhere:
    """The modules of a model that says it is on CUDA, which is asked only to see whether kernels can run."""

    def __init__(self, causal_model):
        self.modules = causal_model.modules

    def parameters(self):
        return iter(())


replacements.FUNCTIONS = {
    name: (replace, lambda *_: 0.0) for name, (replace, _) in replacements.FUNCTIONS.items()
}
for family in ("qwen3_5", "llama"):
    whole = tiny.model(family)
    replaced = replacements.Replacements(Elsewhere(whole), torch.device("cuda"))
    assert replaced.enabled, replaced.remarks
    print(f"{family}: {replaced.report}")
    print("model", error(stepped(whole, replaced), stepped(whole, contextlib.nullcontext())))
    assert not any("forward" in part.__dict__ for part in whole.modules())
