"""The integrations without their frameworks: what is paid, what is told, and that nothing is loaded in vain.

`test_frameworks.py` runs them in the frameworks themselves.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from sdtool.cli import main
from sdtool.integrations import lm_eval, math_verify, rewards, swift, trl, verifiers, verl

NAMES = ("trl", "verl", "inspect", "lighteval", "verifiers", "swift", "lm_eval", "math_verify")
BAD_GOLD = "\\frac{1}{"
SOLUTION = "We add and find that the answer is $\\boxed{2}$."

# gold, response, what is paid, what a thinking model is paid
PAID = [
    ("2", "\\boxed{2}", 1.0, 0.0),
    ("2", "</think> \\boxed{2}", 1.0, 1.0),
    ("2", "<think> \\boxed{2}", 0.0, 0.0),
    ("2", "</think> \\boxed{3}", 0.0, 0.0),
    ("2", "</think> two", 0.0, 0.0),
    (SOLUTION, "</think> \\boxed{2}", 1.0, 1.0),
    (["1", "2"], "</think> \\boxed{2}", 1.0, 1.0),
    (2, "</think> \\boxed{2}", 1.0, 1.0),
    ("2\\%", "</think> \\boxed{2}", 0.0, 0.0),
    # The gold is at fault: nothing can be paid, whatever the response.
    (BAD_GOLD, "</think> \\boxed{2}", None, None),
    (BAD_GOLD, "so two", None, None),
    ("", "</think> \\boxed{2}", None, None),
]


def columns():
    return [list(column) for column in zip(*PAID, strict=True)]


def test_trl():
    golds, responses, paid, thinking = columns()
    table, metrics = {}, {}
    found = trl.math_reward(
        completions=responses, solution=golds, prompts=["?"] * len(golds), completion_ids=None,
        log_extra=table.__setitem__, log_metric=metrics.__setitem__,
    )  # fmt: skip
    assert found == paid
    assert trl.thinking_math_reward(responses, golds) == thinking
    messages = [[{"role": "assistant", "content": response}] for response in responses]
    assert trl.math_reward(messages, golds) == paid
    assert table["answer"][:2] == ["2", "2"]
    assert table["reason"][0] == "exact-string"
    assert set(metrics) == {"boxed", "undecided"}
    assert trl.math_reward([], []) == []
    assert trl.math_reward(["\\boxed{1}"], [None]) == [None]


def test_verl():
    for gold, response, paid, thinking in PAID:
        for function, expected in ((verl.compute_score, paid), (verl.thinking_compute_score, thinking)):
            found = function("any", response, gold, {"index": 0})
            assert found["score"] == (expected or 0.0)
            assert found["gold_at_fault"] == (expected is None)
    assert verl.compute_score("any", "\\boxed{2}", "2") == {
        "score": 1.0, "acc": 1.0, "pred": "2", "reason": "exact-string", "gold_at_fault": 0.0,
    }  # fmt: skip
    numpy = pytest.importorskip("numpy")
    assert verl.compute_score("any", "\\boxed{2}", numpy.array(["1", "2"], dtype=object))["score"] == 1.0


def test_swift(monkeypatch):
    golds, responses, paid, thinking = columns()
    rewards = SimpleNamespace(orms={})
    monkeypatch.setitem(sys.modules, "swift", SimpleNamespace(rewards=rewards))
    monkeypatch.setitem(sys.modules, "swift.rewards", rewards)
    swift.register()
    assert rewards.orms["sdtool"](args=None)(responses, solution=golds, messages=None) == paid
    assert rewards.orms["sdtool_thinking"]()(completions=responses, solution=golds) == thinking


def trace(content, *, thought=None, truncated=False):
    message = SimpleNamespace(role="assistant", content=content, reasoning_content=thought)
    return SimpleNamespace(
        assistant_messages=[message], last_reply=content or "", is_truncated=truncated, info={}
    )


def test_verifiers():
    for gold, response, paid, thinking in PAID:
        assert verifiers.math_reward(trace(response), gold) == (paid or 0.0)
        assert verifiers.thinking_math_reward(trace(response), gold) == (thinking or 0.0)
    kept = trace("\\boxed{2}", thought="hm")
    assert verifiers.thinking_math_reward(kept, "2") == 1.0
    assert kept.info["sdtool"]["reason"] == "exact-string"
    assert verifiers.math_reward(trace(None, thought="\\boxed{2}"), "2") == 0.0
    assert verifiers.math_reward(trace("\\boxed{2}", truncated=True), "2") == 0.0


def test_lm_eval():
    doc = {"problem": "?", "solution": SOLUTION, "answer": None}
    responses = ["</think> \\boxed{2}", "\\boxed{3}"]
    expected = {"accuracy": 0.5, "undecided": 0.0, "boxed": 1.0, "think_close": 0.5}
    assert lm_eval.process_results(doc, responses) == expected
    assert lm_eval.process_results(doc, [responses]) == expected
    assert lm_eval.thinking_process_results(doc, responses)["boxed"] == 0.5
    with pytest.raises(KeyError, match="gold, answer, solution"):
        lm_eval.process_results({"problem": "?"}, responses)


@pytest.mark.parametrize(
    ("gold", "target", "equal"),
    [
        ("${1,3} \\cup {2,4}$", "${1,2,3,4}$", True),
        ("$\\frac12$", "the answer is $0.5$", True),
        ("\\boxed{5}", "<think> \\boxed{6} </think> so \\boxed{5}", True),
        ("5", "a long text\n#### 5", True),
        ("5", "\\boxed{5} \\boxed{6", False),
        ("5", "<think> it is 5", False),
        ("5", "6", False),
        ("5", "", False),
        ("", "", False),
    ],
)
def test_math_verify(gold, target, equal):
    assert math_verify.verify(math_verify.parse(gold), math_verify.parse(target)) is equal


def test_math_verify_takes_several_answers():
    assert math_verify.verify(["1", "2"], ["3", "2"], timeout_seconds=5)
    assert math_verify.verify("1/2", 0.5)
    assert not math_verify.verify([], ["2"])


def test_math_verify_says_what_it_does_not_use():
    with pytest.warns(UserWarning, match="float_rounding has no counterpart"):
        math_verify.verify("1", "1", float_rounding=3)
    with pytest.warns(UserWarning, match="extraction_config"):
        math_verify.parse("1", extraction_config=[])


def test_golds_are_checked_once(monkeypatch):
    seen = []
    monkeypatch.setattr(
        rewards.sdtool, "check_gold", lambda gold, _policy: seen.append(gold) or SimpleNamespace(ok=True)
    )
    rewards._checked.cache_clear()
    trl.math_reward(["\\boxed{3}"] * 8, ["7"] * 8)
    rewards._checked.cache_clear()
    assert seen == ["7"]


def test_no_integration_loads_its_framework():
    code = (
        "import importlib, sys\n"
        f"for name in {NAMES}: importlib.import_module(f'sdtool.integrations.{{name}}')\n"
        "print([name for name in ('trl', 'verl', 'inspect_ai', 'lighteval', 'verifiers', 'swift', 'lm_eval',"
        " 'math_verify', 'torch', 'numpy', 'typer') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


@pytest.mark.parametrize("name", ["inspect", "lighteval"])
def test_a_missing_framework_is_named(name):
    module = importlib.import_module(f"sdtool.integrations.{name}")
    framework = {"inspect": "inspect_ai"}.get(name, name)
    if importlib.util.find_spec(framework) is None:
        with pytest.raises(ModuleNotFoundError, match=framework):
            module.boxed  # noqa: B018
    with pytest.raises(AttributeError, match="no attribute 'other'"):
        module.other  # noqa: B018


@pytest.mark.parametrize(("framework", "name"), [("lm-eval", "sdtool.yaml"), ("swift", "plugin.py")])
def test_paths_that_frameworks_want(framework, name, capsys):
    assert main(["integrations", framework]) == 0
    path = Path(capsys.readouterr().out.strip())
    assert (path / name if path.is_dir() else path).is_file()
    # It is put first among the folders that modules are looked for in: nothing there may hide another module.
    folder = path if path.is_dir() else path.parent
    assert not {each.stem for each in folder.iterdir()} & {*NAMES, "inspect", "math"}


def test_without_typer_the_grader_works_and_the_command_line_says_what_it_needs():
    code = (
        "import sys; sys.modules['typer'] = None\n"
        "import sdtool; assert sdtool.grade('1', '\\\\boxed{1}')\n"
        "from sdtool.integrations import trl; assert trl.math_reward(['\\\\boxed{1}'], ['1']) == [1.0]\n"
        "from sdtool.cli import main; sys.exit(main(['presets']))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (2, "")
    assert "pip install typer" in run.stderr


def test_without_the_file_formats_the_grader_works_and_regrade_says_what_it_needs():
    code = (
        "import sys, sdtool._native as native; del native.join, native.regrade_files\n"
        "import sdtool; assert sdtool.grade('1', '\\\\boxed{1}')\n"
        "try: sdtool.regrade\n"
        "except ImportError as error: print(error)\n"
        "from sdtool.cli import main; sys.exit(main(['regrade', 'x.jsonl', '--out', 'y']))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    sentence = "this sdtool was built without the Cargo feature `files`"
    assert run.returncode == 2
    assert run.stdout.startswith(sentence)
    assert run.stderr.startswith(f"sdtool: {sentence}")
