"""`integrations`: where the files lie that other frameworks load by their path."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer


class Framework(Enum):
    """A framework that takes a path."""

    LM_EVAL = "lm-eval"
    SWIFT = "swift"


def integrations(
    framework: Annotated[Framework, typer.Argument(help="lm-eval: a folder of tasks; swift: a plugin file.")],
) -> None:
    """Print the path that a framework wants: `lm_eval --include_path`, `swift rlhf --external_plugins`."""
    import sdtool.integrations

    folder = Path(sdtool.integrations.__file__).parent
    typer.echo(folder / {Framework.LM_EVAL: "lm_eval", Framework.SWIFT: "swift/plugin.py"}[framework])
