"""From a dropped file to its picture, or to the reason why there is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

from processor.aws.attributes import to_attribute
from testkit.browser import drop, wait_until
from testkit.embedded_stack import LocalStack
from testkit.photos import jpeg, scene
from tests.browser.complaints import Complaints
from tests.browser.conftest import Opener
from tests.browser.photos import BAD, GOOD, HOSTILE_NAME, mixed


def tile(page: Page, name: str) -> Locator:
    """Find the tile that bears *name*."""
    return page.get_by_role("listitem").filter(has=page.get_by_text(name, exact=True))


def empty_gallery(opened: Opener, name: str) -> Page:
    """Open the gallery *name*, and wait for its empty state."""
    page = opened(f"#/gallery?gallery={name}")
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    return page


def change_record(stack: LocalStack, photo_id: str, **fields: Any) -> None:
    """Set *fields* of a photo's record."""
    stack.aws.client("dynamodb").update_item(
        TableName=stack.known["outputs"]["photosTable"],
        Key={"id": {"S": photo_id}},
        UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in fields),
        ExpressionAttributeNames={f"#{name}": name for name in fields},
        ExpressionAttributeValues={f":{name}": to_attribute(value) for name, value in fields.items()},
    )


def photo_file(folder: Path, name: str = "photo.jpg") -> Path:
    """Write a small photo."""
    path = folder / name
    path.write_bytes(jpeg.jpeg(scene.scene(300, 200)))
    return path


def test_dropped_folder_of_ten_ends_active_or_failed_with_its_reason(opened: Opener, tmp_path: Path) -> None:
    """Every file in it and below has a tile at once; each ends as a picture, or with a code and a sentence."""
    page = empty_gallery(opened, "mixed")

    drop(page, mixed(tmp_path / "wedding"))

    expect(page.get_by_role("listitem")).to_have_count(10)
    for name in GOOD:
        expect(tile(page, name)).to_have_attribute("data-status", "active")
    for name, (code, _) in BAD.items():
        expect(tile(page, name)).to_have_attribute("data-status", "failed")
        expect(tile(page, name)).to_contain_text(code)
    expect(page.get_by_role("status").first).to_have_text("7 of 10 photos ready · 3 failed")
    sideways = tile(page, "held sideways.jpg").locator("img")
    expect(sideways).to_have_js_property("complete", value=True)
    assert sideways.evaluate("image => image.naturalWidth > image.naturalHeight")
    # A name is a text, wherever it is shown.
    expect(page.locator("img[src=x]")).to_have_count(0)
    tile(page, HOSTILE_NAME).get_by_role("button").click()
    expect(page.get_by_role("heading", name=HOSTILE_NAME)).to_be_visible()
    expect(page.locator("img[src=x]")).to_have_count(0)
    expect(page).to_have_title("Gallery · Darkroom")


def test_upload_shows_how_far_it_is(opened: Opener, tmp_path: Path) -> None:
    """The tile shows the upload; then it waits, is processed, and shows the picture."""
    waiting: list[Route] = []
    page = empty_gallery(opened, "slow")

    def hold(route: Route) -> None:
        if route.request.method == "PUT":
            waiting.append(route)
        else:
            route.continue_()

    page.route("**/*originals/**", hold)
    drop(page, photo_file(tmp_path))

    wait_until(page, lambda: bool(waiting))
    expect(tile(page, "photo.jpg").get_by_role("progressbar", name="Uploading: photo.jpg")).to_be_visible()
    expect(page.get_by_text("0 of 1 photo ready")).to_be_visible()
    waiting[0].continue_()
    expect(tile(page, "photo.jpg")).to_have_attribute("data-status", "active")


def test_interrupted_upload_can_be_tried_again(opened: Opener, complaints: Complaints, tmp_path: Path) -> None:
    """The tile shows the error and offers another attempt, which reuses the existing record."""
    complaints.expect("net::ERR_FAILED")
    page = empty_gallery(opened, "interrupted")
    page.route("**/*originals/**", lambda route: route.abort() if route.request.method == "PUT" else route.continue_())

    drop(page, photo_file(tmp_path))

    expect(tile(page, "photo.jpg")).to_contain_text("The upload was interrupted.")
    page.unroute_all()
    page.get_by_role("button", name="Try again: photo.jpg").click()
    expect(tile(page, "photo.jpg")).to_have_attribute("data-status", "active")
    expect(page.get_by_role("listitem")).to_have_count(1)


def test_film_is_refused_before_a_byte_is_sent(opened: Opener, tmp_path: Path) -> None:
    """The page refuses a file that the pipeline would skip, and lets the user dismiss it."""
    film = tmp_path / "dance.MOV"
    film.write_bytes(bytes(100))
    page = empty_gallery(opened, "film")

    drop(page, film)

    expect(tile(page, "dance.MOV")).to_contain_text("This is a video. Only photos are accepted.")
    page.get_by_role("button", name="Remove: dance.MOV").click()
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()


def test_files_are_picked_by_a_button(opened: Opener, tmp_path: Path) -> None:
    """A button opens the file picker."""
    page = empty_gallery(opened, "picked")

    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="Add photos").first.click()
    chosen.value.set_files([photo_file(tmp_path, "one.jpg"), photo_file(tmp_path, "two.jpg")])

    for name in ("one.jpg", "two.jpg"):
        expect(tile(page, name)).to_have_attribute("data-status", "active")
    assert ["one.jpg", "two.jpg"] == page.locator(".tile .name").all_text_contents()


def test_failed_photo_is_tried_again(opened: Opener, stack: LocalStack) -> None:
    """The button clears the error; the second attempt records its own."""
    photo_id = stack.upload(jpeg.cut(jpeg.jpeg(), 0.5), gallery="again", name="cut.jpg")
    first = stack.with_status(photo_id, "failed")["error"]["at"]
    # Another attempt is offered only where it can help.
    change_record(stack, photo_id, error={"code": "DECODE_TIMEOUT", "message": "It took too long.", "at": first})
    page = opened("#/gallery?gallery=again")

    with page.expect_response(f"**/{photo_id}/retry") as answer:
        page.get_by_role("button", name="Try again: cut.jpg").click()

    assert 202 == answer.value.status
    stack.settled(photo_id, lambda record: record["status"] == "failed" and record["error"]["code"] == "TRUNCATED")
    expect(tile(page, "cut.jpg")).to_have_attribute("data-status", "failed")
