"""Create, read, list and cancel edit sessions for the user who owns them.

A session is one item of the sessions table; ``session_item`` defines its content and changes. A session of
another user raises SESSION_NOT_FOUND, as a missing one does.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from processor.aws.attributes import to_attribute
from processor.aws.faults import CONDITION_REFUSED, aws_call, unless
from processor.aws.item_changes import SessionChanges
from processor.aws.session_item import cancelled, item_of, milliseconds
from processor.aws.session_reading import SESSION_PREFIX, SessionReader, session_of, summary_of
from processor.aws.session_room import max_events
from processor.edits.session import Session, SessionSummary
from processor.errors import EditCode, EditError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

INDEX: Final = "userId-createdAt-index"
ID_BYTES: Final = 18


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionPage:
    """Sessions of one user, newest first. *cursor*: continues the list with older ones, None at its end."""

    sessions: tuple[SessionSummary, ...]
    cursor: str | None


def new_session_id() -> str:
    """Make an unguessable id: ``ses_`` and 24 characters that are safe in URLs."""
    return f"{SESSION_PREFIX}{secrets.token_urlsafe(ID_BYTES)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sessions:
    """Creates, reads and cancels sessions for the API."""

    dynamodb: DynamoDBClient
    table: str
    now_ms: Callable[[], int] = milliseconds

    def create(self, session: Session) -> bool:
        """Store a new session; return False, and change nothing, when the id exists.

        Raise EditError(INVALID_INPUT) when the item could outgrow DynamoDB's limit.
        """
        item = item_of(session)
        item["maxEvents"] = to_attribute(max_events(item, session))
        with aws_call(f"dynamodb:PutItem {self.table} {session.session_id}"):
            answer = unless(
                CONDITION_REFUSED,
                lambda: self.dynamodb.put_item(
                    TableName=self.table, Item=item, ConditionExpression="attribute_not_exists(sessionId)"
                ),
            )
        return answer is not None

    def find(self, session_id: str) -> Session | None:
        """Read a session of any user; None when it is missing or expired."""
        return SessionReader(dynamodb=self.dynamodb, table=self.table).read(session_id, now_s=self.now_ms() / 1000)

    def get(self, session_id: str, *, user_id: str) -> Session:
        """Read a session of *user_id*; raise EditError(SESSION_NOT_FOUND) when there is none."""
        session = self.find(session_id)
        if session is None or session.user_id != user_id:
            raise session_not_found(session_id)
        return session

    def cancel(self, session_id: str, *, user_id: str) -> Session:
        """End a running session of *user_id* at once; return the session, also when it had ended before.

        Raise EditError(SESSION_NOT_FOUND) as *get* does.
        """
        if not session_id.startswith(SESSION_PREFIX):
            raise session_not_found(session_id)
        now = self.now_ms()
        changed = SessionChanges(dynamodb=self.dynamodb, table=self.table).apply(
            session_id, cancelled(user_id, now_ms=now)
        )
        session = session_of(changed.item) if changed.item else None
        if session is None or session.user_id != user_id or session.expires_at <= now // 1000:
            raise session_not_found(session_id)
        return session

    def of_user(self, user_id: str, *, limit: int, cursor: str | None = None) -> SessionPage:
        """List sessions of *user_id*, newest first, at most *limit*; raise EditError for an invalid cursor.

        The index follows the table within moments, so a page may lag behind *get*.
        """
        start: dict[str, Any] = {"ExclusiveStartKey": place_of(cursor, user_id)} if cursor else {}
        with aws_call(f"dynamodb:Query {self.table}/{INDEX}"):
            answer = self.dynamodb.query(
                TableName=self.table,
                IndexName=INDEX,
                KeyConditionExpression="userId = :user",
                FilterExpression="#ttl > :now_s",
                ProjectionExpression="sessionId, userId, #status, operation, counters, createdAt, updatedAt, "
                "completedAt, #ttl",
                ExpressionAttributeNames={"#status": "status", "#ttl": "ttl"},
                ExpressionAttributeValues={
                    ":user": to_attribute(user_id),
                    ":now_s": to_attribute(self.now_ms() // 1000),
                },
                ScanIndexForward=False,
                Limit=limit,
                **start,
            )
        last: Any = answer.get("LastEvaluatedKey")
        return SessionPage(
            sessions=tuple(map(summary_of, answer["Items"])),
            cursor=cursor_to(last["createdAt"]["N"], last["sessionId"]["S"]) if last else None,
        )


def session_not_found(session_id: str) -> EditError:
    """Build the error of a session that is missing or of another user."""
    return EditError(
        EditCode.SESSION_NOT_FOUND,
        f"session {session_id[:64]!r}: expected one of the caller's, found none.",
        public="There is no such session: expected the id of a session of yours that has not expired.",
    )


def cursor_to(created_at: str, session_id: str) -> str:
    """Encode a position in a user's list as an opaque cursor."""
    return base64.urlsafe_b64encode(f"{created_at} {session_id}".encode()).decode().rstrip("=")


def place_of(cursor: str, user_id: str) -> dict[str, Any]:
    """Decode *cursor* as a position in the list of *user_id*: a cursor never selects another user."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
        created_at, session_id = text.split(" ")
        number = int(created_at)
    except ValueError as error:
        raise EditError(
            EditCode.INVALID_INPUT,
            f"cursor {cursor[:64]!r}: expected one that a list gave, received another text.",
            public="Expected as cursor the one that the last page gave, received another text. "
            "Leave it out to begin with the newest session.",
        ) from error
    return {"userId": {"S": user_id}, "createdAt": {"N": str(number)}, "sessionId": {"S": session_id}}


def expiry(created_at_ms: int, ttl_h: int) -> int:
    """Return when a session expires, s since 1970."""
    return created_at_ms // 1000 + ttl_h * 3600
