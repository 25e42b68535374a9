"""`sdtool.read`: graded rollouts in a notebook or a script, as Arrow tables, figures and comparisons."""

from __future__ import annotations

import html
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sdtool.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

    from sdtool.report.rollouts import Rollouts
    from sdtool.report.study import Study


def read(*paths: str | Path, complete: bool = False) -> Results:
    """Read run directories and files that `regrade` made.

    Runs of one model that do not overlap (other seeds, other settings) are one; otherwise the settings are
    named `run/setting`. Of files without a plan, a setting that has fewer problems than another is
    incomplete; with `complete` it has fewer on purpose.

    Raises:
        InputError: a path is neither a run nor a graded file, or holds no rollouts, or the report extra is
            not installed.
    """
    try:
        from sdtool import report
    except ModuleNotFoundError as error:
        raise InputError(
            f"sdtool.read needs {error.name}, which is not installed: pip install 'sdtool[report]'"
        ) from error
    runs = tuple(Path(path) for path in paths)
    return Results(runs, report.read(runs, complete=complete))


class Results:
    """Graded rollouts of one run or several.

    An Arrow stream of the rollouts themselves (`polars.DataFrame(results)`, `pyarrow.table(results)`,
    `pandas.DataFrame.from_arrow(results)`), and what follows from them. A figure of a setting of which
    rollouts are missing is given by its bounds, and `missing` says how many are.

    Attributes:
        runs: the run directories and files, as they were given.
        settings: the names of the settings, in their order.
        missing: how many rollouts of each setting that were planned are not there; empty if all are.
        notes: what a reader must know, a sentence each.
    """

    def __init__(self, runs: tuple[Path, ...], found: Rollouts) -> None:
        self.runs = runs
        self._found = found
        self.settings = found.settings
        lacking = found.missing["setting"].tolist()
        self.missing = {name: lacking.count(name) for name in found.settings if name in lacking}
        self.notes = found.notes
        self._studies: dict[str | None, Study] = {}

    @property
    def rollouts(self) -> pa.Table:
        """Every stored column of every rollout, texts included; `setting` as it is named here."""
        import pyarrow as pa

        tables = [part.to_table() for part in self._found.parts]
        shared = [name for name in tables[0].column_names if all(name in t.column_names for t in tables)]
        table = pa.concat_tables([table.select(shared) for table in tables], promote_options="permissive")
        setting = pa.array(self._found["setting"].tolist(), pa.string())
        if "setting" not in shared:
            return table.append_column("setting", setting)
        return table.set_column(shared.index("setting"), "setting", setting)

    def table(self, reference: str | None = None) -> pa.Table:
        """One row per setting and metric: `setting, metric, value, low, high, n, complete, missing`.

        `low` and `high` are the 95 % interval, or the bounds where rollouts are missing. With a `reference`
        the rows are differences from it instead: `setting, reference, metric, difference, low, high, p_value,
        p_holm, detectable, verdict, n, complete`.

        Raises:
            InputError: there is no such setting.
        """
        import pyarrow as pa

        if reference is not None:
            return pa.Table.from_pylist(self._summary(reference)["comparisons"])
        return pa.Table.from_pylist(
            [
                {
                    "setting": setting["setting"],
                    "metric": metric,
                    **{name: figure[name] for name in ("value", "low", "high")},
                    **{name: setting[name] for name in ("n", "complete", "missing")},
                }
                for setting in self._summary(None)["settings"]
                for metric, figure in setting["metrics"].items()
            ]
        )

    def compare(self, a: str, b: str) -> pa.Table:
        """Setting `b` minus setting `a`, problem by problem: one row per metric, with columns as `table`'s.

        Raises:
            InputError: there is no such setting, or the two have no problem in common.
        """
        import pyarrow as pa

        from sdtool.report.comparisons import COMPARED, compare_all
        from sdtool.report.summary import comparisons

        for name in (a, b):
            if name not in self.settings:
                raise InputError(f"no setting {name!r}; there are: {', '.join(self.settings)}")
        found = comparisons(compare_all(self._found, [(b, a)], COMPARED))
        if not found:
            raise InputError(f"{a} and {b} have no problem in common, so they cannot be compared")
        return pa.Table.from_pylist(found)

    def report(self, out: str | Path, reference: str | None = None) -> Path:
        """Write the report of the command line to a folder, and return the page's path.

        Raises:
            InputError: there is no such setting, or the folder cannot be written.
        """
        from sdtool import report

        title = ", ".join(run.name for run in self.runs)
        report.write(self._study(reference), Path(out), title=title, runs=self.runs)
        return Path(out) / "index.html"

    def __len__(self) -> int:
        return len(self._found)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.rollouts.__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        from sdtool.report.figures import figures
        from sdtool.report.tables import settings_table

        return "\n".join([self._size(), *self.notes, settings_table(figures(self._found)).text()])

    def _repr_html_(self) -> str:
        from sdtool.report.figures import figures
        from sdtool.report.tables import settings_table

        table = settings_table(figures(self._found))
        head, *rows = (
            "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in row)
            for tag, row in [("th", table.header), *(("td", row) for row in table.rows)]
        )
        notes = "".join(f"<p><b>Note:</b> {html.escape(note)}</p>" for note in self.notes)
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        return (
            f"<div><p>{html.escape(self._size())}</p>{notes}"
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )

    def _size(self) -> str:
        names = ", ".join(run.name for run in self.runs)
        return f"{len(self):,} rollouts of {len(self.settings):,} settings from {names}"

    def _study(self, reference: str | None) -> Study:
        from sdtool.report.study import study

        if reference not in self._studies:
            self._studies[reference] = study(self._found, reference=reference)
        return self._studies[reference]

    def _summary(self, reference: str | None) -> dict[str, Any]:
        from sdtool.report.summary import summary

        return summary(self._study(reference))
