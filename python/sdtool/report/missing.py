"""Which rollouts are missing: planned and not there, or there for the same problems under other settings.

Long rollouts finish last, so what is missing is not a random part, and a mean of the others is no estimate.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sdtool.report.columns import PROBLEM_COLUMNS, encoded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sdtool.report.columns import Column
    from sdtool.report.rollouts import Rollouts

    Counts = NDArray[np.int64]


NO_PLAN = (
    "No plan says what it was to have, so it is held against the problems of the other settings; if it was "
    "run on fewer on purpose, say --complete"
)


def of_plan(
    columns: Mapping[str, Column],
    problems: Mapping[str, Column],
    settings: Sequence[str],
    samples: int | None,
) -> dict[str, Column]:
    """What a run lacks of `samples` rollouts of every problem under every setting.

    Args:
        columns: the rollouts that are there.
        problems: of all problems of the run, one entry each, the columns `PROBLEM_COLUMNS` that are known.
        settings: names of all settings of the run.
        samples: how many were asked for; without it, the most that any problem has.

    Returns:
        One entry for each missing rollout: `setting`, and the columns of `problems`.
    """
    names, index = encoded(np.concatenate((problems["problem_id"], columns["problem_id"])))
    planned = index[: len(problems["problem_id"])]
    there = _counts(columns, settings, len(names), index[len(planned) :])[:, planned]
    return _rows((samples or there.max(initial=0)) - there, settings, problems)


def of_count(rollouts: Rollouts, planned: int) -> dict[str, Column]:
    """What a run lacks of a number of rollouts, where it does not say of which problems: of nameless ones."""
    lacking = max(0, planned - len(rollouts))
    settings = np.array(rollouts.settings, dtype=object)
    return {
        "setting": settings[np.arange(lacking) % len(settings)],
        "problem_id": np.array([f"missing {number}" for number in range(lacking)], dtype=object),
    }


def of_others(rollouts: Rollouts, settings: Sequence[str]) -> dict[str, Column]:
    """What the given settings, of which no plan is known, lack of the problems and samples that are there.

    A setting is held against all problems of the settings with which it has any in common. It should have as
    many samples of each as it has sample numbers in that source; where samples have no number, as many as it
    has of most problems.
    """
    columns = rollouts.columns
    names, index = encoded(columns["problem_id"])
    there = _counts(columns, rollouts.settings, len(names), index)
    present = (there > 0).astype(np.float32)
    linked = present @ present.T > 0
    for _ in rollouts.settings:  # what shares a problem with what shares a problem belongs together
        linked = linked.astype(np.float32) @ linked > 0
    union = linked.astype(np.float32) @ present > 0
    _, first = np.unique(index, return_index=True)
    problems = {name: columns[name][first] for name in PROBLEM_COLUMNS if name in columns}
    sources, source = encoded(problems["source"] if "source" in problems else np.full(len(names), ""))
    lacking = np.zeros_like(there)
    for row, setting in enumerate(rollouts.settings):
        if setting in settings:
            usual = _usual(rollouts, setting, source[index], len(sources))
            lacking[row] = np.where(union[row], usual[source] - there[row], 0)
    return _rows(lacking, rollouts.settings, problems)


def _usual(rollouts: Rollouts, setting: str, source: Counts, sources: int) -> Counts:
    """How many samples of a problem a setting should have, of shape [sources]; `source` is each rollout's."""
    chosen = rollouts["setting"] == setting
    numbers = [rollouts[name][chosen].astype(str) for name in ("seed", "sample") if name in rollouts]
    mine = source[chosen]
    _, problem = encoded(rollouts["problem_id"][chosen])
    usual = np.zeros(sources, dtype=np.int64)
    for number in np.unique(mine):
        of_source = mine == number
        if "sample" in rollouts:
            usual[number] = len(set(zip(*(part[of_source].tolist() for part in numbers), strict=True)))
        else:
            sizes, often = np.unique(np.bincount(problem[of_source]), return_counts=True)
            sizes, often = sizes[sizes > 0], often[sizes > 0]
            usual[number] = sizes[::-1][np.argmax(often[::-1])]
    usual[usual == 0] = usual[usual > 0].min()  # of a source that is lacking altogether
    return usual


def _counts(columns: Mapping[str, Column], settings: Sequence[str], problems: int, index: Counts) -> Counts:
    """Rollouts that are there, of shape [settings, problems]."""
    place = {name: row for row, name in enumerate(settings)}
    names, of_setting = encoded(columns["setting"])
    rows = np.array([place.get(name, len(settings)) for name in names], dtype=np.int64)[of_setting]
    counts = np.bincount(rows * problems + index, minlength=(len(settings) + 1) * problems)
    return counts.reshape(len(settings) + 1, problems)[: len(settings)]


def _rows(lacking: Counts, settings: Sequence[str], problems: Mapping[str, Column]) -> dict[str, Column]:
    setting, problem = np.nonzero(lacking > 0)
    times = lacking[setting, problem]
    names: NDArray[Any] = np.array(settings, dtype=object)
    rows = np.repeat(problem, times)
    return {
        "setting": names[np.repeat(setting, times)],
        **{name: column[rows] for name, column in problems.items()},
    }


def on_its_sources(rollouts: Rollouts) -> Rollouts:
    """The rollouts of one setting, none missing of the sources of which nothing is there.

    A benchmark that was not run at all is left out of a comparison, which is over the problems that both
    have; what is missing of one that was run may be what took longest.
    """
    if "source" not in rollouts.missing or "source" not in rollouts:
        return rollouts
    begun = np.isin(rollouts.missing["source"], encoded(rollouts["source"])[0])
    return replace(rollouts, missing={name: column[begun] for name, column in rollouts.missing.items()})


def on_purpose(lacking: Mapping[str, Column]) -> list[str]:
    """A sentence for each setting that has fewer rollouts than others and is said to be complete."""
    names, index = encoded(lacking["setting"])
    return [
        f"{name} has {count:,} rollouts fewer than the other settings' problems would give it; --complete "
        "says that this is on purpose, so its figures are of the problems that it has"
        for name, count in zip(names, np.bincount(index, minlength=len(names)).tolist(), strict=True)
    ]


def notes(rollouts: Rollouts, unplanned: Sequence[str] = ()) -> list[str]:
    """A sentence for each setting of which rollouts are missing: how many, and of which sources.

    Of the `unplanned` it also says from what this is known, and what to do where it is not so.
    """
    names, index = encoded(rollouts.missing["setting"])
    found = [
        f"{name} is not shown: all of its {count:,} rollouts are missing"
        for name, count in zip(names, np.bincount(index, minlength=len(names)).tolist(), strict=True)
        if name not in rollouts.settings
    ]
    for setting in rollouts.settings:
        chosen = rollouts.of(setting)
        if not chosen.n_missing:
            continue
        by_source = ""
        if "source" in chosen.missing:
            names, index = encoded(chosen.missing["source"])
            counts = np.bincount(index).tolist()
            shares = (f"{name}: {count:,}" for name, count in zip(names, counts, strict=True))
            by_source = f" ({', '.join(shares)})"
        unbegun = chosen.n_missing - on_its_sources(chosen).n_missing
        found.append(
            f"{setting} is incomplete: {chosen.n_missing:,} of {len(chosen) + chosen.n_missing:,} rollouts "
            f"are missing{by_source}. Long rollouts finish last, so the others are not a random part: its "
            "figures are bounds, with the missing ones all at the least and all at the most"
            + ("; comparisons leave out the sources of which it has nothing" if unbegun else "")
            + (f". {NO_PLAN}" if setting in unplanned else "")
        )
    return found
