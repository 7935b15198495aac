"""Walk over photo records, manifests and renditions, page by page, and find what differs.

Listings of originals and renditions in the same range of keys are joined with each page of manifests: one request for
a thousand keys instead of one for each.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from typing import Final

from processor.aws.manifests import ManifestReader, UnreadableManifest
from processor.aws.objects import PAGE_KEYS, BucketListing, Listed
from processor.aws.photo_scans import UNSETTLED, PendingRecords
from processor.aws.photos import PhotoRecord, PhotoRecords
from processor.keys import MANIFESTS, RENDITIONS, UUID_FIRST, ObjectKey, manifest_key
from processor.manifest import Manifest
from processor.ops.reconcile.repairs import Remedy, Repairs
from processor.ops.reconcile.state import Step

PAGE_MANIFESTS: Final = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordWalk:
    """Finds stuck photos. *settled(listed)*: whether the object is old enough to have been processed."""

    pending: PendingRecords
    photos: PhotoRecords
    originals: BucketListing
    renditions: BucketListing
    reader: ManifestReader
    repairs: Repairs
    settled: Callable[[Listed], bool]
    threads: ThreadPoolExecutor

    def page(self, after: str) -> Step:
        """Check one page of records; count those that are still stuck."""
        page = self.pending.page(after)
        stuck = sum(self.threads.map(self.is_stuck, page.ids))
        return Step(last=page.last, seen=page.scanned, found=stuck)

    def is_stuck(self, photo_id: str) -> bool:
        """Repair one photo if it is stuck; return whether it still is."""
        record = self.photos.read(photo_id)
        if record is None or record.status not in UNSETTLED:
            return False
        original = self.original_of(record)
        if original is None or not self.settled(original) or ObjectKey(original.key).skip(original.size):
            return False  # not uploaded yet, just uploaded, or not a photo
        if self.repairs.requeue.busy:
            return False  # it still waits in the queue
        return self.repair(ObjectKey(original.key), record) is not Remedy.RECORD

    def repair(self, name: ObjectKey, record: PhotoRecord) -> Remedy:
        """Write the record from the photo's manifest if that is complete; else requeue the original."""
        for stem in name.stem_candidates():
            address = manifest_key(name.gallery, stem)
            manifest = self.reader.read(address)
            if manifest and manifest.key == name.key:
                remedy = self.repairs.settle(address, manifest, record, lost=self.lost(manifest))
                return self.repairs.send(name.key) if remedy is Remedy.NOTHING else remedy
        return self.repairs.send(name.key)

    def lost(self, manifest: Manifest) -> bool:
        """Return whether a rendition that *manifest* names is missing."""
        named = {one.key for one in manifest.photo.renditions} if manifest.photo else set[str]()
        return not named <= self.renditions.near(named)

    def original_of(self, record: PhotoRecord) -> Listed | None:
        """Find the original of *record*: by its key, else in its gallery by the id at the start of its name."""
        if key := record.original_key or (None if UUID_FIRST.fullmatch(record.id) else record.id):
            return self.originals.find(key)
        gallery = record.item.get("gallery_id")
        prefix = f"{gallery}/{record.id}" if gallery else record.id
        named = [one for one in self.originals.page(prefix) if ObjectKey(one.key).photo_id == record.id]
        return max(named, key=lambda one: one.modified, default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredManifest:
    """A manifest and its key."""

    address: str
    manifest: Manifest

    @property
    def required(self) -> frozenset[str]:
        """The renditions that must exist."""
        photo = self.manifest.photo
        return frozenset(one.key for one in photo.renditions) if photo else frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class ManifestWalk:
    """Compares manifests with records and buckets; calls *on_unreadable(error)* for a manifest it cannot read."""

    manifests: BucketListing
    originals: BucketListing
    renditions: BucketListing
    reader: ManifestReader
    photos: PhotoRecords
    repairs: Repairs
    settled: Callable[[Listed], bool]
    on_unreadable: Callable[[UnreadableManifest], None]
    threads: ThreadPoolExecutor

    def page(self, after: str) -> Step:
        """Check one page; count renditions of originals that are gone."""
        page = self.manifests.page(MANIFESTS, after=after, limit=PAGE_MANIFESTS)
        found = [one for one in self.threads.map(self.read, filter(self.settled, page)) if one]
        originals = self.originals.near([one.manifest.key for one in found])
        kept = self.renditions.near([key for one in found for key in one.manifest.objects])
        living = [one for one in found if one.manifest.key in originals]
        list(self.threads.map(self.settle, living, repeat(kept)))
        orphans = sum(key in kept for one in found if one.manifest.key not in originals for key in one.manifest.objects)
        last = page[-1].key if len(page) == PAGE_MANIFESTS else None
        return Step(last=last, seen=len(page), found=orphans)

    def read(self, listed: Listed) -> StoredManifest | None:
        """Read one manifest; None when it was deleted meanwhile, or cannot be read."""
        try:
            manifest = self.reader.read(listed.key)
        except UnreadableManifest as error:
            self.on_unreadable(error)
            return None
        return StoredManifest(address=listed.key, manifest=manifest) if manifest else None

    def settle(self, one: StoredManifest, kept: frozenset[str]) -> None:
        """Compare one manifest with its record; repair the difference."""
        record = self.photos.read(ObjectKey(one.manifest.key).photo_id)
        self.repairs.settle(one.address, one.manifest, record, lost=not one.required <= kept)


@dataclass(frozen=True, kw_only=True, slots=True)
class OrphanWalk:
    """Counts renditions without a manifest. They are not deleted: a person decides."""

    renditions: BucketListing
    manifests: BucketListing
    settled: Callable[[Listed], bool]

    def page(self, after: str) -> Step:
        """Check one page of renditions against the manifests in the same range."""
        page = self.renditions.page(RENDITIONS, after=after, limit=PAGE_KEYS)
        wanted = [manifest_of(one.key) for one in page if self.settled(one)]
        found = self.manifests.near(wanted)
        last = page[-1].key if len(page) == PAGE_KEYS else None
        return Step(last=last, seen=len(page), found=sum(one not in found for one in wanted))


def manifest_of(rendition: str) -> str:
    """Name the manifest of a rendition: no size's name holds an underscore."""
    return f"{MANIFESTS}{rendition.removeprefix(RENDITIONS).rpartition('_')[0]}.json"
