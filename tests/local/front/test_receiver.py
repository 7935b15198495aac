"""The page's receiver of events: it takes what its secret comes with, once per id."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.applications import Starlette

from local.front.errors import HANDLERS
from local.front.receiver import Receiver, routes
from tests.factories.asking import Asking


@pytest.fixture
def client() -> Asking:
    """Return a client of the receiver."""
    app = Starlette(routes=routes(Receiver(secret=lambda: "secret", clock=lambda: 1.0)), exception_handlers=HANDLERS)
    return Asking(app)


def event(number: int = 1) -> dict[str, Any]:
    """Return an event."""
    return {"source": "darkroom", "detail-type": "photo.active", "time": "…", "detail": {"id": f"a:{number}"}}


def post(client: Asking, body: Any, key: str = "secret") -> int:
    """Deliver an event; return the status."""
    return client.post("/events", json=body, headers={"X-Api-Key": key}).status_code


def test_a_repeated_delivery_is_counted_and_changes_nothing(client: Asking) -> None:
    """The newest event is the first of the list."""
    assert [204] * 3 == [post(client, event(number)) for number in (1, 2, 1)]
    last = client.get("/gallery/events").json()["last"]
    assert [
        {"event": event(2), "receivedAt": 1.0, "deliveries": 1},
        {"event": event(1), "receivedAt": 1.0, "deliveries": 2},
    ] == last


def test_a_wrong_secret_and_no_event_are_refused(client: Asking) -> None:
    """401 for another secret; 400, which EventBridge does not try again, for what is no event."""
    assert (401, 400) == (post(client, event(), key="other"), post(client, {"detail": {}}))
    assert [] == client.get("/gallery/events").json()["last"]


def test_a_receiver_that_is_down_answers_503(client: Asking) -> None:
    """EventBridge tries again after this status."""
    assert client.put("/gallery/events/receiver", json={"down": True}).json()["down"]
    assert 503 == post(client, event())
    client.put("/gallery/events/receiver", json={"down": False})
    assert 204 == post(client, event())


def test_only_the_last_hundred_are_kept(client: Asking) -> None:
    """An afternoon of uploads must not fill the page's memory."""
    for number in range(103):
        post(client, event(number))
    last = client.get("/gallery/events").json()["last"]
    assert (100, "a:102") == (len(last), last[0]["event"]["detail"]["id"])
