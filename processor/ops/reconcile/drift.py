"""What a record lacks, told by the manifest. Pure: decisions, no calls."""

from __future__ import annotations

from enum import StrEnum

from processor.aws.photos import PhotoRecord
from processor.manifest import Manifest
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
    """Tell whether *record* is of a newer event, of another original, or a verdict or tombstone of this state."""
    ended = record.status == DELETED or record.error is not None
    return (
        record.sequencer > manifest.sequencer
        or (ended and record.sequencer == manifest.sequencer)
        or record.original_key not in {None, manifest.key}
    )


def shows(record: PhotoRecord, manifest: Manifest) -> bool:
    """Tell whether readers of *record* are sent to what *manifest* describes."""
    photo = manifest.finished
    sizes = {one.size for one in photo.renditions if one.format == "jpeg"}
    return (
        record.status not in UNRENDERED
        and record.sequencer == manifest.sequencer
        and record.receipt.get("version") == photo.version
        and sizes <= set(record.sizes)
    )
