"""Deliveries of webhooks: tried again at growing intervals, given up, or refused for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import pairwise

import pytest

from local.emulator.webhook_gaps import NO_ANSWER, Courier, Delivery

OK, GONE = HTTPStatus.NO_CONTENT, HTTPStatus.GONE


@dataclass(kw_only=True)
class Receiver:
    """Answers one status after the other, the last for ever; notes when it was asked, and what was given up."""

    statuses: Sequence[int]
    now: float = 0.0
    asked: list[float] = field(default_factory=list[float])
    buried: list[Delivery] = field(default_factory=list[Delivery])

    def send(self, _: Delivery) -> int:
        """Answer."""
        self.asked.append(self.now)
        return self.statuses[min(len(self.asked), len(self.statuses)) - 1]


def delivered(*statuses: int, attempts: int = 185, until: float = 86_400.0) -> Receiver:
    """Deliver one event to a receiver that answers *statuses*; the clock jumps to when it is due."""
    receiver = Receiver(statuses=statuses)
    courier = Courier(send=receiver.send, bury=receiver.buried.append, clock=lambda: receiver.now)
    one = Delivery(name="w", payload="{}", http={}, role="", arn="", until=until, attempts=attempts, dead="")
    courier.attempt(one)
    while courier.waiting:
        receiver.now = courier.waiting[0][0]
        courier.attempt(courier.next())
    return receiver


@pytest.mark.parametrize("status", [NO_ANSWER, 401, 407, 409, 429, 500, 503])
def test_a_receiver_that_is_down_gets_the_event_again(status: int) -> None:
    """After 1, 2, 4 s and so on, and once it has answered well, never again."""
    receiver = delivered(status, status, status, OK)
    assert ([0.0, 1.0, 3.0, 7.0], []) == (receiver.asked, receiver.buried)


@pytest.mark.parametrize("status", [GONE, 400, 403, 404, 302])
def test_a_refusal_is_a_dead_letter_at_once(status: int) -> None:
    """EventBridge does not try these again, and keeps them for a person."""
    receiver = delivered(status)
    assert ([0.0], 1) == (receiver.asked, len(receiver.buried))


def test_a_delivery_is_given_up_by_number_or_age() -> None:
    """The first attempt and two more; and none after the event's longest age."""
    by_number, by_age = delivered(503, attempts=2), delivered(503, until=5.0)
    assert ([0.0, 1.0, 3.0], 1) == (by_number.asked, len(by_number.buried))
    assert ([0.0, 1.0, 3.0], 1) == (by_age.asked, len(by_age.buried))


def test_intervals_stop_growing() -> None:
    """A receiver that is up again waits half a minute at most."""
    asked = delivered(*[503] * 12, OK).asked
    assert 30.0 == max(after - before for before, after in pairwise(asked))
