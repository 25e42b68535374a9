"""CPU time of `--engine slots` and `--engine generate` on the embedded experiment, in one process.

    python benches/engine.py [--limit 100] [--batch-size 64] [--cap 256] [--slots-only]

Both engines answer the same requests at the same batch size; their tokens are compared, so the figure is
for equal work. CPU seconds of this process are reported, not wall-clock time: the ratio means something on
a shared machine.

Of slots it also tells the CPU time between two steps of a full batch, the median: between the model's forward
passes, where on the CPU attention is planned and tokens are drawn, and outside of what a CUDA graph would
hold, which is what is left for the host where there is a GPU. It runs with version 0.1 too.
"""

import argparse
import functools
import statistics
import time
from importlib.resources import as_file, files
from itertools import pairwise
from pathlib import Path

import torch
from sdtool import problems
from sdtool.config import PRESETS
from sdtool.engine import Completion
from sdtool.generation import Generation, Plan
from sdtool.prompts import PromptFormat
from transformers import AutoModelForCausalLM, AutoTokenizer


def measured(generation):
    """CPU seconds and completions of one engine on the whole plan."""
    requests = list(generation.requests(range(len(generation.plan))))
    start = time.process_time()
    found = {event.id: event for event in generation.engine.run(requests) if isinstance(event, Completion)}
    return time.process_time() - start, found


class Gaps:
    """Notes when the model's forward pass and the part of a step that a graph would hold begin and end."""

    def __init__(self, engine, rows):
        self.rows, self.forwards, self.captured = rows, [], []
        forward = engine.model.forward

        @functools.wraps(forward)
        def noted(*given, **named):
            self.forwards.append((named["input_ids"].shape, *self.timed(forward, given, named)))
            return self.result

        engine.model.forward = noted
        # Version 0.1 has no decoder.
        graphs = engine._decoder.graphs if hasattr(engine, "_decoder") else engine._graphs  # noqa: SLF001
        decode = graphs._decode  # noqa: SLF001

        def noted_step(rows):
            self.captured.append((rows, *self.timed(decode, (rows,), {}), len(self.forwards)))
            return self.result

        graphs._decode = noted_step  # noqa: SLF001

    def timed(self, function, given, named):
        start = time.thread_time()
        self.result = function(*given, **named)
        return start, time.thread_time()

    def report(self):
        full = (self.rows, 1)
        between = [
            later[1] - former[2] for former, later in pairwise(self.forwards) if former[0] == later[0] == full
        ]
        outside = [
            later[1] - former[2]
            for former, later in pairwise(self.captured)
            if former[0] == later[0] == self.rows and later[3] == former[3] + 1  # no prompt in between
        ]
        if not between:
            return "no two steps of a full batch"
        return (
            f"{statistics.median(between) * 1000:.2f} ms of CPU between forward passes, "
            f"{statistics.median(outside) * 1000:.2f} ms outside of what a graph would hold"
        )


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--limit", type=int, default=100, help="problems")
    options.add_argument("--batch-size", type=int, default=64)
    options.add_argument("--cap", type=int, default=256)
    options.add_argument("--slots-only", action="store_true")
    given = options.parse_args()
    torch.set_num_threads(1)
    with as_file(files("sdtool") / "embedded") as folder:
        model = AutoModelForCausalLM.from_pretrained(folder / "model", dtype=torch.float32).eval()
        tokenizer = AutoTokenizer.from_pretrained(folder / "model")
        asked = problems.load(str(Path(folder) / "problems.jsonl"), limit=given.limit)
    plan = Plan(tuple(asked), tuple(PRESETS.values()), 1)
    results = {}
    for name in ("slots",) if given.slots_only else ("generate", "slots"):
        generation = Generation(
            model, tokenizer, plan, cap=given.cap, seed=0, batch_size=given.batch_size, engine=name,
            prompt_format=PromptFormat(),
        )  # fmt: skip
        gaps = Gaps(generation.engine, given.batch_size) if name == "slots" else None
        seconds, found = measured(generation)
        results[name] = seconds, found
        tokens = sum(len(completion.tokens) for completion in found.values())
        print(f"{name:9} {len(found)} rollouts, {tokens} tokens, {seconds:.1f} CPU s")
        if name == "slots":
            counters = generation.engine.counters
            bound = tokens / given.batch_size
            print(f"          {counters}; steps / (tokens / batch size) = {counters.steps / bound:.2f}")
            print(f"          {gaps.report()}")
    if given.slots_only:
        return
    (slow, theirs), (fast, ours) = results["generate"], results["slots"]
    differing = sum(ours[number] != theirs[number] for number in ours)
    print(f"slots take {slow / fast:.2f} times less CPU time; {differing} rollouts differ")


if __name__ == "__main__":
    main()
