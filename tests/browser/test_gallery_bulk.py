"""Many photos at once: chosen in every state, by range or all; deleted, tried again, downloaded; found and sorted."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from testkit.embedded_stack import LocalStack
from testkit.photos import jpeg, scene
from tests.browser.complaints import Complaints
from tests.browser.conftest import Opener
from tests.browser.test_gallery_uploads import change_record, tile


def filled(stack: LocalStack, gallery: str) -> str:
    """Make a gallery of three photos, two that failed (one may be tried again), and one that waits."""
    for name in ("IMG_10.jpg", "IMG_2.jpg", "beach, day 1.jpg"):
        stack.with_status(stack.upload(jpeg.jpeg(scene.scene(900, 600)), gallery=gallery, name=name), "active")
    for name in ("final.jpg", "again.jpg"):
        failed = stack.upload(b"hello\n" * 20, gallery=gallery, name=name)
        error = stack.with_status(failed, "failed")["error"]
        if name == "again.jpg":
            change_record(stack, failed, error={**error, "code": "DECODE_TIMEOUT"})
    stack.announce("waits.jpg", b"bytes", gallery=gallery)
    return f"#/gallery?gallery={gallery}"


@pytest.fixture(scope="module")
def mixture(stack: LocalStack) -> str:
    """Give a gallery that no test changes."""
    return filled(stack, "mixture")


def choose(page: Page, name: str, **options: object) -> None:
    """Click the checkbox of a tile."""
    tile(page, name).hover()
    page.get_by_role("checkbox", name=f"Choose {name}").click(**options)  # pyright: ignore[reportArgumentType]


def test_every_tile_can_be_chosen_whatever_its_state(
    opened: Opener, accessible: Callable[[Page], None], mixture: str
) -> None:
    """Ctrl+A takes all; the bar offers what can be done; Esc lets go, and the focus stays on a tile."""
    page = opened(mixture)
    expect(page.locator(".tile")).to_have_count(6)
    page.get_by_role("checkbox", name="Choose waits.jpg").focus()

    page.keyboard.press("Control+a")

    chosen = page.get_by_role("region", name="Chosen photos")
    expect(chosen).to_contain_text("6 photos chosen")
    for width in (1440, 360):
        page.set_viewport_size({"width": width, "height": 740})
        for name in ("All", "Try again", "Delete", "Choose none"):
            expect(chosen.get_by_role("button", name=name, exact=True)).to_be_visible()
        assert width >= page.evaluate("document.scrollingElement.scrollWidth")
    accessible(page)
    page.keyboard.press("Escape")
    expect(chosen).to_be_hidden()
    assert page.evaluate("document.activeElement.closest('.tile') !== null")


def test_shift_chooses_a_range(opened: Opener, mixture: str) -> None:
    """From the last chosen tile to this one, in the order of the grid."""
    page = opened(f"{mixture}&sort=name")
    expect(page.locator(".tile .name")).to_have_text(
        ["again.jpg", "beach, day 1.jpg", "final.jpg", "IMG_2.jpg", "IMG_10.jpg", "waits.jpg"]
    )

    choose(page, "beach, day 1.jpg")
    choose(page, "IMG_10.jpg", modifiers=["Shift"])

    expect(page.get_by_role("region", name="Chosen photos")).to_contain_text("4 photos chosen")
    link = page.get_by_role("link", name="Edit", exact=True).get_attribute("href") or ""
    assert 3 == len(parse_qs(link.partition("?")[2])["photo"])


def test_names_with_a_comma_are_edited(opened: Opener, mixture: str, complaints: Complaints) -> None:
    """Each photo is a parameter of its own; one that is gone is said to be gone, and the others are there."""
    complaints.expect("status of 404")
    page = opened(mixture)
    choose(page, "beach, day 1.jpg")
    link = page.get_by_role("link", name="Edit", exact=True).get_attribute("href")
    page.route("**/gallery/photos/gone", lambda route: route.fulfill(status=404, json={"error": "gone", "code": "X"}))

    page.goto(f"/{link}&photo=gone")

    expect(page.get_by_role("heading", name="beach, day 1.jpg")).to_be_visible()
    expect(page.get_by_text("1 photo is not there any more.")).to_be_visible()


def test_states_search_and_sort_choose_what_is_shown(opened: Opener, mixture: str) -> None:
    """Each is in the address; a day heads the photos, unless they are sorted by name."""
    page = opened(mixture)
    expect(page.locator(".days h2")).to_have_count(1)

    page.get_by_role("button", name="Failed 2").click()
    expect(page.locator(".tile")).to_have_count(2)
    expect(page.get_by_role("button", name="Failed 2")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="All 6").click()
    page.get_by_label("Search").fill("img")
    expect(page.locator(".tile")).to_have_count(2)
    page.get_by_label("Sort").select_option("Name")
    expect(page.locator(".tile .name")).to_have_text(["IMG_2.jpg", "IMG_10.jpg"])
    expect(page.locator(".days h2")).to_have_count(0)
    page.reload()

    expect(page.locator(".tile .name")).to_have_text(["IMG_2.jpg", "IMG_10.jpg"])
    page.get_by_label("Search").fill("nothing like it")
    expect(page.get_by_role("heading", name="No photo matches")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(page.locator(".tile")).to_have_count(6)
    assert not page.evaluate("document.activeElement === document.body")


def test_galleries_are_listed_and_a_new_one_is_opened(opened: Opener, mixture: str) -> None:
    """With the number of their photos."""
    page = opened("#/gallery?gallery=other")
    page.get_by_label("Gallery", exact=True).focus()
    expect(page.get_by_label("Gallery", exact=True).get_by_text("mixture (6)")).to_be_attached()
    page.get_by_label("Gallery", exact=True).select_option("mixture")
    expect(page.locator(".tile")).to_have_count(6)

    page.get_by_label("Gallery", exact=True).select_option("+")
    page.get_by_label("Name").fill("summer & sea")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="summer & sea")).to_be_visible()


def test_photos_are_downloaded_in_one_archive(opened: Opener, mixture: str, tmp_path: Path) -> None:
    """Originals, or one size; a single photo comes without an archive."""
    page = opened(f"{mixture}&search=img")
    expect(page.locator(".tile")).to_have_count(2)
    page.keyboard.press("Control+a")
    chosen = page.get_by_role("region", name="Chosen photos")
    chosen.get_by_text("Download").click()
    with page.expect_download() as kept:
        chosen.get_by_role("button", name="Size small").click()

    archive = tmp_path / kept.value.suggested_filename
    kept.value.save_as(archive)
    with zipfile.ZipFile(archive) as files:
        assert files.testzip() is None
        assert {"IMG_2-small.jpg", "IMG_10-small.jpg"} == set(files.namelist())
    page.get_by_role("checkbox", name="Choose IMG_10.jpg").click()
    chosen.get_by_text("Download").click()
    with page.expect_download() as original:
        chosen.get_by_role("button", name="Originals").click()
    assert "IMG_2.jpg" == original.value.suggested_filename
    with Image.open(io.BytesIO(Path(original.value.path()).read_bytes())) as image:
        assert (900, 600) == image.size


def test_failures_are_tried_again_where_it_helps_and_deleted_together(opened: Opener, stack: LocalStack) -> None:
    """Only the one whose error may pass is sent again; then all failed ones go, with one question."""
    page = opened(filled(stack, "failures"))
    page.get_by_role("button", name="Failed 2").click()
    expect(page.locator(".tile")).to_have_count(2)
    page.keyboard.press("Control+a")
    chosen = page.get_by_role("region", name="Chosen photos")
    with page.expect_response("**/retry") as answer:
        chosen.get_by_role("button", name="Try again").click()
    assert 202 == answer.value.status

    expect(page.get_by_role("button", name="Failed 2")).to_be_visible()
    page.keyboard.press("Control+a")
    chosen.get_by_role("button", name="Delete").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()

    expect(page.get_by_role("heading", name="No photo matches")).to_be_visible()
    assert not page.evaluate("document.activeElement === document.body")
