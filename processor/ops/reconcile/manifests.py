"""The walk over manifests: which photos their records do not show, or whose renditions are not all there.

Listings of originals and renditions in the same range of keys are joined with each page: one request for a thousand
keys instead of one for each.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from typing import Final

from processor.aws.manifests import ManifestReader, UnreadableManifest
from processor.aws.objects import BucketListing, Listed
from processor.aws.photos import PhotoRecords
from processor.keys import MANIFESTS, ObjectKey
from processor.manifest import Manifest
from processor.ops.reconcile.memory import Step
from processor.ops.reconcile.repairs import Repairs

PAGE_MANIFESTS: Final = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Filed:
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
    """Compares manifests with records and buckets. *doubt(error)* hears of manifests that cannot be read."""

    manifests: BucketListing
    originals: BucketListing
    renditions: BucketListing
    filed: ManifestReader
    photos: PhotoRecords
    repairs: Repairs
    settled: Callable[[Listed], bool]
    doubt: Callable[[UnreadableManifest], None]
    threads: ThreadPoolExecutor

    def page(self, after: str) -> Step:
        """Look into one page; renditions of originals that are gone are what it has found."""
        page = self.manifests.page(MANIFESTS, after=after, limit=PAGE_MANIFESTS)
        found = [one for one in self.threads.map(self.read, filter(self.settled, page)) if one]
        originals = self.originals.near([one.manifest.key for one in found])
        kept = self.renditions.near([key for one in found for key in one.manifest.objects])
        living = [one for one in found if one.manifest.key in originals]
        list(self.threads.map(self.settle, living, repeat(kept)))
        orphans = sum(key in kept for one in found if one.manifest.key not in originals for key in one.manifest.objects)
        last = page[-1].key if len(page) == PAGE_MANIFESTS else None
        return Step(last=last, seen=len(page), found=orphans)

    def read(self, listed: Listed) -> Filed | None:
        """Read one manifest; None when it has gone since, or is none of ours."""
        try:
            manifest = self.filed.read(listed.key)
        except UnreadableManifest as error:
            self.doubt(error)
            return None
        return Filed(address=listed.key, manifest=manifest) if manifest else None

    def settle(self, one: Filed, kept: frozenset[str]) -> None:
        """Compare one manifest with its record, and mend what differs."""
        record = self.photos.read(ObjectKey(one.manifest.key).photo_id)
        self.repairs.settle(one.address, one.manifest, record, lost=not one.required <= kept)
