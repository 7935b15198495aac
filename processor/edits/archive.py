"""An archive: photos of a user as one ZIP file, to be downloaded by a signed link. Plain frozen values.

    processing ─▶ complete    the file is there until it expires; `left_out` photos are not in it
               ─▶ error       there is no file
    processing, complete ─▶ cancelled  by its owner; its link leads nowhere any more

An id holds the hash of its user, so that everything stored of it can be named from the id alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from processor.edits.names import ARCHIVES, USER_HASH_CHARS
from processor.edits.session import ImageFailure
from processor.keys import short_hash

ORIGINALS: Final = "originals"
"""As the size of an archive: the files as they were uploaded."""
MOST_PHOTOS: Final = 20_000
ID: Final = re.compile(rf"arc_([0-9a-f]{{{USER_HASH_CHARS}}})_([A-Za-z0-9_-]{{16,64}})", re.ASCII)


class ArchiveStatus(StrEnum):
    """Status of an archive."""

    PROCESSING = "processing"
    COMPLETE = "complete"
    ERROR = "error"
    CANCELLED = "cancelled"


class ArchiveEnding(StrEnum):
    """Ending of one delivery of an archive's job. Logs and metrics use the value."""

    COMPLETE = "complete"
    CONTINUED = "continued"  # another invocation goes on
    FAILED = "failed"  # the archive has an error, and will have no file
    WAITS = "waits"  # another invocation is at work
    SETTLED = "settled"  # it had ended before
    GAVE_UP = "gave_up"  # too many deliveries: recorded as an error, and kept as a dead letter


@dataclass(frozen=True, slots=True)
class ArchiveId:
    """The id of an archive: *owner*, the hash of its user, and an unguessable *name*."""

    owner: str
    name: str

    @classmethod
    def of(cls, user_id: str, name: str) -> Self:
        """Make the id of an archive of *user_id*."""
        return cls(short_hash(user_id, USER_HASH_CHARS), name)

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read an id; None for any other text."""
        found = ID.fullmatch(text)
        return cls(found[1], found[2]) if found else None

    @classmethod
    def of_item(cls, key: str) -> Self:
        """Read the key of an archive's item in the sessions table."""
        _, owner, name = key.split("#")
        return cls(owner, name)

    def __str__(self) -> str:
        """Write the id as clients get it."""
        return f"arc_{self.owner}_{self.name}"

    @property
    def item(self) -> str:
        """Key of its item in the sessions table."""
        return f"archive#{self.owner}#{self.name}"

    @property
    def folder(self) -> str:
        """Start of the keys of its files in the results bucket."""
        return f"{ARCHIVES}{self.owner}/{self.name}/"

    @property
    def file(self) -> str:
        """Key of the ZIP file."""
        return f"{self.folder}archive.zip"

    @property
    def photos(self) -> str:
        """Key of the list of its photos."""
        return f"{self.folder}photos.json"

    @property
    def state(self) -> str:
        """Key of the state that one invocation leaves to the next."""
        return f"{self.folder}state.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchiveOrder:
    """Photos that were asked for: those of a *gallery* and the galleries below it, or single *photos* by their ids.

    *size*: a size's name, or ``originals``.
    """

    size: str
    gallery: str = ""
    photos: tuple[str, ...] = ()

    @property
    def file_name(self) -> str:
        """Name of the file for the person who downloads it, without its extension."""
        what = self.gallery.rpartition("/")[2] if self.gallery else "photos"
        return f"{what} {self.size}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Archive:
    """An archive and how far it is: *files* of *total* photos, *left_out* of them not; *size_bytes* at the end.

    Times in ms since 1970; *expires_at* in s: when link and file end.
    """

    id: ArchiveId
    user_id: str
    order: ArchiveOrder
    status: ArchiveStatus
    created_at: int
    expires_at: int
    files: int = 0
    total: int = 0
    left_out: int = 0
    size_bytes: int = 0
    failure: ImageFailure | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchiveOutcome:
    """Outcome of one delivery of a job; *code* and *detail* of a failure."""

    ending: ArchiveEnding
    code: str = ""
    detail: str = ""
    files: int = 0
    left_out: int = 0
    size_bytes: int = 0
