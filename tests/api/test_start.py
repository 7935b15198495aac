"""POST /image-edit: a session with its jobs, or a refusal that leaves nothing behind."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from processor.errors import EditCode
from tests.factories.api import ADA, BOB, MAX_IMAGE_BYTES, Api, bearer, edit, png
from tests.factories.stores import first, refused


def test_an_edit_is_accepted_with_its_plan_and_one_job_per_image(api: Api) -> None:
    """The 202 response holds the plan and the progress URL; the queue holds one message per picture."""
    images = [{"id": name, "url": f"https://example.com/{name}.jpg"} for name in ("a", "b")]
    answer = api.start(images=images)
    said = answer.json()

    assert 202 == answer.status_code
    assert {"sessionId", "status", "estimatedTime", "progressUrl", "plan", "images"} == set(said)
    assert "processing" == said["status"]
    assert [{"op": "resize", "width": 800}] == said["plan"]["steps"]
    assert "800 px" in said["plan"]["explanation"]
    assert [{"id": "a", "status": "queued"}, {"id": "b", "status": "queued"}] == said["images"]
    assert said["estimatedTime"] > 0
    expected = [{"sessionId": said["sessionId"], "imageId": name} for name in ("a", "b")]
    assert expected == sorted(api.jobs(), key=lambda job: job["imageId"])


def test_the_session_is_stored_before_its_jobs_are_sent(api: Api) -> None:
    """A worker that is faster than the answer finds the session."""
    seen: list[Any] = []
    api.sqs.faults["send_message_batch"] = first(lambda: seen.extend(api.store.sessions.of_user(ADA, limit=1).sessions))

    assert 202 == api.start().status_code
    assert 1 == len(seen)


def test_fifty_images_are_fifty_jobs(api: Api) -> None:
    """As many jobs as the limit allows are sent, in batches of ten."""
    images = [{"id": str(number), "url": f"https://example.com/{number}.jpg"} for number in range(50)]

    assert 202 == api.start(images=images).status_code
    assert {str(number) for number in range(50)} == {job["imageId"] for job in api.jobs()}


def test_the_load_test_of_the_guide_is_accepted(api: Api) -> None:
    """The request that the system before Darkroom was measured with, field by field."""
    images = [{"id": "x7f", "url": "https://example.com/photo.jpg", "name": "test.jpg"}]

    assert 202 == api.start(images=images, operation={"type": "command", "command": "resize to 800px"}).status_code


@pytest.mark.parametrize(
    ("operation", "steps", "kept"),
    [
        (
            {"type": "bulk", "bulkOp": {"type": "resize", "params": {"width": 640}, "label": "Small"}},
            [{"op": "resize", "width": 640}],
            {"type": "bulk", "bulkOp": {"type": "resize", "params": {"width": 640}, "label": "Small"}},
        ),
        (
            {"type": "plan", "steps": [{"op": "grayscale"}, {"op": "format", "to": "webp"}]},
            [{"op": "grayscale"}, {"op": "format", "to": "webp"}],
            {"type": "plan"},
        ),
    ],
)
def test_buttons_and_plans_are_operations_too(
    api: Api, operation: dict[str, Any], steps: list[Any], kept: dict[str, Any]
) -> None:
    """All three kinds end as the same plan."""
    answer = api.start(operation=operation)
    session = api.get(f"/image-edit/session/{answer.json()['sessionId']}").json()

    assert (202, steps) == (answer.status_code, answer.json()["plan"]["steps"])
    assert (kept, steps) == (session["operation"], session["plan"]["steps"])


def test_options_are_kept(api: Api) -> None:
    """Options for all results are stored in the session."""
    wishes = {"outputFormat": "jpg", "quality": 80, "maxWidth": 500, "maxHeight": 400, "preserveMetadata": True}
    answer = api.start(options=wishes)

    said = api.get(f"/image-edit/session/{answer.json()['sessionId']}").json()["options"]
    assert wishes | {"outputFormat": "jpeg"} == said


def test_a_picture_inside_the_request_goes_into_a_slot_of_its_user(api: Api) -> None:
    """A data: URL is stored; the session only refers to it, and so does the answer."""
    picture = png()
    url = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
    answer = api.start(images=[{"id": "a", "url": url}])
    session = api.get(f"/image-edit/session/{answer.json()['sessionId']}").json()

    [(key, stored)] = api.slots().items()
    assert picture == stored
    assert f"upload://{key.rpartition('/')[2]}" == session["images"][0]["url"]
    assert key.startswith("uploads/")
    assert ADA not in key


def test_a_signature_in_an_address_is_kept_for_the_worker_and_never_shown(api: Api) -> None:
    """Presigned addresses are secrets for as long as they last."""
    url = "https://bucket.s3.amazonaws.com/a%20b.jpg?X-Amz-Signature=secret"
    session_id = api.start(images=[{"id": "a", "url": url}]).json()["sessionId"]
    shown = api.get(f"/image-edit/session/{session_id}")
    kept = api.store.sessions.get(session_id, user_id=ADA).images[0]

    assert "secret" not in shown.text
    assert "https://bucket.s3.amazonaws.com/a%20b.jpg" == shown.json()["images"][0]["url"]
    assert (url, "a b.jpg") == (kept.url, kept.name)


def refusal_of(api: Api, **body: Any) -> tuple[int, dict[str, Any]]:
    """Ask for something that is refused, and check that nothing is left of it."""
    answer = api.start(**body)
    said = answer.json()
    assert {"error", "code"} <= set(said) <= {"error", "code", "details"}
    assert ([], {}) == (api.jobs(), api.slots())
    assert () == api.store.sessions.of_user(ADA, limit=1).sessions
    return answer.status_code, said


def test_too_many_images_are_refused_by_number(api: Api) -> None:
    """51 is one too many."""
    images = [{"id": str(number), "url": "https://example.com/a.jpg"} for number in range(51)]
    status, said = refusal_of(api, images=images)

    assert (413, "TOO_MANY_IMAGES") == (status, said["code"])
    assert said["error"].startswith("Too many images: expected at most 50 in one request, received 51.")
    assert {"limit": 50, "received": 51} == said["details"]


def test_two_images_of_one_id_are_refused(api: Api) -> None:
    """Results would overwrite each other."""
    images = [{"id": "a", "url": "https://example.com/1.jpg"}, {"id": "a", "url": "https://example.com/2.jpg"}]

    status, said = refusal_of(api, images=images)

    assert (400, "INVALID_INPUT") == (status, said["code"])
    assert "images: expected a different id for each image, found 'a' more than once." == said["error"]


def data_url(size: int) -> str:
    """Write *size* bytes as a data: URL."""
    return f"data:image/png;base64,{base64.b64encode(b'x' * size).decode()}"


@pytest.mark.parametrize(
    ("url", "status", "code"),
    [
        ("ftp://example.com/a.jpg", 400, "SOURCE_REFUSED"),
        ("file:///etc/passwd", 400, "SOURCE_REFUSED"),
        ("javascript:alert(1)", 400, "SOURCE_REFUSED"),
        ("s3://bucket/key", 400, "SOURCE_REFUSED"),
        ("https://user:pass@example.com/a.jpg", 400, "SOURCE_REFUSED"),
        ("https://user@example.com/a.jpg", 400, "SOURCE_REFUSED"),
        ("example.com/a.jpg", 400, "INVALID_INPUT"),
        ("/etc/passwd", 400, "INVALID_INPUT"),
        ("https://", 400, "INVALID_INPUT"),
        ("https:///a.jpg", 400, "INVALID_INPUT"),
        ("https://example.com:99999/a.jpg", 400, "INVALID_INPUT"),
        ("https://[::1/a.jpg", 400, "INVALID_INPUT"),
        ("https://example.com/a b.jpg", 400, "INVALID_INPUT"),
        ("https://example.com/\r\nHost: x", 400, "INVALID_INPUT"),
        ("https://example.com/é.jpg", 400, "INVALID_INPUT"),
        (f"https://example.com/{'x' * 2048}", 400, "INVALID_INPUT"),
        ("upload://short", 400, "INVALID_INPUT"),
        ("upload:AAAAAAAAAAAAAAAAAAAAAAAA", 400, "INVALID_INPUT"),
        ("upload://../../../../etc/passwd", 400, "INVALID_INPUT"),
        ("photo://", 400, "INVALID_INPUT"),
        ("photo://a\x00b", 400, "INVALID_INPUT"),
        ("photo:abc", 400, "INVALID_INPUT"),
        ("data:image/png,xyz", 400, "INVALID_INPUT"),
        ("data:text/html;base64,AAAA", 400, "INVALID_INPUT"),
        ("data:image/png;base64,", 400, "INVALID_INPUT"),
        ("data:image/png;base64,A*A=", 400, "INVALID_INPUT"),
        ("data:image/png;base64,AAA", 400, "INVALID_INPUT"),
        (data_url(MAX_IMAGE_BYTES + 1), 413, "IMAGE_TOO_LARGE"),
        (data_url(MAX_IMAGE_BYTES + 100), 413, "IMAGE_TOO_LARGE"),
    ],
)
def test_an_address_that_cannot_work_is_refused_up_front(api: Api, url: str, status: int, code: str) -> None:
    """Schemes, credentials, syntax, base64 and size are looked at before anything starts."""
    found, said = refusal_of(api, images=[{"id": "a", "url": url}])

    assert (status, code) == (found, said["code"])
    assert said["error"].startswith("images[0].url: expected ")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "HTTPS://EXAMPLE.COM:8443/a.jpg?x=1#y",
        "https://[2606:4700::1111]/a.jpg",
        "upload://AAAAAAAAAAAAAAAAAAAAAAAA",
        "photo://4fa1d4e0-9d0c-4b52-b0a8-1d0d1c6b2f11",
        "photo://gallery/Hochzeit (1) Köln.jpg",
        data_url(MAX_IMAGE_BYTES),
        "DATA:image/svg+xml;charset=utf-8;base64,AAAA",
    ],
)
def test_addresses_that_may_work_are_accepted(api: Api, url: str) -> None:
    """The worker checks later whether the picture exists."""
    assert 202 == api.start(images=[{"id": "a", "url": url}]).status_code


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"images": []}, "Invalid value [] for `images`: expected at least 1 item"),
        ({"images": "a"}, 'Invalid value "a" for `images`: expected a list'),
        ({"images": [{"id": "a"}]}, "Missing value for `images[0].url`: expected a value"),
        ({"images": [{"id": 7, "url": "https://example.com"}]}, "Invalid value 7 for `images[0].id`: expected text"),
        (
            {"images": [{"id": "", "url": "https://example.com"}]},
            'Invalid value "" for `images[0].id`: expected at least 1 character',
        ),
        (
            {"images": [{"id": "a", "url": "https://x.com", "size": 5}]},
            "Invalid value 5 for `images[0].size`: expected no such field",
        ),
        (
            {"images": [{"id": "a", "url": "https://x.com", "name": "a\nb"}]},
            r'Invalid value "a\nb" for `images[0].name`: expected text without control characters',
        ),
        (
            {"operation": {"type": "magic"}},
            'Invalid value {"type": "magic"} for `operation`: expected one of \'command\'',
        ),
        ({"operation": {}}, "Missing value for `operation`: expected 'type'"),
        ({"operation": {"type": "command"}}, "Missing value for `operation.command`: expected a value"),
        (
            {"operation": {"type": "plan", "steps": []}},
            "Invalid value [] for `operation.steps`: expected at least 1 item",
        ),
        ({"options": {"quality": 101}}, "Invalid value 101 for `options.quality`: expected 100 or less"),
        ({"options": {"quality": True}}, "Invalid value true for `options.quality`: expected a whole number"),
        ({"options": {"outputFormat": "bmp"}}, "Invalid value \"bmp\" for `options.outputFormat`: expected 'jpeg'"),
        ({"extra": 1}, "Invalid value 1 for `extra`: expected no such field"),
    ],
)
def test_an_invalid_request_is_described_by_field_and_expectation(
    api: Api, change: dict[str, Any], sentence: str
) -> None:
    """The place as a path, what was found, what was expected."""
    status, said = refusal_of(api, **change)

    assert (400, "INVALID_INPUT") == (status, said["code"])
    assert said["error"].startswith(sentence)


@pytest.mark.parametrize(
    ("change", "limit", "received"),
    [
        ({"operation": {"type": "command", "command": "a" * 2001}}, 2000, 2001),
        ({"operation": {"type": "plan", "steps": [{"op": "flip"}] * 51}}, 50, 51),
        ({"images": [{"id": "a", "url": f"https://example.com/{'a' * 2100}"}]}, 2048, 2120),
        ({"images": [{"id": "a" * 129, "url": "https://example.com"}]}, 128, 129),
        ({"options": {"quality": 101}}, 100, 101),
    ],
)
def test_an_exceeded_limit_is_told_to_programs(api: Api, change: dict[str, Any], limit: int, received: int) -> None:
    """As the documentation of errors says, whatever found it."""
    status, said = refusal_of(api, **change)

    assert (400, {"limit": limit, "received": received}) == (status, said["details"])


def test_all_problems_of_a_request_are_named_but_not_without_end(api: Api) -> None:
    """The sentence names the first; details list them, at most twenty."""
    _, said = refusal_of(api, images=[{"id": number, "url": "https://example.com"} for number in range(30)])

    assert said["error"].endswith("(and 19 more)")
    assert 20 == len(said["details"]["problems"])


@pytest.mark.parametrize(
    ("command", "code"),
    [("fnord the gribbles", "UNPARSEABLE_COMMAND"), ("add a dog", "UNSUPPORTED_COMMAND")],
)
def test_a_command_that_cannot_be_done_is_422(api: Api, command: str, code: str) -> None:
    """Not understood, or understood and impossible: two codes, one status, nothing started."""
    status, said = refusal_of(api, operation={"type": "command", "command": command})

    assert (422, code) == (status, said["code"])


def test_a_step_that_does_not_exist_is_refused(api: Api) -> None:
    """Unknown operations and parameters are errors, never ignored."""
    status, said = refusal_of(api, operation={"type": "plan", "steps": [{"op": "rezise", "width": 5}]})

    assert (400, "INVALID_INPUT") == (status, said["code"])
    assert 'did you mean "resize"?' in said["error"]


def test_two_point_zero_is_a_whole_number(api: Api) -> None:
    """JSON Schema: any number with a zero fraction is an integer; 2.5 is none."""
    steps = [{"op": "resize", "width": 800.0}, {"op": "round", "radius": 20.0}]
    answer = api.start(operation={"type": "plan", "steps": steps}, options={"quality": 80.0, "maxWidth": 500.0})
    size = api.client.post("/image-edit/uploads", json={"files": [{"size": 123.0}]}, headers=bearer())
    broken = api.start(options={"quality": 80.5})

    assert (202, 200, 400) == (answer.status_code, size.status_code, broken.status_code)
    assert [{"op": "resize", "width": 800}, {"op": "round", "radius": 20}] == answer.json()["plan"]["steps"]
    assert "Invalid value 80.5 for `options.quality`: expected a whole number. Change it." == broken.json()["error"]


@pytest.mark.parametrize("number", [1e400, -1e400, 10**400, 1e-300])
def test_numbers_beyond_all_bounds_break_nothing(api: Api, number: float) -> None:
    """JSON knows numbers that the stores do not."""
    body = json.dumps(edit(operation={"type": "plan", "steps": [{"op": "resize", "percent": number}]}))
    answer = api.client.post("/image-edit", content=body, headers=headers_of_json())

    assert answer.status_code in {202, 400}


@pytest.mark.parametrize("text", ['"\\ud800"', "NaN", "Infinity", "[" * 500 + "]" * 500])
def test_json_that_is_barely_json_breaks_nothing(api: Api, text: str) -> None:
    """Lone surrogates, NaN and deep nesting are refused in words wherever they stand."""
    said = json.dumps(edit(operation={"type": "plan", "steps": [{"op": "text", "text": "@"}]}))
    answer = api.client.post("/image-edit", content=said.replace('"@"', text), headers=headers_of_json())

    assert (400, "INVALID_INPUT") == (answer.status_code, answer.json()["code"])


def headers_of_json() -> dict[str, str]:
    """Sign in with a body of JSON."""
    return bearer() | {"Content-Type": "application/json"}


def test_a_fourth_running_session_has_to_wait(api: Api) -> None:
    """Three at a time; one that ended makes room."""
    ids = [api.start().json()["sessionId"] for _ in range(3)]
    fourth = api.start()

    assert (429, "TOO_MANY_SESSIONS") == (fourth.status_code, fourth.json()["code"])
    assert sorted(ids) == fourth.json()["details"]["running"]
    assert int(fourth.headers["retry-after"]) > 0
    assert 202 == api.start(user=BOB).status_code
    api.store.sessions.cancel(ids[0], user_id=ADA)
    assert 202 == api.start().status_code


@pytest.mark.faults
def test_a_session_whose_jobs_cannot_be_sent_is_taken_back(api: Api) -> None:
    """503, and neither a session that never moves nor a place among the running ones is left."""
    api.sqs.faults["send_message_batch"] = refused("ServiceUnavailable", 503)
    answers = [api.start() for _ in range(4)]

    assert {(503, "TRY_AGAIN")} == {(one.status_code, one.json()["code"]) for one in answers}
    assert {"2"} == {one.headers["retry-after"] for one in answers}
    assert {"cancelled"} == {one.status.value for one in api.store.sessions.of_user(ADA, limit=10).sessions}


@pytest.mark.faults
def test_a_store_that_does_not_answer_is_503(api: Api) -> None:
    """Throttled is not failed: come again."""
    api.store.dynamodb.faults["put_item"] = refused("ProvisionedThroughputExceededException")
    answer = api.start()

    assert (503, EditCode.TRY_AGAIN) == (answer.status_code, answer.json()["code"])
    assert [] == api.jobs()
