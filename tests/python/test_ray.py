"""On a Ray cluster, a local one of two workers: regrading while one is killed, and the index of problems."""

from __future__ import annotations

import os
import signal
import subprocess

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sdtool

FILES, ROWS = 50, 100


@pytest.fixture
def cluster():
    ray = pytest.importorskip("ray")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, _node_ip_address="127.0.0.1")
    yield ray
    ray.shutdown()


def workers():
    """The processes that run our task now."""
    listed = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    return [int(line.split()[0]) for line in listed.splitlines() if "ray::_regrade_on_worker" in line]


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_each_row_is_there_once_though_a_worker_was_killed(tmp_path):
    (tmp_path / "in").mkdir()
    text = "<think>" + "word " * 20_000 + "</think> \\boxed{1}"
    for file in range(FILES):
        data = {
            "problem_id": [f"{file}-{row}" for row in range(ROWS)],
            "gold": ["1"] * ROWS,
            "response": [text] * ROWS,
        }
        pq.write_table(pa.table(data), tmp_path / "in" / f"{file:02}.parquet")
    killed = []

    def kill_one(state):
        running = workers() if state.files_done >= 10 and not killed else []
        if running:
            os.kill(running[0], signal.SIGKILL)
            killed.append(running[0])

    done = sdtool.regrade(tmp_path / "in", tmp_path / "out.parquet", ray=True, progress=kill_one)
    assert killed
    assert (done.files_done, done.rows, done.correct) == (FILES, FILES * ROWS, FILES * ROWS)
    graded = pq.read_table(tmp_path / "out.parquet")
    assert graded["problem_id"].to_pylist() == [
        f"{file}-{row}" for file in range(FILES) for row in range(ROWS)
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out.parquet"]


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_the_index_of_problems_marks_the_rows_of_a_dataset(tmp_path):
    from sdtool.validation import ProblemIndex

    data = pytest.importorskip("ray.data")
    wagons = (
        "A train of {} wagons leaves at noon, and each carries {} crates of apples. How many crates leave?"
    )
    problems = [wagons.format(count, 2 * count + 1) for count in range(3, 40)]
    held = [f"Solve step by step: {problem}" for problem in problems[:12]]
    others = [f"What is the {n}th prime above {n * n}? Explain how the sieve finds it." for n in range(500)]
    path = tmp_path / "train.parquet"
    pq.write_table(pa.table({"problem": held + others}), path)
    index = ProblemIndex(problems)

    def mark(batch):
        batch["held"] = index.holds(batch["problem"].tolist())
        return batch

    marked = data.read_parquet(str(path)).map_batches(mark, batch_format="pandas", batch_size=64).to_pandas()
    assert sorted(marked["problem"][marked["held"]]) == sorted(held)
    assert len(marked) == len(held) + len(others)
