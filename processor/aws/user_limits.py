"""Limit the requests per minute and the running sessions of one user; recognise repeated requests.

The processes of the API share no memory, so the limits are items of the sessions table, each changed by one
conditional update:

    rate#{kind}#{user}#{window}   count      expires after its window
    user#{user}                   running    set of "{session id} {s since 1970}", at most so many
    idem#{user and key}           bodyHash, session (the id that the first request got), ttl

A session that ends stays in its user's set; when the set is full, sessions that ended, expired or died are removed
from it. So none of them ever blocks its user.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from processor.aws.item_changes import ItemChange, SessionChanges, entries_of, removal
from processor.aws.session_reading import SessionReader
from processor.edits.session import LONGEST_S
from processor.errors import EditCode, EditError, StoreUnavailable
from processor.keys import short_hash

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

WINDOW_S: Final = 60
# "ticket": reads by ticket, counted by session or archive. "slot": upload slots.
Kind = Literal["write", "read", "ticket", "slot", "archive"]
COUNTED: Final[dict[Kind, str]] = {"slot": "upload slots", "archive": "archives"}
DAY_S: Final = 24 * 3600
RESERVE_ATTEMPTS: Final = 3
# An id is listed a moment before its session is stored.
GRACE_S: Final = 60
USER_HASH_CHARS: Final = 32
KEY_HASH_CHARS: Final = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Allowance:
    """A user's remaining requests: *limit* per *window_s*, *remaining* in this window, which ends in *resets_in_s*."""

    limit: int
    remaining: int
    resets_in_s: int
    granted: bool
    window_s: int = WINDOW_S
    what: str = "requests"

    def require(self) -> None:
        """Raise EditError(RATE_LIMIT_EXCEEDED) unless the request was granted."""
        if not self.granted:
            what, each = self.what, "a minute" if self.window_s == WINDOW_S else "an hour"
            raise EditError(
                EditCode.RATE_LIMIT_EXCEEDED,
                f"expected at most {self.limit} {what} in {self.window_s} s, received more.",
                public=f"Too many {what}: expected at most {self.limit} {each}, received more. "
                f"Try again in {self.resets_in_s} seconds.",
                details={"limit": self.limit, "retryAfter": self.resets_in_s},
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class UserLimits:
    """Counts requests and running sessions of users."""

    dynamodb: DynamoDBClient
    table: str
    now_s: Callable[[], float] = time.time

    @property
    def changes(self) -> SessionChanges:
        """Return a writer of the table."""
        return SessionChanges(dynamodb=self.dynamodb, table=self.table)

    def count(self, user_id: str, kind: Kind, *, limit: int, amount: int = 1, window_s: int = WINDOW_S) -> Allowance:
        """Count *amount* requests of *user_id* against *limit* requests of this *kind* per *window_s*."""
        now = int(self.now_s())
        window = now // window_s
        change = ItemChange(
            update="SET #ttl = :ttl ADD #count :amount",
            condition="attribute_not_exists(#count) OR #count <= :room",
            values={":amount": amount, ":room": limit - amount, ":ttl": (window + 2) * window_s},
        )
        changed = self.changes.apply(f"rate#{kind}#{hashed(user_id)}#{window}", change)
        counted = int(changed.item["count"]["N"]) if changed.item else limit
        return Allowance(
            limit=limit,
            remaining=max(limit - counted, 0),
            resets_in_s=(window + 1) * window_s - now,
            granted=changed.applied,
            window_s=window_s,
            what=COUNTED.get(kind, "requests"),
        )

    def reserve(self, user_id: str, session_id: str, *, limit: int) -> None:
        """Count *session_id*, about to be stored, among the running sessions of *user_id*.

        Raise EditError(TOO_MANY_SESSIONS) when *limit* others are running.
        """
        key, now = f"user#{hashed(user_id)}", int(self.now_s())
        addition = ItemChange(
            update="SET #ttl = :ttl ADD #running :entry",
            condition="attribute_not_exists(#running) OR size(#running) < :limit",
            values={":entry": frozenset({f"{session_id} {now}"}), ":limit": limit, ":ttl": now + DAY_S},
        )
        for _ in range(RESERVE_ATTEMPTS):
            added = self.changes.apply(key, addition)
            if added.applied:
                return
            listed = entries_of(added.item, "running")
            dead = {one for one in listed if one.startswith(session_id) or not self.is_alive(one)}
            if not dead:
                raise too_many_sessions(limit, sorted(one.split()[0] for one in listed))
            self.changes.apply(key, removal(dead, "running"))
        raise StoreUnavailable(f"{session_id}: expected to count it in {RESERVE_ATTEMPTS} attempts, lost every race.")

    def is_alive(self, entry: str) -> bool:
        """Return whether a listed session is running, or about to be stored."""
        session_id, since = entry.split()
        session = SessionReader(dynamodb=self.dynamodb, table=self.table).read(session_id, now_s=self.now_s())
        if session is None:
            return int(since) + GRACE_S > self.now_s()
        return not session.status.ended and session.updated_at / 1000 + LONGEST_S > self.now_s()


def too_many_sessions(limit: int, running: list[str]) -> EditError:
    """Build the error that lists the running sessions."""
    return EditError(
        EditCode.TOO_MANY_SESSIONS,
        f"expected at most {limit} running sessions of one user, found {len(running)}.",
        public=f"Too many sessions at the same time: expected at most {limit}, found {len(running)} running. "
        "Wait for one to end, or cancel one.",
        details={"limit": limit, "running": running},
    )


def hashed(user_id: str) -> str:
    """Hash a user id for a key, so that logs do not show it."""
    return short_hash(user_id, USER_HASH_CHARS)


@dataclass(frozen=True, kw_only=True, slots=True)
class IdempotencyKeys:
    """Stores for a day, or for a session's shorter life, which session belongs to an idempotency key."""

    dynamodb: DynamoDBClient
    table: str
    now_s: Callable[[], float] = time.time

    def remember(self, user_id: str, key: str, *, body: bytes, session_id: str, session_ttl_s: int = DAY_S) -> str:
        """Bind *key* to *session_id* and return that id, or return the id that an earlier request bound it to.

        A key is forgotten with its session: one that outlived it would lead nowhere.

        The earlier session may not exist: its request may have died before storing it. Raise
        EditError(IDEMPOTENCY_CONFLICT) when the earlier request had another *body*.
        """
        now, body_hash = int(self.now_s()), short_hash(body.decode(errors="surrogateescape"), KEY_HASH_CHARS)
        changed = SessionChanges(dynamodb=self.dynamodb, table=self.table).apply(
            f"idem#{short_hash(f'{len(user_id)}:{user_id}{key}', KEY_HASH_CHARS)}",
            ItemChange(
                update="SET bodyHash = :body, #session = :session, #ttl = :ttl",
                condition="attribute_not_exists(bodyHash) OR #ttl <= :now",
                values={
                    ":body": body_hash,
                    ":session": session_id,
                    ":ttl": now + min(DAY_S, session_ttl_s),
                    ":now": now,
                },
            ),
        )
        if changed.item is None:
            raise StoreUnavailable("idempotency key: expected the one that refused ours, received none.")
        if changed.item["bodyHash"]["S"] != body_hash:
            raise EditError(
                EditCode.IDEMPOTENCY_CONFLICT,
                "idempotency key: expected the body of the first request, received another.",
                public="This Idempotency-Key was used for another request: expected the same body, received another "
                "one. Use a new key for a new request.",
            )
        bound: str = changed.item["session"]["S"]
        return bound
