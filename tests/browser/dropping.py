"""Files and folders dragged in from outside, as a file manager does it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.chromium import HANG_MS

COPY = 1
LOOK_MS = 20
STEPS = ("dragEnter", "dragOver", "drop")


def drop(page: Page, *paths: Path, at: tuple[int, int] = (400, 400)) -> None:
    """Drop *paths* on the page, *at* px from its upper left corner."""
    client = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": COPY}
    for step in STEPS:
        client.send("Input.dispatchDragEvent", {"type": step, "x": at[0], "y": at[1], "data": data})
    client.detach()


def until(page: Page, look: Callable[[], bool]) -> None:
    """Let *page* go on until *look* finds what it wants: for what cannot be seen on the page itself."""
    for _ in range(HANG_MS // LOOK_MS):
        if look():
            return
        page.wait_for_timeout(LOOK_MS)
    raise AssertionError(f"expected it within {HANG_MS} ms")
