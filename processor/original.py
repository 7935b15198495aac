"""Define the item of one original in the originals table: what it is now, and what was made of it.

    gone      {"gone_at": …}                                   the key has no current version
    rendered  {"version": …, "stem": …, "photo": {…}, "receipt": {…}}
    refused   {"version": …, "failure": {"code": …, …}}          a verdict; of the same version, photo may be there too

What is public of an original, and what its photo record shows, follows from these items alone (upload/record.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final, Self

from processor.imaging.model import EXTENSIONS, OutputFormat
from processor.keys import ObjectKey, rendition_key

NUMBERS: Final = ("width", "height", "bytes")


@dataclass(frozen=True, kw_only=True, slots=True)
class CurrentOriginal:
    """The current version of a key, as S3 shows it now.

    *version*: its version id, or its ETag in a bucket without versions. *modified*: its last change, UTC ISO-8601.
    *customer_key*: it is encrypted with a key that only the client has (SSE-C), so it cannot be read.
    """

    key: str
    version: str
    etag: str
    size: int
    modified: str
    customer_key: bool = False

    @property
    def versioned(self) -> bool:
        """Return whether *version* is a version id."""
        return self.version != self.etag


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredRendition:
    """One rendition in its bucket. *width*, *height* in px."""

    size: str
    format: OutputFormat
    width: int
    height: int
    bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Photo:
    """A rendered original, for its photo record. *width*, *height*: upright, px; times in UTC, ISO-8601."""

    version: str
    processed_at: str
    format: str
    width: int
    height: int
    placeholder: str
    dominant_color: str
    taken_at: str | None
    camera: Mapping[str, Any]
    renditions: tuple[StoredRendition, ...]
    embedded: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Title, caption, keywords, rating and location, as far as the file has them."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A verdict. *message*: for the photographer; *attempts*: deliveries until it was found; *at*: UTC ISO-8601."""

    code: str
    message: str
    attempts: int
    at: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OriginalItem:
    """One original. *recipe*: the hash of the recipe that made *photo* or found *failure*. *stem*: what it claimed.

    *profile*: the one that the gallery had chosen for *photo*; its version is then part of the renditions' keys.
    """

    key: str
    version: str = ""
    etag: str = ""
    modified: str = ""
    recipe: str = ""
    profile: str = ""
    stem: str = ""
    photo: Photo | None = None
    receipt: Mapping[str, Any] | None = None
    failure: Failure | None = None
    gone_at: str | None = None

    @property
    def name(self) -> ObjectKey:
        """The key, parsed."""
        return ObjectKey(self.key)

    @property
    def objects(self) -> tuple[str, ...]:
        """Keys of the renditions."""
        return tuple(map(self.key_of, self.photo.renditions)) if self.photo else ()

    def key_of(self, rendition: StoredRendition) -> str:
        """Return the key of a rendition, which has a version where a profile was chosen."""
        version = self.photo.version if self.photo and self.profile else ""
        extension = EXTENSIONS[rendition.format]
        return rendition_key(self.name.gallery, self.stem, rendition.size, extension, version)

    def is_of(self, found: CurrentOriginal) -> bool:
        """Return whether this is the item of the version *found*."""
        return (self.version, self.modified) == (found.version, found.modified)

    def says(self, found: CurrentOriginal | None, recipe: str) -> bool:
        """Return whether nothing is left to do: gone like *found*, or rendered by *recipe*. A verdict is retried."""
        if found is None:
            return self.gone_at is not None
        return self.photo is not None and self.failure is None and self.is_of(found) and self.recipe == recipe

    def to_tree(self) -> dict[str, Any]:
        """Encode as a tree of plain values, without those that are absent."""
        return {name: value for name, value in asdict(self).items() if value not in (None, "")}

    @classmethod
    def from_tree(cls, tree: Mapping[str, Any]) -> Self:
        """Decode the output of ``to_tree``; other attributes are ignored."""
        known: dict[str, Any] = {one.name: tree[one.name] for one in fields(cls) if one.name in tree}
        if photo := known.get("photo"):
            made: Any = tuple(StoredRendition(**integers(one)) for one in photo["renditions"])
            known["photo"] = Photo(**integers(photo) | {"renditions": made})
        if failure := known.get("failure"):
            known["failure"] = Failure(**failure | {"attempts": int(failure["attempts"])})
        return cls(**known)


def integers(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Turn the sizes in *tree* into integers: DynamoDB returns decimals."""
    return {name: int(value) if name in NUMBERS else value for name, value in tree.items()}
