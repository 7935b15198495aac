"""A network of the tests' own: scripted name answers, every dialled address noted, one public server that is ours.

Nothing leaves the machine: a dial of ``PUBLIC`` reaches the server on loopback, every other one is noted and refused.
"""

from __future__ import annotations

import socket
import threading
from collections import defaultdict
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

PUBLIC = "93.184.216.34"
PICTURE = b"\xff\xd8\xff\xe0 a picture"


@dataclass
class Network:
    """*names*: answers per lookup (the last repeats); *dialled*: addresses that were connected to."""

    port: int
    names: Mapping[str, Sequence[Sequence[str]]]
    dialled: list[str] = field(default_factory=list[str])
    lookups: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    disguised: dict[int, tuple[str, int]] = field(default_factory=dict[int, tuple[str, int]])

    def getaddrinfo(self, host: str | bytes, port: int, *_: Any, **__: Any) -> list[Any]:
        """Answer as scripted; addresses answer themselves."""
        name = host.decode() if isinstance(host, bytes) else host
        script = self.names.get(name)
        if script is None:
            return REAL_GETADDRINFO(name, port, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)
        answers = script[min(self.lookups[name], len(script) - 1)]
        self.lookups[name] += 1
        return [
            (
                socket.AF_INET6 if ":" in answer else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (answer, port, 0, 0) if ":" in answer else (answer, port),
            )
            for answer in answers
        ]

    def connect(self, sock: socket.socket, address: Any) -> None:
        """Note the dial; let it through to our server when it is to the public address, refuse it otherwise."""
        self.dialled.append(str(address[0]))
        if address[0] != PUBLIC:
            raise ConnectionRefusedError(111, "refused by the tests' network")
        self.disguised[sock.fileno()] = (address[0], address[1])
        REAL_CONNECT(sock, ("127.0.0.1", self.port))

    def getpeername(self, sock: socket.socket) -> Any:
        """Make our server look like the public one."""
        return self.disguised.get(sock.fileno()) or REAL_GETPEERNAME(sock)


REAL_GETADDRINFO = socket.getaddrinfo
REAL_CONNECT = socket.socket.connect
REAL_GETPEERNAME = socket.socket.getpeername


@contextmanager
def network(
    monkeypatch: pytest.MonkeyPatch, answer: type[BaseHTTPRequestHandler], names: Mapping[str, Sequence[Sequence[str]]]
) -> Generator[Network]:
    """Serve *answer* at the public address, and script the names."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), answer)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.05}).start()
    net = Network(port=server.server_port, names=names)
    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", net.getaddrinfo)
        patch.setattr(socket.socket, "connect", lambda *dial: net.connect(*dial))  # noqa: PLW0108 - a bound method would not be bound to the socket
        patch.setattr(socket.socket, "getpeername", lambda sock: net.getpeername(sock))  # noqa: PLW0108
        try:
            yield net
        finally:
            server.shutdown()
            server.server_close()


class Quiet(BaseHTTPRequestHandler):
    """A server that logs nothing and sends the bytes of the test."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class' name
        """Log nothing."""

    def send(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Send a whole answer."""
        self.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)
