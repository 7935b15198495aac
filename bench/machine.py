"""Describe the machine and the time of a run."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def machine() -> dict[str, Any]:
    """Describe this machine."""
    model = next((line for line in _lines(Path("/proc/cpuinfo")) if line.startswith("model name")), "unknown")
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "cores": len(os.sched_getaffinity(0)),
        "cpu": model.partition(":")[2].strip() or platform.processor(),
        "architecture": platform.machine(),
        "python": platform.python_version(),
    }


def note(here: Mapping[str, Any]) -> str:
    """Write it in one line."""
    return "{date}, {cores} cores, {cpu}, {architecture}, Python {python}".format_map(here)


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []
