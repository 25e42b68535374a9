"""Regrading beside what reading the same file costs, in one process, round after round.

    python benches/regrade/run.py --folder DIR [--rounds 5] [--math-verify 300] [--problems N] [--ten-times]

Makes the rollouts in DIR on the first run (3 GB; ten times the rows: 2.2 GB more): as zstd, Snappy and
uncompressed Parquet, as JSON lines, and as zstd Parquet with four responses a row. All figures are CPU
seconds of the whole process, the median over the rounds; the ways take turns, so that a slow moment
strikes all alike. For decompressing alone and for decoding with parquet-rs, build `benches` in release
first; without it these lines are left out.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from statistics import mean, median
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import sdtool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Times = dict[str, list[float]]

PYARROW = "pyarrow reads the two columns"
DECODE = "parquet-rs decodes them as binary"
DECOMPRESS = "zstd decompresses their pages"
VERDICTS = "regrade, verdicts only"
SNAPPY = "regrade Snappy, verdicts only"
PLAIN = "regrade uncompressed, verdicts only"
FOUR = "regrade four responses a row, verdicts only"
FOUR_KEPT = "regrade four responses a row, text kept"
TWO_THREADS = "regrade, verdicts only, two threads"
KEPT = "regrade, text kept"
ORJSON = "orjson parses the JSON lines"
LINES = "regrade JSON lines, verdicts only"

sys.path.insert(0, str(Path(__file__).parent))


CODECS = {"": ("zstd", 3), "_snappy": ("snappy", None), "_plain": ("none", None)}


def make(folder: Path, problems: int) -> tuple[Path, Path]:
    """Write the rollouts of so many problems as Parquet in row groups of 1,000, and as JSON lines."""
    from rollouts import rollouts

    parquet, lines = folder / "rollouts.parquet", folder / "rollouts.jsonl"
    if lines.exists():
        return parquet, lines
    folder.mkdir(parents=True, exist_ok=True)
    schema = pa.schema(
        {"problem_id": pa.string(), "sample": pa.int64(), "gold": pa.string(), "response": pa.string()}
    )
    four = schema.remove(1).set(2, pa.field("response", pa.list_(pa.string())))
    partial = folder / "rollouts.partial"
    with ExitStack() as files:
        writers = [
            files.enter_context(
                pq.ParquetWriter(
                    folder / f"rollouts{name}.parquet", schema, compression=codec, compression_level=level,
                    use_dictionary=["problem_id", "gold"],
                )
            )
            for name, (codec, level) in CODECS.items()
        ]  # fmt: skip
        fours = files.enter_context(
            pq.ParquetWriter(folder / "rollouts_four.parquet", four, compression="zstd", compression_level=3)
        )
        out = files.enter_context(partial.open("w"))
        pending: list[dict[str, object]] = []
        for rows in chain(rollouts(problems), [[]]):
            out.writelines(json.dumps(row) + "\n" for row in rows)
            pending += rows
            if len(pending) >= 1_000 or not rows:
                group, pending = pending[:1_000], pending[1_000:]
                for writer in writers:
                    writer.write_table(pa.Table.from_pylist(group, schema))
                fours.write_table(pa.Table.from_pylist([*in_fours(group)], four))
    partial.rename(lines)
    return parquet, lines


def in_fours(rows: list[dict[str, object]]) -> Iterator[dict[str, object]]:
    """Four samples of a problem as one row."""
    for start in range(0, len(rows), 4):
        responses = [row["response"] for row in rows[start : start + 4]]
        yield {"problem_id": rows[start]["problem_id"], "gold": rows[start]["gold"], "response": responses}


def read_with_pyarrow(parquet: Path) -> None:
    pa.set_cpu_count(1)
    for batch in pq.ParquetFile(parquet).iter_batches(columns=["gold", "response"], use_threads=False):
        assert batch.num_columns == 2


def read_with_orjson(lines: Path) -> None:
    import orjson

    with lines.open("rb") as file:
        for line in file:
            orjson.loads(line)


PROGRAMS = {DECODE: "decode", DECOMPRESS: "decompress"}


def seconds_of(program_name: str, parquet: Path) -> float | None:
    """CPU seconds that a program of `benches` needs for the two columns, by its own count."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", Path(__file__).parents[2] / "target"))
    program = target / "release" / program_name
    if not program.is_file():
        return None
    return float(subprocess.run([program, parquet], capture_output=True, text=True, check=True).stdout)


def sample(parquet: Path, count: int) -> list[tuple[str, str]]:
    """Gold and response of some rows from all over the file."""
    rollouts = ds.dataset(parquet).to_table(columns=["gold", "response"])
    rows = rollouts.take(random.Random(0).sample(range(rollouts.num_rows), count))
    return list(zip(rows["gold"].to_pylist(), rows["response"].to_pylist(), strict=True))


def math_verify(rows: list[tuple[str, str]]) -> list[float]:
    """CPU seconds of Math-Verify for each row, as its users call it."""
    from math_verify import parse, verify

    seconds = []
    for gold, response in rows:
        start = time.process_time()
        verify(parse(f"${gold}$"), parse(response))
        seconds.append(time.process_time() - start)
    return seconds


