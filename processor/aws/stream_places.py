"""Limit the progress streams that are open at the same time, per user and per session.

On Lambda a stream occupies one invocation for as long as it is open. The places are one item per user, changed by one
conditional update:

    streams#{user}   open       set of "{session} {nonce} {s since 1970}": when the stream ends by itself
                     {session}  the same entries, of one session

A stream gives its place back when it ends. A process that dies cannot: its entries are removed once they have expired.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from processor.aws.item_changes import Item, ItemChange, SessionChanges, entries_of, removal
from processor.aws.user_limits import hashed
from processor.errors import EditCode, EditError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NONCE_BYTES: Final = 6
# A stream may send its last bytes this long after its time.
GRACE_S: Final = 60
RETRY_AFTER_S: Final = 30
HAS_ROOM: Final = (
    "(attribute_not_exists(#open) OR size(#open) < :of_user) AND "
    "(attribute_not_exists(#mine) OR size(#mine) < :of_session)"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamPlace:
    """A place that one stream occupies."""

    key: str
    session_id: str
    entry: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamPlaces:
    """Gives out places. *lifetime_s*: longest time that a stream is open."""

    dynamodb: DynamoDBClient
    table: str
    per_user: int
    per_session: int
    lifetime_s: float
    now_s: Callable[[], float] = time.time

    @property
    def changes(self) -> SessionChanges:
        """Return a writer of the table."""
        return SessionChanges(dynamodb=self.dynamodb, table=self.table)

    def take(self, user_id: str, session_id: str) -> StreamPlace:
        """Occupy a place; raise EditError(TOO_MANY_STREAMS) when all of the user or of the session are taken."""
        now = int(self.now_s())
        ends = now + int(self.lifetime_s) + GRACE_S
        entry = f"{session_id} {secrets.token_hex(NONCE_BYTES)} {ends}"
        place = StreamPlace(key=f"streams#{hashed(user_id)}", session_id=session_id, entry=entry)
        taken = self.changes.apply(place.key, self.addition(place, ends))
        if not taken.applied and self.removed_dead(place.key, taken.item or {}, now):
            taken = self.changes.apply(place.key, self.addition(place, ends))
        if not taken.applied:
            raise too_many_streams(self, session_id, taken.item or {})
        return place

    def give_back(self, place: StreamPlace) -> None:
        """Free a place; one that has been removed already is ignored."""
        self.changes.apply(place.key, removal({place.entry}, "open", place.session_id), return_item=False)

    def addition(self, place: StreamPlace, ends: int) -> ItemChange:
        """Add an entry while there is room."""
        return ItemChange(
            update="SET #ttl = :ttl ADD #open :entry, #mine :entry",
            condition=HAS_ROOM,
            names={"#mine": place.session_id},
            values={
                ":entry": frozenset({place.entry}),
                ":of_user": self.per_user,
                ":of_session": self.per_session,
                ":ttl": ends,
            },
        )

    def removed_dead(self, key: str, item: Item, now: int) -> bool:
        """Remove entries whose time is over; return whether there were any."""
        dead: dict[str, set[str]] = {}
        for entry in entries_of(item, "open"):
            session_id, _, ends = entry.split()
            if int(ends) <= now:
                dead.setdefault(session_id, set()).add(entry)
        for session_id, entries in dead.items():
            self.changes.apply(key, removal(entries, "open", session_id), return_item=False)
        return bool(dead)


def too_many_streams(places: StreamPlaces, session_id: str, item: Item) -> EditError:
    """Build the error; it names the limit that was reached."""
    of_session = len(entries_of(item, session_id)) >= places.per_session
    limit, whose = (places.per_session, "of one session") if of_session else (places.per_user, "of one user")
    return EditError(
        EditCode.TOO_MANY_STREAMS,
        f"expected at most {limit} open streams {whose}, received one more.",
        public=f"Too many open streams: expected at most {limit} {whose}. Close one, or poll its session instead.",
        details={"limit": limit, "retryAfter": RETRY_AFTER_S},
    )
