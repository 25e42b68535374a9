"""Settings, presets and the experiment: what `generate` is asked to do, from TOML or flags."""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import json
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sdtool.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

EMBEDDED = "embedded"
EMBEDDED_EXPERIMENT = Path(__file__).parent / "embedded" / "experiment.toml"
ENGINES = ("slots", "generate")
PROMPT_TEMPLATE = (
    "Solve the following competitive math problem.\n"
    "Reason step by step and put your final answer in \\boxed{}.\n\n{problem}"
)


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
            "temperature": (0 <= self.temperature < float("inf"), "at least 0"),
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
GRID_BASE = "general-no-presence"


def grid(base: Setting, temperatures: Sequence[float], min_ps: Sequence[float]) -> tuple[Setting, ...]:
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


@dataclass(frozen=True, slots=True)
class Experiment:
    """Everything that `generate` is asked to do. A TOML key is the flag's name with `_` for `-`.

    Raises:
        InputError: a number is outside its range, or two settings share a name.
    """

    model: str = EMBEDDED
    data: str = EMBEDDED
    split: str | None = None
    problem_column: str | None = None
    gold_column: str | None = None
    id_column: str | None = None
    limit: int | None = None
    settings: tuple[Setting, ...] = tuple(PRESETS.values())
    samples: int = 1
    max_new_tokens: int = 32_768
    seed: int = 0
    prompt_template: str = PROMPT_TEMPLATE
    system_prompt: str | None = None
    chat_template: bool | None = None
    enable_thinking: bool | None = None
    engine: str = "slots"
    batch_size: int = 32

    def __post_init__(self) -> None:
        for name in ("samples", "max_new_tokens", "batch_size", "limit"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"{name} must be at least 1, not {value}")
        if not 0 <= self.seed < 2**63:
            raise InputError(f"seed must be at least 0 and below 2**63, not {self.seed}")
        if self.engine not in ENGINES:
            raise InputError(f"unknown engine {self.engine!r}; there are {_names(ENGINES)}")
        if "{problem}" not in self.prompt_template:
            raise InputError("prompt_template must contain {problem}, where the problem's text goes")
        if not self.settings:
            raise InputError("no settings; name at least one")
        names = [setting.name for setting in self.settings]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise InputError(f"the setting {twice!r} is asked for twice")

    @property
    def hash(self) -> str:
        """Eight hex digits that change with whatever could change a rollout, not with how it is computed."""
        return hashlib.sha256(to_toml(replace(self, engine="slots", batch_size=1)).encode()).hexdigest()[:8]


_KINDS: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(
        ("model", "data", "split", "problem_column", "gold_column", "id_column", "engine"), (str,)
    ),
    **dict.fromkeys(("prompt_template", "system_prompt"), (str,)),
    **dict.fromkeys(("limit", "samples", "max_new_tokens", "seed", "batch_size", "top_k"), (int,)),
    **dict.fromkeys(("chat_template", "enable_thinking"), (bool,)),
    **dict.fromkeys(("setting", "temperature", "min_p"), (list,)),
    "settings": (dict,),
}
_SETTING_KINDS: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("temperature", "top_p", "min_p", "presence_penalty"), (int, float)),
    "top_k": (int,),
    "base": (str,),
}
_ELEMENT_KINDS: dict[str, tuple[type, ...]] = {
    "setting": (str,),
    "temperature": (int, float),
    "min_p": (int, float),
}
_KIND_NAMES = {str: "text", int: "a whole number", bool: "true or false", list: "a list", dict: "a table"}


