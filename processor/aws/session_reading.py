"""Sessions, read as they are now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from processor.aws.faults import aws_call
from processor.aws.session_items import SESSION_PREFIX, key_of, session_of
from processor.edits.session import Session

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionReader:
    """The sessions table, read by anybody who is allowed to."""

    dynamodb: DynamoDBClient
    table: str

    def read(self, session_id: str, *, now_s: float) -> Session | None:
        """Read a session; None when there is none, or its time is over at *now_s*."""
        if not session_id.startswith(SESSION_PREFIX):
            return None
        with aws_call(f"dynamodb:GetItem {self.table} {session_id}"):
            answer = self.dynamodb.get_item(TableName=self.table, Key=key_of(session_id), ConsistentRead=True)
        item = answer.get("Item")
        session = session_of(item) if item else None
        return session if session and session.expires_at > now_s else None
