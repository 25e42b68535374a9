"""Attention over paged keys and values in plain torch: the backend that runs anywhere."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from torch.nn import functional

from sdtool.engine.pages import as_array

if TYPE_CHECKING:
    from sdtool.engine.pages import Pages, Places

    Array = np.ndarray[Any, Any]

# One more group of rows costs about as much as attending over this many tokens more (a gather and an
# attention call each); below it, splitting the batch by length does not pay.
GROUP_OVERHEAD = 1024
MOST_GROUPS = 8


class Group(NamedTuple):
    """Rows of similar length, attended over together.

    `rows` says which of the ordered rows they are, `pages` `[rows x width]` names their pages row by row, and
    `mask` `[rows, 1, 1, tokens]` is True where a token is attended over.
    """

    rows: slice
    pages: torch.Tensor
    mask: torch.Tensor


class Groups(NamedTuple):
    """All rows of a step. `order`, int64 `[rows]`, brings them in the order of the groups; None: they are."""

    order: torch.Tensor | None
    groups: list[Group]


class GroupedSdpa:
    """Masked scaled-dot-product attention in groups of similar length: runs anywhere, in any dtype.

    Pages are gathered into one rectangle a group. Grouping the rows by length keeps the rectangles from
    all being as wide as the longest row.
    """

    name = "sdpa"
    page_size = 16
    most_pages: int | None = None
    capturable = False

    def prepare(self, places: Places, sizes: Array) -> None:
        """Cut the rows into groups; see `Backend.prepare`."""
        page_size, device = places.page_size, places.table.device
        widths = -(-sizes // page_size)
        by_length, bounds = length_groups(widths, page_size)
        index, table, used = None, as_array(places.table), sizes.astype(np.int32)
        if len(bounds) > 2:  # noqa: PLR2004 - more than one group
            index = torch.from_numpy(by_length).to(device)
            table, used = table[as_array(index)], used[by_length]
        whole = np.arange(widths[by_length[-1]] * page_size, dtype=np.int32) < used[:, None]
        mask = as_array(torch.from_numpy(whole).to(device))
        groups = []
        for low, high in itertools.pairwise(bounds):
            width = int(widths[by_length[high - 1]])
            pages = torch.as_tensor(table[low:high, :width].reshape(-1))
            attended = torch.as_tensor(mask[low:high, None, None, : width * page_size])
            groups.append(Group(slice(low, high), pages, attended))
        places.plan = Groups(index, groups)

    def attend(
        self,
        query: torch.Tensor,
        pages: Pages,
        *,
        scale: float,
        softcap: float | None = None,
        sinks: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Attend group by group; see `Backend.attend`."""
        plan: Groups = pages.places.plan
        if plan.order is None:
            return _attend_group(query, pages, plan.groups[0], scale, softcap, sinks)
        query = query[plan.order]
        found = [
            _attend_group(query[group.rows], pages, group, scale, softcap, sinks) for group in plan.groups
        ]
        output = torch.cat(found)
        return torch.empty_like(output).index_copy_(0, plan.order, output)


def _attend_group(
    query: torch.Tensor,
    pages: Pages,
    group: Group,
    scale: float,
    softcap: float | None,
    sinks: torch.Tensor | None,
) -> torch.Tensor:
    rows, heads, _ = query.shape
    keys, values = (
        part.index_select(0, group.pages).view(rows, -1, *part.shape[2:]).transpose(1, 2)
        for part in (pages.keys, pages.values)
    )
    # The query heads that share a key head become its queries, so that keys need no repeating.
    packed = query.view(rows, keys.shape[1], -1, query.shape[-1])
    if softcap is None and sinks is None:
        output = functional.scaled_dot_product_attention(
            packed, keys, values, attn_mask=group.mask, scale=scale
        )
        return output.reshape(rows, heads, -1)
    scores = (packed @ keys.transpose(-1, -2) * scale).float()
    if softcap is not None:
        scores = softcap * torch.tanh(scores / softcap)
    scores = scores.masked_fill(~group.mask, -torch.inf)
    output = (scores.softmax(-1).to(query.dtype) @ values).reshape(rows, heads, -1)
    return with_sinks(output, scores.logsumexp(-1).reshape(rows, heads), sinks)


def with_sinks(output: torch.Tensor, lse: torch.Tensor, sinks: torch.Tensor | None) -> torch.Tensor:
    """Take a sink's share off the output `[rows, heads, width]`; `lse` is `[rows, heads]`, of the scores.

    A sink is a score of every head that takes part in the softmax and has no value, so it scales the output
    by sigmoid(lse - sink).
    """
    if sinks is None:
        return output
    return output * torch.sigmoid(lse.float() - sinks.float())[..., None].to(output.dtype)


def length_groups(widths: Array, page_size: int) -> tuple[Array, list[int]]:
    """Cut the rows into at most `MOST_GROUPS` groups of equal count by length, where that saves reading.

    Args:
        widths: int64 `[rows]`, pages of each row.
        page_size: tokens a page.

    Returns:
        int64 `[rows]`, the rows by length; and where in that order groups begin, the end included.
    """
    count = len(widths)
    order = widths.argsort(kind="stable")
    ordered = (widths[order] * page_size).tolist()
    best = [0, count]
    cost = count * ordered[-1] + GROUP_OVERHEAD
    if cost <= 2 * GROUP_OVERHEAD:
        return order, best
    for groups in range(2, min(MOST_GROUPS, count) + 1):
        bounds = [count * part // groups for part in range(groups + 1)]
        spent = groups * GROUP_OVERHEAD
        spent += sum((high - low) * ordered[high - 1] for low, high in itertools.pairwise(bounds))
        if spent < cost:
            best, cost = bounds, spent
    return order, best
