"""Problem sets: recipes, duplicates, golds, cards, and subsets that nest and weigh what they stand for."""

from __future__ import annotations

import json
from collections import Counter
from itertools import takewhile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sdtool import problems, statistics, validation
from sdtool.cli import main
from sdtool.errors import InputError
from sdtool.store import RunDirectory
from sdtool.validation.recipe import Keep

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "validation-1k.toml"
SHARED = Path(__file__).parents[2].parent / "shared"
pq = pytest.importorskip("pyarrow.parquet")


def compare(gold, answer):
    return SimpleNamespace(verdict="equal" if gold == answer else "different", reason="exact")


def check(gold):
    ok = "\\undefined" not in gold
    return SimpleNamespace(ok=ok, reason="exact" if ok else "unparsable-gold")


# A stand-in for the grader, so that these tests say what they need of it.
GRADER = validation.Grader(compare, check)


def write_lines(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


# --- Recipes ------------------------------------------------------------------------------------------


def test_the_shipped_recipe_is_read():
    recipe = validation.load_recipe(EXAMPLE)
    assert [source.name for source in recipe.sources] == [
        "beyond-aime",
        "omni-math-2",
        "olympiadbench",
        "aime",
    ]
    assert recipe.size == 1000
    assert recipe.sources[1].keep == (Keep("tags", empty=True),)


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("size = 3", "names no source"),
        ("x = ", "is not TOML"),
        ('[[source]]\nhub = "a/b"', "needs a `name`"),
        ('[[source]]\nname = "a"', "either `hub` or `file`"),
        ('[[source]]\nname = "a"\nhub = "a/b"\nfile = "c"', "either `hub` or `file`"),
        ('[[source]]\nname = "a"\nhub = "a/b"\ncolumn = 1', "unknown key 'column'"),
        ('[[source]]\nname = "a"\nhub = "a/b"\ncolumns = { answer = "x" }', "columns has no 'answer'"),
        ('[[source]]\nname = "a"\nhub = "a/b"\ntake = 0', "take must be at least 1"),
        ('[[source]]\nname = "a"\nhub = "a/b"\nbackfill = true', "`size`, which is not given"),
        ('[[source]]\nname = "a"\nhub = "a/b"\n[[source.keep]]\ncolumn = "c"\nmatches = "("', "no regular"),
        ('[[source]]\nname = "a"\nhub = "a/b"\n[[source.keep]]\nequals = 1', "column"),
        ('[[source]]\nname = "a"\nhub = "a"\n[[source]]\nname = "a"\nhub = "b"', "two sources are named"),
    ],
)
def test_a_wrong_recipe_is_explained(tmp_path, toml, message):
    path = tmp_path / "recipe.toml"
    path.write_text(toml)
    with pytest.raises(InputError, match=message):
        validation.load_recipe(path)


@pytest.mark.parametrize(
    ("test", "passing", "failing"),
    [
        ({"equals": "Algebra"}, ["Algebra"], ["algebra", None]),
        ({"one_of": ("a", "b")}, ["a"], ["c", None]),
        ({"at_least": 4}, [4, "4.5"], [3, None, "hard"]),
        ({"at_most": 4}, [4, "3"], [5, None, "hard"]),
        ({"at_least": 2, "at_most": 3}, [2, 3], [1, 4]),
        ({"matches": "^AIME"}, ["AIME I"], ["an AIME"]),
        ({"empty": True}, [None, "", []], ["x", [0], 0]),
        ({"empty": False}, ["x", 0], [None, ""]),
    ],
)
def test_what_a_filter_keeps(test, passing, failing):
    keep = Keep("c", **test)
    assert all(keep.passes(cell) for cell in passing)
    assert not any(keep.passes(cell) for cell in failing)


# --- Files --------------------------------------------------------------------------------------------


