"""Start an archive, show it, withdraw it, and sign the address of its file.

As for edits, a refused request leaves nothing behind, and after 202 the job is in the queue. The link of an archive
holds a ticket of ours, which lasts as long as the file; each use of it gets an address that S3 accepts for an hour,
since what a function signs may end with its own credentials.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from processor.api.credentials import Tickets
from processor.api.session_service import HOUR_S, Sender
from processor.aws.archive_files import ArchiveLinks
from processor.aws.archives import Archives
from processor.aws.queues import Queue
from processor.aws.session_item import milliseconds
from processor.aws.user_limits import DAY_S, IdempotencyKeys, UserLimits
from processor.edits.archive import ORIGINALS, Archive, ArchiveId, ArchiveOrder, ArchiveStatus
from processor.edits.job import ArchiveJob
from processor.errors import EditCode, EditError, StoreUnavailable

PER_HOUR: Final = 20
NAME_BYTES: Final = 18
LINK_S: Final = HOUR_S


@dataclass(frozen=True, kw_only=True, slots=True)
class AcceptedArchive:
    """An archive whose job is sent. *new*: this request started it."""

    archive: Archive
    new: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchiveService:
    """Archives of the API's users. *days*: how long a file is kept; None: archives are off. *sizes*: of the stack."""

    archives: Archives
    links: ArchiveLinks
    limits: UserLimits
    keys: IdempotencyKeys
    queue: Queue
    tickets: Tickets
    days: int | None
    sizes: Sequence[str]
    now_ms: Callable[[], int] = milliseconds

    def accept(self, order: ArchiveOrder, sender: Sender) -> AcceptedArchive:
        """Start an archive, or return the one that this request started before."""
        if self.days is None:
            raise turned_off()
        if order.size not in (sizes := (ORIGINALS, *self.sizes)):
            raise no_such_size(order.size, sizes)
        archive_id = ArchiveId.of(sender.user_id, secrets.token_urlsafe(NAME_BYTES))
        if sender.key:
            bound = self.keys.remember(sender.user_id, sender.key, body=sender.body, session_id=str(archive_id))
            archive_id = ArchiveId.read(bound) or archive_id
            if earlier := self.archives.find(archive_id):
                return AcceptedArchive(archive=self.sent(earlier, sender), new=False)
        self.limits.count(sender.user_id, "archive", limit=PER_HOUR, window_s=HOUR_S).require()
        now = self.now_ms()
        archive = Archive(
            id=archive_id,
            user_id=sender.user_id,
            order=order,
            status=ArchiveStatus.PROCESSING,
            created_at=now,
            expires_at=now // 1000 + DAY_S,
        )
        self.archives.create(archive)
        return AcceptedArchive(archive=self.sent(archive, sender), new=True)

    def sent(self, archive: Archive, sender: Sender) -> Archive:
        """Send the job of an archive on which no worker has reported; a job that comes twice is done once."""
        if archive.status is not ArchiveStatus.PROCESSING or archive.total:
            return archive
        try:
            self.queue.send([ArchiveJob(archive_id=str(archive.id)).body()])
        except StoreUnavailable:
            if not sender.key:  # the request cannot be repeated
                self.archives.cancel(archive.id)
            raise
        return archive

    def get(self, text: str, *, user_id: str) -> Archive:
        """Return an archive of *user_id*; raise EditError(NOT_FOUND) when there is none."""
        archive_id = self.id_of(text)
        archive = self.archives.find(archive_id)
        if archive is None or archive.user_id != user_id:
            raise not_found()
        return archive

    def cancel(self, text: str, *, user_id: str) -> Archive:
        """Stop an archive of *user_id*, or withdraw its file; raise EditError(NOT_FOUND) when there is none."""
        archive = self.get(text, user_id=user_id)
        archive = self.archives.cancel(archive.id) or archive
        if archive.status is ArchiveStatus.CANCELLED:
            self.links.delete(archive.id)
        return archive

    def link(self, archive: Archive) -> str | None:
        """Return the path by which anyone may download a complete archive; None for any other."""
        if archive.status is not ArchiveStatus.COMPLETE:
            return None
        ticket = self.tickets.issue(str(archive.id), expiry=archive.expires_at)
        return f"/image-edit/archives/{archive.id}/file?ticket={ticket}"

    def address(self, text: str, ticket: str) -> str:
        """Return the address of the file for who has a *ticket*; raise EditError: UNAUTHORIZED, NOT_FOUND."""
        archive_id = self.id_of(text)
        self.tickets.check(ticket, text)
        archive = self.archives.find(archive_id)
        if archive is None or archive.status is not ArchiveStatus.COMPLETE:
            raise not_found()
        return self.links.sign(archive.id, seconds=LINK_S)

    def id_of(self, text: str) -> ArchiveId:
        """Read an id; raise EditError(NOT_FOUND) for text that cannot be one, and when archives are off."""
        if self.days is None:
            raise turned_off()
        archive_id = ArchiveId.read(text)
        if archive_id is None:
            raise not_found()
        return archive_id


def not_found() -> EditError:
    """Build the error of an archive that is missing, withdrawn, or of another user."""
    return EditError(
        EditCode.NOT_FOUND,
        "archive: expected one of the caller's, found none.",
        public="There is no such archive: expected the id of an archive of yours that was not withdrawn or deleted.",
    )


def no_such_size(size: str, sizes: Sequence[str]) -> EditError:
    """Build the error of a size that the stack does not have."""
    return EditError(
        EditCode.INVALID_INPUT,
        f'Invalid value "{size}" for `size`: expected one of {", ".join(sizes)}. Use one of them.',
    )


def turned_off() -> EditError:
    """Build the error of a stack that makes no archives."""
    return EditError(
        EditCode.NOT_FOUND,
        "archives: expected edits.archive_days in the settings, found none.",
        public="This service makes no archives: its operator has not turned them on (setting edits.archive_days).",
    )
