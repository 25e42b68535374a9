"""Several workers on one run: the same rollouts, and the work of a dead one is done by the others."""

import json
import logging
import multiprocessing
import os
import socket
import subprocess
import sys
import threading
import time

import pytest
from sdtool import logs
from sdtool.cli import main
from sdtool.engine.queue import Queue, SharedClaims, SoleClaims
from sdtool.store import read
from torch.distributed import HashStore


@pytest.fixture
def arguments(sums):
    return sums(12, "--max-new-tokens", "300", "--batch-size", "3")


@pytest.fixture
def expected(arguments, tmp_path):
    assert main([*arguments, "--out", str(tmp_path / "alone")]) == 0
    return rows(tmp_path / "alone")


def rows(run):
    return read(run).to_pylist()


def kill_one_that_works(run, killed):
    """Kill the first worker that has finished something and has not finished everything."""
    while not killed:
        for path in (run / "journal").glob("worker-*.jsonl"):
            if path.stat().st_size and (children := multiprocessing.active_children()):
                worker = int(path.stem.removeprefix("worker-"))
                by_age = sorted(children, key=lambda child: int(child.name.rpartition("-")[2]))
                by_age[worker].kill()
                killed.append(worker)
                return
        time.sleep(0.005)


@pytest.mark.parametrize("workers", [2, pytest.param(4, marks=pytest.mark.slow)])
def test_what_a_killed_worker_had_claimed_is_done_by_the_others(
    arguments, expected, tmp_path, capfd, workers
):
    run, killed = tmp_path / "shared", []
    killer = threading.Thread(target=kill_one_that_works, args=(run, killed), daemon=True)
    killer.start()
    assert main([*arguments, "--workers", str(workers), "--out", str(run)]) == 0
    killer.join()
    assert rows(run) == expected
    assert f"worker {killed[0]} ended early (exit code -9)" in capfd.readouterr().err


def test_what_several_workers_log_is_shown_once_by_the_process_that_started_them(caplog):
    store = HashStore()
    for worker in range(3):
        forward = logs.Forward(store)
        for text in ("no kernel for this GPU", f"worker {worker} has 3 GiB"):
            forward.handle(logging.makeLogRecord({"name": "sdtool.engine", "levelno": 30, "msg": text}))
    store.add("logs", 1)  # of a worker that was killed before it wrote its message
    relay = logs.Relay(store)
    relay.log()
    assert [record.message for record in caplog.records] == [
        "no kernel for this GPU", "worker 0 has 3 GiB", "worker 1 has 3 GiB", "worker 2 has 3 GiB",
    ]  # fmt: skip
    store.set("log 5", '["sdtool.engine", 30, "late"]')
    relay.log()
    relay.log()
    assert [record.message for record in caplog.records[4:]] == ["late"]


def test_when_all_workers_die_the_run_fails_and_can_go_on(arguments, expected, tmp_path, capfd):
    run = tmp_path / "shared"

    def kill_all():
        while len(children := multiprocessing.active_children()) < 2:
            time.sleep(0.005)
        for child in children:
            child.kill()

    threading.Thread(target=kill_all, daemon=True).start()
    assert main([*arguments, "--workers", "2", "--out", str(run)]) == 1
    assert "all workers ended early with 12 rollouts undone" in capfd.readouterr().err
    assert main([*arguments, "--out", str(run)]) == 0
    assert rows(run) == expected


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.slow
@pytest.mark.parametrize(("nodes", "processes"), [(1, 2), (2, 2), (2, 4)])
def test_accelerate_launch_shares_one_run_among_all_ranks_of_all_nodes(arguments, tmp_path, nodes, processes):
    arguments = [*arguments, "--samples", "4"]
    assert main([*arguments, "--out", str(tmp_path / "alone")]) == 0
    run = tmp_path / "ranks"
    # Without a GPU too this flag makes accelerate start ranks; with --cpu it starts one process and no ranks.
    python = [
        *(sys.executable, "-m", "accelerate.commands.accelerate_cli", "launch", "--multi_gpu"),
        *("--num_machines", str(nodes), "--num_processes", str(processes)),
        *("--main_process_ip", "127.0.0.1", "--main_process_port", str(free_port())),
        *("--mixed_precision", "no", "--dynamo_backend", "no"),
    ]
    started = [
        subprocess.Popen(
            [*python, "--machine_rank", str(node), "-m", "sdtool", *arguments, "--out", str(run)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
        for node in range(nodes)
    ]
    told = [process.communicate() for process in started]
    assert [process.returncode for process in started] == [0] * nodes, told
    assert [out.count("think-close") for out, _ in told] == [1] + [0] * (nodes - 1)
    assert rows(run) == rows(tmp_path / "alone")
    workers = json.loads((run / "progress.json").read_text())["workers"]
    assert set(workers) == {f"worker-{rank}" for rank in range(processes)}


def test_each_id_is_claimed_by_one_worker():
    store = HashStore()
    problems = {f"p{n}": [2 * n, 2 * n + 1] for n in range(20)}
    queues = [iter(Queue(problems, SharedClaims(store, number))) for number in range(3)]
    taken = [next(queues[turn % 3], None) for turn in range(60)]
    assert sorted(id_ for id_ in taken if id_ is not None) == list(range(40))


def test_ids_given_back_can_be_claimed_again():
    store = HashStore()
    dead, living = SharedClaims(store, 0), SharedClaims(store, 1)
    assert dead.claim(1)
    assert living.claim(2)
    assert not living.claim(1)
    dead.release([1, 2, 3])
    assert living.claim(1)
    assert not dead.claim(2)


def test_the_longest_expected_come_first():
    queue = Queue({name: [number, number + 10] for number, name in enumerate("abc")}, SoleClaims())
    queue.learn("a", 5)
    queue.learn("b", 900)
    queue.learn("b", 100)
    ids = iter(queue)
    assert [next(ids) for _ in range(2)] == [1, 11]
    queue.learn("c", 4)
    assert list(ids) == [0, 10, 2, 12]


def test_with_nothing_known_the_order_is_shuffled_and_one_problem_stays_together():
    problems = {str(n): [3 * n, 3 * n + 1, 3 * n + 2] for n in range(50)}
    order = list(Queue(problems, SoleClaims()))
    assert sorted(order) == list(range(150))
    first = order[::3]
    assert first != sorted(first)
    assert all(
        order[start : start + 3] == list(range(order[start], order[start] + 3)) for start in range(0, 150, 3)
    )
