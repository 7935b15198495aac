"""Tests of showing, listing and cancelling sessions: a user's own ones only."""

from __future__ import annotations

import httpx
import pytest

from processor.aws.session_work import JobState
from processor.edits.job import ImageJob
from processor.edits.session import ImageFailure, ImageProgress, ImageStatus
from processor.edits.vocabulary import OPERATIONS
from tests.factories.api import ADA, BOB, Api, bearer
from tests.factories.edits import a_result

JSON = {"Accept": "application/json"}
ABSENT = "ses_AAAAAAAAAAAAAAAAAAAAAAAA"


def started(api: Api, *names: str) -> str:
    """Start a session of pictures of these names."""
    images = [{"id": name, "url": f"https://example.com/{name}.jpg"} for name in names or ("a",)]
    return api.start(images=images).json()["sessionId"]


def code_of(answer: httpx.Response) -> tuple[int, str]:
    """Return status and code of a refusal."""
    return answer.status_code, answer.json().get("code")


def test_a_session_shows_what_has_become_of_each_picture(api: Api) -> None:
    """Progress, results and errors by picture, and counters over all."""
    session_id = started(api, "a", "b", "c")
    jobs = [ImageJob(session_id=session_id, image_id=name) for name in "abc"]
    seen = api.work.start(jobs[0], ImageProgress(status=ImageStatus.FETCHING, percent=5)).session
    assert seen
    assert api.work.finish(jobs[0], a_result("a"), seen=seen).applied
    failure = ImageFailure(code="SOURCE_FAILED", message="Nothing is there.")
    assert api.work.fail(jobs[1], failure, seen=seen).applied
    said = api.get(f"/image-edit/session/{session_id}").json()

    assert "processing" == said["status"]
    assert {"total": 3, "processed": 1, "failed": 1, "remaining": 1} == said["counters"]
    assert ["complete", "error", "queued"] == [said["progress"][name]["status"] for name in "abc"]
    assert a_result("a").model_dump(mode="json") == said["results"]["a"]
    assert {"b": {"code": "SOURCE_FAILED", "message": "Nothing is there."}} == said["errors"]
    assert len(api.store.sessions.get(session_id, user_id=ADA).events) == said["lastEventId"]
    assert said["ttl"] > said["createdAt"] / 1000
    assert "userId" not in said


def test_polling_returns_the_same_session(api: Api) -> None:
    """With Accept: application/json the progress address answers once, and is done."""
    session_id = started(api)
    polled = api.get(f"/image-edit/progress/{session_id}", headers=JSON)
    looked = api.get(f"/image-edit/session/{session_id}")

    assert "application/json" == polled.headers["content-type"]
    assert {**looked.json(), "progressUrl": ""} == {**polled.json(), "progressUrl": ""}


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "text/event-stream"),
        ("text/event-stream", "text/event-stream"),
        ("application/json, text/event-stream", "text/event-stream"),
        ("Application/JSON;q=0.9", "application/json"),
    ],
)
def test_a_stream_is_what_everybody_gets_who_does_not_ask_for_json(api: Api, accept: str, kind: str) -> None:
    """Clients such as curl and EventSource get a stream; a polling client sends Accept: application/json."""
    session_id = started(api)
    api.store.sessions.cancel(session_id, user_id=ADA)

    answer = api.get(f"/image-edit/progress/{session_id}", headers={"Accept": accept})
    assert kind == answer.headers["content-type"].partition(";")[0]


def test_a_cancelled_session_stays_cancelled(api: Api) -> None:
    """Its queued pictures never start; cancelling again changes nothing."""
    session_id = started(api, "a", "b")
    answers = [api.client.delete(f"/image-edit/session/{session_id}", headers=bearer()) for _ in range(2)]

    assert [200, 200] == [one.status_code for one in answers]
    assert {"cancelled"} == {one.json()["status"] for one in answers}
    assert ["cancelled"] * 2 == [answers[0].json()["progress"][name]["status"] for name in "ab"]
    job = ImageJob(session_id=session_id, image_id="a")
    assert JobState.CANCELLED == api.work.advance(job, ImageProgress(status=ImageStatus.FETCHING))
    assert 1 == api.get(f"/image-edit/session/{session_id}").json()["lastEventId"]


