"""Serve several applications in one process, each on its own port."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

import uvicorn
from starlette.types import ASGIApp

from local.loopback_only import KEEP_ALIVE_S


class FrontServer(uvicorn.Server):
    """One of several servers in a process; *serve* handles signals for all of them."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Capture no signals."""
        yield


async def serve(apps: Mapping[str, ASGIApp]) -> None:
    """Serve each of *apps* at its origin, until SIGTERM or SIGINT; OSError when a port is taken."""
    servers = [(FrontServer(config(app)), bind(origin)) for origin, app in apps.items()]
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end, [server for server, _ in servers])
    await asyncio.gather(*(server.serve(sockets=[listener]) for server, listener in servers))


def end(servers: list[FrontServer]) -> None:
    """Let *servers* finish their open requests."""
    for server in servers:
        server.should_exit = True


def config(app: ASGIApp) -> uvicorn.Config:
    """Configure the server of an application: open streams do not delay its end."""
    return uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=1,
        lifespan="on",
    )


def bind(origin: str) -> socket.socket:
    """Take the port of *origin*."""
    address = urlsplit(origin)
    # With the protocol named, asyncio turns Nagle's algorithm off; without, answers wait 40 ms for an acknowledgement.
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((str(address.hostname), address.port or 0))
    return listener
