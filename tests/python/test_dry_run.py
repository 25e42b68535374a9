"""`generate --dry-run` says what fits, and touches nothing."""

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
