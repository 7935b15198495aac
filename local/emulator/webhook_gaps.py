"""Let ministack's EventBridge try webhooks again, keep those that fail for good, and call this machine only.

ministack posts an event once and drops it when its receiver is down. Deliveries that wait are in memory: they are gone
when the emulator stops.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
"""

from __future__ import annotations

import heapq
import importlib
import itertools
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from local.emulator.lambda_gaps import replace
from local.emulator.service_roles import role_allows
from local.model import LOOPBACK

# What a target has without a retry policy.
MAX_AGE_S: Final = 24 * 3600
MAX_ATTEMPTS: Final = 185
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
RETRIED: Final = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.PROXY_AUTHENTICATION_REQUIRED,
        HTTPStatus.CONFLICT,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
LONGEST_DELAY_S: Final = 30.0
NO_ANSWER: Final = 0
_LOG: Final = logging.getLogger(__name__)


def patch_webhooks() -> None:
    """Patch ministack's API destinations; call it before the first request."""
    events: Any = importlib.import_module("ministack.services.eventbridge")
    courier = Courier(send=lambda one: sent(events, one), bury=lambda one: buried(events, one))

    def dispatch(spec: Any, payload: str, target: Mapping[str, Any]) -> None:
        courier.take(delivery(spec, payload, target))

    replace(events, "_dispatch_to_api_destination", lambda _: dispatch)


@dataclass(kw_only=True)
class Delivery:
    """One event for one address. *until*: time (s) after which it is not tried again; *dead*: ARN of a queue or ""."""

    name: str
    payload: str
    http: Mapping[str, Any]
    role: str
    arn: str
    until: float
    attempts: int
    dead: str
    tried: int = 0


def delivery(spec: Any, payload: str, target: Mapping[str, Any]) -> Delivery:
    """Describe what EventBridge asks for. Destination and connection are looked up at each attempt."""
    policy: Mapping[str, Any] = target.get("RetryPolicy", {})
    letters: Mapping[str, Any] = target.get("DeadLetterConfig", {})
    return Delivery(
        name=spec.resource.split("/")[1],
        payload=payload,
        http=target.get("HttpParameters", {}),
        role=target.get("RoleArn", ""),
        arn=target["Arn"],
        until=time.time() + policy.get("MaximumEventAgeInSeconds", MAX_AGE_S),
        attempts=policy.get("MaximumRetryAttempts", MAX_ATTEMPTS),
        dead=letters.get("Arn", ""),
    )


def sent(events: Any, one: Delivery) -> int:
    """Post an event; return the status of the answer, 0 for none, 403 where the target may not be called."""
    destination = events._api_destinations.get(one.name)  # noqa: SLF001 - there is no public way
    connection = events._connections.get(connection_of(destination or {}))  # noqa: SLF001
    if not (destination and connection and role_allows(one.role, "events:InvokeApiDestination", one.arn)):
        _LOG.warning("the webhook %s is not called: its role, destination or connection is missing", one.name)
        return HTTPStatus.FORBIDDEN
    if urlsplit(str(destination["InvocationEndpoint"])).hostname not in {LOOPBACK, "localhost"}:
        _LOG.warning("the webhook %s is not called: expected an address of this machine", one.name)
        return HTTPStatus.FORBIDDEN
    request = events._build_api_destination_request(destination, connection, one.http, one.payload)  # noqa: SLF001
    try:
        return events._api_destination_send_sync(request, events._connection_auth_headers(connection, None))  # noqa: SLF001
    except OSError:
        return NO_ANSWER


def connection_of(destination: Mapping[str, Any]) -> str:
    """Return the name of a destination's connection."""
    return str(destination.get("ConnectionArn", "")).rpartition("/")[2]


def buried(events: Any, one: Delivery) -> None:
    """Make an event a dead letter, or drop it where its target has no queue for them."""
    _LOG.warning("the webhook %s has failed for good after %d attempts", one.name, one.tried)
    if one.dead:
        events._dispatch_to_sqs(events.parse_arn(one.dead), one.payload)  # noqa: SLF001


@dataclass(kw_only=True)
class Courier:
    """Delivers events one after the other, in a thread of its own. *clock*: s since 1970."""

    send: Callable[[Delivery], int]
    bury: Callable[[Delivery], None]
    clock: Callable[[], float] = time.time
    waiting: list[tuple[float, int, Delivery]] = field(default_factory=list[tuple[float, int, Delivery]])
    count: Any = field(default_factory=itertools.count)
    changed: threading.Condition = field(default_factory=threading.Condition)
    thread: threading.Thread | None = None

    def take(self, one: Delivery) -> None:
        """Deliver an event as soon as possible."""
        self.put(one, self.clock())
        if self.thread is None:
            self.thread = threading.Thread(target=self.run, daemon=True, name="webhooks")
            self.thread.start()

    def put(self, one: Delivery, due: float) -> None:
        """Let an event wait until *due*."""
        with self.changed:
            heapq.heappush(self.waiting, (due, next(self.count), one))
            self.changed.notify()

    def run(self) -> None:
        """Deliver for ever."""
        while True:
            self.attempt(self.next())

    def next(self) -> Delivery:
        """Wait for the next event that is due."""
        with self.changed:
            while (wait := self.waiting[0][0] - self.clock() if self.waiting else None) is None or wait > 0:
                self.changed.wait(wait)
            return heapq.heappop(self.waiting)[2]

    def attempt(self, one: Delivery) -> None:
        """Post an event; when that fails, let it wait twice as long as before, or give it up."""
        one.tried += 1
        status = self.send(one)
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return
        due = self.clock() + min(2.0 ** (one.tried - 1), LONGEST_DELAY_S)
        if not may_pass(status) or one.tried > one.attempts or due > one.until:
            self.bury(one)
        else:
            self.put(one, due)


def may_pass(status: int) -> bool:
    """Return whether another attempt may succeed after an answer of this status."""
    return status == NO_ANSWER or status in RETRIED or status >= HTTPStatus.INTERNAL_SERVER_ERROR
