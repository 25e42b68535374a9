"""Settings whose rollouts are the same: one setting under two names."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sdtool.report.columns import numbered

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sdtool.report.rollouts import Rollouts

    Codes = NDArray[np.int64]

ALIKE = 0.99  # share of equal rollouts from which two settings are one
SEEN = ("n_tokens", "finish_reason", "verdict", "reason")


@dataclass(frozen=True, slots=True)
class Twin:
    """`setting` has the rollouts of `other`, an earlier one; `share` of those that both have are equal."""

    setting: str
    other: str
    share: float


def twins(rollouts: Rollouts) -> list[Twin]:
    """Every setting whose rollouts, at the same problem, sample and seed, equal an earlier setting's to 99 %.

    Equal are equal texts. Only settings that agree in lengths and verdicts are read for it; where no texts
    are stored the lengths and verdicts decide, and without lengths nothing is said.
    """
    if len(rollouts.settings) < 2:  # noqa: PLR2004 - nothing to be alike
        return []
    keys = _key(rollouts)
    rows = {name: np.flatnonzero(rollouts["setting"] == name) for name in rollouts.settings}
    rows = {name: found[np.argsort(keys[found], kind="stable")] for name, found in rows.items()}
    outside = numbered([rollouts[name] for name in SEEN if name in rollouts])
    candidates = _pairs(rows, keys, outside)
    has_texts = bool(rollouts.parts) and all("response" in part.schema.names for part in rollouts.parts)
    if not candidates:
        return []
    if has_texts:
        texts = _digests(rollouts, {name for twin in candidates for name in (twin.setting, twin.other)})
        return _pairs({name: rows[name] for name in rows if name in _names(candidates)}, keys, texts)
    return candidates if "n_tokens" in rollouts else []


def notes(found: list[Twin]) -> list[str]:
    """A sentence that names all of them, or nothing."""
    if not found:
        return []
    named = "; ".join(
        f"{twin.setting} those of {twin.other} ({100 * twin.share:.4g} % are equal)" for twin in found
    )
    return [
        f"Settings with the rollouts of another one are one setting and count once in the correction: {named}"
    ]


def _names(found: list[Twin]) -> set[str]:
    return {name for twin in found for name in (twin.setting, twin.other)}


def _key(rollouts: Rollouts) -> Codes:
    """A number for each problem, sample and seed."""
    return numbered([rollouts[name] for name in ("problem_id", "sample", "seed") if name in rollouts])


def _pairs(rows: dict[str, Codes], keys: Codes, content: Codes) -> list[Twin]:
    """Each setting with the first one before it, itself no twin, to which its content is alike."""
    found: list[Twin] = []
    firsts: list[str] = []
    for name, mine in rows.items():
        for other in firsts:
            theirs = rows[other]
            if np.array_equal(keys[mine], keys[theirs]):
                equal = content[mine] == content[theirs]
            else:
                _, here, there = np.intersect1d(keys[mine], keys[theirs], return_indices=True)
                equal = content[mine[here]] == content[theirs[there]]
            if len(equal) and equal.mean() >= ALIKE:
                found.append(Twin(name, other, float(equal.mean())))
                break
        else:
            firsts.append(name)
    return found


def _digests(rollouts: Rollouts, names: set[str]) -> Codes:
    """A digest of each response of these settings, in row order."""
    wanted = np.isin(rollouts["setting"], list(names))
    found = np.zeros(len(rollouts), dtype=np.int64)
    row = 0
    for batch in rollouts.texts(("response",)):
        chosen = np.flatnonzero(wanted[row : row + batch.num_rows])
        for place in chosen.tolist():
            text = batch["response"][place].as_buffer()
            digest = hashlib.blake2b(text or b"", digest_size=8).digest()
            found[row + place] = int.from_bytes(digest, "little", signed=True)
        row += batch.num_rows
    return found
