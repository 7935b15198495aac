"""Hold what is stored of a gallery or of a user, kind by kind, and count it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from processor.aws.photos import PhotoRecord, text
from processor.aws.versions import StoredUpload, StoredVersion
from processor.keys import UUID_FIRST, ObjectKey

Row = tuple[str, str]
"""The primary key of an item of the originals table: ``id``, ``key``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PhotoJob:
    """One photo to erase: the *keys* of its originals, the ids of its *records*, the stem paths that it *claims*."""

    photo_id: str
    keys: frozenset[str]
    records: frozenset[str]
    claims: frozenset[str]


@dataclass(kw_only=True, slots=True)
class Traces:
    """All that was found. *keys*: of originals; *stored*: those of which something is stored, or named by a record.

    *rows*: of the originals table. *claims*: the owner of each stem path that is claimed. *marks*: items of the
    sessions table that are no sessions. *running*: of *sessions*. *addresses*: of renditions and results at the CDN.
    *tags*: cache tags of the results.
    """

    keys: set[str] = field(default_factory=set[str])
    stored: set[str] = field(default_factory=set[str])
    versions: set[StoredVersion] = field(default_factory=set[StoredVersion])
    uploads: set[StoredUpload] = field(default_factory=set[StoredUpload])
    renditions: set[StoredVersion] = field(default_factory=set[StoredVersion])
    rows: set[Row] = field(default_factory=set[Row])
    claims: dict[str, str] = field(default_factory=dict[str, str])
    records: dict[str, PhotoRecord] = field(default_factory=dict[str, PhotoRecord])
    sessions: dict[str, str] = field(default_factory=dict[str, str])
    """User id by session id."""
    running: set[str] = field(default_factory=set[str])
    marks: set[str] = field(default_factory=set[str])
    results: set[StoredVersion] = field(default_factory=set[StoredVersion])
    slots: set[StoredVersion] = field(default_factory=set[StoredVersion])
    archives: set[StoredVersion] = field(default_factory=set[StoredVersion])
    archive_uploads: set[StoredUpload] = field(default_factory=set[StoredUpload])
    addresses: set[str] = field(default_factory=set[str])
    tags: set[str] = field(default_factory=set[str])

    def take(self, keys: Iterable[str]) -> None:
        """Add originals of which something is stored."""
        taken = set(keys)
        self.stored |= taken
        self.keys |= taken

    @property
    def photo_ids(self) -> set[str]:
        """Ids of the photos of all keys and records."""
        return {ObjectKey(one).photo_id for one in (*self.keys, *self.records)}

    def counts(self) -> dict[str, int]:
        """Count what is stored, by the words of the report. Addresses are no storage: they are asked one by one."""
        return {name: len(found) for name, found in self.kinds().items()}

    def kinds(self) -> Mapping[str, Any]:
        """Name the kinds, in the order of the report."""
        return {
            "versions of originals": self.versions,
            "unfinished uploads": self.uploads,
            "renditions": self.renditions,
            "items of originals": self.rows,
            "photo records": self.records,
            "edit sessions": {*self.sessions, *self.marks},
            "edit results": self.results,
            "upload slots": self.slots,
            "files of archives": self.archives,
            "unfinished archives": self.archive_uploads,
        }

    def names(self) -> Iterator[str]:
        """Name everything that is stored."""
        for kind, found in self.kinds().items():
            yield from (f"{kind}: {name_of(one)}" for one in sorted(found))

    def jobs(self) -> list[PhotoJob]:
        """Group what is stored by its photo, whose lease guards it."""
        keys, records, claims = (defaultdict[str, set[str]](set) for _ in range(3))
        for key in self.stored:
            keys[ObjectKey(key).photo_id].add(key)
        for record_id in self.records:
            records[ObjectKey(record_id).photo_id].add(record_id)
        for path, owner in self.claims.items():
            claims[ObjectKey(owner).photo_id].add(path)
        return [
            PhotoJob(
                photo_id=one, keys=frozenset(keys[one]), records=frozenset(records[one]), claims=frozenset(claims[one])
            )
            for one in sorted({*keys, *records})
        ]


def name_of(one: object) -> str:
    """Write one of the things that are stored as a line."""
    match one:
        case StoredVersion():
            return f"{one.key!r} {one.version_id}{' (delete marker)' if one.marker else ''}"
        case StoredUpload():
            return f"{one.key!r} {one.upload_id}"
        case _:
            return repr(one)


def keys_of(record: PhotoRecord) -> set[str]:
    """Return the originals that a record names: by its attributes, or by its id."""
    named = {text(record.item.get("original_key")), text(record.item.get("s3_key"))} - {None}
    by_id = set[str]() if UUID_FIRST.fullmatch(record.id) else {record.id}
    return {key for key in (*named, *by_id) if key}
