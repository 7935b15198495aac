"""The guide's load test, by Locust: one picture, "resize to 800px", 5 and then 20 sessions a second.

    python -m bench.load --host https://d123.cloudfront.net --token "$TOKEN"
    locust --locustfile bench/load/locustfile.py            the same with Locust's page, or on several machines

A session counts when its stream has said that it is complete and its picture can be fetched.
"""

from __future__ import annotations

import base64
import io
import itertools
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

from gevent import GreenletExit
from locust import HttpUser, LoadTestShape, events, task
from PIL import Image

from bench.load.options import tokens_of
from bench.load.phases import GUIDE, PACE_S, Phase, phase_at, planned, read_phases
from bench.load.session_follower import NotDone, follow_session
from bench.load.verdict import Tally

COMMAND = "resize to 800px"
TO_THE_END = "session, from the request to its last event"
STREAM_S = 120
SPAWN_PER_S = 100
LIMITED = 429
SIDE_PX = 64
COUNTER = itertools.count()
# Multiples of it, modulo 1, are spread evenly however many there are.
GOLDEN_RATIO = 0.6180339887


@events.init.add_listener
def begin(environment: Any, **_: Any) -> None:
    """Read the options once, and count from here."""
    options = environment.parsed_options
    environment.phases = read_phases(options.phases) if options.phases else GUIDE
    environment.tokens = tokens_of(options)
    if environment.tokens is None and not options.issuer:
        raise SystemExit("load: expected --token, --tokens or --issuer: the API needs a token")
    environment.tally = Tally(planned=planned(environment.phases))


@events.quitting.add_listener
def conclude(environment: Any, **_: Any) -> None:
    """Print the result; the exit code is 1 when the test failed."""
    tally: Tally = environment.tally
    print(f"\n{tally.words()}")  # noqa: T201 - the report
    environment.process_exit_code = 1 if tally.problems else 0


class Shape(LoadTestShape):
    """As many users as the phase takes."""

    def tick(self) -> tuple[int, float] | None:
        """Return the number of users for now; None ends the test."""
        runner: Any = self.runner
        phases: tuple[Phase, ...] = runner.environment.phases
        phase = phase_at(phases, self.get_run_time())
        return (phase.users, SPAWN_PER_S) if phase else None


class Person(HttpUser):
    """A user who starts an edit every ten seconds and waits for its picture."""

    def on_start(self) -> None:
        """Sign in, and begin at some moment of the first ten seconds, so that arrivals are even."""
        self.number = next(COUNTER)
        self.tally: Tally = self.environment.tally  # pyright: ignore[reportAttributeAccessIssue]
        self.headers = {"Authorization": f"Bearer {self.token()}"}
        time.sleep(self.number * GOLDEN_RATIO % 1 * PACE_S)

    def wait_time(self) -> float:
        """Pause so that the next session begins ten seconds after this one did, or at once when it is late."""
        return max(0.0, self.began + PACE_S - time.perf_counter())

    def token(self) -> str:
        """Take the next token, or have one issued."""
        tokens: Iterator[str] | None = self.environment.tokens  # pyright: ignore[reportAttributeAccessIssue]
        if tokens is not None:
            return next(tokens)
        options: Any = self.environment.parsed_options
        answer = self.client.post(options.issuer, json={"user": f"load-{time.time_ns()}-{self.number}"}, name="token")
        return str(answer.json()["access_token"])

    @task
    def edit(self) -> None:
        """Ask, follow, fetch."""
        self.tally.started += 1
        self.began = time.perf_counter()
        with self.measured(self.began):
            path = self.accepted()
            for url in follow_session(lambda last_id: self.lines(path, last_id)):
                self.fetch(url)
            self.tally.ended_s.append(time.perf_counter() - self.began)

    def accepted(self) -> str:
        """Start a session; give where its progress is told."""
        with self.client.post(
            "/image-edit", json=self.wanted(), headers=self.headers, name="start", catch_response=True
        ) as answer:
            if answer.status_code == LIMITED:
                self.tally.limited += 1
            if answer.status_code != 202:  # noqa: PLR2004 - Accepted
                answer.failure(f"expected 202, received {answer.status_code}: {answer.text[:200]}")
                raise NotDone(f"not accepted: {answer.status_code}")
        self.tally.accepted += 1
        return str(answer.json()["progressUrl"])

    def fetch(self, url: str) -> None:
        """Get a result; NotDone when it is no picture."""
        answer = self.client.get(url, name="result")
        if not answer.ok or not answer.headers.get("content-type", "").startswith("image/"):
            raise NotDone(f"expected a picture, received {answer.status_code}")

    def wanted(self) -> dict[str, Any]:
        """Write the guide's request."""
        options: Any = self.environment.parsed_options
        image = {"id": "a", "url": options.image or PICTURE, "name": "test.jpg"}
        return {"images": [image], "operation": {"type": "command", "command": COMMAND}}

    def lines(self, path: str, last_id: str) -> Iterator[str]:
        """Open the stream behind an event."""
        headers = {"Accept": "text/event-stream", **({"Last-Event-ID": last_id} if last_id else {})}
        answer = self.client.get(path, headers=headers, name="stream", stream=True, timeout=STREAM_S)
        if not answer.ok:
            raise NotDone(f"expected a stream, received {answer.status_code}")
        return (line.decode() for line in answer.iter_lines())

    @contextmanager
    def measured(self, began: float) -> Generator[None]:
        """Report the whole session to Locust as one request."""
        problem: Exception | None = None
        try:
            yield
        except (NotDone, OSError) as error:
            problem = error
        except GreenletExit:
            self.tally.cut(time.perf_counter() - began)
            raise
        self.environment.events.request.fire(
            request_type="SSE",
            name=TO_THE_END,
            response_time=1000 * (time.perf_counter() - began),
            response_length=0,
            exception=problem,
            context={},
        )


def picture() -> str:
    """Draw a small JPEG as a data: URL."""
    file = io.BytesIO()
    Image.radial_gradient("L").resize((SIDE_PX, SIDE_PX)).convert("RGB").save(file, format="jpeg")
    return f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode()}"


PICTURE = picture()
