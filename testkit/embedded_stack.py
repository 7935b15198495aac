"""Start an embedded stack in a process of its own, as ``make up`` does, and use it."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx

from local.model import RunError
from local.run.aws import Aws

T = TypeVar("T")
ROOT: Final = Path(__file__).parents[1]
# Hang guards: on an idle machine the stack takes 4 s, a photo less than one.
STARTED_S: Final = 180
SETTLED_S: Final = 180
ENDED_S: Final = 180
# Each look is a request or more. What comes soon is seen soon; what takes longer is looked for less often: a pause is
# an eighth of the wait so far, up to the longest.
FIRST_PAUSE_S: Final = 0.03
LONGEST_PAUSE_S: Final = 2.0
LONGER: Final = 1.15
GOODBYE: Final = "stopped: no process and no open port is left"


@dataclass(frozen=True, kw_only=True)
class LocalStack:
    """A running stack: the line that ``--json`` printed, and clients. *http* follows no redirects and uses no proxy."""

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

    @property
    def processes(self) -> dict[str, int]:
        """Ids of the run's processes, by name, as `up` has written them down."""
        return json.loads((self.folder / "processes.json").read_text(encoding="utf-8"))

    def announce(self, name: str, data: bytes, *, gallery: str) -> dict[str, Any]:
        """Ask the gallery for a place to upload to."""
        wanted = {"name": name, "size": len(data), "gallery": gallery, "type": "image/jpeg"}
        return expect(201, self.http.post(f"{self.page}/gallery/photos", json=wanted)).json()

    def upload(self, data: bytes, *, gallery: str, name: str = "photo.jpg") -> str:
        """Upload as a browser does, by a presigned PUT; return the photo's id."""
        place = self.announce(name, data, gallery=gallery)
        self.put(place, data)
        return str(place["photo"]["id"])

    def put(self, place: Mapping[str, Any], data: bytes) -> None:
        """Put *data* where the gallery said."""
        upload = place["upload"]
        expect(200, self.http.request(upload["method"], upload["url"], content=data, headers=upload["headers"]))

    def photo(self, photo_id: str) -> dict[str, Any] | None:
        """Read one record; None without it."""
        answer = self.http.get(f"{self.page}/gallery/photos/{photo_id}")
        return answer.json() if answer.is_success else None

    def settled(self, photo_id: str, wanted: Callable[[Mapping[str, Any]], bool]) -> dict[str, Any]:
        """Wait until a record is as *wanted*."""

        def look() -> dict[str, Any] | None:
            found = self.photo(photo_id)
            return found if found and wanted(found) else None

        return wait_for(look, what=lambda: f"photo {photo_id} in the wanted state, found {self.photo(photo_id)}")

    def with_status(self, photo_id: str, status: str) -> dict[str, Any]:
        """Wait until a record has *status*."""
        return self.settled(photo_id, lambda record: record.get("status") == status)


def expect(status: int, answer: httpx.Response) -> httpx.Response:
    """Return *answer*. Raises RunError when it has another status than *status*."""
    if answer.status_code != status:
        request = answer.request
        raise RunError(f"expected {status} to {request.method} {request.url}, got {answer.status_code}: {answer.text}")
    return answer


def wait_for(look: Callable[[], T | None], *, what: Callable[[], str], pause_s: float = LONGEST_PAUSE_S) -> T:
    """Look until something is found, at least every *pause_s*; a guard against hanging, not a promise of speed."""
    deadline, pauses = time.monotonic() + SETTLED_S, growing_pauses(pause_s)
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise RunError(f"expected {what()} within {SETTLED_S} s")
        time.sleep(next(pauses))
    return found


def growing_pauses(longest_s: float = LONGEST_PAUSE_S) -> Iterator[float]:
    """Yield the pauses between looks, s."""
    pause = FIRST_PAUSE_S
    while True:
        yield min(pause, longest_s)
        pause *= LONGER


@contextmanager
def short_visibility(stack: LocalStack, role: str) -> Generator[None]:
    """Let messages that a queue hands out in this block come again after a second; a dozen minutes is for AWS."""
    sqs, url = stack.aws.client("sqs"), stack.known["queues"][role]
    before = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "1"})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=before)


@contextmanager
def started(folder: Path, *arguments: str) -> Generator[LocalStack]:
    """Run a stack on free ports for the length of the block; RunError unless it starts, and stops well."""
    process = launch(folder, *arguments)
    try:
        with httpx.Client(timeout=ENDED_S, trust_env=False) as client:
            known = read_endpoints(process)
            yield LocalStack(known=known, folder=folder, aws=Aws(known["aws"]), http=client)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=ENDED_S)
    finally:
        process.kill()
        process.wait()
    if process.returncode != 0 or said.splitlines()[-1:] != [GOODBYE]:
        raise RunError(f"expected the stack to end with {GOODBYE!r}, got exit code {process.returncode}: {said}")


def launch(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start ``up`` as a script would, from the sources below ROOT (a test may set another copy of them)."""
    up = [sys.executable, "-m", "darkroom", "up", "--json", "--port-base", "0", "--folder", str(folder)]
    # The environment has the command of one checkout installed; this makes the one of ROOT come first.
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    return subprocess.Popen(  # noqa: S603 - our own module
        [*up, *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def read_endpoints(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Read the line of endpoints. Raises RunError with the stack's own output instead."""
    line = first_line(process)
    if not line:
        _, said = process.communicate()
        raise RunError(f"expected the endpoints, the stack said: {said}")
    return json.loads(line)


def first_line(process: subprocess.Popen[str]) -> str:
    """Read one line of output; empty when *process* ended without one, RunError when it says nothing for too long."""
    if process.stdout is None:
        raise RunError("expected a process whose output is piped")
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        if not selector.select(STARTED_S):
            raise RunError(f"expected the stack to be up within {STARTED_S} s")
    return process.stdout.readline()
