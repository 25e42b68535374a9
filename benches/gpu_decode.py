"""A GPU day in eight minutes: whether the kernels are right, what a step costs, and what slots are worth.

    python benches/gpu_decode.py [--out gpu_decode.md] [--minutes 8]
    python benches/gpu_decode.py --miniature        the same path on a tiny model, CPU, float32

It answers in this order, and writes each line as soon as it is known:

1. Kernels: does every attention backend agree with float32 on the CPU, with and without sinks?
2. Capture: do decode steps run as CUDA graphs, with flash-linear-attention, without it, and without our
   kernels?
3. Steps: ms a step, tokens a second, share of the roofline at B = 32, 64, 96 and contexts of 2k and 16k;
   beside them `model.generate`. The roofline is the time in which the card could read the weights, keys and
   values once, and read and write every state once, at its peak bandwidth.
4. Profile: where the time of a step goes, by kind of kernel.
5. Drawing: what the kernels that draw tokens take beside the specification, and whether they draw the same.
6. Useful tokens a second on lognormal lengths, 12 % of them at the cap, through slots and `model.generate`.
7. Prompts: what it takes to admit them.
8. Memory: the plan against the bytes that are taken.
9. Compiled: a step of four layers under `torch.compile`, in the time that is left.

The model has Qwen3.5-4B's shape and random bfloat16 weights, built in place: nothing is downloaded. What
fails is skipped with its error, and if it leaves the device unusable the rest is measured by a new process.
What does not fit into --minutes is named, and when they are over the script ends, whatever it was doing. It
runs from a checkout in which nothing is built.
"""

import argparse
import dataclasses
import functools
import importlib.util
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import from_checkout
import numpy as np
import torch
import transformers
from gpu_model import END, SETTING, build, four_billion, miniature, release, skewed_lengths, synchronise
from gpu_steps import (
    ForcedEnd,
    endless,
    force_lengths,
    generate_step,
    peak_bandwidth,
    profiled,
    timed_draw,
    timed_steps,
)
from sdtool.checkpoint import skeleton
from sdtool.engine import Completion, Request, attention, drawing, memory, narrow
from sdtool.engine.pages import Pages, Places
from sdtool.engine.sdpa import GroupedSdpa
from sdtool.engine.slots import SlotEngine

PARTS = (
    "kernels", "capture", "steps", "profile", "drawing", "useful tokens", "prompts", "memory", "compiled",
)  # fmt: skip


def short(error):
    """An error in a line."""
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[0][:120]}"


class Report:
    """Writes every line at once, to the terminal and to a file, and knows how much time is left."""

    def __init__(self, path, minutes, *, goes_on):
        self.path, self.end = path, time.monotonic() + 60 * minutes
        self.child = None
        if path and not goes_on:
            path.write_text("", encoding="utf-8")
        watch = threading.Timer(60 * minutes, self.give_up)
        watch.daemon = True
        watch.start()

    def line(self, text=""):
        print(text, flush=True)
        if self.path:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(f"{text}\n")

    def left(self):
        return self.end - time.monotonic()

    def give_up(self):
        self.line("\nout of time: the rest is not measured")
        self.kill_child()
        os._exit(0)  # the main thread may hang in a kernel

    def kill_child(self):
        """End the process that was started, and what it started: compilers have workers."""
        if self.child and self.child.poll() is None:
            os.killpg(self.child.pid, signal.SIGKILL)

    def attempt(self, title, part, *given):
        """Run one part, an error of which is a line of the report; False where the device is lost with it."""
        self.line(f"\n## {title}\n")
        start = time.monotonic()
        try:
            part(self, *given)
        except Exception as error:  # noqa: BLE001 - the rest must be measured
            self.line(f"failed: {short(error)}")
        try:
            release()
        except RuntimeError as error:  # an illegal access of memory, say, after which nothing runs any more
            self.line(f"the device is lost to this process: {short(error)}")
            return False
        self.line(f"\n({time.monotonic() - start:.0f} s, {self.left():.0f} s left)")
        return True


