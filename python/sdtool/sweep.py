"""What a sweep's settings mean beside one another: min-p's cutoff, and where it changes nothing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sdtool.config import Setting


def raw_cutoff(setting: Setting) -> float:
    """The least ratio p / p_max, before temperature, at which min-p keeps a token; 0 without min-p.

    Temperature T raises every ratio to the power 1/T, and min-p m then keeps ratios of at least m, so
    before temperature those of at least m^T: the same m cuts ever less as T rises. A greedy setting (T 0)
    keeps the most probable token alone, which is the ratio 1.
    """
    if setting.temperature == 0:
        return 1.0
    return math.pow(setting.min_p, setting.temperature)


def min_p_for(cutoff: float, temperature: float) -> float:
    """The min-p that keeps ratios of at least `cutoff` before temperature: cutoff^(1/T).

    Raises:
        ValueError: the cutoff is outside [0, 1] or the temperature is not above 0.
    """
    if not 0 <= cutoff <= 1 or temperature <= 0:
        raise ValueError(
            f"needs a cutoff in [0, 1] and a temperature above 0, not {cutoff} and {temperature}"
        )
    return math.pow(cutoff, 1 / temperature)


def idle_below(setting: Setting) -> float:
    """The min-p up to which top-k and top-p leave it nothing to remove, whatever the model predicts.

    With top-k k and then top-p p, a token after the first is kept only while less than p lies before it.
    So more than 1 - p is left for it and those behind it, at most k - 1 tokens of which it is the most
    probable: its probability is above (1 - p) / (k - 1), the largest is below p, and no ratio in the kept set
    is below (1 - p) / (p (k - 1)). Without both cuts there is no such bound, and the result is 0.
    """
    if setting.top_k == 1:
        return 1.0
    if setting.top_k < 1 or setting.top_p == 1:
        return 0.0
    return min(1.0, (1 - setting.top_p) / (setting.top_p * (setting.top_k - 1)))


def notes(setting: Setting) -> tuple[str, ...]:
    """What to know of a setting's min-p, a sentence each: its cutoff before temperature; if it is idle."""
    if not setting.min_p:
        return ()
    if setting.temperature == 0:
        return (f"{setting.name}: min-p {setting.min_p:g} changes nothing, temperature 0 is greedy.",)
    name, min_p, bound = setting.name, setting.min_p, idle_below(setting)
    cutoff = (
        f"{name}: after temperature {setting.temperature:g}, min-p {min_p:g} keeps tokens of at least "
        f"{raw_cutoff(setting):.3g} of the largest probability before temperature."
    )
    cuts = f"top-k {setting.top_k} and top-p {setting.top_p:g}"
    if min_p <= bound:
        return (
            cutoff,
            f"{name}: min-p {min_p:g} has no effect: {cuts} keep no token below {bound:.3g} of the largest.",
        )
    if setting.top_k or setting.top_p < 1:
        return (
            cutoff,
            f"{name}: min-p acts only on what {cuts} leave; compare with the setting without it.",
        )
    return (cutoff,)
