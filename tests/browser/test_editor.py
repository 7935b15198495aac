"""The editor: commands in words, plans before anything runs, and what became of the pictures."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from testkit.browser import drop
from testkit.embedded_stack import LocalStack
from testkit.photos import hostile, jpeg, raster, scene
from tests.browser.complaints import Complaints
from tests.browser.conftest import Opener
from tests.browser.editing import Desk, command, run, waiting_edits

HOSTILE = "<img src=x onerror=alert(1)>.jpg"
REFUSED = "status of 422"
PICTURES = 151  # three sessions of fifty, and one more
SHOWS_ALL = "(one) => one.scrollHeight <= one.clientHeight"


@pytest.fixture
def desk(opened: Opener, stack: LocalStack, beach: Mapping[str, Any]) -> Desk:
    """Give the editor of a new user."""
    return Desk(opened=opened, stack=stack, beach=beach)


def test_a_command_is_said_back_in_words_before_it_runs(desk: Desk) -> None:
    """The plan stands below the command while it is typed; nothing runs before the user asks for it."""
    page = desk.open(desk.photo())

    command(page).fill("resize to 800px and convert to webp")

    plan = "Resize to 800 px wide, keeping the aspect, never larger than it is, then save as WEBP."
    expect(page.get_by_text(plan)).to_be_visible()
    expect(page.get_by_role("button", name="Run on 1 picture")).to_be_enabled()
    expect(page.get_by_role("list", name="Running edits").get_by_role("listitem")).to_have_count(0)


def test_an_edit_ends_as_a_picture_to_compare_and_to_keep(desk: Desk) -> None:
    """Enter runs the command; the result is compared by the keyboard, and downloaded under its name."""
    page = desk.open(desk.photo())

    command(page).fill("resize to 600px and convert to webp")
    command(page).press("Enter")
    expect(page.get_by_text("1 picture edited.")).to_be_visible()
    line = page.get_by_role("slider")
    line.focus()
    line.press("ArrowRight")

    expect(line).to_have_attribute("aria-valuetext", "51 % original")
    expect(page.get_by_role("img", name="beach.jpg, original")).to_be_visible()
    with page.expect_download() as kept:
        page.get_by_role("button", name="Download").click()
    assert "beach.webp" == kept.value.suggested_filename
    with Image.open(io.BytesIO(Path(kept.value.path()).read_bytes())) as image:
        assert ("WEBP", (600, 400)) == (image.format, image.size)


def test_earlier_results_are_gone_back_to(desk: Desk) -> None:
    """Each edit begins with the picture in view; undo, redo and the history lead to every version."""
    page = desk.open(desk.photo())
    versions = page.locator(".versions").get_by_role("button")
    run(page, "resize to 600px")
    expect(versions).to_have_count(2)
    run(page, "rotate right")
    expect(versions).to_have_count(3)
    facts = page.locator(".preview").get_by_text("px")
    expect(facts).to_contain_text("400 × 600 px")

    page.get_by_role("button", name="Undo").click()
    expect(facts).to_contain_text("600 × 400 px")
    page.get_by_role("button", name="Redo").click()
    expect(facts).to_contain_text("400 × 600 px")
    versions.first.click()

    expect(facts).to_contain_text("1200 × 800 px")
    expect(page.get_by_role("slider")).to_have_count(0)


def test_what_is_not_understood_is_marked_and_mended_by_a_suggestion(desk: Desk, complaints: Complaints) -> None:
    """The page shows what was understood and where parsing stopped; a suggestion replaces that step alone."""
    complaints.expect(REFUSED)
    page = desk.open(desk.photo())

    command(page).fill("crop to square and rezise to 800px then blur")
    expect(page.locator("mark")).to_have_text("rezise")
    expect(page.get_by_text("Understood so far: crop to 1:1 from the centre.")).to_be_visible()
    expect(page.get_by_role("button", name="Run on 1 picture")).to_be_disabled()
    page.get_by_role("list", name="Suggestions").get_by_role("button", name="resize to 800px").click()

    expect(command(page)).to_have_value("crop to square and resize to 800px then blur")
    expect(page.get_by_text("3 steps, in this order.")).to_be_visible()


def test_the_vocabulary_makes_steps_without_a_word_typed(desk: Desk) -> None:
    """Every operation is a form made from the API's own description; its steps follow the command."""
    page = desk.open(desk.photo())
    page.get_by_text("Choose from the menus").click()

    page.get_by_label("Operation").select_option(label="Rotate")
    page.get_by_label("Degrees").fill("90")
    page.get_by_role("button", name="Add this step").click()
    page.get_by_label("Operation").select_option(label="Grayscale")
    page.get_by_role("button", name="Add this step").click()
    expect(page.get_by_role("list", name="Then").get_by_role("listitem")).to_have_text(
        ["Rotate: degrees 90", "Grayscale"]
    )
    run(page, "resize to 600px")

    expect(page.locator(".versions [aria-current]")).to_contain_text(
        "resize to 600px, then Rotate: degrees 90, then Grayscale"
    )
    expect(page.locator(".preview")).to_contain_text("400 × 600 px")


