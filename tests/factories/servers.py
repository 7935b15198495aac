"""An application behind a real server: uvicorn on loopback, on any free port, for as long as a test takes."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn

from tests.patience import HANG_S


@dataclass
class Server:
    """A running server: its address, and a client."""

    origin: str
    client: httpx.Client
    server: uvicorn.Server

    def connections(self) -> int:
        """Count the connections that are open."""
        return len(self.server.server_state.connections)


class ThreadServer(uvicorn.Server):
    """A server that leaves signals to the tests."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell when it listens."""
        await super().startup(sockets)
        self.ready.set()


@contextmanager
def serve(app: Any) -> Generator[Server]:
    """Serve *app*."""
    # With the protocol named, asyncio turns Nagle's algorithm off: without, answers wait 40 ms.
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    server = ThreadServer(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1, ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    assert server.ready.wait(HANG_S)
    origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        # Nothing here is encrypted, and reading the system's certificates takes longer than most tests.
        no_certificates = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        with httpx.Client(base_url=origin, timeout=HANG_S, trust_env=False, verify=no_certificates) as client:
            yield Server(origin=origin, client=client, server=server)
    finally:
        server.should_exit = True
        thread.join(HANG_S)
        listener.close()
