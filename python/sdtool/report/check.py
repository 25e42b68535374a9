"""One genuine run at a smaller cap, beside the replayed one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sdtool.errors import InputError
from sdtool.metrics import METRICS
from sdtool.report.caps import REPLAYED, replay
from sdtool.report.figures import figures
from sdtool.report.reading import read
from sdtool.report.tables import Table, number

if TYPE_CHECKING:
    from pathlib import Path

    from sdtool.config import Experiment
    from sdtool.report.rollouts import Rollouts
    from sdtool.run import Watch

KEY = ("problem_id", "setting", "sample", "seed")


def check_cap(run: Path, cap: int, out: Path, watch: Watch) -> Table:
    """Generate the run's experiment again at `cap` into `out`, and lay its figures beside the replay's.

    Raises:
        InputError: the run cannot be read or replayed, or its experiment is not there or cannot be run.
    """
    from sdtool import workers

    experiment = experiment_at(run, cap)
    replayed = replay(read([run]), [cap])[cap]
    workers.execute(experiment, out, workers=None, resume=True, watch=watch)
    return beside(replayed, read([out]), cap)


def experiment_at(run: Path, cap: int) -> Experiment:
    """The run's experiment at another cap.

    Raises:
        InputError: the run does not hold it, or it cannot be read.
    """
    from sdtool import config

    stored = run / "experiment.toml"
    if not stored.is_file():
        raise InputError(f"{run} has no experiment.toml, so there is nothing to run again at a cap of {cap}")
    return replace(config.experiment(config.read_toml(stored)), max_new_tokens=cap)


def beside(replayed: Rollouts, genuine: Rollouts, cap: int) -> Table:
    """Every figure of both, one row a setting and metric, and how many rollouts agree altogether."""
    of_genuine = {(figure.setting, figure.metric): figure for figure in figures(genuine, cap=cap)}
    rows = []
    for figure in figures(replayed, cap=cap):
        other = of_genuine.get((figure.setting, figure.metric))
        if other is not None and figure.metric in METRICS:
            same = "equal" if figure == other else f"{other.value - figure.value:+.6g}"
            rows.append((figure.setting, METRICS[figure.metric].label, number(figure), number(other), same))
    mine, theirs = _rows(replayed), _rows(genuine)
    common = mine.keys() & theirs.keys()
    alike = sum(mine[key] == theirs[key] for key in common)
    return Table(
        f"Replayed and genuine at a cap of {cap:,} tokens",
        ("setting", "metric", "replayed", "genuine", "difference"),
        tuple(rows),
        f"{alike:,} of {len(common):,} rollouts agree in tokens, outcome and verdict.",
    )


def _rows(rollouts: Rollouts) -> dict[tuple[object, ...], tuple[object, ...]]:
    keys, outcomes = (
        zip(*(rollouts[name].tolist() for name in names), strict=True) for names in (KEY, REPLAYED)
    )
    return dict(zip(keys, outcomes, strict=True))