def test_local_files_are_edited_and_a_bad_one_stops_no_other(desk: Desk) -> None:
    """Files go through upload slots; each has an outcome of its own, with its reason; names stay text."""
    page = desk.open()
    good = {"name": HOSTILE, "mimeType": "image/jpeg", "buffer": jpeg.jpeg(scene.scene(640, 480))}
    bad = {"name": "note.jpg", "mimeType": "image/jpeg", "buffer": hostile.not_photos()["note.jpg"]}

    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
    chooser.value.set_files([good, bad])  # pyright: ignore[reportArgumentType] - a FilePayload is a dict
    expect(page.get_by_role("button", name="Run on 2 pictures")).to_be_visible()
    run(page, "make it black and white")

    expect(page.get_by_text("1 picture edited, 1 picture failed.")).to_be_visible()
    expect(page.get_by_role("heading", name=HOSTILE)).to_be_visible()
    pictures = page.get_by_role("list", name="Pictures to edit").get_by_role("listitem")
    expect(pictures.nth(0)).to_contain_text("Edited")
    expect(pictures.nth(1)).to_have_attribute("data-state", "failed")


def test_files_are_dropped_on_the_table(desk: Desk, tmp_path: Path) -> None:
    """A file dragged in from outside is edited like any other."""
    file = tmp_path / "dropped.png"
    file.write_bytes(raster.png())
    page = desk.open()
    expect(page.get_by_role("heading", name="No pictures yet")).to_be_visible()

    drop(page, file)
    expect(page.get_by_role("button", name="Run on 1 picture")).to_be_visible()
    run(page, "negative")

    expect(page.get_by_role("slider")).to_be_visible()


def test_an_edit_is_cancelled_and_found_among_the_earlier_ones(desk: Desk) -> None:
    """Waiting pictures never start; the session is listed as cancelled."""
    page = desk.open(desk.photo())
    with waiting_edits(desk.stack):
        run(page, "flip horizontally")
        expect(page.locator(".preview")).to_contain_text("Waiting for its turn")
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_text("Cancelled: 0 pictures edited.")).to_be_visible()
    page.get_by_text("Earlier edits").click()

    expect(page.locator(".sessions").get_by_role("button")).to_contain_text("flip horizontallyCancelled · 1 picture")


def test_the_editor_has_no_accessibility_violation(desk: Desk, accessible: Callable[[Page], None]) -> None:
    """Axe finds nothing on a picture being edited, nor on the picker; nothing is wider than a phone."""
    page = desk.open(desk.photo(), color_scheme="light")
    run(page, "sepia")
    expect(page.get_by_role("slider")).to_be_visible()
    for fold in ("Choose from the menus", "Options for the results", "Earlier edits"):
        page.get_by_text(fold).click()
    expect(page.locator(".sessions").get_by_role("button")).to_have_count(1)
    accessible(page)
    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(color_scheme="dark")
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    page.get_by_role("button", name="From gallery").click()
    expect(page.get_by_role("checkbox", name="beach.jpg").first).to_be_visible()
    accessible(page)


