"""A pytest plugin that adds the outcome of each test to the file that DARKROOM_FAULTS names, a JSON line each."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

import pytest

VARIABLE: Final = "DARKROOM_FAULTS"


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note a test that ran, and whatever failed or was skipped before or after it."""
    # A worker of xdist reports to the process that started it, which writes.
    if "PYTEST_XDIST_WORKER" in os.environ or (report.when != "call" and report.passed):
        return
    line = json.dumps({"test": report.nodeid.partition("[")[0], "outcome": report.outcome})
    with Path(os.environ[VARIABLE]).open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
