"""Show a photo in its record: a function of the items of its originals, and the writer that carries it out.

The record shows the rendered original that changed last; where none is rendered, the last verdict; where none is left,
a tombstone, if there is a record. Only our own attributes are written, and only those that differ.

    none, pending, processing, failed, active, our tombstone ─▶ the status that follows from the items
    approved, deleted by the backend, any other              ─▶ kept; a tombstone replaces it, and remembers it
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from processor.aws.photos import PhotoRecord, PhotoRecords, text
from processor.errors import RecordMissing, StoreUnavailable
from processor.keys import ObjectKey, Skip, gallery_resource, is_plain, rendition_url
from processor.original import OriginalItem, Photo
from processor.upload.announcement import announcement
from processor.upload.receipt import summary_of

WRITE_ATTEMPTS: Final = 8
DELETED: Final = "deleted"
STATUS_BEFORE: Final = "status_before"
# What a signed cookie must cover to show the photo, as CloudFront's policies name it (docs/private-galleries.md).
SIGNED_RESOURCE: Final = "signed_resource"
UNRENDERED: Final = frozenset({None, "pending", "processing", "failed"})
OURS: Final = UNRENDERED | {"active"}
NOT_PHOTOS: Final = frozenset(reason.code for reason in Skip)
# Attributes that describe a rendered original; a record without one has none of them.
OF_THE_PHOTO: Final = (
    *("small_thumb_url", "placeholder", "dominant_color", "taken_at", "camera", "embedded", "format"),
    *("width", "height", "processed_at", "source_version", "stem", "receipt", SIGNED_RESOURCE),
    "sequencer",  # written by releases before the originals table
)
SIZE_PARTS: Final = ("url", "width", "height", "bytes")


@dataclass(frozen=True, kw_only=True, slots=True)
class PhotoRecordWriter:
    """Writes photo records. *missing_record*: create a missing record, or require the backend's.

    *events*: announce each outcome in the record, for the stream of the table.
    *signed*: renditions need a signed cookie or URL; the record names what that must cover.
    """

    photos: PhotoRecords
    missing_record: Literal["create", "require"]
    cdn_host: str
    events: bool = False
    signed: bool = False

    def is_for(self, name: ObjectKey) -> bool:
        """Return whether a record was made for exactly the original *name*."""
        record = self.photos.find(name)
        return record is not None and record.is_for(name.key)

    def waits_for(self, name: ObjectKey) -> bool:
        """Return whether the backend's record is required and not there yet."""
        return self.missing_record == "require" and self.photos.find(name) is None

    def show(self, name: ObjectKey, items: Sequence[OriginalItem], seen: PhotoRecord | None) -> None:
        """Bring the record of the photo *name*, as it was *seen*, up to *items*; decide again when it has changed.

        RecordMissing: there is something to show, and `require` waits for the backend's record.
        """
        record = seen
        for _ in range(WRITE_ATTEMPTS):
            fields = differing(record, self.fields(name, record, items))
            if not fields:
                return
            if record is None and self.missing_record == "require":
                raise RecordMissing(f"record {name.photo_id}: expected the backend to have written it, found none yet.")
            if self.photos.write(record.id if record else name.photo_id, fields, seen=record):
                return
            record = self.photos.find(name)
        raise StoreUnavailable(
            f"record {name.photo_id}: expected to write it in {WRITE_ATTEMPTS} attempts, lost every race."
        )

    def fields(self, name: ObjectKey, record: PhotoRecord | None, items: Sequence[OriginalItem]) -> Mapping[str, Any]:
        """Return our attributes of the record, with the event of their outcome where events are on."""
        fields = record_fields(record, items, cdn_host=self.cdn_host, signed=self.signed)
        if not self.events:
            return fields
        return {**fields, **announcement(record.id if record else name.photo_id, record, fields, items)}


def stranger(record: PhotoRecord | None, name: ObjectKey, items: Iterable[OriginalItem]) -> str | None:
    """Return the original of the photo *name* that its record shows although none of *items* is of it, if any."""
    key = record.original_key if record else None
    known = {one.key for one in items}
    return key if key and key not in known and ObjectKey(key).photo_id == name.photo_id else None


def shown(record: PhotoRecord | None, items: Iterable[OriginalItem]) -> OriginalItem | None:
    """Choose the original that the record shows; None when none is left, or none concerns the record."""
    there = [one for one in items if one.gone_at is None]
    concerned = [one for one in there if concerns(record, one)]
    # An empty file concerns a record, and so one that its siblings are about to make.
    empty = [one for one in there if concerned and is_empty(one)]
    return max(
        concerned + empty,
        key=lambda one: (one.failure is None, one.photo is not None, one.modified, one.key),
        default=None,
    )


def is_empty(item: OriginalItem) -> bool:
    """Return whether an original has no bytes."""
    return item.failure is not None and item.failure.code == Skip.EMPTY.code


def concerns(record: PhotoRecord | None, item: OriginalItem) -> bool:
    """Return whether an original may be shown; one that is no photo only by a record that was made for exactly it."""
    if item.failure is None or item.failure.code not in NOT_PHOTOS:
        return True
    return record is not None and (is_empty(item) or record.is_for(item.key))


