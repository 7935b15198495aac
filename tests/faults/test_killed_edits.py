"""The edit worker's process is killed, with SIGKILL, in the middle of a picture; the next delivery ends it, once."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from processor.edits.session import Session, SessionImage, SessionStatus
from processor.settings.functions import EditEnv, to_env
from processor.settings.services import EditSettings, GalleryStore
from testkit.events import sqs_event
from testkit.photos.heif import heic
from testkit.photos.jpeg import jpeg
from tests.factories.darkroom import CDN_HOST, ORIGINALS, RENDITIONS, TABLE
from tests.factories.edits import RESULTS, SESSIONS, EditRoom, create_sessions_table
from tests.factories.killing import Ended, ForkServer, Site, Strike, open_site
from tests.factories.stores import Wire
from tests.invariants import assert_nothing_remains

JOBS = "https://sqs.us-east-1.amazonaws.com/123456789012/jobs"
FUNCTION = "processor.handlers.edit"
DONE = {"batchItemFailures": []}
ENDS = {"complete", "image_error", "session_complete"}


@dataclass(frozen=True, kw_only=True)
class Studio:
    """Stores, a session with one picture, and the message of its job."""

    site: Site
    room: EditRoom
    session: Session

    @property
    def message(self) -> Mapping[str, Any]:
        """The job's message."""
        return sqs_event(self.session.jobs[0].body())

    def invoke(self, strike: Strike | None = None) -> Ended:
        """Deliver the message to a fresh process."""
        return self.site.invoke(FUNCTION, self.message, told(), strike=strike)


@pytest.fixture(params=[jpeg, heic], ids=["in the process", "in a decoder child"])
def studio(request: pytest.FixtureRequest, tmp_path: Path, functions: ForkServer) -> Iterator[Studio]:
    """Return a session that no worker has started."""
    (tmp_path / "tmp").mkdir()
    with open_site(tmp_path / "tmp", functions) as site:
        site.s3.create_bucket(Bucket=RESULTS)
        create_sessions_table(site.dynamodb)
        room = EditRoom(dynamodb=Wire(site.dynamodb), s3=Wire(site.s3))
        room.put(RENDITIONS, "renditions/a.jpg", request.param())
        session = room.start(SessionImage(id="a", url=f"https://{CDN_HOST}/renditions/a.jpg"))
        yield Studio(site=site, room=room, session=session)


def told() -> dict[str, str]:
    """Write the worker's environment as the infrastructure does."""
    settings = EditSettings(results_bucket=RESULTS, sessions_table=SESSIONS)
    gallery = GalleryStore(originals_bucket=ORIGINALS, renditions_bucket=RENDITIONS, photos_table=TABLE)
    return to_env(EditEnv.of(settings, gallery, stack="test", cdn_host=CDN_HOST, jobs_queue_url=JOBS))


def is_write(request: str) -> bool:
    """Tell whether a request tells the session something, or stores a result."""
    return request == "UpdateItem" or request.startswith(f"PUT /{RESULTS}/")


def assert_edited_once(studio: Studio) -> None:
    """One result that is there, one end, ids without a gap, and progress that never went back."""
    ended = studio.room.read(studio.session)
    kinds = Counter(event.type for event in ended.events if event.type in ENDS)
    assert (SessionStatus.COMPLETE, {"complete": 1, "session_complete": 1}) == (ended.status, kinds)
    assert list(range(1, len(ended.events) + 1)) == [event.id for event in ended.events]
    percents = [event.progress.percent for event in ended.events if event.progress]
    assert sorted(percents) == percents
    assert [ended.results["a"].size] == [one["ContentLength"] for one in studio.room.kept().values()]
    assert_nothing_remains(studio.site.tmp)


# Where a picture is decoded makes a difference only meanwhile: in the process, one death then and one later is tried.
KILLS = {
    "taken up": (heic, 0, True),
    "decoding": (heic, 1, True),
    "decoding in the process": (jpeg, 1, True),
    "first step": (heic, 2, True),
    "storing": (heic, 3, False),
    "stored": (heic, 3, True),
    "ending": (heic, 4, False),
    "ending in the process": (jpeg, 4, False),
    "ended": (heic, 4, True),
}


@pytest.mark.fault(20)
@pytest.mark.parametrize(("studio", "at", "applied"), KILLS.values(), ids=KILLS, indirect=["studio"])
def test_a_worker_killed_mid_edit_is_continued(studio: Studio, at: int, applied: bool) -> None:  # noqa: FBT001 - a parameter
    """Neither its decoder child nor half a result stays; the session hears of one end."""
    killed = studio.invoke(Strike(is_write, at=at, applied=applied))
    assert -signal.SIGKILL == killed.status
    assert_nothing_remains(studio.site.tmp)

    assert DONE == studio.invoke().answer

    assert_edited_once(studio)
    before = studio.room.items()
    assert DONE == studio.invoke().answer
    assert before == studio.room.items()


@pytest.mark.fault(26)
def test_a_picture_is_edited_though_the_disk_is_full(studio: Studio, functions_without_disk: ForkServer) -> None:
    """Sources, steps and results are in memory."""
    site = replace(studio.site, functions=functions_without_disk)

    ended = site.invoke(FUNCTION, studio.message, told() | {"TMPDIR": str(site.tmp / "none")})

    assert DONE == ended.answer, ended.log
    assert_edited_once(studio)
