"""Sessions of the edit API, whole: mixed batches, dropped connections, cancelling, other people's tokens."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import Any

import pytest
from PIL import Image

from testkit.embedded_stack import LocalStack, wait_for
from testkit.photos import heif, jpeg, raster, scene
from testkit.simulated_user import ProgressEvent, SimulatedUser

DEVELOPER = "ada"  # whose the photos of the local gallery are
METADATA = "http://169.254.169.254/latest/meta-data/"
# A drawn picture is small; this takes a worker a while.
LARGE = (3000, 2000)


def small(at: int) -> bytes:
    """Draw one of several small pictures, another one for each number."""
    return jpeg.jpeg(scene.scene(320 + 16 * at, 240))


def test_the_load_test_of_the_guides_is_served_as_it_is_sent(stack: LocalStack) -> None:
    """202, events in order, and through the CDN the picture with the dimensions that its result tells."""
    person = SimulatedUser.named(stack)
    [slot] = person.slots([jpeg.jpeg(scene.scene(1600, 1200))])
    answer = person.ask(
        "POST",
        "",
        {
            "images": [{"id": "kX3vR1mXo2bT", "url": slot, "name": "test.jpg"}],
            "operation": {"type": "command", "command": "resize to 800px"},
        },
    )
    assert answer.status_code == 202, answer.text

    events = person.watch(answer.json())

    assert list(range(1, len(events) + 1)) == [one.id for one in events]
    assert ["complete", "session_complete"] == [one.name for one in events if one.name != "progress"]
    reached = [one.data["progress"] for one in events if one.name == "progress"]
    assert sorted(reached) == reached
    assert ("complete", 1, 0) == end_of(events)
    [result] = results_in(events).values()
    assert ("test.jpg", 800, 600, "jpeg") == tuple(result[name] for name in ("name", "width", "height", "format"))
    assert ((800, 600), "JPEG") == seen_at_the_cdn(stack, result)


def test_three_bad_pictures_of_twenty_spoil_no_other(stack: LocalStack) -> None:
    """Slots, photos of the gallery and addresses at our CDN: 17 results, three errors with their reasons, one end."""
    person, stranger = SimulatedUser.named(stack, DEVELOPER), SimulatedUser.named(stack)
    record = stack.with_status(stack.upload(small(0), gallery="batch"), "active")
    drawn = [raster.png(), raster.webp(), heif.heic(scene.scene(320, 240)), raster.gif(), raster.animated_gif()]
    slots = person.slots([*drawn, *map(small, range(6)), b"this is no picture"])
    [result] = results_in(person.watch(person.edit(slots[:1]))).values()
    photos = [f"photo://{record['id']}"] * 3
    ours = [record["small_url"], record["thumbnail_url"], result["url"]]

    started = person.edit([*slots, *photos, *ours, METADATA, *stranger.slots([small(1)])], "resize to 120px")
    events = person.watch(started)

    assert 20 == len(started["images"])
    assert list(range(1, len(events) + 1)) == [one.id for one in events]
    assert {"complete": 17, "image_error": 3, "session_complete": 1} == endings(events)
    errors = {one.data["imageId"]: one.data["error"]["code"] for one in events if one.name == "image_error"}
    assert {"i11": "UNSUPPORTED_FORMAT", "i18": "SOURCE_REFUSED", "i19": "SOURCE_FAILED"} == errors
    assert ("partial", 17, 3) == end_of(events)
    for result in results_in(events).values():
        assert (result["width"], result["height"]) == seen_at_the_cdn(stack, result)[0]
        assert result["width"] == 120


def test_a_dropped_connection_is_taken_up_where_it_broke(stack: LocalStack) -> None:
    """With Last-Event-ID nothing is missing and nothing comes twice; a late reader gets all at once."""
    person = SimulatedUser.named(stack)
    started = person.edit(person.slots([small(at) for at in range(6)]))

    with person.watching(started) as events:
        first = list(islice(events, 5))
    rest = person.watch(started, after=first[-1].id)

    assert list(range(1, len(first) + len(rest) + 1)) == [one.id for one in (*first, *rest)]
    assert {"complete": 6, "session_complete": 1} == endings([*first, *rest])
    assert [*first, *rest] == person.watch(started)
    assert rest[-1:] == person.watch(started, after=rest[-2].id)
    again = stack.http.get(f"{stack.known['cdn']}{started['progressUrl']}", headers={"Last-Event-ID": str(rest[-1].id)})
    assert (204, b"") == (again.status_code, again.content)


def test_a_cancelled_session_leaves_the_rest_of_its_queue_alone(stack: LocalStack) -> None:
    """Queued pictures never start and have no result; finished ones stay; the stream ends once, cancelled."""
    person = SimulatedUser.named(stack)
    [slot] = person.slots([jpeg.jpeg(scene.scene(*LARGE))])
    started = person.edit([slot] * 40)
    with person.watching(started) as events:
        seen = list(until_first(events, "complete"))
        cancelled = person.ask("DELETE", f"/session/{started['sessionId']}").json()
        seen += events
    wait_for(lambda: is_empty(stack), what=lambda: "an empty jobs queue")

    assert ("cancelled", *done_of(cancelled)) == end_of(seen)
    assert 1 == endings(seen)["session_complete"]
    assert list(range(1, len(seen) + 1)) == [one.id for one in seen]
    queued = {name for name, at in cancelled["progress"].items() if at["progress"] == 0}
    assert queued, "expected pictures without a worker yet"
    assert not queued & {one.data.get("imageId") for one in seen}
    assert not queued & stored_results(stack, started["sessionId"])
    assert set(results_in(seen)) <= stored_results(stack, started["sessionId"])
    assert person.watch(started) == seen, "and nothing is added to it later"


def until_first(events: Iterable[ProgressEvent], name: str) -> Iterable[ProgressEvent]:
    """Read up to the first event of that name, with it."""
    for one in events:
        yield one
        if one.name == name:
            return


def done_of(session: dict[str, Any]) -> tuple[int, int]:
    """Say how many pictures of a session have a result, and how many an error."""
    return session["counters"]["processed"], session["counters"]["failed"]


def is_empty(stack: LocalStack) -> bool | None:
    """Return whether no job is left, waiting or in flight; None when one is."""
    names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    sqs = stack.aws.client("sqs")
    found = sqs.get_queue_attributes(QueueUrl=stack.known["queues"]["jobs"], AttributeNames=names)["Attributes"]
    return None if any(map(int, found.values())) else True


def stored_results(stack: LocalStack, session_id: str) -> set[str]:
    """Name the pictures of a session that have a result in the bucket."""
    prefix, bucket = f"edits/{session_id}/", stack.known["buckets"]["results"]
    listed = stack.aws.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
    return {one.get("Key", "").removeprefix(prefix).partition("/")[0] for one in listed}


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/progress/{}"), ("GET", "/session/{}"), ("DELETE", "/session/{}")],
    ids=["progress", "look", "cancel"],
)
@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_other_peoples_sessions_are_not_there(stack: LocalStack, method: str, path: str, accept: str) -> None:
    """Another user gets the same answer as for a session that never existed; its owner's session goes on."""
    owner, stranger = SimulatedUser.named(stack), SimulatedUser.named(stack)
    started = owner.edit(["http://192.0.2.1/never-fetched.jpg"])

    answer = stranger.ask(method, path.format(started["sessionId"]), Accept=accept)
    nothing = stranger.ask(method, path.format("ses_Zk3vR1mXo2bT9aLq7WcYdHfE"), Accept=accept)

    assert (404, "SESSION_NOT_FOUND") == (answer.status_code, answer.json()["code"])
    assert nothing.json() == answer.json()
    assert [] == stranger.ask("GET", "/sessions").json()["sessions"]
    assert "cancelled" != end_of(owner.watch(started))[0]


