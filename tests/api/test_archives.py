"""Archives by the API: who may start, see and withdraw one, and who may download it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from processor.api.archive_service import PER_HOUR
from processor.aws.archives import ArchiveWork
from processor.edits.archive import ArchiveId
from processor.edits.session import ImageFailure
from tests.factories.api import ADA, BOB, Api, Stage, bearer, open_api
from tests.factories.edits import RESULTS, SESSIONS
from tests.factories.stores import once, refused

ORDER = {"gallery": "weddings/smith", "size": "originals"}
ABSENT = str(ArchiveId.of(ADA, "AAAAAAAAAAAAAAAAAAAAAAAA"))


def start(api: Api, *, user: str = ADA, key: str = "", **order: Any) -> httpx.Response:
    """Ask for an archive."""
    headers = bearer(user) | ({"Idempotency-Key": key} if key else {})
    return api.client.post("/image-edit/archives", json=order or ORDER, headers=headers)


def path_of(answer: httpx.Response) -> str:
    """Return the path of an archive."""
    return f"/image-edit/archives/{answer.json()['archiveId']}"


def work(api: Api) -> ArchiveWork:
    """Change archives as their worker does."""
    dynamodb: Any = api.store.dynamodb
    return ArchiveWork(dynamodb=dynamodb, table=SESSIONS)


def completed(api: Api, *, expires_in_s: int = 3600) -> dict[str, Any]:
    """Start an archive and make its file; return its document."""
    asked = start(api).json()
    archive_id = ArchiveId.read(asked["archiveId"])
    assert archive_id
    api.s3.client.put_object(Bucket=RESULTS, Key=archive_id.file, Body=b"PK a zip")
    assert work(api).advance(archive_id, files=2, total=3, left_out=1)
    expires_at = asked["createdAt"] // 1000 + expires_in_s
    assert work(api).finish(archive_id, size_bytes=8, expires_at=expires_at)
    return api.get(f"/image-edit/archives/{archive_id}").json()


def code_of(answer: httpx.Response) -> tuple[int, str]:
    """Return status and code of a refusal."""
    return answer.status_code, answer.json().get("code")


def test_an_archive_is_accepted_and_its_job_is_sent(api: Api) -> None:
    """202, with a document that says that nothing is done yet."""
    answer = start(api)
    said = answer.json()

    assert (202, "processing", "weddings/smith", "originals") == (
        answer.status_code,
        said["status"],
        said["gallery"],
        said["size"],
    )
    assert (0, 0, 0, None, None) == (said["files"], said["total"], said["bytes"], said["url"], said["error"])
    assert [{"archive": said["archiveId"]}] == api.jobs()
    assert said == api.get(path_of(answer)).json()


def test_photos_may_be_named_one_by_one(api: Api) -> None:
    """Instead of a gallery; a repeated id counts once."""
    said = start(api, photos=["a", "b", "a"], size="small").json()
    [item] = [one for one in api.store.items() if one["sessionId"]["S"].startswith("archive#")]

    assert None is said["gallery"]
    assert [{"S": "a"}, {"S": "b"}] == item["photos"]["L"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({"size": "small"}, "expected one of the two, received neither"),
        ({"gallery": "a", "photos": ["b"], "size": "small"}, "expected one of the two, received both"),
        ({"gallery": "///", "size": "small"}, "received neither"),
        ({"gallery": "a"}, "`size`"),
        ({"gallery": "a", "size": "Not A Size"}, "`size`"),
        ({"gallery": "a", "size": "huge"}, "expected one of originals, small, large. Use one of them."),
        ({"gallery": "a", "size": "small", "format": "rar"}, "`format`"),
        ({"photos": ["a"] * 1001, "size": "small"}, "`photos`"),
    ],
)
def test_an_order_that_cannot_be_meant_is_refused(api: Api, order: dict[str, Any], expected: str) -> None:
    """With the field, what was expected and what was received; no job is sent."""
    answer = start(api, **order)

    assert (400, "INVALID_INPUT") == code_of(answer)
    assert expected in answer.json()["error"]
    assert [] == api.jobs()


def test_archives_of_others_are_not_there(api: Api) -> None:
    """Neither to look at nor to cancel; nor is what is no id at all."""
    path = path_of(start(api))

    for one in (path, f"/image-edit/archives/{ABSENT}", "/image-edit/archives/ses_1", "/image-edit/archives/%F0%9F"):
        assert (404, "NOT_FOUND") == code_of(api.get(one, user=BOB))
        assert (404, "NOT_FOUND") == code_of(api.client.delete(one, headers=bearer(BOB)))
    assert "processing" == api.get(path).json()["status"]


def test_a_complete_archive_has_a_link_that_needs_no_token(api: Api) -> None:
    """It leads to the file for an hour, and is signed until the archive ends."""
    said = completed(api)
    answer = api.client.get(said["url"])
    location = urlsplit(answer.headers["location"])

    assert ("complete", 2, 3, 1, 8) == (said["status"], said["files"], said["total"], said["leftOut"], said["bytes"])
    assert (302, "no-store") == (answer.status_code, answer.headers["cache-control"])
    assert location.path.endswith("/archive.zip")
    assert ["3600"] == parse_qs(location.query)["X-Amz-Expires"]
    expiry = parse_qs(urlsplit(said["url"]).query)["ticket"][0].partition(".")[0]
    assert str(said["expiresAt"]) == expiry


def test_a_link_opens_its_own_archive_alone(api: Api) -> None:
    """Not another one, not with another ticket, not a session; one that has ended is refused."""
    url = completed(api)["url"]
    other = completed(api)
    ticket = url.partition("ticket=")[2]
    session = api.start().json()

    foreign = f"/image-edit/archives/{other['archiveId']}/file?ticket={ticket}"
    for path in (foreign, f"{url}A", url.replace("ticket=", "ticket=9")):
        assert (401, "UNAUTHORIZED") == code_of(api.client.get(path))
    assert (401, "UNAUTHORIZED") == code_of(
        api.client.get(f"/image-edit/session/{session['sessionId']}?ticket={ticket}")
    )
    assert (400, "INVALID_INPUT") == code_of(api.client.get(url.partition("?")[0]))
    ended = completed(api, expires_in_s=-5)
    assert "NOT_FOUND" == ended["code"]


def test_a_withdrawn_archive_cannot_be_downloaded_any_more(api: Api) -> None:
    """Its link, which others may have, stops at once, and so do addresses that it led to: the file is deleted."""
    said = completed(api)
    archive_id = ArchiveId.read(said["archiveId"])
    assert archive_id
    s3 = api.s3
    s3.put_object(Bucket=RESULTS, Key=archive_id.file, Body=b"PK")
    s3.faults = {"delete_object": once(refused("SlowDown", 503))}
    path = f"/image-edit/archives/{said['archiveId']}"
    assert (503, "TRY_AGAIN") == code_of(api.client.delete(path, headers=bearer()))
    withdrawn = api.client.delete(path, headers=bearer()).json()

    assert ("cancelled", None) == (withdrawn["status"], withdrawn["url"])
    assert (404, "NOT_FOUND") == code_of(api.client.get(said["url"]))
    assert 0 == s3.list_objects_v2(Bucket=RESULTS)["KeyCount"]


def test_an_archive_that_is_being_made_is_stopped(api: Api) -> None:
    """Its worker finds that it has ended; an archive that failed stays failed."""
    running = start(api)
    assert "cancelled" == api.client.delete(path_of(running), headers=bearer()).json()["status"]
    archive_id = ArchiveId.read(running.json()["archiveId"])
    assert archive_id
    assert not work(api).advance(archive_id, files=1, total=1, left_out=0)

    failed = ArchiveId.read(start(api).json()["archiveId"])
    assert failed
    assert work(api).fail(failed, ImageFailure(code="SOURCE_FAILED", message="Nothing is there."))
    said = api.client.delete(f"/image-edit/archives/{failed}", headers=bearer()).json()
    assert ("error", {"code": "SOURCE_FAILED", "message": "Nothing is there."}) == (said["status"], said["error"])


def test_a_repeated_request_starts_nothing_twice(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its Idempotency-Key it gets the same archive, and its job again as long as no worker has reported."""
    counted: list[str] = []
    monkeypatch.setattr(type(api.parts.telemetry), "count", lambda _, metrics, **__: counted.extend(metrics))
    first, again = start(api, key="k"), start(api, key="k")
    assert first.json() == again.json()
    assert ["ArchivesStarted"] == [one for one in counted if one.startswith("Archives")]
    assert [{"archive": first.json()["archiveId"]}] * 2 == api.jobs()
    assert (409, "IDEMPOTENCY_CONFLICT") == code_of(start(api, key="k", gallery="another", size="small"))

    archive_id = ArchiveId.read(first.json()["archiveId"])
    assert archive_id
    work(api).advance(archive_id, files=1, total=2, left_out=0)
    start(api, key="k")
    assert [] == api.jobs()


