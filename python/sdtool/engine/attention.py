"""How a decode step attends over paged keys and values: one backend per machine, chosen at start.

Every backend answers the same question: each row brings one query and attends over the tokens that its
own pages hold, and over a sink where the model has one; see `sdpa.with_sinks`.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import torch

from sdtool.engine.pages import Pages, Places
from sdtool.engine.sdpa import GroupedSdpa, with_sinks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Array = np.ndarray[Any, Any]


class Backend(Protocol):
    """What a decode step needs of an attention kernel."""

    name: str
    page_size: int
    """Tokens a page: what the kernel accepts, and otherwise what wastes little."""
    most_pages: int | None
    """Pages that the kernel can be launched over, None for any number."""
    capturable: bool
    """Whether a step's launches depend on device tensors alone, so that a CUDA graph can hold them."""

    def prepare(self, places: Places, sizes: Array) -> None:
        """Work out in `places.plan` what all layers of a step share.

        `sizes`, int64 `[rows]`, is how many tokens each row attends over; a capturable backend asks
        `places.used()` instead, for its plan.
        """

    def attend(
        self,
        query: torch.Tensor,
        pages: Pages,
        *,
        scale: float,
        softcap: float | None = None,
        sinks: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Attend with one query a row.

        Args:
            query: `[rows, query heads, head dim]`.
            pages: keys and values, the step's own token already written.
            scale: what the scores are multiplied by.
            softcap: scores become `softcap * tanh(scores / softcap)`, as in Gemma 2; None for no cap.
            sinks: `[query heads]`, the score of each head's sink; None for none.

        Returns:
            `[rows, query heads, value head dim]`.
        """
        ...


class Varlen:
    """`torch.nn.attention.varlen.varlen_attn` over block tables: no other dependency, CUDA only."""

    name = "varlen"
    # The flash kernel behind it takes pages of a multiple of 256 tokens on Ampere.
    page_size = 256
    most_pages: int | None = None
    capturable = True

    def __init__(self) -> None:
        module = importlib.import_module("torch.nn.attention.varlen")
        self._attention: Callable[..., Any] = module.varlen_attn
        parameters = inspect.signature(self._attention).parameters
        missing = {"seqused_k", "block_table"} - set(parameters)
        if missing:
            raise RuntimeError(
                f"varlen_attn of torch {torch.__version__} has no {', '.join(sorted(missing))}"
            )
        self._shares_heads = "enable_gqa" in parameters
        self._with_lse = {"return_aux": module.AuxRequest(lse=True)} if hasattr(module, "AuxRequest") else {}

    def prepare(self, places: Places, sizes: Array) -> None:  # noqa: ARG002 - the interface
        """Count the tokens of each row; see `Backend.prepare`."""
        places.plan = places.used()

    def attend(
        self,
        query: torch.Tensor,
        pages: Pages,
        *,
        scale: float,
        softcap: float | None = None,
        sinks: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Attend with one kernel; see `Backend.attend`."""
        assert softcap is None
        rows, heads, _ = query.shape
        places = pages.places
        starts = torch.arange(rows + 1, dtype=torch.int32, device=query.device)
        more = {"enable_gqa": heads != pages.keys.shape[2]} if self._shares_heads else {}
        if sinks is not None:
            more |= self._with_lse
        found = self._attention(
            query.contiguous(), pages.keys, pages.values, starts, None, 1,
            places.table.shape[1] * places.page_size,
            scale=scale, seqused_k=places.plan, block_table=places.table[:rows], **more,
        )  # fmt: skip
        return found if sinks is None else with_sinks(found[0], found[1].transpose(0, 1), sinks)


@dataclass(frozen=True, slots=True)
class Segments:
    """The whole pool as one packed sequence of segments: the used part of each page, then its unused part.

    `owners` int64 `[pages]` is the row that asks a page, `starts` int32 `[2 x pages + 1]` where segments
    begin, `numbers` int64 `[rows, pages a row]` the pages of each row, and `holds` says which hold tokens.
    """

    owners: torch.Tensor
    starts: torch.Tensor
    numbers: torch.Tensor
    holds: torch.Tensor


class PagewiseVarlen:
    """`varlen_attn` of a torch without block tables: each page is attended over by itself, then merged.

    A packed sequence may be cut anywhere, so the pool is cut at its page borders and nothing is gathered.
    Pages are merged by their log-sum-exp, as split-key kernels do.
    """

    name = "varlen by page"
    page_size = 256
    # Two segments a page and one for the page of unused rows; a CUDA grid has at most 65,535 of them.
    most_pages: int | None = 32_766
    capturable = True

    def __init__(self) -> None:
        module = importlib.import_module("torch.nn.attention.varlen")
        self._attention: Callable[..., tuple[torch.Tensor, torch.Tensor]] = module.varlen_attn
        self._with_lse = module.AuxRequest(lse=True)

    def prepare(self, places: Places, sizes: Array) -> None:
        """Cut the pool into segments; see `Backend.prepare`."""
        size, rows = places.page_size, len(sizes)
        numbers = places.table[:rows].long()
        first = torch.arange(numbers.shape[1], device=numbers.device) * size
        counts = (places.used()[:, None] - first).clamp(0, size).long()
        pool = torch.zeros(2, places.pages, dtype=torch.int64, device=numbers.device)
        row = torch.arange(rows, device=numbers.device)[:, None].expand_as(numbers)
        owners, used = pool[0], pool[1]
        owners.scatter_reduce_(0, numbers.flatten(), row.flatten(), "amax")
        used.scatter_reduce_(0, numbers.flatten(), counts.flatten(), "amax")
        begins = torch.arange(places.pages + 1, device=numbers.device) * size
        starts = torch.stack([begins[:-1], begins[:-1] + used], dim=1).flatten()
        places.plan = Segments(owners, torch.cat([starts, begins[-1:]]).int(), numbers, counts > 0)

    def attend(
        self,
        query: torch.Tensor,
        pages: Pages,
        *,
        scale: float,
        softcap: float | None = None,
        sinks: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Attend to every page with the queries of its row, then merge; see `Backend.attend`."""
        assert softcap is None
        plan: Segments = pages.places.plan
        rows, heads, dim = query.shape
        count, size, shared, width = pages.values.shape
        group = heads // shared
        # The heads that share a key head are its queries, so a page is read once for all of them.
        asked = query.reshape(rows, shared, group, dim).transpose(1, 2)[plan.owners].flatten(0, 1)
        ends = torch.arange(2 * count + 1, dtype=torch.int32, device=query.device)
        output, lse = self._attention(
            asked, pages.keys.flatten(0, 1), pages.values.flatten(0, 1),
            (ends + 1) // 2 * group, plan.starts, group, size, scale=scale, return_aux=self._with_lse,
        )  # fmt: skip
        # Gathered in the order in which the merge reads it, [rows, heads, pages a row], for that is as wide
        # as the longest rollout there may be.
        head = torch.arange(heads, device=query.device)[:, None]
        where = plan.numbers[:, None] * heads + head % group * shared + head // group
        lse = lse.view(shared, count, group).permute(1, 2, 0).reshape(-1)[where]
        holds = plan.holds[:, None]
        lse = lse.masked_fill(~holds, -torch.inf)
        weight = lse.softmax(-1).to(query.dtype)
        # A page without tokens has no defined output.
        output = output.reshape(-1, width)[where].masked_fill_(~holds[..., None], 0)
        return with_sinks((weight[:, :, None] @ output)[:, :, 0], lse.logsumexp(-1), sinks)


class FlashAttention:
    """`flash_attn_with_kvcache` of the flash-attn package over block tables, CUDA only."""

    name = "flash-attn"
    page_size = 256
    most_pages: int | None = None
    capturable = True

    def __init__(self) -> None:
        module = importlib.import_module("flash_attn")
        self._attention: Callable[..., Any] = module.flash_attn_with_kvcache

    def prepare(self, places: Places, sizes: Array) -> None:  # noqa: ARG002 - the interface
        """Count the tokens of each row; see `Backend.prepare`."""
        places.plan = places.used()

    def attend(
        self,
        query: torch.Tensor,
        pages: Pages,
        *,
        scale: float,
        softcap: float | None = None,
        sinks: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Attend with one kernel; see `Backend.attend`."""
        places = pages.places
        more = {} if sinks is None else {"return_softmax_lse": True}
        found = self._attention(
            query[:, None], pages.keys, pages.values, cache_seqlens=places.plan,
            block_table=places.table[: len(query)], softmax_scale=scale, softcap=softcap or 0.0, **more,
        )  # fmt: skip
        return found[:, 0] if sinks is None else with_sinks(found[0][:, 0], found[1][..., 0], sinks)


def choose(
    device: torch.device, dtype: torch.dtype, config: Any, *, sinks: bool = False
) -> tuple[Backend, list[str]]:
    """Choose the fastest backend that works here, by trying it.

    Each CUDA kernel first answers a small question whose answer is known; one that is absent, refuses the
    shape or answers wrongly is passed over.

    Args:
        device: where the model's attention layers are.
        dtype: the dtype of their keys and values.
        config: the text configuration of the model.
        sinks: whether the model has attention sinks.

    Returns:
        The backend, and sentences for the log: why faster ones were passed over, and what would help.
    """
    fallback = GroupedSdpa()
    if device.type != "cuda":
        return fallback, []
    reasons = []
    heads = config.num_attention_heads
    shared = getattr(config, "num_key_value_heads", None) or heads
    dim = getattr(config, "head_dim", None) or config.hidden_size // heads
    softcap = getattr(config, "attn_logit_softcapping", None)
    for kind in (Varlen, FlashAttention, PagewiseVarlen):
        if softcap and kind is not FlashAttention:
            reasons.append(f"attention {kind.name} is not used: it cannot cap the scores as this model asks")
            continue
        try:
            backend: Backend = kind()
            error = _try_out(backend, device, dtype, (heads, shared, dim), sinks=sinks)
        except Exception as problem:  # noqa: BLE001 - a kernel library may fail in any way; each is a reason
            reasons.append(f"attention {kind.name} is not used: {problem}")
        else:
            if error < 0.05:  # noqa: PLR2004 - half precision on unit-variance values is good to 0.01
                return backend, reasons
            reasons.append(f"attention {kind.name} is not used: it was off by {error:.3g} in its trial")
    reasons.append(
        "no paged attention kernel works here, so keys and values are gathered every step, at about three "
        "times the memory traffic; load the model in bfloat16, or install a newer torch or flash-attn"
    )
    return fallback, reasons


def _try_out(
    backend: Backend,
    device: torch.device,
    dtype: torch.dtype,
    shape: tuple[int, int, int],
    *,
    sinks: bool = False,
) -> float:
    """The largest error of `backend` on two rows of unlike lengths, against grouped SDPA."""
    heads, shared, dim = shape
    generator = torch.Generator(device).manual_seed(0)
    size = backend.page_size

    def random(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=generator, device=device, dtype=dtype)

    places = Places(torch.tensor([[3, 1], [2, 0]], dtype=torch.int32, device=device), size, pages=4)
    pages = Pages(random(4, size, shared, dim), random(4, size, shared, dim), places)
    places.locate(torch.tensor([size + 6, 2], device=device))
    query = random(2, heads, dim)
    scores = random(heads) if sinks else None
    answers = []
    for kernel in (backend, GroupedSdpa()):
        kernel.prepare(places, np.array([size + 7, 3]))
        answers.append(kernel.attend(query, pages, scale=dim**-0.5, sinks=scores).float())
    return float((answers[0] - answers[1]).abs().max())


def missing_kernels(device: torch.device, layer_types: Sequence[str]) -> list[str]:
    """Say which kernels a model with linear attention lacks on CUDA, and what to install.

    Only prompts need them: decode steps have kernels of their own, see `replacements`.
    """
    if device.type != "cuda" or "linear_attention" not in layer_types or importlib.util.find_spec("fla"):
        return []
    lacks = "fla is not installed: linear attention reads prompts in plain torch, several times slower"
    return [f"{lacks}; pip install flash-linear-attention"]
