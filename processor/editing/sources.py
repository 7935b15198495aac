"""Resolve a picture's reference for one user and read the picture.

upload://<slot>                     the results bucket, below the user's own prefix
photo://<photo id>                  the originals bucket, when the user owns the photo by its record
https://<our CDN>/renditions/…      the renditions bucket
https://<our CDN>/edits/…           the results bucket
any other address                   fetched, by the rules of ``processor.fetch``

Where our CDN asks for a signature, its addresses are like any other: the worker, which may read the buckets, must show
no user what the CDN would not. Results of the user's own sessions are read from the bucket all the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from processor.aws.objects import ObjectReader
from processor.aws.photos import PhotoOwners
from processor.aws.session_reading import SessionReader
from processor.edits.names import RESULTS, slot_key
from processor.errors import EditCode, EditError
from processor.keys import RENDITIONS
from processor.settings.values import origin_of
from processor.source import Source

SHOWN_CHARS: Final = 80
UPLOAD_FIRST: Final = "There is no upload of yours of that name: upload the file to its slot first, then edit it."
NO_PHOTO: Final = "There is no photo of yours with that id, or its original is gone."
NOTHING_THERE: Final = "There is no picture at that address any more."

Fetch = Callable[[str], Source]
"""Downloads an address, or raises EditError: SOURCE_REFUSED, SOURCE_FAILED, IMAGE_TOO_LARGE."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sources:
    """Opens pictures by their references. *signed*: prefixes of the CDN that need a signed cookie or URL."""

    stored: ObjectReader
    photos: PhotoOwners
    fetch: Fetch
    originals_bucket: str
    renditions_bucket: str
    results_bucket: str
    cdn_host: str
    sessions: SessionReader
    signed: frozenset[str] = frozenset()

    def open(self, reference: str, *, user_id: str) -> Source:
        """Read the whole picture; raise EditError when this user has none there, or it cannot be read."""
        scheme, _, name = reference.partition("://")
        match scheme.lower():
            case "upload":
                return self.slot(name, user_id)
            case "photo":
                return self.photo(name, user_id)
            case _:
                place = self.place_of(reference)
                return self.served(*place) if place and self.is_open(place[1], user_id) else self.fetch(reference)

    def slot(self, slot: str, user_id: str) -> Source:
        """Read a file that *user_id* has uploaded."""
        try:
            key = slot_key(user_id, slot)
        except ValueError as error:
            raise missing(f"slot: {error}.", UPLOAD_FIRST) from error
        return required(self.stored.read(self.results_bucket, key), f"slot {slot}", UPLOAD_FIRST)

    def photo(self, photo_id: str, user_id: str) -> Source:
        """Read the original of one of the user's photos."""
        key = self.photos.original_of(photo_id, user_id=user_id)
        source = self.stored.read(self.originals_bucket, key) if key else None
        return required(source, f"photo {photo_id[:SHOWN_CHARS]!r} of the caller", NO_PHOTO)

    def served(self, bucket: str, key: str) -> Source:
        """Read an object that our CDN serves."""
        return required(self.stored.read(bucket, key), f"{bucket}/{key}", NOTHING_THERE)

    def is_open(self, key: str, user_id: str) -> bool:
        """Return whether *user_id* may read an object of our CDN without a signature."""
        prefix, rest = key[: key.index("/") + 1], key[key.index("/") + 1 :]
        if prefix not in self.signed:
            return True
        session = self.sessions.read(rest.partition("/")[0], now_s=time.time()) if prefix == RESULTS else None
        return session is not None and session.user_id == user_id

    def place_of(self, address: str) -> tuple[str, str] | None:
        """Return bucket and key of an address of our CDN."""
        try:
            parts = urlsplit(address)
        except ValueError:
            return None  # not a URL: fetching raises the error
        if f"{parts.scheme}://{parts.netloc}".lower() != origin_of(self.cdn_host):
            return None
        key = unquote(parts.path.removeprefix("/"))
        if key.startswith(RENDITIONS):
            return self.renditions_bucket, key
        return (self.results_bucket, key) if key.startswith(RESULTS) else None


def required(source: Source | None, what: str, public: str) -> Source:
    """Return *source*; raise EditError(SOURCE_FAILED) for None. An empty file is a source."""
    if source is None:
        raise missing(f"{what}: expected a picture, found none.", public)
    return source


def missing(log: str, public: str) -> EditError:
    """Build the error of a reference that leads to nothing."""
    return EditError(EditCode.SOURCE_FAILED, log, public=public)
