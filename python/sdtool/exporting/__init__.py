"""Rollouts as training data: chosen by filters that are counted, written for trainers, described by a card.

`inputs` reads, `pool` has the columns, `filters` is the table of filters, `contamination` finds problems that
must not be in, `chat` knows the chat template, `formats` makes rows, `writing` writes them, `card` says what
was done, and `exporter` puts it together.
"""

from sdtool.exporting.exporter import Exported, export
from sdtool.exporting.options import Options

__all__ = ["Exported", "Options", "export"]
