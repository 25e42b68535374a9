"""What a person and a dashboard see of a run that is going on."""

import io
import json
import sys

import pytest
from sdtool.cli.progress import Progress
from sdtool.store import RunDirectory
from sdtool.tally import Tally


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test moves."""
    now = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    return now


@pytest.fixture
def run(tmp_path):
    directory = RunDirectory(tmp_path)
    directory.rollouts.mkdir()
    directory.journals.mkdir()
    return directory


def report(run, journal, start, count, rows):
    """Append what a worker writes after `count` tokens more of its only rollout."""
    entry = {"partial": [journal, "general", 0], "start": start, "tokens": [7] * count, "rows": rows}
    with (run.journals / f"{journal}.jsonl").open("a") as file:
        file.write(json.dumps(entry) + "\n")


def written(run):
    return json.loads((run.path / "progress.json").read_text())


def test_the_speed_and_the_rows_of_each_worker_are_told(run, clock, monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    report(run, "carried", 0, 5000, 0)
    tally = Tally(run, {"general": 10})
    with Progress("run") as progress:
        progress(tally)
        clock[0] += 10
        for number in range(8):
            report(run, f"worker-{number}", 0, 512 * (number + 1), 60 + number)
        progress(tally)
        shown = sys.stderr.getvalue()
    assert written(run)["workers"] == {
        f"worker-{n}": {"tokens_per_second": round(51.2 * (n + 1), 1), "rows_in_flight": 60 + n}
        for n in range(8)
    }
    assert written(run)["tokens_per_second"] == pytest.approx(51.2 * 36, abs=0.05)
    assert "1,843 tokens/s" in shown
    assert "508 in flight" in shown
    line = next(part for part in shown.split("\r") if part.startswith("tokens/s|rows")).split("\x1b")[0]
    assert line.strip() == (
        "tokens/s|rows  0 51|60  1 102|61  2 154|62  3 205|63  4 256|64  5 307|65  6 358|66  7 410|67"
    )


def test_eight_fast_workers_fit_into_104_columns(run, clock):
    from sdtool.cli.progress import by_worker

    tally = Tally(run, {"general": 10})
    clock[0] += 10
    for number in range(8):
        report(run, f"worker-{number}", 0, 45_600, 96)
    tally.update()
    assert by_worker(tally).startswith("tokens/s|rows  0 4.6k|96  1 4.6k|96")
    assert len(by_worker(tally)) <= 104


def test_a_speed_is_that_of_the_last_minute(run, clock):
    tally = Tally(run, {"general": 10})
    for second, count in ((10, 1000), (60, 0), (70, 600), (130, 600)):
        clock[0] = 1000.0 + second
        if count:
            report(run, "worker-0", 0, count, 3)
        tally.update()
    assert tally.speeds == {"worker-0": 600 / 60}


def test_a_log_file_gets_a_line_now_and_then(run, clock, monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    tally = Tally(run, {"general": 10})
    with Progress("run") as progress:
        for _ in range(120):
            progress(tally)
            clock[0] += 1
    assert sys.stderr.getvalue().count("run ") <= 10
    assert written(run)["planned"] == 10


def test_the_last_line_is_of_what_there_is(run, clock, monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    tally = Tally(run, {"general": 10})
    with Progress("run") as progress:
        progress(tally)
        clock[0] += 1
        report(run, "worker-0", 0, 100, 3)
        progress(tally)
        tally.update()
    assert "loading the model" not in sys.stderr.getvalue().split("\r")[-1]
    assert "3 in flight" in sys.stderr.getvalue().split("\r")[-1]
