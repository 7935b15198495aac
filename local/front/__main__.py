"""Entry point of the page and the CDN: python -m local.front --config out/local/run.json.

One process, two ports: the page with the gallery's API and the token issuer, and the CDN. It also evaluates the alarms,
which the emulator cannot do.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from local.alarms.watch import watch
from local.front import cdn, oidc, page, receiver
from local.front.deployed import DeployedStack
from local.front.errors import HANDLERS
from local.front.gallery import routes as gallery
from local.front.gallery.changes import ChangeFeed
from local.front.gallery.operations import Operations
from local.front.gallery.store import PhotoStore
from local.front.serving import serve
from local.loopback_only import LoopbackOnly
from local.model import RunConfig
from local.run.aws import Aws


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; 1 when a port is taken."""
    parser = argparse.ArgumentParser(prog="python -m local.front", description="Serve the page and the CDN.")
    parser.add_argument("--config", type=Path, required=True, help="run.json of the run")
    path: Path = parser.parse_args(arguments).config
    addresses = RunConfig.load(path).addresses
    deployed = DeployedStack(path=path, aws=Aws(addresses.aws))
    try:
        asyncio.run(serve({addresses.page: page_app(deployed), addresses.cdn: cdn.app(deployed)}))
    except OSError as error:
        sys.stderr.write(f"front: cannot listen on {addresses.page} and {addresses.cdn}: {error.strerror}\n")
        return 1
    return 0


def page_app(deployed: DeployedStack) -> Starlette:
    """Serve the page of the stack *deployed*, and evaluate its alarms."""
    issuer = oidc.Issuer(origin=deployed.addresses.page)
    store, received = PhotoStore(deployed=deployed), receiver.receiver(deployed)
    feed = ChangeFeed(records=lambda: store.all(None))

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[None]:
        watching = asyncio.create_task(
            watch(lambda: deployed.aws.client("cloudwatch") if deployed.done else None), name="alarms"
        )
        watching.add_done_callback(log_failure)
        yield
        watching.cancel()

    return Starlette(
        routes=[
            *oidc.routes(issuer),
            *receiver.routes(received),
            *gallery.routes(store, Operations(deployed=deployed, events=received.overview), feed),
            *page.routes(deployed, issuer),
        ],
        middleware=[
            Middleware(page.WithHeaders, headers=page.security_headers(deployed.addresses)),
            Middleware(LoopbackOnly),
            Middleware(GZipMiddleware),  # streams of events are left alone
        ],
        exception_handlers=HANDLERS,
        lifespan=lifespan,
    )


def log_failure(watching: asyncio.Task[None]) -> None:
    """Log why the alarms are no longer evaluated."""
    if not watching.cancelled() and (error := watching.exception()):
        sys.stderr.write(f"front: alarms are no longer evaluated: {error!r}\n")


if __name__ == "__main__":
    sys.exit(main())