def test_golds_keep_their_zeros_in_every_format(tmp_path):
    (tmp_path / "a.csv").write_text('problem,answer\n"x, y",025\n')
    write_lines(tmp_path / "a.jsonl", [{"problem": "x, y", "answer": "025"}])
    (tmp_path / "a.json").write_text('[{"problem": "x, y", "answer": "025"}]')
    validation.write_problem_set([{"problem": "x, y", "answer": "025"}], tmp_path / "a.parquet")
    for kind in ("csv", "jsonl", "json", "parquet"):
        assert validation.read_rows(tmp_path / f"a.{kind}") == [{"problem": "x, y", "answer": "025"}]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", "", "cannot tell its format"),
        ("missing.jsonl", None, "no such file"),
        ("a.jsonl", "{", "cannot be read as jsonl"),
        ("a.json", '{"problem": 1}', "a list of objects"),
        ("a.parquet", "PAR0", "cannot be read as parquet"),
    ],
)
def test_an_unreadable_file_is_explained(tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=message):
        validation.read_rows(tmp_path / name)


# --- Building -----------------------------------------------------------------------------------------

WORDS = [
    "apple",
    "bridge",
    "candle",
    "door",
    "engine",
    "forest",
    "garden",
    "hammer",
    "island",
    "jacket",
    "kettle",
    "ladder",
    "mirror",
    "needle",
]


def problem(number, **more):
    rng = np.random.default_rng(number)
    text = " ".join(rng.choice(WORDS, 14)) + f" What is {number}?"
    return {"question": text, "final": str(number), "level": number % 5, **more}


def recipe(tmp_path, text):
    path = tmp_path / "recipe.toml"
    path.write_text(text)
    return validation.load_recipe(path)


TWO_SOURCES = """
size = 30
[[source]]
name = "new"
file = "new.jsonl"
columns = { problem = "question", gold = "final", difficulty = "level" }
date = 2025
take = 20
[[source]]
name = "old"
file = "old.jsonl"
columns = { problem = "question", gold = "final" }
contamination = "high"
backfill = true
[[source.keep]]
column = "level"
at_least = 1
"""


@pytest.fixture
def two_sources(tmp_path):
    write_lines(
        tmp_path / "new.jsonl",
        [
            *map(problem, range(40)),
            problem(100, final=None),
            problem(101, final="\\undefined"),
            problem(102, question=" "),
        ],
    )
    write_lines(tmp_path / "old.jsonl", [problem(n) for n in range(30, 60)])
    return recipe(tmp_path, TWO_SOURCES)


def test_a_set_is_built_and_every_row_accounted_for(two_sources, tmp_path):
    built = validation.build(two_sources, tmp_path, grader=GRADER)
    card = validation.make_card(built)
    assert card["problems"] == 30
    assert Counter(row["source"] for row in built.rows) == {"new": 20, "old": 10}
    for source in card["sources"].values():
        assert source["read"] == source["kept"] + sum(source["left_out"].values())
    assert card["sources"]["new"]["left_out"] == {
        "no gold": 1, "unparsable-gold": 1, "no problem text": 1, "not drawn": 20,
    }  # fmt: skip
    assert card["sources"]["old"]["left_out"]["filtered"] == 6
    assert card["sources"]["old"]["left_out"]["exact duplicate"] == 8
    (unreadable,) = [drop for drop in card["dropped"] if drop["reason"] == "unparsable-gold"]
    assert unreadable["id"] == "new/41"
    assert unreadable["detail"].startswith("\\undefined: write the answer alone")
    assert all(row["date"] == "2025" for row in built.rows if row["source"] == "new")
    assert all(row["contamination"] == "high" for row in built.rows if row["source"] == "old")


