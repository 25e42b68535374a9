"""Imports point downwards only: the map in CONTRIBUTING is read from there and held against the code."""

import ast
import graphlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "python" / "sdtool"

MAP = re.search(r"```\n(cli\n.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL)
assert MAP is not None
FLOORS = [re.findall(r"\w+", line) for line in MAP[1].splitlines()]
HEIGHT = {room: -floor for floor, rooms in enumerate(FLOORS) for room in rooms}
ROOMS = {path.stem if path.suffix else path.name for path in PACKAGE.iterdir()} - {
    "__init__", "__main__", "__pycache__", "_native", "_native.abi3", "embedded", "py"
}  # fmt: skip


def imported(source: str) -> set[str]:
    """The rooms that a module imports; a name of the grader, from the package root, counts as `grading`."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "sdtool":
            names |= {alias.name if alias.name in ROOMS else "grading" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sdtool."):
            names.add((node.module or "").split(".")[1])
        elif isinstance(node, ast.Import):
            names |= {"grading" for alias in node.names if alias.name == "sdtool"}
    return names


def test_the_map_names_every_room() -> None:
    assert set(HEIGHT) == ROOMS


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_imports_point_downwards(room: str) -> None:
    path = PACKAGE / room
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    others = set().union(*(imported(file.read_text()) for file in files)) - {room, "_native"}
    assert {other for other in others if HEIGHT[other] >= HEIGHT[room]} == set()


def test_only_grading_what_stands_on_it_and_drawing_load_the_extension() -> None:
    users = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if "_native" in imported(path.read_text())
    }
    assert users == {
        "__init__.py", "engine/narrow_native.py", "grading.py", "layouts.py", "regrading/__init__.py",
        "regrading/jobs.py",
    }  # fmt: skip


def imports_within(folder: Path) -> dict[str, set[str]]:
    """Which files of a room each of its files imports, for types too."""
    stems = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    inside = f"sdtool.{folder.name}"
    found: dict[str, set[str]] = {stem: set() for stem in stems}
    for stem in stems:
        for node in ast.walk(ast.parse((folder / f"{stem}.py").read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == inside:
                found[stem] |= {alias.name for alias in node.names} & stems
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{inside}."):
                found[stem].add((node.module or "").split(".")[2])
    return found


@pytest.mark.parametrize("room", sorted(room for room in ROOMS if (PACKAGE / room).is_dir()))
def test_files_of_a_room_import_each_other_in_one_direction(room: str) -> None:
    graphlib.TopologicalSorter(imports_within(PACKAGE / room)).prepare()  # raises where there is a circle
