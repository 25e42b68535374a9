"""Checkpoints: loading a model with its tokenizer, and naming exactly what was loaded."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sdtool.config import EMBEDDED
from sdtool.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch
    from transformers import PreTrainedConfig, PreTrainedModel, PreTrainedTokenizerBase

EMBEDDED_MODEL = Path(__file__).parent / "embedded" / "model"

log = logging.getLogger(__name__)


def load(
    name: str, device: str = "cpu", *, revision: str | None = None, dtype: str | None = None
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Load a language model and its tokenizer; of a composite model, the language model answers text alone.

    Args:
        name: `embedded`, a folder, or a model of the hub. Only safetensors are read, and no remote code.
        device: as torch writes it, for instance `cuda:1`, or `auto` to spread the layers over all GPUs.
        revision: branch, tag or commit of a model of the hub.
        dtype: as torch names it, or `auto` for the checkpoint's; by default float32 on the CPU, else `auto`.

    Raises:
        InputError: there is no such model, it cannot be read, or it lacks weights.
    """
    import torch
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # it would write into the run's own
    tokenizer = load_tokenizer(name, revision)
    config = load_config(name, revision)
    on_cpu = device.startswith("cpu")
    dtype = dtype or ("float32" if on_cpu else "auto")
    wanted: Any = (declared_dtype(config) or "auto") if dtype == "auto" else getattr(torch, dtype)
    folder = where(name)
    try:
        model, info = _auto_class(config).from_pretrained(
            folder, revision=revision, use_safetensors=True, trust_remote_code=False,
            dtype=wanted, output_loading_info=True, **({} if on_cpu else {"device_map": device}),
        )  # fmt: skip
    except Exception as error:  # a checkpoint may fail in whatever its files, the hub or the disk raise
        raise InputError(f"cannot load the model {name}: {_first_line(error)}") from error
    _check_weights(name, info)
    return model.eval(), tokenizer


def declared_dtype(config: PreTrainedConfig) -> torch.dtype | None:
    """Return the type of the weights that a configuration names; of a composite one its text part may."""
    import torch

    for part in (config, config.get_text_config(decoder=True)):
        named = getattr(part, "dtype", None)
        named = getattr(torch, named, None) if isinstance(named, str) else named
        if isinstance(named, torch.dtype):
            return named
    return None


def skeleton(config: PreTrainedConfig, dtype: torch.dtype | None = None) -> PreTrainedModel:
    """Return a configuration's model on the meta device: shapes without weights.

    Raises:
        InputError: transformers has no language model of this kind.
    """
    import torch

    with torch.device("meta"):
        model: PreTrainedModel = _auto_class(config).from_config(
            config, dtype=dtype or declared_dtype(config) or torch.float32
        )
    return model.eval()  # type: ignore[no-untyped-call,no-any-return]


def _auto_class(config: PreTrainedConfig) -> Any:
    """The class that makes models of a configuration: plain language models, else composite ones."""
    from transformers import AutoModelForCausalLM, AutoModelForImageTextToText

    for auto in (AutoModelForCausalLM, AutoModelForImageTextToText):
        if type(config) in auto._model_mapping:  # noqa: SLF001 - nothing public tells
            return auto
    raise InputError(f"transformers has no language model of the kind {config.model_type!r}")


def _check_weights(name: str, info: Mapping[str, Any]) -> None:
    """See that the checkpoint has the model's weights, all of them, and tell what of it is not used.

    Raises:
        InputError: it lacks some, which would be random.
    """
    for what in ("missing_keys", "mismatched_keys"):
        if keys := sorted(map(str, info.get(what) or ())):
            state = "lacks" if what == "missing_keys" else "has in another shape"
            raise InputError(
                f"the checkpoint {name} {state} {len(keys)} of the model's weights, among them {keys[0]}; "
                "they would be random"
            )
    if unexpected := sorted(map(str, info.get("unexpected_keys") or ())):
        log.warning(
            "the model has no place for %d weights of the checkpoint %s, among them %s; they are not used",
            len(unexpected), name, unexpected[0],
        )  # fmt: skip


def load_tokenizer(name: str, revision: str | None = None) -> PreTrainedTokenizerBase:
    """Load a model's tokenizer.

    Raises:
        InputError: there is none, it cannot be read, or it is not a fast one.
    """
    from transformers import AutoTokenizer

    folder = where(name)
    try:
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
            folder, revision=revision, trust_remote_code=False
        )
    except Exception as error:  # as for the model
        hub = "" if Path(folder).is_dir() else " (no folder has this name, so a model of the hub is meant)"
        raise InputError(f"cannot load the tokenizer of {name}{hub}: {_first_line(error)}") from error
    if not getattr(tokenizer, "is_fast", False):
        raise InputError(f"the tokenizer of {name} has no fast version (tokenizer.json)")
    return tokenizer


def load_config(name: str, revision: str | None = None) -> PreTrainedConfig:
    """Load a model's configuration and nothing else.

    Raises:
        InputError: there is none, or it cannot be read.
    """
    from transformers import AutoConfig

    folder = where(name)
    try:
        config: PreTrainedConfig = AutoConfig.from_pretrained(
            folder, revision=revision, trust_remote_code=False
        )
    except Exception as error:  # as for the model
        raise InputError(f"cannot read the model's config of {name}: {_first_line(error)}") from error
    return config


def where(name: str) -> str:
    """Return what `from_pretrained` is given for a model.

    Raises:
        InputError: the name looks like a path and there is no such folder.
    """
    path = EMBEDDED_MODEL if name == EMBEDDED else Path(name)
    looks_like_path = name == EMBEDDED or name.startswith((".", "/", "~")) or name.count("/") > 1
    if looks_like_path and not path.expanduser().is_dir():
        raise InputError(f"there is no model folder {name}")
    return str(path.expanduser()) if looks_like_path else name


def exceeds_one_gpu(name: str, revision: str | None = None, dtype: str | None = None) -> bool:
    """Whether the weights need more memory than the smallest visible GPU has.

    Raises:
        InputError: the model's configuration cannot be had.
    """
    import torch

    config = load_config(name, revision)
    try:
        model = skeleton(config, getattr(torch, dtype) if dtype not in {None, "auto"} else None)
    except InputError:
        raise
    except Exception as error:  # as for the model
        raise InputError(f"cannot read the model's config of {name}: {_first_line(error)}") from error
    smallest = min(
        torch.cuda.get_device_properties(index).total_memory for index in range(torch.cuda.device_count())
    )
    return bool(model.get_memory_footprint() > 0.9 * smallest)  # type: ignore[no-untyped-call]


def digest(name: str, revision: str | None = None) -> str:
    """Return what names a checkpoint's content: its commit on the hub, or the SHA-256 of a folder's files.

    Raises:
        InputError: there is no such model.
    """
    source = where(name)
    if not Path(source).is_dir():
        return str(load_config(name, revision)._commit_hash)  # noqa: SLF001 - nothing public has it
    hashed = hashlib.sha256()
    for path in sorted(Path(source).iterdir()):
        if path.suffix in {".json", ".safetensors", ".jinja", ".txt", ".model"}:
            with path.open("rb") as file:
                hashed.update(path.name.encode() + hashlib.file_digest(file, "sha256").digest())
    return hashed.hexdigest()


def tokenizer_digest(tokenizer: PreTrainedTokenizerBase) -> str:
    """Return the SHA-256 of a tokenizer with its chat template."""
    text = f"{tokenizer.backend_tokenizer.to_str()}\n{tokenizer.chat_template}"
    return hashlib.sha256(text.encode()).hexdigest()


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
