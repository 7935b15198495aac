"""Idempotency keys: a request that comes again under the same key is the same request.

idem#{user and key}   bodyHash, session (the id that the first request got), ttl
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from processor.aws.session_changes import Change, SessionChanges
from processor.errors import EditCode, EditError, StoreUnavailable
from processor.keys import short_hash

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT_S: Final = 24 * 3600
HASH_CHARS: Final = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class IdempotencyKeys:
    """Remembers for a day which session a key has led to."""

    dynamodb: DynamoDBClient
    table: str
    now_s: Callable[[], float] = time.time

    def remember(self, user_id: str, key: str, *, body: bytes, session_id: str) -> str:
        """Bind *key* to *session_id*, and give it back; or give the id that it is bound to since an earlier request.

        An earlier id may be of a session that was never stored: its request died before. Raise
        EditError(IDEMPOTENCY_CONFLICT) when the earlier request had another *body*.
        """
        now, body_hash = int(self.now_s()), short_hash(body.decode(errors="surrogateescape"), HASH_CHARS)
        changed = SessionChanges(dynamodb=self.dynamodb, table=self.table).apply(
            f"idem#{short_hash(f'{len(user_id)}:{user_id}{key}', HASH_CHARS)}",
            Change(
                update="SET bodyHash = :body, #session = :session, #ttl = :ttl",
                condition="attribute_not_exists(bodyHash) OR #ttl <= :now",
                values={":body": body_hash, ":session": session_id, ":ttl": now + KEPT_S, ":now": now},
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
