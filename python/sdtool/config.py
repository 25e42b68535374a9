"""Settings, presets and the experiment: what `generate` is asked to do, from TOML or flags."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sdtool.errors import InputError


@dataclass(frozen=True, slots=True)
class Setting:
    """Named decode parameters.

    `top_k` 0, `top_p` 1.0 and `min_p` 0.0 switch the respective cut off; `temperature` 0 is greedy.

    Raises:
        InputError: a parameter is outside its range.
    """

    name: str
    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0
    min_p: float = 0.0
    presence_penalty: float = 0.0

    def __post_init__(self) -> None:
        ranges = {
            "temperature": (self.temperature >= 0, "at least 0"),
            "top_p": (0 < self.top_p <= 1, "above 0 and at most 1"),
            "top_k": (self.top_k >= 0, "at least 0"),
            "min_p": (0 <= self.min_p <= 1, "between 0 and 1"),
            "presence_penalty": (-2 <= self.presence_penalty <= 2, "between -2 and 2"),  # noqa: PLR2004 - the range of vLLM and the OpenAI API
        }
        for field, (valid, rule) in ranges.items():
            if not valid:
                raise InputError(f"setting {self.name!r}: {field} must be {rule}, not {getattr(self, field)}")


PRESETS = {
    setting.name: setting
    for setting in (
        Setting("precise", temperature=0.6, top_p=0.95, top_k=20),
        Setting("general", temperature=1.0, top_p=0.95, top_k=20, presence_penalty=1.5),
        Setting("general-no-presence", temperature=1.0, top_p=0.95, top_k=20),
    )
}


def grid(base: Setting, temperatures: tuple[float, ...], min_ps: tuple[float, ...]) -> tuple[Setting, ...]:
    """Every combination of the given temperatures and min-p values on top of `base`.

    A name states only what was varied: `general-no-presence,T=1.5,min_p=0.1`.
    """
    settings = []
    for temperature in temperatures or (base.temperature,):
        for min_p in min_ps or (base.min_p,):
            name = base.name
            if temperatures:
                name += f",T={temperature:g}"
            if min_ps:
                name += f",min_p={min_p:g}"
            settings.append(replace(base, name=name, temperature=temperature, min_p=min_p))
    return tuple(settings)
