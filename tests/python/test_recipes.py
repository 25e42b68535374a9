"""The shipped recipes, built from extracts in the schemas that the sources have; the texts are our own."""

import csv
import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sdtool import grade, validation

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"

BEYOND_AIME = [
    {
        "problem": "Find the number of ways to color the $12$ edges of a cube in $3$ colors up to turns.",
        "answer": 22815,
    },
    {
        "problem": "Let $a_1 = 7$ and $a_{n+1} = a_n^2 - 2$. What does $a_{90}$ leave on division by $1009$?",
        "answer": 527,
    },
]
OMNI = {"domain": ["Mathematics -> Algebra"], "solution": "We see it.", "source": "some_contest", "tags": []}
OMNI_MATH_2 = [
    {
        "id": 17,
        "difficulty": 4.5,
        "problem": "Mara's garden is a square with area $50$. Find its diagonal.",
        "answer": "10",
        **OMNI,
    },
    {
        "id": 18,
        "difficulty": 2,
        "problem": "How many integers $n$ satisfy $n^4 < 4000$?",
        "answer": "$15$",
        **OMNI,
    },
    {
        "id": 19,
        "difficulty": 7.25,
        "problem": "Estimate the number of primes below $10^8$.",
        "answer": "5761455",
        **OMNI,
        "tags": ["estimation"],
    },
    {
        "id": 20,
        "difficulty": 6.0,
        "problem": "Estimate how many words this round has. An estimate $E$ earns $20-|E-A|$ points.",
        "answer": "2750",
        **OMNI,
    },
]


def olympiad(number, question, answers, unit=None):
    return {
        "id": number,
        "question": question,
        "solution": ["It follows."],
        "final_answer": answers,
        "context": None,
        "modality": "Text-only",
        "difficulty": "Competition",
        "is_multiple_answer": len(answers) > 1 or "," in answers[0],
        "unit": unit,
        "answer_type": "Numerical",
        "error": None,
        "question_type": "Open-ended",
        "subfield": "Algebra",
        "subject": "Math",
        "language": "English",
    }


OLYMPIADBENCH = [
    olympiad(1606, "Determine all real $x$ with $x^2 = 5x - 6$.", ["$2$,$3$"]),
    olympiad(1612, "A rope of length $3$ metres is cut in $4$. How long is each part?", ["$75$"], "cm"),
    olympiad(2207, "Solve $y^2 = 16$ for $y$, with both signs.", ["$4$", "$-4$"]),
]


def aime(name, year, number, question, answer):
    part = name.split("-")[1] if name.count("-") == 2 else ""
    return {
        "ID": name,
        "Year": year,
        "Problem Number": number,
        "Question": question,
        "Answer": answer,
        "Part": part,
    }


AIME = [
    aime("1995-3", 1995, 3, "Find the least such $n$.", "067"),
    aime("2012-I-5", 2012, 5, "Find the sum of all such $k \\le 99$.", "025"),
    aime("2019-II-14", 2019, 14, "Stamps of $5$ and $n$ cents make all above $91$. Sum up all $n$.", "71"),
    # The first of BeyondAIME in another dress, and the second with another gold.
    aime("2023-I-9", 2023, 9, BEYOND_AIME[0]["problem"].replace("$", "").upper(), "22815"),
    aime("2024-I-9", 2024, 9, BEYOND_AIME[1]["problem"], "528"),
]


