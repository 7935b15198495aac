"""Remove everything that was written for an original: after its deletion, or when its rendering failed."""

from __future__ import annotations

from dataclasses import dataclass

from processor.aws.cdn import CdnCache
from processor.aws.manifests import Held, Manifests, Planned
from processor.aws.renditions import RenditionObjects
from processor.keys import ObjectKey, short_hash

QUOTES = '"'


@dataclass(frozen=True, kw_only=True, slots=True)
class Cleanup:
    """Removes renditions, manifests and cached copies. Everything here may be repeated after any interruption."""

    manifests: Manifests
    objects: RenditionObjects
    cdn: CdnCache

    def clear(self, name: ObjectKey, sequencer: str, planned: Planned) -> None:
        """Remove everything of *name* up to the state *sequencer*; raise Overtaken when a newer state owns the stem.

        Only for a state that the record has passed: a worker that still renders it finds the claim gone, retries, and
        reads that from the record.
        """
        known = self.manifests.find(name)
        # The claim keeps a newer upload from writing meanwhile; it also lists what a killed process left.
        held = self.manifests.claim(name, sequencer, planned)
        gone = [self.objects.delete(key, up_to=sequencer) for key in held.manifest.objects]
        # Before the manifest is deleted: a retry after a crash must still know that something was cached.
        if known or any(gone):
            self.cdn.forget(name.photo_tag, reference=f"{short_hash(name.key)}-{sequencer or held.etag.strip(QUOTES)}")
        self.manifests.delete(held)

    def give_back(self, held: Held) -> None:
        """Release a claim whose rendering failed, unless another delivery has used it since."""
        # The manifest first: a duplicate delivery that is about to succeed then notices and starts again.
        if held.manifest.photo is None and self.manifests.delete(held):
            for key in held.manifest.objects:
                self.objects.delete(key, up_to=held.manifest.sequencer)
