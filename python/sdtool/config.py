"""The experiment: what `generate` is asked to do, from TOML or flags."""

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
from sdtool.parameters import GRID_BASE, PARAMETERS, PRESETS, Setting, grid, values
from sdtool.values import tokens

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["PRESETS", "Experiment", "Setting", "experiment", "grid", "read_toml", "resolve", "to_toml"]

EMBEDDED = "embedded"
EMBEDDED_EXPERIMENT = Path(__file__).parent / "embedded" / "experiment.toml"
ENGINES = ("slots", "generate")
DTYPES = ("auto", "float32", "bfloat16", "float16")
PROMPT_TEMPLATE = (
    "Solve the following competitive math problem.\n"
    "Reason step by step and put your final answer in \\boxed{}.\n\n{problem}"
)


@dataclass(frozen=True, slots=True)
class Experiment:
    """Everything that `generate` is asked to do. A TOML key is the flag's name with `_` for `-`.

    Raises:
        InputError: a number is outside its range, or two settings share a name.
    """

    model: str = EMBEDDED
    revision: str | None = None
    dtype: str | None = None
    data: str = EMBEDDED
    data_config: str | None = None
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
    close_tag: str | None = None
    keep_tokens: bool = False
    engine: str = "slots"
    batch_size: int = 64

    def __post_init__(self) -> None:
        for name in ("samples", "max_new_tokens", "batch_size", "limit"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"{name} must be at least 1, not {value}")
        if not 0 <= self.seed < 2**63:
            raise InputError(f"seed must be at least 0 and below 2**63, not {self.seed}")
        if self.engine not in ENGINES:
            raise InputError(f"unknown engine {self.engine!r}; there are {_names(ENGINES)}")
        if self.dtype is not None and self.dtype not in DTYPES:
            raise InputError(f"unknown dtype {self.dtype!r}; there are {_names(DTYPES)}")
        if "{problem}" not in self.prompt_template:
            raise InputError("prompt_template must contain {problem}, where the problem's text goes")
        if self.close_tag is not None and not self.close_tag.strip():
            raise InputError("close_tag is empty; leave it out to take what the chat template says")
        if not self.settings:
            raise InputError("no settings; name at least one")
        names = [setting.name for setting in self.settings]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise InputError(f"the setting {twice!r} is asked for twice")

    @property
    def hash(self) -> str:
        """Eight hex digits that change with whatever could change a rollout, not with how it is computed."""
        same = replace(self, engine="slots", batch_size=1, keep_tokens=False)
        return hashlib.sha256(to_toml(same).encode()).hexdigest()[:8]


_NUMBER = (int, float)
_TYPES = {"str": (str,), "int": (int,), "bool": (bool,)}
# The kinds of value that a TOML key takes, and for a list those of its elements.
_KINDS: dict[str, tuple[type, ...]] = {
    **{
        field.name: _TYPES[str(field.type).removesuffix(" | None")]
        for field in dataclasses.fields(Experiment)
        if field.name != "settings"
    },
    "max_new_tokens": (int, str),
    "setting": (list,),
    **{name: (int, list) if given.whole else (*_NUMBER, list) for name, given in PARAMETERS.items()},
    "settings": (dict,),
    "evaluation": (dict,),
    "export": (dict,),
}
_ELEMENT_KINDS: dict[str, tuple[type, ...]] = {
    "setting": (str,),
    **{name: (int,) if given.whole else _NUMBER for name, given in PARAMETERS.items()},
}
_SETTING_KINDS: dict[str, tuple[type, ...]] = {
    **{name: _ELEMENT_KINDS[name] for name in PARAMETERS},
    "base": (str,),
}
_KIND_NAMES = {str: "text", int: "a whole number", bool: "true or false", list: "a list", dict: "a table"}


