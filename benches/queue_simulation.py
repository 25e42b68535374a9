"""How close the queue of a run comes to the bound on several GPUs, simulated with a run's lengths.

    python benches/queue_simulation.py [RUN] [--gpus 8] [--problems 1000] [--samples 4]

A rollout takes as many steps as it has tokens; a slot that is free claims the next id from
`sdtool.engine.queue.Queue`, as a worker does. The bound is the larger of the mean load of a slot and the
longest rollout. Lengths are drawn from those of RUN, problem by problem. RUN is the directory of a run or any
Parquet file of rollouts; where it has no token counts, the characters of the responses stand for them, since
all figures are ratios. Without RUN lengths are lognormal: median 12k, sigma 1.2, correlation 0.7 within a
problem, cap 49,152 (which cuts 12 %).

Time is counted twice. In steps, every step costs the same. In ms, a step costs 2.6 + 0.183 times the rows
in flight on its GPU, a straight line through the modelled decode times of a 4 B model at 16 to 96 rows:
when a GPU's slots run dry at the end, its last rows go faster, so a straggler costs less than in steps.

Beside it, in steps, what no order of claims can know: rollouts sorted by the mean length of their problem, as
it would be over endless samples (of RUN: over its rollouts), and rollouts sorted by their own lengths.
"""

import argparse
import heapq
import math
import random
from dataclasses import dataclass
from pathlib import Path

from sdtool.engine.queue import Queue, SharedClaims
from torch.distributed import HashStore

MEDIAN, SIGMA, CORRELATION, CAP = 12_000, 1.2, 0.7, 49_152
FIXED_MS, ROW_MS = 2.6, 0.183


@dataclass
class Problem:
    lengths: list
    level: float
    """What sorts problems by their mean length."""


def lognormal(chance, problems, samples):
    """Problems whose lengths have a common part."""
    own, common = math.sqrt(1 - CORRELATION), math.sqrt(CORRELATION)
    drawn = []
    for _ in range(problems):
        level = common * chance.gauss(0, 1)
        lengths = [MEDIAN * math.exp(SIGMA * (level + own * chance.gauss(0, 1))) for _ in range(samples)]
        drawn.append(Problem([max(1, min(CAP, round(length))) for length in lengths], level))
    return drawn


def stored(run):
    """The problems of a stored run, each with the lengths of all its rollouts."""
    import pyarrow.dataset as ds

    table = ds.dataset(run / "rollouts" if run.is_dir() else run, format="parquet")
    measure = "n_tokens" if "n_tokens" in table.schema.names else "response"
    found = {}
    for row in table.to_table(columns=["problem_id", measure]).to_pylist():
        length = len(row[measure]) if measure == "response" else row[measure]
        if length:
            found.setdefault(row["problem_id"], []).append(length)
    return [Problem(lengths, sum(lengths) / len(lengths)) for lengths in found.values()]


def resampled(chance, pool, problems, samples):
    """Draw with replacement: first a problem, then its rollouts."""
    chosen = chance.choices(pool, k=problems)
    return [Problem(chance.choices(each.lengths, k=samples), each.level) for each in chosen]


def queues(problems, gpus):
    """One queue a GPU over shared claims, and the problem and length of each id."""
    ids, of = {}, []
    for number, problem in enumerate(problems):
        ids[str(number)] = range(len(of), len(of) + len(problem.lengths))
        of += [(str(number), length) for length in problem.lengths]
    store = HashStore()
    return [Queue(ids, SharedClaims(store, gpu)) for gpu in range(gpus)], of


def in_order(problems, lanes, key):
    """Steps until the last rollout has ended where the lanes take them in descending order of a key."""
    work = [(problem, length) for problem in problems for length in problem.lengths]
    free_at = [0] * lanes
    for _, length in sorted(work, key=lambda item: key(*item), reverse=True):
        heapq.heapreplace(free_at, free_at[0] + length)
    return max(free_at)


