"""Act as a signed-in user of the edit API of an embedded stack: fill upload slots, start sessions, follow streams."""

from __future__ import annotations

import uuid
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import httpx
from httpx_sse import EventSource

from testkit.embedded_stack import LocalStack, expect

# A hang guard: streams of a minute are long.
STREAM_S = 60
COMMAND = "resize to 800px"


def put_into(http: httpx.Client, slot: Mapping[str, Any], data: bytes) -> httpx.Response:
    """Upload a file into an upload slot, as the edit API describes it."""
    return http.put(slot["upload"]["url"], content=data, headers=slot["upload"]["headers"])


class ProgressEvent(NamedTuple):
    """One server-sent event of a session's progress."""

    id: int
    name: str
    data: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class SimulatedUser:
    """A user of the edit API; *token* is the bearer token."""

    stack: LocalStack
    token: str

    @classmethod
    def named(cls, stack: LocalStack, name: str = "") -> Self:
        """Sign *name* in at the local issuer; without one, a new user."""
        user = {"user": name or f"person-{uuid.uuid4()}"}
        answer = stack.http.post(f"{stack.page}/oidc/token", json=user)
        return cls(stack=stack, token=answer.json()["access_token"])

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Send a request with the token; *path* below ``/image-edit``."""
        address, signed = f"{self.stack.known['api']}{path}", {"Authorization": f"Bearer {self.token}", **headers}
        return self.stack.http.request(method, address, json=body, headers=signed)

    def slots(self, files: Sequence[bytes]) -> list[str]:
        """Upload each file into a slot, as the page does; return the references to them."""
        answer = self.ask("POST", "/uploads", {"files": [{"size": len(data)} for data in files]})
        slots = expect(200, answer).json()["slots"]
        for slot, data in zip(slots, files, strict=True):
            expect(200, put_into(self.stack.http, slot, data))
        return [slot["url"] for slot in slots]

    def edit(self, urls: Sequence[str], command: str = COMMAND) -> dict[str, Any]:
        """Start a session with one picture per URL; their ids are ``i0``, ``i1`` and so on."""
        return expect(202, self.ask("POST", "", request(urls, command))).json()

    def session(self, session_id: str) -> dict[str, Any]:
        """Read a session."""
        return expect(200, self.ask("GET", f"/session/{session_id}")).json()

    def watch(self, started: dict[str, Any], *, after: int | None = None) -> list[ProgressEvent]:
        """Follow a session to its end, from event *after* on."""
        with self.watching(started, after=after) as events:
            return list(events)

    @contextmanager
    def watching(self, started: dict[str, Any], *, after: int | None = None) -> Generator[Generator[ProgressEvent]]:
        """Follow a session for the length of the block; leaving it drops the connection."""
        headers = {} if after is None else {"Last-Event-ID": str(after)}
        address = f"{self.stack.known['cdn']}{started['progressUrl']}"
        with self.stack.http.stream("GET", address, headers=headers, timeout=STREAM_S) as stream:
            if stream.is_error:
                stream.read()
            yield events_of(expect(200, stream))


def request(urls: Sequence[str], command: str) -> dict[str, Any]:
    """Build the request that starts a session."""
    return {
        "images": [{"id": f"i{at}", "url": url} for at, url in enumerate(urls)],
        "operation": {"type": "command", "command": command},
    }


def events_of(stream: httpx.Response) -> Generator[ProgressEvent]:
    """Read server-sent events; leave heartbeats out."""
    for event in EventSource(stream).iter_sse():
        if event.event != "heartbeat":
            yield ProgressEvent(int(event.id), event.event, event.json())
