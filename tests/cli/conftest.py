"""Fixtures of the commands that operate a stack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories.operating import Operation, open_operation


@pytest.fixture
def operation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operation]:
    """Return an empty stack; files that commands leave are in *tmp_path*."""
    monkeypatch.chdir(tmp_path)
    with open_operation(tmp_path, monkeypatch) as opened:
        yield opened
