"""Makes the rollouts that the bench regrades: seeded, 1,250 problems by 16 samples, over 800 MB of text."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PROBLEMS, SAMPLES = 1_250, 16


def rollouts(problems: int = PROBLEMS) -> Iterator[list[dict[str, object]]]:
    """The rollouts of one problem after the other.

    The thoughts are shuffled sentences of a fixed stock with numbers in them; 12 % never close, up to
    four boxes stand in the thought, 30 % of the answers are wrong.
    """
    noise = random.Random(0)
    words = sorted(set(re.findall(r"[a-z]{2,}", Path(random.__file__).read_text(encoding="utf-8"))))
    stock = [
        " ".join(noise.choices(words, k=noise.randint(5, 25))).capitalize() + ". " for _ in range(20_000)
    ]
    for problem in range(problems):
        gold = noise.choices([_integer, _fraction, _radical, _tuple, _decimal], [60, 12, 10, 10, 8])[0](noise)
        rows = []
        for sample in range(SAMPLES):
            size = min(150_000, max(1_000, int(noise.lognormvariate(10.5, 0.6))))
            parts: list[str] = []
            length = 0
            while length < size:
                parts.append(
                    noise.choice(stock) if noise.random() < 0.7 else f"So ${noise.randint(1, 10**6)}$. "
                )
                length += len(parts[-1])
            for _ in range(noise.randint(0, 4)):
                parts.insert(noise.randrange(len(parts)), f"Perhaps \\boxed{{{noise.randint(0, 99)}}}. ")
            if noise.random() >= 0.12:
                answer = gold if noise.random() < 0.7 else _integer(noise)
                parts.append(f"</think>\n\nThe answer is $\\boxed{{{answer}}}$.")
            rows.append(
                {"problem_id": f"p{problem}", "sample": sample, "gold": gold, "response": "".join(parts)}
            )
        yield rows


def _integer(noise: random.Random) -> str:
    return str(noise.randint(-1_000, 100_000))


def _fraction(noise: random.Random) -> str:
    return f"\\frac{{{noise.randint(1, 200)}}}{{{noise.randint(2, 200)}}}"


def _radical(noise: random.Random) -> str:
    return f"{noise.randint(2, 20)}\\sqrt{{{noise.choice([2, 3, 5, 6, 7, 10])}}}"


def _tuple(noise: random.Random) -> str:
    return f"({noise.randint(-9, 9)}, {noise.randint(-9, 9)})"


def _decimal(noise: random.Random) -> str:
    return f"{noise.randint(0, 99)}.{noise.randint(1, 99):02d}"
