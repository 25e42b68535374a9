r"""How many problems pay a span of their own text, per policy, beside Math-Verify.

A model that is trained against a grader finds what pays without work. The cheapest trick is to box a
formula of the problem itself: `\boxed{513^2-487^2}` where 26000 is asked for. For each problem every `$…$`
span is boxed and graded; a problem counts once.

    python benches/prompt_echo.py PROBLEMS.jsonl [--examples 10]

The file has `problem` and `answer`. Math-Verify takes part where it is installed.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

import sdtool

SPAN = re.compile(r"\$\$?([^$]+?)\$\$?|\\\((.+?)\\\)|\\\[(.+?)\\\]", re.DOTALL)
NUMBER = re.compile(r"\s*-?(\d[\d,]*(\.\d+)?|\\d?frac\{\d+\}\{\d+\}|\d+/\d+)\s*")


def spans(problem: str) -> list[str]:
    """The formulas of a text, each once, without the blank ones."""
    found = ("".join(match.groups(default="")).strip() for match in SPAN.finditer(problem))
    return list(dict.fromkeys(filter(None, found)))


def graders():
    def under(policy):
        return lambda gold, answer: bool(sdtool.grade(gold, f"\\boxed{{{answer}}}", policy))

    yield "default", under(sdtool.Policy())
    yield "reward", under(sdtool.Policy.reward())
    yield "strict", under(sdtool.Policy.strict())
    try:
        from math_verify import parse, verify
    except ImportError:
        return
    yield "Math-Verify", lambda gold, answer: verify(parse(f"${gold}$"), parse(f"\\boxed{{{answer}}}"))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("problems", type=Path)
    parser.add_argument("--examples", type=int, default=0)
    asked = parser.parse_args()
    rows = [json.loads(line) for line in asked.problems.read_text(encoding="utf-8").splitlines()]
    numbers = sum(bool(NUMBER.fullmatch(str(row["answer"]))) for row in rows)
    print(f"{len(rows)} problems, {numbers} with a number for a gold")
    print(f"{'grader':<12} {'paid':>5} {'share':>7} {'paid where the gold is a number':>32}")
    for name, pays in graders():
        paid = []
        for row in rows:
            span = next((span for span in spans(row["problem"]) if pays(str(row["answer"]), span)), None)
            if span is not None:
                paid.append((str(row["answer"]), span))
        plain = sum(bool(NUMBER.fullmatch(gold)) for gold, _ in paid)
        share, of_numbers = len(paid) / max(len(rows), 1), plain / max(numbers, 1)
        print(f"{name:<12} {len(paid):>5} {share:>7.1%} {plain:>5} {of_numbers:>7.1%}")
        for gold, span in paid[: asked.examples]:
            print(f"    {gold!r} paid by {span!r}")


if __name__ == "__main__":
    main()