def record_fields(
    record: PhotoRecord | None, items: Sequence[OriginalItem], *, cdn_host: str, signed: bool = False
) -> Mapping[str, Any]:
    """Return our attributes of the record, as *items* determine them. None: the attribute must be absent."""
    if (item := shown(record, items)) is None:
        return tombstone(record, [one for one in items if one.gone_at])
    photo = photo_fields(item, item.photo, cdn_host=cdn_host, signed=signed) if item.photo else {}
    return {
        **without_photo(record),
        **photo,
        "original_key": item.key,
        "error": asdict(item.failure) if item.failure else None,
        **status_of(record, "failed" if item.failure else "active"),
        **birth_of(record, item),
    }


def photo_fields(item: OriginalItem, photo: Photo, *, cdn_host: str, signed: bool) -> dict[str, Any]:
    """Return the attributes of a rendered original."""
    sizes: dict[str, Any] = {}
    for one, key in zip(photo.renditions, item.objects, strict=True):
        if one.format == "jpeg":
            sizes[f"{one.size}_url"] = rendition_url(cdn_host, key, photo.version)
            sizes |= {f"{one.size}_{name}": getattr(one, name) for name in ("width", "height", "bytes")}
    return {
        **sizes,
        "small_thumb_url": sizes.get("small_url"),  # read by clients of the system before Darkroom
        "stem": item.stem if follows_template(item) else None,
        SIGNED_RESOURCE: resource_of(item, cdn_host) if signed else None,
        "processed_at": photo.processed_at,
        "source_version": item.version,
        "format": photo.format,
        "width": photo.width,
        "height": photo.height,
        "placeholder": photo.placeholder,
        "dominant_color": photo.dominant_color,
        "taken_at": photo.taken_at,
        "camera": dict(photo.camera) or None,
        "embedded": dict(photo.embedded) or None,
        "receipt": summary_of(photo.version, item.receipt or {}),
    }


def resource_of(item: OriginalItem, cdn_host: str) -> str | None:
    """Return what a signature for the renditions must cover; None where that would cover other galleries too."""
    gallery = item.name.gallery
    return gallery_resource(cdn_host, gallery) if is_plain(gallery, item.stem) else None


def follows_template(item: OriginalItem) -> bool:
    """Return whether the template of addresses (docs/outputs.schema.json) leads to the renditions."""
    return not item.profile and is_plain(item.name.gallery, item.stem)


def tombstone(record: PhotoRecord | None, gone: Sequence[OriginalItem]) -> Mapping[str, Any]:
    """Return the attributes of a record whose originals are all gone; nothing without a record, or without any."""
    last = max(gone, key=lambda one: (one.gone_at or "", one.key), default=None)
    if record is None or last is None or not (is_photo(last) or record.is_for(last.key)):
        return {}
    known = is_tombstone(record)
    return {
        **without_photo(record),
        "error": None,
        "original_key": last.key,
        "status": DELETED,
        # A move is a deletion and an upload in any order: the backend's status must not depend on it.
        STATUS_BEFORE: status_before(record) if known else None if record.status in OURS else record.status,
        "deleted_at": (record.item.get("deleted_at") if known else None) or last.gone_at,
    }


def without_photo(record: PhotoRecord | None) -> dict[str, None]:
    """Remove what we wrote of a rendered original; a record without our source version shows none."""
    if record is None or record.source_version is None:
        return {}
    sizes = (f"{size}_{part}" for size in record.sizes for part in SIZE_PARTS)
    return dict.fromkeys((*sizes, *OF_THE_PHOTO))


def is_photo(item: OriginalItem) -> bool:
    """Return whether the key of *item* is one of a photo."""
    return item.name.skip(None) is None


def is_tombstone(record: PhotoRecord) -> bool:
    """Return whether the deletion in *record* is ours: a backend's leaves what the record shows in place."""
    known = record.original_key is not None and not record.receipt and record.error is None
    return record.status == DELETED and known


def status_of(record: PhotoRecord | None, status: str) -> Mapping[str, Any]:
    """Set *status*, unless the backend has moved the photo on to a state of its own."""
    if record is None or record.status in OURS:
        return {"status": status, STATUS_BEFORE: None}
    if is_tombstone(record):
        return {"status": status_before(record) or status, "deleted_at": None, STATUS_BEFORE: None}
    return {STATUS_BEFORE: None}


def status_before(record: PhotoRecord) -> str | None:
    """Return the status of the backend that our tombstone has replaced, if it was one."""
    return text(record.item.get(STATUS_BEFORE))


def birth_of(record: PhotoRecord | None, item: OriginalItem) -> Mapping[str, Any]:
    """Return the attributes that a new record needs besides; none when the record exists."""
    if record is not None:
        return {}
    at = item.photo.processed_at if item.photo else item.failure.at if item.failure else None
    return {"created_at": at, "gallery_id": item.name.gallery or None}


def differing(record: PhotoRecord | None, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the fields that *record* does not hold yet."""
    known: Mapping[str, Any] = record.item if record else {}
    return {name: value for name, value in fields.items() if known.get(name) != value}