def test_building_again_gives_the_same_set(two_sources, tmp_path):
    first, second = (validation.build(two_sources, tmp_path, grader=GRADER) for _ in range(2))
    assert first.rows == second.rows
    changed = [{**first.rows[0], "answer": "other"}, *first.rows[1:]]
    assert validation.content_hash(first.rows) == validation.content_hash(first.rows[::-1])
    assert validation.content_hash(first.rows) != validation.content_hash(changed)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "has no rows"),
        ([{"question": "a"}], "no column 'final' for gold; the columns are question"),
        ([{"question": "a", "final": "1"}] * 3, "two rows have the id 'a/a'"),
        ([{"question": "a", "final": None}] * 3, "none of its 3 rows can be used \\(3 no gold\\)"),
    ],
)
def test_a_source_that_cannot_be_used_is_explained(tmp_path, rows, message):
    write_lines(tmp_path / "a.jsonl", rows)
    toml = '[[source]]\nname = "a"\nfile = "a.jsonl"\n[source.columns]\n'
    toml += 'id = "question"\nproblem = "question"\ngold = "final"'
    with pytest.raises(InputError, match=message):
        validation.build(recipe(tmp_path, toml), tmp_path, grader=GRADER)


def test_lists_and_numbers_become_text(tmp_path):
    write_lines(
        tmp_path / "a.jsonl",
        [{"problem": "p one two", "answer": ["1", "2"]}, {"problem": "q", "answer": 204.0}],
    )
    toml = '[[source]]\nname = "a"\nfile = "a.jsonl"'
    built = validation.build(recipe(tmp_path, toml), tmp_path, grader=GRADER)
    assert {row["answer"] for row in built.rows} == {"1, 2", "204"}


def test_the_card_shows_hostile_text_as_text():
    drop = {"id": "a|b", "source": "s", "reason": "no gold", "detail": "<img onerror=1>\n| x"}
    data = {
        "problems": 0,
        "content_hash": "h",
        "sources": {},
        "strata": {},
        "contamination": {},
        "training": [],
        "flagged": [],
        "dropped": [drop],
        "alike": [],
    }
    last = validation.card_markdown(data, "set").splitlines()[-1]
    assert last == "| a\\|b | no gold | \\<img onerror=1\\> \\| x |"


# --- Subsets ------------------------------------------------------------------------------------------


def problem_rows(sizes, *, difficulty=lambda _: None):
    return [
        {"id": f"{source}/{n}", "source": source, "difficulty": difficulty(n)}
        for source, size in sizes.items()
        for n in range(size)
    ]


SIZES = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 60), min_size=1)


@given(SIZES, st.integers(0, 99), st.sampled_from([1.0, 4.0]), st.data())
def test_subsets_nest_and_their_weights_sum_to_the_full_set(sizes, seed, harder, data):
    rows = problem_rows({**sizes, "g": 12}, difficulty=lambda n: n % 3)
    order = validation.draw(rows, seed=seed, harder=harder)
    strata = len({row["stratum"] for row in order})
    small, large = sorted(data.draw(st.lists(st.integers(strata, len(rows)), min_size=2, max_size=2)))
    inner, outer = validation.cut(order, small), validation.cut(order, large)
    assert {row["id"] for row in inner} <= {row["id"] for row in outer}
    assert len(inner) == small
    for subset in (inner, outer):
        assert sum(row["weight"] for row in subset) == pytest.approx(len(rows))


@given(SIZES, st.integers(0, 99), st.data())
def test_a_plain_subset_has_the_mix_of_the_full_set(sizes, seed, data):
    rows = problem_rows(sizes)
    size = data.draw(st.integers(len(sizes), len(rows)))
    counts = Counter(row["stratum"] for row in validation.cut(validation.draw(rows, seed=seed), size))
    for source, total in sizes.items():
        share = size * total / len(rows)
        # Two of each stratum come first, and those places are missing elsewhere; the others are rounded, by
        # up to half a place each, which one stratum may gain.
        assert share - len(sizes) * 2 - 1 <= counts[source] <= max(2, share + len(sizes) / 2 + 1)
        assert counts[source] >= min(total, 2) or size < 2 * len(sizes)