def test_photos_are_picked_from_the_gallery(desk: Desk) -> None:
    """The picker shows photos that are ready; chosen ones come into the editor."""
    desk.photo(name="picked.jpg")
    page = desk.open()

    page.get_by_role("button", name="Pick from the gallery").click()
    page.get_by_role("checkbox", name="picked.jpg").check()
    page.get_by_role("button", name="Edit 1 photo").click()

    expect(page.get_by_role("heading", name="picked.jpg")).to_be_visible()


def versions(page: Page) -> Locator:
    """Find the versions of the picture in view."""
    return page.locator(".versions").get_by_role("button")


def test_the_table_survives_a_reload_and_other_views(desk: Desk) -> None:
    """With the true originals, all versions and their order; undo goes on from there."""
    page = desk.open(desk.photo(name="one.jpg"), desk.photo(name="two.jpg"))
    run(page, "resize to 600px")
    expect(page.get_by_text("2 pictures edited.")).to_be_visible()
    page.get_by_label("Only the picture in view").check()
    run(page, "make it warmer")
    expect(versions(page)).to_have_count(3)

    for leave in (page.reload, lambda: go_around(page)):
        leave()
        expect(page.get_by_role("list", name="Pictures to edit").get_by_role("listitem")).to_have_count(2)
        expect(page.get_by_role("heading", name="one.jpg")).to_be_visible()
        expect(versions(page)).to_have_text(
            ["Original1200 × 800 px", re.compile("600px"), re.compile("make it warmer")]
        )
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Undo").click()

    expect(page.locator(".preview")).to_contain_text("1200 × 800 px")


def go_around(page: Page) -> None:
    """Go to the gallery and back by the navigation."""
    page.get_by_role("link", name="Gallery").click()
    expect(page.get_by_role("heading", name="Gallery")).to_be_visible()
    page.get_by_role("link", name="Editor").click()


def test_undo_and_redo_by_keyboard_keep_the_focus(desk: Desk) -> None:
    """At the last undo the button stays, and Ctrl+Shift+Z works after it."""
    page = desk.open(desk.photo())
    run(page, "resize to 600px")
    expect(versions(page)).to_have_count(2)

    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Control+Shift+z")
    expect(page.locator(".preview")).to_contain_text("600 × 400 px")
    page.keyboard.press("Control+z")

    expect(page.locator(".preview")).to_contain_text("1200 × 800 px")


def test_a_command_is_run_again_and_saved(desk: Desk) -> None:
    """The last one with a click, on other pictures too; a saved one on another day."""
    page = desk.open(desk.photo())
    command(page).fill("resize to 600px")
    page.get_by_text("Saved commands").click()
    page.get_by_role("button", name="Save this command").click()
    page.get_by_role("button", name="Run on 1 picture").click()
    expect(versions(page)).to_have_count(2)
    page.goto(f"/#/editor?photo={desk.photo(name='other.jpg')}")
    expect(page.get_by_role("heading", name="other.jpg")).to_be_visible()

    page.get_by_role("button", name="Again: resize to 600px").click()
    expect(page.locator(".preview")).to_contain_text("600 × 400 px")
    page.reload()
    page.get_by_text("Saved commands").click()
    page.get_by_role("button", name="resize to 600px", exact=True).last.click()
    expect(command(page)).to_have_value("resize to 600px")
    page.get_by_role("button", name="Remove: resize to 600px").click()

    expect(page.get_by_role("button", name="Remove: resize to 600px")).to_have_count(0)
    assert not page.evaluate("document.activeElement === document.body")


