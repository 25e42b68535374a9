"""Triton kernels of a decode step: states advanced where they lie, and norms in one pass.

What they stand in for in transformers is their specification; no row depends on another. Nothing here is
imported where there is no Triton, and `replacements` tries each kernel out before it is used. Triton reads
annotations itself, so only its own constants have any.
"""

import torch
import triton
import triton.language as tl

# Channels of the values that one program holds: a tile of 128 x 32 float32 is 16 KiB of registers.
VALUES = 32
CHANNELS = 256


@triton.jit
def _delta_rule(
    query, key, value, decay, beta, state, output,
    query_row, query_head, key_row, key_head, value_row, value_head,
    decay_row, decay_head, beta_row, beta_head, state_row, state_head,
    scale, epsilon,
    heads: tl.constexpr, group: tl.constexpr, width: tl.constexpr, depth: tl.constexpr,
    padded: tl.constexpr, block: tl.constexpr, normalise: tl.constexpr,
):  # fmt: skip
    row = (tl.program_id(1) // heads).to(tl.int64)
    head = tl.program_id(1) % heads
    along = tl.arange(0, padded)
    across = tl.program_id(0) * block + tl.arange(0, block)
    in_key, in_value = along < width, across < depth
    q = tl.load(query + row * query_row + head // group * query_head + along, mask=in_key, other=0.0)
    k = tl.load(key + row * key_row + head // group * key_head + along, mask=in_key, other=0.0)
    v = tl.load(value + row * value_row + head * value_head + across, mask=in_value, other=0.0)
    q, k, v = q.to(tl.float32), k.to(tl.float32), v.to(tl.float32)
    if normalise:
        q = q * tl.rsqrt(tl.sum(q * q) + epsilon)
        k = k * tl.rsqrt(tl.sum(k * k) + epsilon)
    q = q * scale
    kept = tl.exp(tl.load(decay + row * decay_row + head * decay_head).to(tl.float32))
    share = tl.load(beta + row * beta_row + head * beta_head).to(tl.float32)
    where = state + row * state_row + head * state_head + along[:, None] * depth + across[None, :]
    inside = in_key[:, None] & in_value[None, :]
    memory = tl.load(where, mask=inside, other=0.0).to(tl.float32) * kept
    change = (v - tl.sum(memory * k[:, None], axis=0)) * share
    memory += k[:, None] * change[None, :]
    tl.store(where, memory, mask=inside)
    answer = tl.sum(memory * q[:, None], axis=0)
    tl.store(output + (row * heads + head) * depth + across, answer, mask=in_value)


def delta_rule(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    *,
    decay: torch.Tensor,
    beta: torch.Tensor,
    state: torch.Tensor,
    normalise: bool,
) -> torch.Tensor:
    """One token of the gated delta rule; the semantics of `torch_recurrent_gated_delta_rule` of transformers.

    Args:
        query: `[rows, 1, key heads, width]`; each head serves as many consecutive heads of the values.
        key: likewise.
        value: `[rows, 1, heads, depth]`.
        decay: `[rows, 1, heads]`, the logarithm of what the state keeps.
        beta: `[rows, 1, heads]`.
        state: `[rows, heads, width, depth]`, advanced in place; the last two dimensions are contiguous.
        normalise: whether queries and keys are brought to length 1 first.

    Returns:
        `[rows, 1, heads, depth]` of the type of `query`.
    """
    rows, _, heads, depth = value.shape
    width = key.shape[-1]
    query, key, value = (part if part.stride(-1) == 1 else part.contiguous() for part in (query, key, value))
    output = torch.empty(rows, 1, heads, depth, dtype=query.dtype, device=query.device)
    strides = (
        stride for part in (query, key, value, decay, beta) for stride in (part.stride(0), part.stride(2))
    )
    _delta_rule[(triton.cdiv(depth, VALUES), rows * heads)](
        query, key, value, decay, beta, state, output, *strides, state.stride(0), state.stride(1),
        width**-0.5, 1e-6,
        heads=heads, group=heads // key.shape[2], width=width, depth=depth,
        padded=triton.next_power_of_2(width), block=VALUES, normalise=normalise,
    )  # fmt: skip
    return output


@triton.jit
def _convolve(
    new, state, weight, bias, output, new_row, new_channel, state_row, channels,
    width: tl.constexpr, block: tl.constexpr, with_bias: tl.constexpr, silu: tl.constexpr,
):  # fmt: skip
    row = tl.program_id(1).to(tl.int64)
    channel = tl.program_id(0) * block + tl.arange(0, block)
    inside = channel < channels
    total = tl.zeros((block,), dtype=tl.float32)
    if with_bias:
        total += tl.load(bias + channel, mask=inside, other=0.0).to(tl.float32)
    # Each channel is one thread's own, which reads a place before it writes there.
    lane = state + row * state_row + channel * width
    for place in tl.static_range(width):
        if place + 1 < width:
            seen = tl.load(lane + place + 1, mask=inside, other=0.0)
        else:
            seen = tl.load(new + row * new_row + channel * new_channel, mask=inside, other=0.0)
        tl.store(lane + place, seen, mask=inside)
        share = tl.load(weight + channel * width + place, mask=inside, other=0.0)
        total += seen.to(tl.float32) * share.to(tl.float32)
    if silu:
        total = total * tl.sigmoid(total)
    tl.store(output + row * channels + channel, total, mask=inside)


def convolve(
    new: torch.Tensor,
    state: torch.Tensor,
    weight: torch.Tensor,
    bias: torch.Tensor | None,
    *,
    silu: bool,
) -> torch.Tensor:
    """One token of a causal convolution, channel by channel; `causal_conv1d_update` of transformers.

    Args:
        new: `[rows, channels, 1]`.
        state: `[rows, channels, width]`, contiguous but for the rows: the last inputs, to which `new` is
            added in place.
        weight: `[channels, width]`, contiguous.
        bias: `[channels]` or None.
        silu: whether SiLU follows.

    Returns:
        `[rows, channels, 1]` of the type of `new`.
    """
    rows, channels, _ = new.shape
    output = torch.empty(rows, 1, channels, dtype=new.dtype, device=new.device)
    _convolve[(triton.cdiv(channels, CHANNELS), rows)](
        new, state, weight, weight if bias is None else bias, output,
        new.stride(0), new.stride(1), state.stride(0), channels,
        width=weight.shape[1], block=CHANNELS, with_bias=bias is not None, silu=silu,
    )  # fmt: skip
    return output.transpose(1, 2)


@triton.jit
def _norm(
    hidden, gate, weight, output, hidden_row, gate_row, width, epsilon,
    padded: tl.constexpr, gated: tl.constexpr, centred: tl.constexpr,
):  # fmt: skip
    row = tl.program_id(0).to(tl.int64)
    along = tl.arange(0, padded)
    inside = along < width
    given = tl.load(hidden + row * hidden_row + along, mask=inside, other=0.0)
    x = given.to(tl.float32)
    x = x * tl.rsqrt(tl.sum(x * x) / width + epsilon)
    share = tl.load(weight + along, mask=inside, other=0.0)
    if centred:
        x = x * (1.0 + share.to(tl.float32))
    else:
        # Rounded before the product and after it, as Llama does.
        x = x.to(given.dtype).to(tl.float32) * share.to(tl.float32)
        x = x.to(given.dtype).to(tl.float32)
    if gated:
        passed = tl.load(gate + row * gate_row + along, mask=inside, other=0.0).to(tl.float32)
        x = x * (passed * tl.sigmoid(passed))
    tl.store(output + row * width + along, x, mask=inside)


def norm(
    hidden: torch.Tensor,
    weight: torch.Tensor,
    epsilon: float,
    *,
    centred: bool,
    gate: torch.Tensor | None = None,
) -> torch.Tensor:
    """A norm by the root of the mean square, over the last dimension.

    Args:
        hidden: `[..., width]`.
        weight: `[width]`.
        epsilon: added to the mean square.
        centred: whether the output is multiplied by 1 + weight, in float32, and not by the weight.
        gate: of the shape of `hidden`; the output is multiplied by its SiLU.

    Returns:
        The shape and type of `hidden`.
    """
    width = hidden.shape[-1]
    rows = hidden.reshape(-1, width)
    gates = rows if gate is None else gate.reshape(-1, width)
    output = torch.empty(hidden.shape, dtype=hidden.dtype, device=hidden.device)
    padded = triton.next_power_of_2(width)
    _norm[(len(rows),)](
        rows, gates, weight, output, rows.stride(0), gates.stride(0), width, epsilon,
        padded=padded, gated=gate is not None, centred=centred, num_warps=min(max(padded // 256, 1), 8),
    )  # fmt: skip
    return output
