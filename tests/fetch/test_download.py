"""Servers that redirect, lie, stall and pack."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest

from processor.errors import EditCode, EditError
from processor.fetch import download
from processor.fetch.download import fetch
from processor.fetch.rules import FetchRules
from tests.fetch.network import PICTURE, PUBLIC, Network, Quiet, network
from tests.patience import HANG_S

RULES = FetchRules(max_bytes=100_000, deadline_s=HANG_S)
NAMES = {"public.test": [[PUBLIC]], "inside.test": [["10.0.0.5"]], "mixed.test": [[PUBLIC, "127.0.0.1"]]}
Answer = Callable[[Quiet], None]


def fetched(
    monkeypatch: pytest.MonkeyPatch, answer: Answer, *, url: str = "http://public.test/a.jpg", rules: FetchRules = RULES
) -> tuple[bytes, Network]:
    """Fetch *url* from a server that answers so."""

    class Server(Quiet):
        def do_GET(self) -> None:  # noqa: N802 - the base class' name
            answer(self)

    with network(monkeypatch, Server, NAMES) as net, fetch(url, rules) as source:
        return bytes(source.view), net


def failure(monkeypatch: pytest.MonkeyPatch, answer: Answer, **how: Any) -> EditError:
    """Fetch, and return the error."""
    with pytest.raises(EditError) as caught:
        fetched(monkeypatch, answer, **how)
    return caught.value


def test_picture_is_fetched_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes arrive unchanged; the name is resolved once and its judged address is dialled."""
    data, net = fetched(monkeypatch, lambda server: server.send(200, PICTURE))

    assert PICTURE == data
    assert ([PUBLIC], {"public.test": 1}) == (net.dialled, net.lookups)


