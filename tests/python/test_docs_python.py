"""docs/python.md and the notebook run as they stand there, block by block."""

import json
import re
import shlex
from pathlib import Path

import pytest
import torch
from sdtool.cli import main

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```(python|sh)\n(.*?)^```", re.DOTALL | re.MULTILINE)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.set_num_threads(1)


def run_command(line):
    program, *arguments = shlex.split(line.removeprefix("python -m "))
    assert program == "sdtool"
    assert main(arguments) == 0


def test_the_page():
    names: dict[str, object] = {}
    blocks = BLOCK.findall((DOCS / "python.md").read_text(encoding="utf-8"))
    assert len(blocks) >= 6
    for number, (language, text) in enumerate(blocks):
        if language == "sh":
            for line in text.splitlines():
                run_command(line)
        else:
            exec(compile(text, f"python.md, block {number}", "exec"), names)
    assert len(names["accuracy"]) == 2
    assert Path(str(names["page"])).is_file()


def test_the_notebook():
    notebook = json.loads((DOCS / "examples" / "two-settings.ipynb").read_text(encoding="utf-8"))
    names: dict[str, object] = {}
    for number, cell in enumerate(cell for cell in notebook["cells"] if cell["cell_type"] == "code"):
        text = "".join(cell["source"])
        if text.startswith("!"):
            run_command(text.removeprefix("!"))
        else:
            exec(compile(text, f"two-settings.ipynb, cell {number}", "exec"), names)
    assert "<table>" in names["results"]._repr_html_()
