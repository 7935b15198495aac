"""The edit API over empty stores."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.factories.api import Api, open_api


@pytest.fixture
def api() -> Iterator[Api]:
    """Return the whole application, and the stores behind it."""
    with open_api() as opened:
        yield opened
