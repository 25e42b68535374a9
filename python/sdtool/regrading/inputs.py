"""The files that someone means by paths, folders, run directories and patterns."""

from __future__ import annotations

import glob
import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from sdtool.errors import InputError
from sdtool.regrading.spool import STDIN, peek, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

COMPRESSED = ("", ".gz", ".zst", ".bz2", ".xz")
SUFFIXES = (
    ".parquet", ".pq", ".arrow", ".arrows", ".ipc", ".feather", ".eval",
    *(kind + packed for kind in (".jsonl", ".ndjson", ".json", ".csv", ".tsv") for packed in COMPRESSED),
)  # fmt: skip
"""Names that end so are taken from a folder."""

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]

_URL = re.compile(r"([a-z][a-z0-9+.-]+):/{1,2}", re.IGNORECASE)
_HIVE = re.compile(r"([A-Za-z_]\w*)=(.+)")
_LM_EVAL = re.compile(r"samples_(.+)_\d{4}-\d\d-\d\dT.*")
_TIME = re.compile(r"\d{4}-?\d\d-?\d\d([T_ -]?\d\d[-:.]?\d\d([-:.]?\d\d)?([.-]\d+)?)?")
_PART = re.compile(
    r"(?<![a-z])(parts?|shards?|chunks?|splits?|pieces?|ranks?|workers?|gpus?|nodes?|proc|process|seeds?|runs?|rs|"
    r"samples?|repeats?|reps?|rollouts?|data|train|test|validation|batch|files?|out|outputs?|results?|responses?|"
    r"generations?|completions?|predictions?|trials?|attempts?|jobs?|folds?|logs?|details|of)"
    r"[-_. =]*\d+(?![a-z\d])|\d+(?=[-_]?of[-_]?\d)|^\d+$",
    re.IGNORECASE,
)
_LFS = b"version https://git-lfs"


