"""The command line: arguments, exit codes, progress; no logic. One module a command."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 failed, 2 bad usage or input, 130 interrupted."""
    try:
        import typer
    except ModuleNotFoundError:
        return _fail("the command line needs typer, which is not installed: pip install typer", 2)

    from sdtool.cli.app import app
    from sdtool.cli.extras import missing
    from sdtool.errors import SdtoolError

    command = typer.main.get_command(app)
    usage_error: Any = typer.BadParameter.__base__  # typer brings click along under changing names
    arguments = list(sys.argv[1:] if argv is None else argv) or ["--help"]
    # Shells complete the command that is typed.
    name = "sdtool" if Path(sys.argv[0]).stem == "sdtool" else "python -m sdtool"
    try:
        result = command.main(arguments, prog_name=name, standalone_mode=False)
    except SdtoolError as error:
        return _fail(str(error), error.exit_code)
    except ImportError as error:
        asked = next((word for word in arguments if not word.startswith("-")), "")
        sentence = missing(error, asked)
        if sentence is None:
            raise
        return _fail(sentence, 2)
    except (typer.Abort, KeyboardInterrupt):
        result = INTERRUPTED
    except usage_error as error:
        where = error.ctx.command_path if error.ctx else name
        return _fail(f"{error.format_message()} (see {where} --help)", 2)
    if result == INTERRUPTED:  # as some versions of typer return
        return _fail("interrupted; what was finished is kept, run the same command to go on", INTERRUPTED)
    return result if isinstance(result, int) else 0


def _fail(message: str, code: int) -> int:
    print(f"sdtool: {message}", file=sys.stderr)  # noqa: T201 - the command line is what prints
    return code
