"""The frame around the views: navigation, theme, what the first view costs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_gallery_has_no_accessibility_violation(
    opened: Opener, accessible: Callable[[Page], None], scheme: str
) -> None:
    """Axe finds nothing, in light and in dark."""
    page = opened(color_scheme=scheme)
    expect(page.get_by_role("heading", name="Gallery")).to_be_visible()

    accessible(page)
