"""Upload slots, stored pictures, and jobs as the API sends them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

import httpx
import pytest

from processor.aws.clients import sqs_client
from processor.aws.queues import Jobs, Queue
from processor.aws.results import Slots
from processor.edits.job import ImageJob
from processor.edits.names import slot_key
from processor.errors import StoreUnavailable
from tests.factories.darkroom import session as aws_session
from tests.factories.edits import RESULTS, USER, EditRoom, open_edit_room
from tests.factories.faster_moto import mock_aws
from tests.factories.stores import refused


@pytest.fixture
def room() -> Iterator[EditRoom]:
    """Return empty stores."""
    with open_edit_room() as opened:
        yield opened


def slots(room: EditRoom) -> Slots:
    """Use the slots of a room."""
    return Slots(s3=cast("Any", room.s3), bucket=RESULTS, max_bytes=1000)


def test_an_offer_is_for_one_place_and_one_size(room: EditRoom) -> None:
    """S3 itself checks what is signed: the key, the size, the type, and that nothing is there."""
    offer = slots(room).offer(USER, size=7, content_type="image/png")
    untyped = slots(room).offer(USER, size=7)

    key = slot_key(USER, offer.reference.removeprefix("upload://"))
    assert (1000, 3600) == (offer.max_bytes, offer.expires_in_s)
    assert httpx.URL(offer.url).path.endswith(f"/{key}")
    assert {"If-None-Match": "*", "Content-Type": "image/png"} == offer.headers
    assert "content-length;content-type;host;if-none-match" == signed_headers(offer.url)
    assert {"If-None-Match": "*"} == untyped.headers
    assert "content-length;host;if-none-match" == signed_headers(untyped.url)


def signed_headers(url: str) -> str:
    """Return the names of the headers that a presigned URL asks for."""
    return httpx.URL(url).params["X-Amz-SignedHeaders"]


def test_what_came_inside_a_request_lies_in_a_slot_of_its_user(room: EditRoom) -> None:
    """No other user finds it there."""
    reference = slots(room).store(USER, b"a picture")

    with room.sources.open(reference, user_id=USER) as source:
        assert b"a picture" == bytes(source.view)
    with pytest.raises(Exception, match="expected a picture, found none"):
        room.sources.open(reference, user_id="another user")


@pytest.mark.faults
def test_a_slot_that_cannot_be_written_is_a_reason_to_try_again(room: EditRoom) -> None:
    """The request fails as a whole."""
    room.s3.faults["put_object"] = refused("SlowDown", 503)

    with pytest.raises(StoreUnavailable, match="s3:PutObject darkroom-results/uploads/"):
        slots(room).store(USER, b"a picture")


def test_jobs_are_sent_one_by_one_message() -> None:
    """All of them, and each reads back as what it was."""
    jobs = [ImageJob(session_id="ses_1", image_id=f"é {number}") for number in range(23)]
    with mock_aws():
        sqs = sqs_client(aws_session())
        url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
        Jobs(queue=Queue(sqs=sqs, url=url)).send(jobs)
        bodies: list[str] = []
        while received := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            bodies += [message.get("Body", "") for message in received]

    assert jobs == sorted(map(ImageJob.read, bodies), key=lambda job: int(job.image_id[2:]))
    assert {"sessionId": "ses_1", "imageId": "é 0"} == json.loads(jobs[0].body())
