"""Smaller caps, replayed from stored rollouts: no tokenizer, no second run.

A decoder that does not look at its cap writes the same tokens under any cap, so a run at a smaller cap is the
prefix of this one: rollouts of at most that many tokens as they are, longer ones cut after as many tokens,
ended by `length`, and graded anew. This holds for temperature, top-p, top-k, min-p and presence
penalty; it would not hold for a sampler that steers towards an end.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from sdtool.errors import InputError
from sdtool.grading import looped
from sdtool.prompts import thinking
from sdtool.report.rollouts import as_column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sdtool.report.rollouts import Column, Rollouts

GRADED = ("verdict", "reason", "correct", "think_closed", "boxed")
REPLAYED = ("cap", "finish_reason", "n_tokens", "looped", *GRADED)
THOUSAND = 1024


def parse(text: str) -> tuple[int, ...]:
    """`16k,32k,49152` as tokens; k is 1,024.

    Raises:
        InputError: a part is not a whole number above 0.
    """
    caps = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d+)\s*([kK]?)\s*", part, re.ASCII)
        if not match or int(match[1]) == 0:
            raise InputError(
                f"--cap {text}: {part.strip()!r} is no number of tokens; write for instance 16k,32k or 16384"
            )
        caps.append(int(match[1]) * (THOUSAND if match[2] else 1))
    return tuple(sorted(set(caps)))


def curve(cap: int) -> tuple[int, ...]:
    """The caps at which the curves of a report are drawn: eight up to `cap`, each √2 times the one before."""
    return tuple(sorted({max(1, round(cap * 2 ** (-step / 2))) for step in range(8)}))


def replay(rollouts: Rollouts, caps: Sequence[int]) -> dict[int, Rollouts]:
    """The same rollouts as runs at each of `caps` would have left them, from one pass over the texts.

    Raises:
        InputError: a cap is above the one of the run, or the files lack what a replay needs.
    """
    if rollouts.cap is None or not rollouts.has_texts or "n_tokens" not in rollouts:
        raise InputError(
            "smaller caps need the columns cap, response, n_tokens and token_ends, "
            "which only runs of `generate` have"
        )
    for cap in caps:
        if cap > rollouts.cap:
            raise InputError(
                f"cap {cap:,} is above the run's own of {rollouts.cap:,}: a stored rollout can be cut, "
                f"not lengthened; generate with --max-new-tokens {cap}"
            )
    columns = {cap: {name: rollouts[name].copy() for name in REPLAYED if name in rollouts} for cap in caps}
    row = 0
    for batch in rollouts.texts(("prompt", "response", "token_ends", "gold")):
        n_tokens = rollouts["n_tokens"][row : row + batch.num_rows]
        for cap in caps:
            cut = np.flatnonzero(n_tokens > cap)
            if len(cut):
                _replay_batch(batch.take(pa.array(cut)), cap, columns[cap], row + cut)
        row += batch.num_rows
    for cap in caps:
        columns[cap]["cap"][:] = cap
    return {cap: replace(rollouts, columns={**rollouts.columns, **columns[cap]}, parts=()) for cap in caps}


def _replay_batch(
    batch: pa.RecordBatch, cap: int, columns: Mapping[str, Column], rows: NDArray[np.int64]
) -> None:
    """Cut every response of `batch` after `cap` tokens, grade it, and put the outcome at `rows`."""
    import sdtool

    columns["finish_reason"][rows] = "length"
    columns["n_tokens"][rows] = cap
    ends = [list_.values.to_numpy()[:cap] for list_ in batch["token_ends"]]
    responses = [
        cut(text, int(end[-1])) for text, end in zip(batch["response"].to_pylist(), ends, strict=True)
    ]
    if "looped" in columns:
        encoded = (response.encode() for response in batch["response"].to_pylist())
        columns["looped"][rows] = [_looped(text, end) for text, end in zip(encoded, ends, strict=True)]
    opened = [thinking(prompt) for prompt in batch["prompt"].to_pylist()]
    for kind in set(opened):
        chosen = np.flatnonzero([given is kind for given in opened])
        graded = pa.table(
            sdtool.grade_batch(
                batch["gold"].take(pa.array(chosen)),
                pa.array([responses[row] for row in chosen], pa.string()),
                thinking=kind,
            )
        )
        for name in GRADED:
            columns[name][rows[chosen]] = as_column(name, graded[name])


def cut(response: str, end: int) -> str:
    """The first `end` bytes of the UTF-8 of `response`, decoded as a run that stopped there would have.

    A token may end inside a character; a tokenizer's decoder then writes U+FFFD for the part that is there.
    """
    return response.encode()[:end].decode(errors="replace")


def _looped(response: bytes, ends: NDArray[np.int64]) -> bool:
    """The loop rule on tokens told apart by their bytes: the ids themselves are not stored."""
    ids: dict[bytes, int] = {}
    starts = [0, *ends[:-1].tolist()]
    tokens = (response[start:end] for start, end in zip(starts, ends.tolist(), strict=True))
    return looped([ids.setdefault(token, len(ids)) for token in tokens])
