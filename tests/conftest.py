"""Fixtures that tests of several layers share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.factories.darkroom import Darkroom, open_darkroom


@pytest.fixture
def darkroom() -> Iterator[Darkroom]:
    """Give empty stores, versioned as deployed, and a rendition line over them."""
    with open_darkroom() as opened:
        yield opened
