"""Store archives as items of the sessions table, each changed by one conditional update.

    archive#{hash of user}#{name}   owner, gallery, photos, size, status, files, total, leftOut, bytes, error,
                                    createdAt, ttl, heldUntil (ms: an invocation works on it until then)

They lack ``userId``, so the index over sessions does not list them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from processor.aws.attributes import to_item
from processor.aws.faults import CONDITION_REFUSED, aws_call, unless
from processor.aws.item_changes import Item, ItemChange, SessionChanges, key_of
from processor.aws.session_item import milliseconds
from processor.aws.session_reading import plain_fields
from processor.edits.archive import Archive, ArchiveId, ArchiveOrder, ArchiveStatus
from processor.edits.session import ImageFailure

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

IS_RUNNING: Final = "#status = :processing AND #ttl > :now_s"
HAS_A_FILE: Final = "#status IN (:processing, :complete) AND #ttl > :now_s"


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchiveItems:
    """Reads archives, and changes them under a condition."""

    dynamodb: DynamoDBClient
    table: str
    now_ms: Callable[[], int] = milliseconds

    def find(self, archive_id: ArchiveId) -> Archive | None:
        """Read an archive; None when there is none, or it has expired."""
        with aws_call(f"dynamodb:GetItem {self.table} {archive_id}"):
            answer = self.dynamodb.get_item(TableName=self.table, Key=key_of(archive_id.item), ConsistentRead=True)
        return self.current(archive_id, answer.get("Item"))

    def change(self, archive_id: ArchiveId, condition: str, *sets: str, **values: Any) -> tuple[bool, Archive | None]:
        """Apply one change; return whether its *condition* held, and the archive as it is then."""
        now = self.now_ms()
        statuses = {f":{one.value}": one.value for one in ArchiveStatus}
        named = {f":{name}": value for name, value in values.items()}
        change = ItemChange(
            update=f"SET {', '.join(sets)}",
            condition=condition,
            values={**statuses, ":now": now, ":now_s": now // 1000, **named},
        )
        changed = SessionChanges(dynamodb=self.dynamodb, table=self.table).apply(archive_id.item, change)
        return changed.applied, self.current(archive_id, changed.item)

    def current(self, archive_id: ArchiveId, item: Item | None) -> Archive | None:
        """Decode an item; None for one that has expired."""
        archive = archive_of(archive_id, item) if item else None
        return archive if archive and archive.expires_at > self.now_ms() / 1000 else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Archives(ArchiveItems):
    """Creates and cancels archives for the API."""

    def create(self, archive: Archive) -> bool:
        """Store a new archive; return False, and change nothing, when its id exists."""
        with aws_call(f"dynamodb:PutItem {self.table} {archive.id}"):
            answer = unless(
                CONDITION_REFUSED,
                lambda: self.dynamodb.put_item(
                    TableName=self.table,
                    Item=item_of(archive),
                    ConditionExpression="attribute_not_exists(sessionId)",
                ),
            )
        return answer is not None

    def cancel(self, archive_id: ArchiveId) -> Archive | None:
        """Stop an archive, or withdraw its file; return it as it is then, None when there is none."""
        return self.change(archive_id, HAS_A_FILE, "#status = :cancelled")[1]


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchiveWork(ArchiveItems):
    """Changes archives for their worker."""

    def acquire(self, archive_id: ArchiveId, *, seconds: float, take_over: bool = False) -> tuple[int, Archive | None]:
        """Hold a running archive for the *seconds* of an invocation. *take_over*: also when another one holds it.

        Return until when it is held (ms), 0 when another invocation holds it, and the archive as it is.
        """
        until = self.now_ms() + round(seconds * 1000)
        free = f"{IS_RUNNING} AND (attribute_not_exists(heldUntil) OR heldUntil < :now)"
        condition = IS_RUNNING if take_over else free
        applied, archive = self.change(archive_id, condition, "heldUntil = :until", until=until)
        return until if applied else 0, archive

    def release(self, archive_id: ArchiveId, held_until: int) -> None:
        """Let another invocation go on, unless one has it already."""
        condition = f"{IS_RUNNING} AND heldUntil = :until"
        self.change(archive_id, condition, "heldUntil = :zero", until=held_until, zero=0)

    def advance(self, archive_id: ArchiveId, *, files: int, total: int, left_out: int) -> bool:
        """Record how far a running archive is; return False when it has ended."""
        sets = ("#files = :files", "#total = :total", "leftOut = :left_out")
        return self.change(archive_id, IS_RUNNING, *sets, files=files, total=total, left_out=left_out)[0]

    def finish(self, archive_id: ArchiveId, *, size_bytes: int, expires_at: int) -> bool:
        """End a running archive: its file is there; return False when it had ended before."""
        sets = ("#status = :complete", "#bytes = :bytes", "#ttl = :ttl")
        return self.change(archive_id, IS_RUNNING, *sets, bytes=size_bytes, ttl=expires_at)[0]

    def fail(self, archive_id: ArchiveId, failure: ImageFailure) -> bool:
        """End a running archive with an error; return False when it had ended before."""
        sets = ("#status = :error", "#error = :failure")
        return self.change(archive_id, IS_RUNNING, *sets, failure=asdict(failure))[0]


def item_of(archive: Archive) -> dict[str, Any]:
    """Encode a new archive as a whole item."""
    return to_item(
        {
            "sessionId": archive.id.item,
            "owner": archive.user_id,
            "gallery": archive.order.gallery,
            "photos": archive.order.photos,
            "size": archive.order.size,
            "status": archive.status.value,
            "files": archive.files,
            "total": archive.total,
            "leftOut": archive.left_out,
            "bytes": archive.size_bytes,
            "createdAt": archive.created_at,
            "ttl": archive.expires_at,
        }
    )


def archive_of(archive_id: ArchiveId, item: Item) -> Archive:
    """Decode a whole item."""
    fields = plain_fields(item)
    error: Mapping[str, str] | None = fields.get("error")
    return Archive(
        id=archive_id,
        user_id=fields["owner"],
        order=ArchiveOrder(gallery=fields["gallery"], photos=tuple(fields["photos"]), size=fields["size"]),
        status=ArchiveStatus(fields["status"]),
        files=fields["files"],
        total=fields["total"],
        left_out=fields["leftOut"],
        size_bytes=fields["bytes"],
        failure=ImageFailure(**error) if error else None,
        created_at=fields["createdAt"],
        expires_at=fields["ttl"],
    )
