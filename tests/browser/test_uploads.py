"""Uploads belong to the page: they go on in every view, are cancelled and tried again, and are never lost silently."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Locator, Page, Route, expect

from testkit.browser import drop, wait_until
from testkit.embedded_stack import LocalStack
from tests.browser.complaints import Complaints
from tests.browser.conftest import Opener
from tests.browser.test_gallery_uploads import change_record, empty_gallery, photo_file, tile

PUTS = "**/*originals/**"
PHONE_AND_DESK = pytest.mark.parametrize("size", [(360, 740), (1440, 900)], ids=["phone", "desk"])


def tray(page: Page) -> Locator:
    """Find the tray of uploads."""
    return page.get_by_role("region", name="Uploads")


@dataclass(kw_only=True)
class Held:
    """Files that wait until they are released; later ones wait too."""

    routes: list[Route] = field(default_factory=list)
    open: bool = False

    def take(self, route: Route) -> None:
        """Keep a file, let everything else through."""
        if self.open or route.request.method != "PUT":
            route.continue_()
        else:
            self.routes.append(route)

    def release(self) -> None:
        """Let all files through, from now on."""
        self.open = True
        for route in self.routes:
            route.continue_()


def hold_puts(page: Page) -> Held:
    """Let no file through before it is released."""
    held = Held()
    page.route(PUTS, held.take)
    return held


def six(folder: Path) -> Path:
    """Write six small photos into a folder."""
    below = folder / "six"
    below.mkdir()
    for at in range(1, 7):
        photo_file(below, f"{at}.jpg")
    return below


@PHONE_AND_DESK
def test_uploads_go_on_in_another_view(
    opened: Opener, stack: LocalStack, tmp_path: Path, size: tuple[int, int]
) -> None:
    """The tray is in every view; back in the gallery every file has its tile, in the order of the folder."""
    gallery = f"goes-on-{size[0]}"
    page = opened(f"#/gallery?gallery={gallery}", size=size)
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    held = hold_puts(page)
    drop(page, six(tmp_path), at=(100, 300))
    wait_until(page, lambda: len(held.routes) == 4)

    page.get_by_role("link", name="Operations").click()
    expect(page.get_by_role("heading", name="Operations")).to_be_visible()
    expect(tray(page)).to_contain_text("Uploading 1 of 6")
    assert size[0] >= page.evaluate("document.scrollingElement.scrollWidth")
    held.release()
    expect(tray(page)).to_contain_text("6 files uploaded")
    page.go_back()

    expect(page.locator(".tile .name")).to_have_text([f"{at}.jpg" for at in range(1, 7)])
    for at in range(1, 7):
        expect(tile(page, f"{at}.jpg")).to_have_attribute("data-status", "active")
    page.reload()
    expect(page.locator(".tile .name")).to_have_text([f"{at}.jpg" for at in range(1, 7)])
    assert {"failed", "pending"}.isdisjoint(
        page.locator(".tile").evaluate_all("(all) => all.map((one) => one.dataset.status)")
    )


def test_leaving_the_page_asks_from_every_view(opened: Opener, tmp_path: Path) -> None:
    """As long as a file is on its way; not afterwards."""
    page = empty_gallery(opened, "leaving")
    hold_puts(page)
    drop(page, photo_file(tmp_path))
    page.get_by_role("link", name="Editor").click()
    expect(page.get_by_role("heading", name="Editor")).to_be_visible()
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    page.locator("h1").click()  # a page may ask only a user who has used it
    page.reload()
    assert ["beforeunload"] == asked
    page.reload()

    assert ["beforeunload"] == asked


def test_uploads_are_cancelled_one_by_one_or_all(opened: Opener, tmp_path: Path) -> None:
    """Their tiles and their records go too."""
    page = empty_gallery(opened, "cancelled")
    held = hold_puts(page)
    drop(page, six(tmp_path))
    wait_until(page, lambda: len(held.routes) == 4)

    tray(page).get_by_text("Files").click()
    tray(page).get_by_role("button", name="Cancel: 1.jpg").click()
    expect(tile(page, "1.jpg")).to_have_count(0)
    assert not page.evaluate("document.activeElement === document.body")
    tray(page).get_by_role("button", name="Cancel", exact=True).click()

    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    expect(tray(page)).to_be_hidden()
    page.reload()
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()


def test_an_expired_address_is_renewed(opened: Opener, complaints: Complaints, tmp_path: Path) -> None:
    """S3 refuses it with 403; the page gets another one for the same record."""
    complaints.expect("status of 403")
    page = empty_gallery(opened, "expired")
    refused = [403]

    def refuse_once(route: Route) -> None:
        if route.request.method == "PUT" and refused:
            route.fulfill(status=refused.pop(), headers={"Access-Control-Allow-Origin": "*"})
        else:
            route.continue_()

    page.route(PUTS, refuse_once)
    with page.expect_response(re.compile("/upload$")) as renewed:
        drop(page, photo_file(tmp_path))

    assert 200 == renewed.value.status
    expect(tile(page, "photo.jpg")).to_have_attribute("data-status", "active")
    expect(page.locator(".tile")).to_have_count(1)


def test_a_stalled_upload_is_noticed(opened: Opener, tmp_path: Path) -> None:
    """After half a minute without a byte it fails, and leaves its lane to others."""
    page = empty_gallery(opened, "stalled")
    page.clock.install()
    page.reload()
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    held = hold_puts(page)
    drop(page, photo_file(tmp_path))
    wait_until(page, lambda: bool(held.routes))

    page.clock.run_for(31_000)

    expect(tile(page, "photo.jpg")).to_contain_text("The upload stalled")
    page.unroute_all()
    page.get_by_role("button", name="Try again: photo.jpg").first.click()
    expect(tile(page, "photo.jpg")).to_have_attribute("data-status", "active")


def test_what_lies_beside_photos_is_left_out(opened: Opener, tmp_path: Path) -> None:
    """One line names them; they become no failures."""
    folder = tmp_path / "export"
    folder.mkdir()
    photo_file(folder)
    for name in ("photo.xmp", "Thumbs.db", "notes.txt"):
        (folder / name).write_text("text")
    page = empty_gallery(opened, "beside")

    drop(page, folder)

    expect(page.get_by_text("3 files that are no photos were left out.")).to_be_visible()
    expect(tile(page, "photo.jpg")).to_have_attribute("data-status", "active")
    expect(page.locator(".tile")).to_have_count(1)


@PHONE_AND_DESK
def test_an_interrupted_upload_is_named_and_removed(
    opened: Opener, stack: LocalStack, accessible: Callable[[Page], None], size: tuple[int, int]
) -> None:
    """A record that waits for its file for a quarter of an hour is counted apart."""
    gallery = f"came-never-{size[0]}"
    photo_id = stack.announce("never.jpg", b"bytes", gallery=gallery)["photo"]["id"]
    long_ago = (datetime.now(UTC) - timedelta(minutes=16)).isoformat()
    change_record(stack, photo_id, announced_at=long_ago)
    page = opened(f"#/gallery?gallery={gallery}", size=size)

    expect(tile(page, "never.jpg")).to_contain_text("The upload was interrupted: add the file again.")
    expect(page.get_by_role("status").first).to_have_text("0 of 1 photo ready · 1 upload interrupted")
    accessible(page)
    page.get_by_role("button", name="Remove: never.jpg").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()

    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    assert stack.photo(photo_id) is None
