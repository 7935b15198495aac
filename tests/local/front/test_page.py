"""Tests of the page: it is served at one address."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from local.front.page import AtOneAddress
from local.front.serving import config
from tests.factories.asking import Asking

ORIGIN = "http://127.0.0.1:4510"


@pytest.fixture
def client(tmp_path: Path) -> Asking:
    """Return a client of a page of one file."""
    (tmp_path / "index.html").write_text("hello")
    files = StaticFiles(directory=tmp_path, html=True)
    app = Starlette(routes=[Mount("/", AtOneAddress(files, ORIGIN))])
    return Asking(app)


@pytest.mark.parametrize("host", ["localhost:4510", "[::1]:4510", "localhost"])
def test_another_name_of_this_machine_leads_to_the_pages_address(client: Asking, host: str) -> None:
    """Path and query stay; the hash never leaves the browser, which keeps it."""
    answer = client.get("/index.html?gallery=a%20b", headers={"Host": host})

    assert (308, f"{ORIGIN}/index.html?gallery=a%20b") == (answer.status_code, answer.headers["location"])


def test_an_idle_connection_is_given_up_by_its_client_first() -> None:
    """A server that closes it at the same moment resets the next request."""
    assert config(Starlette()).timeout_keep_alive > (httpx.Limits().keepalive_expiry or 0)


def test_the_pages_own_address_is_served(client: Asking) -> None:
    """Without a detour."""
    answer = client.get("/", headers={"Host": "127.0.0.1:4510"})

    assert (200, "hello") == (answer.status_code, answer.text)
