"""One table, two ways in: what the real Lambda Web Adapter does with a request, the local front does too."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from local.emulator.process import running
from tests.factories import web
from tests.factories.adapter import Adapted
from tests.factories.doors import (
    Asked,
    OpenStream,
    Reply,
    stream_of_adapter,
    stream_of_front,
    through_adapter,
    through_front,
)
from tests.factories.functions import LOGGING, TRUST
from tests.factories.lambdas import Stack, host

pytestmark = pytest.mark.stack

MEGABYTE = 1_000_000
JSON = ("content-type", b"application/json")


Door = Callable[[Asked], Reply]


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Adapted]:
    """Give the application behind the real adapter."""
    folder = tmp_path_factory.mktemp("adapter")
    with web.by_adapter(web.deployed(folder), folder) as running_adapter:
        yield running_adapter


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run the application behind the local front; give its host and port."""
    folder = tmp_path_factory.mktemp("front")
    with ExitStack() as stack:
        aws = stack.enter_context(running(folder / "aws")).address
        known = Stack(aws=aws, host="http://127.0.0.1:1")
        known.client("iam").create_role(RoleName="photo", AssumeRolePolicyDocument=TRUST)
        known.client("iam").put_role_policy(RoleName="photo", PolicyName="logs", PolicyDocument=LOGGING)
        known.deploy("web", web.CODE, Handler="run.sh", variables=web.VARIABLES)
        yield stack.enter_context(host(aws, folder, "--function", "web", module="local.api")).removeprefix("http://")


@pytest.fixture(params=["adapter", "front"])
def door(request: pytest.FixtureRequest) -> Door:
    """Give each of the two ways in."""
    way: Any = request.getfixturevalue(request.param)
    return (
        (lambda asked: through_adapter(way, asked))
        if request.param == "adapter"
        else (lambda asked: through_front(way, asked))
    )


LARGE = b'"' + b"x" * (5_500_000 - 2) + b'"'
SEEN: dict[str, tuple[Asked, dict[str, Any]]] = {
    "path and query as written": (
        Asked("GET", "/echo/a%2Fb%20c%C3%A9?x=%C3%A9&y=a+b&y=2"),
        {"target": "/echo/a%2Fb%20c%C3%A9?x=%C3%A9&y=a+b&y=2", "method": "GET", "size": 0},
    ),
    "header in UTF-8": (
        Asked("GET", "/echo", [("x-name", "Zoë 東京".encode())]),
        {"headers": {"x-name": "Zoë 東京".encode().decode("latin-1")}},
    ),
    "header twice": (
        Asked("GET", "/echo", [("x-a", b"1"), ("x-b", b"0"), ("X-A", b"2")]),
        {"headers": {"x-a": "1,2", "x-b": "0"}, "repeated": []},
    ),
    "cookies": (Asked("GET", "/echo", [("cookie", b"a=1; b=2;c=3")]), {"headers": {"cookie": "a=1;b=2;c=3"}}),
    "JSON in UTF-8": (
        Asked("POST", "/echo", [JSON], '"Zoë 東京 📷"'.encode()),
        {"method": "POST", "sha256": hashlib.sha256('"Zoë 東京 📷"'.encode()).hexdigest()},
    ),
    "bytes": (
        Asked("PUT", "/echo", [("content-type", b"image/png")], bytes(range(256))),
        {"method": "PUT", "sha256": hashlib.sha256(bytes(range(256))).hexdigest()},
    ),
    "5.5 MB": (
        Asked("POST", "/echo", [JSON], LARGE),
        {"size": 5_500_000, "sha256": hashlib.sha256(LARGE).hexdigest(), "headers": {"content-length": "5500000"}},
    ),
    "no body": (Asked("POST", "/echo", [], b""), {"size": 0, "headers": {"content-length": "0"}}),
    "DELETE": (Asked("DELETE", "/echo"), {"method": "DELETE", "size": 0}),
    "OPTIONS": (Asked("OPTIONS", "/echo"), {"method": "OPTIONS"}),
    "TRACE": (Asked("TRACE", "/echo"), {"method": "TRACE"}),
}


@pytest.mark.parametrize("case", SEEN)
def test_the_application_gets_the_same_request(door: Door, case: str) -> None:
    """Method, path, query, headers byte for byte, and body."""
    asked, expected = SEEN[case]
    seen = door(asked).seen()

    assert expected == {**{name: seen[name] for name in expected}, **headers_of(seen, expected)}


def headers_of(seen: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """Pick the headers that the table names."""
    names = expected.get("headers")
    return {"headers": {name: seen["headers"].get(name) for name in names}} if names else {}


def test_a_client_gets_the_same_answer(door: Door) -> None:
    """Status, headers, two cookies, UTF-8; the connection's own header is renamed."""
    reply = door(Asked("GET", "/plain"))

    assert (418, "grüß dich 📷") == (reply.status, reply.body.decode())
    assert ("text/plain; charset=utf-8", "1") == (reply.headers["content-type"], reply.headers["x-one"])
    assert ["a=1; Path=/; SameSite=lax", "b=2; Path=/; SameSite=lax"] == reply.cookies
    assert ("keep-alive", None) == (reply.headers.get("x-amzn-remapped-connection"), reply.headers.get("connection"))


def test_a_large_answer_keeps_its_size_and_order(door: Door) -> None:
    """5.5 MB in 550 parts."""
    reply = door(Asked("GET", "/large?parts=550"))

    assert (200, 5_500_000, web.large_sha256(550)) == (
        reply.status,
        len(reply.body),
        hashlib.sha256(reply.body).hexdigest(),
    )


@pytest.mark.parametrize(("way", "opened"), [("adapter", stream_of_adapter), ("front", stream_of_front)])
def test_each_event_arrives_before_the_next_is_made(
    request: pytest.FixtureRequest, tmp_path: Path, way: str, opened: Callable[[Any, str], OpenStream]
) -> None:
    """The application makes an event when a file appears, and each file is written when the event before has come."""
    (tmp_path / "one").touch()
    stream = opened(request.getfixturevalue(way), f"/events?folder={tmp_path}&names=one,two,three")

    seen = [stream.until(b"data: one\n\n")]
    for name in ("two", "three"):
        (tmp_path / name).touch()
        seen.append(stream.until(f"data: {name}\n\n".encode()))

    assert b"data: one\n\ndata: two\n\ndata: three\n\n" == b"".join(seen)
    assert b"" == stream.rest()
    assert ("text/event-stream; charset=utf-8", "keep-alive") == (
        stream.headers["content-type"],
        stream.headers["x-amzn-remapped-connection"],
    )


def test_an_answer_without_a_body_has_none(door: Door) -> None:
    """204, as at the end of a session's stream."""
    reply = door(Asked("GET", "/nothing"))

    assert (204, b"") == (reply.status, reply.body)


@pytest.mark.parametrize(
    "asked",
    [
        Asked("GET", "/echo", [("user-agent", b"Beno\xeet")]),
        Asked("GET", "/echo/%7F"),
    ],
    ids=["header that is not UTF-8", "DEL in the path"],
)
def test_what_the_adapter_cannot_read_is_refused(door: Door, asked: Asked) -> None:
    """A function URL says 502 where the function reports an error; the next request is answered."""
    assert (502, 418) == (door(asked).status, door(Asked("GET", "/plain")).status)
