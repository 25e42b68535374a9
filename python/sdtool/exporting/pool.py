"""Rollouts as columns of small numbers: what filters choose from, and what is said of any part of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from sdtool.metrics import METRICS
from sdtool.report.columns import encoded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sdtool.report.rollouts import Rollouts

    Column = NDArray[Any]

CODED = ("problem_id", "setting", "source", "difficulty")
MIXED = CODED[1:]
UNKNOWN = "not stated"
NO_GOLD = "no-gold"
OF_GRADED = ("accuracy", "undecided")
"""Metrics whose mean is over the rollouts that have a gold answer."""


@dataclass(frozen=True)
class Pool:
    """Rollouts, without their texts.

    Attributes:
        columns: each of shape [n]; what the files do not say is missing. `row` is the place among all
            rollouts that were read. Those of `CODED` are int32 and index `names`. Every metric has a column
            of its name, bool where it is a share; `wrong` and `has_gold` are bool, `sample` is int64.
        names: the texts that a column of `CODED` indexes.
    """

    columns: Mapping[str, Column]
    names: Mapping[str, list[str]]

    @classmethod
    def of(cls, rollouts: Rollouts) -> Pool:
        """All of the rollouts."""
        columns: dict[str, Column] = {"row": np.arange(len(rollouts))}
        names = {}
        for name in CODED:
            if name in rollouts:
                distinct, index = encoded(rollouts[name])
                columns[name], names[name] = index.astype(np.int32), distinct.tolist()
        for metric in METRICS.values():
            if metric.column in rollouts:
                columns[metric.name] = metric.of(rollouts.columns)
        if "sample" in rollouts:
            columns["sample"] = rollouts["sample"]
        columns["wrong"] = rollouts["verdict"] == "different"
        if "reason" in rollouts:
            columns["has_gold"] = rollouts["reason"] != NO_GOLD
        return cls(columns, names)

    def __len__(self) -> int:
        return len(self.columns["row"])

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    def where(self, mask: NDArray[np.bool_]) -> Pool:
        """The rollouts of `mask`."""
        return replace(self, columns={name: column[mask] for name, column in self.columns.items()})

    def having(self, **columns: Column) -> Pool:
        """The same rollouts with more columns."""
        return replace(self, columns={**self.columns, **columns})

    def value(self, name: str, place: int) -> Any:
        """What a column says of one rollout, as Python has it."""
        found = self[name][place]
        return self.names[name][found] if name in self.names else getattr(found, "item", lambda: found)()

    def kind(self, name: str) -> pa.DataType:
        """The Arrow type of what a column says."""
        column = self[name]
        as_text = name in self.names or column.dtype == object
        return pa.string() if as_text else pa.from_numpy_dtype(column.dtype)

    def lottery(self, seed: int) -> NDArray[np.uint64]:
        """A number for each rollout that depends on the seed and on which rollout it is, on nothing else."""
        problems, settings = self.names["problem_id"], self.names["setting"]
        samples = self["sample"] if "sample" in self else np.zeros(len(self), dtype=np.int64)
        keys = zip(self["problem_id"].tolist(), self["setting"].tolist(), samples.tolist(), strict=True)
        drawn = b"".join(
            hashlib.blake2b(f"{seed}\0{problems[p]}\0{settings[s]}\0{k}".encode(), digest_size=8).digest()
            for p, s, k in keys
        )
        return np.frombuffer(drawn, dtype=np.uint64)

    def description(self) -> dict[str, Any]:
        """What is said of these rollouts: how many, of how many problems, the mean of each metric, the mix.

        A mean is over rollouts, for they are what is trained on. None: the files do not say it, or there is
        nothing to take it over.
        """
        graded = self.where(self["has_gold"]) if "has_gold" in self else self
        return {
            "rows": len(self),
            "problems": len(np.unique(self["problem_id"])),
            **{name: _mean(graded if name in OF_GRADED else self, name) for name in METRICS},
            "mix": {name: self._counts(name) for name in MIXED if name in self},
        }

    def _counts(self, name: str) -> dict[str, int]:
        found = np.bincount(self[name], minlength=len(self.names[name]))
        named = sorted((self.names[name][code] or UNKNOWN, int(count)) for code, count in enumerate(found))
        return {value: count for value, count in named if count}


def _mean(pool: Pool, name: str) -> float | None:
    return float(pool[name].mean()) if name in pool and len(pool) else None
