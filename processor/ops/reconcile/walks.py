"""Walk over records, originals and items, page by page, and send what differs through the uploads lane.

A walk decides only that a photo differs: the worker that gets its key looks for itself. Originals are joined with the
items and records of the same page, and with the listing of their renditions: one request for a hundred or a thousand
keys instead of one for each. An entry that AWS refuses to show is noted, and the walk goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, Literal

from processor.aws.galleries import PROFILE
from processor.aws.objects import BucketListing, Listed
from processor.aws.originals import Originals, utc
from processor.aws.originals_table import LEASE, STEM
from processor.aws.photo_scans import OriginalBatches, PhotoBatches, RecordScan, TableScan
from processor.aws.photos import PhotoRecord, text
from processor.errors import DarkroomError
from processor.keys import KEY_BYTES, UUID_FIRST, ObjectKey
from processor.ops.reconcile.requeue import RequeueList
from processor.ops.reconcile.state import Step
from processor.original import OriginalItem
from processor.upload.record import differing, record_fields

PAGE_ORIGINALS: Final = 200
Settled = Callable[[Listed], bool]
Counts = tuple[int, int]
"""Entries found, and entries that cannot be repaired."""


def total(counts: Iterable[Counts]) -> Counts:
    """Sum up."""
    found, failed = 0, 0
    for one in counts:
        found, failed = found + one[0], failed + one[1]
    return found, failed


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordWalk:
    """Finds stuck photos. *settled(listed)*: whether the object is old enough to have been processed."""

    pending: RecordScan
    originals: BucketListing
    requeue: RequeueList
    settled: Settled
    threads: ThreadPoolExecutor

    def page(self, after: str) -> Step:
        """Check one page of records; count those that are stuck."""
        records, page = self.pending.page(after)
        stuck, failed = total(self.threads.map(self.check, records))
        return Step(last=page.last, seen=page.scanned, found=stuck, failed=failed)

    def check(self, record: PhotoRecord) -> Counts:
        """Send the original of a record that is stuck."""
        try:
            original = self.original_of(record)
        except DarkroomError as error:
            return 0, self.requeue.fail(record.id, error)
        if original is None or not self.settled(original) or self.requeue.busy:
            return 0, 0  # not uploaded yet, just uploaded, or it still waits in the queue
        return 1, self.requeue.offer(original.key)

    def original_of(self, record: PhotoRecord) -> Listed | None:
        """Find the original of *record*: by its key, else in its gallery by the id at the start of its name."""
        named = record.original_key or text(record.item.get("s3_key"))
        if key := named or (None if UUID_FIRST.fullmatch(record.id) else record.id):
            return self.originals.find(key)
        gallery = text(record.item.get("gallery_id"))
        ids = dict.fromkeys((record.id, record.id.lower(), record.id.upper()))  # iOS writes UUIDs in capitals
        listed = (one for at in ids for one in self.originals.page(f"{gallery}/{at}" if gallery else at))
        there = [one for one in listed if ObjectKey(one.key).photo_id == record.id.lower()]
        return max(there, key=lambda one: one.modified, default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownWalk:
    """Finds records that show an original which is gone, without an item that another walk would find.

    A release before the originals table has written them, or the item was lost.
    """

    rendered: RecordScan
    items: OriginalBatches
    originals: Originals
    requeue: RequeueList
    threads: ThreadPoolExecutor

    def page(self, after: str) -> Step:
        """Check one page of records."""
        records, page = self.rendered.page(after)
        keys = {key for one in records if (key := one.original_key) and is_named_by(one, key)}
        found, failed = total(self.threads.map(self.check, sorted(keys - self.items.read(keys).keys())))
        return Step(last=page.last, seen=page.scanned, found=found, failed=failed)

    def check(self, key: str) -> Counts:
        """Send an original that is gone: the worker removes its renditions, and shows the next one."""
        try:
            gone = self.originals.look(key) is None
        except DarkroomError as error:
            return 0, self.requeue.fail(key, error)
        return (1, self.requeue.offer(key)) if gone else (0, 0)


def is_named_by(record: PhotoRecord, key: str) -> bool:
    """Return whether *key* may be an original of the photo of *record*: the worker would find this record by it."""
    return len(key.encode()) <= KEY_BYTES and record.id in ObjectKey(key).record_ids


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
    signed: bool = False

    def page(self, after: str) -> Step:
        """Check one page of originals; count those that differ."""
        page = self.originals.page("", after=after, limit=PAGE_ORIGINALS)
        there = [one for one in page if self.settled(one) and not ObjectKey(one.key).skip(None)]
        items = self.items.read(one.key for one in there)
        records = self.photos.read(ObjectKey(one.key) for one in there)
        named = {one.key: self.named(one.key, items, records) for one in there}
        stored = self.renditions.near([key for keys in named.values() for key in keys])
        found, failed = 0, 0
        for one in there:
            item, record = items.get(one.key), records.get(ObjectKey(one.key).photo_id)
            lost = not stored.issuperset(named[one.key])
            if lost or self.differs(one, item, record):
                found += 1
                failed += self.requeue.offer(one.key, again=lost)
        last = page[-1].key if len(page) == PAGE_ORIGINALS else None
        return Step(last=last, seen=len(page), found=found, failed=failed)

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
        return bool(differing(record, record_fields(record, [item], cdn_host=self.cdn_host, signed=self.signed)))


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
        found, failed = total(self.threads.map(self.check, page.items))
        return Step(last=page.last, seen=page.scanned, found=found, failed=failed)

    def check(self, item: Mapping[str, Any]) -> Counts:
        """Send the keys of one item that differ; count renditions that should not be there."""
        if item["key"] == LEASE:
            ended = item["until"] < self.now() * 1000
            return total((0, self.requeue.offer(key)) for key in (item.get("work", ()) if ended else ()))
        if item["key"] in {STEM, PROFILE} or (original := OriginalItem.from_tree(item)).gone_at is not None:
            return 0, 0
        try:
            gone = self.originals.look(original.key) is None
        except DarkroomError as error:
            return 0, self.requeue.fail(original.key, error)
        return (len(original.objects), self.requeue.offer(original.key)) if gone else (0, 0)
