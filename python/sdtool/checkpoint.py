"""Checkpoints: loading a model with its tokenizer, and naming exactly what was loaded."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sdtool.config import EMBEDDED
from sdtool.errors import InputError

if TYPE_CHECKING:
    from transformers import PreTrainedConfig, PreTrainedModel, PreTrainedTokenizerBase

EMBEDDED_MODEL = Path(__file__).parent / "embedded" / "model"


def load(
    name: str, device: str = "cpu", *, revision: str | None = None, dtype: str | None = None
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Load a causal language model and its tokenizer.

    Args:
        name: `embedded`, a folder, or a model of the hub. Only safetensors are read, and no remote code.
        device: as torch writes it, for instance `cuda:1`, or `auto` to spread the layers over all GPUs.
        revision: branch, tag or commit of a model of the hub.
        dtype: as torch names it, or `auto` for the checkpoint's; by default float32 on the CPU, else `auto`.

    Raises:
        InputError: there is no such model, or it cannot be read.
    """
    import torch
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    source = where(name)
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # it would write into the run's own
    tokenizer = load_tokenizer(name, revision)
    on_cpu = device.startswith("cpu")
    dtype = dtype or ("float32" if on_cpu else "auto")
    options: dict[str, Any] = {"dtype": dtype if dtype == "auto" else getattr(torch, dtype)}
    if not on_cpu:
        options["device_map"] = device
    try:
        model = AutoModelForCausalLM.from_pretrained(
            source, revision=revision, use_safetensors=True, trust_remote_code=False, **options
        )
    except Exception as error:  # a checkpoint may fail in whatever its files, the hub or the disk raise
        raise InputError(f"cannot load the model {name}: {_first_line(error)}") from error
    return model.eval(), tokenizer  # type: ignore[no-untyped-call]


def load_tokenizer(name: str, revision: str | None = None) -> PreTrainedTokenizerBase:
    """Load a model's tokenizer.

    Raises:
        InputError: there is none, it cannot be read, or it is not a fast one.
    """
    from transformers import AutoTokenizer

    try:
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
            where(name), revision=revision, trust_remote_code=False
        )
    except Exception as error:  # as for the model
        raise InputError(f"cannot load the tokenizer of {name}: {_first_line(error)}") from error
    if not getattr(tokenizer, "is_fast", False):
        raise InputError(f"the tokenizer of {name} has no fast version (tokenizer.json)")
    return tokenizer


def load_config(name: str, revision: str | None = None) -> PreTrainedConfig:
    """Load a model's configuration and nothing else.

    Raises:
        InputError: there is none, or it cannot be read.
    """
    from transformers import AutoConfig

    try:
        config: PreTrainedConfig = AutoConfig.from_pretrained(
            where(name), revision=revision, trust_remote_code=False
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
        raise InputError(f"there is no model folder {path}")
    return str(path.expanduser()) if looks_like_path else name


def exceeds_one_gpu(name: str, revision: str | None = None) -> bool:
    """Whether the weights need more memory than the smallest visible GPU has."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    try:
        config = AutoConfig.from_pretrained(where(name), revision=revision, trust_remote_code=False)
        with torch.device("meta"):
            model = AutoModelForCausalLM.from_config(config, dtype=config.dtype)  # type: ignore[no-untyped-call]
    except Exception as error:  # as for the model
        raise InputError(f"cannot read the model's config of {name}: {_first_line(error)}") from error
    smallest = min(
        torch.cuda.get_device_properties(index).total_memory for index in range(torch.cuda.device_count())
    )
    return bool(model.get_memory_footprint() > 0.9 * smallest)


def digest(name: str, revision: str | None = None) -> str:
    """Return what names a checkpoint's content: its commit on the hub, or the SHA-256 of a folder's files.

    Raises:
        InputError: there is no such model.
    """
    from transformers import AutoConfig

    source = where(name)
    if not Path(source).is_dir():
        try:
            config = AutoConfig.from_pretrained(source, revision=revision, trust_remote_code=False)
            return str(config._commit_hash)  # noqa: SLF001 - nothing public has it
        except Exception as error:  # as for the model
            raise InputError(f"cannot read the model's config of {name}: {_first_line(error)}") from error
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
