"""Walk over records, originals, items and renditions, page by page, and send what differs through the uploads lane.

A walk decides only that a photo differs: the worker that gets its key looks for itself. Originals are joined with the
items and records of the same page, and with the listing of their renditions: one request for a hundred or a thousand
keys instead of one for each.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, Literal

from processor.aws.objects import PAGE_KEYS, BucketListing, Listed
from processor.aws.originals import Originals, utc
from processor.aws.originals_table import LEASE, STEM
from processor.aws.photo_scans import OriginalBatches, PendingRecords, PhotoBatches, TableScan
from processor.aws.photos import PhotoRecord
from processor.keys import RENDITIONS, UUID_FIRST, ObjectKey, path_of, stem_path
from processor.ops.reconcile.requeue import RequeueList
from processor.ops.reconcile.state import Step
from processor.original import OriginalItem
from processor.upload.record import differing, record_fields

PAGE_ORIGINALS: Final = 200
CUT: Final = re.compile("~[0-9a-f]{16}$")  # keys.safe_path
Settled = Callable[[Listed], bool]


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordWalk:
    """Finds stuck photos. *settled(listed)*: whether the object is old enough to have been processed."""

    pending: PendingRecords
    originals: BucketListing
    requeue: RequeueList
    settled: Settled
    threads: ThreadPoolExecutor

    def page(self, after: str) -> Step:
        """Check one page of records; count those that are stuck."""
        records, page = self.pending.page(after)
        stuck = sum(self.threads.map(self.is_stuck, records))
        return Step(last=page.last, seen=page.scanned, found=stuck)

    def is_stuck(self, record: PhotoRecord) -> bool:
        """Send the original of a record that is stuck; return whether it is."""
        original = self.original_of(record)
        if original is None or not self.settled(original) or self.requeue.busy:
            return False  # not uploaded yet, just uploaded, or it still waits in the queue
        self.requeue.offer(original.key)
        return True

    def original_of(self, record: PhotoRecord) -> Listed | None:
        """Find the original of *record*: by its key, else in its gallery by the id at the start of its name."""
        named = record.original_key or record.item.get("s3_key")
        if key := named or (None if UUID_FIRST.fullmatch(record.id) else record.id):
            return self.originals.find(key)
        gallery = record.item.get("gallery_id")
        prefix = f"{gallery}/{record.id}" if gallery else record.id
        named = [one for one in self.originals.page(prefix) if ObjectKey(one.key).photo_id == record.id.lower()]
        return max(named, key=lambda one: one.modified, default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class OriginalWalk:
    """Compares originals with their items, records and renditions."""

    originals: BucketListing
    items: OriginalBatches
    photos: PhotoBatches
    renditions: BucketListing
    requeue: RequeueList
    settled: Settled
    missing_record: Literal["create", "require"]
    cdn_host: str

    def page(self, after: str) -> Step:
        """Check one page of originals; count those that differ."""
        page = self.originals.page("", after=after, limit=PAGE_ORIGINALS)
        there = [one for one in page if self.settled(one) and not ObjectKey(one.key).skip(None)]
        items = self.items.read(one.key for one in there)
        records = self.photos.read(ObjectKey(one.key) for one in there)
        named = {one.key: self.named(one.key, items, records) for one in there}
        stored = self.renditions.near([key for keys in named.values() for key in keys])
        found = 0
        for one in there:
            item, record = items.get(one.key), records.get(ObjectKey(one.key).photo_id)
            lost = not stored.issuperset(named[one.key])
            if lost or self.differs(one, item, record):
                found += 1
                self.requeue.offer(one.key, again=lost)
        return Step(last=page[-1].key if len(page) == PAGE_ORIGINALS else None, seen=len(page), found=found)

    def named(self, key: str, items: Mapping[str, OriginalItem], records: Mapping[str, PhotoRecord]) -> tuple[str, ...]:
        """Return the renditions of an original that its item names; without an item, its record."""
        if item := items.get(key):
            return item.objects
        record = records.get(ObjectKey(key).photo_id)
        return record.renditions if record and record.original_key == key else ()

    def differs(self, listed: Listed, item: OriginalItem | None, record: PhotoRecord | None) -> bool:
        """Return whether an original has no item of its current version, or its record does not follow from it."""
        if record is None and self.missing_record == "require":
            return False
        if item is None:
            # A record that shows it was made by a release before the originals table: a backfill writes the item.
            return record is None or record.original_key != listed.key or not record.renditions
        if (item.etag, item.modified) != (listed.etag, utc(listed.modified)):
            return True
        if record is not None and record.original_key not in {None, item.key}:
            return False  # it shows another original of the photo
        return bool(differing(record, record_fields(record, [item], cdn_host=self.cdn_host)))


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemWalk:
    """Finds items of originals that are gone, and leases that ended without a release. *now()*: s since the epoch."""

    scan: TableScan
    originals: Originals
    requeue: RequeueList
    now: Callable[[], float]
    threads: ThreadPoolExecutor

    def page(self, after: str) -> Step:
        """Check one page of items; count renditions of originals that are gone."""
        page = self.scan.page(after)
        return Step(last=page.last, seen=page.scanned, found=sum(self.threads.map(self.check, page.items)))

    def check(self, item: Mapping[str, Any]) -> int:
        """Send the keys of one item that differ; return how many renditions should not be there."""
        if item["key"] == LEASE:
            ended = item["until"] < self.now() * 1000
            for key in item.get("work", ()) if ended else ():
                self.requeue.offer(key)
        elif item["key"] != STEM:
            original = OriginalItem.from_tree(item)
            if original.gone_at is None and self.originals.look(original.key) is None:
                self.requeue.offer(original.key)
                return len(original.objects)
        return 0


@dataclass(frozen=True, kw_only=True, slots=True)
class OrphanWalk:
    """Counts renditions whose stem no original has claimed, nor could have."""

    renditions: BucketListing
    originals: BucketListing
    items: OriginalBatches
    settled: Settled

    def page(self, after: str) -> Step:
        """Check one page of renditions against the claims of their stems."""
        page = self.renditions.page(RENDITIONS, after=after, limit=PAGE_KEYS)
        paths = Counter(path_of(one.key) for one in page if self.settled(one))
        owners = self.items.owners(paths)
        found = sum(count for path, count in paths.items() if path not in owners and self.is_orphan(path))
        return Step(last=page[-1].key if len(page) == PAGE_KEYS else None, seen=len(page), found=found)

    def is_orphan(self, path: str) -> bool:
        """Return whether there is no original that may have claimed a stem; of a path that was cut, none is known."""
        start = path.removeprefix(RENDITIONS)
        near = (ObjectKey(one.key) for one in self.originals.page(start))
        mine = (stem_path(name.gallery, stem) for name in near for stem in name.stem_candidates())
        return CUT.search(path) is None and path not in mine
