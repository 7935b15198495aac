"""Connections that are lost, end, or are refused: what happened meanwhile is shown without a reload."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from testkit.browser import wait_until
from testkit.embedded_stack import LocalStack
from testkit.photos import jpeg, scene
from tests.browser.complaints import Complaints
from tests.browser.conftest import Opener
from tests.browser.test_gallery_uploads import empty_gallery, tile

pytestmark = pytest.mark.faults
LOST = "The connection is lost"


def meanwhile(stack: LocalStack, gallery: str) -> None:
    """Let a photo come to be."""
    photo_id = stack.upload(jpeg.jpeg(scene.scene(300, 200)), gallery=gallery, name="meanwhile.jpg")
    stack.with_status(photo_id, "active")


def test_device_goes_offline_and_comes_back(opened: Opener, stack: LocalStack, complaints: Complaints) -> None:
    """The page shows it at once, and lists again when the network is back."""
    complaints.expect("net::ERR_INTERNET_DISCONNECTED")
    page = empty_gallery(opened, "offline")

    page.context.set_offline(offline=True)
    expect(page.get_by_role("alert")).to_contain_text(LOST)
    meanwhile(stack, "offline")
    page.context.set_offline(offline=False)

    expect(tile(page, "meanwhile.jpg")).to_have_attribute("data-status", "active")
    expect(page.get_by_role("alert")).to_be_hidden()


def test_stream_that_ends_is_taken_up_where_it_ended(opened: Opener, stack: LocalStack) -> None:
    """The browser asks again and names the last event; the server knows it no more, so the page lists again."""
    answers = ["retry: 10\nid: old-1\nevent: ready\ndata: {}\n\n"]
    asked_again: list[Route] = []

    def end_at_once(route: Route) -> None:
        if answers:
            route.fulfill(content_type="text/event-stream", body=answers.pop())
        else:
            asked_again.append(route)

    page = opened("#/gallery?gallery=ended", prepare=lambda page: page.route("**/gallery/changes", end_at_once))
    wait_until(page, lambda: bool(asked_again))
    # No stream is open now: no event will ever announce this photo.
    meanwhile(stack, "ended")
    asked_again.pop().continue_()

    expect(tile(page, "meanwhile.jpg")).to_have_attribute("data-status", "active")
    expect(page.get_by_role("alert")).to_be_hidden()


def test_refused_stream_is_asked_for_again(opened: Opener, stack: LocalStack, complaints: Complaints) -> None:
    """A browser gives up when the server refuses; the page tries again."""
    complaints.expect("503")
    page = empty_gallery(opened, "refused")
    answers = [503]

    def refuse_once(route: Route) -> None:
        if answers:
            route.fulfill(status=answers.pop(), body="{}")
        else:
            route.continue_()

    page.route("**/gallery/changes", refuse_once)
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text(LOST)
    meanwhile(stack, "refused")

    expect(tile(page, "meanwhile.jpg")).to_have_attribute("data-status", "active")
    expect(page.get_by_role("alert")).to_be_hidden()


def test_stack_that_does_not_answer_is_said_in_words(opened: Opener, complaints: Complaints) -> None:
    """Instead of an empty page there is a sentence and a button, which helps once the stack is there."""
    complaints.expect("net::ERR_CONNECTION_REFUSED")
    page = empty_gallery(opened, "silent")
    page.route("**/gallery/photos?*", lambda route: route.abort("connectionrefused"))

    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("No answer")
    page.unroute_all()
    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_hidden()
