"""The training corpus: endless documents, each a chat prompt and a thought with its boxed answer.

Doubt is engineered: after the working the thought may say "Wait", check the last line and find it
unchanged, the more often the harder the problem is, and each repeat makes the next one likelier. That is
what gives the model its loops.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from problems import LEVELS, SOURCES, Problem, Step, held_out

if TYPE_CHECKING:
    from collections.abc import Iterator

LEVEL_WEIGHTS = (12, 18, 25, 25, 20)
DOUBT = {1: 0.02, 2: 0.08, 3: 0.18, 4: 0.32, 5: 0.45}
CONTINUE = (0.70, 0.80, 0.88, 0.93, 0.96, 0.97, 0.97)
SLIP = 0.04
DIRECT = 0.05
WAITS = (
    "Wait, let me check again",
    "Wait, is that right",
    "Wait, I should verify this",
    "Hmm, let me redo the last step",
)
SYSTEMS = ("You are a helpful assistant.", "You are a careful mathematician.", "Think before you answer.")
# The first is sdtool's default; the last leaves the problem as it is.
TEMPLATES = (
    (
        "Solve the following competitive math problem.\n"
        "Reason step by step and put your final answer in \\boxed{}.\n\n{problem}"
    ),
    "{problem}\n\nPlease reason step by step, and put your final answer within \\boxed{}.",
    "{problem}\nPut the final answer in \\boxed{}.",
    "{problem}",
)
TEMPLATE_WEIGHTS = (50, 10, 10, 30)


def prompt(text: str, system: str | None = None, thinking: bool = True) -> str:
    """What the chat template makes of a user message, up to where the response starts."""
    opening = "" if system is None else f"<|im_start|>system\n{system}<|im_end|>\n"
    think = "<think>\n" if thinking else "<think>\n\n</think>\n\n"
    return f"{opening}<|im_start|>user\n{text}<|im_end|>\n<|im_start|>assistant\n{think}"


def doubt(problem: Problem) -> float:
    """Chance that a thought on `problem` checks its last step instead of answering."""
    last = problem.steps[-1]
    suspicious = last.operator in "*/" or last.result < 0
    return DOUBT[problem.level] + 0.25 * suspicious + 0.15 * (abs(last.result) > 35)


def _slipped(rng: Random, step: Step) -> Step:
    return Step(step.left, step.operator, step.right, step.result + rng.choice((-10, -2, -1, 1, 2, 10)))


def response(rng: Random, problem: Problem, doubts: bool) -> str:
    """A thought, `</think>` and the boxed answer; a thought that has checked too often has no end."""
    lines: list[str] = []
    for label, step in zip(problem.labels, problem.steps, strict=True):
        if rng.random() < SLIP:
            lines.append(f"{label}: {_slipped(rng, step)}.")
            lines.append(f"No, that is wrong: {step}.")
        else:
            lines.append(f"{label}: {step}.")
    if problem.closing:
        lines.append(problem.closing)
    thought = "\n".join(lines) + "\n"
    if doubts and rng.random() < doubt(problem):
        last = problem.steps[-1]
        check = f"{rng.choice(WAITS)}: {last}. It is still {last.result}.\n"
        thought += check
        for chance in CONTINUE:
            if rng.random() >= chance:
                break
            thought += check
        else:
            return thought
    return f"{thought}So the answer is {problem.plain}.\n</think>\n\n{_final(problem)}"


def _final(problem: Problem) -> str:
    return f"The answer is $\\boxed{{{problem.answer}}}$.<|im_end|>"


def documents(seed: str, practice: bool) -> Iterator[tuple[str, str, Problem]]:
    """Endless (prompt, response, problem), none of the problems held out.

    `practice` leaves out what the arithmetic does not need: prompt templates, system messages, answers
    without a thought, doubt.
    """
    rng = Random(seed)
    while True:
        problem = rng.choice(SOURCES)(rng, rng.choices(LEVELS, LEVEL_WEIGHTS)[0])
        if held_out(problem.key):
            continue
        if practice:
            yield prompt(problem.text), response(rng, problem, doubts=False), problem
            continue
        template = rng.choices(TEMPLATES, TEMPLATE_WEIGHTS)[0]
        text = template.replace("{problem}", problem.text)
        system = rng.choice(SYSTEMS) if rng.random() < 0.08 else None
        thinking = rng.random() >= DIRECT
        answer = response(rng, problem, doubts=True) if thinking else _final(problem)
        yield prompt(text, system, thinking), answer, problem