def ten_times(parquet: Path) -> Path:
    """The file ten times over, graded, as one file."""
    target = parquet.with_name("ten_times.parquet")
    if not target.exists():
        names = [parquet.with_name(f"copy_{number}.parquet") for number in range(10)]
        for name in names:
            name.hardlink_to(parquet)
        sdtool.regrade(names, target)
        for name in names:
            name.unlink()
    return target


def peak_memory(source: Path, out: Path, threads: int, *, keep_text: bool) -> float:
    """MiB that a process of its own needs at most to regrade."""
    # The peak that getrusage knows is inherited from this process; the one in /proc is not.
    code = (
        f"import sdtool; options = {{'threads': {threads}, 'keep_text': {keep_text}}};"
        f"sdtool.regrade({str(source)!r}, {str(out)!r}, **options);"
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return int(run.stdout) / 1024


def show_memory(sources: list[Path], out: Path) -> None:
    for keep_text in (False, True):
        for threads in (1, 2):
            for source in sources:
                peak = peak_memory(source, out, threads, keep_text=keep_text)
                kept = "text kept" if keep_text else "verdicts only"
                print(f"peak memory, {source.name}, {kept}, threads {threads}: {peak:.0f} MiB")


def measure(
    ways: dict[str, Callable[[], object]], parquet: Path, rounds: int, rows: list[tuple[str, str]]
) -> tuple[Times, Times, list[float]]:
    """CPU and wall seconds of each way in each round, and those of Math-Verify for each of `rows`."""
    cpu: Times = {name: [] for name in ways}
    wall: Times = {name: [] for name in ways}
    peer: list[float] = []
    for number in range(rounds):
        if rows:  # else it need not be installed
            peer += math_verify(rows[number::rounds])
        for name, way in ways.items():
            before, start = time.process_time(), time.perf_counter()
            way()
            cpu[name].append(time.process_time() - before)
            wall[name].append(time.perf_counter() - start)
        for name, program in PROGRAMS.items():
            seconds = seconds_of(program, parquet)
            if seconds is not None:
                cpu.setdefault(name, []).append(seconds)
    return cpu, wall, peer


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--folder", type=Path, required=True)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--math-verify", type=int, default=0, help="rows that Math-Verify grades too")
    arguments.add_argument("--problems", type=int, default=1_250, help="16 rows each, when DIR is made")
    arguments.add_argument("--ten-times", action="store_true", help="peak memory at ten times the rows too")
    given = arguments.parse_args()
    parquet, lines = make(given.folder, given.problems)
    out = given.folder / "out.parquet"

    def regrade(source: Path, **options: object):
        return lambda: sdtool.regrade(source, out, **options)

    ways = {
        PYARROW: lambda: read_with_pyarrow(parquet),
        VERDICTS: regrade(parquet, keep_text=False, threads=1),
        TWO_THREADS: regrade(parquet, keep_text=False, threads=2),
        KEPT: regrade(parquet, threads=1),
        SNAPPY: regrade(parquet.with_stem("rollouts_snappy"), keep_text=False, threads=1),
        PLAIN: regrade(parquet.with_stem("rollouts_plain"), keep_text=False, threads=1),
        FOUR: regrade(parquet.with_stem("rollouts_four"), keep_text=False, threads=1),
        FOUR_KEPT: regrade(parquet.with_stem("rollouts_four"), threads=1),
        ORJSON: lambda: read_with_orjson(lines),
        LINES: regrade(lines, keep_text=False, threads=1),
    }
    rows = sample(parquet, given.math_verify) if given.math_verify else []
    cpu, wall, peer = measure(ways, parquet, given.rounds, rows)
    done = sdtool.regrade(parquet, out, keep_text=False, threads=1)
    size = parquet.stat().st_size / 1e6
    print(f"{done.rows:,} rows, {done.text_bytes / 1e6:,.0f} MB of responses, {size:,.0f} MB of Parquet")
    for name, seconds in cpu.items():
        print(
            f"{name:44} {median(seconds):7.3f} CPU s", f"{median(wall[name]):7.3f} s" if name in wall else ""
        )
    pairs = [
        (VERDICTS, PYARROW), (VERDICTS, DECODE), (VERDICTS, DECOMPRESS), (KEPT, VERDICTS), (LINES, ORJSON),
        (FOUR, VERDICTS), (FOUR_KEPT, KEPT),
    ]  # fmt: skip
    for of, to in pairs:
        if to in cpu:
            print(f"{of} / {to}: {median(a / b for a, b in zip(cpu[of], cpu[to], strict=True)):.2f}")
    print(f"one thread / two, wall: {median(wall[VERDICTS]) / median(wall[TWO_THREADS]):.2f}")
    if peer:
        print(f"Math-Verify, CPU ms a row: mean {mean(peer) * 1e3:.2f}, median {median(peer) * 1e3:.2f}")
        for name in (PLAIN, SNAPPY, VERDICTS, LINES, FOUR, PYARROW, DECODE):
            if name in cpu:
                print(f"Math-Verify / {name}: {mean(peer) * done.rows / mean(cpu[name]):.0f}")
    show_memory(
        [
            parquet,
            lines,
            parquet.with_stem("rollouts_four"),
            *([ten_times(parquet)] if given.ten_times else []),
        ],
        out,
    )


if __name__ == "__main__":
    main()
