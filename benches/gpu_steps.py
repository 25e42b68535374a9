"""How `gpu_decode.py` runs and times decode steps."""

import collections
import random
import re
import time
from functools import partial

import torch
from gpu_model import END, SETTING, synchronise
from sdtool.engine import Request
from sdtool.engine.sampler import Sampler
from sdtool.engine.slots import SlotEngine
from transformers import LogitsProcessor

# Peak memory bandwidth in GB/s by a part of the device's name, from the makers' data sheets.
BANDWIDTH = {
    "H200": 4800,
    "H100 NVL": 3938,
    "H100 PCIe": 2000,
    "H100": 3350,
    "A100": 2039,
    "L40S": 864,
    "4090": 1008,
}
# What a kernel or an operation belongs to, by its name; the first that fits.
KINDS = {
    "attention": r"flash|fmha|attention|attn|varlen",
    "linear attention": r"delta|recurrent|gated|causal_conv|chunk_|conv",
    "matrix products": r"gemm|gemv|cutlass|nvjet|cublas|matmul|addmm|\bmm\b|bmm|linear|dot_kernel",
    "sampler: choosing": r"topk|sort|radix|gather|scatter|_find|_choose",
    "copies": r"copy|memcpy|cat|memset|fill",
    "elementwise, norms, reductions": r"",
}


def endless(model, rows, context, cap):
    """An engine with `rows` rollouts in flight, each with `context` tokens, that end at the cap only."""
    engine = SlotEngine(model, cap=cap, end_tokens=frozenset(), batch_size=rows, prompt_room=context)
    prompt = tuple(random.Random(0).randrange(3, 500) for _ in range(context))
    work = iter([Request(number, prompt, SETTING, number) for number in range(rows)])
    list(engine._admit(work))  # noqa: SLF001 - the bench looks at single steps
    while engine._reading:  # noqa: SLF001 - a long prompt is read in chunks
        list(engine._admit(work))  # noqa: SLF001
    return engine


def steps_of(engine, count):
    for _ in range(count):
        if not engine._launch():  # noqa: SLF001
            raise torch.OutOfMemoryError
        list(engine._account(engine._ahead))  # noqa: SLF001


def timed_steps(engine, *, warm, steps):
    """Seconds a step, once kernels are compiled and graphs captured."""
    device = engine.model.device
    steps_of(engine, warm)
    synchronise(device)
    start = time.perf_counter()
    steps_of(engine, steps)
    synchronise(device)
    return (time.perf_counter() - start) / steps


def timed_draw(draw, given, times=50):
    """Seconds for a `narrow.Draw`; on a GPU as a CUDA graph, as in a step."""
    device = given[0].device
    run = partial(draw, *given)
    run()  # compiles
    if device.type == "cuda":
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            run()
        run = graph.replay
    run()
    synchronise(device)
    start = time.perf_counter()
    for _ in range(times):
        run()
    synchronise(device)
    return (time.perf_counter() - start) / times


def profiled(engine, steps):
    """Seconds and kernels a step, by kind of kernel; on the CPU of operations."""
    on_gpu = engine.model.device.type == "cuda"
    activities = [torch.profiler.ProfilerActivity.CPU]
    if on_gpu:
        activities = [torch.profiler.ProfilerActivity.CUDA]
    with torch.profiler.profile(activities=activities) as profile:
        steps_of(engine, steps)
        synchronise(engine.model.device)
    found = collections.defaultdict(lambda: [0.0, 0.0])
    for event in profile.key_averages():
        micros = event.self_device_time_total if on_gpu else event.self_cpu_time_total
        if not micros:
            continue
        name = event.key.lower()
        kind = next(kind for kind, pattern in KINDS.items() if re.search(pattern, name))
        found[kind][0] += micros / 1e6 / steps
        found[kind][1] += event.count / steps
    return found


def generate_step(model, rows, context):
    """Seconds a step of `model.generate` on `rows` copies of the prompt of `endless`."""
    prompt = [random.Random(0).randrange(3, 500) for _ in range(context)]
    ids = torch.tensor([prompt] * rows, device=model.device)

    def seconds(steps):
        start = time.perf_counter()
        model.generate(
            ids, attention_mask=torch.ones_like(ids), do_sample=True, temperature=1.0, top_k=20, top_p=0.95,
            max_new_tokens=steps, min_new_tokens=steps, eos_token_id=END, pad_token_id=0,
        )  # fmt: skip
        synchronise(model.device)
        return time.perf_counter() - start

    seconds(2)
    return (seconds(18) - seconds(2)) / 16


class ForcedEnd(LogitsProcessor):
    """Ends row i of a batch of `generate` after `lengths[i]` tokens and not before, and all at a deadline."""

    def __init__(self, lengths, prompt_length, deadline):
        self.lengths, self.prompt_length, self.deadline = lengths, prompt_length, deadline
        self.steps = 0

    def __call__(self, input_ids, scores):
        self.steps = input_ids.shape[1] - self.prompt_length + 1
        over = time.perf_counter() > self.deadline
        ends = torch.tensor([over or self.steps >= length for length in self.lengths], device=scores.device)
        scores = scores.clone()
        scores[:, END] = -torch.inf
        scores[ends] = -torch.inf
        scores[ends, END] = 0
        return scores


def force_lengths(engine, lengths):
    """Let rollouts end after so many tokens, by request id; the draw itself is paid for."""
    plain = engine._decoder.sampler  # noqa: SLF001
    engine._decoder.sampler = _ForcedLengths(plain, lengths)  # noqa: SLF001
    engine._decoder.graphs.forget()  # noqa: SLF001


class _ForcedLengths(Sampler):
    def __init__(self, plain, lengths):
        self.__dict__ = plain.__dict__
        self.lengths = lengths
        self.targets = torch.zeros_like(self._rules.steps)

    def assign(self, row, setting, key, generated, *, wide=False):
        self.targets[row] = self.lengths[key]
        return super().assign(row, setting, key, generated, wide=wide)

    def move(self, source, row):
        self.targets[row] = self.targets[source]
        super().move(source, row)

    def settle(self, logits, tokens, contexts, *, decide):
        tokens = super().settle(logits, tokens, contexts, decide=decide)
        rows = len(tokens)
        tokens = tokens.masked_fill(tokens == END, 5)
        return tokens.masked_fill(self._rules.steps[:rows] >= self.targets[:rows], END)


def peak_bandwidth(device):
    """GB/s and where the figure comes from."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else ""
    for part, gbs in BANDWIDTH.items():
        if part in name:
            return gbs, f"{gbs} GB/s, data sheet of {name}"
    count = 2**30 if device.type == "cuda" else 2**26
    source = torch.zeros(count, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    target.copy_(source)
    synchronise(device)
    start = time.perf_counter()
    for _ in range(10):
        target.copy_(source)
    synchronise(device)
    gbs = 2 * 10 * count / (time.perf_counter() - start) / 1e9
    return gbs, f"{gbs:.0f} GB/s, measured by a copy on {name or 'this CPU'}"
