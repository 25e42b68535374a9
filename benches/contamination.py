"""What `data build --against` finds of planted rows, what it takes for one wrongly, and what it costs.

Half of the problems of the files are the set; the training rows are made of the other half, of problems of
the set in other numbers (neither may be found), and of 200 problems of the set, changed as collections do.

Usage: python benches/contamination.py PROBLEMS.jsonl... [--rows N] [--shape NAME] [--solution CHARACTERS]
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import re
import resource
import tempfile
import time
from pathlib import Path

from sdtool.validation import ProblemIndex, read_rows, training
from sdtool.validation.wording import statement

PROMPT = (
    "Solve the following math problem step by step. The last line of your response should be of the form "
    'Answer: $Answer (without quotes).\n\n{}\n\nRemember to put your answer after "Answer:".'
)
DRAWING = '[asy] size(5cm); pair A=(0,0), B=(13,0); draw(A--B); label("$A$", A, S); dot(B); [/asy]'
PLANTED = 200


def spaced(text):
    return re.sub(r"\$([A-Z]{2,6})\$", lambda name: f"${' '.join(name[1])}$", text)


CHANGES = {
    "as it is": lambda text: text,
    "prompt around": PROMPT.format,
    "prompt in line": "Solve the following math problem step by step: {}".format,
    "prompt behind": lambda text: f"{text.rstrip(' .')}\nPlease reason step by step, and box your answer.",
    "letters spaced": spaced,
    "drawing added": lambda text: f"{text}\n\n{DRAWING}",
    "no dollars": lambda text: text.replace("$", ""),
    "display math": lambda text: re.sub(r"\$([^$]{12,})\$", r"\\[\1\\]", text),
    "gold coded": lambda text: (
        f"{text.rstrip()} The answer can be written as $\\frac{{m}}{{n}}$, where $m$ and $n$ "
        "are relatively prime positive integers. Find $m+n$."
    ),
}
SHAPES = {
    "plain": lambda text, solution: {"problem": text, "solution": solution},
    "prompt": lambda text, solution: {"prompt": text, "solution": solution},
    "messages": lambda text, solution: {
        "messages": [{"role": "user", "content": text}, {"role": "assistant", "content": solution}]
    },
    "sharegpt": lambda text, solution: {
        "conversations": [{"from": "human", "value": text}, {"from": "gpt", "value": solution}]
    },
    "dapo": lambda text, solution: {
        "prompt": [{"role": "user", "content": PROMPT.format(text)}],
        "s": solution,
    },
    "text": lambda text, solution: {
        "text": f"<|im_start|>user\n{text}<|im_end|>\n<|im_start|>assistant\n{solution}"
    },
}


def in_other_numbers(text):
    return re.sub(r"\d+", lambda number: str(int(number[0]) + 7), text)


def training_rows(rng, problems, others, rows, solution):
    """Texts and solutions, the planted ones first: number i is problem i of the set."""
    sentences = [part for text in others for part in re.split(r"(?<=[.?!])\s+", text)]

    def prose(size):
        return " ".join(rng.choices(sentences, k=1 + size // 60))[:size]

    changes = list(CHANGES.values())
    planted = [changes[number % len(changes)](problems[number]) for number in range(PLANTED)]
    # Where all numbers are in the drawing, the wording is the same: only a gold can tell those apart.
    varied = [(text, in_other_numbers(text)) for text in problems]
    first = planted + others + [new for old, new in varied if statement(old) != statement(new)]
    for number in range(rows):
        yield first[number] if number < len(first) else prose(300), prose(solution)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--rows", type=int, default=40_000)
    parser.add_argument("--shape", choices=[*SHAPES, "all"], default="all")
    parser.add_argument("--solution", type=int, default=1500)
    options = parser.parse_args()
    rng = random.Random(0)
    texts = [row["problem"] for file in options.files for row in read_rows(file)]
    texts = [text for text in dict.fromkeys(texts) if len(text) > 80]
    rng.shuffle(texts)
    problems, others = texts[: len(texts) // 2], texts[len(texts) // 2 :]
    # A copy of one of the set in another collection is no false alarm.
    others = [
        text for text, held in zip(others, ProblemIndex(problems).holds(others), strict=True) if not held
    ]
    print("shape | rows | MB | found of planted | false alarms | CPU s | peak MB")
    for shape in SHAPES if options.shape == "all" else [options.shape]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "train.jsonl"
            with path.open("w") as file:
                for row in training_rows(rng, problems, others, options.rows, options.solution):
                    file.write(json.dumps(SHAPES[shape](*row)) + "\n")
            start = time.process_time()
            found = training.search(path, ProblemIndex(problems), lambda *_: False)
            seconds = time.process_time() - start
            size = path.stat().st_size / 1e6
        held = {shared.row for shared in found.same if shared.match.problem == shared.row}
        false = {shared.row: shared.text for shared in found.same if shared.row >= PLANTED}
        for number, name in zip(range(PLANTED), itertools.cycle(CHANGES)):
            if number not in held:
                print(f"  missed, {name}: {problems[number][:200]!r}")
        for text in list(false.values())[:3]:
            print(f"  false: {text[:200]!r}")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        result = [shape, f"{found.rows:,}", f"{size:.0f}", f"{len(held)} of {PLANTED}", str(len(false))]
        print(" | ".join([*result, f"{seconds:.1f}", f"{peak:.0f}"]), flush=True)


if __name__ == "__main__":
    main()
