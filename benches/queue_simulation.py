"""How close the queue of a run comes to the bound on several GPUs, simulated with a run's lengths.

    python benches/queue_simulation.py [RUN] [--gpus 8] [--problems 1000] [--samples 4]

A rollout takes as many steps as it has tokens; a slot that is free claims the next id from
`sdtool.engine.queue.Queue`, as a worker does. The bound is the larger of the mean load of a slot and the
longest rollout. Lengths are drawn from those of RUN, problem by problem; without RUN they are lognormal:
median 12k, sigma 1.2, correlation 0.7 within a problem, cap 49,152 (which cuts 12 %).

Time is counted twice. In steps, every step costs the same. In ms, a step costs 2.6 + 0.183 times the rows
in flight on its GPU, a straight line through the modelled decode times of a 4 B model at 16 to 96 rows:
when a GPU's slots run dry at the end, its last rows go faster, so a straggler costs less than in steps.
"""

import argparse
import heapq
import math
import random

from sdtool.engine.queue import Queue, SharedClaims
from torch.distributed import HashStore

MEDIAN, SIGMA, CORRELATION, CAP = 12_000, 1.2, 0.7, 49_152
FIXED_MS, ROW_MS = 2.6, 0.183


def lognormal(chance, problems, samples):
    """Lengths [problem][sample] with a common part a problem."""
    own, common = math.sqrt(1 - CORRELATION), math.sqrt(CORRELATION)
    lengths = []
    for _ in range(problems):
        level = common * chance.gauss(0, 1)
        drawn = [MEDIAN * math.exp(SIGMA * (level + own * chance.gauss(0, 1))) for _ in range(samples)]
        lengths.append([max(1, min(CAP, round(length))) for length in drawn])
    return lengths


def resampled(chance, run, problems, samples):
    """Lengths of a stored run, drawn with replacement: first a problem, then its rollouts."""
    from sdtool.store import read

    seen = {}
    for row in read(run).select(["problem_id", "n_tokens"]).to_pylist():
        seen.setdefault(row["problem_id"], []).append(row["n_tokens"])
    pools = list(seen.values())
    return [chance.choices(chance.choice(pools), k=samples) for _ in range(problems)]


def queues(lengths, gpus):
    """One queue a GPU over shared claims, and the ids by problem."""
    ids = {str(number): [] for number in range(len(lengths))}
    of, next_id = {}, 0
    for number, problem in enumerate(lengths):
        for length in problem:
            ids[str(number)].append(next_id)
            of[next_id] = (str(number), length)
            next_id += 1
    store = HashStore()
    return [Queue(ids, SharedClaims(store, gpu)) for gpu in range(gpus)], of


def simulate(lengths, gpus, slots, *, step_costs_rows):
    """Time until the last rollout has ended, in steps, or in ms if a step's cost depends on the rows."""
    made, of = queues(lengths, gpus)
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


def bound(lengths, gpus, slots, *, step_costs_rows):
    """No schedule ends sooner: the mean load of the slots, or the longest rollout alone."""
    every = [length for problem in lengths for length in problem]
    full = FIXED_MS + ROW_MS * slots if step_costs_rows else 1.0
    alone = FIXED_MS + ROW_MS if step_costs_rows else 1.0
    return max(sum(every) / (gpus * slots) * full, max(every) * alone)


def main():
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("run", nargs="?", help="run directory to take the lengths from")
    options.add_argument("--gpus", type=int, default=8)
    options.add_argument("--problems", type=int, default=1000)
    options.add_argument("--samples", type=int, default=4)
    options.add_argument("--batch-size", default="16,32,64")
    options.add_argument("--seeds", type=int, default=3)
    given = options.parse_args()
    print("slots a GPU  time / bound in steps  time / bound in ms   (mean of the seeds, worst)")
    for slots in map(int, given.batch_size.split(",")):
        ratios = {False: [], True: []}
        for seed in range(given.seeds):
            chance = random.Random(seed)
            draw = (given.problems, given.samples)
            lengths = resampled(chance, given.run, *draw) if given.run else lognormal(chance, *draw)
            for in_ms, found in ratios.items():
                time = simulate(lengths, given.gpus, slots, step_costs_rows=in_ms)
                found.append(time / bound(lengths, given.gpus, slots, step_costs_rows=in_ms))
        steps, ms = ratios.values()
        figures = [figure for found in (steps, ms) for figure in (sum(found) / len(found), max(found))]
        print(f"{slots:11}  {figures[0]:13.3f} {figures[1]:7.3f} {figures[2]:12.3f} {figures[3]:7.3f}")


if __name__ == "__main__":
    main()
