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
    """Repair that a photo needs. Logs use the value."""

    NOTHING = "nothing"
    RECORD = "record"
    RENDERING = "rendering"


def remedy_of(manifest: Manifest, record: PhotoRecord | None, *, lost: bool) -> Remedy:
    """Return the repair that *record* needs. *lost*: a rendition that *manifest* names is missing.

    RECORD is right only while the original still holds the content that the manifest describes: the caller checks
    that, and renders otherwise.
    """
    if record is not None and is_final(record, manifest):
        return Remedy.NOTHING
    if manifest.photo is None or lost:
        return Remedy.RENDERING
    return Remedy.NOTHING if record is not None and shows(record, manifest) else Remedy.RECORD


def is_final(record: PhotoRecord, manifest: Manifest) -> bool:
    """Return whether *record* is of a newer event, of another original, or a verdict or tombstone of this state."""
    ended = record.status == DELETED or record.error is not None
    return (
        record.sequencer > manifest.sequencer
        or (ended and record.sequencer == manifest.sequencer)
        or record.original_key not in {None, manifest.key}
    )


def shows(record: PhotoRecord, manifest: Manifest) -> bool:
    """Return whether *record* shows the renditions that *manifest* describes."""
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
    """Applies remedies; calls *on_remedy(remedy, key)* for each. *missing_record*: create missing records, or not."""

    photos: PhotoRecords
    originals: Originals
    requeue: RequeueList
    missing_record: Literal["create", "require"]
    cdn_host: str
    on_remedy: ReportRemedy

    def settle(self, address: str, manifest: Manifest, record: PhotoRecord | None, *, lost: bool) -> Remedy:
        """Apply the remedy that a photo needs; return it. *address*: the manifest's key."""
        remedy = remedy_of(manifest, record, lost=lost)
        content = None if remedy is Remedy.NOTHING else self.originals.current(manifest.key)
        if content is None:
            # Nothing is missing; or the original is gone, so nothing has to be shown.
            return Remedy.NOTHING
        if remedy is Remedy.RECORD and content == manifest.finished.source_version:
            return self.write(address, manifest, record)
        if lost and record is not None and self.requeue.may_send(manifest.key):
            # The upload pipeline skips a photo whose record has a receipt, since it looks complete.
            self.photos.write(record.id, {"receipt": None}, seen=record)
        return self.send(manifest.key)

    def write(self, address: str, manifest: Manifest, record: PhotoRecord | None) -> Remedy:
        """Write the record from the manifest; if the record changes meanwhile, the next run looks again."""
        if record is None and self.missing_record == "require":
            return Remedy.NOTHING
        name = ObjectKey(manifest.key)
        state = transitions.State(name=name, sequencer=manifest.sequencer, recipe="", newest=False)
        fields: dict[str, Any] = transitions.rendered(record, state, manifest, address=address, cdn_host=self.cdn_host)
        if self.photos.write(name.photo_id, fields, seen=record):
            self.on_remedy(Remedy.RECORD, manifest.key)
        return Remedy.RECORD

    def send(self, key: str) -> Remedy:
        """Requeue *key* for rendering."""
        if self.requeue.offer(key):
            self.on_remedy(Remedy.RENDERING, key)
        return Remedy.RENDERING
