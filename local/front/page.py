"""Serve the page: static files under a strict content security policy, and ``/config.json``."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from local.front.deployed import DeployedStack
from local.front.oidc import Issuer
from local.model import Addresses
from local.run.banner import DEVELOPER
from local.signing_key import set_cookies

WEB: Final = Path(__file__).parents[2] / "web"


def routes(deployed: DeployedStack, issuer: Issuer, web: Path = WEB) -> list[BaseRoute]:
    """Serve ``/config.json``, which also brings the cookies of signed pictures, and the files of *web*."""

    async def config(_request: Request) -> Response:
        outputs, addresses = deployed.outputs, deployed.addresses
        answer = JSONResponse(
            {
                "page": addresses.page,
                "api": outputs["editApiUrl"],
                "cdn": addresses.cdn,
                "aws": addresses.aws,
                "gallery": f"{addresses.page}/gallery",
                "user": DEVELOPER,
                "token": issuer.token(DEVELOPER, now=time.time()),
                "outputs": outputs,
            }
        )
        for cookie in set_cookies(deployed.path.parent, outputs):
            answer.headers.append("Set-Cookie", cookie)
        return answer

    files = StaticFiles(directory=web, html=True)
    return [Route("/config.json", config), Mount("/", AtOneAddress(files, deployed.addresses.page), name="web")]


class AtOneAddress:
    """Redirect a browser that used another name of this machine (``localhost``) to the page's own *origin*.

    CORS of the CDN and of S3, and the page's own policy, allow only that origin.
    """

    def __init__(self, app: ASGIApp, origin: str) -> None:
        self.app = app
        self.origin = origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        asked = URL(scope=scope)
        here = asked.replace(scheme="http", netloc=urlsplit(self.origin).netloc)
        app = self.app if asked.netloc == here.netloc else RedirectResponse(here, 308)
        await app(scope, receive, send)


def security_headers(addresses: Addresses) -> Mapping[str, str]:
    """Return the headers of every answer of the page. Pictures come from the CDN, uploads go to S3."""
    others = " ".join(dict.fromkeys([addresses.cdn, addresses.api, addresses.aws]))
    rules = {
        "default-src": "'self'",
        "img-src": f"'self' data: blob: {others}",
        "connect-src": f"'self' {others}",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in rules.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        # A changed file of the page must show at the next reload.
        "Cache-Control": "no-store",
    }


class WithHeaders:
    """Set *headers* on every response."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self.app = app
        self.headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        ours = {name for name, _ in self.headers}

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(name, value) for name, value in message["headers"] if name.lower() not in ours]
                message = {**message, "headers": [*kept, *self.headers]}
            await send(message)

        await self.app(scope, receive, with_headers)
