"""`narrow.plain` on the CPU, in Rust.

Of so few numbers an operation of numpy is mostly its call: a step's draws took it 0.59 ms, and take 0.22 now.
Only the softmax that top-p cuts by is torch's own, for nobody else's exponentials are rounded as its are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from sdtool._native import Candidates

if TYPE_CHECKING:
    from sdtool.engine.narrow import Rules


def draw(logits: torch.Tensor, penalty: torch.Tensor | None, rules: Rules, width: int) -> torch.Tensor:
    """See `narrow.Draw`."""
    rows = len(logits)
    found = Candidates(
        logits.float().numpy(),
        None if penalty is None else penalty.numpy(),
        rules.numbers.numpy()[:rows],
        rules.keys.numpy()[:rows],
        rules.steps.numpy()[:rows],
        width,
    )
    mass = None
    if found.cut_by_mass:
        values = torch.empty(rows, width)
        found.values(values.numpy())
        mass = values.softmax(-1).numpy()
    drawn = torch.empty(rows, dtype=torch.int64)
    found.draw(mass, drawn.numpy())
    return drawn
