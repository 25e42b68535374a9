"""Graded rollouts as columns: what a report computes with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sdtool.report.columns import encoded, no_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pyarrow as pa
    import pyarrow.dataset as ds
    from numpy.typing import NDArray

    from sdtool.report.by_problem import ByProblem
    from sdtool.report.columns import Column


@dataclass(frozen=True)
class Rollouts:
    """Graded rollouts, one entry of every column a rollout.

    Attributes:
        columns: those of `COLUMNS` that are there and, from a problem set, all of `SUBSET_COLUMNS`; each of
            shape [n]. `problem_id`, `setting`, `correct`, `verdict` and `boxed` always are there.
        parts: where the texts lie, in row order, each with the names under which it stores its columns.
        missing: one entry of every column a rollout that is missing: `setting`, `problem_id`, and what is
            known of its problem.
        settings: names of the settings, in the order in which they are shown.
        notes: what a reader must know: left-out figures, partial runs, renamed settings.
        runs: of each run kept apart, its own names of its settings and the names that they have here.
    """

    columns: Mapping[str, Column]
    parts: tuple[ds.Dataset, ...] = ()
    missing: Mapping[str, Column] = field(default_factory=no_rows)
    settings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    runs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.columns["problem_id"])

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    def get(self, name: str) -> Column | None:
        """The column, or None where it is missing."""
        return self.columns.get(name)

    @property
    def n_missing(self) -> int:
        """How many rollouts are missing."""
        return len(self.missing["problem_id"])

    def where(self, mask: NDArray[np.bool_]) -> Rollouts:
        """The rows of `mask`, without their texts, and without those that are missing."""
        columns = {name: column[mask] for name, column in self.columns.items()}
        return replace(self, columns=columns, parts=(), missing=no_rows())

    def part(
        self,
        label: Callable[[Mapping[str, Column]], Column | None],
        chosen: Callable[[Column], NDArray[np.bool_]],
    ) -> Rollouts:
        """The rows, without their texts, and the missing ones of which `chosen` picks the label.

        `label` makes it of their columns. Missing ones of which it is not known belong to every part.
        """
        column = label(self.columns)
        assert column is not None
        found = self.where(chosen(column))
        of_missing = label(self.missing)
        mask = slice(None) if of_missing is None else chosen(of_missing)
        return replace(found, missing={name: values[mask] for name, values in self.missing.items()})

    def of(self, setting: str) -> Rollouts:
        """The rows of one setting, and the missing ones, without their texts."""
        if setting not in self._of:
            self._of[setting] = self.part(lambda columns: columns["setting"], lambda names: names == setting)
        return self._of[setting]

    @cached_property
    def _of(self) -> dict[str, Rollouts]:
        return {}

    @cached_property
    def problems(self) -> tuple[Column, NDArray[np.int64]]:
        """The problems, sorted, and the place among them of each row's, those of the missing ones last."""
        return encoded(np.concatenate((self["problem_id"], self.missing["problem_id"])))

    @cached_property
    def measured(self) -> dict[str, ByProblem | None]:
        """What `measures` has computed of these rollouts, by name: parts of a report ask for the same."""
        return {}

    @property
    def cap(self) -> int | None:
        """The smallest cap under which any of them was generated, or None where no column says it."""
        return int(self["cap"].min()) if "cap" in self and len(self) else None

    @property
    def has_texts(self) -> bool:
        """Whether each row's response, and where its tokens end, is stored."""
        return bool(self.parts) and all(
            {"response", "token_ends"} <= set(part.schema.names) for part in self.parts
        )

    def texts(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Those of `columns` that the files have, batch by batch in row order."""
        for part in self.parts:
            names = [name for name in columns if name in part.schema.names]
            yield from part.to_batches(columns=names, batch_size=256, batch_readahead=2, fragment_readahead=1)
