"""Tests of dead letters of edits: their picture, and its error in the session."""

from __future__ import annotations

import json

import pytest

from processor.aws.dead_letters import Letter
from processor.edits.job import ImageJob
from processor.edits.session import ImageFailure, Session, SessionImage
from processor.ops.dead_letters import Group, Sorted, sort_job
from tests.factories.edits import a_session

TOLD = {"a": ImageFailure(code="PROCESSING_FAILED", message="Try again.")}


def sorted_of(session: Session | None, body: str) -> Sorted:
    """Sort one letter."""
    letter = Letter(id="1", handle="h", body=body, sent_at=0, receives=5)
    return sort_job(letter, lambda _: session)


def test_a_job_is_known_by_its_session_and_picture() -> None:
    """The group is the picture's error in the session and the extension of its name."""
    session = a_session(SessionImage(id="a", url="https://x.example/?file=1", name="Beach.HEIC"), errors=TOLD)

    found = sorted_of(session, ImageJob(session_id=session.session_id, image_id="a").body())

    assert (f"{session.session_id}/a",) == found.keys
    assert Group(code="PROCESSING_FAILED", format="heic", camera="?") == found.group


@pytest.mark.parametrize(
    ("url", "kind"),
    [("https://x.example/a/b.PNG?sig=1", "png"), ("data:image/png;base64,AA.B", "?"), ("https://x.example/a", "?")],
)
def test_without_a_name_the_url_determines_the_format(url: str, kind: str) -> None:
    """If it has an extension; a query or the data of a picture are no names."""
    session = a_session(SessionImage(id="a", url=url))

    found = sorted_of(session, ImageJob(session_id=session.session_id, image_id="a").body())

    assert Group(code="NO_ERROR_RECORDED", format=kind, camera="?") == found.group


def test_a_job_of_an_expired_session_has_a_group_of_its_own() -> None:
    """Its session has expired: it can be discarded."""
    found = sorted_of(None, ImageJob(session_id="ses_gone", image_id="a").body())

    assert (("ses_gone/a",), Group(code="NO_SESSION", format="?", camera="?")) == (found.keys, found.group)


def test_a_picture_that_its_session_lacks_has_no_error_recorded() -> None:
    """An invented job has no error recorded, and breaks nothing."""
    found = sorted_of(a_session(), ImageJob(session_id="ses_1", image_id="other").body())

    assert Group(code="NO_ERROR_RECORDED", format="?", camera="?") == found.group


@pytest.mark.parametrize(
    "body",
    [
        *("no json", "[]", '{"Records": []}', "[" * 100_000),
        *('{"sessionId": "ses_\\ud800", "imageId": "a"}', '{"sessionId": "ses_1", "imageId": "\\ud800"}'),
        json.dumps({"sessionId": "ses_" + "x" * 3000, "imageId": "a"}),
    ],
)
def test_a_message_that_is_no_job_is_grouped_as_such(body: str) -> None:
    """A stray message is listed like any other."""
    found = sorted_of(None, body)

    assert ((), Group(code="NO_EDIT_JOB", format="?", camera="?")) == (found.keys, found.group)
