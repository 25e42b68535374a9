"""Problems that are there twice, in another source or in training data; what is the matter with others."""

import csv
import gzip
import json
import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sdtool import validation
from sdtool.cli import main
from sdtool.errors import InputError
from sdtool.validation import training

WORDS = [f"{first}{last}" for first in ("ba", "ce", "di", "fo", "gu", "le", "mi", "po", "na", "ru")
         for last in ("nd", "sto", "rk", "lte", "mpi", "nt", "rdo", "ska", "ft", "lko")]  # fmt: skip
SOLUTION = "We count the ways one by one. So the answer is $\\boxed{{{}}}$."


def text(number):
    """A problem of its own for each number."""
    rng = random.Random(number)
    words = rng.sample(WORDS, 10)
    return (
        f"Near {words[0]} and {words[1]} Mara has $n_{{{number}}}={number + 3}$ {words[2]}, with $ABC$ on "
        f"the {words[3]} of its {words[4]}. {words[5].title()} by {words[6]} she paints some {words[7]}. "
        f"How many {words[8]} has the {words[9]}?"
    )


def problem(number):
    return {"id": number, "problem": text(number), "answer": str(number)}


def turn(speaker, said, keys=("role", "content")):
    return dict(zip(keys, (speaker, said), strict=True))


# Each shape of a training row, with a problem and its solution in it.
SHAPES = {
    "plain": lambda text, _: {"problem": text},
    "question": lambda text, solved: {"Problem": "7", "Question": text, "Answer": solved[-6:]},
    "prompt-solution": lambda text, solved: {"prompt": text, "solution": solved},
    "alpaca": lambda text, solved: {"instruction": "Solve this problem.", "input": text, "output": solved},
    "dapo": lambda text, _: {
        "data_source": "math",
        "prompt": [
            turn("user", "Solve the following math problem step by step. The last line of your response is "
                         f"Answer: $Answer.\n\n{text}\n\nRemember to put your answer on a line."),
        ],
        "reward_model": {"ground_truth": "1", "style": "rule"},
    },
    "messages": lambda text, solved: {
        "messages": [
            turn("system", "Please reason step by step, and put your final answer within \\boxed{}."),
            turn("user", text),
            turn("assistant", solved),
        ]
    },
    "parts": lambda text, solved: {
        "messages": [turn("user", [{"type": "text", "text": text}]), turn("assistant", solved)]
    },
    "sharegpt": lambda text, solved: {
        "conversations": [turn("human", text, ("from", "value")), turn("gpt", solved, ("from", "value"))]
    },
    "text": lambda text, solved: {
        "text": f"<|im_start|>user\n{text}<|im_end|>\n<|im_start|>assistant\n{solved}"
    },
    "json-in-text": lambda text, solved: {
        "messages": json.dumps([turn("user", text), turn("assistant", solved)])
    },
    "preference": lambda text, solved: {
        "chosen": [turn("user", text), turn("assistant", solved)],
        "rejected": [turn("user", text), turn("assistant", "No.")],
    },
}  # fmt: skip


