"""A whole embedded stack in a process of its own, as ``make up`` starts it, and what tests ask of it."""

from __future__ import annotations

import json
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

from local.run.aws import Aws

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
# Hang guards: on an idle machine the stack takes 4 s, a photo less than one.
STARTED_S = 60
SETTLED_S = 60
ENDED_S = 60


@dataclass(frozen=True, kw_only=True)
class LocalStack:
    """What ``--json`` told, and ways to use it. *http* follows no redirects and knows no proxy."""

    known: Mapping[str, Any]
    folder: Path
    aws: Aws
    http: httpx.Client

    @property
    def page(self) -> str:
        """Origin of the page and the gallery's API."""
        return str(self.known["page"])

    @property
    def originals(self) -> str:
        """Name of the originals bucket."""
        return str(self.known["buckets"]["originals"])

    def announce(self, name: str, data: bytes, *, gallery: str) -> dict[str, Any]:
        """Ask the gallery for a place to upload to."""
        wanted = {"name": name, "size": len(data), "gallery": gallery, "type": "image/jpeg"}
        answer = self.http.post(f"{self.page}/gallery/photos", json=wanted)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def upload(self, data: bytes, *, gallery: str, name: str = "photo.jpg") -> str:
        """Upload as a browser does, by a presigned PUT; give the photo's id."""
        place = self.announce(name, data, gallery=gallery)
        self.put(place, data)
        return str(place["photo"]["id"])

    def put(self, place: Mapping[str, Any], data: bytes) -> None:
        """Put *data* where the gallery said."""
        upload = place["upload"]
        answer = self.http.request(upload["method"], upload["url"], content=data, headers=upload["headers"])
        assert answer.status_code == 200, answer.text

    def photo(self, photo_id: str) -> dict[str, Any] | None:
        """Read one record; None without it."""
        answer = self.http.get(f"{self.page}/gallery/photos/{photo_id}")
        return answer.json() if answer.status_code == 200 else None

    def settled(self, photo_id: str, wanted: Callable[[Mapping[str, Any]], bool]) -> dict[str, Any]:
        """Wait until a record is as *wanted*."""

        def look() -> dict[str, Any] | None:
            found = self.photo(photo_id)
            return found if found and wanted(found) else None

        return wait_for(look, what=lambda: f"photo {photo_id} in the wanted state, found {self.photo(photo_id)}")

    def with_status(self, photo_id: str, status: str) -> dict[str, Any]:
        """Wait until a record has *status*."""
        return self.settled(photo_id, lambda record: record.get("status") == status)


def wait_for(look: Callable[[], T | None], *, what: Callable[[], str]) -> T:
    """Look until something is found; a guard against hanging, not a promise of speed."""
    deadline = time.monotonic() + SETTLED_S
    while (found := look()) is None:
        assert time.monotonic() < deadline, f"expected {what()} within {SETTLED_S} s"
        time.sleep(0.05)
    return found


@contextmanager
def started(folder: Path, *arguments: str) -> Generator[LocalStack]:
    """Run a stack on free ports for the length of the block, and expect it to stop well."""
    process = launch(folder, *arguments)
    try:
        with httpx.Client(timeout=30, trust_env=False) as client:
            known = told(process)
            yield LocalStack(known=known, folder=folder, aws=Aws(known["aws"]), http=client)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=ENDED_S)
    finally:
        process.kill()
        process.wait()
    assert (0, "stopped: no process and no open port is left") == (process.returncode, said.splitlines()[-1]), said


def launch(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start ``up`` as a script would."""
    command = [sys.executable, "-m", "local", "up", "--json", "--port-base", "0", "--folder", str(folder), *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def told(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Read the line of endpoints."""
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        assert selector.select(STARTED_S), f"expected the stack to be up within {STARTED_S} s"
    line = process.stdout.readline()
    if not line:
        _, said = process.communicate()
        raise AssertionError(f"expected the endpoints, the stack said: {said}")
    return json.loads(line)
