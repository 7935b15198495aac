"""Limits of the reconciler's walks; the cost of a stack is computed from them too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# How much of a table or bucket is visited a day at most, so that looking never costs more than about $0.50 a day and
# million photos. Galleries of 100,000 photos and fewer are looked at by every run.
PER_DAY: Final[Mapping[str, int]] = {"records": 10_000_000, "manifests": 1_000_000, "renditions": 4_000_000}
