"""Somebody who edits pictures through the API of a whole stack: signed in, with slots, sessions and streams."""

from __future__ import annotations

import json
import uuid
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import httpx

from tools.embedded import LocalStack

# A hang guard: streams of a minute are long.
STREAM_S = 60
COMMAND = "resize to 800px"


class Told(NamedTuple):
    """One event of a stream: its id, its name, its data."""

    id: int
    name: str
    data: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Person:
    """A user of the edit API; *token* is theirs."""

    stack: LocalStack
    token: str

    @classmethod
    def named(cls, stack: LocalStack, name: str = "") -> Self:
        """Sign *name* in at the local issuer; without one, somebody whom nobody has seen before."""
        user = {"user": name or f"person-{uuid.uuid4()}"}
        answer = stack.http.post(f"{stack.page}/oidc/token", json=user)
        return cls(stack=stack, token=answer.json()["access_token"])

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Send a request with the token; *path* below ``/image-edit``."""
        address, signed = f"{self.stack.known['api']}{path}", {"Authorization": f"Bearer {self.token}", **headers}
        return self.stack.http.request(method, address, json=body, headers=signed)

    def slots(self, files: Sequence[bytes]) -> list[str]:
        """Put files into slots of their own, as a page does; give the references to them."""
        answer = self.ask("POST", "/uploads", {"files": [{"size": len(data)} for data in files]})
        assert answer.status_code == 200, answer.text
        slots = answer.json()["slots"]
        for slot, data in zip(slots, files, strict=True):
            posted = self.stack.http.post(slot["upload"]["url"], data=slot["upload"]["fields"], files={"file": data})
            assert posted.status_code == 204, posted.text
        return [slot["url"] for slot in slots]

    def edit(self, urls: Sequence[str], command: str = COMMAND) -> dict[str, Any]:
        """Start a session with a picture per address; their ids are ``i0``, ``i1`` and so on."""
        answer = self.ask("POST", "", request(urls, command))
        assert answer.status_code == 202, answer.text
        return answer.json()

    def session(self, session_id: str) -> dict[str, Any]:
        """Look at a session."""
        answer = self.ask("GET", f"/session/{session_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def watch(self, started: dict[str, Any], *, after: int | None = None) -> list[Told]:
        """Follow a session to its end, from event *after* on."""
        with self.watching(started, after=after) as events:
            return list(events)

    @contextmanager
    def watching(self, started: dict[str, Any], *, after: int | None = None) -> Generator[Generator[Told]]:
        """Follow a session for the length of the block; leaving it drops the connection."""
        headers = {} if after is None else {"Last-Event-ID": str(after)}
        address = f"{self.stack.known['cdn']}{started['progressUrl']}"
        with self.stack.http.stream("GET", address, headers=headers, timeout=STREAM_S) as stream:
            assert stream.status_code == 200
            assert stream.headers["content-type"].startswith("text/event-stream")
            yield events_of(stream)


def request(urls: Sequence[str], command: str) -> dict[str, Any]:
    """Write what starts a session."""
    return {
        "images": [{"id": f"i{at}", "url": url} for at, url in enumerate(urls)],
        "operation": {"type": "command", "command": command},
    }


def events_of(stream: httpx.Response) -> Generator[Told]:
    """Read server-sent events; heartbeats, which are no news, are left out."""
    fields: dict[str, str] = {}
    for line in stream.iter_lines():
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
            continue
        if fields.get("event", "heartbeat") != "heartbeat":
            yield Told(int(fields["id"]), fields["event"], json.loads(fields["data"]))
        fields = {}
