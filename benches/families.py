"""Which families of transformers the slots serve, and whether their tokens are those of `model.generate`.

    python benches/families.py [--only llama qwen3_5_text] [--out docs/engine.md]

Of every family that transformers can generate with, a tiny random model is made. Those that slots serve
answer 16 requests, half of them greedy, at batch size 4, and so does `model.generate`, one at a time. A
difference is followed up: a token may differ where the two best scores tie to within a thousandth, and
nowhere else. With --out the table replaces what stands between the two marks in that file.
"""

import argparse
import collections
import gc
import itertools
import logging
import random
import signal
import warnings
from pathlib import Path

import torch
import transformers
from sdtool.config import PRESETS, Setting
from sdtool.engine import Completion, Request
from sdtool.engine.batched import BatchedEngine, processors
from sdtool.engine.slots import SlotEngine
from sdtool.engine.trial import UnservedModelError
from sdtool.errors import SdtoolError
from sdtool.logits import noise_key
from transformers import AutoModelForCausalLM
from transformers.models.auto.configuration_auto import CONFIG_MAPPING
from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

VOCABULARY, END, CAP = 128, 1, 24
TIE = 1e-3
SECONDS = 120
LARGEST = 20_000_000
MARKS = "<!-- families -->", "<!-- end -->"
SETTINGS = (Setting("greedy", temperature=0.0), *PRESETS.values())

# What makes a model tiny, as far as its configuration has such a field.
SMALL = {
    "vocab_size": VOCABULARY, "hidden_size": 32, "n_embd": 32, "d_model": 32, "dim": 32, "embed_dim": 32,
    "intermediate_size": 64, "ffn_dim": 64, "n_inner": 64, "ffn_hidden_size": 64, "moe_intermediate_size": 16,
    "shared_expert_intermediate_size": 16, "moe_shared_expert_intermediate_size": 16,
    "num_hidden_layers": 4, "n_layer": 4, "n_layers": 4, "num_layers": 4,
    "num_attention_heads": 4, "n_head": 4, "n_heads": 4, "num_key_value_heads": 2, "num_kv_heads": 2,
    "head_dim": 8, "v_head_dim": 8, "max_position_embeddings": 512, "n_positions": 512,
    "num_experts": 4, "num_local_experts": 4, "n_routed_experts": 4, "num_experts_per_tok": 2,
    "n_shared_experts": 1, "n_group": 1, "topk_group": 1, "num_experts_per_token": 2, "moe_topk": 1,
    "sliding_window": 16, "attention_window_size": 16, "lru_width": 32, "ssm_state_size": 8, "state_size": 8,
    "linear_num_key_heads": 2, "linear_num_value_heads": 4, "linear_key_head_dim": 8,
    "linear_value_head_dim": 8, "mamba_num_heads": 8, "mamba_n_heads": 8, "mamba_head_dim": 8,
    "mamba_d_head": 8, "mamba_d_state": 8, "mamba_d_conv": 4, "mamba_n_groups": 1, "mamba_ngroups": 1,
    "n_groups": 1, "mamba_dt_rank": 4, "time_step_rank": 4, "q_lora_rank": 16, "kv_lora_rank": 16,
    "qk_rope_head_dim": 8, "qk_nope_head_dim": 8, "global_head_dim": 8, "hidden_size_per_layer_input": 8,
    "vocab_size_per_layer_input": VOCABULARY, "laurel_rank": 8, "num_kv_shared_layers": 0,
    "first_k_dense_replace": 1, "mamba_d_ssm": 64, "index_head_dim": 8, "index_n_heads": 2,
    "swa_head_dim": 8, "swa_num_attention_heads": 4, "swa_num_key_value_heads": 2, "swa_v_head_dim": 8,
    "num_global_key_value_heads": 2, "block_multiple_of": 8, "block_ff_dim": 64, "conv_L_cache": 3,
    "num_mem_blocks": 1, "n_mamba_heads": 2, "kv_channels": 8, "num_attention_groups": 2,
    "attention_hidden_size": 32, "attention_head_dim": 8, "chunk_size": 8, "mamba_chunk_size": 8,
    "original_max_position_embeddings": 512,
}  # fmt: skip
# What one family needs besides.
SPECIAL = {
    "qwen3_5_text": {"rope_parameters": {
        "rope_type": "default", "rope_theta": 1e4, "partial_rotary_factor": 0.5, "mrope_section": [1, 1, 0]}},
    "qwen3_5_moe_text": {"rope_parameters": {
        "rope_type": "default", "rope_theta": 1e4, "partial_rotary_factor": 0.5, "mrope_section": [1, 1, 0]}},
    "falcon_h1": {"mamba_n_heads": 8, "mamba_d_head": 8, "mamba_d_ssm": 64, "mamba_expand": 2},
    "bamba": {"mamba_n_heads": 8, "mamba_d_head": 8, "attn_layer_indices": [1, 3]},
    "granitemoehybrid": {"mamba_n_heads": 8, "mamba_d_head": 8,
                         "layer_types": ["mamba", "attention", "mamba", "attention"]},
    "jamba": {"attn_layer_period": 2, "attn_layer_offset": 1, "expert_layer_period": 2},
    "recurrent_gemma": {"attention_window_size": 16},
    "lfm2": {"layer_types": ["conv", "full_attention", "conv", "full_attention"]},
    "lfm2_moe": {"layer_types": ["conv", "full_attention", "conv", "full_attention"], "num_dense_layers": 1},
    "gemma3n_text": {"num_kv_shared_layers": 2, "activation_sparsity_pattern": [0.0] * 4,
                     "intermediate_size": [64] * 4,
                     "layer_types": ["sliding_attention", "full_attention"] * 2},
    "gemma4_text": {"num_kv_shared_layers": 2,
                    "layer_types": ["sliding_attention", "full_attention"] * 2},
    "mamba2": {"num_heads": 8, "head_dim": 8},
    "phi": {"partial_rotary_factor": 1.0},
    "stablelm": {"partial_rotary_factor": 1.0},
    "mpt": {"max_seq_len": 512},
    "minimax": {"layer_types": ["linear_attention", "full_attention"] * 2, "block_size": 16},
}  # fmt: skip
# Latent attention has as many key heads as heads.
LATENT = (
    "deepseek_v2", "deepseek_v3", "axk1", "bailing_hybrid", "glm4_moe_lite", "kimi_linear", "minicpm3",
    "longcat_flash", "youtu",
)  # fmt: skip