def read_toml(path: Path) -> dict[str, Any]:
    """Read an experiment's keys.

    Raises:
        InputError: the file cannot be read, is not TOML, or has an unknown key or a value of a wrong type.
    """
    try:
        keys = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot read the experiment {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is not TOML: {error}") from error
    _check(keys, _KINDS, str(path))
    for key, kinds in _ELEMENT_KINDS.items():
        for value in keys.get(key, ()):
            _check_kind(value, kinds, f"{path}: each of {key}")
    for name, table in keys.get("settings", {}).items():
        _check_kind(table, (dict,), f"{path}: settings.{name}")
        _check(table, _SETTING_KINDS, f"{path}: settings.{name}")
    return keys


def resolve(path: Path | None, flags: Mapping[str, Any]) -> Experiment:
    """Return the experiment of a TOML file and flags; flags win.

    Without a model it is the embedded experiment, changed where the file and the flags say so.

    Raises:
        InputError: what `read_toml` and `experiment` raise.
    """
    keys = {**(read_toml(path) if path else {}), **flags}
    if keys.get("model", EMBEDDED) == EMBEDDED:
        base = read_toml(EMBEDDED_EXPERIMENT)
        if keys.get("data", EMBEDDED) != EMBEDDED:
            del base["limit"]  # it is a part of the embedded problems
        keys = {**base, **keys}
    return experiment(keys)


def experiment(keys: Mapping[str, Any]) -> Experiment:
    """Make an experiment of keys, those of TOML and flags merged.

    Three keys are not the experiment's own and become its settings: `settings` defines some by name
    (`base` names a preset to start from), `setting` chooses among those and the presets, `temperature` and
    `min_p` turn each chosen one into a grid. Chosen by default: all that are defined, else the presets;
    for a grid `general-no-presence`.

    Raises:
        InputError: an unknown setting, or what `Setting` and `Experiment` raise.
    """
    keys = dict(keys)
    defined = {name: _setting(name, table) for name, table in keys.pop("settings", {}).items()}
    temperatures, min_ps = keys.pop("temperature", ()), keys.pop("min_p", ())
    known = {**PRESETS, **defined}
    default = [GRID_BASE] if temperatures or min_ps else list(PRESETS)
    chosen = [_named(name, known) for name in keys.pop("setting", None) or list(defined) or default]
    if temperatures or min_ps:
        chosen = [varied for base in chosen for varied in grid(base, temperatures, min_ps)]
    return Experiment(settings=tuple(chosen), **keys)


def to_toml(resolved: Experiment) -> str:
    """Write an experiment as TOML that `read_toml` and `experiment` turn into the same experiment."""
    lines = [
        f"{field.name} = {_toml(value)}"
        for field in dataclasses.fields(resolved)
        if field.name != "settings" and (value := getattr(resolved, field.name)) is not None
    ]
    lines.append(f"setting = {_toml([setting.name for setting in resolved.settings])}")
    for setting in resolved.settings:
        lines += ["", f"[settings.{_toml(setting.name)}]"]
        lines += [f"{key} = {_toml(value)}" for key, value in parameters(setting).items()]
    return "\n".join(lines) + "\n"


def parameters(setting: Setting) -> dict[str, float]:
    """Return the decode parameters by name, without the setting's name."""
    return {field.name: getattr(setting, field.name) for field in dataclasses.fields(setting)[1:]}


def _setting(name: str, table: Mapping[str, Any]) -> Setting:
    values: dict[str, Any] = {
        key: float(value) if key != "top_k" else value for key, value in table.items() if key != "base"
    }
    return (
        replace(_named(table["base"], PRESETS), name=name, **values)
        if "base" in table
        else Setting(name, **values)
    )


def _named(name: str, known: Mapping[str, Setting]) -> Setting:
    if name not in known:
        raise InputError(f"unknown setting {name!r}{_hint(name, known)}; there are {_names(known)}")
    return known[name]


def _check(keys: Mapping[str, Any], kinds: Mapping[str, tuple[type, ...]], where: str) -> None:
    for key, value in keys.items():
        if key not in kinds:
            raise InputError(f"{where}: unknown key {key!r}{_hint(key, kinds)}; the keys are {_names(kinds)}")
        _check_kind(value, kinds[key], f"{where}: {key}")


def _check_kind(value: object, kinds: tuple[type, ...], what: str) -> None:
    # bool is an int to Python, not to a reader of TOML.
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        kind = "a number" if float in kinds else _KIND_NAMES[kinds[0]]
        raise InputError(f"{what} must be {kind}, not {value!r}")


def _hint(name: str, known: Mapping[str, object]) -> str:
    close = difflib.get_close_matches(name, known, 1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _names(known: Sequence[str] | Mapping[str, object]) -> str:
    return ", ".join(known)


def _toml(value: object) -> str:
    # JSON's strings, numbers, booleans and flat lists are TOML's, except for a raw DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
