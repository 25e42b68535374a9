"""The command line: arguments, exit codes, progress; no logic. One module a command."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 failed, 2 bad usage or input, 130 interrupted."""
    import typer

    from sdtool.cli.app import app
    from sdtool.errors import SdtoolError

    command = typer.main.get_command(app)
    try:
        result = command.main(args=None if argv is None else list(argv), prog_name="python -m sdtool", standalone_mode=False)
    except SdtoolError as error:
        print(f"sdtool: {error}", file=sys.stderr)  # noqa: T201 - the command line is what prints
        return error.exit_code
    except KeyboardInterrupt:
        print("sdtool: interrupted; what was finished is kept, run the same command to go on", file=sys.stderr)  # noqa: T201
        return 130
    return result if isinstance(result, int) else 0
