"""The walk over renditions: which of them no manifest speaks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from processor.aws.objects import PAGE_KEYS, BucketListing, Listed
from processor.keys import MANIFESTS, RENDITIONS
from processor.ops.reconcile.memory import Step


@dataclass(frozen=True, kw_only=True, slots=True)
class OrphanWalk:
    """Counts orphans, and leaves them alone: what nobody vouches for is for a person to delete."""

    renditions: BucketListing
    manifests: BucketListing
    settled: Callable[[Listed], bool]

    def page(self, after: str) -> Step:
        """Look at one page of renditions, and at the manifests in the same range."""
        page = self.renditions.page(RENDITIONS, after=after, limit=PAGE_KEYS)
        wanted = [manifest_of(one.key) for one in page if self.settled(one)]
        found = self.manifests.near(wanted)
        last = page[-1].key if len(page) == PAGE_KEYS else None
        return Step(last=last, seen=len(page), found=sum(one not in found for one in wanted))


def manifest_of(rendition: str) -> str:
    """Name the manifest of a rendition: no size's name holds an underscore."""
    return f"{MANIFESTS}{rendition.removeprefix(RENDITIONS).rpartition('_')[0]}.json"