@given(st.permutations(range(24)))
def test_the_order_of_the_rows_does_not_matter(order):
    rows = problem_rows({"a": 16, "b": 8})
    assert validation.draw([rows[i] for i in order], seed=3) == validation.draw(rows, seed=3)


def test_each_problem_is_as_likely_as_the_next():
    rows = problem_rows({"a": 30, "b": 10})
    counts = Counter(
        row["id"] for seed in range(800) for row in validation.cut(validation.draw(rows, seed=seed), 20)
    )
    chances = np.array([counts[row["id"]] / 800 for row in rows])
    assert np.all(np.abs(chances - 0.5) < 0.09)  # five standard errors


def test_harder_draws_the_hard_ones_more_often():
    rows = problem_rows({"a": 300}, difficulty=lambda n: 1 + n % 3)
    subset = validation.cut(validation.draw(rows, harder=4), 70)
    counts = Counter(row["stratum"] for row in subset)
    assert [counts[f"a / {level}"] for level in (1, 2, 3)] == [10, 20, 40]
    weights = {row["stratum"]: row["weight"] for row in subset}
    assert weights == {"a / 1": 10.0, "a / 2": 5.0, "a / 3": 2.5}
    with pytest.raises(InputError, match="numeric difficulties"):
        validation.draw(problem_rows({"a": 10}), harder=2)


@pytest.mark.parametrize(
    ("difficulties", "edges", "names"),
    [
        ([None, None], None, ["s", "s"]),
        (["easy", "hard"], None, ["s / easy", "s / hard"]),
        ([1, 2, None], None, ["s / 1", "s / 2", "s / unrated"]),
        (
            [1, 2, 3, 4, 5, 6],
            None,
            ["s / below 3", "s / below 3", *["s / 3 to below 5"] * 2, *["s / from 5"] * 2],
        ),
        ([1, 4, 7.5, None], (4, 6), ["s / below 4", "s / 4 to below 6", "s / from 6", "s / unrated"]),
        ([7, 8], (4, 6), ["s / from 6", "s / from 6"]),
    ],
)
def test_strata_are_source_and_difficulty(difficulties, edges, names):
    found = validation.strata(["s"] * len(difficulties), difficulties, {"s": edges} if edges else None)
    assert found == names


@pytest.mark.parametrize(
    ("size", "message"), [(0, "cannot be cut"), (13, "cannot be cut"), (2, "leaves out 1 of 3")]
)
def test_a_subset_that_cannot_be_is_explained(size, message):
    with pytest.raises(InputError, match=message):
        validation.cut(validation.draw(problem_rows({"a": 4, "b": 4, "c": 4})), size)


# --- What a subset says of the full set -----------------------------------------------------------------


def real_results():
    """Verdicts of a model on 1,000 problems of five sources, with difficulty by what other models missed."""
    path = SHARED / "rollouts" / "mathcoder.parquet"
    if not path.exists():
        return made_up_results()
    table = pq.read_table(path, columns=["model", "dataset", "problem_id", "label"]).to_pylist()
    mine, missed = {}, Counter()
    for row in table:
        key = (row["dataset"], row["problem_id"])
        if row["model"] == "MathCoder-L-7b":
            mine.setdefault(key, row["label"])
        else:
            missed[key] += not row["label"]
    keys = sorted(mine, key=hash_of)[:1000]
    rows = [{"id": "/".join(key), "source": key[0], "difficulty": missed[key]} for key in keys]
    return rows, {row["id"]: float(mine[key]) for row, key in zip(rows, keys, strict=True)}


def hash_of(key):
    return np.random.default_rng(list(map(ord, "/".join(key)))).integers(2**60)


