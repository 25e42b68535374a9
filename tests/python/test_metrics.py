"""One table of metrics: what is in it is counted while a run goes on, figured, compared and shown."""

import pytest
from runs import many, write_run
from sdtool import report, schema
from sdtool.metrics import METRICS, SHARE, TOKENS, Metric
from sdtool.store import RunDirectory
from sdtool.tally import Tally


@pytest.mark.parametrize("metric", METRICS.values(), ids=list(METRICS))
def test_every_metric_is_computed_from_a_stored_column(metric):
    assert metric.column in schema.COLUMNS
    assert METRICS[metric.name] is metric


def test_a_metric_more_is_one_row(tmp_path, monkeypatch):
    monkeypatch.setitem(METRICS, "same", Metric("same", "same text", "reason", "same"))
    run = write_run(tmp_path / "run", many(4, 1))
    found = report.figures(report.read([run]))
    assert next(figure.value for figure in found if figure.metric == "same") == 1.0
    directory = RunDirectory(run)
    directory.journals.mkdir()
    assert Tally(directory, {"precise": 5}).bounds(METRICS["same"]) == (0.8, 1.0)


@pytest.mark.parametrize(
    ("unit", "value", "text", "difference"),
    [
        (SHARE, 0.615, "61.5", "+61.5"),
        (SHARE, -0.02, "-2.0", "-2.0"),
        (TOKENS, 12345.4, "12,345", "+12,345"),
        (TOKENS, float("inf"), "∞", "+∞"),
    ],
)
def test_a_unit_writes_its_values(unit, value, text, difference):
    assert (unit.text(value), unit.difference(value)) == (text, difference)
