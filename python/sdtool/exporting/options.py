"""What is asked of an export."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sdtool.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CHOICES = {
    "format": ("messages", "prompt-completion", "tokens"),
    "thoughts": ("keep", "cut"),
    "keep": ("any", "correct", "wrong"),
    "truncated": ("drop", "mark"),
    "pick": ("first", "random", "shortest", "longest"),
    "balance": ("source", "difficulty"),
}
"""The options that are one of a few words; the first word is the default, but for `balance` it is None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How rollouts become training data, and which of them. A TOML key is the flag's name with `_` for `-`.

    Attributes:
        format: `messages`: the chat template is left to the trainer; `prompt-completion`: it is applied;
            `tokens`: the ids that were sampled, with a loss mask.
        thoughts: `cut` leaves out what stands before `</think>`, and a rollout that never got there.
        tokenizer: the folder or hub id of the tokenizer and chat template; by default the run's model.
        setting: names of the settings to take; by default all.
        keep: `correct`: verdict `equal`; `wrong`: verdict `different`; an undecided rollout is neither.
        boxed: only rollouts with an answer in a box.
        closed: only rollouts whose thought was closed.
        no_looped: no rollouts that fell into a loop.
        truncated: what becomes of rollouts that ran into the cap: `drop`, or `mark` with `truncated: true`.
        no_stubs: no responses of fewer than two lines that hold anything.
        min_tokens: the fewest tokens of a rollout.
        max_tokens: the most.
        drop_shortest: share of the rollouts to leave out, the shortest ones.
        distinct: of equal responses to one problem only the first.
        max_per_problem: the most rollouts of a problem.
        pick: which of a problem's rollouts `max_per_problem` takes.
        against: problem sets, as `generate` takes them, none of whose problems may be among them.
        balance: as many rollouts of each source, or of each difficulty.
        mix: shares of settings by name. The scarcest for its share is taken whole, no other setting at all.
        seed: of every random choice: the same seed gives the same file.

    Raises:
        InputError: a value is not one that the option takes.
    """

    format: str = "messages"
    thoughts: str = "keep"
    tokenizer: str | None = None
    setting: Sequence[str] = ()
    keep: str = "any"
    boxed: bool = False
    closed: bool = False
    no_looped: bool = False
    truncated: str = "drop"
    no_stubs: bool = False
    min_tokens: int | None = None
    max_tokens: int | None = None
    drop_shortest: float = 0.0
    distinct: bool = False
    max_per_problem: int | None = None
    pick: str = "first"
    against: str | Path | Sequence[str | Path] = ()
    balance: str | None = None
    mix: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0

    def __post_init__(self) -> None:
        for name, words in CHOICES.items():
            value = getattr(self, name)
            if value not in words and not (name == "balance" and value is None):
                raise InputError(f"{name} must be one of {', '.join(words)}, not {value!r}")
        for name in ("min_tokens", "max_tokens", "max_per_problem"):
            value = getattr(self, name)
            if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
                raise InputError(f"{name} must be a whole number of at least 1, not {value!r}")
        if not isinstance(self.drop_shortest, int | float) or not 0 <= self.drop_shortest < 1:
            raise InputError(
                f"drop_shortest must be a share, at least 0 and below 1, not {self.drop_shortest!r}"
            )
        if self.min_tokens and self.max_tokens and self.min_tokens > self.max_tokens:
            raise InputError(f"min_tokens {self.min_tokens} is above max_tokens {self.max_tokens}")
        for name, share in self.mix.items():
            if not isinstance(share, int | float) or not 0 < share < float("inf"):
                raise InputError(f"mix: the share of the setting {name!r} must be above 0, not {share!r}")
        if self.format == "tokens" and self.thoughts == "cut":
            raise InputError("tokens are exported as they were sampled; cut thoughts in another format")

    @property
    def avoided(self) -> tuple[str, ...]:
        """The problem sets of `against`."""
        given = [self.against] if isinstance(self.against, str | Path) else self.against
        return tuple(map(str, given))

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Options:
        """The options by name.

        Raises:
            InputError: there is no such option, or its value is not one that it takes.
        """
        known = [option.name for option in fields(cls)]
        for name in given:
            if name not in known:
                close = difflib.get_close_matches(name, known, 1)
                hint = f" (did you mean {close[0]!r}?)" if close else ""
                raise InputError(f"export has no option {name!r}{hint}; there are {', '.join(known)}")
        return cls(**given)
