"""docs/python.md and the notebook run as they stand there, block by block."""

import json
import re
import shlex
from html import unescape
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


# --- the embedded study -------------------------------------------------------------------------------

NUMBER = re.compile(r"(?<![\w.=])[+-]?\d[\d,]*\.\d+")


def text_of(html):
    return unescape(re.sub(r"<[^>]+>", "", html))


def test_the_sentences_of_the_example_page_say_what_its_tables_say():
    html = (DOCS / "examples" / "embedded-study.html").read_text(encoding="utf-8")
    body = html[: html.index('<script type="text/plain"')]
    cells = {text_of(cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", body)}
    shown = {number for cell in cells for number in NUMBER.findall(cell)}
    answer = body[body.index('<section id="answer">') : body.index("</section>")]
    sentences = [text_of(text) for text in re.findall(r'<p class="(?!note)\w+">(.*?)</p>', answer)]
    assert len(sentences) >= 6
    settings = sorted((cell for cell in cells if "=" in cell and " " not in cell), key=len, reverse=True)
    for sentence in sentences:
        stripped = sentence.partition("cross-fitted")[0]  # that figure is no row of a table
        for name in settings:
            stripped = stripped.replace(name, "")
        for number in NUMBER.findall(stripped):
            assert number in shown, (number, sentence)


def test_the_example_says_what_its_page_says():
    page = (DOCS / "examples" / "embedded-study.html").read_text(encoding="utf-8")
    told = text_of(page[: page.index('<script type="text/plain"')])
    text = (DOCS / "examples" / "embedded-study.md").read_text(encoding="utf-8")
    lines = [line.removeprefix(">").strip() for line in text.splitlines() if line.startswith(">")]
    quoted = " ".join(line or "\n" for line in lines).split("\n")
    assert len(quoted) == 3
    for sentences in quoted:
        assert sentences.strip() in told