def test_request_discloses_nothing_about_us(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cookie that a redirect set, no credentials, no packed answer."""
    seen: list[dict[str, str]] = []

    def answer(server: Quiet) -> None:
        seen.append({name.lower(): value for name, value in server.headers.items()})
        if server.path == "/a.jpg":
            server.send(302, Location="/b.jpg", Set_Cookie="spy=1; Path=/")
        else:
            server.send(200, PICTURE)

    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    fetched(monkeypatch, answer)

    assert [{"host", "user-agent", "accept", "accept-encoding", "connection"}] * 2 == [set(one) for one in seen]
    assert ["identity", "identity"] == [one["accept-encoding"] for one in seen]


def test_five_redirects_are_followed_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """A chain ends somewhere."""

    def hops(count: int) -> Answer:
        def answer(server: Quiet) -> None:
            number = int(server.path.rpartition("/")[2]) if server.path != "/a.jpg" else 0
            server.send(302, Location=f"/{number + 1}") if number < count else server.send(200, PICTURE)

        return answer

    assert PICTURE == fetched(monkeypatch, hops(5))[0]
    assert EditCode.SOURCE_REFUSED == failure(monkeypatch, hops(6)).edit_code


@pytest.mark.parametrize(
    "target",
    ["http://inside.test/", "http://127.0.0.1:80/", "file:///etc/passwd", "http://[", "ws://public.test/"],
)
def test_redirect_is_judged_anew(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A public server cannot send us inside."""
    error = failure(monkeypatch, lambda server: server.send(302, Location=target))

    assert EditCode.SOURCE_REFUSED == error.edit_code


@pytest.mark.parametrize("host", ["inside.test", "mixed.test"])
def test_name_is_judged_by_every_address_it_has(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One forbidden address among public ones denies the name; nothing connects and no address is disclosed."""

    class Server(Quiet):
        pass

    with network(monkeypatch, Server, NAMES) as net, pytest.raises(EditError) as caught:
        fetch(f"http://{host}/a.jpg", RULES)

    assert (EditCode.SOURCE_REFUSED, []) == (caught.value.edit_code, net.dialled)
    assert "10.0.0.5" not in caught.value.public


@pytest.mark.parametrize("status", [204, 206, 301, 404, 500])
def test_only_a_whole_answer_is_a_picture(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is not 200 is said by its number."""
    error = failure(monkeypatch, lambda server: server.send(status))

    assert EditCode.SOURCE_FAILED == error.edit_code
    assert (
        f"The picture could not be fetched from public.test: expected status 200, received {status}. "
        "Check the address, or upload the file."
    ) == error.public


def test_promised_size_over_the_limit_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is downloaded to find out."""
    error = failure(monkeypatch, lambda server: server.send(200, b"", Content_Length="100001"))

    assert (EditCode.IMAGE_TOO_LARGE, {"limit": 100_000}) == (error.edit_code, error.details)


@pytest.mark.fault(25)
def test_size_is_capped_whatever_was_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    """A chunked answer has no promise to break; the cap counts what comes."""

    def answer(server: Quiet) -> None:
        server.send_response(200)
        server.send_header("Transfer-Encoding", "chunked")
        server.end_headers()
        for _ in range(101):
            server.wfile.write(b"3e8\r\n" + b"x" * 1000 + b"\r\n")
        server.wfile.write(b"0\r\n\r\n")

    assert EditCode.IMAGE_TOO_LARGE == failure(monkeypatch, answer).edit_code


@pytest.mark.fault(25)
def test_answer_shorter_than_promised_is_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a picture is never taken for a whole one."""

    def answer(server: Quiet) -> None:
        server.send(200, PICTURE, Content_Length=str(len(PICTURE) + 1))
        server.close_connection = True

    assert EditCode.SOURCE_FAILED == failure(monkeypatch, answer).edit_code


@pytest.mark.fault(25)
def test_packed_answer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """We asked for the picture as it is; a bomb is never unpacked."""
    bomb = gzip.compress(b"\0" * 1_000_000)
    error = failure(monkeypatch, lambda server: server.send(200, bomb, Content_Encoding="gzip"))

    assert EditCode.SOURCE_FAILED == error.edit_code


@pytest.mark.fault(25)
@pytest.mark.faults
@pytest.mark.parametrize("where", ["before the answer", "in the headers", "in the picture"])
def test_deadline_ends_a_server_that_drips(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every single read is quick; the whole takes too long, and that is what counts."""
    gone = threading.Event()

    def drip(server: Quiet, text: bytes) -> None:
        while not gone.wait(0.1):
            server.wfile.write(text)

    def answer(server: Quiet) -> None:
        if where == "before the answer":
            gone.wait(HANG_S)
            return
        if where == "in the headers":
            server.wfile.write(b"HTTP/1.1 200 OK\r\n")
            drip(server, b"X-Drip: 1\r\n")
        server.send_response(200)
        server.send_header("Content-Length", "50000")
        server.end_headers()
        drip(server, b"x")

    try:
        error = failure(monkeypatch, answer, rules=FetchRules(max_bytes=100_000, deadline_s=1.0))
    finally:
        gone.set()

    assert (EditCode.SOURCE_FAILED, True) == (error.edit_code, "within 1 s" in error.public)


@pytest.mark.fault(25)
@pytest.mark.faults
def test_name_server_that_stalls_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look-up knows no timeout; we do."""
    stalled = threading.Event()
    monkeypatch.setattr(download, "RESOLVING_S", 0.05)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: [stalled.wait(10)][:0])

    with pytest.raises(EditError) as caught:
        fetch("http://public.test/a.jpg", RULES)
    stalled.set()

    assert EditCode.SOURCE_FAILED == caught.value.edit_code


def test_name_without_an_address_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown host is the address' fault, not a refusal."""
    assert EditCode.SOURCE_FAILED == failure(monkeypatch, lambda _: None, url="http://nowhere.test/").edit_code


def test_server_that_is_down_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """A public address where no server listens."""
    error = failure(monkeypatch, lambda _: None, url="http://93.184.216.35/")

    assert EditCode.SOURCE_FAILED == error.edit_code
