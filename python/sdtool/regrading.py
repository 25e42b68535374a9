"""Bulk regrading: files of stored rollouts in, Parquet out, on threads or on a Ray cluster.

The files themselves are read, graded and written natively, one by one; what is here finds them, gives
each its place in the output, and adds up.
"""

from __future__ import annotations

import glob
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sdtool._native import join, regrade_file
from sdtool.errors import InputError
from sdtool.grading import GRADER_VERSION, Policy

if TYPE_CHECKING:
    from collections.abc import Iterator

SUFFIXES = (
    ".parquet", ".pq", ".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".jsonl.zst", ".ndjson.zst",
    ".arrow", ".arrows", ".ipc", ".feather", ".eval",
)  # fmt: skip
"""Names that end so are taken from a folder."""

PROGRESS_SECONDS = 0.2
"""The least time between two calls of `progress`."""

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]


@dataclass(frozen=True, slots=True)
class Skipped:
    """An input that could not be regraded, and why."""

    path: str
    error: str


@dataclass(slots=True)
class Regraded:
    """What was regraded: the state while it runs, the summary at the end.

    Attributes:
        files: input files.
        files_done: of these, done or skipped.
        rows: rollouts.
        no_gold: rollouts without a gold answer; they have no verdict and count in no rate but their own.
        correct: rollouts with the verdict `equal`.
        undecided: rollouts with the verdict `undecided`.
        think_closed: responses that contain `</think>`.
        boxed: responses with an answer in a box.
        looped: rollouts that fell into a loop.
        text_bytes: bytes of the responses.
        file_bytes: bytes of the input files that are done.
        total_bytes: bytes of all input files.
        seconds: wall time.
        outputs: the files that were written.
        skipped: the inputs that could not be regraded.
        grader_version: the grader's version.
    """

    files: int
    total_bytes: int
    files_done: int = 0
    rows: int = 0
    no_gold: int = 0
    correct: int = 0
    undecided: int = 0
    think_closed: int = 0
    boxed: int = 0
    looped: int = 0
    text_bytes: int = 0
    file_bytes: int = 0
    seconds: float = 0.0
    outputs: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    grader_version: str = GRADER_VERSION

    def rates(self) -> dict[str, float]:
        """Accuracy over the rows with a gold answer, the other rates over all rows; none of no rows."""
        graded = self.rows - self.no_gold
        rates = {"accuracy": self.correct / graded, "undecided": self.undecided / graded} if graded else {}
        if self.rows:
            rates |= {name: getattr(self, name) / self.rows for name in ("think_closed", "boxed", "looped")}
        return rates

    def seconds_left(self) -> float | None:
        """Time left at the speed so far; None before anything is done."""
        if not self.file_bytes:
            return None
        return self.seconds * max(self.total_bytes - self.file_bytes, 0) / self.file_bytes

    def as_dict(self) -> dict[str, Any]:
        """The fields and the rates, ready for JSON."""
        return asdict(self) | {"rates": self.rates()}


@dataclass(frozen=True, slots=True)
class _Job:
    input: Path
    output: Path
    options: dict[str, Any]


