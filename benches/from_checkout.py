"""Imported first: the benches run from a checkout in which nothing is built; packages can be hidden."""

import os
import sys
import types
from pathlib import Path

HIDDEN = os.environ.get("GPU_DECODE_WITHOUT", "").split()
"""Packages that nothing is to find, as if they were not installed."""

for name in HIDDEN:
    sys.modules[name] = None
try:
    import sdtool  # noqa: F401 - to see whether it is there
except ImportError:  # on a GPU the engine needs no extension
    package = types.ModuleType("sdtool")
    package.__path__ = [str(Path(__file__).parents[1] / "python" / "sdtool")]
    sys.modules["sdtool"] = package
