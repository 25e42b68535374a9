"""Files that are regraded, each a job, on threads or on a Ray cluster."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sdtool._native import regrade_file
from sdtool.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from sdtool.regrading.summary import Regraded

PROGRESS_SECONDS = 0.2
"""The least time between two calls of `progress`."""

Summary = dict[str, Any]
"""What the extension says of a file: layout, columns, counts, finish reasons."""


@dataclass(frozen=True, slots=True)
class Job:
    """A file that the extension reads, its output, and how."""

    input: Path
    output: Path
    options: dict[str, Any]


class Stopped(Exception):  # noqa: N818 - it is no error
    """Another job failed, so this one need not go on."""


class Watch:
    """Adds up what the jobs report, from any thread, and passes it on now and then."""

    def __init__(self, state: Regraded, start: float, progress: Callable[[Regraded], None] | None) -> None:
        self.state = state
        self.stopped = threading.Event()
        self._start = start
        self._progress = progress
        self._lock = threading.Lock()
        self._told = start

    def tick(self, **counts: int) -> None:
        """Add what was done since the last call."""
        if self.stopped.is_set() and any(count >= 0 for count in counts.values()):
            raise Stopped
        with self._lock:
            for name, count in counts.items():
                setattr(self.state, name, getattr(self.state, name) + count)
            if time.monotonic() - self._told >= PROGRESS_SECONDS:
                self.tell()

    def tell(self) -> None:
        """Pass the state on."""
        self._told = time.monotonic()
        self.state.seconds = self._told - self._start
        if self._progress is not None:
            self._progress(self.state)


def checked(call: Callable[[], Any]) -> Any:
    """Call native code that reports a bad file by the built-in exceptions."""
    try:
        return call()
    except (ValueError, OSError) as error:
        raise InputError(str(error)) from None


Done = Callable[[int, Summary | None, str | None], None]
"""Is told of each job that ended: its number, and its summary or its error."""


def _regrade_one(job: Job, threads: int, tick: Callable[..., None]) -> Summary:
    """Regrade one file; in the end what was counted is what the output holds."""
    counts: Counter[str] = Counter()

    def counted(**more: int) -> None:
        counts.update(more)
        tick(**more)

    def take_back(**final: int) -> None:
        rest = {name: final.get(name, 0) - count for name, count in counts.items() if name != "file_bytes"}
        tick(**rest)

    try:
        summary: Summary = checked(
            lambda: regrade_file(job.input, job.output, **job.options, threads=threads, progress=counted)
        )
    except InputError:
        take_back()
        raise
    take_back(**summary["counts"])
    return summary


def run_on_threads(jobs: Sequence[Job], threads: int, watch: Watch, done: Done, *, fail_fast: bool) -> None:
    """Do the jobs, several files at a time if there are as many. With `fail_fast` the first error ends it."""
    workers = min(threads, len(jobs))

    def work(number: int) -> None:
        try:
            summary = _regrade_one(jobs[number], threads // workers, watch.tick)
        except InputError as error:
            done(number, None, str(error))
            if fail_fast:
                watch.stopped.set()
        else:
            done(number, summary, None)

    if workers == 1:
        for number in range(len(jobs)):
            work(number)
            if watch.stopped.is_set():
                break
        watch.stopped.clear()
        return

    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(work, number) for number in range(len(jobs))]
        try:
            for future in futures:
                future.result()
        except Stopped:
            pass
        finally:
            # On an error or Ctrl-C the files that are under way end at their next report.
            watch.stopped.set()
            pool.shutdown(cancel_futures=True)
            watch.stopped.clear()


def run_on_ray(jobs: Sequence[Job], _threads: int, watch: Watch, done: Done, *, fail_fast: bool) -> None:
    """Do each job as a Ray task. One whose worker dies is run again; its output appears only when whole."""
    try:
        import ray
    except ImportError:
        raise InputError("--ray needs Ray: pip install 'sdtool[ray]'") from None
    if not ray.is_initialized():
        ray.init(log_to_driver=False)
    task = ray.remote(num_cpus=1, max_retries=3)(_regrade_on_worker)
    numbers = {task.remote(job): number for number, job in enumerate(jobs)}
    waiting = list(numbers)
    while waiting:
        ready, waiting = ray.wait(waiting, timeout=PROGRESS_SECONDS)
        for reference in ready:
            summary, error = ray.get(reference)
            done(numbers[reference], summary, error)
            if summary is not None:
                watch.tick(**summary["counts"])
            elif fail_fast:
                for other in waiting:
                    ray.cancel(other)
                return
        watch.tick()


def _regrade_on_worker(job: Job) -> tuple[Summary | None, str | None]:
    try:
        return _regrade_one(job, 1, lambda **_counts: None), None
    except InputError as error:
        return None, str(error)
