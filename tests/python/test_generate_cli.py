"""`generate` from the command line: runs of other families, going on after a stop, and bad input."""

import json
import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import torch
from sdtool import store
from sdtool.cli import main
from sdtool.engine.batched import BatchedEngine

PROBLEMS = [{"id": f"p{n}", "problem": f"What is {n} + 1?", "answer": str(n + 1)} for n in range(3)]
RATES = ("accuracy", "think-close", "boxed-answer", "length-stop", "mean tokens")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.set_num_threads(1)
    write("problems.jsonl", PROBLEMS)


def write(name, rows):
    Path(name).write_text("".join(json.dumps(row) + "\n" for row in rows))


def generate(*arguments, engine="generate"):
    return main(["generate", "--engine", engine, *map(str, arguments)])


def rows(path="run"):
    return store.read(Path(path)).to_pylist()


SMALL = ("--data", "problems.jsonl", "--max-new-tokens", 6, "--out", "run")


@pytest.mark.parametrize("chat", [True, False])
@pytest.mark.parametrize("family", ["llama", "gemma"])
def test_a_checkpoint_of_another_family_runs_from_its_folder(checkpoint, capsys, family, chat):
    assert generate("--model", checkpoint(family, chat=chat), *SMALL) == 0
    captured = capsys.readouterr()
    assert ("has no chat template: problems are sent as plain text" in captured.err) != chat
    table = captured.out.splitlines()
    assert all(rate in table[0] for rate in RATES)
    assert [line.split()[:2] for line in table[1:]] == [
        ["precise", "3"],
        ["general", "3"],
        ["general-no-presence", "3"],
    ]
    found = rows()
    assert len(found) == 9
    assert all(values["prompt"].endswith("<think>\n") == chat for values in found)
    assert all(values["n_tokens"] == len(values["token_ends"]) <= 6 for values in found)
    assert {(values["cap"], values["source"], values["seed"]) for values in found} == {(6, "problems", 0)}


def test_a_run_says_where_it_comes_from(checkpoint):
    model = checkpoint()
    assert generate("--model", model, *SMALL, "--temperature", "0.5,1.5", "--samples", 2, "--seed", 3) == 0
    assert len(rows()) == 3 * 2 * 2
    wanted = tomllib.loads(Path("run/experiment.toml").read_text())
    assert wanted["setting"] == ["general-no-presence,T=0.5", "general-no-presence,T=1.5"]
    assert (wanted["model"], wanted["seed"], wanted["max_new_tokens"]) == (str(model), 3, 6)
    provenance = json.loads(Path("run/run.json").read_text())
    assert provenance["planned"] == 12
    assert provenance["order"][:2] == ["presence_penalty", "temperature"]
    assert {"model_hash", "tokenizer_hash", "problems_hash", "versions", "grader_version", "seed"} <= set(
        provenance
    )
    assert json.loads(Path("run/progress.json").read_text())["done"] == 12


def test_a_finished_run_is_shown_again_without_loading_the_model(checkpoint, capsys, monkeypatch):
    assert generate("--model", checkpoint(), *SMALL) == 0
    table = capsys.readouterr().out
    before = rows()
    monkeypatch.setattr("sdtool.checkpoint.load", None)
    assert generate("--model", checkpoint(), *SMALL, "--batch-size", 2) == 0
    assert capsys.readouterr().out == table
    assert rows() == before


def test_the_default_folder_is_the_same_for_the_same_experiment(checkpoint, tmp_path):
    for _ in range(2):
        assert generate("--model", checkpoint(), *SMALL[:4], "--setting", "precise") == 0
    (run,) = (tmp_path / "runs").iterdir()
    assert run.name.startswith("llama-chat-")
    assert len(rows(run)) == 3


def test_ctrl_c_keeps_what_is_finished_and_the_next_call_goes_on(checkpoint, capsys, monkeypatch):
    arguments = ("--model", checkpoint(), *SMALL, "--batch-size", 2, "--setting", "precise", "--samples", 2)
    assert generate(*arguments, "--out", "whole") == 0
    original, batches = BatchedEngine._generate, []

    def interrupted(self, batch):
        batches.append(len(batch))
        if len(batches) == 2:
            os.kill(os.getpid(), signal.SIGINT)
        return original(self, batch)

    with monkeypatch.context() as patch:
        patch.setattr(BatchedEngine, "_generate", interrupted)
        assert generate(*arguments) == 130
    assert "interrupted; what was finished is kept" in capsys.readouterr().err
    assert len(rows()) == 2
    assert generate(*arguments) == 0
    assert sorted(map(repr, rows())) == sorted(map(repr, rows("whole")))


def test_the_embedded_experiment_runs_with_nothing_given(capsys, tmp_path):
    assert main(["generate", "--limit", "2", "--max-new-tokens", "12"]) == 0
    captured = capsys.readouterr()
    assert captured.out.count("\n") == 4
    assert "this is the demonstration" in captured.err
    (run,) = (tmp_path / "runs").iterdir()
    assert {values["difficulty"] for values in rows(run)} <= set("12345")


def test_another_experiment_in_the_folder_is_refused_and_left_alone(checkpoint, capsys):
    arguments = ("--model", checkpoint(), *SMALL, "--setting", "precise")
    assert generate(*arguments) == 0
    before = rows()
    assert generate(*arguments, "--seed", 1) == 2
    assert "run holds another experiment (seed)" in capsys.readouterr().err
    assert generate(*arguments, "--no-resume") == 2
    assert "already holds rollouts" in capsys.readouterr().err
    assert rows() == before


def test_a_model_without_safetensors_is_refused(checkpoint, tmp_path, capsys):
    import shutil

    folder = tmp_path / "pickled"
    shutil.copytree(checkpoint(), folder)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    assert generate("--model", folder, *SMALL) == 2
    assert "cannot load the model" in capsys.readouterr().err


def test_the_command_line_loads_nothing_heavy():
    code = (
        "import sys, sdtool.cli, sdtool.cli.app\n"
        "print(sorted({'torch', 'numpy', 'pyarrow', 'transformers', 'datasets'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_close_tag_and_token_ids_are_kept_where_they_are_asked_for(checkpoint):
    arguments = ("--model", checkpoint(), *SMALL, "--setting", "precise")
    assert generate(*arguments, "--close-tag", "a", "--keep-tokens", "--out", "kept") == 0
    assert json.loads(Path("kept/run.json").read_text())["close_tag"] == "a"
    for row in rows("kept"):
        assert len(row["tokens"]) == row["n_tokens"]
        assert (row["think_close_token"] is None) == ("a" not in row["response"])
    assert generate(*arguments) == 0
    assert {str(row["tokens"]) for row in rows() if row["response"]} == {"None"}
