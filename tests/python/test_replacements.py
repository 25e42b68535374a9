"""Kernels of a decode step against the operations of transformers that they stand in for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("transformers")
import torch
from sdtool.engine import drawing, narrow

HERE = Path(__file__).parent


def run(code_or_file, *paths):
    """What a fresh interpreter prints, for which some folders stand before all others."""
    before = os.pathsep.join([*map(str, paths), str(HERE), *sys.path])
    given = [str(code_or_file)] if isinstance(code_or_file, Path) else ["-c", code_or_file]
    done = subprocess.run(
        [sys.executable, *given], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": before, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()


def test_kernels_compute_what_transformers_specifies():
    pytest.importorskip("triton")
    lines = run(HERE / "interpreted_kernels.py")
    assert lines.pop(-4) == (
        "qwen3_5: kernels for Qwen3_5RMSNorm, Qwen3_5RMSNormGated, causal_conv1d_update, "
        "torch_recurrent_gated_delta_rule"
    )
    assert lines.pop(-2) == "llama: kernels for LlamaRMSNorm"
    drawn = [line.split()[1:] for line in lines if line.startswith("drawn")]
    assert [len(tokens) for tokens in drawn] == [5, 2]
    assert {"-1", "-2"} < set(drawn[0])  # ties that candidates cannot tell, and no numbers
    lines = [line for line in lines if not line.startswith("drawn")]
    assert len(lines) == 4 + 12 + 3 + 2
    for line in lines:
        errors = [float(word) for word in line.split() if "." in word]
        assert errors
        assert max(errors) < 1e-5, line


COMPILED = """
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource, compile
from sdtool.engine import kernels, narrow_kernel

half, full = "*bf16", "*fp32"
types = {name: half for name in "query key value beta output new state weight bias hidden gate".split()}
types |= {"decay": full, "scale": "fp32", "epsilon": "fp32", "logits": half, "penalty": full, "numbers": full}
types |= dict.fromkeys(["found", "keys", "steps", "drawn"], "*i64")
constants = {
    kernels._delta_rule: dict(heads=32, group=2, width=128, depth=128, padded=128, block=32, normalise=True),
    kernels._convolve: dict(width=4, block=256, with_bias=False, silu=True),
    kernels._norm: dict(padded=4096, gated=True, centred=False),
    narrow_kernel._find: dict(share=16384, block=1024, padded=32, with_penalty=True),
    narrow_kernel._choose: dict(total=512, padded=32),
}
for kernel, fixed in constants.items():
    names = kernel.arg_names
    signature = {name: "constexpr" if name in fixed else types.get(name, "i32") for name in names}
    source = ASTSource(kernel, signature, {(names.index(name),): value for name, value in fixed.items()})
    print(kernel.__name__, "cubin" in compile(source, target=GPUTarget("cuda", 90, 32)).asm)
"""


def test_kernels_compile_for_a_gpu_that_is_not_here():
    pytest.importorskip("triton")
    assert run(COMPILED) == [
        f"{name} True" for name in ("_delta_rule", "_convolve", "_norm", "_find", "_choose")
    ]


class Kernel:
    """Stands in for the module of the kernels that draw tokens."""

    def __init__(self, draw):
        self.draw = draw


def failing(*_):
    raise RuntimeError("out of registers")


@pytest.mark.parametrize(
    ("draw", "report", "remark"),
    [
        (narrow.plain, "tokens drawn by kernels", None),
        (lambda *given: narrow.plain(*given) + 1, "tokens drawn in plain torch", "it drew other tokens"),
        (failing, "tokens drawn in plain torch", "out of registers"),
    ],
)
def test_a_kernel_that_draws_is_tried_before_it_is_used(draw, report, remark, monkeypatch):
    example = narrow.example(torch.device("cpu"))
    monkeypatch.setattr(drawing, "example", lambda _device: example)
    monkeypatch.setitem(sys.modules, "sdtool.engine.narrow_kernel", Kernel(draw))
    choice = drawing.choose(torch.device("cuda"))
    assert choice.report == report
    assert (choice.draw is draw) == (remark is None)
    assert len(choice.remarks) == (remark is not None)
    assert all(remark in told for told in choice.remarks)


def test_a_kernel_does_not_draw_on_another_device_than_the_current_one(monkeypatch):
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
    choice = drawing.choose(torch.device("cuda", 1))
    assert choice.draw is narrow.plain
    assert "the logits are on cuda:1, and kernels run on device 0" in choice.remarks[0]


def test_what_draws_on_the_cpu_draws_the_same():
    choice = drawing.choose(torch.device("cpu"))
    assert choice.draw is not narrow.plain
    given = narrow.example(torch.device("cpu"))
    assert torch.equal(choice.draw(*given), narrow.plain(*given))


# As flash-linear-attention does it: float32 is rounded to the 10 bits of TF32 before products, and tensors
# without data bring the process down.
FAKE_FLA = """
import torch
from torch.nn import functional

def rounded(x):
    assert x.device.type != "meta", "an illegal memory access was encountered"
    if x.dtype != torch.float32:
        return x
    return (x.view(torch.int32) & ~0x1FFF).view(torch.float32)

def chunk_gated_delta_rule(q, k, v, g, beta, initial_state=None, output_final_state=False,
                           use_qk_l2norm_in_kernel=False):
    return fused_recurrent_gated_delta_rule(
        *map(rounded, (q, k, v)), g, beta, initial_state, output_final_state, use_qk_l2norm_in_kernel)

def fused_recurrent_gated_delta_rule(q, k, v, g, beta, initial_state=None, output_final_state=False,
                                     use_qk_l2norm_in_kernel=False):
    from transformers.models.qwen3_5 import modeling_qwen3_5 as model
    rounded(q)
    return model.torch_recurrent_gated_delta_rule.__wrapped__(
        q, k, v, g=g, beta=beta, initial_state=initial_state, output_final_state=output_final_state,
        use_qk_l2norm_in_kernel=use_qk_l2norm_in_kernel)
"""

WITH_FLA = """
import torch, tiny
from sdtool.checkpoint import skeleton
from sdtool.config import Setting
from sdtool.engine import Completion, Request, memory
from sdtool.engine.slots import SlotEngine

model = tiny.model("qwen3_5")
plan = memory.plan(skeleton(model.config), total=memory.GIB, cap=100)
assert plan.row.state > 0
engine = SlotEngine(model, cap=8, end_tokens=frozenset(), batch_size=3, prompt_room=16)
assert engine._reader.in_batches and engine._reader.in_chunks
setting = Setting("greedy", temperature=0.0)
requests = [Request(n, tuple(range(3, 6 + n)), setting, n) for n in range(4)]
print(sum(isinstance(event, Completion) for event in engine.run(iter(requests))), "rollouts")
"""


def test_flash_linear_attention_changes_neither_the_trial_nor_the_plan(tmp_path):
    (tmp_path / "fla").mkdir()
    (tmp_path / "fla" / "__init__.py").write_text(FAKE_FLA, encoding="utf-8")
    assert run(WITH_FLA, tmp_path)[-1] == "4 rollouts"


@pytest.mark.slow
def test_the_script_for_a_gpu_runs_on_a_cpu():
    script = HERE.parents[1] / "benches" / "gpu_decode.py"
    parts = ["steps", "profile", "drawing", "useful tokens", "prompts", "memory"]
    done = subprocess.run(
        [sys.executable, script, "--miniature", "--parts", *parts],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert [line for line in done.stdout.splitlines() if line.startswith("## ")] == [
        f"## {part.capitalize()}" for part in parts
    ]
    assert "failed" not in done.stdout
    assert "out of memory" not in done.stdout
