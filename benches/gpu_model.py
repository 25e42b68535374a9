"""The model of `gpu_decode.py`: Qwen3.5-4B's shape with random weights, and the work it is given."""

import gc
import math
import random

import torch
from sdtool.config import Setting
from transformers import AutoModelForCausalLM, Qwen3_5TextConfig

SETTING = Setting("general", temperature=1.0, top_p=0.95, top_k=20, presence_penalty=1.5)
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


def skewed_lengths(count, median, cap):
    """Lognormal lengths of which 12 % reach the cap, 20 times the median."""
    generator = random.Random(0)
    sigma = math.log(cap / median) / 1.175
    return [min(max(round(generator.lognormvariate(math.log(median), sigma)), 1), cap) for _ in range(count)]


def synchronise(device):
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def release():
    """Give memory back; raises what a kernel left behind on the device."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
        torch.cuda.empty_cache()
