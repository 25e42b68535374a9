"""Decode speed on a GPU: slots against the memory-bandwidth roofline and against `model.generate`.

    python benches/gpu_decode.py [--out gpu_decode.md] [--minutes 8]
    python benches/gpu_decode.py --miniature          the same script on a tiny model, CPU, float32

The model has Qwen3.5-4B's real shape and random bfloat16 weights, built in place: nothing is downloaded.
Two tables are printed and written:

1. Steady decode: B rows (32, 64, 96) that all hold a context of 2k or 16k tokens. Milliseconds a step,
   tokens a second, and the share of the roofline: the time in which the card could read the weights once,
   every row's keys and values once, and read and write every row's states once, at its peak bandwidth.
   One prompt is prefilled and shared by all rows. Beside it, `model.generate` on the same prompts: its time
   a step, from two lengths of output so that reading the prompts does not count, at the shorter context.
2. Useful tokens a second on a skewed set: lognormal lengths, 12 % at the cap, through the slots and through
   `model.generate` in batches of the same size. Lengths are forced, so both do the same work.

It watches the clock: what does not fit into --minutes is reported as not measured.
"""

import argparse
import gc
import math
import random
import time
from pathlib import Path

import torch
from sdtool.config import Setting
from sdtool.engine import Completion, Request, memory
from sdtool.engine.slots import PagesExhaustedError, SlotEngine
from transformers import AutoModelForCausalLM, LogitsProcessor, Qwen3_5TextConfig

SETTING = Setting("general", temperature=1.0, top_p=0.95, top_k=20, presence_penalty=1.5)
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
END = 1


def four_billion():
    """Qwen3.5-4B's text model."""
    return Qwen3_5TextConfig(
        vocab_size=248_320, hidden_size=2560, intermediate_size=9216, num_hidden_layers=32,
        num_attention_heads=16, num_key_value_heads=4, head_dim=256,
        layer_types=(["linear_attention"] * 3 + ["full_attention"]) * 8,
        linear_num_key_heads=16, linear_num_value_heads=32, linear_key_head_dim=128,
        linear_value_head_dim=128, linear_conv_kernel_dim=4, max_position_embeddings=262_144,
        tie_word_embeddings=True, eos_token_id=END, pad_token_id=0,
    )  # fmt: skip


def miniature():
    """The same layers a thousand times smaller."""
    return Qwen3_5TextConfig(
        vocab_size=512, hidden_size=64, intermediate_size=128, num_hidden_layers=4,
        num_attention_heads=4, num_key_value_heads=2, head_dim=16,
        layer_types=["linear_attention"] * 3 + ["full_attention"],
        linear_num_key_heads=2, linear_num_value_heads=4, linear_key_head_dim=16,
        linear_value_head_dim=16, linear_conv_kernel_dim=4, tie_word_embeddings=True,
        rope_parameters={
            "rope_type": "default", "rope_theta": 1e4,
            "partial_rotary_factor": 0.5, "mrope_section": [2, 1, 1],
        },
        eos_token_id=END, pad_token_id=0,
    )  # fmt: skip


def build(config, device, dtype):
    """Random weights, made on the device itself."""
    torch.manual_seed(0)
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with torch.device(device):
            return AutoModelForCausalLM.from_config(config, dtype=dtype).eval()
    finally:
        torch.set_default_dtype(before)