def tiny(kind):
    """A random model of a family, and its configuration class."""
    config_class = CONFIG_MAPPING[kind]
    known = vars(config_class())
    if known.get("is_decoder") is False:
        raise ValueError("an encoder")
    given = {name: value for name, value in SMALL.items() if name in known}
    if known.get("sliding_window", 0) is None:  # off by default
        del given["sliding_window"]
    given |= SPECIAL.get(kind, {}) | ({"num_key_value_heads": 4} if kind in LATENT else {})
    if isinstance(known.get("layer_types"), list) and "layer_types" not in given:
        kinds = list(dict.fromkeys(known["layer_types"]))
        given["layer_types"] = list(itertools.islice(itertools.cycle(kinds), 4))
    rope = known.get("rope_parameters")
    config = config_class(**given, bos_token_id=None, eos_token_id=END, pad_token_id=0)
    if isinstance(rope, dict) and "mrope_section" in rope and kind not in SPECIAL:
        config.rope_parameters["mrope_section"] = [2, 1, 1]
    with torch.device("meta"):
        size = AutoModelForCausalLM.from_config(config).num_parameters()
    if size > LARGEST:
        raise ValueError(f"{size:,} parameters")
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()
    with torch.no_grad():
        head = model.get_output_embeddings()
        if head is not None:
            head.weight.mul_(20)
        for name, parameter in model.named_parameters():
            if "sink" in name:
                parameter.uniform_(-2, 2)
    return model


