"""Photos as one ZIP file: packed by the service, followed in every view, downloaded by a link."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest
from playwright.sync_api import Dialog, Locator, Page, Route, expect

from testkit.browser import drop
from testkit.embedded_stack import LocalStack
from testkit.photos import jpeg, scene
from tests.browser.complaints import Complaints
from tests.browser.conftest import Opener
from tests.browser.editing import Desk, waiting_edits
from tests.browser.test_gallery_bulk import choose
from tests.browser.test_gallery_screens import CUT
from tests.browser.test_gallery_uploads import change_record, photo_file

GALLERY: Final = "#/gallery?gallery=party/guests"
API: Final = "**/image-edit/archives"
ONE: Final = f"{API}/arc_*"
PHOTOS: Final[Mapping[str, bytes]] = {
    name: jpeg.jpeg(scene.scene(width, 400))
    for name, width in (("bride.jpg", 600), ("cake.jpg", 500), ("band.jpg", 450))
}
EXPIRES: Final = 4_102_444_800  # 2100
DOCUMENT: Final[Mapping[str, Any]] = {
    "archiveId": f"arc_{'0' * 32}_{'0' * 20}",
    "status": "processing",
    "gallery": "party/guests",
    "size": "small",
    "files": 0,
    "total": 0,
    "leftOut": 0,
    "bytes": 0,
    "url": None,
    "error": None,
    "createdAt": 1,
    "expiresAt": EXPIRES,
}
DONE: Final = {
    "status": "complete",
    "files": 297,
    "total": 300,
    "leftOut": 3,
    "bytes": 12_345_678,
    "url": "/file?ticket=1",
}
FAILED: Final = {"status": "error", "error": {"code": "SOURCE_FAILED", "message": "There are no photos of yours."}}
Answers: TypeAlias = list[Callable[[Route], None]]


@pytest.fixture(scope="module")
def party(stack: LocalStack) -> Mapping[str, dict[str, Any]]:
    """Give the records of a gallery of three photos, by file name, as the page itself uploads them."""
    ids = {name: stack.upload(data, gallery="party/guests", name=name) for name, data in PHOTOS.items()}
    return {name: stack.with_status(one, "active") for name, one in ids.items()}


@pytest.fixture
def guest(opened: Opener, stack: LocalStack, party: Mapping[str, dict[str, Any]]) -> Desk:
    """Give a user of its own, whose photos these are: the API counts archives by user."""
    desk = Desk(opened=opened, stack=stack, beach={})
    for record in party.values():
        change_record(stack, record["id"], user_id=desk.user)
    return desk


def tray(page: Page) -> Locator:
    """Find the ZIP files below the navigation."""
    return page.get_by_role("region", name="ZIP files")


def pack(page: Page, size: str) -> None:
    """Ask for the whole gallery."""
    page.locator(".toolbar").get_by_text("Download").click()
    page.get_by_role("button", name=size, exact=True).click()


def link(page: Page) -> Locator:
    """Find the link of the one ZIP file, as soon as it is there."""
    return tray(page).get_by_role("link", name="Download")


def file_of(page: Page) -> tuple[str, dict[str, bytes]]:
    """Click the link of a ZIP file; return its name and what is in it, as Python reads it."""
    with page.expect_download() as download:
        link(page).click()
    kept = download.value
    with zipfile.ZipFile(io.BytesIO(Path(kept.path()).read_bytes())) as files:
        assert files.testzip() is None
        return kept.suggested_filename, {name: files.read(name) for name in files.namelist()}


def test_a_gallery_is_packed_as_it_was_uploaded(
    opened: Opener, stack: LocalStack, party: Mapping[str, dict[str, Any]]
) -> None:
    """The developer's own uploads are the developer's: the very bytes, and no question asked."""
    for record in party.values():
        change_record(stack, record["id"], user_id=stack.http.get(f"{stack.page}/config.json").json()["user"])
    page = opened(GALLERY)

    pack(page, "Originals")

    expect(tray(page)).to_contain_text("party/guests, originals")
    expect(tray(page)).to_contain_text("3 photos")
    expect(tray(page)).to_contain_text("The link works until")
    assert ("guests originals.zip", PHOTOS) == file_of(page)


def test_a_gallery_is_packed_in_a_size(guest: Desk, stack: LocalStack, party: Mapping[str, dict[str, Any]]) -> None:
    """The files are those that the CDN serves."""
    page = guest.visit(GALLERY)

    pack(page, "Size small")

    expected = {name: stack.http.get(one["small_url"]).content for name, one in party.items()}
    assert ("guests small.zip", expected) == file_of(page)
    tray(page).get_by_role("button", name="Dismiss: party/guests, size small").click()
    expect(tray(page)).to_be_hidden()


def test_only_the_chosen_photos_are_packed(guest: Desk, party: Mapping[str, dict[str, Any]]) -> None:
    """The bar of chosen photos offers a link beside its own download, and what it copies is open to anyone."""
    page = guest.visit(GALLERY, permissions=["clipboard-read", "clipboard-write"])
    choose(page, "bride.jpg")
    choose(page, "cake.jpg")
    chosen = page.get_by_role("region", name="Chosen photos")
    chosen.get_by_text("ZIP link").click()
    chosen.get_by_role("button", name="Originals").click()

    expect(tray(page)).to_contain_text("2 photos, originals")
    expected = {f"party/guests/{name}": PHOTOS[name] for name in ("bride.jpg", "cake.jpg")}
    assert ("photos originals.zip", expected) == file_of(page)
    tray(page).get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    copied = str(page.evaluate("navigator.clipboard.readText()"))
    assert link(page).get_attribute("href") == copied
    assert 302 == guest.stack.http.get(copied).status_code


def test_what_cannot_be_packed_is_said_and_can_be_tried_again(opened: Opener, stack: LocalStack, guest: Desk) -> None:
    """The photos are another user's; they are this user's at the second attempt."""
    stranger = Desk(opened=opened, stack=stack, beach={})
    page = stranger.visit(GALLERY)
    pack(page, "Originals")
    expect(tray(page)).to_contain_text("There are no photos of yours in the gallery 'party/guests'")

    for one in stack.http.get(f"{stack.page}/gallery/photos?gallery=party/guests").json()["photos"]:
        assert guest.user == one["user_id"]
        change_record(stack, one["id"], user_id=stranger.user)
    tray(page).get_by_role("button", name="Try again").click()

    expect(link(page)).to_be_visible()
    expect(link(page)).to_be_focused()


def test_a_service_that_makes_no_archives_says_so(guest: Desk, complaints: Complaints) -> None:
    """Its sentence is shown as it is."""
    complaints.expect("status of 404")
    off = "This service makes no archives: its operator has not turned them on (setting edits.archive_days)."
    page = guest.visit(GALLERY)
    page.route(API, lambda route: answer(route, {"error": off, "code": "NOT_FOUND"}, status=404))

    pack(page, "Size large")

    expect(tray(page)).to_contain_text(off)
    tray(page).get_by_role("button", name="Dismiss").click()
    expect(tray(page)).to_be_hidden()
    expect(page.get_by_role("main")).to_be_focused()


def test_packing_is_cancelled(guest: Desk, stack: LocalStack) -> None:
    """The row goes, and the service stops."""
    with waiting_edits(stack):
        page = guest.visit(GALLERY)
        with page.expect_response(API) as started:
            pack(page, "Originals")
        expect(tray(page)).to_contain_text("Looking for the photos…")

        with page.expect_response(lambda one: one.request.method == "DELETE") as cancelled:
            tray(page).get_by_role("button", name="Cancel: party/guests, originals").click()

        expect(tray(page)).to_be_hidden()
        assert 200 == cancelled.value.status
        assert started.value.json()["archiveId"] == cancelled.value.json()["archiveId"]
        assert "cancelled" == cancelled.value.json()["status"]
        page.reload()
        expect(page.get_by_role("heading", name="party/guests")).to_be_visible()
        expect(tray(page)).to_be_hidden()


def test_packing_goes_on_in_another_view_and_after_a_reload(guest: Desk, stack: LocalStack) -> None:
    """It belongs to the page; the link is there at the end, also after one more reload."""
    with waiting_edits(stack):
        page = guest.visit(GALLERY)
        pack(page, "Size medium")
        expect(tray(page)).to_contain_text("Looking for the photos…")
        page.get_by_role("link", name="Editor").click()
        expect(page.get_by_role("heading", name="Editor")).to_be_visible()
        expect(tray(page)).to_contain_text("Looking for the photos…")
        page.reload()
        expect(tray(page)).to_contain_text("party/guests, size medium")

    expect(link(page)).to_be_visible()
    page.reload()

    assert "guests medium.zip" == file_of(page)[0]


def test_a_download_leaves_running_uploads_alone(guest: Desk, tmp_path: Path) -> None:
    """The browser does not ask whether to leave the page."""
    asked: list[Dialog] = []
    page = guest.visit(GALLERY)
    pack(page, "Originals")
    expect(link(page)).to_be_visible()

    def note(dialog: Dialog) -> None:
        asked.append(dialog)

    page.on("dialog", note)
    page.route("**/*originals/**", lambda route: None if route.request.method == "PUT" else route.continue_())
    drop(page, photo_file(tmp_path))
    expect(page.get_by_role("region", name="Uploads")).to_contain_text("Uploading 1 of 1")

    assert "guests originals.zip" == file_of(page)[0]

    assert [] == asked
    expect(page.get_by_role("region", name="Uploads")).to_contain_text("Uploading 1 of 1")
    page.get_by_role("region", name="Uploads").get_by_role("button", name="Cancel", exact=True).click()
    expect(page.locator(".tile")).to_have_count(len(PHOTOS))


def test_a_link_is_withdrawn(guest: Desk) -> None:
    """After a question; it leads nowhere any more."""
    page = guest.visit(GALLERY)
    pack(page, "Size thumbnail")
    href = link(page).get_attribute("href") or ""
    assert 302 == guest.stack.http.get(href).status_code

    tray(page).get_by_role("button", name="Withdraw link").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Withdraw").click()

    expect(tray(page)).to_be_hidden()
    assert 404 == guest.stack.http.get(href).status_code


def answer(route: Route, document: Mapping[str, Any], *, status: int = 200) -> None:
    """Answer in the place of the API."""
    headers = {
        "Access-Control-Allow-Origin": route.request.headers.get("origin", "*"),
        "Access-Control-Expose-Headers": "Retry-After",
        "Retry-After": "1",
    }
    route.fulfill(status=status, json=document, headers=headers)


def scripted(page: Page, document: Mapping[str, Any]) -> Answers:
    """Let the API accept an archive, and describe it by the last of the returned answers: by *document* at first."""
    answers: Answers = [lambda route: answer(route, {**DOCUMENT, **document})]
    page.route(API, lambda route: answer(route, DOCUMENT, status=202))

    def last(route: Route) -> None:
        answers[-1](route)

    page.route(ONE, last)
    return answers


def test_progress_and_what_was_left_out_are_said(guest: Desk) -> None:
    """Numbers of photos; then the size, until when the link works, and where the reasons are."""
    page = guest.visit(GALLERY, locale="en-GB", timezone_id="UTC")
    answers = scripted(page, {"files": 118, "leftOut": 2, "total": 300})

    pack(page, "Size small")

    expect(tray(page)).to_contain_text("Packing 120 of 300 photos")
    bar = tray(page).get_by_role("progressbar", name="Packing party/guests, size small")
    expect(bar).to_have_js_property("value", 0.4)
    answers.append(lambda route: answer(route, {**DOCUMENT, **DONE}))
    expect(tray(page)).to_contain_text("297 photos, 12.3 MB")
    expect(tray(page)).to_contain_text("The link works until 1 Jan 2100, 00:00.")
    expect(tray(page)).to_contain_text("3 photos left out: left-out.txt in the file says why.")
    expect(tray(page).get_by_role("status")).to_have_text(
        "party/guests, size small: the ZIP file is ready, 297 photos, 12.3 MB."
    )


def test_a_lost_connection_loses_no_file(guest: Desk, complaints: Complaints) -> None:
    """The page says so, goes on asking, and waits as long as it is told to."""
    complaints.expect("ERR_CONNECTION_REFUSED|status of 429")
    page = guest.visit(GALLERY)
    answers = scripted(page, {"files": 1, "total": 3})
    pack(page, "Size small")
    expect(tray(page)).to_contain_text("Packing 1 of 3 photos")

    answers.append(lambda route: route.abort("connectionrefused"))
    expect(tray(page)).to_contain_text("The connection is lost. Packing goes on")
    with page.expect_response(lambda one: one.status == 429):
        answers.append(lambda route: answer(route, {"error": "Too many.", "code": "RATE_LIMIT_EXCEEDED"}, status=429))
    answers.append(lambda route: answer(route, {**DOCUMENT, **DONE}))

    expect(link(page)).to_be_visible()
    expect(tray(page)).not_to_contain_text("The connection is lost")


@pytest.mark.parametrize(
    ("document", "text"),
    [({"files": 1, "total": 3}, "Packing 1 of 3"), (DONE, "12.3 MB"), (FAILED, "There are no photos of yours")],
    ids=["packing", "complete", "failed"],
)
def test_every_state_is_accessible_and_fits_a_phone(
    guest: Desk, accessible: Callable[[Page], None], document: Mapping[str, Any], text: str
) -> None:
    """Axe finds nothing in light and in dark, with the menu open; everything fits into 360 px."""
    page = guest.visit(GALLERY, color_scheme="light")
    scripted(page, document)
    pack(page, "Size small")
    expect(tray(page)).to_contain_text(text)
    accessible(page)

    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(color_scheme="dark")
    page.locator(".toolbar summary").click()
    accessible(page)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
    assert not page.locator(".toolbar .entries, #archives :is(a, button, p)").evaluate_all(CUT)


def test_the_menu_works_by_keyboard(guest: Desk) -> None:
    """Enter opens it, Tab goes to the entries, Esc closes it; after an entry the focus is where it was."""
    page = guest.visit(GALLERY)
    scripted(page, {"files": 1, "total": 3})
    summary = page.locator(".toolbar summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Originals")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Originals")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Originals")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Originals")).to_be_focused()

    page.keyboard.press("Enter")

    expect(tray(page)).to_contain_text("Packing 1 of 3 photos")
    expect(summary).to_be_focused()


def test_only_a_gallery_has_a_download(opened: Opener) -> None:
    """The list of all galleries is none."""
    page = opened("#/gallery")
    expect(page.get_by_label("Gallery", exact=True)).to_be_visible()

    expect(page.locator(".toolbar summary")).to_be_hidden()


def test_more_photos_than_one_request_may_name_are_refused_in_words(opened: Opener) -> None:
    """The page says what to do instead; nothing is sent."""
    page = opened(GALLERY)

    page.evaluate(
        """async () => {
          const { Bulk } = await import("/gallery/bulk.js");
          const tiles = Array.from({ length: 1001 }, (_, at) => ({ photo: { id: `${at}` } }));
          await new Bulk({ packing: { start: () => document.body.remove() } }).pack(tiles, "");
        }"""
    )

    expect(page.get_by_text("Choose at most 1,000 photos for one ZIP file")).to_be_visible()
