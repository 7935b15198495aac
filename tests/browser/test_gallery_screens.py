"""The lightbox on any screen: it fits, has an address, zooms, and what was shown before is there again afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import pytest
from playwright.sync_api import Page, Request, Route, expect

from testkit.browser import wait_until
from testkit.embedded_stack import LocalStack
from testkit.photos import jpeg, scene
from tests.browser.complaints import Complaints
from tests.browser.conftest import Opener
from tests.browser.test_gallery_uploads import tile

SIZES: Final = ((360, 740), (720, 450), (1440, 900), (3840, 2160))  # the second is a desk at 200 %
LONGEST: Final = f"{'long name ' * 25}x.jpg"
NAMES: Final = (LONGEST, "PXL_20240517_183015123.MP.jpg", "صورة عائلية طويلة جدا في الصيف.jpg")
WIDE: Final = "(one) => one.scrollWidth > one.clientWidth"
CUT: Final = (
    "(all) => all.some((one) => one.getBoundingClientRect().right > innerWidth || one.getBoundingClientRect().left < 0)"
)


@pytest.fixture(scope="module")
def names(stack: LocalStack) -> str:
    """Give a gallery of three photos with names that are long, or written from right to left."""
    for name in NAMES:
        photo_id = stack.upload(jpeg.jpeg(scene.scene(1500, 1000)), gallery="long-names", name=name)
        stack.with_status(photo_id, "active")
    return "#/gallery?gallery=long-names"


def open_photo(page: Page, name: str) -> None:
    """Open a photo of the grid, and wait for its picture."""
    page.get_by_role("button", name=f"Open {name}").click()
    expect(page.locator(".print img")).to_have_js_property("complete", value=True)


def test_every_button_of_the_lightbox_is_on_the_screen(opened: Opener, names: str) -> None:
    """The lightbox is as wide as the screen, whatever the name; the end of the name stays in view."""
    page = opened(names)
    open_photo(page, NAMES[-1])
    dialog = page.get_by_role("dialog")

    for name in reversed(NAMES):
        expect(dialog.get_by_role("heading", name=name)).to_be_visible()
        expect(dialog.locator("h2 span").last).to_contain_text(".jpg")
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            assert not dialog.evaluate(WIDE), (name, width)
            assert not dialog.locator("button:visible, a:visible, summary:visible, img").evaluate_all(CUT), (
                name,
                width,
            )
        page.keyboard.press("ArrowRight")


def test_back_closes_the_lightbox_and_its_address_opens_it(opened: Opener, names: str) -> None:
    """A photo has an address of its own, also after a step to the next one; Esc leads back to the same place."""
    page = opened(names)
    open_photo(page, NAMES[1])
    page.keyboard.press("Home")
    expect(page.get_by_role("dialog").get_by_role("heading", name=NAMES[2])).to_be_visible()
    address = page.url

    page.go_back()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page).to_have_url(re.compile(f"{re.escape(names)}$"))
    page.go_forward()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).to_have_url(page.url.split("#")[0] + names)
    page.goto(address)
    page.reload()

    expect(page.get_by_role("dialog").get_by_role("heading", name=NAMES[2])).to_be_visible()
    expect(page.get_by_role("dialog").get_by_text("1 of 3")).to_be_visible()
    page.keyboard.press("End")
    expect(page.get_by_role("dialog").get_by_role("heading", name=NAMES[0])).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page).to_have_url(re.compile(f"{re.escape(names)}$"))


def test_a_photo_that_is_gone_is_said_to_be_gone(opened: Opener, names: str, complaints: Complaints) -> None:
    """An old link shows the gallery and a sentence."""
    complaints.expect("status of 404")
    page = opened(f"{names}&photo=none")

    expect(page.get_by_text("There is no photo with the id 'none'.")).to_be_visible()
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_what_is_cached_is_shown_at_once_and_neighbours_are_fetched(opened: Opener, names: str) -> None:
    """Over a slow network the small picture of the grid stands in; the next photos come before they are asked for."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page = opened(names)
    expect(tile(page, NAMES[1]).locator("img")).to_have_js_property("complete", value=True)
    page.route("**/*_large.*", hold)
    page.route("**/*_medium.*", hold)
    page.get_by_role("button", name=f"Open {NAMES[1]}").click()

    under = page.locator(".print img")
    wait_until(page, lambda: bool(held))
    assert "renditions" in str(under.evaluate("(one) => one.style.backgroundImage"))
    fetched: list[str] = []
    page.on("request", lambda request: note(request, fetched))
    for route in held:
        route.continue_()
    page.unroute_all()
    wait_until(page, lambda: len({url.split("?")[0] for url in fetched}) >= len(NAMES) - 1)


def note(request: Request, fetched: list[str]) -> None:
    """Keep the addresses of large pictures."""
    if "_large." in request.url or "_medium." in request.url:
        fetched.append(request.url)


def test_zoom_shows_the_originals_own_pixels(opened: Opener, names: str) -> None:
    """At 100 % a pixel of the original is one of the screen; "z" goes back, arrows look around."""
    page = opened(names, size=(800, 600))
    open_photo(page, NAMES[1])

    page.keyboard.press("z")
    image = page.locator(".print img")
    wait_until(page, lambda: bool(image.evaluate("(one) => one.src.endsWith('/original') && one.complete")))
    assert (1500, 1500) == (image.evaluate("(one) => one.naturalWidth"), image.evaluate("(one) => one.clientWidth"))
    expect(page.get_by_role("button", name="Zoom to 100 %")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("z")

    assert 800 >= image.evaluate("(one) => one.clientWidth")


def test_the_delete_key_asks_first(opened: Opener, names: str) -> None:
    """And the answer that has the focus keeps the photo."""
    page = opened(names)
    open_photo(page, NAMES[1])

    page.keyboard.press("Delete")

    expect(page.get_by_role("alertdialog").get_by_role("button", name="Keep")).to_be_focused()


@pytest.mark.parametrize("size", [(360, 740), (1440, 900)], ids=["phone", "desk"])
def test_scroll_and_selection_survive_the_editor(opened: Opener, names: str, size: tuple[int, int]) -> None:
    """A view opens at its top; Back is at the same place, with the same photos chosen."""
    page = opened(names, size=(size[0], 260))
    page.get_by_role("checkbox", name=f"Choose {NAMES[0]}").evaluate("(one) => one.click()")
    tile(page, NAMES[0]).scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    assert before > 0

    page.get_by_role("link", name="Edit", exact=True).click()
    expect(page.get_by_role("heading", name="Editor")).to_be_visible()
    assert 0 == page.evaluate("scrollY")
    page.go_back()

    expect(page.get_by_role("checkbox", name=f"Choose {NAMES[0]}")).to_be_checked()
    wait_until(page, lambda: abs(float(page.evaluate("scrollY")) - before) < 2)


def test_menu_is_accessible_and_copies(opened: Opener, accessible: Callable[[Page], None], names: str) -> None:
    """Axe finds nothing in the menu, whose entries copy what a developer needs. The lightbox is dark in any scheme."""
    page = opened(names, permissions=["clipboard-read", "clipboard-write"])
    open_photo(page, NAMES[1])
    page.get_by_text("More").click()
    accessible(page)

    page.get_by_role("button", name="Copy <img> with srcset").click()
    expect(page.get_by_text("Copied.")).to_be_visible()

    text = str(page.evaluate("navigator.clipboard.readText()"))
    assert text.startswith("<img ")
    assert 'srcset="http' in text
    assert f'alt="{NAMES[1]}"' in text