def test_a_session_of_another_user_does_not_exist(api: Api) -> None:
    """404 everywhere, word for word as for a session that never was; and nothing happens to it."""
    session_id = started(api)
    paths = ["/image-edit/session/{}", "/image-edit/progress/{}"]
    theirs = [api.get(path.format(session_id), user=BOB) for path in paths]
    theirs.append(api.client.delete(f"/image-edit/session/{session_id}", headers=bearer(BOB)))
    absent = [api.get(path.format(ABSENT), user=BOB) for path in paths]
    absent.append(api.client.delete(f"/image-edit/session/{ABSENT}", headers=bearer(BOB)))

    assert {(404, "SESSION_NOT_FOUND")} == {code_of(one) for one in theirs}
    assert [one.text for one in absent] == [one.text for one in theirs]
    assert "processing" == api.get(f"/image-edit/session/{session_id}").json()["status"]
    assert [] == api.get("/image-edit/sessions", user=BOB).json()["sessions"]


@pytest.mark.parametrize(
    "session_id", ["x", "ses_", "user%23ada", "rate%23read", "ses_%00" + "A" * 22, "ses_" + "A" * 3000]
)
def test_what_cannot_be_a_session_is_not_looked_for(api: Api, session_id: str) -> None:
    """Other items of the table are out of reach, and an endless id breaks nothing."""
    for path in ("session", "progress"):
        assert (404, "SESSION_NOT_FOUND") == code_of(api.get(f"/image-edit/{path}/{session_id}"))


def test_a_ticket_reads_its_session_and_nothing_more(api: Api) -> None:
    """Progress as stream and as JSON, and the session: no header needed."""
    said = api.start().json()
    session_id, url = said["sessionId"], said["progressUrl"]
    ticket = url.partition("?")[2]
    api.store.sessions.cancel(session_id, user_id=ADA)

    assert url.startswith(f"/image-edit/progress/{session_id}?ticket=")
    assert 200 == api.client.get(url).status_code
    assert 200 == api.client.get(url, headers=JSON).status_code
    looked = api.client.get(f"/image-edit/session/{session_id}?{ticket}")
    assert (200, url) == (looked.status_code, looked.json()["progressUrl"])  # a ticket does not renew itself


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "/image-edit/session/{}"), ("GET", "/image-edit/sessions"), ("GET", "/image-edit/operations")],
)
def test_a_ticket_opens_nothing_else(api: Api, method: str, path: str) -> None:
    """It cannot cancel, list or do anything in its user's name."""
    said = api.start().json()
    address = f"{path.format(said['sessionId'])}?{said['progressUrl'].partition('?')[2]}"

    assert (401, "UNAUTHORIZED") == code_of(api.client.request(method, address))


def test_a_ticket_of_another_session_opens_nothing(api: Api) -> None:
    """Not even another session of the same user."""
    one, other = (api.start().json() for _ in range(2))
    ticket = one["progressUrl"].partition("?")[2]

    answer = api.client.get(f"/image-edit/progress/{other['sessionId']}?{ticket}")
    assert (401, "UNAUTHORIZED") == code_of(answer)


def test_a_good_ticket_of_a_session_that_is_gone_is_404(api: Api) -> None:
    """Sessions expire."""
    ticket = api.parts.tickets.issue(ABSENT)

    assert (404, "SESSION_NOT_FOUND") == code_of(api.client.get(f"/image-edit/progress/{ABSENT}?ticket={ticket}"))


@pytest.mark.parametrize("name", ["access_token", "token", "Authorization", "JWT"])
def test_a_bearer_token_in_an_address_is_refused(api: Api, name: str) -> None:
    """Also beside a valid header, so that clients notice at once that tokens do not belong in URLs."""
    token = bearer()["Authorization"].removeprefix("Bearer ")
    session_id = started(api)
    answers = [
        api.get("/image-edit/sessions", params={name: token}),
        api.client.get(f"/image-edit/progress/{session_id}", params={name: token}),
        api.client.get(f"/image-edit/progress/{session_id}", params={name: token, "ticket": "x"}),
    ]

    assert {(401, "UNAUTHORIZED")} == {code_of(one) for one in answers}
    assert {True} == {one.json()["error"].startswith("A token in an address is never accepted.") for one in answers}


