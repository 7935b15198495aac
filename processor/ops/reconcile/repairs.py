"""Repair one photo: write its record from the manifest if that suffices, else requeue its original."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from processor.aws.originals import Originals
from processor.aws.photos import PhotoRecord, PhotoRecords
from processor.keys import ObjectKey
from processor.manifest import Manifest
from processor.ops.reconcile.requeue import RequeueList
from processor.upload import transitions
from processor.upload.transitions import DELETED, UNRENDERED


class Remedy(StrEnum):
    """What a photo needs. The value is what logs say."""

    NOTHING = "nothing"
    RECORD = "record"
    RENDERING = "rendering"


def remedy_of(manifest: Manifest, record: PhotoRecord | None, *, lost: bool) -> Remedy:
    """Tell what *record* needs, given the *manifest*; *lost*: a rendition that it names is not there.

    A record is only repaired while its original still holds what the manifest was made from; that is for the
    caller to find out, who asks for a RENDERING otherwise.
    """
    if record is not None and has_the_last_word(record, manifest):
        return Remedy.NOTHING
    if manifest.photo is None or lost:
        return Remedy.RENDERING
    return Remedy.NOTHING if record is not None and shows(record, manifest) else Remedy.RECORD


def has_the_last_word(record: PhotoRecord, manifest: Manifest) -> bool:
    """Return whether *record* is of a newer event, of another original, or a verdict or tombstone of this state."""
    ended = record.status == DELETED or record.error is not None
    return (
        record.sequencer > manifest.sequencer
        or (ended and record.sequencer == manifest.sequencer)
        or record.original_key not in {None, manifest.key}
    )


def shows(record: PhotoRecord, manifest: Manifest) -> bool:
    """Return whether readers of *record* are sent to what *manifest* describes."""
    photo = manifest.finished
    sizes = {one.size for one in photo.renditions if one.format == "jpeg"}
    return (
        record.status not in UNRENDERED
        and record.sequencer == manifest.sequencer
        and record.receipt.get("version") == photo.version
        and sizes <= set(record.sizes)
    )


ReportRemedy = Callable[[Remedy, str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Repairs:
    """Applies remedies. *tell(remedy, key)* hears of each. *missing_record*: who writes records that are not there."""

    photos: PhotoRecords
    originals: Originals
    chances: RequeueList
    missing_record: Literal["create", "require"]
    cdn_host: str
    on_remedy: ReportRemedy

    def settle(self, address: str, manifest: Manifest, record: PhotoRecord | None, *, lost: bool) -> Remedy:
        """Return a photo what it needs, and say what that was. *address*: the manifest's key."""
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
            self.on_remedy(Remedy.RECORD, manifest.key)
        return Remedy.RECORD

    def send(self, key: str) -> Remedy:
        """Have *key* rendered again."""
        if self.chances.offer(key):
            self.on_remedy(Remedy.RENDERING, key)
        return Remedy.RENDERING