def requests():
    generator = random.Random(0)
    return [
        Request(
            number,
            tuple(generator.randrange(3, VOCABULARY) for _ in range(generator.randint(1, 40))),
            SETTINGS[0] if number % 2 else SETTINGS[1 + number // 2 % 3],
            noise_key(0, str(number), 0),
        )
        for number in range(16)
    ]


def completions(engine, work):
    return {event.id: event for event in engine.run(work) if isinstance(event, Completion)}


@torch.no_grad()
def at_a_tie(model, request, ours, theirs):
    """Whether two rollouts part where the best scores tie."""
    pairs = itertools.zip_longest(ours.tokens, theirs.tokens)
    step = next(index for index, (one, other) in enumerate(pairs) if one != other)
    scores = model(torch.tensor([request.prompt + ours.tokens[:step]])).logits[:, -1].float()
    context = torch.tensor([request.prompt + ours.tokens[:step]])
    for processor in processors(request.setting, torch.tensor([request.key]), len(request.prompt)):
        scores = processor(context, scores)
    return bool((scores[0, ours.tokens[step]] - scores[0, theirs.tokens[step]]).abs() < TIE)


def outcome(kind):
    """What becomes of a family, in words."""
    try:
        model = tiny(kind)
    except Exception as error:  # noqa: BLE001 - hundreds of configurations, each with rules of its own
        return "not made", f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:90]
    options = {"cap": CAP, "end_tokens": frozenset({END})}
    try:
        engine = SlotEngine(model, batch_size=4, prompt_room=64, **options)
    except (UnservedModelError, SdtoolError) as error:
        return "refused", str(error).removeprefix("slots cannot serve this model: ")[:160]
    work = requests()
    ours = completions(engine, work)
    theirs = completions(BatchedEngine(model, batch_size=1, pad_token=0, **options), work)
    differing = [request for request in work if ours[request.id] != theirs[request.id]]
    if all(at_a_tie(model, request, ours[request.id], theirs[request.id]) for request in differing):
        ways = [] if engine._reader.in_batches else ["prompts one at a time"]  # noqa: SLF001
        ways += [f"{len(differing)} of 16 part at a tie"] if differing else []
        return "served", ", ".join(ways)
    return "different", f"{len(differing)} of 16"


def timed_out(*_):
    raise TimeoutError


def table(found):
    outcomes = [what for what, _ in found.values()]
    lines = [
        f"transformers {transformers.__version__}, torch {torch.__version__}, float32 on the CPU: "
        + ", ".join(f"{outcomes.count(what)} {what}" for what in ("served", "refused", "different")),
        "",
        "| outcome | families |",
        "|---|---|",
    ]
    groups = collections.defaultdict(list)
    for kind, (what, why) in sorted(found.items()):
        groups[what, why].append(kind)
    titles = {"served": "served, tokens equal", "refused": "refused", "different": "**different**"}
    for what, title in titles.items():
        for (kind_of, why), kinds in sorted(groups.items()):
            if kind_of == what:
                names = ", ".join(f"`{kind}`" for kind in kinds)
                lines.append(f"| {title}{': ' + why if why else ''} | {names} |")
    return "\n".join(lines)


def main():
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--only", nargs="*", help="families by model type")
    options.add_argument("--out", type=Path, help="a file with the two marks")
    given = options.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    signal.signal(signal.SIGALRM, timed_out)
    found = {}
    for kind in given.only or sorted(set(MODEL_FOR_CAUSAL_LM_MAPPING_NAMES) & set(CONFIG_MAPPING)):
        signal.alarm(SECONDS)
        try:
            found[kind] = outcome(kind)
        except TimeoutError:
            found[kind] = "not made", f"took more than {SECONDS} s"
        except Exception as error:  # noqa: BLE001 - what a model's own code raises
            found[kind] = "not made", f"{type(error).__name__}: {str(error)[:90]}"
        signal.alarm(0)
        print(f"{kind:28} {': '.join(filter(None, found[kind]))}", flush=True)
        gc.collect()
    print(f"\n{table(found)}")
    if given.out:
        text = given.out.read_text(encoding="utf-8")
        before, rest = text.split(MARKS[0])
        after = rest.split(MARKS[1], 1)[1]
        given.out.write_text(f"{before}{MARKS[0]}\n{table(found)}\n{MARKS[1]}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
