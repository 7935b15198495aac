"""Tests of the refusal of foreign hosts and origins."""

from __future__ import annotations

import threading
from http.server import HTTPServer

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from local.loopback_only import LoopbackOnly, LoopbackRequest
from tests.factories.asking import Asking


async def hello(_request: Request) -> Response:
    """Answer."""
    return PlainTextResponse("hello")


@pytest.fixture
def client() -> Asking:
    """Return a client of an application that serves this machine only."""
    app = Starlette(routes=[Route("/", hello)], middleware=[Middleware(LoopbackOnly)])
    return Asking(app)


@pytest.mark.parametrize("host", ["127.0.0.1:4510", "localhost:4510", "localhost", "[::1]:4510"])
def test_loopback_is_served_by_every_name(client: Asking, host: str) -> None:
    """Browsers use any of them."""
    assert "hello" == client.get("/", headers={"Host": host}).text


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example:4510"},
        {"Host": "localhost@evil.example"},
        {"Host": ""},
        {"Host": "["},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    ],
    ids=str,
)
def test_every_other_host_and_origin_is_refused(client: Asking, headers: dict[str, str]) -> None:
    """A name that was made to resolve to this machine stays another name (DNS rebinding)."""
    answer = client.get("/", headers=headers)

    assert (403, "NOT_LOCAL") == (answer.status_code, answer.json()["code"])


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "bucket.s3.localhost:4566"},
        {"Host": "d123.cloudfront.net"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:4510"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
    ],
    ids=str,
)
def test_what_no_foreign_page_can_send_is_served(headers: dict[str, str]) -> None:
    """Names below localhost, names of the zones that a port allows, our own pages, and links that lead here."""
    app = Starlette(routes=[Route("/", hello)], middleware=[Middleware(LoopbackOnly, hosts=(".cloudfront.net",))])

    assert "hello" == Asking(app).get("/", headers=headers).text


def test_a_page_of_this_machine_may_ask_from_another_port(client: Asking) -> None:
    """Another local page may use the API from its own port."""
    assert "hello" == client.get("/", headers={"Origin": "http://localhost:5173"}).text


class Greeting(LoopbackRequest):
    """A port that `http.server` serves, with connections that stay open."""

    protocol_version = "HTTP/1.1"


def test_a_refusal_that_ends_its_connection_says_so() -> None:
    """Otherwise a client sends its next request on a connection that is just being closed, and gets no answer."""
    with HTTPServer(("127.0.0.1", 0), Greeting) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}/"
        answer = httpx.post(address, headers={"Host": "evil.example"}, content=b"a body", trust_env=False)
        thread.join()

    assert (403, "NOT_LOCAL") == (answer.status_code, answer.json()["code"])
    assert "close" == answer.headers["Connection"]