def test_results_become_photos_and_an_archive(desk: Desk) -> None:
    """A button puts a result beside its photo; all results come in one archive."""
    page = desk.open(desk.photo(name="one.jpg"), desk.photo(name="two.jpg"))
    run(page, "resize to 300px and convert to webp")
    expect(page.get_by_text("2 pictures edited.")).to_be_visible()

    page.get_by_role("button", name="Save to gallery").click()
    expect(page.get_by_role("region", name="Uploads")).to_contain_text("1 file uploaded")
    page.get_by_text("Results", exact=True).click()
    with page.expect_download() as kept:
        page.get_by_role("button", name="Download 2 results").click()

    with zipfile.ZipFile(kept.value.path()) as files:
        assert ["one.webp", "two.webp"] == sorted(files.namelist())
    page.goto("/#/gallery?gallery=edited")
    expect(page.get_by_role("button", name="Open one.webp").first).to_be_visible()


def test_more_than_fifty_pictures_are_sent_in_fifties(desk: Desk) -> None:
    """One request holds at most fifty; three sessions run at once, and the rest follows."""
    page = desk.open()
    sent: list[int] = []

    def answer(route: Route) -> None:
        asked: Any = route.request.post_data_json
        images: list[Any] = asked["images"]
        sent.append(len(images))
        progress = {one["id"]: {"status": "queued", "progress": 0} for one in images}
        session = {"sessionId": f"ses_{len(sent)}", "progressUrl": "/none", "estimatedTime": 1, "progress": progress}
        route.fulfill(json=session, status=202)

    page.route("**/image-edit", answer)
    photo = desk.stack.photo(desk.photo()) or {}
    copies = [{**photo, "id": f"copy-{at}", "filename": f"{at}.jpg"} for at in range(PICTURES)]
    page.route(
        "**/gallery/photos/copy-*", lambda route: route.fulfill(json=copies[int(route.request.url.rpartition("-")[2])])
    )
    page.route("**/none", lambda route: route.fulfill(content_type="text/event-stream", body="retry: 60000\n\n"))
    page.goto(f"/#/editor?{'&'.join(f'photo=copy-{at}' for at in range(PICTURES))}")
    expect(page.get_by_text(f"{PICTURES} pictures", exact=True)).to_be_visible()

    run(page, "sepia")

    expect(page.get_by_text("1 more picture will follow.")).to_be_visible()
    assert [50, 50, 50] == sent


def test_on_a_phone_the_command_and_run_are_in_view(desk: Desk) -> None:
    """Without scrolling, before and after the plan is shown; nothing is covered at the end of the page, no line cut."""
    page = desk.open(desk.photo(), size=(360, 740), has_touch=True)
    expect(page.locator(".preview img").first).to_be_visible()
    expect(command(page)).to_be_in_viewport(ratio=1)
    assert command(page).evaluate(SHOWS_ALL)
    command(page).fill("make it warmer, rotate left and resize to 500px")

    assert command(page).evaluate(SHOWS_ALL)
    expect(page.locator(".plan")).to_contain_text("Make it warmer, then rotate left")
    for part in (
        command(page),
        page.get_by_role("button", name="Run on 1 picture"),
        page.locator(".preview img").first,
    ):
        expect(part).to_be_in_viewport(ratio=0.9)
    page.get_by_text("Earlier edits").scroll_into_view_if_needed()
    page.get_by_text("Earlier edits").click()


def test_menus_are_read_as_soon_as_the_api_answers(desk: Desk, complaints: Complaints) -> None:
    """The page asks again by itself."""
    complaints.expect("ERR_CONNECTION_REFUSED")
    page = desk.open()
    page.clock.install()
    page.route("**/image-edit/operations", lambda route: route.abort("connectionrefused"))
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("The menus could not be read.")
    page.unroute("**/image-edit/operations")

    page.clock.run_for(3000)

    expect(page.get_by_label("Operation").locator("option").first).to_be_attached()
    expect(page.get_by_text("The menus could not be read.")).to_have_count(0)
