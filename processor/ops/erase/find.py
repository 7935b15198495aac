"""Find everything that is stored of a gallery or of a user, by listing and scanning, whatever order it was made in.

Nothing is taken from an index: an index follows its table, and a proof must not. What was *known* before is looked for
by name too, so that the second look finds what it would no longer reach.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from processor.aws.galleries import PROFILE
from processor.aws.originals_table import LEASE, STEM
from processor.aws.photos import PhotoRecord
from processor.aws.versions import StoredUpload, StoredVersion
from processor.keys import RENDITIONS, ObjectKey, is_plain, path_of, stem_path
from processor.ops.erase.edits import EditFinder
from processor.ops.erase.scope import GalleryScope, UserScope
from processor.ops.erase.stores import ErasedStores, each, pages
from processor.ops.erase.traces import Traces, keys_of

CUT: Final = re.compile("~[0-9a-f]{16}$")  # keys.safe_path


@dataclass(frozen=True, kw_only=True, slots=True)
class GalleryFinder:
    """Finds what is stored of a gallery."""

    stores: ErasedStores
    scope: GalleryScope

    def find(self, known: Traces | None = None) -> Traces:
        """Look at every store."""
        found = Traces(keys=set(known.keys) if known else set())
        self.find_originals(found)
        self.find_rows(found)
        self.find_records(found)
        self.find_renditions(found)
        EditFinder(stores=self.stores).of_gallery(self.scope, found, known)
        return found

    def find_originals(self, found: Traces) -> None:
        """List all versions below the gallery, photos or not, and unfinished uploads."""
        found.versions.update(self.stores.originals.all(self.scope.prefix))
        found.uploads.update(self.stores.originals.uploads(self.scope.prefix))
        found.take(one.key for one in found.versions)

    def find_rows(self, found: Traces) -> None:
        """Scan the originals table for items, claims of stems and leases of originals, and for chosen profiles."""
        values = {":prefix": {"S": self.scope.prefix}, ":lease": {"S": LEASE}, ":profile": {"S": PROFILE}}
        for row in pages(
            self.stores.rows,
            FilterExpression="begins_with(#key, :prefix) OR begins_with(#owner, :prefix) OR #key IN (:lease, :profile)",
            ExpressionAttributeNames={"#key": "key", "#owner": "owner"},
            ExpressionAttributeValues=values,
        ):
            if row["key"] == PROFILE:
                if f"{row['id']}/".startswith(self.scope.renditions):
                    found.rows.add((str(row["id"]), PROFILE))
                continue
            if keys := [key for key in originals_of(row) if self.scope.takes_key(key)]:
                found.rows.add((str(row["id"]), str(row["key"])))
                if row["key"] == STEM:
                    found.claims[str(row["id"])] = keys[0]
                found.take(keys)

    def find_records(self, found: Traces) -> None:
        """Scan the photos table."""
        names = ("id", "original_key", "s3_key")
        tests = (*(f"begins_with(#{name}, :prefix)" for name in names), "begins_with(#gallery_id, :gallery)")
        for item in pages(
            self.stores.records,
            FilterExpression=" OR ".join(tests),
            ExpressionAttributeNames={f"#{name}": name for name in (*names, "gallery_id")},
            ExpressionAttributeValues={":prefix": {"S": self.scope.prefix}, ":gallery": {"S": self.scope.name}},
        ):
            record = PhotoRecord(id=str(item["id"]), item=item)
            if self.scope.takes_record(record):
                take_record(found, record, {key for key in keys_of(record) if self.scope.takes_key(key)})

    def find_renditions(self, found: Traces) -> None:
        """List what lies below the name of the gallery, and the renditions of originals whose path is another."""
        listed = list(self.stores.renditions.all(self.scope.renditions))
        found.renditions.update(one for one in listed if one.marker or not self.is_foreign(one))
        take_renditions(found, self.stores, set(filter(is_elsewhere, found.keys)))

    def is_foreign(self, one: Any) -> bool:
        """Return whether a path that was renamed leads here from another gallery."""
        path = path_of(one.key)
        if not CUT.search(path):
            return False
        own = ObjectKey(path.removeprefix(RENDITIONS)).cache_tags().partition(",")[2]
        galleries = {tag for tag in self.stores.renditions.tags(one) if tag.startswith("gallery:")}
        return bool(galleries - {own})


@dataclass(frozen=True, kw_only=True, slots=True)
class UserFinder:
    """Finds what is stored of a user: photos by their record, edits by their session or their cache tag."""

    stores: ErasedStores
    scope: UserScope

    def find(self, known: Traces | None = None) -> Traces:
        """Look at every store."""
        found = Traces(keys=set(known.keys) if known else set())
        folders: dict[str, set[str]] = {}
        for item in pages(
            self.stores.records,
            FilterExpression="#user_id = :user",
            ExpressionAttributeNames={"#user_id": "user_id"},
            ExpressionAttributeValues={":user": {"S": self.scope.name}},
        ):
            record = PhotoRecord(id=str(item["id"]), item=item)
            take_record(found, record, keys_of(record))
            folders.setdefault(record.id, set()).add(str(item.get("gallery_id") or "").strip("/"))
        for again in each(self.stores.photos.read, known.records if known else ()):
            if again:
                # Written anew: no longer by its user, but of the same photo.
                take_record(found, again, keys_of(again))
        self.find_rows(found, found.photo_ids | (known.photo_ids if known else set()))
        self.find_originals(found, folders)
        take_renditions(found, self.stores, found.keys)
        EditFinder(stores=self.stores).of_user(self.scope, found, known)
        return found

    def find_rows(self, found: Traces, photo_ids: set[str]) -> None:
        """Read the items, leases and claims of stems of photos."""
        paths = set[str]()
        for photo_id, items in zip(sorted(photo_ids), each(self.stores.table.items_of, photo_ids), strict=True):
            found.take(one.key for one in items)
            paths |= {stem_path(one.name.gallery, one.stem) for one in items if one.stem}
            found.rows.update((photo_id, one.key) for one in items)
        leases = self.stores.items.reader.read(((one, LEASE) for one in sorted(photo_ids)), "id", "key")
        for row in leases:
            found.take(originals_of(row))
            found.rows.add((row["id"], LEASE))
        names = [ObjectKey(key) for key in found.keys]
        paths |= {stem_path(name.gallery, stem) for name in names for stem in name.stem_candidates()}
        for path, owner in self.stores.items.owners(sorted(paths)).items():
            if owner in found.keys:
                found.claims[path] = owner
                found.take([owner])
                found.rows.add((path, STEM))

    def find_originals(self, found: Traces, folders: Mapping[str, set[str]]) -> None:
        """List all versions of the originals, and of files beside them whose name begins with the photo's id."""
        prefixes = set(found.keys)
        for key in found.keys:
            name = ObjectKey(key)
            if name.photo_id != key:
                prefixes.update(f"{name.gallery}/{one}".lstrip("/") for one in name.record_ids)
        for record_id, galleries in folders.items():
            prefixes.update(f"{gallery}/{record_id}".lstrip("/") for gallery in galleries)
        photo_ids = found.photo_ids
        for versions, uploads in each(self.below, prefixes):
            found.versions.update(one for one in versions if ObjectKey(one.key).photo_id in photo_ids)
            found.uploads.update(one for one in uploads if ObjectKey(one.key).photo_id in photo_ids)
        found.take(one.key for one in found.versions)

    def below(self, prefix: str) -> tuple[list[StoredVersion], list[StoredUpload]]:
        """List versions and unfinished uploads of the keys that begin with *prefix*."""
        return [*self.stores.originals.all(prefix)], [*self.stores.originals.uploads(prefix)]


def is_elsewhere(key: str) -> bool:
    """Return whether the renditions of an original do not lie below the name of its gallery."""
    name = ObjectKey(key)
    return not is_plain(name.gallery, name.stem)


def take_renditions(found: Traces, stores: ErasedStores, keys: set[str]) -> None:
    """Add the renditions of originals."""
    for key, versions in zip(sorted(keys), each(stores.renditions_of, keys), strict=True):
        found.renditions.update(versions)
        if versions:
            found.take([key])


def take_record(found: Traces, record: PhotoRecord, keys: set[str]) -> None:
    """Add a record, the originals that it names, and the addresses that it publishes."""
    found.records[record.id] = record
    found.take(keys)
    found.addresses.update(str(record.item[f"{size}_url"]) for size in record.sizes)


def originals_of(row: Mapping[str, Any]) -> list[str]:
    """Name the originals that a row of the originals table is about."""
    if row["key"] == LEASE:
        return sorted(row.get("work", ()))
    return [str(row["owner"] if row["key"] == STEM else row["key"])]
