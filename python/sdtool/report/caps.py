"""Smaller caps, replayed from stored rollouts: no tokenizer, no second run.

A decoder that does not look at its cap writes the same tokens under any cap, so a run at a smaller cap is the
prefix of this one: rollouts of at most that many tokens as they are, longer ones cut after as many tokens,
ended by `length`, and graded anew. This holds for temperature, top-p, top-k, min-p and presence
penalty; it would not hold for a sampler that steers towards an end.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from sdtool.errors import InputError
from sdtool.grading import looped
from sdtool.prompts import thinking
from sdtool.report.columns import as_column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sdtool.report.columns import Column
    from sdtool.report.rollouts import Rollouts

GRADED = ("verdict", "reason", "correct", "think_closed", "boxed")
REPLAYED = ("cap", "finish_reason", "n_tokens", "looped", *GRADED)


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
        longer = np.flatnonzero(n_tokens > min(caps))
        if len(longer):
            stored = _Stored(batch.take(pa.array(longer)))
            for cap in caps:
                cut_off = np.flatnonzero(n_tokens[longer] > cap)
                if len(cut_off):
                    stored.replay(cap, cut_off, columns[cap], row + longer[cut_off])
        row += batch.num_rows
    for cap in caps:
        columns[cap]["cap"][:] = cap
    return {cap: replace(rollouts, columns={**rollouts.columns, **columns[cap]}, parts=()) for cap in caps}


class _Stored:
    """Rollouts longer than some cap, with what every cap needs of them worked out once."""

    def __init__(self, batch: pa.RecordBatch) -> None:
        self.gold = batch["gold"]
        self.thinking = [thinking(prompt) for prompt in batch["prompt"].to_pylist()]
        self.responses = batch["response"].cast(pa.binary()).to_pylist()
        self.ends = [ends.values.to_numpy().astype(np.int32) for ends in batch["token_ends"]]
        self.tokens = [token_ids(text, ends) for text, ends in zip(self.responses, self.ends, strict=True)]

    def replay(
        self, cap: int, chosen: NDArray[np.intp], columns: Mapping[str, Column], rows: NDArray[np.intp]
    ) -> None:
        """Cut the chosen ones after `cap` tokens, grade them, and put the outcome at `rows` of `columns`."""
        import sdtool

        columns["finish_reason"][rows] = "length"
        columns["n_tokens"][rows] = cap
        if "looped" in columns:
            columns["looped"][rows] = [looped(self.tokens[row][:cap].tolist()) for row in chosen]
        opened = [self.thinking[row] for row in chosen]
        for kind in set(opened):
            alike = np.flatnonzero([given is kind for given in opened])
            responses = [cut(self.responses[row], int(self.ends[row][cap - 1])) for row in chosen[alike]]
            golds = self.gold.take(pa.array(chosen[alike]))
            graded = pa.table(sdtool.grade_batch(golds, pa.array(responses, pa.string()), thinking=kind))
            for name in GRADED:
                columns[name][rows[alike]] = as_column(name, graded[name])


def cut(response: bytes, end: int) -> str:
    """The first `end` bytes of a response, decoded as a run that stopped there would have.

    A token may end inside a character; a tokenizer's decoder then writes U+FFFD for the part that is there.
    """
    return response[:end].decode(errors="replace")


def token_ids(response: bytes, ends: NDArray[np.int32]) -> NDArray[np.int32]:
    """Numbers for the tokens, equal where their bytes are, of shape [tokens]: the ids are not stored."""
    offsets = np.concatenate(([0], ends)).astype(np.int32)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(response)]
    tokens = pa.Array.from_buffers(pa.binary(), len(ends), buffers).dictionary_encode()
    return np.asarray(tokens.indices.to_numpy(), dtype=np.int32)
