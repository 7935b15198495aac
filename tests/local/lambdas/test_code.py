"""Tests of unpacking a function's code."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from local.lambdas.code import CodeStore, fetch_from
from local.lambdas.errors import CodeMissing
from local.lambdas.function import Function
from tests.factories.functions import function, hash_of, zip_of

DATA = zip_of({"app.py": "x = 1\n", "run.sh": "#!/bin/sh\n", "deep/er.py": ""})


def test_code_is_unpacked_once_with_its_modes(tmp_path: Path) -> None:
    """Two versions of the same code share a folder; a script stays executable."""
    fetched: list[str] = []

    def fetch(function: Function) -> bytes:
        fetched.append(function.version)
        return DATA

    store = CodeStore(tmp_path, fetch)
    places = {store.place(function(version=version, code_sha256=hash_of(DATA))) for version in ("1", "2")}

    (place,) = places
    assert ["1"] == fetched
    assert "x = 1\n" == (place / "app.py").read_text(encoding="utf-8")
    assert (0o755, 0o644) == ((place / "run.sh").stat().st_mode & 0o777, (place / "app.py").stat().st_mode & 0o777)
    assert [place] == list(tmp_path.iterdir())


def test_another_code_than_was_deployed_is_refused(tmp_path: Path) -> None:
    """A rollback must run the old version's code, not the newest."""
    store = CodeStore(tmp_path, lambda _: zip_of({"app.py": "x = 2\n"}))

    with pytest.raises(
        CodeMissing, match=r"^photo, version 3: expected code with the hash \S+, received \S+: .*deploy"
    ):
        store.place(function(code_sha256=hash_of(DATA)))
    assert [] == list(tmp_path.iterdir())


def test_what_is_no_zip_is_refused(tmp_path: Path) -> None:
    """The error names what was received."""
    store = CodeStore(tmp_path, lambda _: b"no zip")

    with pytest.raises(CodeMissing, match=r"^expected a zip as code, received 6 bytes that are none$"):
        store.place(function(code_sha256=hash_of(b"no zip")))
    assert [] == list(tmp_path.iterdir())


def test_code_comes_from_the_emulator_whatever_host_its_address_names() -> None:
    """The emulator returns localhost; the host uses its --aws address."""

    class Emulator(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/code?signature=x" else 404)
            self.end_headers()
            self.wfile.write(b"zip")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with HTTPServer(("127.0.0.1", 0), Emulator) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        fetch = fetch_from(f"http://127.0.0.1:{server.server_port}")
        assert b"zip" == fetch(function())
        with pytest.raises(CodeMissing, match="expected its zip from the emulator, received HTTP Error 404"):
            fetch(function(code_url="http://localhost/other"))
        server.shutdown()
        thread.join()
