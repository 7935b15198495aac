"""One photo brought back: its record written from the manifest where that suffices, else its original sent again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from processor.aws.originals import Originals
from processor.aws.photos import PhotoRecord, PhotoRecords
from processor.keys import ObjectKey
from processor.manifest import Manifest
from processor.ops.reconcile.drift import Remedy, remedy_of
from processor.ops.reconcile.lane import SecondChances
from processor.upload import transitions

Tell = Callable[[Remedy, str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Repairs:
    """Applies remedies. *tell(remedy, key)* hears of each. *missing_record*: who writes records that are not there."""

    photos: PhotoRecords
    originals: Originals
    chances: SecondChances
    missing_record: Literal["create", "require"]
    cdn_host: str
    tell: Tell

    def settle(self, address: str, manifest: Manifest, record: PhotoRecord | None, *, lost: bool) -> Remedy:
        """Give a photo what it needs, and say what that was. *address*: the manifest's key."""
        remedy = remedy_of(manifest, record, lost=lost)
        content = None if remedy is Remedy.NOTHING else self.originals.current(manifest.key)
        if content is None:
            # Nothing is missing; or the original is gone, and so is every reason to show anything.
            return Remedy.NOTHING
        if remedy is Remedy.RECORD and content == manifest.finished.source_version:
            return self.write(address, manifest, record)
        if lost and record is not None and self.chances.may_take(manifest.key):
            # The rendition line leaves a photo alone whose record has a receipt: it looks complete.
            self.photos.write(record.id, {"receipt": None}, seen=record)
        return self.send(manifest.key)

    def write(self, address: str, manifest: Manifest, record: PhotoRecord | None) -> Remedy:
        """Write what the manifest says; whoever changes the record meanwhile is heard by the next run."""
        if record is None and self.missing_record == "require":
            return Remedy.NOTHING
        name = ObjectKey(manifest.key)
        state = transitions.State(name=name, sequencer=manifest.sequencer, recipe="", newest=False)
        fields: dict[str, Any] = transitions.rendered(record, state, manifest, address=address, cdn_host=self.cdn_host)
        if self.photos.write(name.photo_id, fields, seen=record):
            self.tell(Remedy.RECORD, manifest.key)
        return Remedy.RECORD

    def send(self, key: str) -> Remedy:
        """Have *key* rendered again."""
        if self.chances.offer(key):
            self.tell(Remedy.RENDERING, key)
        return Remedy.RENDERING
