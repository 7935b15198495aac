"""Decide which state of a photo record may follow which, and the fields to write. Pure: no calls.

none, pending, processing ─▶ active | failed ─▶ deleted ─▶ active   each step by a newer event
approved, or any other status of the backend: kept, all other fields are updated
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from processor.aws.photos import PhotoRecord
from processor.errors import PhotoError
from processor.keys import ObjectKey
from processor.manifest import Manifest, record_fields
from processor.upload.receipt import summary_of

DELETED: Final = "deleted"
UNRENDERED: Final = frozenset({None, "pending", "processing", "failed", DELETED})
OURS: Final = UNRENDERED | {"active"}
# Fields that a tombstone removes.
OF_THE_PHOTO: Final = (
    *(
        "small_thumb_url",
        "placeholder",
        "dominant_color",
        "taken_at",
        "camera",
        "embedded",
        "format",
        "width",
        "height",
    ),
    *("processed_at", "source_version", "receipt", "error"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """One state of one original, as an event brings it.

    *newest*: the event names no version, so the current content is rendered.
    """

    name: ObjectKey
    sequencer: str
    recipe: str
    newest: bool

    def superseded_by(self, record: PhotoRecord | None) -> bool:
        """Return whether *record* is ahead of this state.

        S3 orders the events of one key only. Two keys with the same UUID share a record; their sequencers
        start with the time, so comparing them yields the same result in every order of delivery.
        """
        buried = record is not None and record.status == DELETED and record.sequencer == self.sequencer
        return self.older_than(record) or (buried and not self.newest)

    def older_than(self, record: PhotoRecord | None) -> bool:
        """Return whether a newer event than this state's was applied to *record*."""
        return record is not None and record.sequencer > self.sequencer

    def shown_by(self, record: PhotoRecord | None, *, version: str | None = None) -> bool:
        """Return whether *record* shows this very state, rendered by this recipe."""
        return (
            record is not None
            and record.sequencer == self.sequencer
            and self.rendered_in(record)
            and record.receipt.get("recipe") == self.recipe
            and version in {None, record.receipt.get("version")}
        )

    def rendered_in(self, record: PhotoRecord | None) -> bool:
        """Return whether *record* holds a finished rendering of this original, of any state."""
        return (
            record is not None
            and record.original_key == self.name.key
            and bool(record.receipt)
            and record.error is None
            and record.status not in UNRENDERED
        )

    def content_shown_by(self, record: PhotoRecord, source_version: str | None) -> bool:
        """Return whether *record* shows the content *source_version* by this recipe, whichever event brought it."""
        return record.receipt.get("recipe") == self.recipe and record.source_version == source_version

    def refused_in(self, record: PhotoRecord | None, code: str) -> bool:
        """Return whether *record* already records that this state failed for this reason."""
        return (
            record is not None
            and record.sequencer == self.sequencer
            and record.original_key == self.name.key
            and record.error is not None
            and record.error.get("code") == code
        )


def has_renditions(record: PhotoRecord | None, name: ObjectKey) -> bool:
    """Return whether *record* shows renditions of the original *name*."""
    return record is not None and record.original_key == name.key and bool(record.receipt)


def rendered(
    record: PhotoRecord | None, state: State, manifest: Manifest, *, address: str, cdn_host: str
) -> dict[str, Any]:
    """Build the fields of a record whose renditions are all stored. *address*: the manifest's key."""
    photo, fields = manifest.finished, record_fields(manifest, cdn_host=cdn_host)
    dropped = [size for size in (record.sizes if record else ()) if f"{size}_url" not in fields]
    return {
        **without_sizes(dropped),
        **fields,
        "receipt": summary_of(address, photo.version, manifest.receipt or {}),
        "error": None,
        **status_of(record, "active"),
        **birth_of(record, state.name, photo.processed_at),
    }


def failed(record: PhotoRecord | None, state: State, error: PhotoError, *, attempts: int, at: str) -> dict[str, Any]:
    """Build the fields of a record whose original can never be rendered. Renditions of an earlier state stay."""
    return {
        "original_key": state.name.key,
        "sequencer": state.sequencer or None,
        "error": {"code": error.code, "message": error.public, "attempts": attempts, "at": at},
        **status_of(record, "failed"),
        **birth_of(record, state.name, at),
    }


def tombstone(record: PhotoRecord | None, state: State, *, at: str) -> dict[str, Any]:
    """Build the fields of a record whose original is gone. Its sequencer stays, so that late events are refused."""
    return {
        **without_sizes(record.sizes if record else ()),
        **dict.fromkeys(OF_THE_PHOTO),
        "original_key": state.name.key,
        "sequencer": state.sequencer or None,
        "status": DELETED,
        "deleted_at": at,
        **birth_of(record, state.name, at),
    }


def status_of(record: PhotoRecord | None, status: str) -> Mapping[str, Any]:
    """Set *status*, unless the backend has moved the photo on to a state of its own."""
    if record is not None and record.status not in OURS:
        return {}
    return {"status": status, "deleted_at": None}


def birth_of(record: PhotoRecord | None, name: ObjectKey, at: str) -> Mapping[str, Any]:
    """Build the fields that a new record needs besides; none when the record exists."""
    if record is not None:
        return {}
    return {"created_at": at} | ({"gallery_id": name.gallery} if name.gallery else {})


def without_sizes(sizes: tuple[str, ...] | list[str]) -> dict[str, None]:
    """Remove the fields of sizes that are no longer rendered."""
    return {f"{size}_{part}": None for size in sizes for part in ("url", "width", "height", "bytes")}
