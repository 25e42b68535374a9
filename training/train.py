"""Train the embedded model from nothing and write it, its tokenizer and its problems into the package.

    python training/train.py

Two processes of one thread each, gradients averaged; seeded, so that the same machine and the same versions
give the same weights. See README.md beside this file for what the model is for and what was measured on it.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
from itertools import islice
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import torch
import torch.distributed as dist
from corpus import documents
from muon import Muon
from problems import embedded
from tokenizer import build
from torch.nn import functional
from transformers import GenerationConfig, PreTrainedTokenizerFast, Qwen3_5ForCausalLM, Qwen3_5TextConfig

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE_DATA = Path(__file__).resolve().parent.parent / "python" / "sdtool" / "embedded"
RANKS = 2
BATCH_TOKENS = 1536
POOL = 512
PRACTICE = 0.55
WARM_UP = 40
DECAY_FROM = 0.5
MUON_RATE = 0.02
ADAM_RATE = 4e-3
PERIODS = (2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 33, 50, 100)


def config(tokenizer: PreTrainedTokenizerFast) -> Qwen3_5TextConfig:
    """The miniature's shape: one linear attention layer, two full ones, 0.7 M parameters."""
    return Qwen3_5TextConfig(
        vocab_size=len(tokenizer),
        hidden_size=128,
        intermediate_size=384,
        num_hidden_layers=3,
        layer_types=["linear_attention", "full_attention", "full_attention"],
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=32,
        linear_num_key_heads=4,
        linear_num_value_heads=4,
        linear_key_head_dim=32,
        linear_value_head_dim=32,
        linear_conv_kernel_dim=4,
        max_position_embeddings=4096,
        initializer_range=0.05,
        tie_word_embeddings=True,
        rope_parameters={
            "rope_type": "default",
            "rope_theta": 10_000.0,
            "partial_rotary_factor": 0.5,
            # Halves of the rotated part, head_dim * partial_rotary_factor / 2 in all.
            "mrope_section": [4, 2, 2],
            "mrope_interleaved": True,
        },
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )


@torch.no_grad()
def start_numbers_as_waves(embedding: torch.nn.Embedding, tokenizer: PreTrainedTokenizerFast) -> None:
    """Give the tokens of 0 to 99 sines and cosines of their value, in which a sum is a product of waves.

    Trained models find such features by themselves (Nanda et al., arXiv 2301.05217); it saves steps to
    start there.
    """
    for number in range(100):
        angles = [2 * math.pi * number / period for period in PERIODS]
        waves = 0.1 * torch.tensor([wave(angle) for angle in angles for wave in (math.cos, math.sin)])
        for text in (str(number), f" {number}"):
            (token,) = tokenizer(text)["input_ids"]
            embedding.weight[token, : len(waves)] = waves


def encoded(tokenizer: PreTrainedTokenizerFast, seed: str, practice: bool) -> Iterator[tuple[list[int], int]]:
    """Endless (token ids, length of the prompt), tokenized apart as they are in generation."""
    source = documents(seed, practice)
    while True:
        pool = list(islice(source, POOL))
        prompts = tokenizer([document[0] for document in pool])["input_ids"]
        responses = tokenizer([document[1] for document in pool])["input_ids"]
        for prompt, response in zip(prompts, responses, strict=True):
            yield prompt + response, len(prompt)


