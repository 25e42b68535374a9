"""Several workers on one run: a process for each GPU here, or the ranks that a launcher gives.

The workers share nothing but a key-value store with the claims (`engine.queue`) and the run's directory.
There is no collective: nobody waits for anybody, except at the very end for the last rollouts.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from sdtool import logs, signals
from sdtool.checkpoint import declared_dtype, exceeds_one_gpu, load_config, skeleton
from sdtool.engine.queue import SharedClaims
from sdtool.errors import InputError, SdtoolError
from sdtool.run import Run, Worker

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.process import BaseProcess
    from pathlib import Path

    from torch.distributed import Store  # type: ignore[attr-defined]

    from sdtool.config import Experiment
    from sdtool.run import Watch
    from sdtool.tally import Tally

POLL_SECONDS = 0.2
OPENING = timedelta(hours=1)  # hashing a large checkpoint on a slow disk takes a while
FINISHED = "finished"
log = logging.getLogger(__name__)


def visible_gpus() -> int:
    """Return how many GPUs this process sees."""
    import torch

    return torch.cuda.device_count()


def memory_plan(experiment: Experiment) -> str:
    """Say how many rollouts of an experiment fit on the smallest GPU here, from the model's config alone.

    Where no GPU is visible, the plan is for one of 80 GiB. Nothing is loaded and nothing generated.

    Raises:
        InputError: the model's configuration cannot be had.
    """
    import torch

    from sdtool.engine import memory
    from sdtool.engine.models import positions

    sizes = [torch.cuda.get_device_properties(index).total_memory for index in range(visible_gpus())]
    note = "" if sizes else "no GPU is visible, so this is for one of 80 GiB\n"
    config = load_config(experiment.model, experiment.revision)
    dtype = getattr(torch, experiment.dtype) if experiment.dtype not in {None, "auto"} else None
    model = skeleton(config, dtype or declared_dtype(config) or torch.bfloat16)
    known, _ = positions(model)
    if known is not None and experiment.max_new_tokens >= known:
        note += f"the model knows {known:,} positions, prompt included: fewer than the cap\n"
    try:
        plan = memory.plan(model, total=min(sizes, default=80 * memory.GIB), cap=experiment.max_new_tokens)
    except NotImplementedError as reason:
        return f"{reason}; --engine generate will be used, whose memory grows with its longest row"
    return f"{note}{plan}\n  batch size           {experiment.batch_size:8,} rollouts at a time"


def launched() -> bool:
    """Whether a launcher (`accelerate launch`, torchrun) has given this process one of several ranks."""
    return int(os.environ.get("WORLD_SIZE", "1")) > 1


def execute(
    experiment: Experiment,
    path: Path,
    *,
    workers: int | None,
    resume: bool,
    watch: Watch,
    announce: Callable[[Run], None] = lambda _: None,
) -> bool:
    """Run an experiment into a directory, on every visible GPU or on the ranks of a launcher.

    Args:
        experiment: what to do.
        path: the run's directory.
        workers: processes to start here; by default one for each visible GPU.
        resume: whether rollouts that are already there may be added to.
        watch: called often with the tally.
        announce: called once, when the problems are loaded and before the model is.

    Returns:
        Whether this process is the one to show the result.

    Raises:
        InputError: something asked for cannot be had.
        SdtoolError: workers died and left rollouts undone.
    """
    run = Run(experiment, path)
    announce(run)
    if launched():
        return _join(run, resume=resume, watch=watch)
    with run.directory.lock():
        run.open(resume=resume)
        tally = run.tally()
        watch(tally)
        if tally.done < tally.planned:
            _generate(run, workers, tally, watch)
    return True


def _generate(run: Run, workers: int | None, tally: Tally, watch: Watch) -> None:
    gpus = visible_gpus()
    spread = gpus > 0 and exceeds_one_gpu(run.experiment.model, run.experiment.revision, run.experiment.dtype)
    if workers is None:
        workers = 1 if spread else max(gpus, 1)
    began = time.monotonic()
    try:
        if workers == 1:
            device = "cuda:0" if gpus else "cpu"
            run.alone("auto" if spread else device, tally, watch)
        else:
            _Crew(run, workers, gpus).work(tally, watch)
    finally:
        tally.update()  # what is shown last is what there is, also after a stop
        run.compact()
        run.directory.add_seconds(time.monotonic() - began)


@dataclass
class _Crew:
    """Workers that this process starts and watches."""

    run: Run
    size: int
    gpus: int
    _alive: dict[int, BaseProcess] = field(default_factory=dict)

    def work(self, tally: Tally, watch: Watch) -> None:
        """Have the workers do what is missing; what a dead one had claimed goes to the others."""
        from multiprocessing import resource_tracker

        import torch.multiprocessing
        from torch.distributed import TCPStore  # type: ignore[attr-defined]

        store = TCPStore("127.0.0.1", 0, is_master=True, wait_for_workers=False)
        relay = logs.Relay(store)
        context = torch.multiprocessing.get_context("spawn")
        # Signals are blocked here so that they are in the workers too, until they are ready to stop cleanly;
        # what multiprocessing starts beside them would unblock them.
        resource_tracker.ensure_running()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, signals.STOPPING)
        for number in range(self.size):
            device = f"cuda:{number % self.gpus}" if self.gpus else "cpu"
            self._alive[number] = context.Process(
                target=_work,
                args=(self.run.experiment, self.run.directory.path, number, device),
                kwargs={"size": self.size, "port": store.port, "levels": logs.levels()},
                daemon=True,  # ends with this process, whatever happens
            )
            self._alive[number].start()
        try:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            while tally.done < tally.planned:
                relay.log()
                self._bury(store, tally)
                time.sleep(POLL_SECONDS)
                tally.update()
                watch(tally)
            store.set(FINISHED, "")
        except KeyboardInterrupt:
            for process in self._alive.values():
                if process.pid is not None:
                    os.kill(process.pid, signal.SIGTERM)
            raise
        finally:
            self._wait()
            relay.log()

    def _wait(self) -> None:
        try:
            for process in self._alive.values():
                process.join()
        except KeyboardInterrupt:
            for process in self._alive.values():
                process.kill()
                process.join()
            raise

    def _bury(self, store: Store, tally: Tally) -> None:
        for number, process in list(self._alive.items()):
            if process.exitcode is None:
                continue
            del self._alive[number]
            tally.update()
            tally.rows.pop(f"worker-{number}", None)
            problem_ids = self.run.missing(tally.finished).values()
            SharedClaims(store, number).release(id_ for ids in problem_ids for id_ in ids)
            print(f"worker {number} ended early (exit code {process.exitcode})", file=sys.stderr)  # noqa: T201 - the user must know
        if not self._alive:
            raise SdtoolError(
                f"all workers ended early with {tally.planned - tally.done} rollouts undone; "
                "what is finished is kept, run the same command to go on"
            )


def _work(
    experiment: Experiment,
    path: Path,
    number: int,
    device: str,
    *,
    size: int,
    port: int,
    levels: dict[str, int],
) -> None:
    """Be one worker of a crew, in a process of its own."""
    import multiprocessing

    from torch.distributed import TCPStore  # type: ignore[attr-defined]

    # Ctrl-C in a terminal reaches the whole group; the starting process passes it on, once.
    os.setpgid(0, 0)
    starter = multiprocessing.parent_process()
    assert starter is not None
    threading.Thread(target=_die_with, args=(starter,), daemon=True).start()
    store = TCPStore("127.0.0.1", port, is_master=False)
    logs.handle(logs.Forward(store), levels)
    try:
        with signals.interrupting():
            signal.pthread_sigmask(signal.SIG_UNBLOCK, signals.STOPPING)
            _serve_alone(experiment, path, device, number, store, size=size)
    except KeyboardInterrupt:
        sys.exit(130)
    except SdtoolError as error:
        log.error("%s", error)  # noqa: TRY400 - it says what is wrong; a traceback would not
        sys.exit(error.exit_code)


def _serve_alone(
    experiment: Experiment, path: Path, device: str, number: int, store: Store, *, size: int
) -> None:
    import torch

    if device == "cpu":
        torch.set_num_threads(max(1, (os.cpu_count() or 1) // size))
    else:
        torch.cuda.set_device(device)  # kernels of other libraries go to the current device
    _serve(Run(experiment, path, begun=True), device, number, store, lambda _: None)


def _die_with(starter: BaseProcess) -> None:
    starter.join()
    os._exit(1)


def _serve(run: Run, device: str, number: int, store: Store, watch: Watch) -> None:
    """Work until every rollout of the run is finished, also on what dead workers give back."""
    worker = Worker(run, device, number)
    claims = SharedClaims(store, number)
    released = -1
    while not store.check([FINISHED]):
        now = store.add("released", 0)
        if now > released:
            released = now
            tally = run.tally()
            tally.update()
            worker.work(claims, tally, watch)
        time.sleep(POLL_SECONDS)


def _check_launcher() -> None:
    if lacking := [name for name in ("RANK", "MASTER_ADDR", "MASTER_PORT") if name not in os.environ]:
        raise InputError(
            f"WORLD_SIZE says that a launcher started this process, but {', '.join(lacking)} is not set; "
            "use torchrun or accelerate launch, or unset WORLD_SIZE"
        )


def _join(run: Run, *, resume: bool, watch: Watch) -> bool:
    """Be one rank of a launcher's; rank 0 also prepares and completes the directory."""
    _check_launcher()
    import torch
    from accelerate import PartialState
    from torch.distributed import PrefixStore, TCPStore  # type: ignore[attr-defined]

    state = PartialState(cpu=not torch.cuda.is_available())
    first = state.process_index == 0
    port = int(os.environ["MASTER_PORT"])
    store = PrefixStore("sdtool", TCPStore(os.environ["MASTER_ADDR"], port, is_master=False))
    if not first:
        logs.handle(logs.Forward(store), logs.levels())
        store.wait(["opened"], OPENING)
        if message := store.get("opened").decode():
            raise SdtoolError(message)
        if not store.check([FINISHED]):
            _serve(run, str(state.device), state.process_index, store, lambda _: None)
        store.add("left", 1)
        return False
    relay = logs.Relay(store)

    def watch_all(tally: Tally) -> None:
        relay.log()
        watch(tally)

    with run.directory.lock():
        try:
            run.open(resume=resume)
        except SdtoolError as error:
            store.set("opened", str(error))
            raise
        tally = run.tally()
        if tally.done == tally.planned:
            store.set(FINISHED, "")
        store.set("opened", "")
        if tally.done < tally.planned:
            Worker(run, str(state.device), 0).work(SharedClaims(store, 0), tally, watch_all)
        while tally.done < tally.planned:
            time.sleep(POLL_SECONDS)
            tally.update()
            watch_all(tally)
        store.set(FINISHED, "")
        # The store lives in this process where the launcher has none of its own.
        deadline = time.monotonic() + 60
        while store.add("left", 0) < state.num_processes - 1 and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        run.compact()
    return True