@dataclass(frozen=True, slots=True)
class Input:
    """A file to regrade.

    Attributes:
        path: where it is; `STDIN` for standard input.
        place: its path within the folder that it was found in.
        constants: columns that its path, or the files beside it, say: `model=a/x.parquet` has `model`.
    """

    path: Path
    place: Path
    constants: dict[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes, 0 where that cannot be known before it is read."""
        return 0 if self.path == STDIN else self.path.stat().st_size


@dataclass(frozen=True, slots=True)
class Found:
    """The files that someone means.

    Attributes:
        files: each once.
        left_out: JSON files of folders that hold settings or results, no rollouts.
        repeated: files that are named more than once.
    """

    files: list[Input]
    left_out: list[Path]
    repeated: list[Path]


def find_files(inputs: Paths, besides: Path) -> Found:
    """The files that `inputs` name.

    A folder gives the files below it whose name ends in one of `SUFFIXES`, in the order of their paths,
    but nothing hidden and nothing below `besides`, which is the output; a run directory gives its
    rollouts, a folder of `datasets.save_to_disk` its data files. Of files that end in `.json` a folder
    gives those that hold lists or several objects and leaves out the others: settings and results.

    Raises:
        InputError: a path or pattern leads to nothing, is none of this computer, is a pointer of Git LFS, or
            is the output.
    """
    found: dict[Path, Input] = {}
    left_out: list[Path] = []
    repeated: dict[Path, None] = {}
    output = besides.resolve()
    for given in [inputs] if isinstance(inputs, (str, os.PathLike)) else inputs:
        files = list(_files(str(given), output, left_out))
        if not files:
            raise InputError(f"{given}: no such file, and no files of rollouts ({', '.join(SUFFIXES)}) there")
        for file in files:
            resolved = file.path.resolve()
            if resolved == output:
                raise InputError(f"{file.path}: the output would replace this input; choose another --out")
            if resolved in found:
                repeated[file.path] = None
                continue
            _refuse_pointers(file.path)
            found[resolved] = file
    if not found:
        raise InputError("there is nothing to regrade; name files, folders or patterns")
    return Found(_told_apart(list(found.values())), list(dict.fromkeys(left_out)), list(repeated))


def _files(given: str, output: Path, left_out: list[Path]) -> Iterator[Input]:
    path = Path(given)
    if path == STDIN:
        yield Input(STDIN, Path("stdin"))
    elif (url := _URL.match(given)) and not path.exists():
        raise InputError(
            f"{given}: {_fetch(url[1].lower(), given)}, then regrade the file that is on this disk"
        )
    elif path.is_dir():
        top = path / "rollouts" if (path / "run.json").is_file() and (path / "rollouts").is_dir() else path
        for file in _below(top, output, left_out):
            yield Input(file, file.relative_to(top), _hive(file))
    elif path.exists():
        yield Input(path, Path(path.name), _hive(path))
    else:
        for match in sorted(glob.glob(given, recursive=True)):  # noqa: PTH207 - patterns may be absolute
            if Path(match).is_file():
                yield Input(Path(match), Path(Path(match).name), _hive(Path(match)))


def _fetch(scheme: str, url: str) -> str:
    place = url.split("://", 1)[-1]
    match scheme:
        case "hf":
            kind, _, rest = place.partition("/")
            name = "/".join(rest.split("/")[:2])
            kind = kind.removesuffix("s")
            return f"fetch it first, with `hf download {name} --repo-type {kind} --local-dir DIR`"
        case "s3" | "s3a":
            return f"fetch it first, with `aws s3 cp --recursive {url} DIR`"
        case "gs":
            return f"fetch it first, with `gcloud storage cp -r {url} DIR`"
        case "http" | "https":
            return f"fetch it first, with `curl -LO {url}`"
        case "file":
            return f"write it as a path, {url.removeprefix('file://')}"
    return "fetch it first"


def _below(top: Path, output: Path, left_out: list[Path]) -> Iterator[Path]:
    """The files of rollouts below a folder; adds to those that are left out."""
    saved: dict[Path, set[str] | None] = {}
    for file in sorted(top.rglob("*")):
        resolved = file.resolve()
        hidden = any(part.startswith(".") for part in file.relative_to(top).parts)
        if hidden or not file.name.endswith(SUFFIXES) or resolved == output or output in resolved.parents:
            continue
        if not file.is_file():
            continue
        if file.parent not in saved:
            saved[file.parent] = _data_files(file.parent)
        listed = saved[file.parent]
        if listed is not None:
            if file.name in listed:
                yield file
        elif ".json" not in file.suffixes or _holds_rollouts(file):
            yield file
        else:
            left_out.append(file)


def _data_files(folder: Path) -> set[str] | None:
    """The data files of a folder that `datasets.save_to_disk` wrote; None of any other folder."""
    state = folder / "state.json"
    if not state.is_file() or not (folder / "dataset_info.json").is_file():
        return None
    try:
        return {entry["filename"] for entry in json.loads(state.read_text(encoding="utf-8"))["_data_files"]}
    except (ValueError, KeyError, TypeError):
        return None


def _holds_rollouts(file: Path) -> bool:
    """Whether a `.json` file of a folder is more than settings or results: a list, or objects."""
    start = peek(file).removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.startswith(b"{"):
        return start.startswith(b"[")
    first, _, rest = start.partition(b"\n")
    if first.rstrip().endswith(b"}") and rest.lstrip().startswith(b"{"):
        return True
    return wrapped(file) is not None


def _hive(file: Path) -> dict[str, str]:
    """The columns that folders named `key=value` say."""
    pairs = [match.groups() for part in file.parts[:-1] if (match := _HIVE.fullmatch(part))]
    return {key: unquote(value) for key, value in pairs if value != "__HIVE_DEFAULT_PARTITION__"}


def _refuse_pointers(path: Path) -> None:
    if path == STDIN or not path.is_file():
        return
    with path.open("rb") as file:
        if file.read(len(_LFS)) == _LFS:
            raise InputError(
                f"{path}: this is a pointer of Git LFS, not the file itself; fetch it with "
                f"`git lfs pull --include {path.name}`"
            )


def _told_apart(files: Sequence[Input]) -> list[Input]:
    """The files with a column that tells their settings apart, for those that say none themselves.

    Names that differ only in a time or in the number of a part are parts or repeats of one; other numbers may
    be sizes, temperatures or steps. Some tools have the task in the name of the file and the model in that of
    a folder.
    """
    tasks = [_task(file.path) for file in files]
    known = [{"source": task} for task in tasks if task]
    sources: list[dict[str, str]] = known if len(known) == len(files) else [{} for _ in files]
    folders = [Path(os.path.abspath(file.path)).parent.parts for file in files]  # noqa: PTH100 - no link is followed
    names = _names(folders, [""] * len(files) if any(sources) else [_stem(file.path) for file in files])
    settings = [{"setting": name} if name else {} for name in names]
    return [
        Input(file.path, file.place, source | setting | file.constants)
        for file, source, setting in zip(files, sources, settings, strict=True)
    ]


def _names(folders: Sequence[tuple[str, ...]], stems: Sequence[str]) -> list[str]:
    """The shortest names that tell the files apart: the file's, a folder's, else all that differ; or none."""
    depths = reversed(range(max(map(len, folders))))
    levels = [
        stems,
        *([folder[depth] if depth < len(folder) else "" for folder in folders] for depth in depths),
    ]
    apart = [(level, [_without_parts(name) for name in level]) for level in levels]
    apart = [(level, kinds) for level, kinds in apart if len(set(kinds)) > 1]
    if not apart:
        return [""] * len(stems)
    all_kinds = set(zip(*(kinds for _, kinds in apart), strict=True))
    for level, kinds in apart:
        if len(set(kinds)) == len(all_kinds):
            return list(level)
    return [
        "/".join(filter(None, reversed(names))) for names in zip(*(level for level, _ in apart), strict=True)
    ]


def _task(path: Path) -> str | None:
    """The task of a file of lm-evaluation-harness or of predictions of OpenCompass."""
    if match := _LM_EVAL.fullmatch(_stem(path)):
        return match[1]
    return _stem(path) if path.parent.parent.name == "predictions" else None


def _stem(path: Path) -> str:
    return path.name.removesuffix(suffix(path))


def suffix(path: Path) -> str:
    """The longest of `SUFFIXES` in which a name ends, or nothing."""
    name = path.name
    return max((ending for ending in SUFFIXES if name.endswith(ending)), key=len, default="")


def _without_parts(name: str) -> str:
    return _PART.sub("", _TIME.sub("", name))