def read_toml(path: Path) -> dict[str, Any]:
    """Read an experiment's keys.

    Its table `evaluation` is for `resolve`, `export` for `sdtool.export`.

    Raises:
        InputError: the file cannot be read, is not TOML, or has an unknown key or a value of a wrong type.
    """
    try:
        keys = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot read the experiment {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is not TOML: {error}") from error
    _check_experiment(keys, str(path))
    _check_experiment(keys.get("evaluation", {}), f"{path}: evaluation")
    return keys


def resolve(path: Path | None, flags: Mapping[str, Any], *, evaluation: bool = False) -> Experiment:
    """Return the experiment of a TOML file and flags; flags win.

    With `evaluation`, the keys of the file's table of that name win over those beside it. With neither a
    model nor data it is the embedded experiment, changed where the file and the flags say so.

    Raises:
        InputError: a model without data or data without a model, or what `read_toml` and `experiment` raise.
    """
    keys = read_toml(path) if path else {}
    keys.pop("export", None)
    measured = keys.pop("evaluation", None)
    if evaluation and measured is None:
        where = f"{path} has none" if path else "name that file"
        raise InputError(
            f"--evaluation takes the table [evaluation] of an experiment (a .toml file): {where}"
        )
    keys = {**keys, **((measured or {}) if evaluation else {}), **flags}
    model, data = keys.get("model"), keys.get("data")
    # Figures on toy problems must not be taken for a model's own, nor those of a toy model.
    if data is None and model not in (None, EMBEDDED):
        raise InputError(
            f"model {model} without data: name the problems by --data, "
            "or say --data embedded for the toy problems that ship with sdtool"
        )
    if model is None and data not in (None, EMBEDDED):
        raise InputError(
            f"data {data} without a model: name one by --model, "
            "or say --model embedded for the toy model that ships with sdtool"
        )
    if model in (None, EMBEDDED):
        base = read_toml(EMBEDDED_EXPERIMENT)
        if data not in (None, EMBEDDED):
            del base["limit"]  # it is a part of the embedded problems
        keys = {**base, **keys}
    return experiment(keys)


def experiment(keys: Mapping[str, Any]) -> Experiment:
    """Make an experiment of keys, those of TOML and flags merged.

    Some keys are not the experiment's own and become its settings: `settings` defines some by name
    (`base` names a preset to start from), `setting` chooses among those and the presets, and a decode
    parameter, one value or several, turns each chosen one into a grid. Chosen by default: all that are
    defined, else the presets; for a grid `general-no-presence`.

    Raises:
        InputError: an unknown setting, or what `Setting` and `Experiment` raise.
    """
    keys = dict(keys)
    defined = {name: _setting(name, table) for name, table in keys.pop("settings", {}).items()}
    varied = {name: _several(keys.pop(name)) for name in PARAMETERS if name in keys}
    known = {**PRESETS, **defined}
    default = [GRID_BASE] if varied else list(PRESETS)
    chosen = _chosen(keys.pop("setting", list(defined) or default), known)
    if varied:
        chosen = [one for base in chosen for one in grid(base, varied)]
    if "max_new_tokens" in keys:
        keys["max_new_tokens"] = tokens(keys["max_new_tokens"], "max_new_tokens")
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
        lines += [f"{key} = {_toml(value)}" for key, value in values(setting).items()]
    return "\n".join(lines) + "\n"


def _check_experiment(keys: Mapping[str, Any], where: str) -> None:
    _check(keys, _KINDS, where)
    for key, kinds in _ELEMENT_KINDS.items():
        given = keys.get(key, ())
        for value in given if isinstance(given, list) else ():
            _check_kind(value, kinds, f"{where}: each of {key}")
    for name, table in keys.get("settings", {}).items():
        _check_kind(table, (dict,), f"{where}: settings.{name}")
        _check(table, _SETTING_KINDS, f"{where}: settings.{name}")


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _setting(name: str, table: Mapping[str, Any]) -> Setting:
    given: dict[str, Any] = {
        key: value if PARAMETERS[key].whole else float(value) for key, value in table.items() if key != "base"
    }
    return (
        replace(_named(table["base"], PRESETS), name=name, **given)
        if "base" in table
        else Setting(name, **given)
    )


def _chosen(texts: Sequence[str], known: Mapping[str, Setting]) -> list[Setting]:
    """The settings that are named, also several in one text; a name may hold commas itself."""
    names = []
    for text in texts:
        parts = [part.strip() for part in text.split(",")]
        names += parts if text not in known and all(part in known for part in parts) else [text]
    return [_named(name, known) for name in names]


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
        if list in kinds[1:]:
            kind += " or a list of them"
        raise InputError(f"{what} must be {kind}, not {value!r}")


def _hint(name: str, known: Mapping[str, object]) -> str:
    close = difflib.get_close_matches(name, known, 1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _names(known: Sequence[str] | Mapping[str, object]) -> str:
    return ", ".join(known)


def _toml(value: object) -> str:
    # JSON's strings, numbers, booleans and flat lists are TOML's, except for a raw DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
