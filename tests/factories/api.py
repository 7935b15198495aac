"""The edit API over moto: the whole application in this process, with an issuer whose keys are made here."""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from fastapi import FastAPI
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from PIL import Image

from processor.api.app import create_app
from processor.api.archive_service import ArchiveService
from processor.api.credentials import ARCHIVE, PROGRESS, Tickets, Tokens
from processor.api.dependencies import Services
from processor.api.feeds import SessionFeeds
from processor.api.session_service import SessionService
from processor.api.signing_keys import SigningKeys
from processor.api.stream import Streams
from processor.aws.archive_files import ArchiveLinks
from processor.aws.archives import Archives
from processor.aws.clients import s3_client, sqs_client
from processor.aws.queues import Jobs, Queue
from processor.aws.results import Slots
from processor.aws.secrets import RotatingSecret
from processor.aws.session_work import SessionWork
from processor.aws.sessions import Sessions
from processor.aws.user_limits import IdempotencyKeys
from processor.settings.services import Auth
from processor.telemetry import Telemetry
from tests.factories.darkroom import shared
from tests.factories.edits import RESULTS, SESSIONS, SessionStore, open_sessions
from tests.factories.stores import Wire

ISSUER = "https://issuer.example.com"
AUDIENCE = "darkroom"
AUTH = Auth(issuer=ISSUER, audience=AUDIENCE, jwks_url=f"{ISSUER}/jwks.json")
TICKET_KEY = "a key that signs tickets"
ADA, BOB = "ada", "bob"
MAX_IMAGE_BYTES = 100_000
PAGE = "https://page.example.com"


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    """Make the issuer's RSA key, once for all tests."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    """Make the issuer's elliptic key."""
    return ec.generate_private_key(ec.SECP256R1())


@dataclass
class Issuer:
    """An OpenID Connect issuer. *asked*: how often its keys were requested."""

    asked: int = 0
    keys: list[dict[str, Any]] = field(
        default_factory=lambda: [
            json.loads(RSAAlgorithm.to_jwk(rsa_key().public_key())) | {"kid": "rsa", "use": "sig"},
            json.loads(ECAlgorithm.to_jwk(ec_key().public_key())) | {"kid": "ec"},
        ]
    )

    def jwks(self) -> Mapping[str, Any]:
        """Publish the keys."""
        self.asked += 1
        return {"keys": self.keys}


def claims(user: str = ADA, **more: Any) -> dict[str, Any]:
    """Say what a good token says; None takes a claim away."""
    now = int(time.time())
    said = {"iss": ISSUER, "aud": AUDIENCE, "sub": user, "iat": now, "exp": now + 6 * 3600} | more
    return {name: value for name, value in said.items() if value is not None}


def token(user: str = ADA, **more: Any) -> str:
    """Sign a token for *user*."""
    return jwt.encode(claims(user, **more), rsa_key(), algorithm="RS256", headers={"kid": "rsa"})


@cache
def bearer(user: str = ADA) -> dict[str, str]:
    """Return the header of a signed-in user."""
    return {"Authorization": f"Bearer {token(user)}"}


