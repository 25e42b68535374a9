"""How a run stands: counted from its stored rollouts and from the lines that workers append."""

from __future__ import annotations

import json
import math
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sdtool import journal
from sdtool.metrics import METRICS
from sdtool.store import CARRIED, write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sdtool.metrics import Metric
    from sdtool.schema import Key
    from sdtool.store import RunDirectory

WINDOW_SECONDS = 60.0


@dataclass(slots=True)
class Counts:
    """Rollouts of one setting so far."""

    planned: int
    done: int = 0
    sums: dict[str, int] = field(default_factory=lambda: dict.fromkeys(METRICS, 0))

    @property
    def tokens(self) -> int:
        """Tokens of the finished rollouts."""
        return self.sums["mean_tokens"]

    def add(self, row: Mapping[str, Any]) -> None:
        """Count a finished rollout."""
        self.done += 1
        for name, metric in METRICS.items():
            self.sums[name] += int(metric.of(row))


class Tally:
    """Figures of a run that is going on.

    Args:
        run: its directory.
        planned: rollouts wanted, by setting.
    """

    def __init__(self, run: RunDirectory, planned: Mapping[str, int]) -> None:
        self._run = run
        self.settings = {name: Counts(number) for name, number in planned.items()}
        self.finished: set[Key] = set()
        self.rows: dict[str, int] = {}
        """Rollouts in flight of each worker, by the name of its journal."""
        self._offsets: dict[str, int] = {}
        self._partial: dict[Key, int] = {}
        self._fresh: Counter[str] = Counter()
        self._marks: deque[tuple[float, Counter[str]]] = deque([(time.monotonic(), Counter())])
        self._count_stored()

    @property
    def done(self) -> int:
        """Finished rollouts."""
        return sum(counts.done for counts in self.settings.values())

    @property
    def planned(self) -> int:
        """Wanted rollouts."""
        return sum(counts.planned for counts in self.settings.values())

    def bounds(self, metric: Metric) -> tuple[float, float]:
        """Return between which values the mean over all planned rollouts will lie.

        Long rollouts finish last, so the mean of the finished ones is no estimate of it.
        """
        return _bounds(
            metric, sum(c.sums[metric.name] for c in self.settings.values()), self.done, self.planned
        )

    @property
    def speeds(self) -> dict[str, float]:
        """Generated tokens a second of each worker over the last minute."""
        (start, before), (end, after) = self._marks[0], self._marks[-1]
        seconds = end - start
        return {name: (after[name] - before[name]) / seconds if seconds else 0.0 for name in self.rows}

    @property
    def tokens_per_second(self) -> float:
        """Generated tokens a second of all workers over the last minute."""
        return sum(self.speeds.values())

    @property
    def seconds_left(self) -> float | None:
        """What the missing rollouts will take if they are as long as those of their setting so far."""
        speed = self.tokens_per_second
        seen = [counts.tokens / counts.done for counts in self.settings.values() if counts.done]
        if not speed or not seen:
            return None
        usual = sum(seen) / len(seen)
        missing = sum(
            (counts.planned - counts.done) * (counts.tokens / counts.done if counts.done else usual)
            for counts in self.settings.values()
        )
        return max(0.0, missing - sum(self._partial.values())) / speed

    def update(self) -> None:
        """Read what has been appended since."""
        for path in self._run.journal_files():
            for end, entry in journal.entries(path, self._offsets.get(path.name, 0)):
                self._offsets[path.name] = end
                self._count(path.stem, entry)
        now = time.monotonic()
        self._marks.append((now, self._fresh.copy()))
        while now - self._marks[0][0] > WINDOW_SECONDS and len(self._marks) > 2:  # noqa: PLR2004 - a slope takes two
            self._marks.popleft()

    def write(self) -> None:
        """Write progress.json beside the run, for dashboards."""
        left = self.seconds_left
        figures = {
            "done": self.done,
            "planned": self.planned,
            "tokens_per_second": round(self.tokens_per_second, 1),
            "seconds_left": None if left is None else round(left),
            "workers": {
                name: {"tokens_per_second": round(speed, 1), "rows_in_flight": self.rows[name]}
                for name, speed in self.speeds.items()
            },
            "settings": {
                name: {
                    "done": counts.done,
                    "planned": counts.planned,
                    "metrics": {
                        name: {"low": low, "high": None if math.isinf(high) else high, "kind": "bounds"}
                        for name, metric in METRICS.items()
                        for low, high in [_bounds(metric, counts.sums[name], counts.done, counts.planned)]
                    },
                }
                for name, counts in self.settings.items()
            },
        }
        path = self._run.path / "progress.json"
        write_whole(path, json.dumps(figures, indent=2) + "\n", durable=False)

    def _count_stored(self) -> None:
        import pyarrow.parquet as pq

        names = ["problem_id", "setting", "sample", *(metric.column for metric in METRICS.values())]
        for part in sorted(self._run.rollouts.glob("*.parquet")):
            for row in pq.read_table(part, columns=names).to_pylist():
                self._finish(row)

    def _count(self, worker: str, entry: Mapping[str, Any]) -> None:
        if worker != CARRIED:
            self.rows[worker] = entry["rows"]
        if "rollout" in entry:
            row = entry["rollout"]
            before = self._partial.pop((row["problem_id"], row["setting"], row["sample"]), 0)
            self._fresh[worker] += row["n_tokens"] - before
            self._finish(row)
        else:
            problem, setting, sample = entry["partial"]
            key = (problem, setting, sample)
            reached = entry["start"] + len(entry["tokens"])
            if worker != CARRIED:  # what an earlier attempt left is no work of this one
                self._fresh[worker] += len(entry["tokens"])
            self._partial[key] = max(reached, self._partial.get(key, 0))

    def _finish(self, row: Mapping[str, Any]) -> None:
        key = (row["problem_id"], row["setting"], row["sample"])
        if key not in self.finished:
            self.finished.add(key)
            self.settings[row["setting"]].add(row)


def _bounds(metric: Metric, total: int, done: int, planned: int) -> tuple[float, float]:
    missing = planned - done
    return total / planned, (total + (missing * metric.unit.highest if missing else 0)) / planned
