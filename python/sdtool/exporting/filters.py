"""The filters, as one table in the order in which they are applied, each counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sdtool.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

    from sdtool.exporting.options import Options
    from sdtool.exporting.pool import Pool

    Mask = NDArray[np.bool_]

ROUNDING = 1e-6
"""Added before a number of rollouts is cut to a whole one: 100 * .29 is 28.999999999999996."""


@dataclass(frozen=True)
class Filter:
    """One filter.

    Attributes:
        name: the flag's, with `_` for `-`.
        keeps: which of the rollouts that are left it keeps.
        needs: a column without which it cannot be applied, and what that column is.
        active: whether the options ask for it; where it is None, any value but nothing does.
    """

    name: str
    keeps: Callable[[Pool, Options], Mask]
    needs: str | None = None
    active: Callable[[Options], bool] | None = None

    def asked(self, options: Options) -> bool:
        """Whether the options ask for it."""
        return self.active(options) if self.active else bool(getattr(options, self.name))


@dataclass(frozen=True)
class Step:
    """What one filter did: its value, how many rollouts it dropped, and the description of what is left."""

    name: str
    value: Any
    dropped: int
    left: Mapping[str, Any]


def apply(pool: Pool, options: Options) -> tuple[Pool, list[Step]]:
    """Apply what is asked for, in the order of the table; returns what is left, and what each filter did.

    Raises:
        InputError: the files lack what a filter looks at, name no such setting, or nothing is left.
    """
    steps: list[Step] = []
    for filter_ in FILTERS:
        if not filter_.asked(options):
            continue
        if filter_.needs:
            _check(pool, filter_.needs, f"--{flag(filter_.name)}")
        left = pool.where(filter_.keeps(pool, options))
        value = getattr(options, filter_.name)
        steps.append(Step(filter_.name, value, len(pool) - len(left), left.description()))
        if not len(left):
            dropped = ", ".join(f"{step.dropped:,} by --{flag(step.name)}" for step in steps if step.dropped)
            raise InputError(f"nothing is left to export; dropped were {dropped}")
        pool = left
    return pool, steps


def flag(name: str) -> str:
    """A filter's name as the command line writes it, without the dashes."""
    return name.replace("_", "-")


def _named(pool: Pool, options: Options) -> Mask:
    return np.isin(pool["setting"], _codes(pool, options.setting))


def _verdict(pool: Pool, options: Options) -> Mask:
    kept: Mask = pool["accuracy" if options.keep == "correct" else "wrong"]
    return kept


def _whole(pool: Pool, _options: Options) -> Mask:
    return ~pool["length_stop"] if "length_stop" in pool else np.ones(len(pool), dtype=bool)


def _not_shortest(pool: Pool, options: Options) -> Mask:
    kept = np.ones(len(pool), dtype=bool)
    dropped = int(options.drop_shortest * len(pool) + ROUNDING)
    kept[np.argsort(pool["mean_tokens"], kind="stable")[:dropped]] = False
    return kept


def _distinct(pool: Pool, _options: Options) -> Mask:
    kept = np.zeros(len(pool), dtype=bool)
    kept[np.unique(pool["digest"], return_index=True)[1]] = True
    return kept


def _some_of_each_problem(pool: Pool, options: Options) -> Mask:
    if options.pick in {"shortest", "longest"}:
        _check(pool, "mean_tokens", f"--pick {options.pick}")
    match options.pick:
        case "random":
            order = pool.lottery(options.seed)
        case "shortest":
            order = pool["mean_tokens"]
        case "longest":
            order = -pool["mean_tokens"]
        case _:
            order = pool["row"]
    return _rank(pool["problem_id"], order) < (options.max_per_problem or 0)


def _balanced(pool: Pool, options: Options) -> Mask:
    _check(pool, str(options.balance), f"--balance {options.balance}")
    group = pool[str(options.balance)]
    sizes = np.bincount(group)
    kept: Mask = _rank(group, pool.lottery(options.seed)) < sizes[sizes > 0].min()
    return kept


def _mixed(pool: Pool, options: Options) -> Mask:
    """As many of each setting as its share allows, when the scarcest is taken whole."""
    share = np.zeros(len(pool.names["setting"]))
    share[_codes(pool, options.mix)] = list(options.mix.values())
    share /= share.sum()
    sizes = np.bincount(pool["setting"], minlength=len(share))
    rows = min(sizes[share > 0] / share[share > 0])
    most = np.floor(rows * share + ROUNDING)
    kept: Mask = _rank(pool["setting"], pool.lottery(options.seed)) < most[pool["setting"]]
    return kept


def _rank(group: NDArray[Any], order: NDArray[Any]) -> NDArray[np.int64]:
    """The place of each within its group by `order`, ties as they come; from 0."""
    sequence = np.lexsort((order, group))
    ordered = group[sequence]
    first = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    rank = np.empty(len(group), dtype=np.int64)
    rank[sequence] = np.arange(len(group)) - np.repeat(first, np.diff(np.r_[first, len(group)]))
    return rank


def _codes(pool: Pool, settings: Iterable[str]) -> list[int]:
    """The codes of the settings of these names."""
    known = pool.names["setting"]
    for name in settings:
        if name not in known:
            raise InputError(f"the rollouts have no setting {name!r}; there are {', '.join(known)}")
    return [known.index(name) for name in settings]


def _check(pool: Pool, column: str, who: str) -> None:
    if column not in pool:
        raise InputError(f"{who} needs {NEEDED[column]}, which the rollouts do not have")


NEEDED = {
    "think_close": "a column that says which thoughts were closed",
    "looped": "a column that says what fell into a loop",
    "mean_tokens": "the number of tokens",
    "source": "a column `source`",
    "difficulty": "a column `difficulty`",
}

FILTERS = (
    Filter("setting", _named),
    Filter("keep", _verdict, active=lambda asked: asked.keep != "any"),
    Filter("boxed", lambda pool, _: pool["boxed"]),
    Filter("closed", lambda pool, _: pool["think_close"], needs="think_close"),
    Filter("thoughts", lambda pool, _: ~pool["unclosed"], active=lambda asked: asked.thoughts == "cut"),
    Filter("no_looped", lambda pool, _: ~pool["looped"], needs="looped"),
    Filter("truncated", _whole, active=lambda asked: asked.truncated == "drop"),
    Filter("no_stubs", lambda pool, _: ~pool["stub"]),
    Filter("min_tokens", lambda pool, asked: pool["mean_tokens"] >= asked.min_tokens, needs="mean_tokens"),
    Filter("max_tokens", lambda pool, asked: pool["mean_tokens"] <= asked.max_tokens, needs="mean_tokens"),
    Filter("drop_shortest", _not_shortest, needs="mean_tokens"),
    Filter("distinct", _distinct),
    Filter("max_per_problem", _some_of_each_problem),
    Filter("against", lambda pool, _: ~pool["repeats"]),
    Filter("balance", _balanced),
    Filter("mix", _mixed),
)