def simulate(problems, gpus, slots, *, step_costs_rows):
    """Time until the last rollout has ended, in steps, or in ms if a step's cost depends on the rows."""
    made, of = queues(problems, gpus)
    claimed = [iter(queue) for queue in made]
    cost = (lambda rows: FIXED_MS + ROW_MS * rows) if step_costs_rows else (lambda _: 1.0)
    # Per GPU: its clock, the steps it has done, and the steps at which its rows end.
    clock, steps, rows = [0.0] * gpus, [0] * gpus, [[] for _ in range(gpus)]

    def fill(gpu):
        while len(rows[gpu]) < slots and (id_ := next(claimed[gpu], None)) is not None:
            heapq.heappush(rows[gpu], (steps[gpu] + of[id_][1], id_))

    for _ in range(slots):  # all GPUs start at once: they claim in turns
        for gpu in range(gpus):
            if (id_ := next(claimed[gpu], None)) is not None:
                heapq.heappush(rows[gpu], (of[id_][1], id_))

    def ends(gpu):
        return clock[gpu] + (rows[gpu][0][0] - steps[gpu]) * cost(len(rows[gpu]))

    while any(rows):
        gpu = min((number for number in range(gpus) if rows[number]), key=ends)
        clock[gpu] = ends(gpu)
        steps[gpu], id_ = heapq.heappop(rows[gpu])
        made[gpu].learn(*of[id_])
        fill(gpu)
    return max(clock)


def bound(problems, gpus, slots, *, step_costs_rows):
    """No schedule ends sooner: the mean load of the slots, or the longest rollout alone."""
    every = [length for problem in problems for length in problem.lengths]
    full = FIXED_MS + ROW_MS * slots if step_costs_rows else 1.0
    alone = FIXED_MS + ROW_MS if step_costs_rows else 1.0
    return max(sum(every) / (gpus * slots) * full, max(every) * alone)


def ratios(problems, gpus, slots):
    """Time over bound: the queue's in steps and in ms, and in steps by known means and by known lengths."""
    steps, ms = (bound(problems, gpus, slots, step_costs_rows=in_ms) for in_ms in (False, True))
    return (
        simulate(problems, gpus, slots, step_costs_rows=False) / steps,
        simulate(problems, gpus, slots, step_costs_rows=True) / ms,
        in_order(problems, gpus * slots, lambda problem, _: problem.level) / steps,
        in_order(problems, gpus * slots, lambda _, length: length) / steps,
    )


def main():
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("run", nargs="?", type=Path, help="run directory or Parquet file with the lengths")
    options.add_argument("--gpus", type=int, default=8)
    options.add_argument("--problems", type=int, default=1000)
    options.add_argument("--samples", type=int, default=4)
    options.add_argument("--batch-size", default="16,32,64")
    options.add_argument("--seeds", type=int, default=3)
    given = options.parse_args()
    pool = stored(given.run) if given.run else []
    if pool:
        every = [length for problem in pool for length in problem.lengths]
        mean = sum(every) / len(every)
        print(f"{len(every)} rollouts of {len(pool)} problems, longest / mean {max(every) / mean:.1f}")
    print("time / bound, mean of the seeds and worst")
    print("slots a GPU  queue, in steps     queue, in ms  means known, steps  lengths known, steps")
    for slots in map(int, given.batch_size.split(",")):
        found = []
        for seed in range(given.seeds):
            chance, draw = random.Random(seed), (given.problems, given.samples)
            problems = resampled(chance, pool, *draw) if pool else lognormal(chance, *draw)
            found.append(ratios(problems, given.gpus, slots))
        cells = [f"{sum(column) / len(column):.3f} {max(column):.3f}" for column in zip(*found, strict=True)]
        print(f"{slots:11}  {cells[0]:>15}  {cells[1]:>15}  {cells[2]:>18}  {cells[3]:>20}")


if __name__ == "__main__":
    main()
