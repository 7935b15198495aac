"""Operations: what waits, what failed, and what a person can do about it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from testkit.embedded_stack import LocalStack, wait_for
from tests.browser.complaints import Complaints
from tests.browser.conftest import Opener
from tests.browser.editing import Desk, run, waiting_edits

OVERVIEW = "**/gallery/operations"
DEAD = "jobs-dead-letters"
REFRESH_MS = 5000


@pytest.fixture
def desk(opened: Opener, stack: LocalStack, beach: Mapping[str, Any]) -> Iterator[Desk]:
    """Give the editor of a new user, and leave no dead letters of edits."""
    yield Desk(opened=opened, stack=stack, beach=beach)
    stack.aws.client("sqs").purge_queue(QueueUrl=stack.known["queues"][DEAD])


def row(page: Page, queue: str) -> Locator:
    """Find what is said of a queue."""
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=queue))


def bury(stack: LocalStack) -> None:
    """Take the jobs out of their queue and give none back, until SQS itself puts them among the dead letters."""
    sqs, queues = stack.aws.client("sqs"), stack.known["queues"]

    def buried() -> bool | None:
        sqs.receive_message(QueueUrl=queues["jobs"], MaxNumberOfMessages=10, VisibilityTimeout=0, WaitTimeSeconds=0)
        return True if waiting(stack, DEAD) else None

    wait_for(buried, what=lambda: "the job among the dead letters")


def waiting(stack: LocalStack, role: str) -> int:
    """Count the messages of a queue that can be taken."""
    names: Any = ["ApproximateNumberOfMessages"]
    found = stack.aws.client("sqs").get_queue_attributes(QueueUrl=stack.known["queues"][role], AttributeNames=names)
    return int(found["Attributes"]["ApproximateNumberOfMessages"])


def test_dead_letters_are_sent_back_and_the_edit_comes_to_its_end(desk: Desk) -> None:
    """An edit that failed for good waits in the dead letters; redriving it from the page ends it well."""
    editor = desk.open(desk.photo())
    operations = desk.opened("#/operations")
    with waiting_edits(desk.stack):
        run(editor, "sepia")
        bury(desk.stack)
        redrive = row(operations, "Edits").get_by_role("button", name="Redrive")
        expect(row(operations, "Edits").locator("[data-column='Dead letters']")).to_have_text("1")
        redrive.click()
        expect(operations.get_by_text("Redrive started: 1 dead letter on the way back.")).to_be_visible()
        expect(row(operations, "Edits").locator("[data-column='Dead letters']")).to_have_text("0")
        expect(redrive).to_be_disabled()

    expect(editor.get_by_text("1 picture edited.")).to_be_visible()


def test_dead_letters_that_cannot_be_sent_back_are_told_of(desk: Desk) -> None:
    """SQS accepts a redrive and fails at it afterwards: a message without a source queue cannot be moved."""
    sqs = desk.stack.aws.client("sqs")
    sqs.send_message(QueueUrl=desk.stack.known["queues"][DEAD], MessageBody="put there by hand")
    page = desk.opened("#/operations")

    row(page, "Edits").get_by_role("button", name="Redrive").click()

    expect(row(page, "Edits")).to_contain_text("The last redrive left messages: their source queue is unknown")
    expect(row(page, "Edits").locator("[data-column='Dead letters']")).to_have_text("1")


def test_dead_letters_are_opened_redriven_and_discarded_one_by_one(
    desk: Desk, accessible: Callable[[Page], None]
) -> None:
    """Each shows its error, its age and its body; the others stay."""
    sqs, queues = desk.stack.aws.client("sqs"), desk.stack.known["queues"]
    for body in ("first, put there by hand", "second, put there by hand"):
        sqs.send_message(QueueUrl=queues[DEAD], MessageBody=body)
    page = desk.opened("#/operations")
    page.get_by_role("button", name="Open the dead letters of Edits").click()
    letters = page.get_by_role("dialog").locator("li")
    expect(letters).to_have_count(2)
    expect(letters.first).to_contain_text("The message is no edit job")
    letters.first.get_by_text("Body").click()
    expect(letters.first).to_contain_text("first, put there by hand")
    accessible(page)
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360

    letters.first.get_by_role("button", name="Discard").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Discard").click()
    expect(letters).to_have_count(1)
    with waiting_edits(desk.stack):
        letters.first.get_by_role("button", name="Redrive").click()
        expect(page.get_by_role("dialog")).to_contain_text("There are none.")
        assert not page.evaluate("document.activeElement === document.body")
        wait_for(lambda: waiting(desk.stack, "jobs") or None, what=lambda: "the message in its queue")
        sqs.purge_queue(QueueUrl=queues["jobs"])


def test_codes_lead_to_photos_and_alarms_to_their_runbook(desk: Desk) -> None:
    """A photo counts once, however often it was tried; its code is a link to it."""
    broken = desk.stack.upload(b"no photo", gallery="once", name="once.jpg")
    desk.stack.with_status(broken, "failed")
    desk.stack.http.post(f"{desk.stack.page}/gallery/photos/{broken}/retry")
    desk.stack.with_status(broken, "failed")
    page = desk.opened("#/operations")
    listed = desk.stack.http.get(f"{desk.stack.page}/gallery/photos?state=failed&search=NOT_AN_IMAGE").json()
    count = listed["counts"]["failed"]

    page.locator(".fold > summary").click()
    quiet = page.locator("[data-state='OK']").first
    quiet.get_by_text("What to do").click()
    expect(quiet.locator(".runbook")).to_contain_text("Action")
    failures = page.get_by_role("region", name="Failures by code")
    expect(failures.get_by_role("listitem").filter(has_text="NOT_AN_IMAGE")).to_have_text(f"NOT_AN_IMAGE{count}")
    failures.get_by_role("link", name="NOT_AN_IMAGE").click()

    expect(page.locator(".tile").first).to_contain_text("NOT_AN_IMAGE")
    expect(page.locator(".tile .name").get_by_text("once.jpg")).to_have_count(1)


def test_events_are_listed_and_come_again_after_the_receiver_was_down(desk: Desk) -> None:
    """The receiver is taken down in the page; what happened meanwhile is delivered once it is up."""
    page = desk.opened("#/operations")
    events = page.get_by_role("region", name="Events")
    switch = events.get_by_role("checkbox", name="Receiver is down")
    switch.check()
    broken = desk.stack.upload(b"no photo", gallery="told", name="told.jpg")
    desk.stack.with_status(broken, "failed")
    page.reload()
    expect(switch).to_be_checked()
    expect(events.get_by_role("link", name=broken)).to_have_count(0)

    switch.uncheck()

    entry = events.get_by_role("listitem").filter(has_text=broken)
    expect(entry).to_contain_text("Photo failed")
    expect(entry).to_contain_text("NOT_AN_IMAGE")


def test_a_minute_without_data_is_a_gap(opened: Opener) -> None:
    """A line joins only minutes that follow each other; the legend says its period."""
    now = int(time.time())
    page = opened("#/gallery?gallery=other")

    def with_gap(route: Route) -> None:
        overview: Any = route.fetch().json()
        overview["photos"]["slowestMs"] = [[now - 60 * ago, 1000 * ago] for ago in (9, 8, 2, 1)]
        route.fulfill(json=overview)

    page.route(OVERVIEW, with_gap)
    page.goto("/#/operations")

    chart = page.get_by_role("figure").filter(has=page.get_by_role("heading", name="Time per photo"))
    expect(chart.locator("path.slow")).to_have_attribute("d", re.compile(r"^M[^M]*L[^M]*M[^M]*L[^M]*$"))
    expect(chart).to_contain_text("Slowest: last 1.0 s, longest 9.0 s")
    boxes = [one.bounding_box() for one in page.get_by_role("figure").all()]
    assert 2 == len({box["x"] for box in boxes if box})


@pytest.mark.parametrize(
    ("role", "shown", "said"), [("jobs", "0", "all queues are empty"), ("uploads", "3", "3 messages")]
)
def test_a_look_after_a_session_is_no_work_that_waits(opened: Opener, role: str, shown: str, said: str) -> None:
    """It is in the queue of edits for a quarter of an hour; a delayed photo waits for its turn."""
    page = opened("#/gallery?gallery=other")

    def with_delayed(route: Route) -> None:
        overview: Any = route.fetch().json()
        for one in overview["queues"]:
            one |= {"visible": 0, "inFlight": 0, "delayed": 3 if one["role"] == role else 0}
        route.fulfill(json=overview)

    page.route(OVERVIEW, with_delayed)
    page.goto("/#/operations")

    expect(row(page, "Edits" if role == "jobs" else "Uploads").locator('[data-column="Waiting"]')).to_have_text(shown)
    expect(page.get_by_text(said)).to_be_visible()


def test_figures_charts_and_failures_tell_what_happened(desk: Desk) -> None:
    """Ready and failed photos are counted, drawn, and described in words."""
    desk.photo()
    broken = desk.stack.upload(b"no photo", gallery="broken", name="note.jpg")
    desk.stack.with_status(broken, "failed")
    page = desk.opened("#/operations")

    photos = page.get_by_role("figure").filter(has=page.get_by_role("heading", name="Photos per minute"))
    expect(photos.locator("rect.main").first).to_be_attached()
    expect(photos.locator("rect.failed").first).to_be_attached()
    expect(photos).to_contain_text("Photos per minute, last hour: Ready")
    expect(page.get_by_role("region", name="Failures by code")).to_contain_text("NOT_AN_IMAGE")
    expect(page.get_by_role("definition").first).not_to_have_text("0")


def test_operations_have_no_accessibility_violation(opened: Opener, accessible: Callable[[Page], None]) -> None:
    """Axe finds nothing, with all alarms in view; nothing is wider than a phone."""
    page = opened("#/operations", color_scheme="light")
    page.locator(".fold > summary").click()
    expect(page.get_by_role("list", name="Other alarms").get_by_role("listitem").first).to_be_visible()

    accessible(page)
    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(color_scheme="dark")
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_without_an_answer_the_last_figures_stay(opened: Opener, complaints: Complaints) -> None:
    """The page shows why its figures are out of date, and is up to date again after "Try again"."""
    complaints.expect("ERR_CONNECTION_REFUSED")
    page = opened("#/operations")
    page.clock.install()
    page.reload()
    expect(row(page, "Uploads")).to_be_visible()

    page.route(OVERVIEW, lambda route: route.abort("connectionrefused"))
    page.clock.run_for(REFRESH_MS)
    expect(page.get_by_role("alert")).to_contain_text("No answer: the stack is not running")
    expect(row(page, "Uploads")).to_be_visible()
    page.unroute(OVERVIEW)
    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_role("alert")).to_be_hidden()


def test_nothing_is_asked_behind_a_hidden_tab(opened: Opener) -> None:
    """Polls every five seconds while the tab is visible, never while it is hidden, at once when it is visible again."""
    page = opened("#/operations")
    page.clock.install()
    page.reload()
    expect(row(page, "Uploads")).to_be_visible()
    with page.expect_response(OVERVIEW):
        page.clock.run_for(REFRESH_MS)

    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    hide(page, hidden=True)
    page.clock.run_for(12 * REFRESH_MS)
    assert [] == asked
    with page.expect_response(OVERVIEW):
        hide(page, hidden=False)


def hide(page: Page, *, hidden: bool) -> None:
    """Tell the page that its tab is hidden, or in view: headless Chromium has no tabs to hide."""
    page.evaluate(
        """hidden => {
            Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )
