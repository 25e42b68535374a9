"""A whole report as data: every figure of the given rollouts, and the tables of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sdtool.errors import InputError
from sdtool.report import caps as cap_replay
from sdtool.report.best import best_setting
from sdtool.report.columns import encoded
from sdtool.report.comparisons import COMPARED, against, compare_all
from sdtool.report.curves import curves
from sdtool.report.decomposition import decompositions
from sdtool.report.figures import WEIGHTED, figures, repeats, splits
from sdtool.report.lengths import length_quantiles
from sdtool.report.measures import ANSWERED, repeat_measures, with_answers
from sdtool.report.series import by_step
from sdtool.report.series import series as all_series
from sdtool.report.settings import idle_min_p, parameters
from sdtool.report.subsets import notes as subset_notes
from sdtool.report.subsets import subsets
from sdtool.report.tables import (
    FURTHER,
    Table,
    comparisons_table,
    decompositions_table,
    endings_table,
    lengths_table,
    outcomes_table,
    parameters_table,
    parts_table,
    repeats_table,
    series_table,
    settings_table,
    subsets_table,
    title_of,
)
from sdtool.report.twins import notes as twin_notes
from sdtool.report.twins import twins

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sdtool.config import Setting
    from sdtool.report.best import BestSetting
    from sdtool.report.columns import Column
    from sdtool.report.comparisons import Comparison
    from sdtool.report.curves import Curve
    from sdtool.report.decomposition import Decomposition
    from sdtool.report.figures import Figure, Split
    from sdtool.report.lengths import LengthQuantile
    from sdtool.report.rollouts import Rollouts
    from sdtool.report.series import Series
    from sdtool.report.twins import Twin

LEADING = ("accuracy", "length_stop")  # the comparisons that come first
INTERVALS = "Brackets hold 95 % intervals; n counts problems, the unit over which they are taken."


@dataclass(frozen=True)
class Study:
    """What a report says.

    `settings` are the decode parameters, `remarks` what to know of some. `by_cap` holds the figures
    at each replayed cap, the run's own included, `by_part` those of each source and each stratum.
    `comparisons` are with the reference setting, by metric, and `decompositions` say why the accuracy
    differs. `best` is the best setting in accuracy. `curves` are over the caps, of each setting and of its
    difference from the reference. `series` is there where the settings are checkpoints.
    """

    rollouts: Rollouts
    settings: list[Setting]
    remarks: dict[str, str]
    figures: list[Figure]
    by_cap: dict[int, list[Figure]]
    by_part: dict[str, list[Figure]]
    splits: list[Split]
    comparisons: dict[str, list[Comparison]]
    decompositions: list[Decomposition]
    best: BestSetting | None
    repeats: list[Figure]
    curves: list[Curve]
    lengths: list[LengthQuantile]
    series: list[Series]
    twins: list[Twin]
    notes: list[str]

    def lead_tables(self) -> list[Table]:
        """The settings, the comparisons in accuracy and a series: first on a terminal, on top of the page."""
        found = [replace(settings_table(self.figures), note=INTERVALS), self._comparisons("accuracy")]
        found.append(series_table(self.series))
        return [table for table in found if table.rows]

    def main_tables(self) -> list[Table]:
        """The lead tables, how rollouts end, subsets and repeated samples."""
        found = [replace(settings_table(self.figures), note=INTERVALS), outcomes_table(self.splits)]
        found.append(endings_table(self.splits))
        found += [self._comparisons(metric) for metric in LEADING]
        found += [subsets_table(self.figures), repeats_table(self.repeats)]
        return [table for table in found if table.rows]

    def cap_tables(self) -> list[Table]:
        """One table for each smaller cap that was replayed."""
        smaller = [cap for cap in sorted(self.by_cap) if cap != self.rollouts.cap]
        return [
            settings_table(self.by_cap[cap], title=f"Replayed at a cap of {cap:,} tokens") for cap in smaller
        ]

    def tables(self) -> list[Table]:
        """Every table that has a row."""
        found = [
            *self.main_tables(),
            *(self._comparisons(metric) for metric in COMPARED if metric not in LEADING),
            settings_table(self.figures, FURTHER, title="Further metrics"),
            decompositions_table(self.decompositions),
            self._comparisons(ANSWERED),
            *(
                self._comparisons(metric)
                for metric in self.comparisons
                if metric.startswith(("pass@", "maj@"))
            ),
            *(self._comparisons(metric) for metric in self.comparisons if metric.endswith(WEIGHTED)),
            lengths_table(self.lengths),
            series_table(self.series),
            parts_table(self.by_part if len(self.by_part) > 1 else {}),
            parameters_table(self.settings, self.remarks),
            *self.cap_tables(),
        ]
        return [table for table in found if table.rows]

    def _comparisons(self, metric: str) -> Table:
        rows = self.comparisons.get(metric, [])
        reference = rows[0].reference if rows else ""
        return comparisons_table(rows, f"{title_of(metric)} minus that of {reference}")

    def all_figures(self) -> list[Figure]:
        """The rows of `summary.csv`: each cap once, the run's own first."""
        own = self.rollouts.cap
        return self.figures + [
            figure for cap in sorted(self.by_cap, reverse=True) if cap != own for figure in self.by_cap[cap]
        ]


