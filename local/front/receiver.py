"""Receive the stack's events, as another system's webhook would, and keep the last ones for the page.

It can be switched off, which is what a receiver that is down looks like: EventBridge tries again.
"""

from __future__ import annotations

import hmac
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.front.deployed import DeployedStack
from local.front.errors import Refusal
from local.model import RECEIVER_PATH, RECEIVER_SECRET
from processor.settings.events import Webhook

MOST: Final = 100
HEADER: Final[str] = Webhook.model_fields["header"].default


class Detail(BaseModel):
    """Fields of an event. *id*: the same in every delivery of it."""

    model_config = ConfigDict(extra="allow")
    id: str = Field(min_length=1)


class ReceivedEvent(BaseModel):
    """An event of EventBridge, as a webhook is sent it."""

    model_config = ConfigDict(extra="allow")
    detail: Detail


class Switch(BaseModel):
    """The wish to take the receiver down, or up."""

    model_config = ConfigDict(extra="forbid", strict=True)
    down: bool


@dataclass(kw_only=True)
class Receiver:
    """The last events by id, the newest last. A repeated delivery is counted, and changes nothing else."""

    secret: Callable[[], str]
    clock: Callable[[], float] = time.time
    down: bool = False
    events: OrderedDict[str, dict[str, Any]] = field(default_factory=OrderedDict[str, dict[str, Any]])

    def take(self, key: str, event: ReceivedEvent) -> None:
        """Take an event; raise Refusal while the receiver is down, and for a wrong *key*."""
        if self.down:
            raise Refusal(503, "RECEIVER_DOWN", "The receiver is switched off.")
        if not hmac.compare_digest(key.encode(), self.secret().encode()):
            raise Refusal(401, "UNAUTHORIZED", f"Expected the receiver's secret in {HEADER}, received another text.")
        first = {"event": event.model_dump(), "receivedAt": self.clock(), "deliveries": 0}
        self.events.setdefault(event.detail.id, first)["deliveries"] += 1
        while len(self.events) > MOST:
            self.events.popitem(last=False)

    def overview(self) -> dict[str, Any]:
        """Return the last events, the newest first."""
        return {"down": self.down, "last": list(reversed(self.events.values()))}


def receiver(deployed: DeployedStack) -> Receiver:
    """Make the receiver of the stack, which knows its secret from where the operator has put it."""
    known: list[str] = []

    def secret() -> str:
        if not known:
            found = deployed.aws.client("secretsmanager").get_secret_value(SecretId=RECEIVER_SECRET)
            known.append(str(found["SecretString"]))
        return known[0]

    return Receiver(secret=secret)


def routes(one: Receiver) -> list[Route]:
    """Serve the webhook, and what the page shows and switches."""

    async def take(request: Request) -> Response:
        event = ReceivedEvent.model_validate_json(await request.body())
        await run_in_threadpool(one.take, request.headers.get(HEADER, ""), event)
        return Response(status_code=204)

    async def last(_request: Request) -> Response:
        return JSONResponse(one.overview(), headers={"Cache-Control": "no-store"})

    async def switch(request: Request) -> Response:
        one.down = Switch.model_validate_json(await request.body()).down
        return await last(request)

    return [
        Route(RECEIVER_PATH, take, methods=["POST"]),
        Route("/gallery/events", last),
        Route("/gallery/events/receiver", switch, methods=["PUT"]),
    ]
