"""Define how long tests wait before they report a hang, on any machine. Never a measure of speed."""

from __future__ import annotations

from typing import Final

HANG_S: Final = 60.0
