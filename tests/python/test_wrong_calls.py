"""Wrong calls: each ends with exit code 2 and one line that says what is wrong, where, and what to do."""

import json
from pathlib import Path

import pytest
from runs import many, write_run
from sdtool.cli import main

PROBLEM = {"id": "a", "problem": "What is 1 + 1?", "answer": "2"}
FILES = {
    "problems.jsonl": [PROBLEM],
    "empty.jsonl": [],
    "textless.jsonl": [PROBLEM, {**PROBLEM, "id": "b", "problem": ""}],
    "goldless.jsonl": [PROBLEM, {**PROBLEM, "id": "b", "answer": None}],
    "twice.jsonl": [PROBLEM, PROBLEM],
    "ungraded.jsonl": [{"response": "2"}],
}
TOML = {
    "key.toml": "modell = 'x'",
    "type.toml": "samples = 'four'",
    "cap.toml": "max_new_tokens = '48m'",
    "setting.toml": "[settings.mine]\ntemp = 1",
    "torn.toml": "samples =",
    "none.toml": "setting = []",
}


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """A folder with a run and with files that are wrong in one way each."""
    monkeypatch.chdir(tmp_path)
    for name, rows in FILES.items():
        Path(name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    for name, text in TOML.items():
        Path(name).write_text(text)
    Path("broken").mkdir()
    Path("broken/config.json").write_text("{")
    Path("elsewhere").mkdir()
    Path("elsewhere/notes.txt").write_text("mine")
    Path("torn/rollouts").mkdir(parents=True)
    Path("torn/journal").mkdir()
    Path("torn/journal/worker-0.jsonl").write_text('[1]\n{"rollout": 5}\n{"rollout": {"problem_id": "a"}}\n')
    write_run(Path("other"), many(4, 1))
    write_run(Path("run"), many(4, 2) + many(4, 3, "general"))


TOYS = ("generate", "--model", "embedded", "--data")
CALLS = [
    # what generate is asked for
    ("generate --setting percise", "unknown setting 'percise' (did you mean 'precise'?); there are precise,"),
    ("generate --model ./nowhere --data embedded", "there is no model folder ./nowhere"),
    ("generate --model /nowhere/at/all --data embedded", "there is no model folder /nowhere/at/all"),
    ("generate --model broken --data embedded", "cannot load the tokenizer of broken"),
    ("generate --model Qwen/Qwen3.5-4B", "name the problems by --data, or say --data embedded"),
    ("generate --data problems.jsonl", "name one by --model, or say --model embedded"),
    ("generate --temperature -0.5", "temperature must be at least 0, not -0.5"),
    ("generate --temperature warm", "--temperature: 'warm' is not a number; several are written with commas"),
    (
        "generate --temperature 0,6",
        "--temperature: '0,6' can be read in two ways: write 0.6 for a decimal, 0.0,6.0",
    ),
    (
        "generate --temperature 0.6 1.0",
        "'1.0' is not an experiment (a .toml file); several values of an option",
    ),
    ("generate --top-p 95", "top_p must be above 0 and at most 1, not 95"),
    ("generate --top-k 2.5", "--top-k: '2.5' is not a whole number"),
    ("generate --min-p 1.5", "min_p must be between 0 and 1, not 1.5"),
    ("generate --presence-penalty 3", "presence_penalty must be between -2 and 2, not 3"),
    (
        "generate --max-new-tokens 48kb",
        "--max-new-tokens: '48kb' is not a number of tokens; write 49152 or 48k",
    ),
    ("generate --max-new-tokens 49,152", "--max-new-tokens: '49,152' is not a number of tokens"),
    ("generate --samples 0", "samples must be at least 1"),
    ("generate --samples many", "Invalid value for '--samples'"),
    ("generate --seed -1", "seed must be at least 0"),
    ("generate --engine vllm", "unknown engine 'vllm'; there are slots, generate"),
    ("generate --dtype fp16", "unknown dtype 'fp16'; there are auto, float32"),
    ("generate --workers 0", "--workers must be at least 1"),
    ("generate --prompt-template Answer.", "prompt_template must contain {problem}"),
    ("generate --colour", "--colour"),
    ("generate --quiet --verbose", "--quiet and --verbose exclude each other"),
    ((*TOYS, "problems.jsonl", "--close-tag", ""), "close_tag is empty; leave it out"),
    ((*TOYS, "problems.jsonl", "--split", "test"), "--split test: problems.jsonl is no dataset of the hub"),
    ("generate --evaluation", "--evaluation takes the table [evaluation] of an experiment"),
    ("generate --temperature nan", "temperature must be at least 0, not nan"),
    ("generate --max-new-tokens -5", "--max-new-tokens: '-5' is not a number of tokens"),
    # files that generate reads
    ("generate nowhere.toml", "cannot read the experiment nowhere.toml"),
    ("generate key.toml", "key.toml: unknown key 'modell' (did you mean 'model'?)"),
    ("generate type.toml", "type.toml: samples must be a whole number, not 'four'"),
    ("generate cap.toml", "max_new_tokens: '48m' is not a number of tokens"),
    ("generate setting.toml", "settings.mine: unknown key 'temp'"),
    ("generate torn.toml", "torn.toml is not TOML"),
    ("generate none.toml", "no settings; name at least one"),
    ("generate elsewhere", "cannot read the experiment elsewhere: Is a directory"),
    ((*TOYS, "nowhere.jsonl"), "there is no file nowhere.jsonl"),
    ((*TOYS, "empty.jsonl"), "empty.jsonl"),
    ((*TOYS, "textless.jsonl"), "row 1 (id 'b'): the problem has no text"),
    ((*TOYS, "goldless.jsonl"), "row 1 (id 'b'): the problem has no gold answer"),
    ((*TOYS, "twice.jsonl"), "several problems have the same id, 'a'"),
    ((*TOYS, "problems.jsonl", "--gold-column", "final"), "has no column 'final'"),
    ((*TOYS, "problems.jsonl", "--out", "elsewhere"), "elsewhere exists and is not a run"),
    # the other commands
    ("repot run", "No such command 'repot'"),
    ("data", "Missing command"),
    ("report", "Missing argument 'RUN...'"),
    ("report nowhere", "nowhere: no such run directory or file"),
    ("report run --cap 16x", "--cap: '16x' is not a number of tokens"),
    ("report run --cap 2k", "cap 2,048 is above the run's own of 1,024"),
    ("report run --reference presice", "no setting 'presice'; there are: general, precise"),
    ("report ungraded.jsonl", "ungraded.jsonl: is not Parquet; grade it first: `python -m sdtool regrade"),
    (("report", "run", "--reference", ""), "no setting ''; there are: general, precise"),
    ("report elsewhere", "elsewhere: no Parquet files in it; grade it first: `python -m sdtool regrade"),
    ("report torn", "torn/journal: rollouts lack sample, setting; was this run written by"),
    ("report run run", "the same run is given twice"),
    ("report run --series run", "no setting has more than one step"),
    ("report run --check-cap 64", "run has no experiment.toml, so there is nothing to run again"),
    ("compare run nowhere", "nowhere: no such run directory or file"),
    ("compare run other --cluster stem", "--cluster stem: not every file has a column 'stem'"),
    ("compare run run", "name two of its settings by --setting-a and --setting-b"),
    ("compare run", "Missing argument 'RUN_B'"),
    ("power --difference 5", "--difference is a share between 0 and 1"),
    ("power --difference nan", "--difference is a share between 0 and 1"),
    ("power --accuracy 1", "an accuracy of 1 leaves nothing to find"),
    ("power --accuracy 0.99 --difference 0.05", "cannot be 5 points apart"),
    ("power --comparisons 0", "Invalid value for '--comparisons'"),
    ("power --from run --samples 8", "--samples 8: run has one per problem, which tells of no more"),
    ("power --from run --accuracy 0.5", "leave them out"),
    ("data build empty.jsonl --out set.parquet", "empty.jsonl: names no source"),
    ("data subset problems.jsonl --size 0 --out set.parquet", "a subset of 0 cannot be cut"),
    ("data subset elsewhere --size 1 --out set.parquet", "elsewhere"),
    ("export elsewhere --out rows.jsonl", "elsewhere"),
    ("export run --out rows.jsonl --drop-shortest nan", "drop_shortest must be a share"),
    ("diff run nowhere", "nowhere: no such file"),
    ("regrade nowhere.jsonl --out graded.parquet", "nowhere.jsonl"),
    ("grade 2", "Missing argument 'RESPONSE'"),
]


def words(call):
    return call.split() if isinstance(call, str) else list(call)


@pytest.mark.parametrize(("call", "message"), CALLS, ids=[" ".join(words(call)) for call, _ in CALLS])
def test_a_wrong_call_ends_in_one_line_and_exit_code_2(capsys, call, message):
    assert main(words(call)) == 2
    captured = capsys.readouterr()
    (line,) = [line for line in captured.err.splitlines() if line.startswith("sdtool: ")]
    assert message in line
    assert captured.out == ""


def test_ranks_without_a_launcher_are_told_what_is_not_set(capsys, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    for name in ("RANK", "MASTER_ADDR", "MASTER_PORT"):
        monkeypatch.delenv(name, raising=False)
    assert main(["generate", "--out", "ranks"]) == 2
    assert "RANK, MASTER_ADDR, MASTER_PORT is not set; use torchrun" in capsys.readouterr().err
