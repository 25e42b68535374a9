"""Files that are regraded, some small ones together a job, on threads or on a Ray cluster."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sdtool._native import regrade_files
from sdtool.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from sdtool.regrading.summary import Regraded

PROGRESS_SECONDS = 0.2
"""The least time between two calls of `progress`."""

Summary = dict[str, Any]
"""What the extension says of a file: layout, columns, counts, finish reasons."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that the extension reads.

    Attributes:
        number: which of all inputs it is.
        path: where it is.
        name: what messages call it.
        output: its place in the output, or that of its part of it.
        constants: columns with one value in every row.
    """

    number: int
    path: Path
    name: Path
    output: Path
    constants: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """Files that are regraded one after the other, into the output of the first if they fit together."""

    files: tuple[File, ...]
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


Ended = tuple[int, Summary | None, str | None]
"""A file that ended: its number, and its summary or its error."""

Done = Callable[[int, Summary | None, str | None], None]
"""Is told of each file that ended."""


def _regrade_job(job: Job, threads: int, tick: Callable[..., None], *, fail_fast: bool) -> Iterator[Ended]:
    """Regrade the files of a job together; where that fails each alone, to know whose fault it is."""
    if len(job.files) > 1:
        try:
            summaries = _regrade(job.files, job.options, threads, tick)
        except InputError:
            pass
        else:
            yield from ((file.number, done, None) for file, done in zip(job.files, summaries, strict=True))
            return
    for file in job.files:
        try:
            (summary,) = _regrade((file,), job.options, threads, tick)
        except InputError as error:
            yield file.number, None, str(error)
            if fail_fast:
                return
        else:
            yield file.number, summary, None


def _regrade(
    files: tuple[File, ...], options: dict[str, Any], threads: int, tick: Callable[..., None]
) -> list[Summary]:
    """Regrade files into the output of the first; in the end what was counted is what that holds."""
    counts: Counter[str] = Counter()

    def counted(**more: int) -> None:
        counts.update(more)
        tick(**more)

    def settle(final: Counter[str]) -> None:
        tick(**{name: final[name] - count for name, count in counts.items() if name != "file_bytes"})

    inputs = [(file.path, file.name, list(file.constants.items())) for file in files]
    try:
        summaries: list[Summary] = checked(
            lambda: regrade_files(inputs, files[0].output, **options, threads=threads, progress=counted)
        )
    except InputError:
        settle(Counter())
        raise
    final: Counter[str] = Counter()
    for summary in summaries:
        final.update(summary["counts"])
    settle(final)
    return summaries


def run_on_threads(jobs: Sequence[Job], threads: int, watch: Watch, done: Done, *, fail_fast: bool) -> None:
    """Do the jobs, several at a time if there are as many. With `fail_fast` the first error ends it."""
    workers = min(threads, len(jobs))

    def work(job: Job) -> None:
        for number, summary, error in _regrade_job(job, threads // workers, watch.tick, fail_fast=fail_fast):
            done(number, summary, error)
            if error and fail_fast:
                watch.stopped.set()

    if workers == 1:
        for job in jobs:
            work(job)
            if watch.stopped.is_set():
                break
        watch.stopped.clear()
        return

    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(work, job) for job in jobs]
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
    waiting = [task.remote(job, fail_fast=fail_fast) for job in jobs]
    while waiting:
        ready, waiting = ray.wait(waiting, timeout=PROGRESS_SECONDS)
        for reference in ready:
            for number, summary, error in ray.get(reference):
                done(number, summary, error)
                if summary is not None:
                    watch.tick(**summary["counts"])
                elif fail_fast:
                    for other in waiting:
                        ray.cancel(other)
                    return
        watch.tick()


def _regrade_on_worker(job: Job, *, fail_fast: bool) -> list[Ended]:
    return list(_regrade_job(job, 1, lambda **_counts: None, fail_fast=fail_fast))
