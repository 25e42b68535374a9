"""CPU time of `--engine slots` and `--engine generate` on the embedded experiment, in one process.

    python benches/engine.py [--limit 100] [--batch-size 64] [--cap 256]

Both engines answer the same requests at the same batch size; their tokens are compared, so the figure is
for equal work. CPU seconds of this process are reported, not wall-clock time: the ratio means something on
a shared machine.
"""

import argparse
import time
from importlib.resources import as_file, files
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


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--limit", type=int, default=100, help="problems")
    options.add_argument("--batch-size", type=int, default=64)
    options.add_argument("--cap", type=int, default=256)
    given = options.parse_args()
    torch.set_num_threads(1)
    with as_file(files("sdtool") / "embedded") as folder:
        model = AutoModelForCausalLM.from_pretrained(folder / "model", dtype=torch.float32).eval()
        tokenizer = AutoTokenizer.from_pretrained(folder / "model")
        asked = problems.load(str(Path(folder) / "problems.jsonl"), limit=given.limit)
    plan = Plan(tuple(asked), tuple(PRESETS.values()), 1)
    results = {}
    for name in ("generate", "slots"):
        generation = Generation(
            model, tokenizer, plan, cap=given.cap, seed=0, batch_size=given.batch_size, engine=name,
            prompt_format=PromptFormat(),
        )  # fmt: skip
        seconds, found = measured(generation)
        results[name] = seconds, found
        tokens = sum(len(completion.tokens) for completion in found.values())
        print(f"{name:9} {len(found)} rollouts, {tokens} tokens, {seconds:.1f} CPU s")
        if name == "slots":
            counters = generation.engine.counters
            bound = tokens / given.batch_size
            print(f"          {counters}; steps / (tokens / batch size) = {counters.steps / bound:.2f}")
    (slow, theirs), (fast, ours) = results["generate"], results["slots"]
    differing = sum(ours[number] != theirs[number] for number in ours)
    print(f"slots take {slow / fast:.2f} times less CPU time; {differing} rollouts differ")


if __name__ == "__main__":
    main()
