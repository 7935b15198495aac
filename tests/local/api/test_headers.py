"""Tests of headers between the client and the application."""

from __future__ import annotations

import json
from typing import Any

from local.api.headers import from_application, to_application, unreadable
from tests.factories.functions import function

SCOPE: dict[str, Any] = {
    "type": "http",
    "method": "POST",
    "path": "/image-edit",
    "scheme": "http",
    "http_version": "1.1",
    "client": ("10.1.2.3", 50_000),
    "server": ("127.0.0.1", 4580),
}


def passed(*headers: tuple[str, str]) -> dict[str, str]:
    """Return what the application gets of *headers*."""
    scope = {**SCOPE, "headers": [(name.encode(), value.encode()) for name, value in headers]}
    given = to_application(scope, function(), "request-1")
    assert len(given) == len(dict(given)), "a header comes once, as in an event"
    return {name.decode(): value.decode() for name, value in given}


def test_the_application_learns_who_asked_for_what() -> None:
    """As from a function URL: Host as asked, the client's address, the port, the protocol."""
    got = passed(("host", "api.example"), ("user-agent", "test"), ("authorization", "Bearer x"))

    assert {
        "host": "api.example",
        "authorization": "Bearer x",
        "x-forwarded-for": "10.1.2.3",
        "x-forwarded-port": "4580",
        "x-forwarded-proto": "http",
    }.items() <= got.items()
    context = json.loads(got["x-amzn-request-context"])
    assert {
        "method": "POST",
        "path": "/image-edit",
        "protocol": "HTTP/1.1",
        "sourceIp": "10.1.2.3",
        "userAgent": "test",
    } == context["http"]
    assert ("request-1", "api.example") == (context["requestId"], context["domainName"])
    assert "request-1" == json.loads(got["x-amzn-lambda-context"])["request_id"]


def test_those_before_are_kept() -> None:
    """The CDN sends the viewer's address and protocol; the server adds its own client."""
    got = passed(("x-forwarded-for", "1.2.3.4"), ("x-forwarded-proto", "https"))

    assert ("1.2.3.4, 10.1.2.3", "https") == (got["x-forwarded-for"], got["x-forwarded-proto"])


def test_what_belongs_to_one_connection_or_to_us_is_not_passed_on() -> None:
    """No client can set the headers that Lambda sets."""
    got = passed(("connection", "close"), ("te", "trailers"), ("x-amzn-request-context", "{}"))

    assert not {"connection", "te"} & got.keys()
    assert "{}" != got["x-amzn-request-context"]


def test_an_answer_keeps_its_headers_and_gets_a_request_id() -> None:
    """Two cookies stay two."""
    assert [(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2"), (b"x-amzn-requestid", b"request-1")] == from_application(
        [(b"Set-Cookie", b"a=1"), (b"Set-Cookie", b"b=2"), (b"Transfer-Encoding", b"chunked")], "request-1"
    )


def test_a_header_that_comes_twice_is_joined() -> None:
    """An event has one value for each name; cookies come back without spaces."""
    got = passed(("x-a", "1"), ("cookie", "a=1; b=2"), ("x-a", "2"), ("cookie", "c=3"))

    assert ("1,2", "a=1;b=2;c=3") == (got["x-a"], got["cookie"])


def test_a_header_outside_ascii_is_passed_on() -> None:
    """UTF-8 in, the same bytes out, in the description of the request too."""
    got = passed(("user-agent", "Zoë 東京"), ("x-name", "Zoë"))

    assert ("Zoë 東京", "Zoë") == (got["user-agent"], got["x-name"])
    assert '"userAgent": "Zoë 東京"' in got["x-amzn-request-context"]


def test_what_the_adapter_cannot_read_is_named() -> None:
    """Bytes that are no UTF-8, and DEL in the path: test_agreement.py shows that the real adapter fails at both."""
    latin = [(b"user-agent", "Benoît".encode("latin-1"))]

    assert unreadable({**SCOPE, "headers": [(b"user-agent", "Benoît".encode())]}) is None
    assert "the function cannot read the header user-agent: expected UTF-8" == unreadable({**SCOPE, "headers": latin})
    assert "the function cannot read a path that holds %7F" == unreadable({**SCOPE, "path": "/\x7f", "headers": []})


def test_the_applications_own_connection_header_is_renamed() -> None:
    """A stream of sse-starlette sends ``keep-alive``; the connection to the client is not the application's."""
    given = from_application([(b"Connection", b"keep-alive"), (b"Keep-Alive", b"timeout=5")], "request-1")

    assert [(b"x-amzn-remapped-connection", b"keep-alive"), (b"x-amzn-requestid", b"request-1")] == given