def write_lines(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def recipe(tmp_path):
    write_lines(tmp_path / "set.jsonl", [problem(number) for number in range(60)])
    path = tmp_path / "recipe.toml"
    path.write_text(
        '[[source]]\nname = "s"\nfile = "set.jsonl"\ncolumns = { id = "id" }\ncontamination = "low"\n'
    )
    return path


def contaminated(out):
    return {row["id"] for row in validation.read_rows(out) if "in train" in row["contamination"]}


def planted(shape, numbers=range(40, 100)):
    """Training rows of a shape: those of 40 to 59 are in the set, the others are not."""
    return [SHAPES[shape](text(number), SOLUTION.format(number)) for number in numbers]


PLANTED = {f"s/{number}" for number in range(40, 60)}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_planted_row_is_found_in_every_shape(recipe, tmp_path, capsys, shape):
    train = write_lines(tmp_path / "train.jsonl", planted(shape))
    out = tmp_path / "out.parquet"
    assert main(["data", "build", str(recipe), "--out", str(out), "--against", str(train)]) == 0
    assert contaminated(out) == PLANTED
    assert len(validation.read_rows(out)) == 60
    card = json.loads((tmp_path / "out.card.json").read_text())
    (read,) = card["training"]
    assert (read["rows"], read["rows_that_hold_a_problem"], read["without_problem"]) == (60, 20, 0)
    assert sum(read["read_from"].values()) == 60
    printed = capsys.readouterr().out
    assert "60 rows" in printed
    assert "20 rows hold a problem" in printed
    assert card["contamination"] == {"low": 40, "low; in train.jsonl": 20}


def test_every_container_is_read(recipe, tmp_path):
    rows = planted("messages")
    table = pa.Table.from_pylist(rows)
    folder = tmp_path / "train"
    write_lines(folder / "data" / "a.jsonl", rows[:10])
    (folder / "b.json").write_text(json.dumps(rows[10:15]))
    write_lines(folder / "lines.json", rows[15:20])
    pq.write_table(table.slice(20, 10), folder / "c.parquet")
    with pa.ipc.new_stream(
        str(folder / "data-00000.arrow"), table.schema
    ) as writer:  # as `datasets` saves it
        writer.write_table(table.slice(30, 10))
    with pa.ipc.new_file(str(folder / "d.feather"), table.schema) as writer:
        writer.write_table(table.slice(40, 10))
    with gzip.open(folder / "e.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows[50:])
    (folder / "state.json").write_text("{}")
    (folder / "dataset_info.json").write_text("{}")
    (folder / "README.md").write_text("# Data")
    (folder / "config.json").write_text('{"x": 1}')
    built = validation.build(validation.load_recipe(recipe), tmp_path, against=[folder])
    assert {row["id"] for row in built.rows if row["contamination"] == "low; in train"} == PLANTED
    assert (len(built.training[0].files), built.training[0].rows) == (7, 60)
    assert built.training[0].passed == [folder / "config.json"]
    assert "passed over, as they hold no rows: config.json" in built.training[0].summary
    several = validation.build(validation.load_recipe(recipe), tmp_path, against=[folder / "*.json*"])
    assert several.training[0].rows == 10 + 10


def test_a_row_without_a_problem_is_counted_and_a_file_without_any_refused(recipe, tmp_path, capsys):
    train = write_lines(
        tmp_path / "train.jsonl", [*planted("plain"), {"problem": ""}, {"problem": None, "x": 1}]
    )
    built = validation.build(validation.load_recipe(recipe), tmp_path, against=[train])
    assert "2 rows have no problem text" in built.training[0].summary
    out = tmp_path / "out.parquet"
    odd = write_lines(tmp_path / "odd.jsonl", [{"extra": {"frage": text(41)}, "id": 1}])
    arguments = ["data", "build", str(recipe), "--out", str(out), "--against", str(odd)]
    assert main(arguments) == 2
    message = capsys.readouterr().err
    assert "odd.jsonl" in message
    assert "its columns are extra, id" in message
    assert "--against-column" in message
    assert main([*arguments, "--against-column", "extra.frage"]) == 0
    assert "1 row holds a problem" in capsys.readouterr().out


def test_the_prompt_of_a_chat_is_read_and_not_what_the_assistant_said():
    said = training.problem_of(SHAPES["messages"]("What is it?", "The solution."))
    assert said[0] == "messages"
    assert said[1].endswith("What is it?")
    assert training.problem_of({"messages": [], "text": "so"}) == ("text", "so")
    assert training.problem_of({"other": "so"}) == ("", "")


def test_what_is_in_training_data_can_be_left_out(recipe, tmp_path, capsys):
    train = write_lines(tmp_path / "train.jsonl", planted("sharegpt"))
    out = tmp_path / "out.parquet"
    arguments = [
        "data",
        "build",
        str(recipe),
        "--out",
        str(out),
        "--against",
        str(train),
        "--drop-contaminated",
    ]
    assert main(arguments) == 0
    assert {row["id"] for row in validation.read_rows(out)} == {f"s/{number}" for number in range(40)}
    card = json.loads((tmp_path / "out.card.json").read_text())
    assert card["sources"]["s"]["left_out"] == {"in training data": 20}
    assert {"id": "s/40", "source": "s", "reason": "in training data", "detail": "train.jsonl row 0"} in card[
        "dropped"
    ]
    capsys.readouterr()
    assert main([*arguments, "--clean-out", str(tmp_path / "clean.jsonl")]) == 2
    assert "use one of them" in capsys.readouterr().err


def test_broken_characters_stop_nothing(tmp_path):
    broken = text(1) + " \ud83d"  # half of an emoji, as JSON may hold it
    train = write_lines(tmp_path / "train.jsonl", [{"problem": broken}])
    built = build(tmp_path, [{"problem": broken, "answer": "5"}], against=[train])
    validation.write_problem_set(built.rows, tmp_path / "set.parquet")
    validation.write_card(built, tmp_path / "set.parquet")
    (row,) = built.rows
    assert (row["contamination"], row["flags"]) == ("in train.jsonl", ["control-characters"])


# --- A training set without what it shares ------------------------------------------------------------


def lines(path):
    return path.read_bytes().splitlines(keepends=True)


def test_clean_out_keeps_the_other_rows_as_they_were(recipe, tmp_path, capsys):
    train = tmp_path / "train.jsonl"
    train.write_bytes(
        b"".join(json.dumps(row).replace(": ", " :  ").encode() + b"\r\n" for row in planted("messages"))
    )
    clean = tmp_path / "clean.jsonl"
    arguments = [
        "data",
        "build",
        str(recipe),
        "--out",
        str(tmp_path / "out.parquet"),
        "--against",
        str(train),
    ]
    assert main([*arguments, "--clean-out", str(clean)]) == 0
    assert "40 training rows, 20 left out" in capsys.readouterr().out
    assert lines(clean) == lines(train)[20:]
    again = ["data", "build", str(recipe), "--out", str(tmp_path / "out.parquet"), "--against", str(clean)]
    assert main(again) == 0
    assert "; 0 rows hold a problem" in capsys.readouterr().out


@pytest.mark.parametrize("suffix", ["parquet", "json", "csv", "arrow", "jsonl.gz"])
def test_clean_out_in_every_format(recipe, tmp_path, suffix):
    train, clean = tmp_path / f"train.{suffix}", tmp_path / f"clean.{suffix}"
    rows = [{"problem": text(number), "note": 'a "b",\nc'} for number in range(55, 65)]
    if suffix == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), train, row_group_size=3)
    elif suffix == "json":
        train.write_text(json.dumps(rows))
    elif suffix == "csv":
        with train.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    elif suffix == "arrow":
        table = pa.Table.from_pylist(rows)
        with pa.ipc.new_stream(str(train), table.schema) as stream:
            stream.write_table(table)
    else:
        with gzip.open(train, "wt") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
    built = validation.build(validation.load_recipe(recipe), tmp_path, against=[train])
    assert validation.write_clean(built.training, clean, built.drawn) == {clean: (5, 5)}
    assert validation.read_rows(clean) == rows[5:]


