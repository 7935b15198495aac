"""Find renditions whose stem no original has claimed, nor could have, and remove them.

A file is removed only under the claim of its stem: a worker needs that claim before it writes below the stem, so none
is at work there, and one that comes meanwhile takes another stem. Under the claim everything is looked at again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from processor.aws.cdn import CdnCache
from processor.aws.objects import PAGE_KEYS, BucketListing, Listed
from processor.aws.originals_table import StemClaims
from processor.aws.photo_scans import OriginalBatches
from processor.aws.renditions import RenditionObjects
from processor.errors import DarkroomError
from processor.keys import RENDITIONS, ObjectKey, is_rendition, path_of, readable_path, stem_path
from processor.ops.reconcile.requeue import RequeueList
from processor.ops.reconcile.state import Step

# More at once are no leftovers: the alarm rings for those that a run leaves, and a person looks first.
MAX_REMOVED: Final = 1000
CLAIM_S: Final = 3600
CUT: Final = re.compile("~[0-9a-f]{16}$")  # keys.safe_path
UNIQUE: Final = re.compile("-[0-9a-f]{8}$")  # keys.ObjectKey.stem_candidates
PHOTO_TAG: Final = "photo:"


@dataclass(kw_only=True, slots=True)
class OrphanWalk:
    """Removes orphans. *settled(listed)*: whether a file is old; *removed*: their number in this run."""

    listing: BucketListing
    originals: BucketListing
    items: OriginalBatches
    table: StemClaims
    files: RenditionObjects
    cdn: CdnCache
    requeue: RequeueList
    settled: Callable[[Listed], bool]
    removed: int = 0

    def page(self, after: str) -> Step:
        """Check one page of renditions against the claims of their stems; count the orphans that stay."""
        page = self.listing.page(RENDITIONS, after=after, limit=PAGE_KEYS)
        paths = Counter(path_of(one.key) for one in page if is_rendition(one.key) and self.settled(one))
        owners = self.items.owners(paths)
        found, failed = 0, 0
        for path, count in paths.items():
            if path not in owners:
                try:
                    found += max(0, count - self.remove(path)) if self.is_orphan(path) else 0
                except DarkroomError as error:
                    failed += self.requeue.fail(path, error)
        return Step(last=page[-1].key if len(page) == PAGE_KEYS else None, seen=len(page), found=found, failed=failed)

    def is_orphan(self, path: str) -> bool:
        """Return whether there is no original that may have claimed a stem; of a path that was cut, none is known."""
        if CUT.search(path):
            return False
        # The code of an opaque stem is not checked: the reconciler does not have the secret.
        paths = {path, readable_path(path)}
        photos = (name for one in self.near(path) if (name := ObjectKey(one.key)).skip(one.size) is None)
        return not any(stem_path(name.gallery, stem) in paths for name in photos for stem in name.stem_candidates())

    def near(self, path: str) -> Iterator[Listed]:
        """List every original that may have claimed a stem: its file is the stem, and an extension or less."""
        for start in dict.fromkeys(one.removeprefix(RENDITIONS) for one in (path, readable_path(path))):
            for key in (start, UNIQUE.sub("", start)):
                if found := self.originals.find(key):
                    yield found
            yield from self.originals.all(f"{start}.")

    def remove(self, path: str) -> int:
        """Remove the renditions below an orphaned stem as far as the run may; return their number."""
        if self.requeue.rehearsal:
            return self.delete(path)
        owner = f"reconciler/{uuid4().hex}"
        if not self.table.claim(path, owner, seconds=CLAIM_S):
            return 0
        try:
            return self.delete(path) if self.is_orphan(path) else 0
        finally:
            self.table.free(path, owner)

    def delete(self, path: str) -> int:
        """Delete the files below a stem and their copies in the CDN; return their number."""
        there = [one for one in self.listing.all(f"{path}_") if is_rendition(one.key) and path_of(one.key) == path]
        if len(there) > MAX_REMOVED - self.removed or not all(map(self.settled, there)):
            return 0
        if not self.requeue.rehearsal:
            # Before the files: if it fails, the next run finds them again.
            self.cdn.forget(self.tags_of(there), reference=uuid4().hex)
            self.files.delete(one.key for one in there)
        for one in there:
            self.requeue.observer.removed(one.key)
        self.removed += len(there)
        return len(there)

    def tags_of(self, files: list[Listed]) -> list[str]:
        """Read the cache tags of the photos that *files* show."""
        tags = {tag for one in files for tag in (self.files.tag(one.key) or "").split(",")}
        return sorted(tag for tag in tags if tag.startswith(PHOTO_TAG))
