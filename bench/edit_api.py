"""Measure a running edit API: how long a start takes, and many progress streams at the same time.

    python -m bench.edit_api [--json FILE]                          on an embedded stack of its own
    python -m bench.edit_api --api http://127.0.0.1:4520 --issuer http://127.0.0.1:4510/oidc/token

Each session is of a user of its own, since one user may start ten a minute; the embedded stack's issuer gives
anybody a token. Pictures are put into upload slots first. Starts are timed one after the other: first at rest, each
after the edit before it has ended, as on AWS, where an API's processors do nothing else; then at work, while the
workers of this machine edit what was started before. Those sessions are all followed at once to their end.
"""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any

import click
import httpx
from httpx_sse import EventSource
from PIL import Image

from testkit.embedded_stack import started as embedded_stack

START_BUDGET_MS = 50.0
STREAMS = 200
AT_REST = 50
PATIENCE_S = 300.0
SIDE_PX = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class User:
    """A signed-in user who starts one session, with a *picture* in a slot."""

    headers: Mapping[str, str]
    picture: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Started:
    """A session that was accepted after *took_ms*."""

    session_id: str
    progress_url: str
    took_ms: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Followed:
    """A stream that was read to its end. *first_event_ms*: from asking to the first event; *ids*: of all events."""

    first_event_ms: float
    ids: tuple[int, ...]
    ends: int

    @property
    def whole(self) -> bool:
        """Return whether every event came once, in order, and one end at the end."""
        return self.ids == tuple(range(1, len(self.ids) + 1)) and self.ends == 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Starts:
    """Durations of *count* starts, ms."""

    count: int
    p50_ms: float
    p95_ms: float
    max_ms: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The measurements, ms. *most_open*: streams that were open at the same moment."""

    at_rest: Starts
    at_work: Starts
    streams: int
    most_open: int
    whole_streams: int
    first_event_p95_ms: float

    @property
    def within_budget(self) -> bool:
        """Return whether both promises hold."""
        return self.at_rest.p95_ms <= START_BUDGET_MS and self.most_open == self.whole_streams == self.streams


async def measure(api: str, issuer: str, streams: int = STREAMS) -> Report:
    """Start sessions one by one to their end, then as many as *streams*, and follow all of these at once."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=api, timeout=PATIENCE_S, limits=limits, trust_env=False) as client:
        names = [f"bench-{time.time_ns()}-{number}" for number in range(streams + AT_REST + 1)]
        users = [await arrive(client, issuer, name) for name in names]
        await start_alone(client, users.pop())  # the first one warms caches and connections up
        alone = [await start_alone(client, users.pop()) for _ in range(AT_REST)]
        started = [await start(client, user) for user in users]
        crowd = Crowd(client=client, size=streams)
        followed = await asyncio.gather(*(crowd.follow(one) for one in started))
    return report(alone, started, followed, crowd.most_open)


async def start_alone(client: httpx.AsyncClient, user: User) -> Started:
    """Start a session and wait for its end."""
    session = await start(client, user)
    await Crowd(client=client, size=1).follow(session)
    return session


async def arrive(client: httpx.AsyncClient, issuer: str, name: str) -> User:
    """Sign in as *name* at the embedded stack's issuer, and put a picture into a slot."""
    signed_in = await client.post(issuer, json={"user": name})
    headers = {"Authorization": f"Bearer {signed_in.raise_for_status().json()['access_token']}"}
    answer = await client.post("/image-edit/uploads", json={"files": [{"size": len(picture())}]}, headers=headers)
    [slot] = answer.raise_for_status().json()["slots"]
    upload = slot["upload"]
    (await client.put(upload["url"], content=picture(), headers=upload["headers"])).raise_for_status()
    return User(headers=headers, picture=slot["url"])


async def start(client: httpx.AsyncClient, user: User) -> Started:
    """Start a session with one small picture and time it."""
    before = time.perf_counter()
    answer = await client.post("/image-edit", json=request(user.picture), headers=user.headers)
    took_ms = (time.perf_counter() - before) * 1000
    said = answer.raise_for_status().json()
    return Started(session_id=said["sessionId"], progress_url=said["progressUrl"], took_ms=took_ms)


def request(url: str) -> dict[str, Any]:
    """Ask for the edit of the guides' load test."""
    return {
        "images": [{"id": "a", "url": url, "name": "test.jpg"}],
        "operation": {"type": "command", "command": "resize to 800px"},
    }