def test_clean_out_of_a_folder_is_a_folder(recipe, tmp_path):
    write_lines(tmp_path / "train" / "x" / "a.jsonl", planted("plain", range(58, 62)))
    write_lines(tmp_path / "train" / "a.jsonl", planted("plain", range(70, 72)))
    (tmp_path / "train" / "dataset_info.json").write_text("{}")
    built = validation.build(validation.load_recipe(recipe), tmp_path, against=[tmp_path / "train"])
    clean = tmp_path / "clean"
    written = validation.write_clean(built.training, clean, built.drawn)
    assert written == {clean / "x" / "a.jsonl": (2, 2), clean / "a.jsonl": (2, 0)}
    assert (clean / "dataset_info.json").read_text() == "{}"


@pytest.mark.parametrize(
    ("name", "message"), [("clean.parquet", "its own format"), ("train.jsonl", "write over"), ("c", "format")]
)
def test_a_clean_out_that_cannot_be_is_explained(recipe, tmp_path, name, message):
    train = write_lines(tmp_path / "train.jsonl", planted("plain"))
    built = validation.build(validation.load_recipe(recipe), tmp_path, against=[train])
    with pytest.raises(InputError, match=message):
        validation.write_clean(built.training, tmp_path / name, built.drawn)


# --- Within a set -------------------------------------------------------------------------------------


def build(tmp_path, *sources, **options):
    toml = ""
    for number, rows in enumerate(sources):
        write_lines(tmp_path / f"{number}.jsonl", rows)
        toml += f'[[source]]\nname = "s{number}"\nfile = "{number}.jsonl"\n'
    (tmp_path / "r.toml").write_text(toml)
    return validation.build(validation.load_recipe(tmp_path / "r.toml"), tmp_path, **options)


def test_a_copy_with_the_same_gold_is_dropped_and_listed(tmp_path):
    built = build(
        tmp_path,
        [{"problem": text(1), "answer": "1/2"}],
        [{"problem": text(1).replace("ABC", "A B C"), "answer": "0.5"}, {"problem": text(2), "answer": "3"}],
    )
    assert [row["id"] for row in built.rows] == ["s0/0", "s1/1"]
    assert built.left["s1"]["exact duplicate"] == 1
    assert built.drops[0].detail == "s0/0 (containment 1.00)"