@pytest.fixture
def sources(tmp_path):
    """The extracts where validation-1k-files.toml looks for them."""
    root = tmp_path / "sources"
    for folder in ("BeyondAIME/data", "Omni-MATH-2", "OlympiadBench/OE_TO_maths_en_COMP"):
        (root / folder).mkdir(parents=True)
    (root / "BeyondAIME" / "README.md").write_text("---\nlicense: cc0-1.0\n---\n")
    pq.write_table(pa.Table.from_pylist(BEYOND_AIME), root / "BeyondAIME/data/test-00000-of-00001.parquet")
    lines = "".join(json.dumps(row) + "\n" for row in OMNI_MATH_2)
    (root / "Omni-MATH-2" / "Omni-Math-2.jsonl").write_text(lines)
    pq.write_table(
        pa.Table.from_pylist(OLYMPIADBENCH),
        root / "OlympiadBench" / "OE_TO_maths_en_COMP" / "OE_TO_maths_en_COMP.parquet",
    )
    with (root / "AIME_Dataset_1983_2024.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(AIME[0]))
        writer.writeheader()
        writer.writerows(AIME)
    shutil.copy(EXAMPLES / "validation-1k-files.toml", tmp_path)
    return tmp_path


def hub(name, config=None, *, split, revision=None):  # noqa: ARG001 - the signature of datasets.load_dataset
    return {
        "ByteDance-Seed/BeyondAIME": BEYOND_AIME,
        "martheballon/Omni-MATH-2": OMNI_MATH_2,
        "Hothan/OlympiadBench": OLYMPIADBENCH,
        "gneubig/aime-1983-2024": AIME,
    }[name]


@pytest.fixture(params=["validation-1k-files.toml", "validation-1k.toml"])
def built(request, sources, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "datasets", SimpleNamespace(load_dataset=hub))
    recipe = validation.load_recipe(EXAMPLES / request.param)
    return validation.build(recipe, sources)


def test_the_recipes_differ_only_in_where_the_sources_are():
    recipes = [validation.load_recipe(EXAMPLES / f"validation-1k{end}.toml") for end in ("", "-files")]
    kinds = [
        [
            (s.name, dict(s.columns), s.keep, s.date, s.contamination, s.take, s.backfill, s.difficulty_edges)
            for s in r.sources
        ]
        for r in recipes
    ]
    assert kinds[0] == kinds[1]


def test_every_schema_is_read(built):
    found = {row["id"]: (row["answer"], row["difficulty"], row["date"]) for row in built.rows}
    assert found == {
        "beyond-aime/0": ("22815", None, "2025-06"),
        "beyond-aime/1": ("527", None, "2025-06"),
        "omni-math-2/17": ("10", "4.5", "2024-10"),
        "omni-math-2/18": ("$15$", "2", "2024-10"),
        "omni-math-2/20": ("2750", "6", "2024-10"),
        "olympiadbench/1606": ("$2$,$3$", None, "2024-02"),
        "olympiadbench/1612": ("$75$ cm", None, "2024-02"),
        "olympiadbench/2207": ("$4$, $-4$", None, "2024-02"),
        "aime/2012-I-5": ("025", "5", "2012"),
        "aime/2019-II-14": ("71", "14", "2019"),
        "aime/2024-I-9": ("528", "9", "2024"),
    }
    assert {row["id"]: row["flags"] for row in built.rows if row["flags"]} == {
        "omni-math-2/20": ["estimation"],
        "beyond-aime/1": ["conflicting-gold"],
        "aime/2024-I-9": ["conflicting-gold"],
    }
    assert {(drop.id, drop.reason) for drop in built.drops} == {("aime/2023-I-9", "exact duplicate")}
    assert built.left["aime"]["filtered"] == 1
    assert built.left["omni-math-2"]["filtered"] == 1


def test_the_set_is_written_and_loaded_with_its_golds(built, tmp_path):
    validation.write_problem_set(built.rows, tmp_path / "set.parquet")
    golds = {row["id"]: row["answer"] for row in validation.read_problem_set(tmp_path / "set.parquet")}
    for name, answer in {
        "olympiadbench/1606": "x = 3 \\text{ or } x = 2",
        "olympiadbench/1612": "0.75 \\text{ m}",
        "olympiadbench/2207": "\\pm 4",
        "aime/2012-I-5": "25",
    }.items():
        assert grade(golds[name], f"\\boxed{{{answer}}}").correct, name