def made_up_results():
    rng = np.random.default_rng(4)
    rows = [
        {"id": f"{source}/{n}", "source": source, "difficulty": int(n % 4)}
        for source, size in (("new", 100), ("omni", 450), ("olympiad", 350), ("aime", 100))
        for n in range(size)
    ]
    base = {"new": 0.35, "omni": 0.55, "olympiad": 0.7, "aime": 0.8}
    return rows, {
        row["id"]: float(rng.random() < base[row["source"]] - 0.1 * (row["difficulty"] - 1.5)) for row in rows
    }


def estimates(rows, results, subsets, harder):
    for seed in range(subsets):
        subset = validation.cut(validation.draw(rows, seed=seed, harder=harder), 300)
        yield statistics.stratified_mean(
            [results[row["id"]] for row in subset],
            [row["stratum"] for row in subset],
            [row["stratum_size"] for row in subset],
        )


@pytest.mark.parametrize("harder", [1.0, 4.0])
def test_subsets_estimate_the_full_set(harder):
    rows, results = made_up_results()
    full = np.mean(list(results.values()))
    found = list(estimates(rows, results, 200, harder))
    assert abs(np.mean([e.estimate for e in found]) - full) < 0.006  # about four standard errors
    assert 0.90 < np.mean([e.low <= full <= e.high for e in found]) < 0.995


@pytest.mark.slow
@pytest.mark.parametrize("harder", [1.0, 4.0])
@pytest.mark.parametrize("results_of", [real_results, made_up_results])
def test_two_thousand_subsets_estimate_the_full_set(harder, results_of):
    rows, results = results_of()
    full = np.mean(list(results.values()))
    found = list(estimates(rows, results, 2000, harder))
    assert abs(np.mean([e.estimate for e in found]) - full) < 0.001
    assert 0.93 < np.mean([e.low <= full <= e.high for e in found]) < 0.97


def test_a_harder_subsets_raw_figure_is_not_the_full_sets():
    rows, _ = made_up_results()
    subset = validation.cut(validation.draw(rows, harder=4), 300)
    gap = statistics.composition_gap([r["stratum"] for r in subset], [r["stratum_size"] for r in subset])
    assert gap > statistics.COMPARABLE_GAP
    plain = validation.cut(validation.draw(rows), 300)
    gap = statistics.composition_gap([r["stratum"] for r in plain], [r["stratum_size"] for r in plain])
    assert gap < statistics.COMPARABLE_GAP


# --- The command line -----------------------------------------------------------------------------------


@pytest.fixture
def full_set(tmp_path):
    path = tmp_path / "set.parquet"
    rows = problem_rows({"a": 60, "b": 30}, difficulty=lambda n: n % 3)
    validation.write_problem_set(
        validation.draw([{**row, "problem": "p", "answer": "1"} for row in rows]), path
    )
    return path


@pytest.mark.usefixtures("two_sources")
def test_data_build_and_subset(tmp_path, capsys):
    out = tmp_path / "set.parquet"
    assert main(["data", "build", str(tmp_path / "recipe.toml"), "--out", str(out)]) == 0
    assert "content hash" in capsys.readouterr().out
    assert json.loads((tmp_path / "set.card.json").read_text())["problems"] == 30
    assert (tmp_path / "set.card.md").read_text().startswith("# set\n")
    small, smaller = tmp_path / "small.parquet", tmp_path / "smaller.parquet"
    assert main(["data", "subset", str(out), "--size", "20", "--out", str(small)]) == 0
    assert "20 of 30 problems" in capsys.readouterr().out
    assert main(["data", "budget", str(small), "--size", "10", "--out", str(smaller)]) == 0
    ids = [set(pq.read_table(path)["id"].to_pylist()) for path in (smaller, small, out)]
    assert ids[0] < ids[1] < ids[2]


def test_a_harder_subset_says_that_its_raw_figures_do_not_compare(full_set, tmp_path, capsys):
    arguments = ["data", "subset", str(full_set), "--size", "30", "--out", str(tmp_path / "b.parquet")]
    assert main([*arguments, "--harder", "6"]) == 0
    assert "must not be compared" in capsys.readouterr().out
    assert main([*arguments, "--seed", "5"]) == 0
    assert "raw figures compare" in capsys.readouterr().out


