"""Ask an ASGI application in this process, one request at a time. Starlette's own client wants another library."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from starlette.types import ASGIApp


class Asking:
    """A client of *app* at *base*; its requests are answered whole."""

    def __init__(self, app: ASGIApp, base: str = "http://127.0.0.1:4510") -> None:
        self.app = app
        self.base = base

    def request(self, method: str, url: str, **more: Any) -> httpx.Response:
        """Ask."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=True)
            async with httpx.AsyncClient(transport=transport, base_url=self.base) as client:
                return await client.request(method, url, **more)

        return asyncio.run(ask())

    def get(self, url: str, **more: Any) -> httpx.Response:
        """Ask by GET."""
        return self.request("GET", url, **more)

    def post(self, url: str, **more: Any) -> httpx.Response:
        """Ask by POST."""
        return self.request("POST", url, **more)

    def put(self, url: str, **more: Any) -> httpx.Response:
        """Ask by PUT."""
        return self.request("PUT", url, **more)