def regrade(
    inputs: Paths,
    output: str | os.PathLike[str],
    *,
    gold_column: str | None = None,
    response_column: str | None = None,
    thinking: bool | None = None,
    keep_text: bool = True,
    threads: int | None = None,
    policy: Policy | None = None,
    on_error: Literal["fail", "skip"] = "fail",
    ray: bool = False,
    progress: Callable[[Regraded], None] | None = None,
) -> Regraded:
    """Grade stored rollouts: Parquet, JSON lines, Arrow IPC or inspect_ai logs in, Parquet out.

    The output has the input's columns and rows in the input's order, and the columns `answer`, `verdict`,
    `reason`, `correct`, `think_closed`, `boxed`, `looped`, `grader_version`. In a file that was graded
    before these replace the old ones, but what it knows of loops is kept; in any other file a column of
    such a name is kept as `input_<name>`. Files are streamed, so memory does not grow with their rows.

    Args:
        inputs: files, folders, run directories and glob patterns.
        output: a name that ends in `.parquet`: one file with all rows, which then must have the same
            columns in all inputs; else a folder with one file an input.
        gold_column: where the gold answers are, with dots into nested columns; None: recognise the layout
            of sdtool, lm-evaluation-harness, lighteval, NeMo-Skills, inspect_ai, verl or TRL.
        response_column: where the responses are, likewise.
        thinking: as for `sdtool.extract`.
        keep_text: False: leave out the responses, prompts and the like, and nested columns.
        threads: at most so many threads; None: one a core.
        policy: what counts as the same answer.
        on_error: `fail`: the first bad file ends it; `skip`: it is listed in the summary.
        ray: one task a file on the Ray cluster that `ray.init()` finds or starts. All workers must see
            the same file system.
        progress: called now and then with the state so far.

    Returns:
        The summary.

    Raises:
        InputError: an input is missing or cannot be read as rollouts, or the output cannot be written.
    """
    start = time.monotonic()
    target = Path(output)
    one_file = target.suffix == ".parquet" and not target.is_dir()
    found = find_files(inputs, besides=target)
    options = {
        "gold_column": gold_column,
        "response_column": response_column,
        "policy": policy,
        "thinking": thinking,
        "keep_text": keep_text,
    }
    state = Regraded(files=len(found), total_bytes=sum(path.stat().st_size for path, _ in found))
    watch = _Watch(state, start, progress)
    (target.parent if one_file else target).mkdir(parents=True, exist_ok=True)
    with _parts_folder(target) if one_file and len(found) > 1 else nullcontext(target) as folder:
        if one_file and len(found) == 1:
            places = [target]
        elif one_file:
            places = [folder / f"{number}.parquet" for number in range(len(found))]
        else:
            places = _places_in(folder, found)
        jobs = [_Job(path, place, options) for (path, _), place in zip(found, places, strict=True)]
        run = _run_on_ray if ray else _run_on_threads
        errors = run(jobs, threads or os.cpu_count() or 1, watch, fail_fast=on_error == "fail")
        state.skipped = [
            Skipped(str(job.input), error) for job, error in zip(jobs, errors, strict=True) if error
        ]
        written = [job.output for job, error in zip(jobs, errors, strict=True) if not error]
        if state.skipped and (on_error == "fail" or not written):
            raise InputError(state.skipped[0].error)
        if one_file and len(found) > 1:
            _checked(lambda: join(written, target, watch.tick))
        state.outputs = [str(target)] if one_file else [str(path) for path in written]
    watch.tell()
    return state


def find_files(inputs: Paths, besides: Path) -> list[tuple[Path, Path]]:
    """The files that `inputs` name, each with its path within the folder it was found in, without doubles.

    A folder gives the files below it whose name ends in one of `SUFFIXES`, in the order of their paths,
    but nothing hidden and nothing below `besides`, which is the output; a run directory gives its
    rollouts.

    Raises:
        InputError: a path or pattern leads to nothing, or an input is the output.
    """
    found: dict[Path, tuple[Path, Path]] = {}
    output = besides.resolve()
    for given in [inputs] if isinstance(inputs, (str, os.PathLike)) else inputs:
        path = Path(given)
        if path.is_dir():
            top = (
                path / "rollouts" if (path / "run.json").is_file() and (path / "rollouts").is_dir() else path
            )
            files = [
                (file, file.relative_to(top))
                for file in sorted(top.rglob("*"))
                if _is_input(file, top, output)
            ]
        elif path.exists():
            files = [(path, Path(path.name))]
        else:
            matches = sorted(map(Path, glob.glob(str(given), recursive=True)))  # noqa: PTH207 - patterns may be absolute
            files = [(file, Path(file.name)) for file in matches]
        if not files:
            raise InputError(f"{given}: no such file, and no files of rollouts ({', '.join(SUFFIXES)}) there")
        for file, name in files:
            if file.resolve() == output:
                raise InputError(f"{file}: the output would replace this input; choose another --out")
            found.setdefault(file.resolve(), (file, name))
    if not found:
        raise InputError("there is nothing to regrade; name files, folders or patterns")
    return list(found.values())


def _is_input(file: Path, top: Path, output: Path) -> bool:
    resolved = file.resolve()
    hidden = any(part.startswith(".") for part in file.relative_to(top).parts)
    return (
        file.name.endswith(SUFFIXES)
        and not hidden
        and file.is_file()
        and resolved != output
        and output not in resolved.parents
    )


