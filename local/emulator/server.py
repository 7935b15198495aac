"""Serve ministack's application in this process, with our patches, as if behind a TLS front."""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, cast

from hypercorn.asyncio import serve  # pyright: ignore[reportUnknownVariableType] - WSGI's half has no types
from hypercorn.config import Config

from local.emulator.cloudfront_gaps import patch_cloudfront
from local.emulator.environment import LOG_NAME, environment
from local.emulator.iam_gaps import patch_iam
from local.emulator.lambda_gaps import patch_lambda
from local.emulator.monitoring_gaps import patch_monitoring
from local.emulator.pipe_gaps import patch_pipes
from local.emulator.queue_gaps import patch_queues
from local.emulator.webhook_gaps import patch_webhooks
from local.loopback_only import KEEP_ALIVE_S, App, LoopbackOnly, Receive, Scope, Send
from local.model import LOOPBACK

# Names of AWS's own zones, which clients send as Host: no page can let one of them resolve to this machine.
AWS_NAMES: Final = (".amazonaws.com", ".cloudfront.net", ".on.aws")
FORWARDED: Final = b"x-forwarded-proto"
STARTED: Final = "lifespan.startup.complete"
# Clients that poll a queue poll again: do not wait for them.
GRACE_S: Final = 0.5


def bind(port: int) -> socket.socket:
    """Take *port* of loopback, 0 for any free one; raise OSError when another program has it."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # A run that has just ended leaves connections in TIME_WAIT; they must not block the next one.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def run(listener: socket.socket, data: Path, *, persist: bool, ready: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT; call *ready* once requests are answered."""
    (data / "tmp").mkdir(parents=True, exist_ok=True)
    logging.basicConfig(filename=data / LOG_NAME, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    os.environ.update(environment(port=listener.getsockname()[1], data=data, persist=persist))
    tempfile.tempdir = None  # it may have been looked up before TMPDIR was set
    application = announced(LoopbackOnly(over_tls(emulator()), AWS_NAMES), ready)
    asyncio.run(serve(cast("Any", application), settings(listener)))


def emulator() -> App:
    """Import ministack, which reads its environment now, and patch it."""
    application = importlib.import_module("ministack.app")
    patch_lambda()
    patch_monitoring()
    patch_queues()
    patch_iam()
    patch_pipes()
    patch_webhooks()
    patch_cloudfront()
    return cast("App", application.app)


def settings(listener: socket.socket) -> Config:
    """Configure the web server as ministack's own start does, and let it use *listener*."""
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.keep_alive_timeout = KEEP_ALIVE_S
    config.graceful_timeout = GRACE_S
    config.errorlog = logging.getLogger("hypercorn.error")
    return config


def over_tls(app: App) -> App:
    """Mark every request as sent over TLS, unless it has such a mark already.

    The buckets' policies deny everything else (``aws:SecureTransport``), and loopback needs no certificate.
    """

    async def forwarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not any(name == FORWARDED for name, _ in scope["headers"]):
            scope = {**scope, "headers": [*scope["headers"], (FORWARDED, b"https")]}
        await app(scope, receive, send)

    return forwarded


def announced(app: App, ready: Callable[[], None]) -> App:
    """Call *ready* when *app* has started; connections queue since the port was bound."""

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        async def announce(message: Any) -> None:
            await send(message)
            if message["type"] == STARTED:
                ready()

        await app(scope, receive, announce if scope["type"] == "lifespan" else send)

    return watched
