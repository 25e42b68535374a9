"""GPU attention kernels in plain torch, by their documented definitions, to test the calls on a CPU."""

import functools
import itertools
import sys
import types

import torch
from sdtool.engine.attention import FlashAttention, PagewiseVarlen, Varlen


def paged_kernel(query, pages, used, table, scale):
    """What a paged decode kernel computes, by definition: one query a row, `[rows, heads, dim]`.

    Beside it the log-sum-exp of the scores, `[rows, heads]`.
    """
    output, lse = torch.empty_like(query), torch.empty(query.shape[:2])
    for row, count in enumerate(used.tolist()):
        keys, values = (part[table[row].long()].flatten(0, 1)[:count] for part in pages)
        shared = query.shape[1] // keys.shape[1]
        for head in range(query.shape[1]):
            scores = keys[:, head // shared] @ query[row, head] * scale
            output[row, head] = scores.softmax(0) @ values[:, head // shared]
            lse[row, head] = scores.logsumexp(0)
    return output, lse


def varlen_attn(
    query, key, value, cu_seq_q, cu_seq_k, max_q, max_k, *, scale, seqused_k, block_table, enable_gqa,
    return_aux=None,
):  # fmt: skip
    assert cu_seq_q.tolist() == list(range(len(query) + 1))
    assert cu_seq_k is None
    assert max_q == 1
    assert max_k >= int(seqused_k.max())
    assert enable_gqa == (query.shape[1] != key.shape[2])
    assert seqused_k.dtype == block_table.dtype == torch.int32
    output, lse = paged_kernel(query, (key, value), seqused_k, block_table, scale)
    return output if return_aux is None else (output, lse.transpose(0, 1))


def packed_varlen_attn(query, key, value, starts_q, starts_k, max_q, max_k, *, scale, return_aux):
    """`varlen_attn` of torch 2.11: segments of queries over segments of keys, `[tokens, heads, dim]` each."""
    assert return_aux.lse
    assert starts_q.dtype == starts_k.dtype == torch.int32
    assert query.shape[1] == key.shape[1]
    assert int(starts_q[-1]) == len(query)
    assert int(starts_k[-1]) == len(key)
    output, lse = torch.full_like(query, torch.nan), torch.full((query.shape[1], len(query)), torch.inf)
    segments = zip(itertools.pairwise(starts_q.tolist()), itertools.pairwise(starts_k.tolist()), strict=True)
    for (low, high), (first, last) in segments:
        assert high - low <= max_q
        assert last - first <= max_k
        if high > low and last > first:
            scores = torch.einsum("qhd,khd->hqk", query[low:high], key[first:last]) * scale
            lse[:, low:high] = scores.logsumexp(-1)
            output[low:high] = torch.einsum("hqk,khd->qhd", scores.softmax(-1), value[first:last])
    return output, lse


def flash_attn_with_kvcache(
    q, k_cache, v_cache, *, cache_seqlens, block_table, softmax_scale, softcap, return_softmax_lse=False
):
    assert q.shape[1] == 1
    assert softcap == 0
    assert cache_seqlens.dtype == block_table.dtype == torch.int32
    output, lse = paged_kernel(q[:, 0], (k_cache, v_cache), cache_seqlens, block_table, softmax_scale)
    return (output[:, None], lse[..., None]) if return_softmax_lse else output[:, None]


FAKES = {
    Varlen: ("torch.nn.attention.varlen", "varlen_attn", varlen_attn),
    PagewiseVarlen: ("torch.nn.attention.varlen", "varlen_attn", packed_varlen_attn),
    FlashAttention: ("flash_attn", "flash_attn_with_kvcache", flash_attn_with_kvcache),
}


def install(kind, monkeypatch, factor=1):
    """Let a backend find the fake; a `factor` other than 1 makes it wrong."""
    module, name, kernel = FAKES[kind]

    @functools.wraps(kernel)
    def scaled(query, *arguments, **named):
        return kernel(factor * query, *arguments, **named)

    fake = types.SimpleNamespace(**{name: scaled}, AuxRequest=types.SimpleNamespace)
    monkeypatch.setitem(sys.modules, module, fake)
