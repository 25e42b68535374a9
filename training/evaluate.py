"""Measure the embedded model on all its problems, three seeds, and print the tables of README.md.

    python training/evaluate.py

Every figure is a mean over problems of each problem's mean over the seeds, with sdtool's interval over
problems; comparisons are paired by problem.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from functools import partial
from importlib.resources import as_file, files

import numpy as np
import torch
from sdtool import grade
from sdtool import problems as problem_sets
from sdtool.config import PRESETS, Setting
from sdtool.generation import rollouts
from sdtool.grading import looped
from sdtool.prompts import PromptFormat
from sdtool.statistics import clustered_mean, paired_difference
from transformers import AutoModelForCausalLM, AutoTokenizer

CAP = 256
MIDDLE = PRESETS["general-no-presence"]
FREE = Setting("free")
SETTINGS = (
    *PRESETS.values(),
    *(replace(MIDDLE, name=f"T={t:g}", temperature=t) for t in (0.2, 1.3, 1.5)),
    *(replace(MIDDLE, name=f"min_p={cut:g}", min_p=cut) for cut in (0.05, 0.1, 0.2)),
    *(
        replace(FREE, name=f"free, T={t:g}" + (f", min_p={cut:g}" if cut else ""), temperature=t, min_p=cut)
        for t in (1.5, 2.0)
        for cut in (0.0, 0.1)
    ),
)
COMPARED = (
    ("length_stop", "general", "general-no-presence"),
    ("accuracy", "general", "general-no-presence"),
    ("accuracy", "precise", "general-no-presence"),
    ("accuracy", "T=1.5", "precise"),
    ("accuracy", "T=0.2", "precise"),
    ("accuracy", "min_p=0.2", "general-no-presence"),
    ("accuracy", "free, T=1.5, min_p=0.1", "free, T=1.5"),
    ("accuracy", "free, T=2, min_p=0.1", "free, T=2"),
)
METRICS = ("accuracy", "think_close", "boxed", "length_stop", "looped", "tokens")

Outcomes = dict[str, np.ndarray]


def measure(seed: int, limit: int | None) -> tuple[list[int], dict[str, Outcomes]]:
    """(level of each problem, [problems] of each metric by setting) under one seed."""
    torch.set_num_threads(1)
    with as_file(files("sdtool.embedded") / "model") as folder:
        model = AutoModelForCausalLM.from_pretrained(folder).eval()
        tokenizer = AutoTokenizer.from_pretrained(folder)
    problems = problem_sets.load(limit=limit)
    place = {problem.id: row for row, problem in enumerate(problems)}
    outcomes: dict[str, Outcomes] = {
        setting.name: {metric: np.zeros(len(problems)) for metric in METRICS} for setting in SETTINGS
    }
    plain = PromptFormat(template="{problem}")
    for rollout in rollouts(
        model, tokenizer, problems, SETTINGS, cap=CAP, seed=seed, batch_size=128, prompt_format=plain
    ):
        graded = grade(rollout.problem.gold, rollout.response, thinking=True)
        stopped = rollout.finish_reason == "length"
        values = (
            graded.correct,
            graded.think_closed,
            graded.boxed,
            stopped,
            stopped and looped(rollout.tokens),
            len(rollout.tokens),
        )
        for metric, value in zip(METRICS, values, strict=True):
            outcomes[rollout.setting.name][metric][place[rollout.problem.id]] = value
    return [int(problem.difficulty or 0) for problem in problems], outcomes


def percent(values: np.ndarray) -> str:
    """A rate in percent with its interval; `values` is [problems, seeds]."""
    rows = np.repeat(np.arange(len(values)), values.shape[1])
    mean = clustered_mean(values.ravel(), rows)
    return f"{100 * mean.estimate:.1f} [{100 * mean.low:.1f}, {100 * mean.high:.1f}]"


def main() -> None:
    """Print the tables as Markdown."""
    parser = argparse.ArgumentParser(description="Measure the embedded model.")
    parser.add_argument("--limit", type=int, help="only the first so many problems")
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()
    with torch.multiprocessing.get_context("spawn").Pool(arguments.seeds) as pool:
        measured = pool.map(partial(measure, limit=arguments.limit), range(arguments.seeds))
    levels = np.array(measured[0][0])
    outcomes = {
        setting.name: {
            metric: np.stack([by_setting[setting.name][metric] for _, by_setting in measured], axis=1)
            for metric in METRICS
        }
        for setting in SETTINGS
    }
    print(f"{len(levels)} problems, {arguments.seeds} seeds, cap {CAP}; percent with 95 % intervals.\n")
    print("| setting | accuracy | think-close | boxed | length-stop | of these looped | mean tokens |")
    print("|---|---|---|---|---|---|---|")
    for name, outcome in outcomes.items():
        rates = " | ".join(percent(outcome[metric]) for metric in METRICS[:4])
        stops = int(outcome["length_stop"].sum())
        loops = f"{int(outcome['looped'].sum())} of {stops}"
        print(f"| {name} | {rates} | {loops} | {outcome['tokens'].mean():.0f} |")
    print("\n| accuracy at level | " + " | ".join(map(str, sorted(set(levels)))) + " |")
    print("|---" * (1 + len(set(levels))) + "|")
    for name, outcome in outcomes.items():
        cells = " | ".join(percent(outcome["accuracy"][levels == level]) for level in sorted(set(levels)))
        print(f"| {name} | {cells} |")
    print("\n| metric | difference | points | p |\n|---|---|---|---|")
    for metric, b, a in COMPARED:
        pair = paired_difference(outcomes[b][metric].mean(axis=1), outcomes[a][metric].mean(axis=1))
        points = f"{100 * pair.estimate:+.1f} [{100 * pair.low:+.1f}, {100 * pair.high:+.1f}]"
        print(f"| {metric} | {b} less {a} | {points} | {pair.p_value:.2g} |")


if __name__ == "__main__":
    main()