def test_a_queue_that_fails_leaves_no_archive_behind(api: Api) -> None:
    """Without a key the request cannot be repeated, so nothing may wait for a job that never comes."""
    api.sqs.faults = {"send_message_batch": once(refused("ServiceUnavailable", 503))}
    answer = start(api)
    [item] = [one for one in api.store.items() if one["sessionId"]["S"].startswith("archive#")]

    assert (503, "TRY_AGAIN") == code_of(answer)
    assert "cancelled" == item["status"]["S"]

    api.sqs.faults = {"send_message_batch": once(refused("ServiceUnavailable", 503))}
    assert 503 == start(api, key="k").status_code
    repeated = start(api, key="k")
    assert (202, [{"archive": repeated.json()["archiveId"]}]) == (repeated.status_code, api.jobs())


def test_archives_are_counted_by_the_hour(api: Api) -> None:
    """Each costs a worker minutes."""
    for number in range(PER_HOUR):
        if number % 9 == 0:
            api.store.clock.ms += 60_000  # requests are counted by the minute
        assert 202 == start(api).status_code
    api.store.clock.ms += 60_000
    answer = start(api)

    assert (429, "RATE_LIMIT_EXCEEDED") == code_of(answer)
    assert f"Too many archives: expected at most {PER_HOUR} an hour" in answer.json()["error"]
    assert 202 == start(api, user=BOB).status_code


@pytest.fixture
def closed() -> Iterator[Api]:
    """Return the API of a stack that makes no archives."""
    with open_api(Stage(archive_days=None)) as opened:
        yield opened


def test_a_stack_without_the_setting_says_so(closed: Api) -> None:
    """Whatever is asked for; the setting is named."""
    for answer in (
        start(closed),
        closed.get(f"/image-edit/archives/{ABSENT}"),
        closed.client.delete(f"/image-edit/archives/{ABSENT}", headers=bearer()),
        closed.client.get(f"/image-edit/archives/{ABSENT}/file?ticket=1.a"),
    ):
        assert (404, "NOT_FOUND") == code_of(answer)
        assert "edits.archive_days" in answer.json()["error"]


def test_sessions_do_not_list_archives(api: Api) -> None:
    """They share a table."""
    start(api)
    session_id = api.start().json()["sessionId"]
    listed = api.get("/image-edit/sessions").json()["sessions"]

    assert [session_id] == [one["sessionId"] for one in listed]
    assert json.dumps(listed).count("archive") == 0
