"""One photo, large: by keyboard, by touch, with its receipt, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from testkit.browser import wait_until
from testkit.embedded_stack import LocalStack
from testkit.photos import jpeg, scene
from tests.browser.complaints import Complaints
from tests.browser.conftest import Opener
from tests.browser.test_gallery_uploads import tile

INSIDE = "dialog => dialog.contains(document.activeElement) || document.activeElement === document.body"


@pytest.fixture(scope="module")
def trio(stack: LocalStack) -> str:
    """Give a gallery of three photos: first, second, third.jpg."""
    for name in ("third.jpg", "second.jpg", "first.jpg"):
        photo_id = stack.upload(jpeg.jpeg(scene.scene(1200, 800), orientation=6), gallery="trio", name=name)
        stack.with_status(photo_id, "active")
    return "#/gallery?gallery=trio"


def shown(page: Page, name: str) -> None:
    """Expect the lightbox to show *name*."""
    expect(page.get_by_role("dialog").get_by_role("heading", name=name)).to_be_visible()


def test_lightbox_is_led_by_the_keyboard(opened: Opener, trio: str) -> None:
    """Enter opens, arrows go on and stop at the ends, the focus stays inside, Esc closes and goes back to the tile."""
    page = opened(trio)
    page.get_by_role("button", name="Open first.jpg").focus()
    page.keyboard.press("Enter")
    shown(page, "first.jpg")

    for _ in range(10):
        page.keyboard.press("Tab")
        assert page.get_by_role("dialog").evaluate(INSIDE)
    for name in ("second.jpg", "third.jpg", "third.jpg"):
        page.keyboard.press("ArrowRight")
        shown(page, name)
    page.keyboard.press("ArrowLeft")
    shown(page, "second.jpg")
    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="Open second.jpg")).to_be_focused()


def test_receipt_says_why_it_looks_like_this(opened: Opener, trio: str) -> None:
    """In plain words: what it was made from, its colour, how it was turned, what it cost."""
    page = opened(trio)
    page.get_by_role("button", name="Open first.jpg").click()
    shown(page, "first.jpg")
    page.keyboard.press("i")

    why = page.get_by_role("complementary", name="Why does it look like this?")
    for words in ("1200 × 800 px, JPEG", "Decoded directly", "no profile: taken as sRGB", "Turned by 90° clockwise"):
        expect(why).to_contain_text(words)
    expect(why).to_contain_text("for 1,000 photos like it")
    expect(why.get_by_role("heading", name="Made in")).to_be_visible()
    page.keyboard.press("i")
    expect(why).to_be_hidden()


def pressed(point: Locator, key: str, text: str) -> bool:
    """Press *key* on the focal point; return whether its place has *text* then."""
    point.press(key)
    return text in (point.get_attribute("aria-valuetext") or "")


def test_focus_is_set_by_keys_and_by_a_click(
    opened: Opener, stack: LocalStack, accessible: Callable[[Page], None]
) -> None:
    """Arrows move the point, Enter saves; a click sets it; Esc leaves it as it was and the photo open."""
    photo_id = stack.upload(jpeg.jpeg(scene.scene(600, 400)), gallery="focus-page", name="one.jpg")
    stack.with_status(photo_id, "active")
    page = opened("#/gallery?gallery=focus-page")
    page.get_by_role("button", name="Open one.jpg").click()
    shown(page, "one.jpg")
    set_focus, point = page.get_by_role("button", name="Set focus"), page.get_by_role("slider", name="Focal point")

    set_focus.press("Enter")
    expect(point).to_be_focused()
    accessible(page)
    for key, text in (("ArrowRight", "51 % from the left, 50 %"), ("ArrowRight", "52 %"), ("Shift+ArrowUp", "40 %")):
        # A change of the record draws the photo anew, and a key may fall between two pictures.
        wait_until(page, lambda key=key, text=text: pressed(point, key, text))
    expect(point).to_have_attribute("aria-valuetext", "52 % from the left, 40 % from the top")
    point.press("Enter")
    stack.settled(photo_id, lambda record: record.get("focus") == {"x": 0.52, "y": 0.4})
    expect(set_focus).to_be_focused()

    page.keyboard.press("f")
    expect(point).to_have_attribute("aria-valuetext", "52 % from the left, 40 % from the top")
    box = page.locator(".focus-layer").bounding_box()
    assert box is not None
    assert abs(box["width"] / box["height"] - 1.5) < 0.01
    page.mouse.click(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.75)
    stack.settled(photo_id, lambda record: 0.24 < record["focus"]["x"] < 0.26 and 0.74 < record["focus"]["y"] < 0.76)

    page.keyboard.press("f")
    point.press("ArrowLeft")
    point.press("Escape")
    expect(point).to_have_count(0)
    shown(page, "one.jpg")
    found = stack.photo(photo_id)
    assert found is not None
    assert 0.24 < found["focus"]["x"] < 0.26


def test_a_new_focus_stands_unless_it_is_refused(opened: Opener, trio: str, complaints: Complaints) -> None:
    """Also before the answer: who looks at once sees the point that was just set."""
    complaints.expect("status of 503")
    asked: list[Route] = []
    page = opened(trio)
    page.route("**/focus", lambda route: asked.append(route))  # noqa: PLW0108 - Playwright takes no built-in method
    page.get_by_role("button", name="Open first.jpg").click()
    shown(page, "first.jpg")
    point = page.get_by_role("slider", name="Focal point")

    page.keyboard.press("f")
    point.press("Shift+ArrowRight")
    point.press("Enter")
    wait_until(page, lambda: bool(asked))
    page.keyboard.press("f")
    expect(point).to_have_attribute("aria-valuetext", "60 % from the left, 50 % from the top")
    point.press("Escape")
    asked[0].fulfill(status=503, json={"error": "Try again later.", "code": "TRY_AGAIN"})
    expect(page.get_by_text("Try again later.")).to_be_visible()

    page.keyboard.press("f")
    expect(point).to_have_attribute("aria-valuetext", "50 % from the left, 50 % from the top")


def test_finger_turns_the_page(opened: Opener, trio: str) -> None:
    """A swipe to the left goes on."""
    page = opened(trio, size=(390, 844), has_touch=True)
    page.get_by_role("button", name="Open first.jpg").tap()
    shown(page, "first.jpg")
    touch = page.context.new_cdp_session(page)

    for kind, x in (("touchStart", 300), ("touchMove", 200), ("touchMove", 100), ("touchEnd", None)):
        points = [] if x is None else [{"x": x, "y": 400}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    shown(page, "second.jpg")


def test_failed_photo_shows_its_reason_in_full(opened: Opener, stack: LocalStack) -> None:
    """A tile is small; large, there is the whole sentence and the code. Another attempt would end the same way."""
    stack.with_status(stack.upload(b"hello\n" * 20, gallery="reason", name="text.jpg"), "failed")
    page = opened("#/gallery?gallery=reason")

    page.get_by_role("button", name="Why did text.jpg fail?").click()

    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("NOT_AN_IMAGE")
    expect(dialog.get_by_role("button", name="Try again")).to_have_count(0)
    expect(dialog.get_by_role("link", name="Edit")).to_be_hidden()


def test_photo_is_deleted_after_a_question(opened: Opener, stack: LocalStack) -> None:
    """To keep is the answer that has the focus; to delete takes the photo from the grid, the bucket and the record."""
    photo_id = stack.upload(jpeg.jpeg(scene.scene(300, 200)), gallery="gone", name="gone.jpg")
    stack.with_status(photo_id, "active")
    page = opened("#/gallery?gallery=gone")
    page.get_by_role("button", name="Open gone.jpg").click()
    question = page.get_by_role("alertdialog")

    page.get_by_role("button", name="Delete").click()
    expect(question.get_by_role("button", name="Keep")).to_be_focused()
    page.keyboard.press("Enter")
    shown(page, "gone.jpg")
    page.get_by_role("button", name="Delete").click()
    question.get_by_role("button", name="Delete").click()

    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    stack.with_status(photo_id, "deleted")


def test_photo_whose_file_never_came_can_be_deleted(opened: Opener, stack: LocalStack) -> None:
    """It would wait for ever; no event will come that withdraws it."""
    photo_id = stack.announce("never.jpg", b"bytes", gallery="never")["photo"]["id"]
    page = opened("#/gallery?gallery=never")

    tile(page, "never.jpg").get_by_role("button").click()
    expect(page.get_by_role("dialog")).to_contain_text("Waiting to be processed")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()

    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    assert stack.photo(photo_id) is None


def test_chosen_photos_go_to_the_editor_together(opened: Opener, trio: str) -> None:
    """The link names them; choosing none takes it away."""
    page = opened(trio)
    for name in ("first.jpg", "third.jpg"):
        tile(page, name).hover()
        page.get_by_role("checkbox", name=f"Choose {name}").check()

    chosen = page.get_by_role("region", name="Chosen photos")
    expect(chosen).to_contain_text("2 photos chosen")
    ids = [tile(page, name).get_attribute("data-id") for name in ("first.jpg", "third.jpg")]
    expect(chosen.get_by_role("link", name="Edit")).to_have_attribute(
        "href", f"#/editor?{'&'.join(f'photo={one}' for one in ids)}"
    )
    chosen.get_by_role("button", name="Choose none").click()
    expect(chosen).to_be_hidden()
    expect(page.get_by_role("checkbox", name="Choose first.jpg")).not_to_be_checked()


def test_lightbox_and_question_are_accessible(opened: Opener, accessible: Callable[[Page], None], trio: str) -> None:
    """Axe finds nothing in the receipt, nor in the question above it, which follows the scheme."""
    page = opened(trio)
    page.get_by_role("button", name="Open first.jpg").click()
    page.get_by_role("button", name="Why does it look like this?").click()
    expect(page.get_by_role("heading", name="Made in")).to_be_visible()

    accessible(page)
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("alertdialog")).to_be_visible()
    accessible(page)
    page.emulate_media(color_scheme="dark")
    accessible(page)