def _places_in(folder: Path, found: Sequence[tuple[Path, Path]]) -> list[Path]:
    """An output in `folder` for each input."""
    places: dict[Path, Path] = {}
    for path, name in found:
        suffix = next(
            (suffix for suffix in sorted(SUFFIXES, key=len, reverse=True) if name.name.endswith(suffix)), ""
        )
        place = folder / name.with_name(name.name.removesuffix(suffix) + ".parquet")
        if place in places:
            raise InputError(f"{path} and {places[place]} would both become {place}; regrade them apart")
        places[place] = path
        place.parent.mkdir(parents=True, exist_ok=True)
    return list(places)


@contextmanager
def _parts_folder(target: Path) -> Iterator[Path]:
    """A folder beside the output, for the parts that are joined in the end."""
    for left_over in target.parent.glob(f".{target.name}.*.parts"):
        if not _is_alive(left_over.name.split(".")[-2]):
            shutil.rmtree(left_over, ignore_errors=True)
    folder = target.with_name(f".{target.name}.{os.getpid()}.parts")
    folder.mkdir(exist_ok=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (ValueError, PermissionError):
        return True
    return True


class _Stopped(Exception):  # noqa: N818 - it is no error
    """Another job failed, so this one need not go on."""


class _Watch:
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
        if self.stopped.is_set():
            raise _Stopped
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


def _checked(call: Callable[[], None]) -> None:
    """Call native code that reports a bad file by the built-in exceptions."""
    try:
        call()
    except (ValueError, OSError) as error:
        raise InputError(str(error)) from None


def _regrade_one(job: _Job, threads: int, tick: Callable[..., None]) -> None:
    _checked(lambda: regrade_file(job.input, job.output, **job.options, threads=threads, progress=tick))


def _run_on_threads(
    jobs: Sequence[_Job], threads: int, watch: _Watch, *, fail_fast: bool
) -> list[str | None]:
    """Do the jobs, several files at a time if there are as many; the error of each job or None.

    With `fail_fast` the first error stops the others.
    """
    workers = min(threads, len(jobs))

    def work(job: _Job) -> str | None:
        counts: dict[str, int] = {}

        def tick(**more: int) -> None:
            for name, count in more.items():
                counts[name] = counts.get(name, 0) + count
            watch.tick(**more)

        try:
            _regrade_one(job, threads // workers, tick)
        except InputError as error:
            # What was counted of a file that failed is not in the output.
            watch.tick(**{name: -count for name, count in counts.items() if name != "file_bytes"})
            if fail_fast:
                watch.stopped.set()
            return str(error)
        finally:
            watch.state.files_done += 1
        return None

    if workers == 1:
        errors: list[str | None] = []
        for job in jobs:
            errors.append(work(job))
            if errors[-1] and fail_fast:
                break
        return errors + [None] * (len(jobs) - len(errors))

    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(work, job) for job in jobs]
        try:
            return [future.result() for future in futures]
        except _Stopped:
            return [
                future.result() if future.done() and not future.exception() else None for future in futures
            ]
        finally:
            # On an error or Ctrl-C the files that are under way end at their next report.
            watch.stopped.set()
            pool.shutdown(cancel_futures=True)
            watch.stopped.clear()


def _run_on_ray(jobs: Sequence[_Job], _threads: int, watch: _Watch, *, fail_fast: bool) -> list[str | None]:
    """Do each job as a Ray task. One whose worker dies is run again; its output appears only when whole."""
    try:
        import ray
    except ImportError:
        raise InputError("--ray needs Ray: pip install 'sdtool[ray]'") from None
    if not ray.is_initialized():
        ray.init(log_to_driver=False)
    task = ray.remote(num_cpus=1, max_retries=3)(_regrade_on_worker)
    numbers = {task.remote(job): number for number, job in enumerate(jobs)}
    errors: list[str | None] = [None] * len(jobs)
    waiting = list(numbers)
    while waiting:
        done, waiting = ray.wait(waiting, timeout=PROGRESS_SECONDS)
        for reference in done:
            counts, errors[numbers[reference]] = ray.get(reference)
            watch.state.files_done += 1
            watch.tick(**counts)
            if errors[numbers[reference]] and fail_fast:
                for other in waiting:
                    ray.cancel(other)
                return errors
        watch.tick()
    return errors


def _regrade_on_worker(job: _Job) -> tuple[dict[str, int], str | None]:
    counts: dict[str, int] = {}

    def tick(**more: int) -> None:
        for name, count in more.items():
            counts[name] = counts.get(name, 0) + count

    try:
        _regrade_one(job, 1, tick)
    except InputError as error:
        return {}, str(error)
    return counts, None
