"""The embedded model and problems: what `sdtool generate` runs when it is given nothing else.

`model/` is a `Qwen3_5ForCausalLM` in miniature (about 0.7 M parameters, bfloat16 on disk, float32 when
loaded) with its tokenizer and chat template: `from_pretrained` takes the folder as it is.

`problems.jsonl` has the columns `id`, `problem`, `answer`, `source` and `level` (difficulty, 1 to 5); every
20 consecutive rows hold each source at each level once, so any prefix is nearly balanced.

Both are written by `training/train.py` of the repository; no problem occurs in the model's training corpus.
"""