def study(
    rollouts: Rollouts, *, caps: Sequence[int] = (), reference: str | None = None, series: str | None = None
) -> Study:
    """Every figure that the rollouts allow.

    Args:
        rollouts: what `read` returns.
        caps: smaller caps at which every figure is given too; none asks for the eight of a curve, where the
            files allow it.
        reference: the setting with which the others are compared; the first one by default, and in a series
        that
            at the first step.
        series: the settings are checkpoints of a training: their steps are this column, which must have been
            read, or `run`, for which runs must have been read apart.

    Raises:
        InputError: there is no such setting, a cap cannot be replayed, or there is no series.
    """
    lines: dict[str, dict[float, str]] = {}
    if series is not None:
        rollouts, lines = by_step(rollouts, series)
    rollouts = with_answers(rollouts)
    by_subset = subsets(rollouts)
    notes = [*rollouts.notes, *subset_notes(by_subset)]
    own = rollouts.cap
    if "cap" in rollouts and len(np.unique(rollouts["cap"])) > 1:
        raise InputError(
            "these runs have different caps: report each alone, or `compare` two, which replays the larger"
        )
    by_cap, at_caps = {}, {}
    wanted = set(caps) or (set(cap_replay.curve(own)) if own and rollouts.has_texts else set())
    if wanted:
        at_caps = cap_replay.replay(rollouts, sorted(wanted))
        by_cap = {
            cap: [
                figure
                for name, part in subsets(at_cap).items()
                for figure in figures(part, cap=cap, subset=name)
            ]
            for cap, at_cap in at_caps.items()
        }
    overall = [figure for name, part in by_subset.items() for figure in figures(part, cap=own, subset=name)]
    if own and by_cap:
        by_cap[own] = overall
    parts = {
        name: rollouts.part(label, partial(np.equal, name))
        for label in (_sources, _strata)
        if (column := label(rollouts.columns)) is not None
        for name in encoded(column)[0].tolist()
    }
    pairs = against(rollouts.settings[0] if reference is None else reference, rollouts)
    same = twins(rollouts)
    notes += twin_notes(same)
    repeated = repeat_measures(rollouts)
    comparisons = compare_all(rollouts, pairs, [*COMPARED, ANSWERED, *repeated])
    compared = {row.setting for row in comparisons.get("accuracy", [])}
    notes += [
        f"{setting} and {base} have no problem in common and are not compared"
        for setting, base in pairs
        if setting not in compared
    ]
    settings = parameters(rollouts)
    return Study(
        rollouts=rollouts,
        settings=settings,
        remarks=idle_min_p(settings, same),
        figures=overall,
        by_cap=by_cap,
        by_part={name: figures(part, cap=own) for name, part in parts.items()},
        splits=splits(rollouts),
        comparisons=comparisons,
        decompositions=decompositions(rollouts, pairs),
        best=best_setting(rollouts, without={twin.setting for twin in same}),
        repeats=repeats(rollouts),
        curves=_curves(rollouts, at_caps, pairs),
        lengths=length_quantiles(rollouts),
        series=all_series(rollouts, lines),
        twins=same,
        notes=notes,
    )


def _curves(
    rollouts: Rollouts, at_caps: Mapping[int, Rollouts], pairs: Sequence[tuple[str, str]]
) -> list[Curve]:
    """The main metrics over the caps, the run's own included."""
    if not at_caps or rollouts.cap is None:
        return []
    at = {float(cap): found for cap, found in {**at_caps, rollouts.cap: rollouts}.items()}
    by_setting = {cap: {name: found.of(name) for name in found.settings} for cap, found in at.items()}
    return curves(by_setting, pairs, COMPARED)


def _sources(columns: Mapping[str, Column]) -> Column | None:
    return columns.get("source")


def _strata(columns: Mapping[str, Column]) -> Column | None:
    """The stratum of each rollout's problem, or what a stratum is made of, its source and difficulty."""
    if "stratum" in columns:
        return columns["stratum"]
    if "source" not in columns or "difficulty" not in columns:
        return None
    pairs = zip(columns["source"], columns["difficulty"], strict=True)
    return np.array(
        [f"{source} / {difficulty}" if difficulty else source for source, difficulty in pairs], dtype=object
    )
