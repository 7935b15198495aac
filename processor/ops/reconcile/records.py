"""The walk over photo records: which wait although their originals have been there for a while."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from processor.aws.manifests import ManifestReader
from processor.aws.objects import BucketListing, Listed
from processor.aws.photos import UNSETTLED, PendingRecords, PhotoRecord, PhotoRecords
from processor.keys import UUID_FIRST, ObjectKey, manifest_key
from processor.manifest import Manifest
from processor.ops.reconcile.drift import Remedy
from processor.ops.reconcile.memory import Step
from processor.ops.reconcile.repairs import Repairs


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordWalk:
    """Finds stuck photos. *settled(at)*: whether something that changed then has had enough time."""

    unsettled: PendingRecords
    photos: PhotoRecords
    originals: BucketListing
    renditions: BucketListing
    filed: ManifestReader
    repairs: Repairs
    settled: Callable[[Listed], bool]
    threads: ThreadPoolExecutor

    def page(self, after: str) -> Step:
        """Look into one page of records; those that are still stuck are what it has found."""
        page = self.unsettled.page(after)
        stuck = sum(self.threads.map(self.is_stuck, page.ids))
        return Step(last=page.last, seen=page.scanned, found=stuck)

    def is_stuck(self, photo_id: str) -> bool:
        """Help one photo if it is stuck, and tell whether it still is."""
        record = self.photos.read(photo_id)
        if record is None or record.status not in UNSETTLED:
            return False
        original = self.original_of(record)
        if original is None or not self.settled(original) or ObjectKey(original.key).skip(original.size):
            return False  # not uploaded yet, uploaded a moment ago, or no photo at all
        if self.repairs.chances.busy:
            return False  # it waits for its turn
        return self.help(ObjectKey(original.key), record) is not Remedy.RECORD

    def help(self, name: ObjectKey, record: PhotoRecord) -> Remedy:
        """Write the record from the photo's manifest if that is complete; else send the original again."""
        for stem in name.stem_candidates():
            address = manifest_key(name.gallery, stem)
            manifest = self.filed.read(address)
            if manifest and manifest.key == name.key:
                remedy = self.repairs.settle(address, manifest, record, lost=self.lost(manifest))
                return self.repairs.send(name.key) if remedy is Remedy.NOTHING else remedy
        return self.repairs.send(name.key)

    def lost(self, manifest: Manifest) -> bool:
        """Tell whether a rendition that *manifest* names is not in its bucket."""
        named = {one.key for one in manifest.photo.renditions} if manifest.photo else set[str]()
        return not named <= self.renditions.near(named)

    def original_of(self, record: PhotoRecord) -> Listed | None:
        """Find the original of *record*: by its key, else below its gallery by the id that its name begins with."""
        if key := record.original_key or (None if UUID_FIRST.fullmatch(record.id) else record.id):
            return self.originals.find(key)
        gallery = record.item.get("gallery_id")
        prefix = f"{gallery}/{record.id}" if gallery else record.id
        named = [one for one in self.originals.page(prefix) if ObjectKey(one.key).photo_id == record.id]
        return max(named, key=lambda one: one.modified, default=None)
