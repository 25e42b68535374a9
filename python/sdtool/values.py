"""Numbers as people write them: `48k` for 49,152 tokens, `0.6,1.0` for two values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sdtool.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

K = 1024


def tokens(text: str | int, what: str) -> int:
    """A number of tokens: `49152`, or `48k`, where k is 1,024.

    Raises:
        InputError: it is not a whole number above 0; the message starts with `what`.
    """
    match = re.fullmatch(r"(\d+)([kK]?)", str(text).strip(), re.ASCII)
    if not match or int(match[1]) == 0:
        raise InputError(f"{what}: {str(text)!r} is not a number of tokens; write 49152 or 48k (k is 1,024)")
    return int(match[1]) * (K if match[2] else 1)


def token_list(texts: Sequence[str], what: str) -> list[int]:
    """Numbers of tokens from one text or several, each of which may hold several with commas between.

    Raises:
        InputError: as `tokens`.
    """
    return [tokens(part, what) for text in texts for part in text.split(",")]


def numbers(texts: Sequence[str], what: str, *, whole: bool = False) -> list[float]:
    """Numbers from one text or several, each of which may hold several with commas between.

    A comma between whole numbers may have been meant as a decimal comma: `0,6` is refused, `0.0,6.0` is two
    values. This does not concern a parameter that only takes whole numbers.

    Raises:
        InputError: a part is not a number, or a comma can be read in two ways.
    """
    found = []
    for text in texts:
        parts = [part.strip() for part in text.split(",")]
        if len(parts) > 1 and not whole and all(re.fullmatch(r"[+-]?\d+", part) for part in parts):
            values = ",".join(f"{part}.0" for part in parts)
            raise InputError(
                f"{what}: {text!r} can be read in two ways: write {text.replace(',', '.', 1)} for a decimal, "
                f"{values} for {len(parts)} values"
            )
        for part in parts:
            try:
                found.append(int(part) if whole else float(part))
            except ValueError:
                kind = "whole number" if whole else "number"
                raise InputError(
                    f"{what}: {part!r} is not a {kind}; several are written with commas between"
                ) from None
    return found
