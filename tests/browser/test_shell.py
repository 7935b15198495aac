"""The frame around the views: navigation, theme, narrow screens, what the first view costs."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from testkit.embedded_stack import LocalStack
from tests.browser.complaints import Complaints
from tests.browser.conftest import Opener

MOST_BYTES = 100_000
PHONE = (360, 740)


def test_views_are_named_and_marked(opened: Opener) -> None:
    """The title and the navigation say where one is; the back button goes back."""
    page = opened("#/gallery?gallery=empty")
    expect(page).to_have_title("Gallery · Darkroom")

    page.get_by_role("link", name="Operations").click()
    expect(page).to_have_title("Operations · Darkroom")
    expect(page.get_by_role("link", name="Operations")).to_have_attribute("aria-current", "page")
    page.go_back()

    expect(page.get_by_role("heading", name="empty")).to_be_visible()
    expect(page.get_by_role("link", name="Gallery")).to_have_attribute("aria-current", "page")


def test_localhost_leads_to_a_page_that_works(chromium: Browser, stack: LocalStack, complaints: Complaints) -> None:
    """People type it; the page's API, the CDN and S3 know it by its address alone."""
    with chromium.new_context() as context:
        page = context.new_page()
        complaints.watch(page)
        page.goto(f"{stack.page.replace('127.0.0.1', 'localhost')}/#/gallery?gallery=by-name")

        expect(page.get_by_role("heading", name="by-name")).to_be_visible()
        expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
        assert f"{stack.page}/#/gallery?gallery=by-name" == page.url


def test_keyboard_skips_to_the_content(opened: Opener) -> None:
    """The first stop of Tab leads past the navigation, and stays in the view."""
    page = opened("#/gallery?gallery=skip")
    expect(page.get_by_role("heading", name="skip")).to_be_visible()

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("main")).to_be_focused()
    expect(page.get_by_role("heading", name="skip")).to_be_visible()


def test_theme_is_chosen_and_remembered(opened: Opener) -> None:
    """Three presses go around: as the device has it, light, dark; a reload keeps the choice."""
    page = opened("#/gallery?gallery=empty", color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)

    page.get_by_role("button", name="Theme: as the device has it").click()
    page.get_by_role("button", name="Theme: light").click()
    page.reload()

    expect(page.get_by_role("button", name="Theme: dark")).to_be_visible()
    assert light != page.evaluate(ground)


def test_empty_gallery_is_accessible_and_fits_a_phone(opened: Opener, accessible: Callable[[Page], None]) -> None:
    """Axe finds nothing, on a desk in light and on a phone in dark; everything fits into 360 px."""
    page = opened("#/gallery?gallery=empty", color_scheme="light")
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    accessible(page)

    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.emulate_media(color_scheme="dark")
    accessible(page)
    assert PHONE[0] >= page.evaluate("document.scrollingElement.scrollWidth")


def test_first_view_is_light(chromium: Browser, stack: LocalStack) -> None:
    """At most 100 kB come over the wire besides photos, and nothing from anybody else."""
    with chromium.new_context(base_url=stack.page) as context:
        page = context.new_page()
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        bytes_of: dict[str, float] = {}
        kinds: dict[str, tuple[str, str]] = {}
        network.on(
            "Network.responseReceived",
            lambda event: kinds.update({event["requestId"]: (event["type"], event["response"]["url"])}),
        )
        network.on(
            "Network.loadingFinished",
            lambda event: bytes_of.update({event["requestId"]: event["encodedDataLength"]}),
        )
        page.goto("/", wait_until="load")
        expect(page.get_by_role("status").first).to_contain_text("photo")

        own = [one for one, (kind, url) in kinds.items() if not (kind == "Image" and "/renditions/" in url)]
        assert len(own) > 10
        assert all(kinds[one][1].startswith((stack.page, "data:")) for one in own)
        assert MOST_BYTES >= sum(bytes_of.get(one, 0) for one in own)


def test_script_that_is_not_the_pages_own_is_refused_and_noticed(opened: Opener, complaints: Complaints) -> None:
    """The policy holds, and these tests would see it broken."""
    page = opened("#/gallery?gallery=empty")
    page.evaluate("document.head.append(Object.assign(document.createElement('script'), {text: 'window.owned = 1'}))")

    assert page.evaluate("window.owned === undefined")
    assert any("Content Security Policy" in one for one in complaints.unexpected)
    complaints.expect("Content Security Policy")