def test_conflicting_golds_are_flagged_on_both_and_neither_is_dropped(tmp_path):
    built = build(tmp_path, [{"problem": text(1), "answer": "5"}], [{"problem": text(1), "answer": "6"}])
    assert {row["id"]: row["flags"] for row in built.rows} == {
        "s0/0": ["conflicting-gold"],
        "s1/0": ["conflicting-gold"],
    }
    card = validation.make_card(built)
    assert {flag["detail"] for flag in card["flagged"]} == {
        "s0/0 has 5, this one 6",
        "s1/0 has 6, this one 5",
    }
    markdown = validation.card_markdown(card, "set")
    assert "conflicting-gold" in markdown
    assert "s1/0 has 6, this one 5" in markdown


def test_sub_questions_of_one_stem_are_kept_and_shown_side_by_side(tmp_path):
    stem = text(1)[: text(1).index("How many")]
    first, second = (
        stem + "How many of them stay as they are?",
        stem + "What is the least number of colors needed?",
    )
    built = build(tmp_path, [{"problem": first, "answer": "5"}, {"problem": second, "answer": "5"}])
    assert len(built.rows) == 2
    assert not any(row["flags"] for row in built.rows)
    (pair,) = built.alike
    assert (pair.kind, {pair.problem, pair.other_problem}) == ("possible", {first, second})
    assert "question" in pair.difference
    validation.write_card(built, tmp_path / "set.parquet")
    with (tmp_path / "set.alike.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert {row["problem"], row["other_problem"]} == {first, second}
    assert "Possible matches" in (tmp_path / "set.card.md").read_text()


def test_a_possible_match_in_training_data_is_shown_and_not_tagged(tmp_path):
    train = write_lines(
        tmp_path / "train.jsonl", [{"problem": text(1).replace("$ABC$", "$17$"), "answer": "9"}]
    )
    built = build(tmp_path, [{"problem": text(1).replace("$ABC$", "$19$"), "answer": "5"}], against=[train])
    assert built.rows[0]["contamination"] is None
    assert [(pair.kind, pair.other, pair.other_gold) for pair in built.alike] == [
        ("possible", "train.jsonl row 0", "9")
    ]


# --- What is the matter with a problem ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("problem", "flags"),
    [
        ("What is $\\frac12$ of $7$?", []),
        ("What is $\x0crac12$ of $7$?", ["control-characters"]),
        ("What is $3\times 7$?".replace("\\t", "\t"), ["control-characters"]),
        ("What is this: \ufffd of $7$?", ["control-characters"]),
        ("\tIndented, an apple.\r\nIs this right?", []),
        ("What is the shaded area in the figure?", ["missing-figure"]),
        ("In the diagram below, find $AB$. ![](a.png)", ["missing-figure"]),
        ("The tiles are laid as shown. How many are there?", ["missing-figure"]),
        ("What is the shaded area in the figure? [asy] draw((0,0)--(1,1)); [/asy]", []),
        ("Give three significant figures of $\\pi$. How many geometric figures are there?", []),
        ("How many edges has the graph $K_5$?", []),
        (
            "Estimate the number of primes below $10^9$. An estimate $E$ earns $20-|E-A|$ points.",
            ["estimation"],
        ),
        ("Mara estimates that she has $7$ apples. How many are there if she is right?", []),
    ],
)
def test_texts_that_lost_something_are_flagged(tmp_path, problem, flags):
    built = build(tmp_path, [{"problem": problem, "answer": "5"}])
    assert [row["flags"] for row in built.rows] == [flags]
    assert [flag.flag for flag in built.flags] == flags


@pytest.mark.parametrize(
    ("gold", "reason"),
    [("$x \\in ($", "unparsable-gold"), ("", "no gold"), (None, "no gold")],
)
def test_golds_that_cannot_be_matched_are_dropped_with_reason_and_suggestion(tmp_path, gold, reason):
    built = build(tmp_path, [{"problem": text(1), "answer": gold}, {"problem": text(2), "answer": "2"}])
    (drop,) = built.drops
    assert (drop.id, drop.reason) == ("s0/0", reason)
    assert gold is None or gold in drop.detail
    assert reason == "no gold" or "leave the problem out" in drop.detail


def test_golds_in_words_are_kept_and_flagged(tmp_path):
    built = build(tmp_path, [{"problem": text(1), "answer": "all odd primes but the first"}])
    assert built.rows[0]["flags"] == ["gold-in-words"]


def test_flags_are_a_column_of_lists_whether_or_not_any_row_has_one(tmp_path):
    built = build(tmp_path, [{"problem": text(1), "answer": "5"}])
    validation.write_problem_set(built.rows, tmp_path / "set.parquet")
    assert pq.read_schema(tmp_path / "set.parquet").field("flags").type == pa.list_(pa.string())
