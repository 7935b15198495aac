"""Edit sessions over moto: the sessions table, the jobs queue, the buckets, and an editor that takes no time."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from moto import mock_aws

from processor.aws.attributes import from_attribute
from processor.aws.clients import dynamodb_client
from processor.aws.idempotency import IdempotencyKeys
from processor.aws.session_changes import SessionChanges
from processor.aws.session_limits import UserLimits
from processor.aws.session_work import SessionWork
from processor.aws.sessions import Sessions, expiry, new_session_id
from processor.edits.operations.size import Resize
from processor.edits.options import EditOptions
from processor.edits.plan import Plan
from processor.edits.session import Counters, EditResult, ImageProgress, ResultMetadata, Session, SessionImage
from processor.edits.session import SessionStatus as Status
from tests.factories.darkroom import session as aws_session
from tests.factories.stores import Wire

SESSIONS = "darkroom-sessions"
RESULTS = "darkroom-results"
USER = "user-1"
NOW_MS = 2_000_000_000_000  # in 2033: what is tested here never expires by itself
PLAN = Plan(steps=(Resize(width=8),))


@dataclass
class Ticking:
    """A clock in ms; each look at it is a tenth of a second later."""

    ms: int = NOW_MS

    def __call__(self) -> int:
        """Give the time."""
        self.ms += 100
        return self.ms

    def seconds(self) -> float:
        """Give the time in s, which goes on by itself."""
        return self() / 1000


@dataclass
class SessionStore:
    """The sessions table, and everything that stands before it."""

    dynamodb: Wire
    clock: Ticking = field(default_factory=Ticking)

    @property
    def sessions(self) -> Sessions:
        """Use the table as the API does."""
        return Sessions(dynamodb=cast("Any", self.dynamodb), table=SESSIONS, now_ms=self.clock)

    @property
    def work(self) -> SessionWork:
        """Use the table as the worker does."""
        changes = SessionChanges(dynamodb=cast("Any", self.dynamodb), table=SESSIONS)
        return SessionWork(changes=changes, now_ms=self.clock)

    @property
    def limits(self) -> UserLimits:
        """Count requests and running sessions."""
        return UserLimits(dynamodb=cast("Any", self.dynamodb), table=SESSIONS, now_s=self.clock.seconds)

    @property
    def keys(self) -> IdempotencyKeys:
        """Remember idempotency keys."""
        return IdempotencyKeys(dynamodb=cast("Any", self.dynamodb), table=SESSIONS, now_s=self.clock.seconds)

    def start(self, *images: SessionImage | str, **more: Any) -> Session:
        """Store a session of *images*, or of pictures with these ids."""
        session = a_session(*images, created_at=self.clock(), **more)
        assert self.sessions.create(session)
        return session

    def item(self, key: str) -> dict[str, Any] | None:
        """Read an item of the table."""
        found = self.dynamodb.client.get_item(TableName=SESSIONS, Key={"sessionId": {"S": key}}).get("Item")
        return {name: from_attribute(value) for name, value in found.items()} if found else None

    def items(self) -> list[Any]:
        """Read the whole table."""
        return self.dynamodb.client.scan(TableName=SESSIONS)["Items"]

    def read(self, session: Session) -> Session:
        """Read a session again."""
        found = self.sessions.find(session.session_id)
        assert found
        return found


def a_session(*images: SessionImage | str, created_at: int = NOW_MS, **more: Any) -> Session:
    """Make a session that nobody has worked on."""
    pictures = tuple(
        one if isinstance(one, SessionImage) else SessionImage(id=one, url=f"https://example.com/{one}.jpg", name=one)
        for one in images or ("a",)
    )
    fields: dict[str, Any] = {
        "session_id": new_session_id(),
        "user_id": USER,
        "status": Status.PENDING,
        "operation": {"type": "command", "command": "resize to 8px"},
        "counters": Counters(total=len(pictures), remaining=len(pictures)),
        "created_at": created_at,
        "updated_at": created_at,
        "completed_at": None,
        "expires_at": expiry(created_at, ttl_h=24),
        "images": pictures,
        "options": EditOptions(),
        "plan": PLAN,
        "progress": {one.id: ImageProgress() for one in pictures},
    }
    return Session(**(fields | more))


def a_result(image_id: str = "a", **more: Any) -> EditResult:
    """Make a result."""
    fields: dict[str, Any] = {
        "id": "gen_1",
        "url": f"https://cdn.example.com/edits/ses_1/{image_id}/{image_id}.jpg",
        "name": f"{image_id}.jpg",
        "tags": ("edited",),
        "format": "jpeg",
        "width": 8,
        "height": 6,
        "size": 631,
        "metadata": ResultMetadata(original_id=image_id, operations=("resize",), processing_time_ms=12),
    }
    return EditResult(**(fields | more))


@contextmanager
def open_sessions() -> Generator[SessionStore]:
    """Set up an empty sessions table."""
    with mock_aws():
        dynamodb = Wire(dynamodb_client(aws_session()))
        create_sessions_table(dynamodb.client)
        yield SessionStore(dynamodb=dynamodb)


def create_sessions_table(dynamodb: Any) -> None:
    """Make the table as the infrastructure declares it."""
    dynamodb.create_table(
        TableName=SESSIONS,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "sessionId", "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": "sessionId", "AttributeType": "S"},
            {"AttributeName": "userId", "AttributeType": "S"},
            {"AttributeName": "createdAt", "AttributeType": "N"},
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "userId-createdAt-index",
                "KeySchema": [
                    {"AttributeName": "userId", "KeyType": "HASH"},
                    {"AttributeName": "createdAt", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
