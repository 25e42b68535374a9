"""Reports: figures with honest errors from graded rollouts, as tables, plots and one page.

`rollouts` reads, `outcomes` and `figures` count, `caps` replays smaller caps, `comparisons` compares settings
problem by problem, `tables`, `gallery` and `page` show, and `study` puts it all together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdtool.report.figures import figures
from sdtool.report.rollouts import Rollouts, read
from sdtool.report.study import Study, study, write
from sdtool.report.tables import settings_table

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Rollouts", "Study", "read", "study", "table", "write"]


def table(run: str | Path) -> str:
    """The table of one run for a terminal: one row a setting, each figure with its 95 % interval."""
    return settings_table(figures(read([run]))).text()