def test_a_ticket_opens_its_own_session_alone(stack: LocalStack) -> None:
    """Neither another session of the same user, nor anything but reading."""
    person = SimulatedUser.named(stack)
    [slot] = person.slots([small(0)])
    one, other = person.edit([slot]), person.edit([slot])
    ticket = one["progressUrl"].partition("?")[2]
    api = stack.known["api"]

    at_other = stack.http.get(f"{api}/progress/{other['sessionId']}?{ticket}")
    cancelling = stack.http.delete(f"{api}/session/{one['sessionId']}?{ticket}")
    listing = stack.http.get(f"{api}/sessions?{ticket}")

    assert [401] * 3 == [answer.status_code for answer in (at_other, cancelling, listing)]
    assert ("complete", 1, 0) == end_of(person.watch(one)) == end_of(person.watch(other))


def end_of(events: list[ProgressEvent]) -> tuple[str, int, int]:
    """Read how a session ended: status, pictures with a result, pictures with an error."""
    last = events[-1]
    assert last.name == "session_complete"
    return last.data["status"], last.data["totalProcessed"], last.data["totalFailed"]


def endings(events: Iterable[ProgressEvent]) -> Counter[str]:
    """Count events by name, apart from progress."""
    return Counter(one.name for one in events if one.name != "progress")


def results_in(events: Iterable[ProgressEvent]) -> dict[str, dict[str, Any]]:
    """Take the results out of events, by picture."""
    return {one.data["imageId"]: one.data["result"] for one in events if one.name == "complete"}


def seen_at_the_cdn(stack: LocalStack, result: dict[str, Any]) -> tuple[tuple[int, int], str | None]:
    """Fetch a result and decode it: its size in px, and its format."""
    answer = stack.http.get(result["url"])
    assert (200, result["size"]) == (answer.status_code, len(answer.content))
    with Image.open(io.BytesIO(answer.content)) as image:
        image.load()
        return image.size, image.format