@pytest.mark.parametrize("header", ["", "Basic YTpi", "Bearer", "Bearer ", "bearer x y"])
def test_a_request_without_a_token_is_refused_with_instructions(api: Api, header: str) -> None:
    """401 with WWW-Authenticate and a sentence that helps."""
    answer = api.client.get("/image-edit/sessions", headers={"Authorization": header})

    assert (401, "UNAUTHORIZED", "Bearer") == (*code_of(answer), answer.headers["www-authenticate"])
    assert "Authorization: Bearer <token>" in answer.json()["error"]


def test_sessions_are_listed_newest_first_page_by_page(api: Api) -> None:
    """The cursor of a page leads to the next; the last has none."""
    ids: list[str] = []
    for _ in range(5):
        ids.insert(0, started(api))
        api.store.sessions.cancel(ids[0], user_id=ADA)
    found: list[str] = []
    cursor: str | None = None
    for _ in range(5):
        page = api.get("/image-edit/sessions", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        found += [one["sessionId"] for one in page["sessions"]]
        cursor = page["cursor"]
        if cursor is None:
            break

    assert ids == found
    assert cursor is None


@pytest.mark.parametrize("query", ["cursor=x", "cursor=" + "A" * 513, "limit=0", "limit=101", "limit=x"])
def test_a_wrong_page_is_refused(api: Api, query: str) -> None:
    """Limits from 1 to 100, cursors only as they were given."""
    assert (400, "INVALID_INPUT") == code_of(api.get(f"/image-edit/sessions?{query}"))


def test_the_vocabulary_names_every_operation(api: Api) -> None:
    """Pages build their menus from it."""
    text = api.get("/image-edit/operations").text
    assert [] == [name for name in OPERATIONS if f'"{name}"' not in text]


def test_a_command_can_be_looked_at_before_it_runs(api: Api) -> None:
    """The plan and its words; nothing is started."""
    answer = api.client.post("/image-edit/parse", json={"command": "resize to 800px"}, headers=bearer())

    assert (200, [{"op": "resize", "width": 800}]) == (answer.status_code, answer.json()["steps"])
    assert "800 px" in answer.json()["explanation"]
    assert (0, []) == (len(api.store.sessions.of_user(ADA, limit=1).sessions), api.jobs())


def test_slots_take_one_file_of_the_announced_size_once(api: Api) -> None:
    """The signature covers the exact key, the size, that nothing is there, and the type if one was given."""
    files = [{"contentType": "image/heic", "size": 1000}, {"size": 7}]
    answer = api.client.post("/image-edit/uploads", json={"files": files}, headers=bearer())
    first, second = answer.json()["slots"]

    assert 200 == answer.status_code
    assert first["url"].startswith("upload://")
    assert first["url"] != second["url"]
    url = httpx.URL(first["upload"]["url"])
    assert "PUT" == first["upload"]["method"]
    assert url.path.endswith(first["url"].removeprefix("upload://"))
    assert "content-length;content-type;host;if-none-match" == url.params["X-Amz-SignedHeaders"]
    assert {"If-None-Match": "*", "Content-Type": "image/heic"} == first["upload"]["headers"]
    assert {"If-None-Match": "*"} == second["upload"]["headers"]
    assert 202 == api.start(images=[{"id": "a", "url": first["url"]}]).status_code


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ([{"size": 100_001}], 413),
        ([{"contentType": "text/html", "size": 1}], 400),
        ([{"contentType": "image/png\r\nx: y", "size": 1}], 400),
        ([], 400),
        ([{"size": 1}] * 51, 400),
        ([{"size": 1, "name": "a"}], 400),
        ([{}], 400),
        ([{"size": 0}], 400),
    ],
)
def test_a_file_that_would_be_refused_gets_no_slot(api: Api, files: list[object], status: int) -> None:
    """Better before the upload than after."""
    assert status == api.client.post("/image-edit/uploads", json={"files": files}, headers=bearer()).status_code
