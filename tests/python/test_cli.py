"""The command line as a whole: its help, its streams, and what it says where an extra is missing."""

import json
import os
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from runs import many, write_run
from sdtool.cli import extras, main
from sdtool.parameters import PARAMETERS, PRESETS

ROOT = Path(__file__).parents[2]
COMMANDS = (
    "generate",
    "report",
    "compare",
    "regrade",
    "diff",
    "export",
    "grade",
    "power",
    "presets",
    "data",
    "integrations",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(capsys, command):
    assert main([command, "-h"]) == 0
    assert "Usage" in capsys.readouterr().out


def test_without_a_command_the_help_is_printed(capsys):
    assert main([]) == 0
    shown = capsys.readouterr().out
    assert all(command in shown for command in COMMANDS)


def test_the_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith(f"sdtool {version('sdtool')}, Python 3.")


def test_every_decode_parameter_has_a_flag(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["generate", "--help"]) == 0
    shown = capsys.readouterr().out
    for parameter in PARAMETERS.values():
        assert f"--{parameter.name.replace('_', '-')} " in shown
        assert parameter.meaning in shown


def test_the_presets(capsys):
    assert main(["presets"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:2] == ["setting", "T"]
    assert {line.split()[0] for line in lines[1:4]} == set(PRESETS)
    assert "model card" in lines[-1]
    assert main(["presets", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["general"]["presence_penalty"] == 1.5


def test_quiet_leaves_results_and_notes(tmp_path, capsys):
    run = write_run(tmp_path / "run", many(4, 2), planned=8)
    assert main(["report", str(run), "--quiet"]) == 0
    captured = capsys.readouterr()
    assert captured.out
    assert captured.err
    assert all(line.startswith("note: ") for line in captured.err.splitlines())


def test_completion_knows_commands_and_presets():
    for words, place, expected in (
        ("sdtool re", 1, "report"),
        ("sdtool generate --setting gen", 3, "general"),
    ):
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                "import sys; sys.argv = ['sdtool']; from sdtool.cli import main; sys.exit(main())",
            ],
            env={
                **os.environ,
                "_SDTOOL_COMPLETE": "complete_bash",
                "COMP_WORDS": words,
                "COMP_CWORD": str(place),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert expected in done.stdout.split()


# --- the base install ---------------------------------------------------------------------------------

BASE = """
import sys
from importlib.abc import MetaPathFinder
class Missing(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {modules}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
from sdtool.cli import main
for call in {calls}:
    print(main(call), file=sys.stderr)
"""


def test_a_command_that_needs_an_extra_says_which(tmp_path):
    """As in a venv with the base install alone: every module that an extra brings cannot be imported."""
    (tmp_path / "a.jsonl").write_text('{"problem": "?", "response": "\\\\boxed{2}", "answer": "2"}\n')
    (tmp_path / "recipe.toml").write_text('size = 1\n[[source]]\nname = "a"\nfile = "a.jsonl"\n')
    calls = {
        "generate": "generate",
        "generate --dry-run": "generate",
        "report run": "report",
        "compare a b": "report",
        "export run --out a.jsonl": "report",
        "power": "report",
        "data build recipe.toml --out b.parquet": "generate",
        "regrade a.jsonl --out b.parquet --ray": "ray",
        "regrade a.jsonl --out b.parquet --gold-column answer --response-column response": None,
        "grade 2 \\\\boxed{2}": None,
        "presets": None,
        "integrations lm-eval": None,
    }
    code = BASE.format(modules=set(extras.EXTRAS), calls=[call.split() for call in calls])
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    lines = iter(done.stderr.splitlines())
    for call, extra in calls.items():
        before = []
        for line in lines:
            if line in ("0", "1", "2"):
                break
            before.append(line)
        if extra is None:
            assert line == "0", call
        else:
            assert (call, line) == (call, "2")
            assert f"sdtool[{extra}]" in before[-1], (call, before)


def test_the_table_of_extras_is_that_of_the_package():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for extra in ("generate", "report", "ray"):
        for requirement in declared[extra]:
            package = requirement.split(">=")[0].split("[")[0]
            assert (
                extras.missing(
                    ModuleNotFoundError(name=package), "generate" if extra == "generate" else "report"
                )
                is not None
            )