def synchronise(device):
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def measured_bandwidth(device):
    """GB/s of a large copy, reads and writes counted."""
    count = 2**30 if device.type == "cuda" else 2**26
    source = torch.zeros(count, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    target.copy_(source)
    synchronise(device)
    start = time.perf_counter()
    for _ in range(10):
        target.copy_(source)
    synchronise(device)
    return 2 * 10 * count / (time.perf_counter() - start) / 1e9


def peak_bandwidth(device):
    """GB/s and where the figure comes from."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else ""
    for part, gbs in BANDWIDTH.items():
        if part in name:
            return gbs, f"{gbs} GB/s, data sheet of {name}"
    gbs = measured_bandwidth(device)
    return gbs, f"{gbs:.0f} GB/s, measured by a copy on {name or 'this CPU'}"


def endless(model, rows, context, cap):
    """An engine with `rows` rollouts in flight, each with `context` tokens, that end at the cap only."""
    engine = SlotEngine(model, cap=cap, end_tokens=[], batch_size=rows, prompt_room=context)
    prompt = tuple(random.Random(0).randrange(3, 500) for _ in range(context))
    requests = iter([Request(number, prompt, SETTING, number) for number in range(rows)])
    for _ in engine._admit(requests):  # noqa: SLF001 - the bench looks at single steps
        raise AssertionError("no rollout can end at once")
    return engine


def steady(model, rows, context, steps, peak):
    """Milliseconds a step, tokens a second, share of the roofline, of one batch size and context."""
    engine = endless(model, rows, context, cap=4 * steps)
    in_flight = engine.rows
    for _ in range(max(steps // 4, 3)):  # kernels are compiled, graphs captured
        engine._make_room()  # noqa: SLF001
        engine._step()  # noqa: SLF001
    synchronise(model.device)
    start = time.perf_counter()
    for _ in range(steps):
        engine._make_room()  # noqa: SLF001
        engine._step()  # noqa: SLF001
    synchronise(model.device)
    seconds = (time.perf_counter() - start) / steps
    cost = engine.cost
    moved = memory.weights(model) + in_flight * (cost.token * context + 2 * cost.state)
    return in_flight, seconds, moved / (peak * 1e9) / seconds, engine


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
    return (seconds(24) - seconds(4)) / 20


def plain_step(model, rows, context):
    """Milliseconds a step of `model.generate`, in words."""
    try:
        return f"{generate_step(model, rows, context) * 1000:.1f}"
    except torch.OutOfMemoryError:
        release()
        return "out of memory"


class ForcedEnd(LogitsProcessor):
    """Ends row i of a batch of `generate` after `lengths[i]` tokens and not before."""

    def __init__(self, lengths, prompt_length):
        self.lengths, self.prompt_length = lengths, prompt_length

    def __call__(self, input_ids, scores):
        step = input_ids.shape[1] - self.prompt_length
        scores = scores.clone()
        ends = torch.tensor([step + 1 >= length for length in self.lengths], device=scores.device)
        scores[:, END] = -torch.inf
        scores[ends] = -torch.inf
        scores[ends, END] = 0
        return scores


class ForcedLengths:
    """The slots' sampler with forced lengths by request id; the draw itself is paid for."""

    def __init__(self, engine, lengths):
        self.engine, self.sampler, self.lengths = engine, engine._sampler, lengths  # noqa: SLF001
        self.assign, self.move = self.sampler.assign, self.sampler.move

    def draw(self, logits, contexts):
        tokens = self.sampler.draw(logits, contexts)
        slots = self.engine._slots  # noqa: SLF001
        ends = [
            len(slot.tokens) - len(slot.request.prompt) + 1 >= self.lengths[slot.request.id] for slot in slots
        ]
        tokens[tokens == END] = 5
        tokens[torch.tensor(ends, device=tokens.device)] = END
        return tokens


def skewed_lengths(count, median, cap):
    """Lognormal lengths of which 12 % reach the cap, 20 times the median."""
    generator = random.Random(0)
    sigma = math.log(cap / median) / 1.175
    return [min(max(round(generator.lognormvariate(math.log(median), sigma)), 1), cap) for _ in range(count)]


def skewed(model, lengths, deadline, *, rows, prompt_length, cap):
    """Useful tokens a second through the slots and through `model.generate`, until the deadline."""
    prompts = [
        tuple(random.Random(n).randrange(3, 500) for _ in range(prompt_length)) for n in range(len(lengths))
    ]
    engine = SlotEngine(model, cap=cap, end_tokens=[END], batch_size=rows)
    engine._sampler = ForcedLengths(engine, lengths)  # noqa: SLF001
    requests = [Request(number, prompt, SETTING, number) for number, prompt in enumerate(prompts)]
    start = time.perf_counter()
    done = 0
    for result in engine.run(requests):
        done += len(result.tokens) if isinstance(result, Completion) else 0
        if time.perf_counter() > deadline:
            break
    slots = done / (time.perf_counter() - start)
    del engine
    release()
    start, done = time.perf_counter(), 0
    for low in range(0, len(lengths), rows):
        batch, ends = prompts[low : low + rows], lengths[low : low + rows]
        ids = torch.tensor(batch, device=model.device)
        model.generate(
            ids, attention_mask=torch.ones_like(ids), do_sample=True, temperature=1.0, top_k=20, top_p=0.95,
            max_new_tokens=cap, eos_token_id=END, pad_token_id=0,
            logits_processor=[ForcedEnd(ends, ids.shape[1])],
        )  # fmt: skip
        done += sum(ends)
        if time.perf_counter() > deadline:
            break
    return slots, done / (time.perf_counter() - start)


def release():
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def main():
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--miniature", action="store_true", help="a tiny model on the CPU")
    options.add_argument("--out", type=Path, default=None, help="write the tables here, as Markdown")
    options.add_argument("--minutes", type=float, default=8.0)
    given = options.parse_args()
    deadline = time.perf_counter() + given.minutes * 60
    if not (given.miniature or torch.cuda.is_available()):
        options.error("no CUDA device is visible; --miniature runs the script on the CPU")
    if given.miniature:
        torch.set_num_threads(1)
        device, config, dtype = torch.device("cpu"), miniature(), torch.float32
        sizes, contexts, steps, skew = (2, 4), (64, 256), 20, (4, 24, 4, 80, 8)
    else:
        device, config, dtype = torch.device("cuda"), four_billion(), torch.bfloat16
        sizes, contexts, steps, skew = (32, 64, 96), (2048, 16_384), 60, (64, 256, 100, 2000, 256)
    model = build(config, device, dtype)
    peak, source = peak_bandwidth(device)
    lines = [
        f"torch {torch.__version__}, {source}; weights {memory.weights(model) / 1e9:.2f} GB {dtype}",
        "",
        "| rows | context | ms a step | tokens/s | share of the roofline | `generate`, ms a step |",
        "|---|---|---|---|---|---|",
    ]
    print("\n".join(lines), flush=True)
    report = "no step was measured"
    for context in contexts:
        for rows in sizes:
            if time.perf_counter() > deadline - 60 * given.minutes * 0.5:
                line = f"| {rows} | {context:,} | not measured: out of time | | | |"
            else:
                try:
                    in_flight, seconds, share, engine = steady(model, rows, context, steps, peak)
                except (PagesExhaustedError, torch.OutOfMemoryError) as error:
                    line = f"| {rows} | {context:,} | not measured: {error} | | | |"
                else:
                    note = "" if in_flight == rows else f" ({in_flight} fit)"
                    line = (
                        f"| {rows}{note} | {context:,} | {seconds * 1000:.1f} | {in_flight / seconds:,.0f} "
                        f"| {share:.0%} |"
                    )
                    report = f"attention {engine.backend.name}, {engine._graphs.report}"  # noqa: SLF001
                    engine = None
                    release()
                    line += f" {plain_step(model, rows, context) if context == contexts[0] else ''} |"
            lines.append(line)
            print(line, flush=True)
            release()
    rows, count, median, cap, prompt_length = skew
    lengths = skewed_lengths(count, median, cap)
    slots, plain = skewed(
        model, lengths, deadline - 60 * given.minutes * 0.3, rows=rows, prompt_length=prompt_length, cap=cap
    )
    capped = sum(length == cap for length in lengths) / count
    tail = [
        "",
        f"{report}",
        "",
        f"Skewed set: {count} rollouts, median {median}, {capped:.0%} at the cap of {cap:,}, B = {rows}",
        "",
        "| engine | useful tokens/s |",
        "|---|---|",
        f"| slots | {slots:,.0f} |",
        f"| model.generate | {plain:,.0f} |",
        f"| ratio | {slots / plain:.2f} |",
    ]
    print("\n".join(tail))
    if given.out:
        given.out.write_text("\n".join(lines + tail) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
