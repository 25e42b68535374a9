"""Problem sets: built from sources, rid of duplicates, cut into nested subsets, described by a card."""

from sdtool.validation.card import card_markdown, content_hash, make_card, subset_markdown, write_card
from sdtool.validation.cleaning import write_clean
from sdtool.validation.duplicates import Duplicate, find_duplicates
from sdtool.validation.files import read_problem_set, write_problem_set
from sdtool.validation.index import Match, ProblemIndex
from sdtool.validation.problem_set import Grader, ProblemSet, build
from sdtool.validation.recipe import Recipe, Source, load_recipe
from sdtool.validation.rows import read_rows
from sdtool.validation.subsets import cut, draw, strata, subset

__all__ = [
    "Duplicate",
    "Grader",
    "Match",
    "ProblemIndex",
    "ProblemSet",
    "Recipe",
    "Source",
    "build",
    "card_markdown",
    "content_hash",
    "cut",
    "draw",
    "find_duplicates",
    "load_recipe",
    "make_card",
    "read_problem_set",
    "read_rows",
    "strata",
    "subset",
    "subset_markdown",
    "write_card",
    "write_clean",
    "write_problem_set",
]
