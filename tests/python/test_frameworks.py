"""The integrations in the frameworks themselves, where these are installed (trl, inspect_ai,
lm_eval, verl, verifiers, lighteval).

Run with `-m slow`. Each needs neither a GPU nor a hub.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

pytestmark = pytest.mark.slow
OFFLINE = os.environ | {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "OMP_NUM_THREADS": "1"}


def test_trl_takes_grpo_steps_on_the_embedded_model(tmp_path):
    trl = pytest.importorskip("trl")
    from datasets import Dataset
    from sdtool.checkpoint import EMBEDDED_MODEL
    from sdtool.integrations.trl import math_reward

    rows = [
        {
            "prompt": f"Start with {n}. Multiply by 2. What is the result?",
            "solution": f"It is $\\boxed{{{2 * n}}}$.",
        }
        for n in range(2, 6)
    ]
    seen = []

    def reward(completions, solution, **columns):
        found = math_reward(completions, solution, **columns)
        seen.extend(found)
        return found

    trainer = trl.GRPOTrainer(
        model=str(EMBEDDED_MODEL),
        reward_funcs=reward,
        train_dataset=Dataset.from_list(rows),
        args=trl.GRPOConfig(
            output_dir=str(tmp_path), per_device_train_batch_size=4, num_generations=4, max_steps=2,
            max_completion_length=64, use_cpu=True, bf16=False, report_to=[], logging_steps=1,
            mask_truncated_completions=True, save_strategy="no",
        ),
    )  # fmt: skip
    trainer.train()
    assert len(seen) == 8
    assert set(seen) <= {0.0, 1.0}
    assert any("boxed" in name for entry in trainer.state.log_history for name in entry)


def test_inspect_evaluates_and_scores_its_log_again(tmp_path, monkeypatch):
    inspect_ai = pytest.importorskip("inspect_ai")
    # The mock model counts tokens with an encoding from the network.
    counting = SimpleNamespace(encode=lambda text, **_: list(text))
    monkeypatch.setattr("tiktoken.get_encoding", lambda _: counting)
    from inspect_ai.dataset import Sample
    from inspect_ai.model import ModelOutput, get_model
    from sdtool.integrations.inspect import boxed

    samples = [Sample("1+1?", target="2"), Sample("1+2?", target=["4", "3"]), Sample("2+2?", target="4")]
    answers = ["\\boxed{2}", "<think>\\boxed{4}</think> \\boxed{3}", "four"]
    model = get_model(
        "mockllm/model",
        custom_outputs=[ModelOutput.from_content("mockllm/model", answer) for answer in answers],
    )
    (log,) = inspect_ai.eval(
        inspect_ai.Task(dataset=samples, scorer=boxed()), model=model, log_dir=str(tmp_path), display="none",
        max_connections=1, max_samples=1,
    )  # fmt: skip
    assert log.status == "success"
    assert [sample.scores["boxed"].value for sample in log.samples] == ["C", "C", "N"]
    assert log.samples[0].scores["boxed"].metadata["reason"] == "exact-string"
    path = log.location.removeprefix("file://")
    done = subprocess.run(
        [sys.executable, "-m", "inspect_ai", "score", path, "--scorer", "sdtool/boxed", "--action", "append",
         "--overwrite", "--display", "none"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout


def test_lm_eval_runs_a_task_of_the_folder(tmp_path):
    pytest.importorskip("lm_eval")
    folder = subprocess.run(
        [sys.executable, "-m", "sdtool", "integrations", "lm-eval"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    rows = [{"problem": f"{n}+1?", "answer": str(n + 1)} for n in range(3)]
    problems = tmp_path / "problems.jsonl"
    problems.write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "mine.yaml").write_text(
        f"include: {folder}/sdtool.yaml\ntask: mine\ndataset_path: json\n"
        f"dataset_kwargs: {{data_files: {{test: {problems}}}}}\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "lm_eval", "--model", "dummy", "--include_path", str(tmp_path),
         "--tasks", "mine", "--output_path", str(tmp_path / "out"), "--log_samples"],
        capture_output=True, text=True, env=OFFLINE, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    (results,) = (tmp_path / "out").rglob("results_*.json")
    found = json.loads(results.read_text())["results"]["mine"]
    assert found["accuracy,none"] == found["boxed,none"] == 0.0


def test_verl_loads_the_function_by_its_name():
    loader = pytest.importorskip("verl.utils.import_utils")
    for name in ("compute_score", "thinking_compute_score"):
        function = loader.load_extern_object("pkg://sdtool.integrations.verl", name)
        assert function("math", "</think> \\boxed{2}", "2", {})["score"] == 1.0


def test_verifiers_scores_traces():
    vf = pytest.importorskip("verifiers.v1")
    import asyncio

    from sdtool.integrations.verifiers import math_reward

    class Data(vf.TaskData):
        answer: str

    class Task(vf.Task[Data, vf.State, vf.TaskConfig]):
        @vf.reward(weight=1.0)
        async def correct(self, trace: vf.Trace) -> float:
            return math_reward(trace, self.data.answer)

    def scored(content, stop_condition=None):
        task = Task(Data(prompt="2+2?", answer="4"))
        message = {"role": "assistant", "content": content, "reasoning_content": "hm"}
        trace = vf.Trace[Data, vf.State, dict].model_validate(
            {
                "task": {"type": "Task", "data": task.data},
                "agent": {"config": {}},
                "nodes": [
                    {"message": {"role": "user", "content": "2+2? As \\boxed{}"}},
                    {"parent": 0, "message": message, "sampled": True},
                ],
                "stop_condition": stop_condition,
            }
        )
        asyncio.run(task.score(trace))
        return trace

    assert scored("\\boxed{4}").reward == 1.0
    assert scored("\\boxed{4}").info["sdtool"]["reason"] == "exact-string"
    assert scored("\\boxed{5}").reward == scored(None).reward == 0.0
    assert scored("\\boxed{4}", "max_output_tokens").reward == 0.0


def test_lighteval_computes_the_metric():
    metrics = pytest.importorskip("lighteval.metrics")
    from lighteval.models.model_output import ModelResponse
    from lighteval.tasks.requests import Doc
    from sdtool.integrations.lighteval import boxed, thinking_boxed

    docs = [
        Doc(query="2+2?", choices=["4"], gold_index=0),
        Doc(query="2+3?", choices=["6", "5"], gold_index=1),
    ]
    responses = [
        ModelResponse(text=["<think>\\boxed{5}</think> \\boxed{4}", "\\boxed{4}"]),
        ModelResponse(text=["</think> \\boxed{6}"]),
    ]
    found = metrics.apply_metric(responses, docs, [boxed, thinking_boxed])
    assert found == [{"boxed": 1.0, "thinking_boxed": 0.5}, {"boxed": 0.0, "thinking_boxed": 0.0}]
    assert boxed.get_corpus_aggregations()["boxed"]([row["boxed"] for row in found]) == 0.5
