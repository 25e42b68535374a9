"""What every test file shares: no property test is failed by a slow machine, tiny models are made once."""

from __future__ import annotations

import json
import signal
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from pathlib import Path

settings.register_profile("sdtool", deadline=None)
settings.load_profile("sdtool")


@pytest.fixture(scope="session", autouse=True)
def heeded_signals():
    """Heeds signals that whoever started pytest ignores, as under nohup, here and in what tests start."""
    usual = {
        signal.SIGINT: signal.default_int_handler,
        signal.SIGTERM: signal.SIG_DFL,
        signal.SIGHUP: signal.SIG_DFL,
    }
    ignored = [number for number in usual if signal.getsignal(number) is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, usual[number])
    yield
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)


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


@pytest.fixture
def sums(checkpoint, tmp_path):
    """Writes a file of sums as problems; returns the arguments that generate rollouts for them."""

    def arguments(count: int, *more: str) -> list[str]:
        problems = [
            {"id": f"p{n}", "problem": f"What is {n} + 1?", "answer": str(n + 1)} for n in range(count)
        ]
        path = tmp_path / "problems.jsonl"
        path.write_text("".join(json.dumps(problem) + "\n" for problem in problems))
        return ["generate", "--model", str(checkpoint()), "--data", str(path), "--setting", "general", *more]

    return arguments
