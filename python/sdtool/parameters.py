"""Decode parameters, and the settings made of them.

A decode parameter is one field of `Setting`. Flags, TOML keys, stored columns, the names of a grid, tables
and plots read it from there (`PARAMETERS`), so a further parameter is one further field, and the code in
`logits` and `engine.sampler` that applies it.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field, replace
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from sdtool.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Parameter:
    """What is known of one decode parameter.

    Attributes:
        name: its field, TOML key and stored column; the flag has `-` for `_`.
        off: the value that switches it off, of the type that it is stored in.
        title: what tables and plots call it.
        short: what the name of a setting in a grid calls it.
        meaning: a sentence for `--help`.
        rule: which values it takes, in words.
        allows: whether it takes a value.
    """

    name: str
    off: float
    title: str
    short: str
    meaning: str
    rule: str
    allows: Callable[[float], bool]

    @property
    def whole(self) -> bool:
        """Whether it takes whole numbers only."""
        return isinstance(self.off, int)


def _parameter(off: float, **told: object) -> Any:
    return field(default=off, metadata=told)


@dataclass(frozen=True, slots=True)
class Setting:
    """Named decode parameters; a parameter that is not given is off. Temperature 0 is greedy.

    Raises:
        InputError: a parameter is outside its range.
    """

    name: str
    temperature: float = _parameter(
        1.0,
        title="T",
        short="T",
        meaning="Divides the logits; 0 is greedy.",
        rule="at least 0",
        allows=lambda value: 0 <= value < float("inf"),
    )
    top_p: float = _parameter(
        1.0,
        title="top-p",
        short="top_p",
        meaning="Keep the most probable tokens up to this share of the probability; 1 is off.",
        rule="above 0 and at most 1",
        allows=lambda value: 0 < value <= 1,
    )
    top_k: int = _parameter(
        0,
        title="top-k",
        short="top_k",
        meaning="Keep this many of the most probable tokens; 0 is off.",
        rule="a whole number, at least 0",
        allows=lambda value: value >= 0,
    )
    min_p: float = _parameter(
        0.0,
        title="min-p",
        short="min_p",
        meaning="Keep tokens of at least this share of the largest probability; 0 is off.",
        rule="between 0 and 1",
        allows=lambda value: 0 <= value <= 1,
    )
    presence_penalty: float = _parameter(
        0.0,
        title="presence penalty",
        short="presence_penalty",
        meaning="Subtracted once from the logit of every token that the response already has; 0 is off.",
        rule="between -2 and 2",  # the range of vLLM and of the OpenAI API
        allows=lambda value: -2 <= value <= 2,  # noqa: PLR2004 - as the rule says
    )

    def __post_init__(self) -> None:
        for name, value in values(self).items():
            parameter = PARAMETERS[name]
            if not parameter.allows(value):
                raise InputError(f"setting {self.name!r}: {name} must be {parameter.rule}, not {value}")


PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        given.name: Parameter(given.name, cast("float", given.default), **given.metadata)
        for given in dataclasses.fields(Setting)[1:]
    }
)


def values(setting: Setting) -> dict[str, float]:
    """The decode parameters by name, without the setting's name."""
    return {given.name: getattr(setting, given.name) for given in dataclasses.fields(setting)[1:]}


PRESETS = {
    setting.name: setting
    for setting in (
        Setting("precise", temperature=0.6, top_p=0.95, top_k=20),
        Setting("general", temperature=1.0, top_p=0.95, top_k=20, presence_penalty=1.5),
        Setting("general-no-presence", temperature=1.0, top_p=0.95, top_k=20),
    )
}
PRESETS_SOURCE = (
    "general and precise are the Qwen3.5 model card's settings for thinking, general tasks and precise "
    "coding; general-no-presence is general without the penalty and not a setting of the card."
)
GRID_BASE = "general-no-presence"


def described(setting: Setting) -> str:
    """The parameters that are on, for people: `T 1, top-p 0.95, top-k 20`."""
    on = [
        f"{PARAMETERS[name].title} {value:g}"
        for name, value in values(setting).items()
        if name == "temperature" or value != PARAMETERS[name].off
    ]
    return ", ".join(on)


def grid(base: Setting, varied: Mapping[str, Sequence[float]]) -> tuple[Setting, ...]:
    """Every combination of the given values of some parameters, on top of `base`.

    A name states only what was varied: `general-no-presence,T=1.5,min_p=0.1`.
    """
    settings = []
    for combination in product(*varied.values()):
        chosen = dict(zip(varied, combination, strict=True))
        stated = "".join(f",{PARAMETERS[name].short}={value:g}" for name, value in chosen.items())
        settings.append(replace(base, name=base.name + stated, **chosen))  # type: ignore[arg-type]
    return tuple(settings)
