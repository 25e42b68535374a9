"""What a run is going to do, in a few lines, before it does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdtool.config import EMBEDDED
from sdtool.parameters import described

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sdtool.config import Experiment
    from sdtool.schema import Problem

MOST_SETTINGS = 12
TOY = "embedded (a toy that ships with sdtool: its figures say nothing about real models)"


def plan(experiment: Experiment, problems: int, path: Path) -> str:
    """The plan as aligned lines.

    Args:
        experiment: what to do.
        problems: how many problems its data hold, after `limit`.
        path: the run's directory.
    """
    settings = experiment.settings
    begun = (path / "experiment.toml").exists()
    rollouts = len(settings) * problems * experiment.samples
    size = (
        f"{_count(len(settings), 'setting')} x {_count(problems, 'problem')} x "
        f"{_count(experiment.samples, 'sample')} = {_count(rollouts, 'rollout')}, "
        f"at most {rollouts * experiment.max_new_tokens:,} tokens, seed {experiment.seed}"
    )
    width = max(len(setting.name) for setting in settings[:MOST_SETTINGS])
    shown = [f"{setting.name:{width}}  {described(setting)}" for setting in settings[:MOST_SETTINGS]]
    if len(settings) > MOST_SETTINGS:
        shown.append(f"and {len(settings) - MOST_SETTINGS} more")
    lines = [
        ("model", _model(experiment)),
        ("data", _data(experiment, problems)),
        *(("settings" if place == 0 else "", line) for place, line in enumerate(shown)),
        ("cap", f"{experiment.max_new_tokens:,} new tokens a rollout"),
        ("plan", size),
        ("run", f"{path}{' (is there already: goes on with it)' if begun else ''}"),
    ]
    return "\n".join(f"{name:9} {text}" for name, text in lines)


def notes(experiment: Experiment, problems: Sequence[Problem]) -> list[str]:
    """What to know before anything is computed: samples that are equal, golds that no answer can match."""
    found = [
        f"{setting.name} is greedy: its {experiment.samples} samples of a problem are the same"
        for setting in experiment.settings
        if setting.temperature == 0 and experiment.samples > 1
    ]
    return [*found, *filter(None, [_gold_note(problems)])]


def _gold_note(problems: Sequence[Problem]) -> str | None:
    from sdtool import check_gold

    bad = [(problem, found) for problem in problems if not (found := check_gold(problem.gold)).ok]
    if not bad:
        return None
    problem, found = bad[0]
    return (
        f"{_count(len(bad), 'gold')} of {len(problems):,} cannot be matched by an answer written otherwise, "
        f"such as that of {problem.id!r}: {problem.gold[:60]!r} ({found.reason})"
    )


def _model(experiment: Experiment) -> str:
    if experiment.model == EMBEDDED:
        return TOY
    told = [
        f"{name} {value}"
        for name, value in (("revision", experiment.revision), ("dtype", experiment.dtype))
        if value
    ]
    return " ".join([experiment.model, *([f"({', '.join(told)})"] if told else [])])


def _data(experiment: Experiment, problems: int) -> str:
    names = [experiment.data, experiment.data_config, experiment.split]
    limited = " (--limit)" if experiment.limit == problems else ""
    return f"{' '.join(filter(None, names))}: {_count(problems, 'problem')}{limited}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
