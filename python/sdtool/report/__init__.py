"""Reports: figures with honest errors from graded rollouts, as tables, plots and one page.

`rollouts` reads, `outcomes` and `figures` count, `caps` replays smaller caps, `comparisons` compares settings
problem by problem, `study` puts these together, `tables`, `gallery` and `page` show them, and `files` writes
them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdtool.report.figures import figures
from sdtool.report.reading import read
from sdtool.report.rollouts import Rollouts
from sdtool.report.study import Study, study
from sdtool.report.tables import settings_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sdtool.report.tables import Table

__all__ = ["Rollouts", "Study", "read", "study", "table", "write"]


def write(found: Study, out: Path, title: str, runs: Sequence[Path] = ()) -> list[Path]:
    """Write `summary.csv`, `summary.md`, the tables as CSV, the plots as SVG and `index.html` to `out`.

    Args:
        found: what to write.
        out: the folder.
        title: of the page and of `summary.md`.
        runs: the run directories that the study was read from, where the page finds what was measured.
    """
    from sdtool.report import files  # matplotlib takes a while to import

    return files.write(found, out, title, runs)


def table(run: str | Path) -> Table:
    """The table of one run: one row per setting, each figure with its 95 % interval."""
    return settings_table(figures(read([run])))
