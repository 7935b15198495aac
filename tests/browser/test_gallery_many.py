"""Hundreds of photos: only what is near the view is loaded, and nothing moves when it comes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Page, Request, expect

from testkit.browser import wait_until
from testkit.embedded_stack import LocalStack
from testkit.photo_copies import delete_copies, write_copies
from testkit.photos import jpeg, scenery
from tests.browser.conftest import Opener

MANY: Final = 300
# What the view and what Chromium takes for near it can hold, with room to spare; 300 would be all of them.
NEAR: Final = 160
SHIFTS = """
window.moved = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.moved += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture(scope="module")
def many(stack: LocalStack) -> Iterator[str]:
    """Give a gallery of one photo and 300 copies of its record, which later tests would list again and again."""
    photo_id = stack.upload(jpeg.jpeg(scenery.mountains(900, 600)), gallery="many")
    written = write_copies(stack, stack.with_status(photo_id, "active"), MANY)
    yield "#/gallery?gallery=many"
    delete_copies(stack, written)


def test_only_what_is_near_the_view_is_loaded(opened: Opener, many: str) -> None:
    """Neither the records nor the pictures of what is far away are asked for; scrolling to the end brings them."""
    loaded: set[str] = set()
    page = opened("#/gallery?gallery=other")
    page.on("request", lambda request: note(request, loaded))
    page.goto(f"/{many}")

    expect(page.locator(".tile img").first).to_have_js_property("complete", value=True)
    first_view = len(loaded)
    assert 0 < first_view <= NEAR
    wait_until(page, lambda: to_the_end(page) == MANY + 1)
    expect(page.get_by_role("button", name="Open 0000.jpg")).to_be_in_viewport()
    expect(page.get_by_role("status").first).to_have_text(f"{MANY + 1} photos")


def note(request: Request, loaded: set[str]) -> None:
    """Keep the addresses of pictures."""
    if "/renditions/many/" in request.url:
        loaded.add(request.url)


def to_the_end(page: Page) -> int:
    """Scroll to the end, and count the tiles."""
    return int(page.evaluate("scrollTo(0, document.body.scrollHeight), document.querySelectorAll('.tile').length"))


def test_nothing_moves_while_pictures_arrive(opened: Opener, many: str) -> None:
    """Frames have their size, and pictures their shape, before the first byte of them is there."""
    page = opened("#/gallery?gallery=other")
    page.add_init_script(SHIFTS)
    page.goto(f"/?again=1{many}")

    expect(page.get_by_role("button", name=f"Open {MANY - 1:04}.jpg")).to_be_visible()
    wait_until(
        page,
        lambda: bool(
            page.evaluate("[...document.querySelectorAll('.tile img')].slice(0, 8).every((one) => one.complete)")
        ),
    )

    assert 0.01 > page.evaluate("window.moved")
