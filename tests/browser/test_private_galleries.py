"""The page of a stack whose renditions and results are signed: it shows what its cookies open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from testkit.embedded_stack import LocalStack
from testkit.photos import jpeg, scene
from tests.browser.conftest import Opener

LOADED = "image => image.complete && image.naturalWidth > 0"


@pytest.fixture(scope="module")
def stack(private: LocalStack) -> LocalStack:
    """Give the stack whose pictures are signed."""
    return private


@pytest.fixture(scope="module")
def photo(stack: LocalStack) -> dict[str, Any]:
    """Give the record of a photo."""
    photo_id = stack.upload(jpeg.jpeg(scene.scene(1200, 800)), gallery="private", name="kiss.jpg")
    return stack.with_status(photo_id, "active")


def tile(page: Page) -> Any:
    """Find the photo's picture."""
    return page.get_by_role("button", name="Open kiss.jpg").locator("img")


def test_the_page_shows_a_private_gallery_and_saves_it(opened: Opener, photo: dict[str, Any]) -> None:
    """Its backend sets the cookies; a script reads the file with them."""
    page = opened("#/gallery?gallery=private")
    picture = tile(page)
    expect(picture).to_be_visible()
    page.wait_for_function(LOADED, arg=picture.element_handle())

    names = {one.get("name") for one in page.context.cookies()}
    assert {"CloudFront-Policy", "CloudFront-Signature", "CloudFront-Key-Pair-Id"} <= names
    assert "" == page.evaluate("document.cookie")
    page.keyboard.press("Control+a")
    chosen = page.get_by_role("region", name="Chosen photos")
    chosen.get_by_text("Download").click()
    with page.expect_download() as kept:
        chosen.get_by_role("button", name="Size small").click()
    assert photo["small_bytes"] == Path(kept.value.path()).stat().st_size


def test_a_visitor_without_the_cookies_sees_no_picture(opened: Opener, photo: dict[str, Any]) -> None:
    """The same address, in a browser that the backend gave none."""
    page = opened("#/gallery?gallery=private")
    page.wait_for_function(LOADED, arg=tile(page).element_handle())
    assert 200 == page.request.get(photo["small_url"]).status

    page.context.clear_cookies()

    answer = page.request.get(photo["small_url"])
    assert (403, "MISSING_KEY") == (answer.status, answer.json()["code"])
