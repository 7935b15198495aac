"""What happened to one object of the originals bucket, whatever envelope told it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# "The object key and sequencer … right-pad the shorter value with zeros, then compare lexicographically."
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
PADDING = "0"


class Change(StrEnum):
    """The two things that a gallery does with an original."""

    CREATED = "created"
    REMOVED = "removed"


@dataclass(frozen=True, kw_only=True, slots=True)
class ObjectEvent:
    """One change of one object.

    *key* is decoded. *sequencer* is in normal form, "" when the envelope carries none. *size* is in
    bytes. *attempts* counts deliveries, this one included.
    """

    change: Change
    bucket: str
    key: str
    version_id: str | None = None
    etag: str | None = None
    size: int | None = None
    sequencer: str = ""
    attempts: int = 1


class Overtaken(Exception):
    """A newer state of the same original is in place or on its way."""


class SourceGone(Exception):
    """The original that the event speaks of exists no more."""


def normal_sequencer(sequencer: str) -> str:
    """Bring an S3 *sequencer* into the form whose plain text order is S3's order.

    Padding on the right with zeros before comparing is the same as dropping zeros from the right,
    and it lets DynamoDB and S3 metadata compare what they store.
    """
    return sequencer.upper().rstrip(PADDING)