@dataclass(frozen=True)
class Client:
    """Asks the application in this process; a stream comes when it has ended."""

    app: FastAPI

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Send one request."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://api.example.com") as client:
                return await client.request(method, path, **more)

        return asyncio.run(send())

    def get(self, path: str, **more: Any) -> httpx.Response:
        """Read."""
        return self.request("GET", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        """Ask for something."""
        return self.request("POST", path, **more)

    def delete(self, path: str, **more: Any) -> httpx.Response:
        """Cancel."""
        return self.request("DELETE", path, **more)


@dataclass
class Api:
    """The application, its stores, and short ways to use them."""

    store: SessionStore
    s3: Wire
    sqs: Wire
    queue_url: str
    issuer: Issuer
    parts: Services
    client: Client

    @property
    def work(self) -> SessionWork:
        """Work on sessions as the worker does."""
        return self.store.work

    def start(self, *, user: str = ADA, headers: Mapping[str, str] | None = None, **body: Any) -> httpx.Response:
        """Ask for an edit."""
        return self.client.post("/image-edit", json=edit(**body), headers={**bearer(user), **(headers or {})})

    def get(self, path: str, *, user: str = ADA, **more: Any) -> httpx.Response:
        """Read something."""
        return self.client.get(path, headers=bearer(user) | more.pop("headers", {}), **more)

    def jobs(self) -> list[dict[str, str]]:
        """Take all jobs out of the queue."""
        found: list[dict[str, str]] = []
        while messages := self.sqs.client.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            found += [json.loads(one["Body"]) for one in messages]
        return found

    def slots(self) -> dict[str, bytes]:
        """Read what is in upload slots."""
        listed = self.s3.client.list_objects_v2(Bucket=RESULTS).get("Contents", [])
        return {one["Key"]: self.s3.client.get_object(Bucket=RESULTS, Key=one["Key"])["Body"].read() for one in listed}


def edit(**body: Any) -> dict[str, Any]:
    """Write a request; *body* replaces parts of it."""
    return {
        "images": [{"id": "a", "url": "https://example.com/a.jpg", "name": "a.jpg"}],
        "operation": {"type": "command", "command": "resize to 800px"},
    } | body


def png(side: int = 8) -> bytes:
    """Encode a small picture."""
    file = io.BytesIO()
    Image.new("RGB", (side, side), (200, 30, 30)).save(file, format="png")
    return file.getvalue()


def secret(text: str) -> RotatingSecret:
    """Return a secret of the values in *text*, one per line, that never changes."""
    return RotatingSecret(read=lambda: text)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Replacements for tests: the access rules, and the pace of reads and streams, s."""

    auth: Auth | None = AUTH
    origin_secret: str | None = None
    fastest_s: float = 0.01
    slowest_s: float = 0.05
    lifetime_s: float = 60
    heartbeat_s: float = 15
    archive_days: int | None = 7


@contextmanager
def open_api(stage: Stage | None = None) -> Generator[Api]:
    """Set up empty stores and an application over them."""
    with open_sessions() as store:
        store.clock.ms = time.time_ns() // 1_000_000
        store.clock.back_to_the_hour()
        s3, sqs = Wire(shared(s3_client)), Wire(shared(sqs_client))
        s3.client.create_bucket(Bucket=RESULTS)
        queue_url = sqs.client.create_queue(QueueName="jobs")["QueueUrl"]
        issuer = Issuer()
        stores = Stores(table=store, s3=s3, queue=Queue(sqs=cast("Any", sqs), url=queue_url))
        parts = make_parts(stores, issuer, stage or Stage())
        client = Client(create_app(parts))
        yield Api(store=store, s3=s3, sqs=sqs, queue_url=queue_url, issuer=issuer, parts=parts, client=client)


@dataclass(frozen=True, kw_only=True)
class Stores:
    """The stores of the API."""

    table: SessionStore
    s3: Wire
    queue: Queue


def make_parts(stores: Stores, issuer: Issuer, stage: Stage) -> Services:
    """Put the parts together as ``processor.api.asgi`` does.

    Clocks run, but that of the limits, which goes on with each look at it.
    """
    dynamodb: Any = stores.table.dynamodb
    sessions = Sessions(dynamodb=dynamodb, table=SESSIONS)
    limits = stores.table.limits
    keys = IdempotencyKeys(dynamodb=dynamodb, table=SESSIONS)
    slots = Slots(s3=cast("Any", stores.s3), bucket=RESULTS, max_bytes=MAX_IMAGE_BYTES)
    telemetry = Telemetry(service="edit-api", stack="test")
    feeds = SessionFeeds(read=sessions.find, telemetry=telemetry, fastest_s=stage.fastest_s, slowest_s=stage.slowest_s)
    return Services(
        session_service=SessionService(
            sessions=sessions,
            limits=limits,
            keys=keys,
            jobs=Jobs(queue=stores.queue),
            slots=slots,
            max_images=50,
            session_ttl_h=24,
        ),
        archive_service=ArchiveService(
            archives=Archives(dynamodb=dynamodb, table=SESSIONS),
            links=ArchiveLinks(s3=cast("Any", stores.s3), bucket=RESULTS),
            limits=limits,
            keys=keys,
            queue=stores.queue,
            tickets=Tickets(key=secret(TICKET_KEY), purpose=ARCHIVE),
            days=stage.archive_days,
            sizes=("small", "large"),
        ),
        tokens=Tokens(auth=stage.auth, keys=SigningKeys(fetch=issuer.jwks)),
        tickets=Tickets(key=secret(TICKET_KEY), purpose=PROGRESS),
        sessions=sessions,
        limits=limits,
        slots=slots,
        streams=Streams(feeds=feeds, lifetime_s=stage.lifetime_s, heartbeat_s=stage.heartbeat_s),
        stream_places=stores.table.stream_places,
        telemetry=telemetry,
        origin_secret=secret(stage.origin_secret) if stage.origin_secret else None,
        cors_origins=(PAGE,),
    )
