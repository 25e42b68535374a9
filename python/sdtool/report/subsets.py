"""Subsets: parts of one problem set, and when figures over different parts may be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sdtool import statistics
from sdtool.report.figures import is_part, strata

if TYPE_CHECKING:
    from sdtool.report.rollouts import Rollouts

# The subset that is reported beside the whole where a run has more problems.
SMALL = 300


def subsets(rollouts: Rollouts) -> dict[str, Rollouts]:
    """The rollouts of each subset by its name: `all`, and `300` where the set is ordered and holds more."""
    found = {"all": rollouts}
    if "subset_rank" in rollouts and len(np.unique(rollouts["problem_id"].astype(str))) > SMALL:
        found[str(SMALL)] = rollouts.part(
            lambda columns: columns.get("subset_rank"), lambda ranks: ranks < SMALL
        )
    return found


def notes(subsets: dict[str, Rollouts]) -> list[str]:
    """A sentence for each subset whose raw figures are of another mix of problems than the full set's."""
    found = []
    for name, rollouts in subsets.items():
        if not is_part(rollouts):
            continue
        gap = statistics.composition_gap(*strata(rollouts))
        if gap > statistics.COMPARABLE_GAP:
            found.append(
                f"subset {name}: its problems are of another mix than the full set (gap {100 * gap:.0f} %), "
                "so its raw figures must not be compared with another subset's; compare the weighted ones"
            )
    return found
