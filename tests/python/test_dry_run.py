"""`generate --dry-run` says what fits, and touches nothing."""

import json

from sdtool.cli import main
from sdtool.cli.app import app
from typer.testing import CliRunner


def test_dry_run_prints_the_memory_plan_and_writes_nothing(tmp_path):
    run = tmp_path / "run"
    result = CliRunner().invoke(app, ["generate", "--dry-run", "--max-new-tokens", "4096", "--out", str(run)])
    assert result.exit_code == 0
    assert "memory plan for" in result.stdout
    assert "1.00 KiB of keys and values" in result.stdout
    assert "if all are at the cap of 4,096 tokens" in result.stdout
    assert not run.exists()


def test_dry_run_names_golds_that_cannot_be_matched(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    rows = [{"id": "a", "problem": "?", "answer": "2"}, {"id": "b", "problem": "?", "answer": "\\\\frac{1}{"}]
    (tmp_path / "p.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert main(["generate", "--dry-run", "--model", "embedded", "--data", "p.jsonl"]) == 0
    captured = capsys.readouterr()
    assert "1 gold of 2 cannot be matched" in captured.err
    assert "such as that of 'b'" in captured.err
    assert "3 settings x 2 problems x 1 sample = 6 rollouts" in captured.out


def test_what_will_surprise_is_said_before_anything_is_computed(tmp_path, monkeypatch, capsys, checkpoint):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.csv").write_text("problem,gold,answer\n1+1?,2,3\n")
    asked = ["--model", str(checkpoint()), "--data", "p.csv", "--setting", "precise"]
    assert main(["generate", "--dry-run", *asked, "--temperature", "0", "--samples", "4"]) == 0
    captured = capsys.readouterr()
    assert "column 'gold' is read and 'answer' is not; --gold-column takes another" in captured.err
    assert "precise,T=0 is greedy: its 4 samples of a problem are the same" in captured.err
    assert "the model knows 2,048 positions, prompt included: fewer than the cap" in captured.out


def test_a_run_is_gone_on_with_only_where_one_has_begun(tmp_path, capsys):
    run = tmp_path / "run"
    run.mkdir()
    assert main(["generate", "--dry-run", "--out", str(run)]) == 0
    assert "goes on with it" not in capsys.readouterr().out
