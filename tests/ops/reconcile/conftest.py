"""Fixtures of the reconciler's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.factories.reconciling import Gallery, open_gallery


@pytest.fixture
def gallery() -> Iterator[Gallery]:
    """Return an empty gallery."""
    with open_gallery() as opened:
        yield opened
