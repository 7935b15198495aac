"""Tests of the middleware: the CDN's secret, CORS, size limits, headers, unexpected errors, metrics."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterator
from dataclasses import replace
from typing import Any

import pytest

from processor.api.app import create_app
from processor.aws.secrets import KEPT_S, LOOK_AGAIN_S, RotatingSecret
from tests.factories.api import PAGE, Api, Client, Stage, bearer, edit, open_api

SECRET = "what only the CDN knows"  # noqa: S105 - of this test alone


@pytest.fixture
def guarded() -> Iterator[Api]:
    """Return an API that only the CDN may call."""
    with open_api(Stage(origin_secret=SECRET)) as opened:
        yield opened


@pytest.mark.parametrize("said", [None, "", "wrong", SECRET[:-1], SECRET + " x", "é".encode("latin-1")])
def test_a_request_around_the_cdn_gets_403(guarded: Api, said: str | bytes | None) -> None:
    """Before anything else: no token is looked at, no limit counted."""
    headers: dict[str, Any] = {"x-origin-verify": said} if said is not None else {}
    answer = guarded.client.get("/image-edit/sessions", headers=bearer() | headers)

    assert (403, "FORBIDDEN") == (answer.status_code, answer.json()["code"])
    assert [] == guarded.store.items()


def test_the_cdn_s_requests_pass(guarded: Api) -> None:
    """With the secret everything works; readiness is asked for without it."""
    assert 200 == guarded.get("/image-edit/sessions", headers={"x-origin-verify": SECRET}).status_code
    assert 200 == guarded.client.get("/image-edit/health").status_code


def test_both_secrets_pass_during_a_change_and_a_change_needs_no_restart() -> None:
    """The parameter is read again: for a secret that is unknown, and when the known ones are old."""
    text, clock = ["old"], [0.0]
    changing = RotatingSecret(read=lambda: text[0], now=lambda: clock[0])
    with open_api() as opened:
        app = create_app(replace(opened.parts, origin_secret=changing))
        client = Client(app)

        def status(secret: str) -> int:
            return client.get("/image-edit/sessions", headers=bearer() | {"x-origin-verify": secret}).status_code

        assert [200, 403] == [status("old"), status("new")]
        text[0], clock[0] = "old\nnew", LOOK_AGAIN_S
        assert [200, 200] == [status("old"), status("new")]
        text[0], clock[0] = "new", LOOK_AGAIN_S + KEPT_S
        assert [200, 403] == [status("new"), status("old")]


def test_without_a_secret_every_request_passes(api: Api) -> None:
    """None is set where there is no CDN."""
    assert 200 == api.get("/image-edit/sessions").status_code


def test_a_configured_page_may_call_and_read_the_limits(api: Api) -> None:
    """Preflight and answer, refusals included: a page must be able to read why."""
    preflight = api.client.request(
        "OPTIONS",
        "/image-edit",
        headers={
            "Origin": PAGE,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
        },
    )
    refusals = [
        api.client.get("/image-edit/sessions", headers={"Origin": PAGE}),
        api.client.get("/nothing", headers={"Origin": PAGE}),
    ]

    assert (200, PAGE) == (preflight.status_code, preflight.headers["access-control-allow-origin"])
    assert [PAGE, PAGE] == [one.headers["access-control-allow-origin"] for one in refusals]
    exposed = {name.strip().lower() for name in refusals[0].headers["access-control-expose-headers"].split(",")}
    assert {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "retry-after"} == exposed
    assert "access-control-allow-credentials" not in refusals[0].headers


def test_other_pages_may_not(api: Api) -> None:
    """Browsers keep the answer from them."""
    answer = api.get("/image-edit/sessions", headers={"Origin": "https://evil.example.com"})

    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_that_is_too_large_is_413(api: Api, *, declared: bool) -> None:
    """At most 6 MB are read, with any Content-Length and without one."""

    async def chunks() -> AsyncGenerator[bytes]:
        for _ in range(7):
            yield b" " * 1024 * 1024

    content = b" " * 7 * 1024 * 1024 if declared else chunks()
    headers = bearer() | {"Content-Type": "application/json"}
    answer = api.client.post("/image-edit", content=content, headers=headers)

    assert (413, "IMAGE_TOO_LARGE") == (answer.status_code, answer.json()["code"])
    assert "at most 6 MB" in answer.json()["error"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/", 404, "NOT_FOUND"),
        ("GET", "/image-edit/", 404, "NOT_FOUND"),
        ("GET", "/docs", 404, "NOT_FOUND"),
        ("GET", "/image-edit/session/a/b", 404, "NOT_FOUND"),
        ("PUT", "/image-edit", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/image-edit/parse", 405, "METHOD_NOT_ALLOWED"),
        ("OPTIONS", "/image-edit", 405, "METHOD_NOT_ALLOWED"),
        ("TRACE", "/image-edit/operations", 405, "METHOD_NOT_ALLOWED"),
    ],
)
def test_the_framework_s_refusals_speak_our_language(api: Api, method: str, path: str, status: int, code: str) -> None:
    """All errors have the same body, ours and the framework's."""
    answer = api.client.request(method, path, headers=bearer())

    assert (status, code) == (answer.status_code, answer.json()["code"])
    assert {"error", "code"} == set(answer.json())
    assert (status == 405) is ("allow" in answer.headers)


