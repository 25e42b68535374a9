"""Bulk regrading: files of stored rollouts in, Parquet out, on threads or on a Ray cluster.

The files themselves are read, graded and written natively, one by one; what is here gives each its place
in the output, goes on after an interruption, and adds up.
"""

from __future__ import annotations

import os
import shutil
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sdtool._native import extract
from sdtool.errors import InputError

try:
    from sdtool._native import join
except ImportError:
    raise ImportError(
        "this sdtool was built without the Cargo feature `files`, so it grades and does not regrade files: "
        "install a wheel, or build it with default features",
        name="sdtool._native",
    ) from None
from sdtool.regrading import spool
from sdtool.regrading.inputs import Input, Paths, find_files, suffix
from sdtool.regrading.jobs import File, Job, Summary, Watch, checked, run_on_ray, run_on_threads
from sdtool.regrading.ledger import Ledger, finished
from sdtool.regrading.summary import Read, Regraded, Skipped, warnings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sdtool.grading import Policy

__all__ = ["Read", "Regraded", "Skipped", "find_files", "finished", "regrade"]

FORMATS = (
    *(".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".txt", ".arrow", ".arrows", ".ipc", ".feather", ".pq"),
    *(".gz", ".zst", ".bz2", ".xz", ".eval", ".xlsx", ".db"),
)
"""Names of outputs that end so were not meant as a folder."""

TOGETHER = (1 << 20, 1 << 23)
"""Least and most bytes of small files that are regraded together where all become one file: a part for each
would cost more than they do, and leave a row group of a few rows."""


def regrade(
    inputs: Paths,
    output: str | os.PathLike[str],
    *,
    gold_column: str | None = None,
    response_column: str | None = None,
    thinking: bool | None = None,
    extractor: str | Sequence[str] = "boxed",
    close_tag: str | None = None,
    keep_text: bool = True,
    threads: int | None = None,
    policy: Policy | None = None,
    on_error: Literal["fail", "skip"] = "fail",
    ray: bool = False,
    progress: Callable[[Regraded], None] | None = None,
) -> Regraded:
    """Grade stored rollouts of sdtool or of any other tool, and write them as Parquet.

    Each response of the input is a row of the output, in the input's order; where a row of the input holds
    several, `sample` numbers them. The output has the input's columns, what the layout says of problem,
    setting, finish reason and tokens, and the columns `answer`, `verdict`, `reason`, `correct`,
    `think_closed`, `boxed`, `looped`, `grader_version`. In a file that was graded before these replace the
    old ones, but what it knows of loops is kept; in any other file a column of such a name is kept as
    `input_<name>`. Files are streamed, so memory does not grow with their rows.

    An interrupted call into a folder goes on where it stopped when it is made again.

    Args:
        inputs: files, folders, run directories and glob patterns; `-` is standard input.
        output: a name that ends in `.parquet`: one file with all rows, which then must have the same
            columns in all inputs; else a folder with one file an input.
        gold_column: where the gold answers are, with dots into nested columns; None: recognise the layout
            or a common name.
        response_column: where the responses are, likewise; several columns with commas between.
        thinking: as for `sdtool.extract`; None is decided once for a file, by its first responses.
        extractor: as for `sdtool.extract`: how the responses announce their answer.
        close_tag: the tag that ends a thought; None: recognise that of any known model.
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
    known: Any = extractor
    checked(lambda: extract("", thinking, known, close_tag=close_tag))
    target = Path(output)
    one_file = _is_one_file(target)
    told = find_files(inputs, besides=target)
    found = told.files
    options: dict[str, Any] = {
        "gold_column": gold_column,
        "response_column": response_column,
        "policy": policy,
        "thinking": thinking,
        "extractor": (extractor,) if isinstance(extractor, str) else tuple(extractor),
        "close_tag": close_tag,
        "keep_text": keep_text,
    }
    state = Regraded(files=len(found), total_bytes=sum(file.size for file in found))
    watch = Watch(state, start, progress)
    _make(target.parent if one_file else target)
    joined = one_file and len(found) > 1
    with _parts(target) as parts:
        if joined:
            places = [parts() / f"{number}.parquet" for number in range(len(found))]
        else:
            places = [target] if one_file else _places_in(target, found)
        ledger = Ledger(None if one_file else target, options)
        errors = _run(
            found, places, options | {"part": joined}, parts, ledger, watch,
            run=run_on_ray if ray else run_on_threads, threads=threads or os.cpu_count() or 1,
            fail_fast=on_error == "fail",
        )  # fmt: skip
        state.skipped = [
            Skipped(str(file.path), error) for file, error in zip(found, errors, strict=True) if error
        ]
        written = [
            (place, file.path)
            for file, place, error in zip(found, places, errors, strict=True)
            # What was regraded together has one part.
            if not error and (not joined or place.is_file())
        ]
        if state.skipped and (on_error == "fail" or not written):
            raise InputError(state.skipped[0].error)
        if joined:
            checked(lambda: join(written, target, watch.tick))
        state.outputs = [str(target)] if one_file else [str(place) for place, _ in written]
        ledger.close()
    state.left_out = [str(path) for path in told.left_out]
    state.repeated = [str(path) for path in told.repeated]
    state.warnings = warnings(state, options["extractor"])
    watch.tell()
    return state


def _is_one_file(target: Path) -> bool:
    """Whether the output is one file; else it is a folder.

    Raises:
        InputError: it is neither.
    """
    if target.is_dir():
        return False
    if target.suffix == ".parquet":
        return True
    if target.exists() or target.name.endswith(FORMATS):
        raise InputError(
            f"{target}: the output is Parquet: name a file that ends in .parquet, or a folder for one "
            "file an input; `duckdb -c \"COPY (FROM 'graded.parquet') TO 'graded.jsonl'\"` "
            "writes other formats"
        )
    return False


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: the output cannot be written there: {error.strerror}") from None


def _run(
    found: Sequence[Input],
    places: Sequence[Path],
    options: dict[str, Any],
    parts: Callable[[], Path],
    ledger: Ledger,
    watch: Watch,
    *,
    run: Callable[..., None],
    threads: int,
    fail_fast: bool,
) -> list[str | None]:
    """Regrade the files that the ledger does not have; the error of each file or None."""
    files: list[File] = []
    errors: list[str | None] = [None] * len(found)

    def done(number: int, summary: Summary | None, error: str | None) -> None:
        errors[number] = error
        watch.state.files_done += 1
        if summary is not None:
            watch.state.add(found[number].path, summary)
            ledger.add(found[number], places[number], summary)

    for number, (file, place) in enumerate(zip(found, places, strict=True)):
        summary = ledger.get(file, place)
        if summary is not None:
            watch.state.add(file.path, summary)
            watch.tick(**summary["counts"])
            watch.state.files_done += 1
            watch.state.kept += 1
            continue
        try:
            path = spool.native(file.path, parts)
        except InputError as error:
            errors[number] = str(error)
            watch.state.files_done += 1
            if fail_fast:
                return errors
            continue
        files.append(File(number, path, file.path, place, file.constants))
    if files:
        # On a cluster each file is a task.
        alone = run is run_on_ray or not options["part"]
        sets = ((file,) for file in files) if alone else _together(files, threads)
        jobs = [Job(some, options) for some in sets]
        run(jobs, threads, watch, done, fail_fast=fail_fast)
    return errors


def _together(files: Sequence[File], threads: int) -> Iterator[tuple[File, ...]]:
    """Files in their order, small ones together, with some sets for each thread."""
    sizes = [file.path.stat().st_size for file in files]
    least, most = TOGETHER
    largest = min(max(sum(sizes) // (4 * threads), least), most)
    some: list[File] = []
    size = 0
    for file, more in zip(files, sizes, strict=True):
        if some and size + more > largest:
            yield tuple(some)
            some, size = [], 0
        some.append(file)
        size += more
    yield tuple(some)


def _places_in(folder: Path, found: Sequence[Input]) -> list[Path]:
    """An output in `folder` for each input."""
    places: dict[Path, Path] = {}
    for file in found:
        name = file.place.name.removesuffix(suffix(file.place)) + ".parquet"
        place = folder / file.place.with_name(name)
        if place in places:
            raise InputError(f"{file.path} and {places[place]} would both become {place}; regrade them apart")
        places[place] = file.path
        _make(place.parent)
    return list(places)


@contextmanager
def _parts(target: Path) -> Iterator[Callable[[], Path]]:
    """A folder beside the output that is made when it is asked for: for parts and copies."""
    for left_over in target.parent.glob(f".{target.name}.*.parts"):
        if not _is_alive(left_over.name.split(".")[-2]):
            shutil.rmtree(left_over, ignore_errors=True)
    folder = target.with_name(f".{target.name}.{os.getpid()}.parts")

    def made() -> Path:
        folder.mkdir(exist_ok=True)
        return folder

    try:
        yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_alive(process: str) -> bool:
    if os.name != "posix":
        return True  # asking would end the process on Windows, where an open file keeps its folder anyway
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (ValueError, PermissionError):
        return True
    return True
