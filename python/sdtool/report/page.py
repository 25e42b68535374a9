"""`index.html`: the report in one file that opens without a network.

Model text is hostile. It never becomes markup: it travels as gzipped JSON in base64, whose alphabet holds no
`<`, and the page's script only ever sets it as the text of an element. A Content-Security-Policy names the
hash of that one script and allows nothing else to run or to load.
"""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from typing import TYPE_CHECKING

from sdtool.report.viewer import index_and_texts, packed

if TYPE_CHECKING:
    from sdtool.report.layout import Layout
    from sdtool.report.rollouts import Rollouts

SCRIPTS = ("data.js", "address.js", "texts.js", "tables.js", "rollouts.js")


def page(title: str, layout: Layout, rollouts: Rollouts) -> str:
    """The whole page as HTML."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("sdtool.report", "assets"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["base64"] = lambda text: base64.b64encode(text.encode()).decode()
    style = _asset("page.css")
    script = "".join(map(_asset, SCRIPTS))
    index, chunks = index_and_texts(rollouts)
    return environment.get_template("page.html").render(
        title=title,
        facts=layout.facts,
        notes=layout.notes,
        sentences=layout.sentences,
        lead_plots=layout.lead_plots,
        lead_tables=layout.lead_tables,
        sections=layout.sections,
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        index=packed(index),
        chunks=map(packed, chunks),
        shown=len(index["problem"]),
        total=len(rollouts),
    )


def _asset(name: str) -> str:
    return resources.files("sdtool.report").joinpath("assets", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