def software(report, device):
    names = ("fla", "causal_conv1d", "flash_attn", "triton")
    there = [name for name in names if name not in from_checkout.HIDDEN and importlib.util.find_spec(name)]
    card = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
    report.line(
        f"{card}; Python {sys.version.split()[0]}, torch {torch.__version__}, transformers "
        f"{transformers.__version__}; of {', '.join(names)} there are {', '.join(there) or 'none'}"
    )


# 1. Kernels


def kernels(report, device, dtype):
    report.line("| backend | heads, key heads, width | sinks | largest error |\n|---|---|---|---|")
    kinds = (attention.Varlen, attention.FlashAttention, attention.PagewiseVarlen, GroupedSdpa)
    for kind in kinds:
        for shape in ((16, 4, 256), (32, 8, 128)):
            for sinks in (False, True):
                try:
                    found = f"{kernel_error(kind(), device, dtype, shape, sinks):.2g}"
                except Exception as error:  # noqa: BLE001 - a kernel may refuse in any way
                    found = f"not there: {short(error)}"
                report.line(f"| {kind.name} | {', '.join(map(str, shape))} | {sinks} | {found} |")


def kernel_error(backend, device, dtype, shape, sinks):
    """The largest difference from float32 on the CPU, over rows of 1 to 3,000 tokens."""
    heads, shared, width = shape
    lengths = [1, 17, 256, 257, 1000, 3000]
    size, generator = backend.page_size, torch.Generator().manual_seed(0)
    counts = [-(-length // size) for length in lengths]
    numbers = torch.randperm(sum(counts), generator=generator).int() + 1
    table = torch.zeros(len(lengths), max(counts), dtype=torch.int32)
    for row, part in enumerate(numbers.split(counts)):
        table[row, : len(part)] = part
    keys, values = (torch.randn(sum(counts) + 1, size, shared, width, generator=generator) for _ in range(2))
    query = torch.randn(len(lengths), heads, width, generator=generator)
    scores = torch.randn(heads, generator=generator) if sinks else None

    def answer(kernel, where, kind):
        places = Places(table.to(where), size, sum(counts) + 1)
        places.locate(torch.tensor(lengths, device=where) - 1)
        pages = Pages(keys.to(where, kind), values.to(where, kind), places)
        kernel.prepare(places, np.array(lengths))
        asked = None if scores is None else scores.to(where, kind)
        return kernel.attend(query.to(where, kind), pages, scale=width**-0.5, sinks=asked).float().cpu()

    # The same rounded numbers for both.
    keys, values, query = (part.to(dtype).float() for part in (keys, values, query))
    scores = None if scores is None else scores.to(dtype).float()
    expected = answer(GroupedSdpa(), torch.device("cpu"), torch.float32)
    return float((answer(backend, device, dtype) - expected).abs().max())


# 2. Capture


def capture(report, small):
    report.line(VARIANTS)
    for title, without, flags in (
        ("as installed", "", []),
        ("without our kernels", "", ["--plain"]),
        ("without flash-linear-attention", "fla causal_conv1d", []),
    ):
        try_variant(report, title, max(min(60, report.left() - 240), 20), small, flags, without)


def compiled(report, small):
    report.line(VARIANTS)
    try_variant(report, "compiled layers", max(report.left() - 10, 5), small, ["--compile"])


VARIANTS = "| variant | ms a step of four layers, B = 32 | how |\n|---|---|---|"


def try_variant(report, title, seconds, small, flags, without=""):
    """A line of the table by a process of its own: what is imported cannot be taken back."""
    report.child = subprocess.Popen(
        [sys.executable, __file__, "--variant", *flags, *["--miniature"] * small],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "GPU_DECODE_WITHOUT": without},
    )  # fmt: skip
    try:
        out, error = report.child.communicate(timeout=seconds)
        told = [line for line in out.splitlines() if line.startswith("|")]
        found = told[-1] if told else f"| failed: {(error.strip().splitlines() or [''])[-1][:120]} | |"
    except subprocess.TimeoutExpired:
        report.kill_child()
        found = f"| took more than {seconds:.0f} s | |"
    report.child = None
    report.line(f"| {title} {found}")


def variant(config, device, dtype, *, compiled, plain):
    """One line: ms a step of four layers, and how they ran."""
    config.num_hidden_layers, config.layer_types = 4, config.layer_types[:4]
    model = build(config, device, dtype)
    if compiled:
        for layer in model.model.layers:
            layer.forward = torch.compile(layer.forward, dynamic=False)
    engine = endless(model, 32, 256, cap=200)
    if plain and engine.start.replacements.enabled:
        without_kernels(engine)
    seconds = timed_steps(engine, warm=4, steps=40)
    print(f"| {seconds * 1000:.2f} | {engine.start.report} |")


def without_kernels(engine):
    """Let the model's own operations run, which have not been compiled yet."""
    engine.start.replacements.give_up("to compare")
    plain = drawing.Choice(narrow.plain, "tokens drawn in plain torch")
    engine.start = dataclasses.replace(engine.start, drawing=plain)
    engine._decoder.sampler._draw_narrow = narrow.plain  # noqa: SLF001
    graphs = engine._decoder.graphs  # noqa: SLF001
    graphs.forget()
    graphs._warm.clear()  # noqa: SLF001


# 3. Steps


def steady(report, model, sizes, contexts, steps):
    peak, source = peak_bandwidth(model.device)
    report.line(f"{source}; weights {memory.weights(model) / 1e9:.2f} GB {model.dtype}\n")
    report.line(
        "| rows | context | ms a step | tokens/s | share of the roofline | `generate`, ms a step | how |"
    )
    report.line("|---|---|---|---|---|---|---|")
    told = ""
    for context in contexts:
        for rows in sizes:
            if report.left() < 110:
                report.line(f"| {rows} | {context:,} | not measured: out of time | | | | |")
                continue
            try:
                engine = endless(model, rows, context, cap=4 * steps)
                in_flight = engine.rows
                seconds = timed_steps(engine, warm=max(steps // 4, 4), steps=steps)
            except Exception as error:  # noqa: BLE001 - one size may not fit
                report.line(f"| {rows} | {context:,} | {short(error)} | | | | |")
                release()
                continue
            cost = engine.start.cost
            moved = memory.weights(model) + in_flight * (cost.token * context + 2 * cost.state)
            how = engine.start.report
            del engine
            release()
            plain = ""
            if (rows, context) == (sizes[1], contexts[0]):
                try:
                    plain = f"{generate_step(model, rows, context) * 1000:.1f}"
                except torch.OutOfMemoryError:
                    plain = "out of memory"
            note = "" if in_flight == rows else f" ({in_flight} fit)"
            report.line(
                f"| {rows}{note} | {context:,} | {seconds * 1000:.1f} | {in_flight / seconds:,.0f} "
                f"| {moved / (peak * 1e9) / seconds:.0%} | {plain} | {'as above' if how == told else how} |"
            )
            told = how
            release()


# 4. Profile


def profile(report, model, rows, context):
    engine = endless(model, rows, context, cap=200)
    wall = timed_steps(engine, warm=6, steps=10)
    start = time.process_time()
    timed_steps(engine, warm=0, steps=20)
    host = (time.process_time() - start) / 20
    report.line(
        f"B = {rows}, context {context:,}: {wall * 1000:.2f} ms a step, host {host * 1000:.2f} ms CPU\n"
    )
    kinds = profiled(engine, steps=5)
    report.line("| kind | ms a step | kernels a step |\n|---|---|---|")
    for kind, (seconds, count) in sorted(kinds.items(), key=lambda item: -item[1][0]):
        report.line(f"| {kind} | {seconds * 1000:.3f} | {count:.0f} |")
    busy = sum(seconds for seconds, _ in kinds.values())
    report.line(f"| none: the device waits | {max(wall - busy, 0) * 1000:.3f} | |")
    if engine.start.replacements.enabled:
        without_kernels(engine)
        plain = timed_steps(engine, warm=6, steps=10)
        report.line(f"\nwithout our kernels {plain * 1000:.2f} ms a step")


# 5. Drawing


def draws(report, model, rows):
    """What it costs to draw a token for each row, alone: as slots do, and by the specification."""
    vocabulary = model.config.get_text_config(decoder=True).vocab_size
    logits, penalty, rules, width = narrow.example(model.device, vocabulary)
    where = torch.arange(rows, device=model.device) % len(logits)
    given = logits[where].to(model.dtype), penalty[where], rules[where], width
    choice = drawing.choose(model.device)
    report.line(f"{choice.report}{''.join(f'; {told.splitlines()[0][:200]}' for told in choice.remarks)}")
    same = int((choice.draw(*given) == narrow.plain(*given)).sum())
    report.line(f"\n{same} of {rows} tokens are the same")
    report.line(f"\n| drawing of {rows} tokens of {vocabulary:,} | ms |\n|---|---|")
    for how, draw in {choice.report: choice.draw, "the specification": narrow.plain}.items():
        report.line(f"| {how} | {timed_draw(draw, given) * 1000:.3f} |")


# 7. Prompts


def prompts(report, model, rows):
    for in_batches in (True, False):
        admit(report, model, rows, in_batches=in_batches)
        release()


def admit(report, model, rows, *, in_batches):
    """How long it takes to read as many prompts as there are rows."""
    engine = SlotEngine(model, cap=8, end_tokens=frozenset(), batch_size=rows, prompt_room=300)
    engine._reader.in_batches &= in_batches  # noqa: SLF001
    chance = random.Random(1)
    lengths = [chance.randint(100, 300) for _ in range(rows)]
    for again in ("", ", once kernels are tuned"):
        prompts = [tuple(chance.randrange(3, 500) for _ in range(length)) for length in lengths]
        work = iter([Request(number, prompt, SETTING, number) for number, prompt in enumerate(prompts)])
        passes = engine.counters.prefills
        synchronise(model.device)
        start = time.perf_counter()
        list(engine._admit(work))  # noqa: SLF001
        synchronise(model.device)
        seconds = time.perf_counter() - start
        report.line(
            f"\n{rows} prompts of 100 to 300 tokens are admitted in {seconds * 1000:.0f} ms by "
            f"{engine.counters.prefills - passes} passes{'' if in_batches else ', without padding'}{again}"
        )
        engine._clear()  # noqa: SLF001


# 6. Useful tokens


def skewed(report, model, *, rows, count, median, cap, prompt_length):
    lengths = skewed_lengths(count, median, cap)
    chance = random.Random(2)
    prompts = [tuple(chance.randrange(3, 500) for _ in range(prompt_length)) for _ in lengths]
    capped = sum(length == cap for length in lengths) / count
    report.line(f"{count} rollouts, median {median}, {capped:.0%} at the cap of {cap:,}, B = {rows}\n")
    report.line("| engine | useful tokens/s |\n|---|---|")
    engine = SlotEngine(
        model, cap=cap, end_tokens=frozenset({END}), batch_size=rows, prompt_room=prompt_length
    )
    force_lengths(engine, lengths)
    until = time.perf_counter() + max(min(60, report.left() / 2 - 15), 5)
    start, done = time.perf_counter(), 0
    for event in engine.run(Request(n, prompt, SETTING, n) for n, prompt in enumerate(prompts)):
        done += len(event.tokens) if isinstance(event, Completion) else 0
        if time.perf_counter() > until:
            # What is in flight counts as far as it is.
            done += sum(len(slot.generated) for slot in engine._slots)  # noqa: SLF001
            break
    ours = done / (time.perf_counter() - start)
    report.line(f"| slots | {ours:,.0f} |")
    del engine
    release()
    until = time.perf_counter() + max(min(60, report.left() - 20), 5)
    start, done = time.perf_counter(), 0
    for low in range(0, count, rows):
        ids = torch.tensor(prompts[low : low + rows], device=model.device)
        ends = lengths[low : low + rows]
        forced = ForcedEnd(ends, prompt_length, until)
        model.generate(
            ids, attention_mask=torch.ones_like(ids), do_sample=True, temperature=1.0, top_k=20, top_p=0.95,
            max_new_tokens=cap, eos_token_id=END, pad_token_id=0, logits_processor=[forced],
        )  # fmt: skip
        done += sum(min(length, forced.steps) for length in ends)
        if time.perf_counter() > until:
            break
    plain = done / (time.perf_counter() - start)
    report.line(f"| model.generate | {plain:,.0f} |\n| ratio | {ours / plain:.2f} |")


# 8. Memory


def bytes_taken(report, model, rows):
    plan = memory.plan(skeleton(model.config, model.dtype), total=80 * memory.GIB, cap=4096)
    report.line("| what | plan, MB | measured, MB |\n|---|---|---|")
    before = torch.cuda.memory_allocated() if model.device.type == "cuda" else memory.weights(model)
    report.line(f"| weights | {plan.weights / 1e6:,.0f} | {before / 1e6:,.0f} |")
    engine = SlotEngine(model, cap=3968, end_tokens=frozenset({END}), batch_size=rows, prompt_room=128)
    tokens = (engine.cache.pages + 1) * engine.cache.page_size
    planned = tokens * plan.row.token + rows * plan.row.state
    report.line(
        f"| {rows} rows of 4,096 tokens | {planned / 1e6:,.0f} | {engine.cache.nbytes() / 1e6:,.0f} |"
    )
    if model.device.type == "cuda":
        peak = torch.cuda.max_memory_allocated()
        report.line(f"| most since the start | | {peak / 1e6:,.0f} |")


def main():
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--miniature", action="store_true", help="a tiny model on the CPU")
    options.add_argument("--out", type=Path, default=None, help="write the report here, as Markdown")
    options.add_argument("--minutes", type=float, default=8.0)
    options.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="of the nine, these only")
    options.add_argument("--goes-on", action="store_true", help="add to what is in --out")
    options.add_argument("--variant", action="store_true", help=argparse.SUPPRESS)
    options.add_argument("--compile", action="store_true", help=argparse.SUPPRESS)
    options.add_argument("--plain", action="store_true", help=argparse.SUPPRESS)
    given = options.parse_args()
    if not (given.miniature or torch.cuda.is_available()):
        options.error("no CUDA device is visible; --miniature runs the script on the CPU")
    if given.miniature:
        torch.set_num_threads(1)
        device, config, dtype = torch.device("cpu"), miniature(), torch.float32
        sizes, contexts, steps = (2, 4), (64, 256), 10
        skew = {"rows": 4, "count": 24, "median": 4, "cap": 80, "prompt_length": 8}
    else:
        device, config, dtype = torch.device("cuda"), four_billion(), torch.bfloat16
        sizes, contexts, steps = (32, 64, 96), (2048, 16_384), 60
        skew = {"rows": 64, "count": 256, "median": 100, "cap": 2000, "prompt_length": 256}
    if given.variant:
        variant(config, device, dtype, compiled=given.compile, plain=given.plain)
        return
    report = Report(given.out, given.minutes, goes_on=given.goes_on)
    software(report, device)
    model = functools.cache(lambda: build(config, device, dtype))
    parts = {
        "kernels": lambda told: kernels(told, device, dtype),
        "capture": lambda told: capture(told, given.miniature),
        "steps": lambda told: steady(told, model(), sizes, contexts, steps),
        "profile": lambda told: profile(told, model(), sizes[1], contexts[0]),
        "drawing": lambda told: draws(told, model(), sizes[1]),
        "useful tokens": lambda told: skewed(told, model(), **skew),
        "prompts": lambda told: prompts(told, model(), sizes[1]),
        "memory": lambda told: bytes_taken(told, model(), sizes[0]),
        "compiled": lambda told: compiled(told, given.miniature),
    }
    asked = [title for title in PARTS if title in given.parts]
    while asked and report.attempt(asked[0].capitalize(), parts[asked.pop(0)]):
        pass
    if asked:
        flags = ["--miniature"] * given.miniature + (["--out", str(given.out)] if given.out else [])
        os.execv(
            sys.executable,
            [
                sys.executable, __file__, *flags, "--goes-on", "--minutes", f"{report.left() / 60:.2f}",
                "--parts", *asked,
            ],
        )  # fmt: skip


if __name__ == "__main__":
    main()
