"""Two ways to one web application, asked alike: a function URL before the real adapter, and the local front."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any

from tests.factories.adapter import Adapted
from tests.factories.runtimes import RuntimeFailed
from tests.patience import HANG_S

Pairs = Sequence[tuple[str, bytes]]


@dataclass(frozen=True)
class Asked:
    """A request."""

    method: str
    target: str
    headers: Pairs = ()
    body: bytes | None = None


@dataclass(frozen=True)
class Reply:
    """An answer as a client of the function URL gets it."""

    status: int
    headers: dict[str, str]
    cookies: list[str]
    body: bytes = field(repr=False)

    def seen(self) -> dict[str, Any]:
        """Return what ``/echo`` saw, with its headers by name."""
        seen = json.loads(self.body)
        names = [name for name, _ in seen["headers"]]
        seen["repeated"] = sorted({name for name in names if names.count(name) > 1})
        seen["headers"] = dict(seen["headers"])
        return seen


@dataclass(frozen=True)
class OpenStream:
    """An answer that goes on. *until* waits for a text, *rest* for the end."""

    headers: dict[str, str]
    until: Callable[[bytes], bytes]
    rest: Callable[[], bytes]


def stream_of_adapter(running_adapter: Adapted, target: str) -> OpenStream:
    """Open a stream by the adapter."""
    answer = running_adapter.send("GET", target)
    return OpenStream(url_headers(answer.prelude()["headers"]), answer.until, answer.rest)


def stream_of_front(address: str, target: str) -> OpenStream:
    """Open a stream by the local front."""
    connection = HTTPConnection(address, timeout=HANG_S)
    connection.request("GET", target)
    answer = connection.getresponse()

    def until(text: bytes) -> bytes:
        seen = b""
        while text not in seen:
            line = answer.readline()
            assert line, f"the body ended without {text!r}: {seen!r}"
            seen += line
        return seen

    def rest() -> bytes:
        left = answer.read()
        connection.close()
        return left

    return OpenStream({name.lower(): value for name, value in answer.getheaders()}, until, rest)


def url_headers(headers: dict[str, str]) -> dict[str, str]:
    """Rename what a function URL renames.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html: "remapped"
    """
    return {("x-amzn-remapped-connection" if name == "connection" else name): headers[name] for name in headers}


def through_adapter(running_adapter: Adapted, asked: Asked) -> Reply:
    """Send a request by the adapter, and do what a function URL does with the answer."""
    answer = running_adapter.send(asked.method, asked.target, asked.headers, asked.body)
    try:
        prelude = answer.prelude()
    except RuntimeFailed as error:
        return Reply(502, {}, [], str(error).encode())
    return Reply(prelude["statusCode"], url_headers(prelude["headers"]), prelude["cookies"], answer.rest())


def through_front(address: str, asked: Asked) -> Reply:
    """Send a request by the local front, with bytes in its headers as they are."""
    connection = HTTPConnection(address, timeout=HANG_S)
    try:
        connection.putrequest(asked.method, asked.target, skip_accept_encoding=True)
        for name, value in asked.headers:
            connection.putheader(name, value)
        if asked.body is not None:
            connection.putheader("content-length", str(len(asked.body)))
        connection.endheaders(asked.body)
        answer = connection.getresponse()
        headers = [(name.lower(), value) for name, value in answer.getheaders()]
        cookies = [value for name, value in headers if name == "set-cookie"]
        return Reply(answer.status, {k: v for k, v in headers if k != "set-cookie"}, cookies, answer.read())
    finally:
        connection.close()
