"""How a rollout ended: one of seven outcomes, which together make up every rollout.

A box counts before the way in which the rollout ended: one that answered and then ran into the cap is correct
or wrong, and no length-stop in this split. So the split sums to one, and its first part is the accuracy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sdtool.report.rollouts import Rollouts

CORRECT = "correct"
WRONG = "wrong"
UNDECIDED = "undecided"
CLOSED = "closed without box"
OPEN = "stopped without closing"
LOOPING = "length-stop in a loop"
LONG = "length-stop, no loop"
# Where columns are missing, the parts that they would tell apart are one.
LENGTH_STOP = "length-stop"
UNFINISHED = "not closed, end unknown"
# A rollout that was to be there. No row has this outcome.
MISSING = "missing"

OUTCOMES = (CORRECT, WRONG, UNDECIDED, CLOSED, OPEN, LOOPING, LONG, LENGTH_STOP, UNFINISHED, MISSING)


def outcome(rollouts: Rollouts) -> NDArray[np.object_]:
    """The outcome of every rollout, an array of strings of shape [n].

    In order: `correct`; `undecided` (a box, but the grader could not decide); `wrong` (a box that differs);
    and without a box: a length-stop, looping or not; `closed without box`; `stopped without closing`, which
    is a model that ended its turn inside its thoughts.
    """
    boxed = rollouts["boxed"]
    stopped = (
        rollouts["finish_reason"] == "length"
        if "finish_reason" in rollouts
        else np.zeros(len(rollouts), dtype=bool)
    )
    closed = rollouts["think_closed"] if "think_closed" in rollouts else np.zeros(len(rollouts), dtype=bool)
    still_thinking = OPEN if "finish_reason" in rollouts else UNFINISHED
    if "looped" in rollouts:
        cut_off = np.where(rollouts["looped"], LOOPING, LONG)
    else:
        cut_off = np.full(len(rollouts), LENGTH_STOP)
    answered = np.select(
        [rollouts["correct"], rollouts["verdict"] == "undecided"], [CORRECT, UNDECIDED], WRONG
    )
    unanswered = np.select([stopped, closed], [cut_off, CLOSED], still_thinking)
    return np.where(boxed | rollouts["correct"], answered, unanswered).astype(object)
