"""Erase single photos, each under its lease: no worker renders it meanwhile, and none that waits finds anything.

    versions ─▶ renditions ─▶ items, claims of stems ─▶ record        by the holder of the lease
    the CDN forgets the photos of a chunk, then their leases are released

A lease that this command leaves behind names the keys in doubt, as that of any worker that dies: the next worker, or
the reconciler, does them again and invalidates their copies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from processor.aws.originals_table import STEM, Lease
from processor.aws.photos import PhotoRecord
from processor.aws.versions import StoredVersion
from processor.errors import DarkroomError
from processor.keys import ObjectKey, stem_path
from processor.ops.erase.scope import ErasureScope
from processor.ops.erase.stores import ErasedStores
from processor.ops.erase.traces import PhotoJob
from processor.original import OriginalItem

# As long as an invocation of the rendition function may hold one by default; a photo takes about a second.
LEASE_S: Final = 300.0


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasedPhoto:
    """A photo whose *lease* is still held. *tags*: of its originals, as its renditions had them."""

    lease: Lease
    removed: Counter[str]
    tags: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class PhotoEraser:
    """Erases photos; safe to share between threads."""

    stores: ErasedStores
    scope: ErasureScope

    def erase(self, job: PhotoJob) -> ErasedPhoto:
        """Erase a photo and keep its lease; LeaseHeld while a worker has it. An error leaves the keys in doubt."""
        key = min(job.keys, default=job.photo_id)
        lease = self.stores.table.acquire(job.photo_id, key, seconds=LEASE_S)
        lease.work |= job.keys
        try:
            work = PhotoErasure(stores=self.stores, scope=self.scope, job=job)
            work.run()
            # A lease that was found in doubt is an item that goes.
            work.removed["items of originals"] += bool(lease.doubtful)
        except BaseException:
            self.leave([lease])
            raise
        return ErasedPhoto(
            lease=lease, removed=work.removed, tags=[ObjectKey(one).cache_tags() for one in sorted(work.keys)]
        )

    def release(self, photos: Iterable[ErasedPhoto]) -> None:
        """Give up leases; keys of other galleries that a dead worker left in them stay in doubt."""
        for one in photos:
            one.lease.work = {key for key in one.lease.doubtful if not self.scope.takes_key(key)}
            if one.lease.work:
                self.stores.table.abandon(one.lease)
            else:
                self.stores.table.release(one.lease)

    def leave(self, leases: Iterable[Lease]) -> None:
        """End leases with their keys in doubt."""
        for one in leases:
            with suppress(DarkroomError):  # then it ends by itself
                self.stores.table.abandon(one)


@dataclass(kw_only=True, slots=True)
class PhotoErasure:
    """The erasure of one photo. *removed*: how much of each kind."""

    stores: ErasedStores
    scope: ErasureScope
    job: PhotoJob
    keys: set[str] = field(default_factory=set[str])
    removed: Counter[str] = field(default_factory=Counter[str])

    def run(self) -> None:
        """Remove originals first: from then on every worker that looks finds nothing."""
        items = self.stores.table.items_of(self.job.photo_id)
        self.keys = set(self.job.keys) | {one.key for one in items if self.scope.takes_key(one.key)}
        for key in sorted(self.keys):
            self.remove_original(key)
        self.remove_rows(items)
        self.settle_record([one for one in items if one.key not in self.keys])

    def remove_original(self, key: str) -> None:
        """Remove all versions of an original, and all its renditions."""
        for one in self.stores.originals.of(key):
            self.stores.originals.delete(one)
            self.removed["versions of originals"] += 1
        for one in self.stores.renditions_of(key):
            self.remove_rendition(one)

    def remove_rendition(self, one: StoredVersion) -> None:
        """Remove one version of a rendition."""
        self.stores.renditions.delete(one)
        self.removed["renditions"] += 1

    def remove_rows(self, items: Sequence[OriginalItem]) -> None:
        """Remove items, and the claims of stems, which free them for other originals."""
        for one in items:
            if one.key in self.keys:
                self.removed["items of originals"] += self.stores.row_removal.delete(id=self.job.photo_id, key=one.key)
        paths = {stem_path(name.gallery, stem) for name in map(ObjectKey, self.keys) for stem in name.stem_candidates()}
        paths |= self.job.claims | {stem_path(one.name.gallery, one.stem) for one in items if one.stem}
        for path, owner in self.stores.items.owners(paths).items():
            if owner in self.keys:
                self.removed["items of originals"] += self.stores.row_removal.delete(id=path, key=STEM)

    def settle_record(self, others: Sequence[OriginalItem]) -> None:
        """Remove the photo's records, unless an original elsewhere is left to show: then the record shows that one."""
        records = self.records()
        if any(one.gone_at is None for one in others):
            for one in records.values():
                self.stores.writer.show(ObjectKey(others[0].key), others, one)
            return
        for one in records.values():
            if not self.is_shown_elsewhere(one):
                self.removed["photo records"] += self.stores.record_removal.delete(id=one.id)
        self.stores.table.forget(others)

    def records(self) -> dict[str, PhotoRecord]:
        """Read the photo's records as they are now."""
        ids = {*self.job.records, *(one for key in self.keys for one in ObjectKey(key).record_ids)}
        return {one: record for one in sorted(ids) if (record := self.stores.photos.read(one))}

    def is_shown_elsewhere(self, record: PhotoRecord) -> bool:
        """Return whether a record shows an original that stays, although no item says so: it is not rendered yet."""
        key = record.original_key
        return key is not None and not self.scope.takes_key(key) and self.stores.current.look(key) is not None
