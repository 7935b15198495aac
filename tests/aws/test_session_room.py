"""A session's item holds all that its workers write, to the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from processor.aws.session_item import item_of
from processor.aws.session_room import MAX_ITEM_BYTES, item_bytes, max_events, stored_bytes
from processor.editing.progress import progress_at
from processor.editing.results import shortened
from processor.edits.plan import Plan, plan_from_steps
from processor.edits.session import (
    FAILURE_CHARS,
    Event,
    ImageFailure,
    ImageProgress,
    ImageStatus,
    ResultMetadata,
    Session,
    SessionImage,
)
from processor.errors import EditCode, EditError
from tests.factories.edits import NOW_MS, SessionStore, a_result, a_session, open_sessions

EMOJI = "\N{GRINNING FACE}"
DENOISE = plan_from_steps([{"op": "denoise", "intensity": 0.5}] * 50)
SPEECH = plan_from_steps([{"op": "text", "text": EMOJI * 400}] * 50)
BLUR = plan_from_steps([{"op": "blur"}])


@pytest.fixture
def store() -> Iterator[SessionStore]:
    """Return an empty table."""
    with open_sessions() as opened:
        yield opened


def images(count: int, image_id: str = "{0:032d}", url: str = "https://example.com/{0}.jpg") -> list[SessionImage]:
    """Make pictures."""
    tags = tuple(f"tag {number}" for number in range(5))
    return [
        SessionImage(id=image_id.format(number), url=url.format(number), name="x" * 250, tags=tags)
        for number in range(count)
    ]


def longest_end(session: Session, *, good: bool) -> Session:
    """Write what no worker can exceed: as many events as the item takes, and the longest result or error of each."""
    ids = [image.id for image in session.images]
    operations = tuple(step.op for step in session.plan.steps)
    result = a_result(
        id=f"gen_{'f' * 24}",
        url=f"https://{'h' * 253}/edits/ses_{'x' * 24}/{'f' * 64}/{'%C3' * 120}.jpeg",
        name=f"{'x' * 120}.jpeg",
        width=65_535,
        height=65_535,
        size=128 * 2**20,
        metadata=ResultMetadata(
            original_id=ids[0],
            operations=operations,
            processing_time_ms=900_000,
            notes=shortened((EMOJI * 300,) * 9),
        ),
    )
    failure = ImageFailure(code="DIMENSIONS_TOO_LARGE", message=EMOJI * FAILURE_CHARS)
    at = [progress_at(index, step.op, session.plan) for index, step in enumerate(session.plan.steps)]
    longest = replace(max(at, key=lambda one: len(one.message.encode())), setback="STORE_UNAVAILABLE")
    room = max_events(item_of(session), session)
    told = Event(id=0, type="progress", timestamp=NOW_MS, image_id=ids[-1], progress=replace(longest, setback=""))
    ends = [Event(id=0, type="image_error", timestamp=NOW_MS, image_id=one) for one in ids]
    tags = {image.id: (*image.tags, "edited") for image in session.images}
    return replace(
        session,
        completed_at=NOW_MS,
        progress=dict.fromkeys(ids, longest),
        events=(*[told] * room, *ends, Event(id=0, type="session_complete", timestamp=NOW_MS)),
        results={one: result.model_copy(update={"tags": tags[one]}) for one in ids} if good else {},
        errors={} if good else dict.fromkeys(ids, failure),
    )


@pytest.mark.parametrize("good", [True, False], ids=["results", "errors"])
@pytest.mark.parametrize(
    ("pictures", "plan"),
    [
        (images(50), DENOISE),
        (images(10, EMOJI * 126 + "{0:02d}"), SPEECH),
        (images(100, "{0}"), BLUR),
        (images(1), BLUR),
        (images(30, url="https://example.com/{0}" + "x" * 2000), SPEECH),
    ],
    ids=["50 with 50 steps", "long ids and words", "100", "one", "long addresses"],
)
def test_whatever_its_workers_write_fits(pictures: Sequence[SessionImage], plan: Plan, *, good: bool) -> None:
    """With the longest ids, words, results and errors, and with events of progress up to the limit."""
    session = a_session(*pictures, plan=plan)

    assert item_bytes(item_of(longest_end(session, good=good))) <= MAX_ITEM_BYTES


def test_a_session_that_could_outgrow_its_item_is_refused(store: SessionStore) -> None:
    """Before its workers find out."""
    with pytest.raises(EditError) as raised:
        store.sessions.create(a_session(*images(50, url="https://example.com/{0}" + "x" * 6000)))

    assert EditCode.INVALID_INPUT == raised.value.edit_code
    assert raised.value.public.startswith(
        "The request is too large: expected at most 400,000 bytes together with the results, received 50 pictures that"
    )
    assert [] == store.items()


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "é"}, 2),
        ({"N": "2000000000000"}, 14),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"L": [{"S": "ab"}, {"NULL": True}]}, 3 + 1 + 2 + 1 + 1),
        ({"M": {"ab": {"S": "c"}}}, 3 + 1 + 2 + 1),
    ],
)
def test_values_are_measured_as_dynamodb_does(value: dict[str, Any], size: int) -> None:
    """By the rules that AWS publishes; a number by its upper bound."""
    assert size == stored_bytes(value)


def test_progress_stops_before_the_ending_has_no_room(store: SessionStore) -> None:
    """The worker goes on, and the picture ends as any other."""
    session = store.start("a", "b")
    [job, other] = session.jobs
    key = {"sessionId": {"S": session.session_id}}
    store.dynamodb.client.update_item(
        TableName="darkroom-sessions",
        Key=key,
        UpdateExpression="SET maxEvents = :two",
        ExpressionAttributeValues={":two": {"N": "2"}},
    )
    for percent in (5, 20, 40, 60):
        store.work.advance(job, ImageProgress(status=ImageStatus.PROCESSING, percent=percent))
    started = store.work.start(other, ImageProgress(status=ImageStatus.FETCHING, percent=5))
    assert started.session, "a picture is taken up although its first event has no room"
    store.work.finish(job, a_result(), seen=session)
    store.work.finish(other, a_result("b"), seen=store.read(session))

    ended = store.read(session)
    assert ["progress", "progress", "complete", "complete", "session_complete"] == [one.type for one in ended.events]


def test_a_session_of_an_earlier_release_goes_on(store: SessionStore) -> None:
    """Its item has no limit of events."""
    session = store.start("a")
    store.dynamodb.client.update_item(
        TableName="darkroom-sessions",
        Key={"sessionId": {"S": session.session_id}},
        UpdateExpression="REMOVE maxEvents",
    )

    store.work.advance(session.jobs[0], ImageProgress(status=ImageStatus.FETCHING, percent=5))

    assert 1 == len(store.read(session).events)