def picture() -> bytes:
    """Draw a small JPEG."""
    file = io.BytesIO()
    Image.radial_gradient("L").resize((SIDE_PX, SIDE_PX)).convert("RGB").save(file, format="jpeg")
    return file.getvalue()


@dataclass(kw_only=True)
class Crowd:
    """Readers that all connect before any reads on, so that *size* streams are open at once."""

    client: httpx.AsyncClient
    size: int
    most_open: int = 0

    def __post_init__(self) -> None:
        """Start without a reader."""
        self.all_open = asyncio.Event()

    async def follow(self, session: Started) -> Followed:
        """Read one stream to its end."""
        before = time.perf_counter()
        async with self.client.stream("GET", session.progress_url) as answer:
            answer.raise_for_status()
            self.most_open += 1
            if self.most_open == self.size:
                self.all_open.set()
            await self.all_open.wait()
            return await read(answer, before)


async def read(answer: httpx.Response, before: float) -> Followed:
    """Read events until the server closes the stream."""
    first_event_ms, ids, ends = 0.0, list[int](), 0
    async for event in EventSource(answer).aiter_sse():
        if event.event == "heartbeat":
            continue
        first_event_ms = first_event_ms or (time.perf_counter() - before) * 1000
        ids.append(int(event.id))
        ends += event.event == "session_complete"
    return Followed(first_event_ms=first_event_ms, ids=tuple(ids), ends=ends)


def starts_of(sessions: Sequence[Started]) -> Starts:
    """Sum the starts up."""
    took = sorted(one.took_ms for one in sessions)
    parts = quantiles(took, n=100)
    return Starts(count=len(took), p50_ms=round(parts[49], 1), p95_ms=round(parts[94], 1), max_ms=round(took[-1], 1))


def report(
    alone: Sequence[Started], started: Sequence[Started], followed: Sequence[Followed], most_open: int
) -> Report:
    """Sum up."""
    firsts = [one.first_event_ms for one in followed]
    return Report(
        at_rest=starts_of(alone),
        at_work=starts_of(started),
        streams=len(followed),
        most_open=most_open,
        whole_streams=sum(one.whole for one in followed),
        first_event_p95_ms=round(quantiles(firsts, n=100)[94], 1),
    )


def words(found: Report) -> str:
    """Print the measurements, and whether the promises hold."""
    verdict = "within budget" if found.within_budget else "OVER BUDGET"
    rest, work = found.at_rest, found.at_work
    return (
        f"POST → 202   at rest: p50 {rest.p50_ms} ms, p95 {rest.p95_ms} ms (budget {START_BUDGET_MS:g} ms), "
        f"max {rest.max_ms} ms of {rest.count}\n"
        f"             beside the workers: p50 {work.p50_ms} ms, p95 {work.p95_ms} ms, "
        f"max {work.max_ms} ms of {work.count}\n"
        f"SSE          {found.most_open} streams at once, {found.whole_streams} of {found.streams} whole; "
        f"first event p95 {found.first_event_p95_ms} ms\n{verdict}\n"
    )


@contextmanager
def running(api: str | None, issuer: str | None) -> Generator[tuple[str, str]]:
    """Yield the addresses of the API and the issuer: the given ones, or those of an embedded stack for the block."""
    if api and issuer:
        yield api, issuer
        return
    with TemporaryDirectory(prefix="darkroom-bench-") as folder, embedded_stack(Path(folder)) as stack:
        yield str(stack.known["cdn"]), f"{stack.page}/oidc/token"


@click.command()
@click.option("--api", help="Origin of the API, as the CDN serves it; by default an embedded stack is started.")
@click.option("--issuer", help="Where POST {user} gives a token.")
@click.option("--streams", default=STREAMS, show_default=True, help="Sessions, and streams at the same time.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures to FILE.")
def main(*, api: str | None, issuer: str | None, streams: int, json_file: Path | None) -> None:
    """Print what was measured."""
    with running(api, issuer) as (origin, tokens):
        found = asyncio.run(measure(origin, tokens, streams))
    click.echo(words(found), nl=False)
    if json_file is not None:
        json_file.write_text(json.dumps(asdict(found) | {"within_budget": found.within_budget}, indent=2) + "\n")


if __name__ == "__main__":
    main()
