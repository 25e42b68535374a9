"""What every test file shares: property tests are never failed by a slow machine."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("sdtool", deadline=None)
settings.load_profile("sdtool")
