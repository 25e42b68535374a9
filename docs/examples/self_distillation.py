"""Fine-tune a model on an exported file with TRL, keeping four checkpoints of one epoch.

python docs/examples/self_distillation.py FILE.jsonl MODEL OUT
"""

import sys

from datasets import load_dataset
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import SFTConfig, SFTTrainer

file, model, out = sys.argv[1:]
rows = load_dataset("json", data_files=file, split="train")
batch = 16
trainer = SFTTrainer(
    model=AutoModelForCausalLM.from_pretrained(model, dtype="float32"),
    processing_class=AutoTokenizer.from_pretrained(model),
    train_dataset=rows,
    args=SFTConfig(
        output_dir=out,
        num_train_epochs=1,
        per_device_train_batch_size=batch,
        learning_rate=1e-4,
        warmup_steps=10,
        lr_scheduler_type="cosine",
        save_steps=len(rows) // batch // 4,
        max_length=None,
        bf16=False,
        use_cpu=True,
        seed=0,
        report_to="none",
    ),
)
trainer.train()
