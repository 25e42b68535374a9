"""Decode steps as CUDA graphs, as far as a machine without a GPU can tell.

What a graph needs of a step is checked on a device that is faked: tensors without data that say they are on
CUDA, with torch's own rules for what may meet what.
"""

import contextlib
import inspect
import types

import pytest
import tiny
import torch
from sdtool.engine import attention, decoder, drawing, graphs, startup, trial
from sdtool.engine.graphs import DecodeGraphs
from sdtool.engine.slots import SlotEngine
from test_slots import END, SETTINGS, completions, flips, requests, slot_engine
from torch._subclasses.fake_tensor import (
    DataDependentOutputException,
    DynamicOutputShapeException,
    FakeTensorMode,
)
from torch.nn.attention import SDPBackend, sdpa_kernel, varlen
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

FAMILIES = ["qwen3_5", "llama", "gemma3"]


class HostTraffic(TorchDispatchMode):
    """Notes the operations that touch a tensor of the host, which a capture forbids."""

    def __init__(self):
        super().__init__()
        self.found = []

    def __torch_dispatch__(self, operation, _types, args=(), kwargs=None):
        result = operation(*args, **(kwargs or {}))
        tensors = [leaf for leaf in tree_leaves((args, kwargs, result)) if isinstance(leaf, torch.Tensor)]
        if any(tensor.device.type != "cuda" for tensor in tensors):
            self.found.append(str(operation))
        return result


class AsksForAValue(attention.PagewiseVarlen):
    def prepare(self, places, sizes):
        super().prepare(places, sizes)
        int(places.used().max())


class AsksHowMany(attention.PagewiseVarlen):
    def prepare(self, places, sizes):
        super().prepare(places, sizes)
        places.used().nonzero()


class BringsValues(attention.PagewiseVarlen):
    def prepare(self, places, sizes):
        super().prepare(places, sizes)
        torch.tensor([1, 2, 3, 4]).to(places.table.device)


def host_traffic(family, backend, monkeypatch):
    """What a decode step of four rows, on a CUDA device that is faked, has to do with the host."""
    monkeypatch.setattr(startup, "choose", lambda *_, **__: (backend, []))
    # There are no values to compare.
    monkeypatch.setattr(trial, "run", lambda *_: trial.Findings())
    monkeypatch.setattr(trial, "error", lambda *_: 0.0)
    monkeypatch.setattr(trial, "_numbers", lambda _: True)
    real = tiny.model(family)
    with FakeTensorMode():
        with torch.device("cuda"):
            model = type(real)._from_config(real.config, dtype=torch.bfloat16).eval()
        engine = SlotEngine(model, cap=40, end_tokens=[END], batch_size=8, memory=2**24)
        assert engine._decoder.graphs.enabled
        # The choice between flash and cuDNN would ask a real device.
        with torch.no_grad(), sdpa_kernel(SDPBackend.FLASH_ATTENTION), HostTraffic() as traffic:
            logits, tokens = engine._decoder.compute(4)
    assert logits.shape == (4, 322)
    assert logits.device.type == tokens.device.type == "cuda"
    return traffic.found


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("kind", [attention.Varlen, attention.PagewiseVarlen])
def test_a_decode_step_has_nothing_to_do_with_the_host(family, kind, monkeypatch):
    if kind is attention.Varlen and "block_table" not in inspect.signature(varlen.varlen_attn).parameters:
        pytest.skip("this torch has no block tables")
    assert host_traffic(family, kind(), monkeypatch) == []


class NotLaunched:
    """A Triton kernel without a device."""

    def __getitem__(self, _grid):
        return lambda *_, **__: None


def test_the_kernels_that_draw_tokens_are_launched_without_the_host(monkeypatch):
    kernels = pytest.importorskip("sdtool.engine.narrow_kernel", reason="no Triton", exc_type=ImportError)
    for name in ("_find", "_choose"):
        monkeypatch.setattr(kernels, name, NotLaunched())
    monkeypatch.setattr(kernels, "plain", None)
    monkeypatch.setattr(drawing, "choose", lambda _: drawing.Choice(kernels.draw, "by kernels"))
    assert host_traffic("qwen3_5", attention.PagewiseVarlen(), monkeypatch) == []


@pytest.mark.parametrize(
    ("backend", "refusal"),
    [(AsksForAValue(), DataDependentOutputException), (AsksHowMany(), DynamicOutputShapeException)],
)
def test_a_step_that_waits_for_the_device_is_noticed(backend, refusal, monkeypatch):
    with pytest.raises(refusal):
        host_traffic("llama", backend, monkeypatch)


def test_a_step_that_brings_values_from_the_host_is_noticed(monkeypatch):
    assert host_traffic("llama", BringsValues(), monkeypatch) != []