def test_a_refused_method_names_every_method_of_the_address(api: Api) -> None:
    """RFC 9110, 15.5.6: also those of another route of the same address."""
    refused = {
        path: api.client.request("PATCH", f"/image-edit{path}").headers["allow"]
        for path in ("", "/session/ses_x", "/sessions", "/progress/ses_x", "/health", "/openapi.json")
    }

    assert {
        "": "POST",
        "/session/ses_x": "GET, HEAD, DELETE",
        "/sessions": "GET, HEAD",
        "/progress/ses_x": "GET, HEAD",
        "/health": "GET, HEAD",
        "/openapi.json": "GET, HEAD",
    } == refused


def test_head_answers_as_get_without_the_body(api: Api) -> None:
    """RFC 9110, 9.3.2; a stream of a running session does not keep it waiting."""
    session_id = api.start().json()["sessionId"]
    for path in (
        "/health",
        "/sessions",
        "/operations",
        f"/session/{session_id}",
        f"/progress/{session_id}",
        "/nothing",
    ):
        head = api.client.request("HEAD", f"/image-edit{path}", headers=bearer())
        assert b"" == head.content
        if "/progress" not in path:
            get = api.get(f"/image-edit{path}")
            assert (get.status_code, get.headers["content-type"]) == (head.status_code, head.headers["content-type"])
            assert get.headers["content-length"] == head.headers["content-length"]
        else:
            assert (200, "text/event-stream") == (head.status_code, head.headers["content-type"].partition(";")[0])
    assert 405 == api.client.request("HEAD", "/image-edit/parse", headers=bearer()).status_code


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{", "application/json"),
        (b'"\xff"', "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"", "application/json"),
        (b"null", "application/json"),
        (json.dumps(edit()).encode(), "text/plain"),
        (b"a=b", "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_is_no_json_object_is_refused_in_words(api: Api, content: bytes, kind: str) -> None:
    """400 with what was expected."""
    answer = api.client.post("/image-edit", content=content, headers=bearer() | {"Content-Type": kind})

    assert (400, "INVALID_INPUT") == (answer.status_code, answer.json()["code"])
    assert "expected" in answer.json()["error"]


def test_answers_are_never_cached_or_taken_for_something_else(api: Api) -> None:
    """They are about one user at one moment."""
    for answer in (api.get("/image-edit/sessions"), api.client.get("/nothing"), api.client.get("/image-edit/health")):
        assert ("no-store", "nosniff") == (answer.headers["cache-control"], answer.headers["x-content-type-options"])
        assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.faults
def test_a_defect_is_500_with_a_trace_for_us_and_a_sentence_for_them(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing of the trace gets out; CORS headers do, so that a page can read the code."""

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(type(api.parts.sessions), "of_user", broken)
    answer = api.get("/image-edit/sessions", headers={"Origin": PAGE})

    assert (500, "INTERNAL_ERROR", PAGE) == (
        answer.status_code,
        answer.json()["code"],
        answer.headers["access-control-allow-origin"],
    )
    assert "secret detail" not in answer.text
    assert "Request failed" in caplog.text
    assert "secret detail" in caplog.text


def test_every_request_is_measured_but_readiness(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """The alarm on slow first bytes sees requests, and only them; sessions are counted when they start."""
    counted: list[str] = []
    monkeypatch.setattr(type(api.parts.telemetry), "count", lambda _, metrics, **__: counted.extend(metrics))
    api.client.get("/image-edit/health")
    api.get("/image-edit/sessions")
    api.start()
    api.start(images=[])

    assert ["FirstByteDuration", "SessionsStarted", "FirstByteDuration", "FirstByteDuration"] == counted
