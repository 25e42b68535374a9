"""What every test file shares: no property test is failed by a slow machine, tiny models are made once."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from pathlib import Path

settings.register_profile("sdtool", deadline=None)
settings.load_profile("sdtool")


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory):
    """Saves a tiny random model of a family, once, with or without a chat template; returns its folder."""
    import tiny

    @cache
    def saved(family: str = "llama", *, chat: bool = True) -> Path:
        folder = tmp_path_factory.mktemp("models") / f"{family}{'-chat' * chat}"
        tiny.model(family).save_pretrained(folder)
        tiny.tokenizer(chat).save_pretrained(folder)
        return folder

    return saved
