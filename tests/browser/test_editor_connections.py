"""The editor when connections break: an edit goes on, and its progress is picked up again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from testkit.browser import wait_until
from testkit.embedded_stack import LocalStack
from tests.browser.complaints import Complaints
from tests.browser.conftest import Opener
from tests.browser.editing import Desk, break_streams, command, run, waiting_edits


@pytest.fixture
def desk(opened: Opener, stack: LocalStack, beach: Mapping[str, Any]) -> Desk:
    """Give the editor of a new user."""
    return Desk(opened=opened, stack=stack, beach=beach)


@pytest.mark.faults
def test_progress_is_picked_up_when_the_api_was_killed(desk: Desk, complaints: Complaints) -> None:
    """The page shows that the connection is lost, asks for a new stream by itself, and misses nothing."""
    complaints.expect(r"ERR_INCOMPLETE_CHUNKED_ENCODING|status of 50\d|(Access to|ERR_FAILED).*/(progress|session)/")
    page = desk.open(desk.photo())
    running = page.get_by_role("list", name="Running edits")
    with waiting_edits(desk.stack):
        run(page, "flip horizontally")
        expect(running).to_contain_text("0 of 1 picture done")
        with page.expect_response(lambda answer: "/progress/" in answer.url and answer.status == 200):
            break_streams(desk.stack)
        expect(running).to_contain_text("0 of 1 picture done")

    expect(page.get_by_text("1 picture edited.")).to_be_visible()
    expect(page.get_by_role("slider")).to_be_visible()


def test_an_edit_that_runs_is_found_again_after_a_reload(desk: Desk) -> None:
    """The address names the session: after a reload its pictures and their progress are shown."""
    page = desk.open(desk.photo())
    with waiting_edits(desk.stack):
        run(page, "rotate right")
        expect(page.get_by_role("list", name="Running edits")).to_contain_text("0 of 1 picture done")
        page.reload()
        expect(page.get_by_role("list", name="Running edits")).to_contain_text("0 of 1 picture done")

    expect(page.get_by_text("1 picture edited.")).to_be_visible()
    expect(page.locator(".preview")).to_contain_text("800 × 1200 px")


def test_a_command_is_looked_at_again_when_the_network_is_back(desk: Desk, complaints: Complaints) -> None:
    """Being offline is said in plain words, and is no verdict on a command."""
    complaints.expect("ERR_INTERNET_DISCONNECTED")
    page = desk.open(desk.photo())
    expect(page.get_by_role("list", name="Suggestions").get_by_role("button").first).to_be_visible()

    page.context.set_offline(True)
    command(page).fill("sepia")
    expect(page.locator("#said")).to_contain_text("No answer: the stack is not running, or this device is offline.")
    page.context.set_offline(False)

    expect(page.locator(".plan")).to_be_visible()


def test_an_edit_whose_start_is_answered_in_another_view_is_followed(desk: Desk) -> None:
    """The editor was left and opened again before the API had answered: the picture does not wait for ever."""
    page = desk.open(desk.photo())
    held: list[Route] = []
    page.route("**/image-edit", held.append)
    run(page, "rotate right")
    wait_until(page, lambda: bool(held))
    page.get_by_role("link", name="Gallery").click()
    expect(page.get_by_role("heading", name="Gallery")).to_be_visible()
    page.get_by_role("link", name="Editor").click()
    expect(page.locator(".preview")).to_be_visible()

    held.pop().continue_()

    expect(page.locator(".preview")).to_contain_text("800 × 1200 px")
