"""Encode and decode the manifest of a stem: its owner, its objects, and everything that the photo record needs.

    {"schema": 1,
     "claim":   {"key": "wedding/IMG_1.CR2", "sequencer": "0055AED6DCD9"},
     "objects": ["renditions/wedding/IMG_1_small.jpg", …],          listed before they are written
     "photo":   null | {"version": …, "renditions": [...], …},      null until every rendition is in place
     "receipt": null | {"recipe": …, "decoder": …, "steps_ms": …}}  how they were made

Never served. Writing it claims a stem; deleting it releases the stem.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Self

from processor.keys import rendition_url

SCHEMA: Final = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredRendition:
    """One rendition in its bucket. *width*, *height* in px."""

    size: str
    format: str
    key: str
    width: int
    height: int
    bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Photo:
    """A rendered original, for its photo record. *width*, *height*: upright, px; times in UTC, ISO-8601."""

    version: str
    source_version: str
    processed_at: str
    format: str
    width: int
    height: int
    placeholder: str
    dominant_color: str
    taken_at: str | None
    camera: Mapping[str, str | int | float]
    renditions: tuple[StoredRendition, ...]
    embedded: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Title, caption, keywords, rating and location, as far as the file has them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """The claim of *key* on a stem, as of *sequencer*, and its renditions."""

    key: str
    sequencer: str
    objects: tuple[str, ...] = ()
    photo: Photo | None = None
    receipt: Mapping[str, Any] | None = None

    @property
    def finished(self) -> Photo:
        """The photo of a manifest that is known to be complete."""
        if self.photo is None:
            raise ValueError(f"expected a complete manifest of {self.key}, received a mere claim")
        return self.photo

    def claimed_by(self, sequencer: str, objects: tuple[str, ...]) -> Self:
        """Hand the stem to a newer event of the same original that may write *objects*."""
        return replace(self, sequencer=sequencer, objects=tuple(dict.fromkeys(self.objects + objects)))

    def to_json(self) -> bytes:
        """Encode; equal manifests give equal bytes."""
        tree = {
            "schema": SCHEMA,
            "claim": {"key": self.key, "sequencer": self.sequencer},
            "objects": self.objects,
            "photo": asdict(self.photo) if self.photo else None,
            "receipt": self.receipt,
        }
        return json.dumps(tree, indent=1, sort_keys=True).encode()

    @classmethod
    def from_json(cls, text: bytes) -> Self:
        """Decode the output of ``to_json``; raise ValueError for another schema."""
        tree: dict[str, Any] = json.loads(text)
        if tree.get("schema") != SCHEMA:
            raise ValueError(f"expected a manifest of schema {SCHEMA}, received {text[:60]!r}")
        return cls(
            key=tree["claim"]["key"],
            sequencer=tree["claim"]["sequencer"],
            objects=tuple(tree["objects"]),
            photo=photo_of(tree["photo"]) if tree["photo"] else None,
            receipt=tree["receipt"],
        )


def photo_of(tree: Mapping[str, Any]) -> Photo:
    """Decode the photo of a manifest."""
    fields: dict[str, Any] = {**tree, "renditions": tuple(StoredRendition(**one) for one in tree["renditions"])}
    return Photo(**fields)


def record_fields(manifest: Manifest, *, cdn_host: str) -> dict[str, Any]:
    """Return the fields of the photo record that a complete manifest determines.

    None means that the field must be absent.
    """
    photo = manifest.finished
    sizes: dict[str, Any] = {}
    for one in photo.renditions:
        if one.format == "jpeg":
            sizes[f"{one.size}_url"] = rendition_url(cdn_host, one.key, photo.version)
            sizes |= {f"{one.size}_{name}": getattr(one, name) for name in ("width", "height", "bytes")}
    return {
        **sizes,
        "small_thumb_url": sizes.get("small_url"),  # read by clients of the system before Darkroom
        "original_key": manifest.key,
        "sequencer": manifest.sequencer or None,
        "processed_at": photo.processed_at,
        "source_version": photo.source_version,
        "format": photo.format,
        "width": photo.width,
        "height": photo.height,
        "placeholder": photo.placeholder,
        "dominant_color": photo.dominant_color,
        "taken_at": photo.taken_at,
        "camera": dict(photo.camera) or None,
        "embedded": dict(photo.embedded) or None,
    }
