"""How long tests wait for what comes soon: until a hang is certain, on whatever machine. Never a measure of speed."""

from __future__ import annotations

from typing import Final

HANG_S: Final = 60.0
