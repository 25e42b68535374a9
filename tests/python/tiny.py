"""Tiny random models of several families and a small byte-level tokenizer, made in a second, no download."""

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    AddedToken,
    Gemma2Config,
    Gemma2ForCausalLM,
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    GemmaConfig,
    GemmaForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    Qwen3_5ForCausalLM,
    Qwen3_5TextConfig,
    Qwen3Config,
    Qwen3ForCausalLM,
)

CORPUS = [
    "Start with 22. Multiply by 3. What is the result? The answer is \\boxed{66}.",
    "Tom has 7 coins. He loses 2 of them, then finds 12. Wait, let me check: 7 - 2 + 12 = 17.",
    "Größe, naïve, 日本語, 🙂 and other characters of several bytes.",
]
CHAT_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content | trim }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n"
    "{% if enable_thinking is defined and not enable_thinking %}<think>\n\n</think>\n\n"
    "{% else %}<think>\n{% endif %}{% endif %}"
)
SMALL = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 2048,
}

ALTERNATING = ["sliding_attention", "full_attention"]


def tokenizer(chat: bool = True) -> PreTrainedTokenizerFast:
    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    backend.train_from_iterator(
        CORPUS,
        trainers.BpeTrainer(
            vocab_size=320,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
            show_progress=False,
        ),
    )
    made = PreTrainedTokenizerFast(
        tokenizer_object=backend, eos_token="<|im_end|>", pad_token="<|endoftext|>", padding_side="left"
    )
    made.add_tokens([AddedToken(tag, special=False) for tag in ("<think>", "</think>")])
    if chat:
        made.chat_template = CHAT_TEMPLATE
    return made


def model(family: str, seed: int = 0) -> torch.nn.Module:
    """A random model of a family; its weights are large enough for varied, peaked distributions."""
    vocab = {"vocab_size": 322, "eos_token_id": 2, "pad_token_id": 0, "bos_token_id": None}
    torch.manual_seed(seed)
    match family:
        case "qwen3_5":
            made = Qwen3_5ForCausalLM(
                Qwen3_5TextConfig(
                    **SMALL,
                    **vocab,
                    layer_types=["linear_attention", "full_attention"],
                    linear_num_key_heads=2,
                    linear_num_value_heads=4,
                    linear_key_head_dim=8,
                    linear_value_head_dim=8,
                    linear_conv_kernel_dim=4,
                    rope_parameters={
                        "rope_type": "default",
                        "rope_theta": 10_000.0,
                        "partial_rotary_factor": 0.5,
                        "mrope_section": [1, 1, 0],
                    },
                )
            )
        case "qwen3":
            made = Qwen3ForCausalLM(Qwen3Config(**SMALL, **vocab))
        case "llama":
            made = LlamaForCausalLM(LlamaConfig(**SMALL, **vocab))
        case "gemma":
            made = GemmaForCausalLM(GemmaConfig(**SMALL, **vocab))
        case "gemma2":  # a sliding window, and capped attention scores
            made = Gemma2ForCausalLM(
                Gemma2Config(**SMALL, **vocab, sliding_window=16, layer_types=ALTERNATING)
            )
        case "gemma3":  # a sliding window that no page size divides
            made = Gemma3ForCausalLM(
                Gemma3TextConfig(**SMALL, **vocab, sliding_window=24, layer_types=ALTERNATING)
            )
        case _:
            raise ValueError(family)
    with torch.no_grad():
        made.get_output_embeddings().weight.mul_(20)
    return made.float().eval()