def batches(
    tokenizer: PreTrainedTokenizerFast, seed: str, practice: bool
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Endless (input ids, whether a position's next token counts), int64 and bool of shape [rows, length].

    Rows of like length go together, padded on the right; a causal model needs no mask for that.
    """
    shuffle = Random(seed)
    source = encoded(tokenizer, seed, practice)
    while True:
        rows = sorted(islice(source, POOL), key=lambda row: len(row[0]))
        groups: list[list[tuple[list[int], int]]] = [[]]
        for row in rows:
            if (len(groups[-1]) + 1) * len(row[0]) > BATCH_TOKENS:
                groups.append([])
            groups[-1].append(row)
        shuffle.shuffle(groups)
        for group in groups:
            width = max(len(ids) for ids, _ in group)
            tokens = torch.full((len(group), width), tokenizer.pad_token_id)
            counts = torch.zeros(len(group), width, dtype=torch.bool)
            for index, (ids, start) in enumerate(group):
                tokens[index, : len(ids)] = torch.tensor(ids)
                counts[index, start - 1 : len(ids) - 1] = True
            yield tokens, counts


def rate(step: int, steps: int) -> float:
    """Factor on both learning rates: a short warm-up, constant, then linear to zero."""
    progress = step / steps
    decay = 1.0 if progress < DECAY_FROM else (1.0 - progress) / (1.0 - DECAY_FROM)
    return min(1.0, (step + 1) / WARM_UP) * decay


def loss_of(model: Qwen3_5ForCausalLM, tokens: torch.Tensor, counts: torch.Tensor) -> torch.Tensor:
    """Mean cross entropy over the tokens of the responses; logits are made for those positions only."""
    hidden = model.model(input_ids=tokens, use_cache=False).last_hidden_state
    return functional.cross_entropy(model.lm_head(hidden[counts]), tokens.roll(-1, dims=1)[counts])


def train(rank: int, rendezvous: str, out: Path, steps: int, seed: int) -> None:
    """One process of the training; the first one reports and saves."""
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{rendezvous}", rank=rank, world_size=RANKS)
    tokenizer = build(f"tokenizer {seed}")
    torch.manual_seed(seed)
    model = Qwen3_5ForCausalLM(config(tokenizer)).train()
    start_numbers_as_waves(model.model.embed_tokens, tokenizer)
    parameters = list(model.parameters())
    matrices = [
        parameter
        for name, parameter in model.named_parameters()
        if parameter.ndim == 2 and min(parameter.shape) >= 32 and "embed_tokens" not in name
    ]
    chosen = {id(parameter) for parameter in matrices}
    others = [parameter for parameter in parameters if id(parameter) not in chosen]
    muon = Muon(matrices, lr=MUON_RATE)
    adam = torch.optim.AdamW(others, lr=ADAM_RATE, betas=(0.9, 0.95), weight_decay=0.0)
    practice = batches(tokenizer, f"practice {seed} {rank}", practice=True)
    corpus = batches(tokenizer, f"corpus {seed} {rank}", practice=False)
    started, seen, losses = time.perf_counter(), 0, []
    for step in range(steps):
        tokens, counts = next(practice if step < PRACTICE * steps else corpus)
        loss = loss_of(model, tokens, counts)
        loss.backward()
        gradient = torch.cat([parameter.grad.flatten() for parameter in parameters])
        dist.all_reduce(gradient)
        gradient /= RANKS
        gradient *= min(1.0, 1.0 / (gradient.norm().item() + 1e-6))
        parts = gradient.split([parameter.numel() for parameter in parameters])
        for parameter, part in zip(parameters, parts, strict=True):
            parameter.grad = part.view_as(parameter)
        muon.param_groups[0]["lr"] = MUON_RATE * rate(step, steps)
        adam.param_groups[0]["lr"] = ADAM_RATE * rate(step, steps)
        muon.step()
        adam.step()
        muon.zero_grad()
        adam.zero_grad()
        seen += tokens.numel()
        losses.append(loss.item())
        if rank == 0 and (step + 1) % 25 == 0:
            recent = sum(losses[-25:]) / 25
            print(
                f"step {step + 1}/{steps}  loss {recent:.4f}  {seen / 1e6:.2f} M tokens and "
                f"{time.process_time():.0f} CPU s per process, {time.perf_counter() - started:.0f} s",
                flush=True,
            )
    if rank == 0:
        save(model, tokenizer, out)
    dist.destroy_process_group()


def save(model: Qwen3_5ForCausalLM, tokenizer: PreTrainedTokenizerFast, out: Path) -> None:
    """Write model and tokenizer; bfloat16 on disk for size, float32 when loaded for exactness."""
    folder = out / "model"
    model.generation_config = GenerationConfig(
        eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id
    )
    model.to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    written = json.loads((folder / "config.json").read_text())
    written["dtype"] = "float32"
    (folder / "config.json").write_text(json.dumps(written, indent=2) + "\n")


def write_problems(out: Path) -> None:
    """Write `problems.jsonl`, in an order of which any prefix is balanced over source and level."""
    counts: dict[str, int] = {}
    with (out / "problems.jsonl").open("w") as file:
        for problem in embedded():
            number = counts[problem.source] = counts.get(problem.source, 0) + 1
            row = {
                "id": f"{problem.source}-{number:03d}",
                "problem": problem.text,
                "answer": problem.answer,
                "source": problem.source,
                "level": problem.level,
            }
            file.write(json.dumps(row) + "\n")


def main() -> None:
    """Parse the arguments and run both processes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=PACKAGE_DATA)
    parser.add_argument("--steps", type=int, default=1700)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    write_problems(arguments.out)
    with tempfile.TemporaryDirectory() as folder:
        torch.multiprocessing.spawn(
            train, (f"{folder}/rendezvous", arguments.out, arguments.steps, arguments.seed), nprocs=RANKS
        )


if __name__ == "__main__":
    main()