def changed(path, change):
    rows = validation.read_rows(path)
    change(rows)
    validation.write_problem_set(rows, path)


def without(*names):
    return lambda rows: [row.pop(name) for row in rows for name in names]


SUBSET_COLUMNS = ("stratum", "stratum_size", "subset_rank", "weight")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows[0].update(weight=3.0), "weights of stratum 'a / 0' sum to 22, not to its size 20"),
        (lambda rows: rows.pop(), "sum to"),
        (lambda rows: rows[3].update(stratum_size=7), "given two sizes"),
        (lambda rows: rows[3].update(subset_rank=2), "number the rows from 0"),
        (without("weight"), "a value for weight"),
        (lambda rows: rows[3].update(weight=None), "a value for weight"),
        (without("id", *SUBSET_COLUMNS), "an `id`"),
    ],
)
def test_a_damaged_set_ends_with_a_message_and_code_2(full_set, tmp_path, capsys, change, message):
    changed(full_set, change)
    out = tmp_path / "b.parquet"
    assert main(["data", "subset", str(full_set), "--size", "30", "--out", str(out)]) == 2
    assert message in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(
    ("flags", "message"),
    [(["--size", "1000"], "cannot be cut from 90"), (["--size", "30", "--harder", "-1"], "above 0")],
)
def test_an_impossible_subset_ends_with_a_message_and_code_2(full_set, tmp_path, capsys, flags, message):
    out = tmp_path / "b.parquet"
    assert main(["data", "subset", str(full_set), "--out", str(out), *flags]) == 2
    assert message in capsys.readouterr().err
    assert not out.exists()


def test_a_run_keeps_its_problems_place_in_the_subsets(full_set, tmp_path):
    loaded = problems.load(str(full_set))
    RunDirectory(tmp_path).write_problems(loaded)
    kept, given = (validation.read_rows(path) for path in (tmp_path / "problems.parquet", full_set))
    for name in ("id", "problem", "answer", "source", "stratum", "stratum_size", "subset_rank"):
        assert [row[name] for row in kept] == [row[name] for row in given]
    assert problems.load(str(tmp_path / "problems.parquet")) == loaded


def test_the_name_of_a_column_in_version_0_1_is_read_too(full_set, tmp_path):
    def as_before(path, old):
        pq.write_table(pq.read_table(path).rename_columns({"subset_rank": "budget_rank"}), old)
        return old

    old, loaded = as_before(full_set, tmp_path / "old.parquet"), problems.load(str(full_set))
    assert problems.load(str(old)) == loaded
    assert validation.read_problem_set(old) == validation.read_problem_set(full_set)
    run = RunDirectory(tmp_path)
    run.write_problems(loaded)
    as_before(tmp_path / "problems.parquet", tmp_path / "problems.parquet")
    assert run.read_problems() == loaded


def test_a_subset_is_not_drawn_anew_from_a_subset(full_set, tmp_path, capsys):
    small = tmp_path / "small.parquet"
    assert main(["data", "subset", str(full_set), "--size", "30", "--out", str(small)]) == 0
    assert main(["data", "subset", str(small), "--size", "12", "--seed", "1", "--out", str(small)]) == 2
    assert "30 of 90 problems" in capsys.readouterr().err


def test_power_prints_what_its_page_shows(capsys):
    page = (EXAMPLE.parents[1] / "statistics.md").read_text(encoding="utf-8")
    after = page.split("$ python -m sdtool power --difference 0.05\n")[1].splitlines()
    shown = " ".join(takewhile(lambda line: not line or line.startswith("    "), after))
    assert main(["power", "--difference", "0.05"]) == 0
    assert capsys.readouterr().out.split() == shown.split()