class RepeatedSteps(DecodeGraphs):
    """Stands in for CUDA graphs on the CPU: a captured step is the step, computed again into one buffer."""

    wrong = 0.0

    def __init__(self, decode, most, _device):
        # The trial in float32 has one row and no graphs.
        super().__init__(decode, most, torch.device("cpu") if most > 1 else None)

    def _warm_up(self, size):
        return self._decode(size)

    def _capture(self, size):
        step, kept = self._decode, (torch.empty(size, 322), torch.empty(size, dtype=torch.int64))

        def replay():
            logits, tokens = step(size)
            kept[0].copy_(logits + self.wrong * torch.arange(322))
            kept[1].copy_(tokens)

        self._graphs[size] = types.SimpleNamespace(replay=replay), kept
        return True


@pytest.mark.parametrize("family", ["qwen3_5", "gemma3"])
def test_rows_that_only_fill_a_graph_change_nothing(family, monkeypatch):
    model = tiny.model(family)
    work = requests(9, SETTINGS)
    expected = completions(slot_engine(model, 7, cap=20), work)
    monkeypatch.setattr(decoder, "DecodeGraphs", RepeatedSteps)
    engine = slot_engine(model, 7, cap=20)
    assert flips(model, work, completions(engine, work), expected) == 0
    assert set(engine._decoder.graphs._graphs) <= {1, 2, 4, 7}
    assert len(engine._decoder.graphs._graphs) > 1


def test_graphs_that_compute_something_else_are_not_used(monkeypatch):
    model = tiny.model("qwen3_5")
    work = requests(4, SETTINGS)
    expected = completions(slot_engine(model, 3, cap=8), work)
    monkeypatch.setattr(decoder, "DecodeGraphs", RepeatedSteps)
    monkeypatch.setattr(RepeatedSteps, "wrong", 0.1)
    engine = slot_engine(model, 3, cap=8)
    assert not engine._decoder.graphs.enabled
    assert "run eagerly: with CUDA graphs the logits are off by" in engine._decoder.graphs.report
    assert completions(engine, work) == expected


@pytest.fixture
def captures(monkeypatch):
    """Puts notes in place of streams and captures; the value is the list of what was done."""
    done = []

    @contextlib.contextmanager
    def within(name):
        done.append(f"enter {name}")
        try:
            yield
        finally:
            done.append(f"leave {name}")

    class Stream:
        def __init__(self, _device):
            self.name = "side"

        def wait_stream(self, other):
            done.append(f"{self.name} waits for {other.name}")

    def capture(_graph, _pool, stream, *, capture_error_mode):
        assert stream.name == "side"
        assert capture_error_mode == "thread_local"
        return within("capture")

    main = Stream(None)
    main.name = "main"
    fakes = {
        "CUDAGraph": lambda: types.SimpleNamespace(replay=lambda: done.append("replay")),
        "Stream": Stream,
        "current_stream": lambda _device: main,
        "stream": lambda stream: within(stream.name),
        "graph": capture,
        "graph_pool_handle": lambda: (0, 1),
    }
    monkeypatch.setattr(graphs.torch, "cuda", types.SimpleNamespace(**fakes))
    return done


def test_a_size_is_warmed_up_then_captured_then_replayed(captures):
    def decode(rows):
        captures.append(f"decode {rows}")
        return (torch.zeros(rows, 3),)

    steps = DecodeGraphs(decode, 20, torch.device("cuda", 1))
    aside = ["side waits for main", "enter side", "leave side", "main waits for side"]
    assert steps(3)[0].shape == (3, 3)
    assert captures == [*aside[:2], "decode 4", *aside[2:]]
    captures.clear()
    assert steps(4)[0].shape == (4, 3)
    assert captures == [*aside[:2], "enter capture", "decode 4", "leave capture", *aside[2:], "replay"]
    captures.clear()
    assert steps(3)[0].shape == (3, 3)
    assert captures == ["replay"]
    captures.clear()
    steps(18)
    steps.forget()
    steps(3)
    steps(3)
    assert [note for note in captures if "decode" in note or note == "replay"] == [
        "decode 20", "decode 4", "decode 4", "replay",
    ]  # fmt: skip


def test_after_a_failed_capture_steps_run_eagerly_on_the_stream_they_had(captures):
    def decode(rows):
        if "enter capture" in captures and "leave capture" not in captures:
            raise RuntimeError("operation not permitted when stream is capturing")
        return (torch.zeros(rows, 3),)

    steps = DecodeGraphs(decode, 4, torch.device("cuda"))
    assert [steps(4)[0].shape for _ in range(3)] == [(4, 3)] * 3
    assert captures[-3:] == ["leave capture", "leave side", "main waits for side"]
    assert not steps.enabled
    assert "the capture of a CUDA graph failed: operation not permitted" in steps.report
